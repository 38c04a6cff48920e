"""The machinery of Cisco-like command lines: a tree of commands, contexts, questions, paging.

A family gives its commands, parameters and words; how a line is read is alike: a keyword may be
shortened as long as what is typed fits one keyword only, and what a subcontext does not know is
looked for in the global configuration.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from lab.device import Device, Terminal

Handler = Callable[..., str | None]
Readers = Mapping[str, Callable[[str], Any]]
"""By the name of a parameter: what it makes of a word, None where the word does not fit."""
REST = "text"  # the parameter that takes the rest of the line


class CliError(Exception):
    """A line that the device refuses; the text is what it prints."""


class Refusal(CliError):
    """A CliError that knows how many words of the line were understood."""

    def __init__(self, text: str, depth: int) -> None:
        super().__init__(text)
        self.depth = depth


@dataclass(frozen=True, slots=True)
class Words:
    """How a family refuses: `invalid` gets the line, the word and where the word begins."""

    invalid: Callable[[str, str, int], str]
    ambiguous: Callable[[str], str]
    incomplete: Callable[[str], str]


@dataclass
class Node:
    """A place in the tree of commands."""

    keywords: dict[str, "Node"] = field(default_factory=dict)
    parameters: list[tuple[str, "Node"]] = field(default_factory=list)
    handler: Handler | None = None


class Grammar:
    """The commands of one context."""

    def __init__(self, readers: Readers, words: Words) -> None:
        self.root = Node()
        self._readers = readers
        self._words = words

    def command(self, *patterns: str) -> Callable[[Handler], Handler]:
        """Add commands written as `vlan trunk native <vlan>`; the parameters go to the handler."""

        def add(handler: Handler) -> Handler:
            for pattern in patterns:
                self._add(pattern, handler)
            return handler

        return add

    def _add(self, pattern: str, handler: Handler) -> None:
        node = self.root
        for word in pattern.split():
            if word.startswith("<"):
                kind = word.strip("<>")
                found = next((after for known, after in node.parameters if known == kind), None)
                if found is None:
                    found = Node()
                    node.parameters.append((kind, found))
                node = found
            else:
                node = node.keywords.setdefault(word, Node())
        node.handler = handler

    def find(self, line: str) -> tuple[Handler, list[Any]]:
        """Return the handler of a line and its arguments; raises Refusal in the device's words."""
        words = line.split()
        node = self.root
        arguments: list[Any] = []
        for place, word in enumerate(words):
            following = self._keyword(node, word, line, place)
            if following is None:
                following = self._parameter(node, word, line, place, arguments)
            node = following
            if arguments and isinstance(arguments[-1], _Rest):
                arguments[-1] = str(arguments[-1])
                break
        if node.handler is None:
            raise Refusal(self._words.incomplete(line), len(words))
        return node.handler, arguments

    def _keyword(self, node: Node, word: str, line: str, place: int) -> Node | None:
        if word in node.keywords:
            return node.keywords[word]
        fitting = [keyword for keyword in node.keywords if keyword.startswith(word.lower())]
        if len(fitting) > 1:
            raise Refusal(self._words.ambiguous(line), place + 1)
        return node.keywords[fitting[0]] if fitting else None

    def _parameter(
        self, node: Node, word: str, line: str, place: int, arguments: list[Any]
    ) -> Node:
        for kind, following in node.parameters:
            if kind == REST:
                arguments.append(_Rest(_rest(line, place)))
                return following
            value = self._readers[kind](word)
            if value is not None:
                arguments.append(value)
                return following
        raise Refusal(self._words.invalid(line, word, _offset(line, place)), place)


class _Rest(str):
    """The rest of a line, after which nothing is looked for."""


def _rest(line: str, place: int) -> str:
    rest = line.split(None, place)[place].strip()
    return rest[1:-1] if len(rest) > 1 and rest[0] == rest[-1] == '"' else rest


def _offset(line: str, place: int) -> int:
    """Return where the nth word of a line begins."""
    start = 0
    for number, word in enumerate(line.split()):
        start = line.index(word, start)
        if number == place:
            return start
        start += len(word)
    return len(line)


class CommandLine:
    """One session on a device: a family gives its grammars, its prompt, and where it falls back."""

    more: ClassVar[str] = "--More--"
    comment: ClassVar[str] = "!"
    yes: ClassVar[frozenset[str]] = frozenset({"y", "yes"})

    def __init__(self, device: Device, terminal: Terminal | None, context: str) -> None:
        self.host = device
        self.terminal = terminal
        self.context = context
        self.paging = True
        self.ended = False
        self._question: tuple[str, Callable[[str], str | None]] | None = None

    # -- what a family says

    def prompt(self) -> str:
        """Return the prompt of the context."""
        raise NotImplementedError

    def grammars(self) -> Sequence[tuple[str | None, Grammar]]:
        """Return where a line is looked for, in this order, with the context it then leads to."""
        raise NotImplementedError

    def refusal(self, line: str) -> str:
        """Return what the device prints for a line that a fault refuses."""
        raise NotImplementedError

    # -- lines

    def run(self, line: str) -> str:
        """Run one line and return what the device prints."""
        stripped = line.strip()
        if not stripped or stripped.startswith(self.comment):
            return ""
        if self.host.faults.refuses(stripped):
            return _ended(self.refusal(stripped))
        try:
            handler, arguments = self._find(stripped)
            return _ended(handler(self, *arguments) or "")
        except CliError as refused:
            return _ended(str(refused))

    def _find(self, line: str) -> tuple[Handler, list[Any]]:
        """Find a line in its context, then where else it may be given."""
        best: Refusal | None = None
        for context, grammar in self.grammars():
            try:
                found = grammar.find(line)
            except Refusal as refusal:
                if best is None or refusal.depth > best.depth:
                    best = refusal
                continue
            if context is not None:
                self.context = context
            return found
        assert best is not None
        raise best

    def ask(self, question: str, then: Callable[[str], str | None]) -> None:
        """Ask something before the command is done; `then` gets the reply."""
        self._question = (question, then)

    @property
    def asked(self) -> str | None:
        """Return the question that waits for a reply."""
        return self._question[0] if self._question else None

    def reply(self, text: str) -> str:
        """Answer the question that waits; returns what the device prints then."""
        assert self._question is not None
        _, then = self._question
        self._question = None
        try:
            return _ended(then(text.strip()) or "")
        except CliError as refused:
            return _ended(str(refused))

    # -- a session with a person or a program at the other end

    async def serve(self, terminal: Terminal) -> int:
        """Talk until the other side leaves."""
        while not self.ended:
            line = await terminal.read_line(self.host.faults.before_prompt() + self.prompt())
            if line is None:
                break
            output = self.run(line)
            while self._question is not None:
                terminal.write(output)
                output = await self._reply(terminal)
            await self._print(terminal, output)
            await self.after_line()
        return 0

    async def after_line(self) -> None:
        """Do what takes the device time, once the answer is out."""
        await asyncio.sleep(0)

    async def _reply(self, terminal: Terminal) -> str:
        reply = await terminal.read_line(self.asked or "")
        if reply is None:
            self._question, self.ended = None, True
            return ""
        return self.reply(reply)

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
            terminal.write(self.more)
            key = await terminal.read_key()
            terminal.write("\r" + " " * len(self.more) + "\r")
            if key is None or key in "qQ":
                return
            room = page if key == " " else 1


def _ended(output: str) -> str:
    return output if not output or output.endswith("\n") else output + "\n"
