"""SSH servers of the false devices: password login, a terminal or an exec request.

asyncssh speaks the protocol. The line discipline is ours, as each device has its own.
"""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable
from pathlib import Path

import asyncssh

from lab.device import Device

LOGIN_TIMEOUT_S = 30
CHECK_AGAIN_S = 0.1  # while a device is out of reach, its open sessions stand still
BACKSPACES = "\x7f\x08"


def host_key(folder: Path, name: str) -> asyncssh.SSHKey:
    """Return the device's key: made once, then kept, so that a pinned key stays good."""
    path = folder / f"{name.replace('/', '-')}.key"
    if path.is_file():
        return asyncssh.read_private_key(str(path))
    key = asyncssh.generate_private_key("ssh-ed25519")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(key.export_private_key())
    path.chmod(0o600)
    return key


class SshServer:
    """The SSH server of one device on its own socket."""

    def __init__(self, device: Device, listener: socket.socket, key: asyncssh.SSHKey) -> None:
        self._device = device
        self._listener = listener
        self._key = key
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to accept connections."""
        self._spawn(self._accept())

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(self._listener)
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._spawn(self._serve(connection))

    async def _serve(self, connection: socket.socket) -> None:
        if not self._device.answers_ssh():
            await self._stay_mute(connection)
            return
        try:
            await asyncssh.run_server(
                connection,
                server_factory=lambda: _Server(self._device),
                server_host_keys=[self._key],
                process_factory=self._process,
                encoding="utf-8",
                errors="replace",
                line_editor=False,
                allow_scp=False,
                login_timeout=LOGIN_TIMEOUT_S,
                agent_forwarding=False,
                server_version="dropbear" if self._device.exec_allowed else "OpenSSH_8.8",
            )
        except (OSError, asyncssh.Error):
            connection.close()

    async def _stay_mute(self, connection: socket.socket) -> None:
        """Hold the connection without a word until the other side gives up."""
        loop = asyncio.get_running_loop()
        try:
            while await loop.sock_recv(connection, 4096):
                pass
        except OSError:
            pass
        finally:
            connection.close()

    async def _process(self, process: "asyncssh.SSHServerProcess[str]") -> None:
        device = self._device
        wire = _Wire(device, process)
        if process.command is not None and process.get_terminal_type() is None:
            await self._execute(process, wire)
            return
        if process.command is not None:
            work = device.execute(process.command, TerminalPipes(wire))
        else:
            work = device.interact(wire)
        running = asyncio.ensure_future(work)
        closed = asyncio.ensure_future(process.channel.wait_closed())
        await asyncio.wait({running, closed}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            status = 1 if running.cancelled() or running.exception() else running.result()
            await wire.drain()
            process.exit(status)
        else:
            running.cancel()
        closed.cancel()
        await asyncio.gather(running, closed, return_exceptions=True)

    async def _execute(self, process: "asyncssh.SSHServerProcess[str]", wire: "_Wire") -> None:
        """Run an exec request; without a terminal it lives on when the client has gone."""
        device = self._device
        if not device.exec_allowed:
            process.exit(1)
            return
        for line in (process.command or "").splitlines() or [""]:
            wire.count_line(line)
        status = await device.execute(process.command or "", wire)
        await wire.drain()
        with contextlib.suppress(OSError, asyncssh.Error):
            process.exit(status)

    async def close(self) -> None:
        """Stop to listen and break what is open."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._listener.close()


