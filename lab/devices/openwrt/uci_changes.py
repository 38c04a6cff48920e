"""Staged changes: the lines of uci's delta files and what they do to a package."""

from dataclasses import dataclass

from lab.devices.openwrt.uci_text import Package, Section, quoted, tokens


@dataclass(frozen=True)
class Change:
    """One line of a delta file; `sign` is uci's own: `-` remove, `|` add to a list."""

    sign: str
    section: str
    option: str | None
    value: str

    def line(self, package: str) -> str:
        """Return the line of the delta file."""
        option = f".{self.option}" if self.option else ""
        value = "" if self.sign == "-" and not self.value else f"={quoted(self.value)}"
        return f"{self.sign}{package}.{self.section}{option}{value}\n"


def read_change(line: str) -> Change:
    """Return the change that a line of a delta file tells."""
    sign = line[0] if line[0] in "-|~@^+" else ""
    key, equals, value = line[len(sign) :].partition("=")
    parts = key.split(".", 2)
    return Change(
        sign,
        parts[1],
        parts[2] if len(parts) > 2 else None,
        (tokens(value) or [""])[0] if equals else "",
    )


def shown_change(package: str, change: Change) -> str:
    """Return a line of `uci changes`."""
    option = f".{change.option}" if change.option else ""
    if change.sign == "-":
        return f"-{package}.{change.section}{option}\n"
    operator = {"|": "+=", "~": "-="}.get(change.sign, "=")
    return f"{package}.{change.section}{option}{operator}{quoted(change.value)}\n"


def apply(package: Package, change: Change) -> None:
    """Make one change; what it names may be gone, then nothing happens."""
    section = package.section(change.section)
    if change.sign == "+" or (change.sign == "" and section is None and change.option is None):
        if section is None:
            anonymous = change.sign == "+"
            package.sections.append(Section(change.value, change.section, anonymous))
            package.made += 1
        return
    if section is None:
        return
    if change.option is None:
        _apply_to_section(package, section, change)
    else:
        _apply_to_option(section, change.option, change)


def _apply_to_section(package: Package, section: Section, change: Change) -> None:
    if change.sign == "-":
        package.sections.remove(section)
    elif change.sign == "@":
        section.name, section.anonymous = change.value, False
    elif change.sign == "^":
        package.sections.remove(section)
        package.sections.insert(int(change.value), section)
    else:
        section.type = change.value


def _apply_to_option(section: Section, option: str, change: Change) -> None:
    known = section.options.get(option)
    entries = known if isinstance(known, list) else [known] if known is not None else []
    if change.sign == "-":
        section.options.pop(option, None)
    elif change.sign == "|":
        section.options[option] = [*entries, change.value]
    elif change.sign == "~":
        left = [entry for entry in entries if entry != change.value]
        if left:
            section.options[option] = left
        else:
            section.options.pop(option, None)
    elif change.sign == "@":
        renamed = {change.value if k == option else k: v for k, v in section.options.items()}
        section.options.clear()
        section.options.update(renamed)
    else:
        section.options[option] = change.value
