"""What every false device with a shell is: files, processes, programs, sessions."""

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping
from typing import Any, ClassVar

from lab.device import Device, DeviceSpec, Pipes, Terminal
from lab.posix import conditions, file_tools, process_tools, sessions, text_tools
from lab.posix.applets import COMMON, Applet
from lab.posix.ash import Shell
from lab.posix.builtins import BUILTINS
from lab.posix.filesystem import FileSystem
from lab.posix.process import NOT_FOUND, Exit, Input, Process, Streams
from lab.posix.process_tools import run_file

# Importing a module of commands registers them.
__all__ = ["Machine", "conditions", "file_tools", "process_tools", "text_tools"]
FIRST_PID, KILL = 1200, 9


class Machine(Device):
    """One machine; a family adds its own programs to those that all have."""

    kernel: ClassVar[str]
    architecture: ClassVar[str]
    init: ClassVar[str]
    banner: ClassVar[str]
    programs: ClassVar[Mapping[str, Applet]] = COMMON

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        self.files = FileSystem()
        self.files.refuses = self.faults.refuses
        self.processes: dict[int, Process] = {}
        self.log: list[str] = []
        self.temporary = 0
        self._pid = FIRST_PID

    def hostname(self) -> str:
        """Return the host name."""
        raise NotImplementedError

    # -- restart

    def reboot_soon(self) -> None:
        """Restart in a moment: the command that asked for it still ends."""
        self.spawn(self._reboot())

    async def never(self) -> int:
        """Wait for the restart that ends everything."""
        await asyncio.Event().wait()
        return 0

    async def _reboot(self) -> None:
        await asyncio.sleep(0.1)
        self.powered = False
        self.changed()
        self.stop_everything()
        await asyncio.sleep(self.spec.boot_s)
        self.powered = True
        await self.boot()

    async def run_script(self, path: str) -> int:
        """Run a script file without a session and return its status."""
        silent = Streams(Input(""), lambda _: None, lambda _: None)
        shell = Shell(self, silent, name=path, pid=self.next_pid())
        return await shell.run_text(self.files.read(path))

    def power(self, *, on: bool) -> None:
        """Lose or get the power over the cable."""
        if not on:
            self.stop_everything()
        super().power(on=on)

    def synchronise(self) -> bool:
        """Write what is in memory to flash; return whether a fault restarts the machine instead."""
        return False

    def stop_everything(self) -> None:
        """End all processes and sessions, as a restart does."""
        for process in list(self.processes.values()):
            if process.task is not None:
                process.signal = KILL
                process.task.cancel()
        self.abort_sessions()

    # -- processes

    def next_pid(self) -> int:
        """Return a new process id."""
        self._pid += 1
        return self._pid

    def start_process(
        self,
        title: str,
        shell: Shell,
        work: Coroutine[Any, Any, int],
        *,
        terminal: object | None = None,
    ) -> Process:
        """Run work in the background."""
        process = Process(self.next_pid(), title, shell=shell, terminal=terminal)
        self.processes[process.pid] = process
        process.task = self.spawn(self._run_process(process, shell, work))
        return process

    async def _run_process(
        self, process: Process, shell: Shell, work: Coroutine[Any, Any, int]
    ) -> None:
        try:
            process.status = await shell.finish(work)
        except asyncio.CancelledError:
            process.status = 128 + process.signal
            owner = process.shell or shell
            action = owner.traps.get(process.signal, "")
            if process.signal == KILL or not self.powered:
                raise
            if action:
                with contextlib.suppress(Exit):
                    await owner.run_here(action)
                await owner.finish(_nothing())
        finally:
            self.processes.pop(process.pid, None)

    def signal(self, process: Process, number: int) -> None:
        """Send a signal; one that the process ignores does nothing."""
        ignored = process.shell is not None and process.shell.traps.get(number) == ""
        if process.task is not None and (number == KILL or not ignored):
            process.signal = number
            process.task.cancel()

    async def wait_for_process(self, process: Process) -> int:
        """Return the status of a process when it has ended."""
        if process.task is not None:
            await asyncio.wait({process.task})
        return process.status or 0

    def detach(self, shell: Shell) -> None:
        """Take a process off its terminal, as setsid does."""
        for process in self.processes.values():
            if process.shell is shell:
                process.terminal = None
        shell.terminal = None

    def replace_shell(self, old: Shell, new: Shell) -> None:
        """Say that a process now runs another script, whose traps count."""
        for process in self.processes.values():
            if process.shell is old:
                process.shell = new

    # -- commands

    def which(self, name: str) -> str:
        """Return where a command is, empty if there is none."""
        if name in BUILTINS:
            return name
        if name in self.programs:
            return name if name.startswith("/") else f"/usr/bin/{name}"
        return name if name.startswith("/") and self.files.is_file(name) else ""

    async def invoke(self, shell: Shell, words: list[str]) -> int:
        """Run one command by its name."""
        name = words[0]
        for prefix in ("/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/"):
            if name.startswith(prefix) and name.removeprefix(prefix) in self.programs:
                name = name.removeprefix(prefix)
        if name in BUILTINS:
            return await BUILTINS[name](shell, words)
        if name in self.programs:
            return await self.programs[name](shell, [name, *words[1:]])
        if "/" in name:
            return await self._run_path(shell, name, words[1:])
        shell.complain(f"{name}: not found")
        return NOT_FOUND

    async def _run_path(self, shell: Shell, path: str, arguments: list[str]) -> int:
        if not self.files.is_file(self.files.resolve(path, shell.directory)):
            shell.complain(f"{path}: not found")
            return NOT_FOUND
        child = shell.fork()
        self.replace_shell(shell, child)
        return await run_file(child, path, arguments)

    # -- sessions

    async def execute(self, command: str, pipes: Pipes) -> int:
        """Run an exec request."""
        return await sessions.execute(self, command, pipes)

    async def interact(self, terminal: Terminal) -> int:
        """Serve a login shell."""
        return await sessions.interact(self, terminal)


async def _nothing() -> int:
    return 0
