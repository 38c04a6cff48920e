"""One session on the access point: its modes, prompts, what waits for a commit, and refusals."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lab.command_line import CliError, CommandLine, Grammar, Words
from lab.device import Terminal
from lab.devices.aruba_instant.config import Config

if TYPE_CHECKING:
    from lab.devices.aruba_instant import ArubaInstant

MOST_OCTETS = 4096  # what may wait for a commit in one session
Change = Callable[[Config], object]


class Context(StrEnum):
    """The command modes; each value is how its prompt names it."""

    EXEC = ""
    CONFIG = "config"
    SSID = "SSID Profile"
    RULE = "Access Rule"
    SERVER = "Auth Server"
    MPSK = "MPSK Local Profile"
    ARM = "ARM"
    RADIO_A = "RF dot11a Radio Profile"
    RADIO_G = "RF dot11g Radio Profile"


NAMED = (Context.SSID, Context.RULE, Context.SERVER, Context.MPSK)


def _matching(pattern: str) -> Callable[[str], str | None]:
    return lambda token: token if re.fullmatch(pattern, token) else None


READERS: dict[str, Callable[[str], Any]] = {
    "word": _matching(r"\S+"),
    "number": _matching(r"\d{1,5}"),
    "power": _matching(r"\d{1,3}(\.\d)?"),
    "vlan": lambda t: t if t.isdecimal() and 1 <= int(t) <= 4094 else None,
    "host": _matching(r"[A-Za-z0-9.:-]+"),
    "clock": _matching(r"([01]\d|2[0-3]):[0-5]\d"),
    "country": _matching(r"[A-Z]{2}"),
}
WORDS = Words(
    invalid=lambda _line, _word, _place: "% Parse error",
    ambiguous=lambda _line: "% Ambiguous command",
    incomplete=lambda _line: "% Incomplete command",
)
GRAMMARS: dict[Context, Grammar] = {context: Grammar(READERS, WORDS) for context in Context}
IN_CONFIG = Grammar(READERS, WORDS)


class Cli(CommandLine):
    """The state of one session; changes wait in it until they are committed."""

    def __init__(self, device: "ArubaInstant", terminal: Terminal | None = None) -> None:
        super().__init__(device, terminal, Context.EXEC)
        self.device = device
        self.profile = ""
        self.waiting: list[tuple[str, Change]] = []
        self.line = ""

    def prompt(self) -> str:
        """Return the prompt of the mode."""
        name = self.device.ap_name
        if self.context == Context.EXEC:
            return f"{name}# "
        place = f' "{self.profile}"' if self.context in NAMED else ""
        return f"{name} ({self.context}{place}) # "

    def grammars(self) -> Sequence[tuple[str | None, Grammar]]:
        """Return where a line is looked for, with the mode it then leads to."""
        own = GRAMMARS[Context(self.context)]
        if self.context == Context.EXEC:
            return [(None, own)]
        found: list[tuple[str | None, Grammar]] = [(None, own)]
        if self.context != Context.CONFIG:
            found.append((Context.CONFIG, GRAMMARS[Context.CONFIG]))
        return [*found, (None, IN_CONFIG)]

    def run(self, line: str) -> str:
        """Run one line; `exit` and `end` must be typed in full."""
        self.line = line.strip()
        if re.fullmatch(r"e(n|x|xi)?", self.line):
            return "% Parse error\n"
        return super().run(line)

    def refusal(self, line: str) -> str:
        """Return what the access point prints for a line that a fault refuses."""
        return WORDS.invalid(line, line, 0)

    def change(self, change: Change) -> None:
        """Let a change wait for the commit; raises CliError when too much waits."""
        octets = sum(len(line.encode()) + 1 for line, _ in self.waiting)
        if octets + len(self.line.encode()) + 1 > MOST_OCTETS:
            raise CliError("Error: uncommitted configuration exceeds 4K, commit it first")
        self.waiting.append((self.line, change))
