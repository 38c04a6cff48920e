"""The `uci` command: staged changes in /tmp/.uci, committed ones in /etc/config.

OpenWrt user guide, "The UCI system" (command line), and the usage text of uci itself. A change is
one line in the delta file of its package; every command reads the file and its delta anew.
"""

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass

from lab.devices.openwrt.uci_changes import Change, apply, read_change, shown_change
from lab.devices.openwrt.uci_text import (
    INVALID,
    NAME,
    NOT_FOUND,
    TYPE,
    Package,
    Section,
    UciError,
    anonymous_name,
    parse,
    quoted,
    tokens,
    write_text,
)
from lab.posix.filesystem import FileSystem

CONFIG, DELTA = "/etc/config", "/tmp/.uci"  # noqa: S108 - on the false device
USAGE = """Usage: uci [<options>] <command> [<arguments>]

Commands:
\tbatch
\texport     [<config>]
\timport     [<config>]
\tchanges    [<config>]
\tcommit     [<config>]
\tadd        <config> <section-type>
\tadd_list   <config>.<section>.<option>=<string>
\tdel_list   <config>.<section>.<option>=<string>
\tshow       [<config>[.<section>[.<option>]]]
\tget        <config>.<section>[.<option>]
\tset        <config>.<section>[.<option>]=<value>
\tdelete     <config>[.<section>[[.<option>][=<id>]]]
\trename     <config>.<section>[.<option>]=<name>
\trevert     <config>[.<section>[.<option>]]
\treorder    <config>.<section>=<position>

Options:
\t-m         when importing, merge data into an existing package
\t-q         quiet mode (don't print error messages)
\t-X         do not use extended syntax on 'show'

"""
WRONG_USE = 255
EXTENDED = re.compile(r"@([A-Za-z0-9_-]+)\[(-?\d+)\]")


@dataclass
class Reference:
    """What an argument names, once looked up."""

    package: Package
    section_name: str | None
    section: Section | None
    option: str | None
    value: str | None


