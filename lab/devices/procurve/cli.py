"""One session on the switch: the key to begin with, contexts, prompts with their escape codes."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lab.command_line import CommandLine, Grammar, Words
from lab.device import Terminal
from lab.devices.procurve.config import PORTS

if TYPE_CHECKING:
    from lab.devices.procurve import ProCurve

BANNER = (
    "\x1b[2J\x1b[?7l\x1b[3;23r\x1b[?6l\x1b[1;1H\x1b[?25l"
    "HPE Switch software\n(C) Copyright 2019 Hewlett Packard Enterprise Development LP\n\n"
    "Press any key to continue"
)


class Context(StrEnum):
    """The contexts (Basic Operation Guide, "Using the command line interface")."""

    OPERATOR = "operator"
    MANAGER = "manager"
    CONFIG = "config"
    VLAN = "vlan"
    INTERFACE = "eth"


def _vlan_list(token: str) -> list[int] | None:
    numbers: set[int] = set()
    for part in token.split(","):
        match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part)
        low, high = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= low <= high <= 4094:
            return None
        numbers.update(range(low, high + 1))
    return sorted(numbers)


def _port_list(token: str) -> list[str] | None:
    ports: list[str] = []
    for part in token.split(","):
        match = re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?", part)
        low, high = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= low <= high <= PORTS:
            return None
        ports += [str(number) for number in range(low, high + 1)]
    return ports


def _number(low: int, high: int) -> Callable[[str], int | None]:
    def read(token: str) -> int | None:
        return int(token) if token.isdecimal() and low <= int(token) <= high else None

    return read


READERS: dict[str, Callable[[str], Any]] = {
    "vlan": _number(1, 4094),
    "vlans": _vlan_list,
    "ports": _port_list,
    "number": _number(0, 100_000_000),
    "address": lambda token: token if re.fullmatch(r"\d+(\.\d+){3}", token) else None,
    "word": lambda token: token.strip('"') or None,
}
WORDS = Words(
    invalid=lambda _line, word, _place: f"Invalid input: {word}",
    ambiguous=lambda line: f"Ambiguous input: {line}",
    incomplete=lambda line: f"Incomplete input: {line}",
)


def grammar() -> Grammar:
    """Return a context without commands."""
    return Grammar(READERS, WORDS)


GRAMMARS: dict[Context, Grammar] = {context: grammar() for context in Context}
ANYWHERE = grammar()


class Cli(CommandLine):
    """The state of one session."""

    more = "-- MORE --, next page: Space, next line: Enter, quit: Control-C"
    comment = ";"

    def __init__(self, device: "ProCurve", terminal: Terminal | None = None) -> None:
        rights = Context.MANAGER if device.grants_all else Context.OPERATOR
        super().__init__(device, terminal, rights)
        self.device = device
        self.vlans: list[int] = []
        self.ports: list[str] = []

    async def serve(self, terminal: Terminal) -> int:
        """Wait for a key, then talk until the other side leaves."""
        terminal.write(BANNER)
        if await terminal.read_key() is None:
            return 0
        terminal.write("\x1b[1;1H\x1b[2K\n")
        return await super().serve(terminal)

    def prompt(self) -> str:
        """Return the prompt with the codes that place it at the bottom of the screen."""
        name = self.device.config.hostname
        text = f"{name}{self._place()}{'>' if self.context == Context.OPERATOR else '#'} "
        return f"\x1b[1;24r\x1b[24;1H{text}\x1b[24;1H\x1b[24;{len(text) + 1}H\x1b[?25h"

    def _place(self) -> str:
        if self.context in {Context.OPERATOR, Context.MANAGER}:
            return ""
        if self.context == Context.VLAN:
            return f"(vlan-{self.vlans[0]})"
        return f"(eth-{self.ports[0]})" if self.context == Context.INTERFACE else "(config)"

    def grammars(self) -> Sequence[tuple[str | None, Grammar]]:
        """Return where a line is looked for, with the context it then leads to."""
        found: list[tuple[str | None, Grammar]] = [(None, GRAMMARS[Context(self.context)])]
        if self.context in {Context.VLAN, Context.INTERFACE}:
            found.append((Context.CONFIG, GRAMMARS[Context.CONFIG]))
        return found if self.context == Context.OPERATOR else [*found, (None, ANYWHERE)]

    def refusal(self, line: str) -> str:
        """Return what the switch prints for a line that a fault refuses."""
        return f"Invalid input: {line.rsplit(maxsplit=1)[-1]}"