class _Server(asyncssh.SSHServer):
    """Authentication by password alone."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._device.register_session(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._device.forget_session(self._connection)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        await asyncio.sleep(self._device.faults.slow_s)
        return self._device.password_accepted(username, password)


class Dropped(Exception):
    """The connection broke, or was broken by a fault."""


class _Wire:
    """One session: the line discipline of a terminal, or the three streams of an exec request."""

    def __init__(self, device: Device, process: "asyncssh.SSHServerProcess[str]") -> None:
        self._device = device
        self._process = process
        self._typed: list[str] = []
        self._echo = ""  # what was typed and is not echoed yet: a terminal echoes what came at once
        self._held: list[tuple[str, bool]] = []
        self._after_return = False
        self._lines = 0
        self._end_of_line = "\r\n" if process.get_terminal_type() is not None else "\n"
        columns, rows = process.get_terminal_size()[:2]
        self.columns, self.rows = columns or 80, rows or 24

    # -- Terminal

    async def read_line(self, prompt: str, *, echo: bool = True) -> str | None:
        """Return the next line, edited as a terminal does; None once the client has closed."""
        self.write(prompt)
        line: list[str] = []
        while True:
            key = await self.read_key()
            if key is None or (key == "\x04" and not line):
                return None
            if key in "\r\n":
                if key == "\n" and self._after_return:
                    self._after_return = False
                    continue
                self._after_return = key == "\r"
                self.write("\n")
                text = "".join(line)
                self.count_line(text)
                await asyncio.sleep(self._device.faults.slow_s)
                return text
            self._after_return = False
            self._edit(key, line, prompt, echo=echo)

    def _edit(self, key: str, line: list[str], prompt: str, *, echo: bool) -> None:
        if key in BACKSPACES:
            if line:
                line.pop()
                self._echo += "\b \b" if echo else ""
        elif key == "\x15":  # ^U
            self._echo += "\b \b" * len(line) if echo else ""
            line.clear()
        elif key == "\x03":  # ^C
            line.clear()
            self.write(f"^C\n{prompt}")
        elif key >= " " or key == "\t":
            line.append(key)
            self._echo += key if echo else ""

    async def read_key(self) -> str | None:
        """Return one character; None once the client has closed."""
        while not self._typed:
            self.write("")
            try:
                data = await self._process.stdin.read(4096)
            except asyncssh.TerminalSizeChanged as changed:
                self.columns, self.rows = changed.width or 80, changed.height or 24
                continue
            except asyncssh.BreakReceived:
                continue
            except asyncssh.SignalReceived:
                return None
            if not data:
                return None
            await self._until_in_reach()
            self._typed.extend(data)
        return self._typed.pop(0)

    def write(self, text: str) -> None:
        """Send text, with the line ends of a terminal where there is one."""
        text, self._echo = self._echo + text, ""
        self._send(text.replace("\n", self._end_of_line), error=False)

    # -- Pipes

    async def read_all(self) -> str:
        """Return all of the standard input."""
        text = await self._process.stdin.read()
        await self._until_in_reach()
        for line in text.splitlines():
            self.count_line(line)
        return text

    def write_error(self, text: str) -> None:
        """Send to the standard error; a terminal has but one stream."""
        self._send(text.replace("\n", self._end_of_line), error=True)

    # -- the wire

    def count_line(self, line: str) -> None:
        """Record a received line; breaks the connection where a fault asks for that."""
        self._device.received.append(line)
        if self._device.faults.cuts_path(line):
            self._device.path_lost = True
        if self._device.faults.locks_out(line):
            self._device.locked_out = True
        self._lines += 1
        limit = self._device.faults.drop_after_lines
        if limit is not None and self._lines >= limit:
            self._process.channel.get_connection().abort()
            raise Dropped

    def _send(self, text: str, *, error: bool) -> None:
        if not text or self._process.channel.is_closing():
            return
        if self._held or not self._device.answers_ssh():
            if not self._held:
                self._device.spawn(self._release())
            self._held.append((text, error))
            return
        with contextlib.suppress(OSError, asyncssh.Error):
            (self._process.stderr if error else self._process.stdout).write(text)

    async def _release(self) -> None:
        """Send what was held back, once the device is in reach again."""
        await self._until_in_reach()
        held, self._held = self._held, []
        for text, error in held:
            self._send(text, error=error)

    async def _until_in_reach(self) -> None:
        # Whether packets arrive follows from several devices' states: looked at, not signalled.
        while not self._device.answers_ssh() and not self._process.channel.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(CHECK_AGAIN_S)

    async def drain(self) -> None:
        """Wait until all output is sent."""
        while self._held and not self._process.channel.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(CHECK_AGAIN_S)
        with contextlib.suppress(OSError, asyncssh.Error):
            await self._process.stdout.drain()


class TerminalPipes:
    """The streams of an exec request that asked for a terminal."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire

    async def read_all(self) -> str:
        """Return what is typed up to ^D."""
        lines = []
        while (line := await self._wire.read_line("")) is not None:
            lines.append(line + "\n")
        return "".join(lines)

    def write(self, text: str) -> None:
        """Send to the terminal."""
        self._wire.write(text)

    def write_error(self, text: str) -> None:
        """Send to the terminal."""
        self._wire.write(text)
