"""BusyBox ash: runs the tree of a script on one false machine.

Processes are asyncio tasks. A background job lives on when the session that started it has ended,
unless it hangs on that session's terminal: then it gets SIGHUP, as from a lost line.
"""

import asyncio
import contextlib
import copy
import fnmatch
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.posix import expansion
from lab.posix.arithmetic import ShellError
from lab.posix.filesystem import FileError
from lab.posix.parser import Parser
from lab.posix.process import Exit, Input, LoopFlow, Return, Streams
from lab.posix.tree import (
    AndOr,
    Command,
    Compound,
    Incomplete,
    Pipeline,
    Redirection,
    Script,
    ShellSyntaxError,
    Simple,
)

if TYPE_CHECKING:
    from lab.posix.machine import Machine


@dataclass
class Shell:
    """The state of one shell; a subshell is a copy."""

    machine: "Machine"
    streams: Streams
    variables: dict[str, str] = field(default_factory=dict)
    functions: dict[str, Script] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)
    options: dict[str, bool] = field(default_factory=dict)
    traps: dict[int, str] = field(default_factory=dict)
    directory: str = "/root"
    name: str = "-ash"
    pid: int = 0
    status: int = 0
    last_job: int = 0
    substituted: int = 0
    """How many command substitutions it has run."""
    terminal: object | None = None
    guarded: int = 0
    """How deep in a condition, where `set -e` does not end the script."""

    # -- what words see

    def parameter(self, name: str) -> str | None:
        """Return a parameter, None if it is not set."""
        special: dict[str, Callable[[], str]] = {
            "?": lambda: str(self.status),
            "!": lambda: str(self.last_job) if self.last_job else "",
            "$": lambda: str(self.pid),
            "#": lambda: str(len(self.arguments)),
            "@": lambda: " ".join(self.arguments),
            "*": lambda: " ".join(self.arguments),
            "-": lambda: "".join(sorted(self.options)),
            "0": lambda: self.name,
        }
        if name in special:
            return special[name]()
        if name.isdecimal():
            place = int(name) - 1
            return self.arguments[place] if place < len(self.arguments) else None
        return self.variables.get(name)

    async def capture(self, source: str) -> str:
        """Return the output of `$(…)`."""
        collected: list[str] = []
        child = self.fork()
        child.streams = Streams(self.streams.input, collected.append, self.streams.error)
        self.status = await child.run_text(source)
        self.substituted += 1
        return "".join(collected)

    def fork(self) -> "Shell":
        """Return a subshell."""
        child = copy.copy(self)
        child.variables, child.functions = dict(self.variables), dict(self.functions)
        child.options, child.arguments = dict(self.options), list(self.arguments)
        child.traps = {number: text for number, text in self.traps.items() if text == ""}
        return child

    def complain(self, text: str) -> None:
        """Write an error with the shell's name before it."""
        self.streams.error(f"{self.name}: {text}\n")

    # -- running

    async def run_text(self, source: str) -> int:
        """Run a whole script, its EXIT trap too, and return its status."""
        try:
            script = Parser(source).parse()
        except Incomplete:
            self.complain("syntax error: unexpected end of file")
            return 2
        except ShellSyntaxError as error:
            self.complain(str(error))
            return 2
        return await self.finish(self.run(script))

    async def run_here(self, source: str) -> int:
        """Run text in this very shell, as `eval` and `.` do."""
        try:
            return await self.run(Parser(source).parse())
        except (Incomplete, ShellSyntaxError):
            self.complain("syntax error: unexpected end of file")
            return 2

    async def finish(self, work: Awaitable[int]) -> int:
        """Return the status of work after its `exit` and its EXIT trap."""
        try:
            self.status = await work
        except Exit as leaving:
            self.status = leaving.status
        action = self.traps.pop(0, "")
        if action:
            status = self.status
            with contextlib.suppress(Exit):
                await self.run(Parser(action).parse())
            self.status = status
        return self.status

    async def run(self, script: Script) -> int:
        """Run a list of commands."""
        for item, background in script.items:
            if background:
                self._start_job(item)
                self.status = 0
            else:
                self.status = await self._and_or(item)
        return self.status

    def _start_job(self, item: AndOr) -> None:
        child = self.fork()

        process = self.machine.start_process("sh", child, child.job(item), terminal=self.terminal)
        process.holds = child.streams.session if _keeps_output(item) else None
        self.last_job = process.pid

    async def job(self, item: AndOr) -> int:
        """Run a background job; `( … ) &` needs no second subshell, so that its traps count."""
        only = item.first.commands[0]
        single = not item.rest and len(item.first.commands) == 1
        if single and isinstance(only, Compound) and only.kind == "subshell":
            streams = await self._redirected(only.redirections)
            if streams is None:
                return 1
            self.streams = streams
            return await self.run(only.bodies[0])
        return await self._and_or(item)

    async def _and_or(self, item: AndOr) -> int:
        guarded = bool(item.rest)
        self.status = await self._pipeline(item.first, guarded=guarded)
        for place, (operator, pipeline) in enumerate(item.rest, 1):
            if (operator == "&&") == (self.status == 0):
                last = place == len(item.rest)
                self.status = await self._pipeline(pipeline, guarded=not last)
        return self.status

    async def _pipeline(self, pipeline: Pipeline, *, guarded: bool) -> int:
        self.guarded += guarded or pipeline.negated
        try:
            status = await self._pipe(pipeline.commands)
        finally:
            self.guarded -= guarded or pipeline.negated
        if pipeline.negated:
            return int(status == 0)
        self.status = status
        if status and self.options.get("e") and not guarded and not self.guarded:
            raise Exit(status)
        return status

    async def _pipe(self, commands: list[Command]) -> int:
        if len(commands) == 1:
            return await self.run_command(commands[0])
        text: str | None = None
        status = 0
        for place, command in enumerate(commands):
            child = self.fork()
            collected: list[str] = []
            last = place == len(commands) - 1
            source = self.streams.input if text is None else Input(text)
            write = self.streams.write if last else collected.append
            child.streams = Streams(
                source, write, self.streams.error, self.streams.session if last else None
            )
            status = await child.finish(child.run_command(command))
            text = "".join(collected)
        return status

    async def run_command(self, command: Command) -> int:
        """Run one command, simple or compound."""
        try:
            if isinstance(command, Simple):
                return await self._simple(command)
            with_streams = await self._redirected(command.redirections)
            if with_streams is None:
                return 1
            before, self.streams = self.streams, with_streams
            try:
                return await self._compound(command)
            finally:
                self.streams = before
        except ShellError as error:
            self.complain(str(error))
            return 2

    async def _compound(self, command: Compound) -> int:
        if command.kind == "function":
            self.functions[command.name] = command.bodies[0]
            return 0
        runs: dict[str, Callable[[Compound], Awaitable[int]]] = {
            "subshell": self._subshell,
            "group": lambda group: self.run(group.bodies[0]),
            "if": lambda choice: self._if(choice.bodies),
            "case": self._case,
            "for": self._for,
            "for in": self._for,
        }
        return await runs.get(command.kind, self._loop)(command)

    async def _subshell(self, command: Compound) -> int:
        child = self.fork()
        return await child.finish(child.run(command.bodies[0]))

    async def _condition(self, script: Script) -> bool:
        self.guarded += 1
        try:
            return await self.run(script) == 0
        finally:
            self.guarded -= 1

    async def _if(self, bodies: list[Script]) -> int:
        for place in range(0, len(bodies) - 1, 2):
            if await self._condition(bodies[place]):
                return await self.run(bodies[place + 1])
        return await self.run(bodies[-1]) if len(bodies) % 2 else 0

    async def _case(self, command: Compound) -> int:
        subject = await expansion.text(self, command.words[0])
        for patterns, body in zip(command.patterns, command.bodies, strict=True):
            for each in patterns:
                if fnmatch.fnmatchcase(subject, await expansion.pattern(self, each)):
                    return await self.run(body)
        return 0

    async def _for(self, command: Compound) -> int:
        values = list(self.arguments)
        if command.kind == "for in":
            values = [v for word in command.words for v in await expansion.fields(self, word)]
        status = 0
        for value in values:
            self.variables[command.name] = value
            try:
                status = await self.run(command.bodies[0])
            except LoopFlow as flow:
                if flow.kind == "break":
                    break
        return status

    async def _loop(self, command: Compound) -> int:
        status = 0
        wanted = command.kind == "while"
        while await self._condition(command.bodies[0]) == wanted:
            await asyncio.sleep(0)
            try:
                status = await self.run(command.bodies[1])
            except LoopFlow as flow:
                if flow.kind == "break":
                    break
        return status

    # -- simple commands

    async def _simple(self, command: Simple) -> int:
        words = [f for word in command.words for f in await expansion.fields(self, word)]
        substituted = self.substituted
        values = [(name, await expansion.text(self, word)) for name, word in command.assignments]
        # `a=$?` still sees the command before; of itself it succeeds, unless `a=$(false)` ran one.
        if not words and self.substituted == substituted:
            self.status = 0
        streams = await self._redirected(command.redirections)
        if streams is None:
            return 1
        if not words:
            self.variables.update(values)
            return self.status
        before, self.streams = self.streams, streams
        kept = dict(self.variables)
        self.variables.update(values)
        try:
            return await self.invoke(words)
        finally:
            self.streams = streams if words[0] == "exec" and len(words) == 1 else before
            if values:
                for name, _ in values:
                    self.variables.pop(name, None)
                    if name in kept:
                        self.variables[name] = kept[name]

    async def invoke(self, words: list[str]) -> int:
        """Run one command by its name: function, builtin or program."""
        function = self.functions.get(words[0])
        if function is not None:
            kept, self.arguments = self.arguments, words[1:]
            try:
                return await self.run(function)
            except Return as returned:
                return returned.status
            finally:
                self.arguments = kept
        return await self.machine.invoke(self, words)

    async def _redirected(self, redirections: list[Redirection]) -> Streams | None:
        """Return the streams as redirected; None after an error was told."""
        streams = copy.copy(self.streams)
        for redirection in redirections:
            target = await expansion.text(self, redirection.target)
            try:
                self._redirect(streams, redirection, target)
            except FileError as error:
                verb = "open" if redirection.operator == "<" else "create"
                reason = "no such file" if verb == "open" else str(error)
                self.complain(f"can't {verb} {target}: {reason}")
                return None
        return streams

    def _redirect(self, streams: Streams, redirection: Redirection, target: str) -> None:
        files = self.machine.files
        operator, number = redirection.operator, redirection.descriptor
        if operator == "<<":
            streams.input = Input(target)
        elif operator == "<":
            streams.input = Input(files.read(files.resolve(target, self.directory)))
        elif operator == ">&":
            if number == 2 and target == "1":
                streams.error = streams.write
            elif number == 1 and target == "2":
                streams.write = streams.error
        elif operator in {">", ">>"}:
            path = files.resolve(target, self.directory)
            files.write(path, "", append=operator == ">>")

            def write(text: str) -> None:
                files.write(path, text, append=True)

            if number == 2:
                streams.error = write
            elif number == 1:
                streams.write, streams.session = write, None


def _keeps_output(item: AndOr) -> bool:
    """Whether the job's command leaves the session's output as it is."""
    command = item.first.commands[-1]
    return not any(r.descriptor == 1 for r in command.redirections)
