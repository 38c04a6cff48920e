"""Processes of the access point: their streams, their signals, the flow of their scripts."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.posix.ash import Shell

SIGNALS = {"EXIT": 0, "HUP": 1, "INT": 2, "QUIT": 3, "KILL": 9, "TERM": 15}
NOT_FOUND = 127


class Input:
    """A standard input: read when a command first asks for it, whole or line by line."""

    def __init__(self, source: Callable[[], Awaitable[str]] | str) -> None:
        self._source = source

    async def read(self) -> str:
        """Return all that is left."""
        text = self._source if isinstance(self._source, str) else await self._source()
        self._source = ""
        return text

    async def read_line(self) -> str | None:
        """Return the next line, None at the end."""
        text = await self.read()
        line, end, rest = text.partition("\n")
        self._source = rest
        return line if line or end else None


@dataclass
class Streams:
    """Standard input, output and error of a command. `holds` names the session's own streams."""

    input: "Input"
    write: Callable[[str], None]
    error: Callable[[str], None]
    session: object | None = None
    """Set while output goes to a session; a job that keeps it keeps the session open."""


@dataclass
class Process:
    """A background process."""

    pid: int
    title: str
    task: "asyncio.Task[None] | None" = None
    shell: "Shell | None" = None
    terminal: object | None = None
    holds: object | None = None
    status: int | None = None
    signal: int = 0


class Exit(Exception):
    """`exit`."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Return(Exit):
    """`return`."""


class LoopFlow(Exception):
    """`break` and `continue`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
