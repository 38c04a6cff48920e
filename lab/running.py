"""Running devices: sockets bound, one event loop for all of them.

`running_lab` runs devices in a thread of the test process, on free ports; `serve_devices` runs
them on the caller's loop.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from inventory.errors import Conflict
from lab.agent import Agent
from lab.device import Device, DeviceSpec
from lab.devices import make_device
from lab.shell import SshServer, host_key

T = TypeVar("T")
BACKLOG = 16
START_TIMEOUT_S = 30


def bind(kind: socket.SocketKind, host: str, port: int) -> socket.socket:
    """Return a bound socket; raises Conflict in one sentence when the port is in use."""
    bound = socket.socket(socket.AF_INET, kind)
    bound.setblocking(False)
    if kind is socket.SOCK_STREAM:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        protocol = "UDP" if kind is socket.SOCK_DGRAM else "TCP"
        raise Conflict(
            f"{protocol} {host}:{port} cannot be used: {error.strerror}",
            todo="stop what uses it, or start the lab with --port-offset",
        ) from error
    return bound


@dataclass
class Servers:
    """The sockets of the devices that run."""

    _ssh: list[SshServer] = field(default_factory=list)
    _agents: list[asyncio.DatagramTransport] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)

    async def start(self, devices: Sequence[Device], keys: Path) -> None:
        """Bind and serve; a port of 0 becomes the one that was drawn.

        Raises Conflict when an address is in use; then nothing runs.
        """
        try:
            for device in devices:
                await self._start(device, keys)
        except Conflict:
            await self.close()
            raise

    async def _start(self, device: Device, keys: Path) -> None:
        datagrams = bind(socket.SOCK_DGRAM, device.host, device.snmp_port)
        device.snmp_port = datagrams.getsockname()[1]
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Agent(device), sock=datagrams
        )
        self._agents.append(transport)
        listener = bind(socket.SOCK_STREAM, device.host, device.ssh_port)
        listener.listen(BACKLOG)
        device.ssh_port = listener.getsockname()[1]
        server = SshServer(device, listener, host_key(keys, device.name))
        self._ssh.append(server)
        server.start()
        self.devices.append(device)

    async def close(self) -> None:
        """End everything that runs."""
        for device in self.devices:
            await device.close()
        for server in self._ssh:
            await server.close()
        for transport in self._agents:
            transport.close()


class Lab:
    """Devices that run in a thread; index them by name."""

    def __init__(self, loop: asyncio.AbstractEventLoop, devices: Sequence[Device]) -> None:
        self._loop = loop
        self.devices = {device.name: device for device in devices}

    def __getitem__(self, name: str) -> Device:
        return self.devices[name]

    def __iter__(self) -> Iterator[Device]:
        return iter(self.devices.values())

    def call(self, action: Callable[[], T]) -> T:
        """Return what an action gives on the loop of the devices, where their state is."""

        async def run() -> T:
            return action()

        return self.wait_for(run())

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """Return the result of work that runs on the loop of the devices."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(START_TIMEOUT_S)


@contextmanager
def running_lab(
    devices: Sequence[DeviceSpec | Device],
    *,
    faults: Mapping[str, Sequence[str] | str] | None = None,
    folder: Path,
) -> Iterator[Lab]:
    """Run devices until the block ends; host keys are kept in the folder.

    `faults` maps a device's name to its faults, written as on the command line. Raises Conflict
    when an address is in use and InvalidInput for an unknown fault.
    """
    made = [device if isinstance(device, Device) else make_device(device) for device in devices]
    for name, texts in (faults or {}).items():
        device = next(device for device in made if device.name == name)
        for text in [texts] if isinstance(texts, str) else texts:
            device.faults.add(text)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="lab", daemon=True)
    thread.start()
    servers = Servers()
    try:
        asyncio.run_coroutine_threadsafe(servers.start(made, folder / "keys"), loop).result(
            START_TIMEOUT_S
        )
        yield Lab(loop, made)
    finally:
        asyncio.run_coroutine_threadsafe(_finish(servers), loop).result(START_TIMEOUT_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(START_TIMEOUT_S)
        loop.close()


async def _finish(servers: Servers) -> None:
    await servers.close()
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
