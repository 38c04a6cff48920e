"""One session on the switch: contexts, prompts, paging, and what each line does."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lab.device import Terminal
from lab.devices.aruba_cx.config import compact
from lab.devices.aruba_cx.grammar import CliError, Grammar, Handler, Refusal

if TYPE_CHECKING:
    from lab.devices.aruba_cx import ArubaCx

MORE = "-- MORE --, next page: Space, next line: Enter, quit: q"


class Context(StrEnum):
    """The command contexts (Fundamentals Guide, "Command contexts")."""

    OPERATOR = "operator"
    MANAGER = "manager"
    CONFIG = "config"
    VLAN = "vlan"
    INTERFACE = "interface"
    SVI = "svi"


GRAMMARS: dict[Context, Grammar] = {context: Grammar() for context in Context}
ANYWHERE = Grammar()  # show, end and the like: every context from manager on

# Where a line is looked for after its own context: a subcontext also takes what config takes.
_FALLBACKS: dict[Context, tuple[Context, ...]] = {
    Context.OPERATOR: (),
    Context.MANAGER: (),
    Context.CONFIG: (),
    Context.VLAN: (Context.CONFIG,),
    Context.INTERFACE: (Context.CONFIG,),
    Context.SVI: (Context.CONFIG,),
}


class Cli:
    """The state of one session."""

    def __init__(self, device: "ArubaCx", terminal: Terminal | None = None) -> None:
        self.device = device
        self.terminal = terminal
        self.context = Context.MANAGER
        self.vlans: list[int] = []
        self.ports: list[str] = []
        self.paging = True
        self.confirming = True
        self.ended = False
        self.question: tuple[str, str] | None = None
        """What to ask before the pending command runs, and the command's key."""

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

    def run(self, line: str) -> str:
        """Run one line and return what the switch prints."""
        stripped = line.strip()
        if not stripped or stripped.startswith("!"):
            return ""
        if self.device.faults.refuses(stripped):
            return f"Invalid input: {stripped.split()[0]}\n"
        try:
            handler, arguments = self._find(stripped)
            output = handler(self, *arguments)
        except CliError as refused:
            output = str(refused)
        if not output:
            return ""
        return output if output.endswith("\n") else output + "\n"

    def _find(self, line: str) -> tuple[Handler, list[Any]]:
        """Find a line in its context, then where else it may be given."""
        grammars = [GRAMMARS[self.context]]
        grammars += [GRAMMARS[context] for context in _FALLBACKS[self.context]]
        grammars.append(ANYWHERE)
        best: Refusal | None = None
        for place, grammar in enumerate(grammars):
            try:
                found = grammar.find(line)
            except Refusal as refusal:
                if best is None or refusal.depth > best.depth:
                    best = refusal
                continue
            if 0 < place < len(grammars) - 1:
                self.context = Context.CONFIG
            return found
        assert best is not None
        raise best

    # -- a session with a person or a program at the other end

    async def serve(self, terminal: Terminal) -> int:
        """Talk until the other side leaves."""
        while not self.ended:
            line = await terminal.read_line(self.prompt())
            if line is None:
                break
            output = self.run(line)
            if self.question is not None:
                output = await self._ask(terminal)
            await self._print(terminal, output)
        return 0

    async def _ask(self, terminal: Terminal) -> str:
        assert self.question is not None
        text, key = self.question
        self.question = None
        reply = await terminal.read_line(text)
        if reply is not None and reply.strip().lower() in {"y", "yes"}:
            return self.device.confirmed(key)
        return ""

    async def _print(self, terminal: Terminal, output: str) -> None:
        page = max(2, terminal.rows - 1)
        lines = output.splitlines(keepends=True)
        if not self.paging or len(lines) <= page:
            terminal.write(output)
            return
        shown = 0
        room = page
        while shown < len(lines):
            terminal.write("".join(lines[shown : shown + room]))
            shown += room
            if shown >= len(lines):
                return
            terminal.write(MORE)
            key = await terminal.read_key()
            terminal.write("\r" + " " * len(MORE) + "\r")
            if key is None or key in "qQ":
                return
            room = page if key == " " else 1
