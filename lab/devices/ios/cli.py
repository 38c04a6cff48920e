"""One session on the switch: its modes, prompts, and how it refuses a line."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lab.command_line import CommandLine, Grammar, Words
from lab.device import Terminal
from lab.devices.ios.config import PORTS, PREFIX

if TYPE_CHECKING:
    from lab.devices.ios import Ios


class Context(StrEnum):
    """The command modes (Configuration Fundamentals Configuration Guide, "Using the CLI")."""

    EXEC = "exec"
    CONFIG = "config"
    VLAN = "config-vlan"
    INTERFACE = "config-if"
    SVI = "config-if "
    LINE = "config-line"
    ARCHIVE = "config-archive"


def _vlan_list(token: str) -> list[int] | None:
    numbers: set[int] = set()
    for part in token.split(","):
        match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part)
        if match is None:
            return None
        low, high = int(match[1]), int(match[2] or match[1])
        if not 1 <= low <= high <= 4094:
            return None
        numbers.update(range(low, high + 1))
    return sorted(numbers)


def _number(low: int, high: int) -> Callable[[str], int | None]:
    def read(token: str) -> int | None:
        return int(token) if token.isdecimal() and low <= int(token) <= high else None

    return read


def _matching(pattern: str) -> Callable[[str], str | None]:
    return lambda token: token if re.fullmatch(pattern, token) else None


def _port(token: str) -> str | None:
    match = re.fullmatch(r"([A-Za-z]+)1/0/(\d+)", token)
    if match is None or not "gigabitethernet".startswith(match[1].lower()):
        return None
    return f"{PREFIX}{int(match[2])}" if 1 <= int(match[2]) <= PORTS else None


def _vlan_interface(token: str) -> int | None:
    match = re.fullmatch(r"[Vv]lan(\d+)", token)
    return int(match[1]) if match else None


def _rate(token: str) -> int | None:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kmg]?)", token)
    return int(float(match[1]) * {"": 1, "k": 1e3, "m": 1e6, "g": 1e9}[match[2]]) if match else None


READERS: dict[str, Callable[[str], Any]] = {
    "vlan": _number(1, 4094),
    "vlans": _vlan_list,
    "port": _port,
    "svi": _vlan_interface,
    "minutes": _number(1, 120),
    "reload": _number(1, 999),
    "number": _number(0, 1_000_000),
    "rate": _rate,
    "address": _matching(r"\d+(\.\d+){3}"),
    "word": _matching(r"\S+"),
}
WORDS = Words(
    # The marker stands below the first sign that is not understood; the prompt is before the line.
    invalid=lambda _line, _word, place: (
        " " * (place + 12) + "^\n% Invalid input detected at '^' marker.\n"
    ),
    ambiguous=lambda line: f'% Ambiguous command:  "{line}"',
    incomplete=lambda _line: "% Incomplete command.\n",
)


def grammar() -> Grammar:
    """Return a mode without commands."""
    return Grammar(READERS, WORDS)


GRAMMARS: dict[Context, Grammar] = {context: grammar() for context in Context}
ANYWHERE = grammar()


class Cli(CommandLine):
    """The state of one session."""

    more = " --More-- "

    def __init__(self, device: "Ios", terminal: Terminal | None = None) -> None:
        super().__init__(device, terminal, Context.EXEC)
        self.device = device
        self.vlans: list[int] = []
        self.port = ""
        self.lines = ""

    def prompt(self) -> str:
        """Return the prompt of the mode; the name is cut to 20 signs while configuring."""
        name = self.device.config.hostname
        if self.context == Context.EXEC:
            return f"{name}#"
        return f"{name[:20]}({self.context.strip()})#"

    def grammars(self) -> Sequence[tuple[str | None, Grammar]]:
        """Return where a line is looked for, with the mode it then leads to."""
        found: list[tuple[str | None, Grammar]] = [(None, GRAMMARS[Context(self.context)])]
        if self.context not in {Context.EXEC, Context.CONFIG}:
            found.append((Context.CONFIG, GRAMMARS[Context.CONFIG]))
        return [*found, (None, ANYWHERE)]

    def refusal(self, line: str) -> str:
        """Return what the switch prints for a line that a fault refuses."""
        return WORDS.invalid(line, line, 0)
