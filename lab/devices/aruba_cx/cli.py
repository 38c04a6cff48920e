"""One session on the switch: contexts, prompts, paging, and what each line does."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from lab.command_line import CommandLine
from lab.device import Terminal
from lab.devices.aruba_cx.config import compact
from lab.devices.aruba_cx.grammar import Grammar, grammar

if TYPE_CHECKING:
    from lab.devices.aruba_cx import ArubaCx


class Context(StrEnum):
    """The command contexts (Fundamentals Guide, "Command contexts")."""

    OPERATOR = "operator"
    MANAGER = "manager"
    CONFIG = "config"
    VLAN = "vlan"
    INTERFACE = "interface"
    SVI = "svi"


GRAMMARS: dict[Context, Grammar] = {context: grammar() for context in Context}
ANYWHERE = grammar()  # show, end and the like: every context from manager on

# Where a line is looked for after its own context: a subcontext also takes what config takes.
_BELOW_CONFIG = {Context.VLAN, Context.INTERFACE, Context.SVI}


class Cli(CommandLine):
    """The state of one session."""

    more = "-- MORE --, next page: Space, next line: Enter, quit: q"

    def __init__(self, device: "ArubaCx", terminal: Terminal | None = None) -> None:
        super().__init__(device, terminal, Context.MANAGER)
        self.device = device
        self.vlans: list[int] = []
        self.ports: list[str] = []
        self.confirming = True

    def grammars(self) -> Sequence[tuple[str | None, Grammar]]:
        """Return where a line is looked for, with the context it then leads to."""
        found: list[tuple[str | None, Grammar]] = [(None, GRAMMARS[Context(self.context)])]
        if self.context in _BELOW_CONFIG:
            found.append((Context.CONFIG, GRAMMARS[Context.CONFIG]))
        return [*found, (None, ANYWHERE)]

    def refusal(self, line: str) -> str:
        """Return what the switch prints for a line that a fault refuses."""
        return f"Invalid input: {line.split(maxsplit=1)[0]}"

    def prompt(self) -> str:
        """Return the prompt of the context."""
        name = self.device.config.hostname
        if self.context is Context.OPERATOR:
            return f"{name}> "
        if self.context is Context.MANAGER:
            return f"{name}# "
        return f"{name}({self._place()})# "

    def _place(self) -> str:
        if self.context is Context.VLAN:
            many = len(self.vlans) > 1
            return (
                f"config-vlan-<{compact(self.vlans)}>" if many else f"config-vlan-{self.vlans[0]}"
            )
        if self.context is Context.INTERFACE:
            first, last = self.ports[0], self.ports[-1]
            return "config-if" if first == last else f"config-if-<{first}-{last}>"
        return "config-if-vlan" if self.context is Context.SVI else "config"