class Uci:
    """One run of the command."""

    def __init__(self, files: FileSystem, refuses: Callable[[str], bool]) -> None:
        self._files = files
        self._refuses = refuses
        self.output: list[str] = []
        self.errors: list[str] = []
        self._quiet = self._merge = False
        self._extended = True

    def run(self, arguments: list[str], stdin: str) -> int:
        """Run `uci ARGUMENTS`; what it prints is in `output` and `errors`."""
        words = list(arguments)
        while words and words[0].startswith("-") and len(words[0]) > 1:
            for flag in words.pop(0)[1:]:
                if flag == "q":
                    self._quiet = True
                elif flag == "m":
                    self._merge = True
                elif flag == "X":
                    self._extended = False
                elif flag not in "snNSL":
                    self.errors.append(USAGE)
                    return 0
        if not words:
            self.errors.append(USAGE)
            return 0
        status = self._batch(stdin) if words[0] == "batch" else self._command(words, stdin)
        if status == WRONG_USE:
            self.errors.append(USAGE)
        return status

    def _batch(self, stdin: str) -> int:
        for line in stdin.split("\n"):
            words = tokens(line)
            if words is None:
                self._complain(f"Parse error (unterminated ') at line 1, byte {len(line)}")
                continue
            if not words:
                continue
            if words[0] == "exit":
                break
            if self._command(words, "") == WRONG_USE:
                self.errors.append("Unknown command\n")
        return 0

    def _complain(self, text: str) -> None:
        if not self._quiet:
            self.errors.append(f"uci: {text}\n")

    def _command(self, words: list[str], stdin: str) -> int:
        name, arguments = words[0], words[1:]
        command = {
            **dict.fromkeys(("show", "export", "changes", "commit"), self._package_command),
            **dict.fromkeys(
                ("delete", "del", "rename", "revert", "reorder"), self._section_command
            ),
            **dict.fromkeys(("get", "set", "add_list", "del_list"), self._section_command),
            "add": self._add,
            "import": self._import,
        }.get(name)
        if command is None:
            return WRONG_USE
        try:
            if self._refuses(" ".join(words)):
                raise UciError(INVALID)
            return command(name, arguments, stdin)
        except UciError as error:
            self._complain(str(error))
            return 1

    # -- loading and looking up

    def load(self, name: str, *, staged: bool = True) -> Package:
        """Return a package with its staged changes; raises UciError."""
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            raise UciError(INVALID)
        path = f"{CONFIG}/{name}"
        if not self._files.is_file(path):
            raise UciError(NOT_FOUND)
        package = parse(self._files.read(path), name)[0]
        if staged:
            for change in self._changes(name):
                apply(package, change)
        return package

    def _changes(self, name: str) -> list[Change]:
        path = f"{DELTA}/{name}"
        if not self._files.is_file(path):
            return []
        return [read_change(line) for line in self._files.read(path).splitlines()]

    def _look_up(self, argument: str) -> Reference:
        key, equals, value = argument.partition("=")
        parts = key.split(".", 2)
        package = self.load(parts[0])
        section_name = parts[1] if len(parts) > 1 else None
        option = parts[2] if len(parts) > 2 else None
        if section_name == "" or option == "" or (option and not NAME.fullmatch(option)):
            raise UciError(INVALID)
        section = self._section(package, section_name) if section_name else None
        if section is not None:
            section_name = section.name
        return Reference(package, section_name, section, option, value if equals else None)

    def _section(self, package: Package, name: str) -> Section | None:
        extended = EXTENDED.fullmatch(name)
        if extended is None:
            if not NAME.fullmatch(name):
                raise UciError(INVALID)
            return package.section(name)
        fitting = package.of_type(extended[1])
        place = int(extended[2])
        if -len(fitting) <= place < len(fitting):
            return fitting[place]
        return None

    def _stage(self, package: Package, change: Change) -> None:
        apply(package, change)
        self._files.make_directory(DELTA, parents=True)
        self._files.write(f"{DELTA}/{package.name}", change.line(package.name), append=True)

    # -- commands on packages

    def _package_command(self, name: str, arguments: list[str], stdin: str) -> int:
        if len(arguments) > 1:
            return WRONG_USE
        if arguments:
            return self._one_package(name, arguments[0])
        for package in self._files.children(CONFIG):
            self._one_package(name, package)
        return 0

    def _one_package(self, name: str, argument: str) -> int:
        found = self._look_up(argument)
        package = found.package
        if name == "show":
            self._show(found)
        elif name == "export":
            self.output.append(write_text(package, header=True))
        elif name == "changes":
            for change in self._changes(package.name):
                self.output.append(shown_change(package.name, change))
        elif self._files.is_file(f"{DELTA}/{package.name}"):
            self._files.write(f"{CONFIG}/{package.name}", write_text(package))
            self._files.remove(f"{DELTA}/{package.name}")
        return 0

    def _show(self, found: Reference) -> None:
        package = found.package
        if found.section_name is None:
            counts: dict[str, int] = {}
            for section in package.sections:
                place = counts.get(section.type, 0)
                counts[section.type] = place + 1
                named = f"@{section.type}[{place}]"
                shown = named if section.anonymous and self._extended else section.name
                self._show_section(package.name, shown, section)
        elif found.section is None:
            raise UciError(NOT_FOUND)
        elif found.option is None:
            self._show_section(package.name, found.section.name, found.section)
        elif found.option not in found.section.options:
            raise UciError(NOT_FOUND)
        else:
            value = found.section.options[found.option]
            self._show_option(package.name, found.section.name, found.option, value)

    def _show_section(self, package: str, shown: str, section: Section) -> None:
        self.output.append(f"{package}.{shown}={section.type}\n")
        for option, value in section.options.items():
            self._show_option(package, shown, option, value)

    def _show_option(self, package: str, shown: str, option: str, value: str | list[str]) -> None:
        entries = [value] if isinstance(value, str) else value
        self.output.append(f"{package}.{shown}.{option}={' '.join(map(quoted, entries))}\n")

    def _import(self, name: str, arguments: list[str], stdin: str) -> int:
        if len(arguments) > 1 or (self._merge and not arguments):
            return WRONG_USE
        wanted = arguments[0] if arguments else None
        for number, line in enumerate(stdin.splitlines(), 1):
            if self._refuses(line.strip()):
                raise UciError(f"Parse error (invalid argument) at line {number}, byte 0")
        for package in parse(stdin, wanted):
            if self._merge and self._files.is_file(f"{CONFIG}/{package.name}"):
                self._stage_merge(package)
                continue
            self._files.write(f"{CONFIG}/{package.name}", write_text(package))
            self._files.remove(f"{DELTA}/{package.name}")
        return 0

    def _stage_merge(self, incoming: Package) -> None:
        package = self.load(incoming.name)
        for section in incoming.sections:
            sign = "+" if section.anonymous else ""
            name = anonymous_name(package.made + 1, Section(section.type, ""))
            target = name if section.anonymous else section.name
            self._stage(package, Change(sign, target, None, section.type))
            for option, value in section.options.items():
                if isinstance(value, list):
                    for entry in value:
                        self._stage(package, Change("|", target, option, entry))
                else:
                    self._stage(package, Change("", target, option, value))

    def _add(self, name: str, arguments: list[str], stdin: str) -> int:
        if len(arguments) != 2:
            return WRONG_USE
        package = self.load(arguments[0])
        if not TYPE.fullmatch(arguments[1]):
            raise UciError(INVALID)
        section = anonymous_name(package.made + 1, Section(arguments[1], ""))
        self._stage(package, Change("+", section, None, arguments[1]))
        self.output.append(f"{section}\n")
        return 0

    # -- commands on sections and options

    def _section_command(self, name: str, arguments: list[str], stdin: str) -> int:
        if len(arguments) != 1:
            return WRONG_USE
        found = self._look_up(arguments[0])
        takes_value = name in {"set", "add_list", "del_list", "rename", "reorder"}
        if found.value is not None and not takes_value and name not in {"delete", "del"}:
            return 1
        if takes_value and (found.value is None or found.section_name is None):
            raise UciError(INVALID)
        if name == "get":
            self._get(found)
        elif name == "revert":
            self._revert(found)
        else:
            self._stage(found.package, self._change(name, found))
        return 0

    def _get(self, found: Reference) -> None:
        if found.section_name is None:
            raise UciError(INVALID)
        if found.section is None or (found.option and found.option not in found.section.options):
            raise UciError(NOT_FOUND)
        if not found.option:
            self.output.append(f"{found.section.type}\n")
            return
        value = found.section.options[found.option]
        self.output.append(f"{value if isinstance(value, str) else ' '.join(value)}\n")

    def _revert(self, found: Reference) -> None:
        path = f"{DELTA}/{found.package.name}"
        kept = [
            change
            for change in self._changes(found.package.name)
            if (found.section_name and change.section != found.section_name)
            or (found.option and change.option != found.option)
        ]
        self._files.remove(path)
        if kept:
            self._files.write(path, "".join(change.line(found.package.name) for change in kept))

    def _change(self, name: str, found: Reference) -> Change:
        section_name, value = found.section_name, found.value or ""
        if name in {"delete", "del"}:
            return self._deletion(found)
        assert section_name is not None
        if name == "set":
            return self._setting(found, section_name, value)
        if found.section is None:
            raise UciError(NOT_FOUND if name == "reorder" else INVALID)
        if name in {"add_list", "del_list"}:
            if not found.option or not value:
                raise UciError(INVALID)
            return Change("|" if name == "add_list" else "~", section_name, found.option, value)
        if name == "reorder":
            if not value.isdecimal():
                raise UciError(INVALID)
            return Change("^", section_name, None, value)
        if not NAME.fullmatch(value) or (
            found.option and found.option not in found.section.options
        ):
            raise UciError(INVALID)
        return Change("@", section_name, found.option, value)

    def _setting(self, found: Reference, section_name: str, value: str) -> Change:
        if found.option:
            if found.section is None:
                raise UciError(INVALID)
            if not value:
                if found.option not in found.section.options:
                    return Change("-", section_name, found.option, "")
                return Change("-", section_name, found.option, "")
            return Change("", section_name, found.option, value)
        if not value or not TYPE.fullmatch(value) or section_name.startswith("@"):
            raise UciError(INVALID)
        return Change("", section_name, None, value)

    def _deletion(self, found: Reference) -> Change:
        if found.section_name is None:
            raise UciError(INVALID)
        if found.section is None or (found.option and found.option not in found.section.options):
            raise UciError(NOT_FOUND)
        return Change("-", found.section_name, found.option, found.value or "")


def committed(files: FileSystem, name: str) -> Package:
    """Return a package as it is in flash, without staged changes; a broken file is empty."""
    try:
        return copy.deepcopy(Uci(files, lambda _line: False).load(name, staged=False))
    except UciError:
        return Package(name)
