"""UCI configuration files: reading and writing their text.

OpenWrt user guide, "The UCI system" (file syntax); names of anonymous sections follow what
libuci computes: `cfg`, the section's place in the file, a hash of its type and options.
"""

import re
from dataclasses import dataclass, field

NAME = re.compile(r"[A-Za-z0-9_]+")
TYPE = re.compile(r"[\x21-\x7e]+")


class UciError(Exception):
    """An error in uci's own words, without the `uci: ` before them."""


INVALID = "Invalid argument"
NOT_FOUND = "Entry not found"


@dataclass
class Section:
    """One section; an option is text, a list is a list."""

    type: str
    name: str
    anonymous: bool = False
    options: dict[str, str | list[str]] = field(default_factory=dict)


@dataclass
class Package:
    """One configuration file."""

    name: str
    sections: list[Section] = field(default_factory=list)
    made: int = 0
    """How many sections were made since it was loaded, for their names."""

    def section(self, name: str) -> Section | None:
        """Return a section by its name."""
        return next((s for s in self.sections if s.name == name), None)

    def of_type(self, kind: str) -> list[Section]:
        """Return all sections of a type, in order."""
        return [section for section in self.sections if section.type == kind]


def anonymous_name(place: int, section: Section) -> str:
    """Return the name that an unnamed section gets."""
    hashed = 0xFFFFFFFF

    def mix(text: str) -> None:
        nonlocal hashed
        for byte in text.encode():
            hashed = (hashed * 33 + byte) & 0xFFFFFFFF
        hashed &= 0x7FFFFFFF

    mix(section.type)
    for name, value in section.options.items():
        mix(name)
        if isinstance(value, str):
            mix(value)
    return f"cfg{place:02x}{hashed % 65536:04x}"


_PIECE = re.compile(
    r"""(?P<blank>\s+)|(?P<single>'[^']*')|(?P<double>"(?:[^"\\]|\\.)*")"""
    r"""|(?P<escape>\\.)|(?P<open>['"])|(?P<plain>[^\s'"\\]+|\\$)""",
    re.DOTALL,
)


def tokens(line: str) -> list[str] | None:
    """Return the words of a line, quotes and escapes undone; None if a quote is open."""
    words: list[str] = []
    within = False  # whether the last word still grows
    for match in _PIECE.finditer(line):
        kind, piece = match.lastgroup, match[0]
        if kind == "open":
            return None
        if kind == "blank":
            within = False
            continue
        if piece.startswith("#") and not within:
            break
        if not within:
            words.append("")
        within = True
        words[-1] += _unquoted(kind, piece)
    return words


def _unquoted(kind: str | None, piece: str) -> str:
    if kind == "single":
        return piece[1:-1]
    if kind == "double":
        return re.sub(r"\\(.)", r"\1", piece[1:-1], flags=re.DOTALL)
    return piece[1:] if kind == "escape" else piece


def logical_lines(text: str) -> list[tuple[int, str]]:
    """Return (line number, line), lines joined where a quoted value goes over a line's end."""
    lines: list[tuple[int, str]] = []
    pending, start = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        whole = f"{pending}\n{line}" if pending else line
        if tokens(whole) is None:
            pending, start = whole, start or number
            continue
        lines.append((start or number, whole))
        pending, start = "", 0
    if pending:
        raise UciError(f"Parse error (unterminated ') at line {start}, byte {len(pending)}")
    return lines


def parse(text: str, default_package: str | None) -> list[Package]:
    """Return the packages of a text; raises UciError as uci words it."""
    packages = [] if default_package is None else [Package(default_package)]
    section: Section | None = None
    for number, line in logical_lines(text):
        words = tokens(line) or []
        if not words:
            continue
        keyword, arguments = words[0], words[1:]
        if keyword == "package" and len(arguments) == 1:
            if default_package is None:
                packages.append(Package(arguments[0]))
                section = None
        elif keyword == "config" and 1 <= len(arguments) <= 2 and packages:
            section = _open_section(packages[-1], arguments, number)
        else:
            _add_option(section, keyword, arguments, number)
    for package in packages:
        _name_sections(package)
    return packages


def _name_sections(package: Package) -> None:
    for place, each in enumerate(package.sections, 1):
        if each.anonymous:
            each.name = anonymous_name(place, each)
    package.made = len(package.sections)


COMMANDS = {"package", "config", "option", "list"}


def _open_section(package: Package, arguments: list[str], number: int) -> Section:
    kind, name = arguments[0], arguments[1] if len(arguments) == 2 else ""
    if not TYPE.fullmatch(kind) or (name and not NAME.fullmatch(name)):
        raise UciError(f"Parse error (invalid character in name field) at line {number}, byte 7")
    known = package.section(name) if name else None
    if known is not None:
        known.type = kind
        return known
    section = Section(kind, name, anonymous=not name)
    package.sections.append(section)
    return section


def _add_option(section: Section | None, keyword: str, arguments: list[str], number: int) -> None:
    if keyword not in {"option", "list"} or len(arguments) != 2 or section is None:
        reason = "invalid command" if keyword not in COMMANDS else "invalid argument"
        raise UciError(f"Parse error ({reason}) at line {number}, byte {len(keyword)}")
    name, value = arguments
    if not NAME.fullmatch(name):
        raise UciError(f"Parse error (invalid character in name field) at line {number}, byte 8")
    if keyword == "option":
        section.options[name] = value
        return
    known = section.options.get(name)
    section.options[name] = [*(known if isinstance(known, list) else []), value]


def quoted(text: str) -> str:
    """Return a value in single quotes, as uci prints it."""
    return "'" + text.replace("'", "'\\''") + "'"


def write_text(package: Package, *, header: bool = False) -> str:
    """Return the file's text; `uci export` puts the package line before it."""
    lines = [f"package {package.name}", ""] if header else [""]
    for section in package.sections:
        name = "" if section.anonymous else f" {quoted(section.name)}"
        lines.append(f"config {section.type}{name}")
        for option, value in section.options.items():
            if isinstance(value, list):
                lines += [f"\tlist {option} {quoted(entry)}" for entry in value]
            else:
                lines.append(f"\toption {option} {quoted(value)}")
        lines.append("")
    return "\n".join(lines) + ("\n" if header else "")
