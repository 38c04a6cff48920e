"""SSH sessions on the access point: a login shell on a terminal, or one command."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from lab.device import Pipes, Terminal
from lab.posix.ash import Shell
from lab.posix.filesystem import FileError
from lab.posix.parser import Parser
from lab.posix.process import SIGNALS, Exit, Input, Streams
from lab.posix.tree import Incomplete, Script, ShellSyntaxError

if TYPE_CHECKING:
    from lab.posix.machine import Machine


async def execute(machine: "Machine", command: str, pipes: Pipes) -> int:
    """Run `ash -c COMMAND`; the session ends when no job holds its output any more."""
    streams = Streams(Input(pipes.read_all), pipes.write, pipes.write_error, session=pipes)
    shell = Shell(machine, streams, name="ash", pid=machine.next_pid())
    try:
        status = await shell.run_text(command)
    except FileError as error:
        pipes.write_error(f"ash: write error: {error}\n")
        status = 1
    while holding := [p.task for p in machine.processes.values() if p.holds is pipes and p.task]:
        await asyncio.wait(holding)
    return status


async def interact(machine: "Machine", terminal: Terminal) -> int:
    """Serve a login shell; what still hangs on the terminal at its end gets SIGHUP."""

    async def typed() -> str:
        lines = []
        while (line := await terminal.read_line("")) is not None:
            lines.append(line + "\n")
        return "".join(lines)

    streams = Streams(Input(typed), terminal.write, terminal.write)
    shell = Shell(machine, streams, pid=machine.next_pid(), terminal=terminal)
    terminal.write(machine.banner)
    try:
        return await _prompt(shell, terminal, typed)
    finally:
        for process in list(machine.processes.values()):
            if process.terminal is terminal:
                machine.signal(process, SIGNALS["HUP"])


async def _prompt(shell: Shell, terminal: Terminal, typed: Callable[[], Awaitable[str]]) -> int:
    while True:
        where = "~" if shell.directory == "/root" else shell.directory
        prompt = f"{shell.machine.faults.before_prompt()}root@{shell.machine.hostname()}:{where}# "
        line = await terminal.read_line(prompt)
        if line is None:
            return shell.status
        try:
            script = await _whole(line, terminal, shell.variables.get("PS2", "> "))
        except ShellSyntaxError as error:
            shell.complain(str(error))
            shell.status = 2
            continue
        if script is None:
            return shell.status
        shell.streams.input = Input(typed)
        try:
            await shell.run(script)
        except FileError as error:
            shell.complain(f"write error: {error}")
        except Exit as leaving:
            return leaving.status


async def _whole(line: str, terminal: Terminal, prompt: str) -> Script | None:
    """Return the script that begins with a line, asking for more; None once the line is lost."""
    while True:
        try:
            return Parser(line).parse()
        except Incomplete:
            more = await terminal.read_line(prompt)
            if more is None:
                return None
            line = f"{line}\n{more}"
