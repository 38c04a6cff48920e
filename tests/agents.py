"""Small SNMP agents on one port of several loopback addresses, for tests of discovery and polling.

They are the lab's agent (encoded by pysnmp) around what a test says a device is.
"""

import asyncio
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from lab.agent import Agent
from lab.mib import Tree, integer, octets, ticks
from lab.ports import free_port
from lab.standard_mibs import Interface, add_interfaces, add_system
from tests.patience import PATIENCE_S

_ENT_PHYSICAL_ENTRY = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1)  # ENTITY-MIB, RFC 6933
_LLDP_REM_ENTRY = (1, 0, 8802, 1, 1, 2, 1, 4, 1, 1)  # LLDP-MIB, IEEE 802.1AB
_CHASSIS = 3
_MAC_ADDRESS, _INTERFACE_NAME = 4, 5  # LldpChassisIdSubtype, LldpPortIdSubtype
_UNKNOWN_MAKER = (1, 3, 6, 1, 4, 1, 99999, 1)


@dataclass
class SmallDevice:
    """What one agent answers; a test may change it while it runs, then calls `change`."""

    name: str = "sw1"
    serial: str | None = "SN1"
    mac: str = "00:00:5e:aa:00:01"
    firmware: str = "1.0"
    community: str = "lab-read"
    uptime_s: float = 1000.0
    neighbours: Sequence[tuple[str, str]] = ()  # (chassis MAC with colons, system name)
    silent: bool = False
    max_message_octets: int = 1472
    version: int = field(default=0, init=False)

    def change(self, **values: object) -> None:
        """Be otherwise from now on."""
        for name, value in values.items():
            setattr(self, name, value)
        self.version += 1

    def answers_snmp(self) -> bool:
        """Whether the agent hears."""
        return not self.silent

    def snmp_delay_s(self) -> float:
        """Answer at once."""
        return 0.0

    def state_version(self) -> object:
        """Differ once changed."""
        return self.version

    def mib(self) -> Tree:
        """Return the system group, two ports, the chassis and the neighbours."""
        tree: Tree = {}
        add_system(
            tree,
            description="A switch of nobody",
            object_id=_UNKNOWN_MAKER,
            uptime=ticks(int(self.uptime_s * 100)),
            name=self.name,
            contact="",
            location="",
            services=2,
        )
        last = int(self.mac[-2:], 16) + 1
        add_interfaces(
            tree,
            [
                Interface(index=1, name="1/1/1", description="1/1/1", mac=self.mac),
                Interface(
                    index=2, name="1/1/2", description="1/1/2", mac=f"{self.mac[:-2]}{last:02x}"
                ),
            ],
            lambda: self.uptime_s,
        )
        cells = [(5, integer(_CHASSIS)), (10, octets(self.firmware)), (13, octets("M1"))]
        cells += [(11, octets(self.serial))] if self.serial else []
        for column, value in cells:
            tree[(*_ENT_PHYSICAL_ENTRY, column, 1)] = value
        for number, (chassis, name) in enumerate(self.neighbours, 1):
            row = (0, number, 1)
            for column, value in (
                (4, integer(_MAC_ADDRESS)),
                (5, octets(bytes.fromhex(chassis.replace(":", "")))),
                (6, integer(_INTERFACE_NAME)),
                (7, octets("eth0")),
                (9, octets(name)),
            ):
                tree[(*_LLDP_REM_ENTRY, column, *row)] = value
        return tree


@dataclass(frozen=True)
class Agents:
    """Agents that run: on `port` of the addresses of `network`, the first device on .1."""

    network: str
    port: int
    devices: Sequence[SmallDevice]
    move: Callable[[SmallDevice, int], None]

    def host(self, number: int) -> str:
        """Return the address of a place in the network."""
        return f"{self.network.rsplit('.', 1)[0]}.{number}"


@contextmanager
def running_agents(*devices: SmallDevice, beside: Agents | None = None) -> Iterator[Agents]:
    """Run one agent for each device in a thread, in a /28 of the loopback network.

    `beside` gives them the same addresses as others have, on another port: another school.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="agents", daemon=True)
    thread.start()
    open_at: dict[int, asyncio.DatagramTransport] = {}
    prefix, port = _free_place(beside)

    async def start(device: SmallDevice, number: int) -> None:
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Agent(device), local_addr=(f"{prefix}.{number}", port)
        )
        open_at[id(device)] = transport

    async def close(device: SmallDevice) -> None:
        open_at.pop(id(device)).close()
        await asyncio.sleep(0)

    def wait(work: object) -> None:
        assert asyncio.iscoroutine(work)
        asyncio.run_coroutine_threadsafe(work, loop).result(PATIENCE_S)

    def move(device: SmallDevice, number: int) -> None:
        wait(close(device))
        wait(start(device, number))

    try:
        for number, device in enumerate(devices, 1):
            wait(start(device, number))
        yield Agents(f"{prefix}.0/28", port, devices, move)
    finally:
        for device in devices:
            wait(close(device))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE_S)
        loop.close()


def _free_place(beside: Agents | None) -> tuple[str, int]:
    """Return a network of 127/8, a new one or the same again, and a port that is free in it."""
    prefix = f"127.{random.randint(64, 199)}.{random.randint(0, 255)}"
    if beside is not None:
        prefix = beside.host(0).removesuffix(".0")
    return prefix, free_port(*(f"{prefix}.{number}" for number in range(1, 15)))
