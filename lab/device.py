"""What every false device is: identity, sockets, links, faults and a record of what it heard."""

import asyncio
import time
import zlib
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lab import traps
from lab.faults import Faults
from lab.mib import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSpec:
    """How to make one device. Ports of 0 are drawn when the device starts."""

    family: str
    name: str
    host: str = "127.0.0.1"
    snmp_port: int = 0
    ssh_port: int = 0
    username: str = ""
    password: str = "lab-password"  # noqa: S105 - the lab's own, meant to be known
    community: str = "lab-read"
    serial: str = ""
    model: str = ""
    hostname: str = ""
    minute_s: float = 60.0
    """How long a minute of the device's own timers lasts; small in tests."""
    boot_s: float = 2.0
    apply_s: float = 1.0
    """How long the device takes to apply a change that restarts something."""
    max_message_octets: int = 1472
    traps_to: tuple[str, int] | None = None
    """Where the device sends its traps; None: it sends none."""
    faults: Sequence[str] = ()


class Terminal(Protocol):
    """One SSH session as a device sees it."""

    columns: int
    rows: int

    async def read_line(self, prompt: str, *, echo: bool = True) -> str | None:
        """Return the next line without its end, None once the other side has closed."""

    async def read_key(self) -> str | None:
        """Return one character, None once the other side has closed."""

    def write(self, text: str) -> None:
        """Send text; line feeds become what a terminal needs."""


class Pipes(Protocol):
    """The three streams of an exec request."""

    async def read_all(self) -> str:
        """Return all of the standard input."""

    def write(self, text: str) -> None:
        """Send to the standard output."""

    def write_error(self, text: str) -> None:
        """Send to the standard error."""


@dataclass
class Advertisement:
    """What a device says of itself by LLDP on one port (IEEE 802.1AB-2016, 8.5)."""

    system_name: str
    system_description: str
    chassis_mac: str
    port_id: str
    port_id_subtype: int
    port_description: str
    management_address: str
    capabilities: int
    """BITS of LldpSystemCapabilitiesMap in its first octet: 0x20 bridge, 0x10 WLAN AP."""


@dataclass
class Login:
    """One attempt to log in."""

    username: str
    accepted: bool


class Device:
    """The common part of all families; one object is one device, alive between its start and end.

    `received` holds every line that came over SSH and `logins` every attempt, for tests.
    """

    exec_allowed = True
    default_username = "root"

    def __init__(self, spec: DeviceSpec) -> None:
        self.spec = spec
        self.name = spec.name
        self.host = spec.host
        self.snmp_port = spec.snmp_port
        self.ssh_port = spec.ssh_port
        self.username = spec.username or self.default_username
        self.password = spec.password
        self.community = spec.community
        self.max_message_octets = spec.max_message_octets
        self.seed = zlib.crc32(f"{spec.host}/{spec.ssh_port}/{spec.name}".encode())
        self.serial = spec.serial or f"LAB{self.seed:09d}"[:10]
        self.faults = Faults()
        for fault in spec.faults:
            self.faults.add(fault)
        self.received: list[str] = []
        self.logins: list[Login] = []
        self.links: dict[str, tuple[Device, str]] = {}
        self.uplink: str | None = None
        self.powered = True
        self.path_lost = False
        """Whether a fault took the path away; a device that gets its old state back finds it."""
        self.locked_out = False
        """Whether a fault makes it refuse every password, until its old state is back."""
        self.version = 0
        self._uptime_before_s = 86_400.0 * (1 + self.seed % 40)
        self._started = time.monotonic()
        self._tasks: set[asyncio.Task[None]] = set()
        self._sessions: set[Session] = set()

    # -- time and change

    def uptime_s(self) -> float:
        """Return the seconds since the device started, as it tells them."""
        return self._uptime_before_s + time.monotonic() - self._started

    def hundredths(self) -> int:
        """Return sysUpTime."""
        return int(self.uptime_s() * 100)

    def restart_clock(self) -> None:
        """Count the uptime from now on."""
        self._uptime_before_s, self._started = 0.0, time.monotonic()

    def changed(self) -> None:
        """Say that what SNMP shows may differ from now on."""
        self.version += 1

    def state_version(self) -> object:
        """Return something that differs once this device or a neighbour changed."""
        return (self.version, *(other.version for other, _ in self.links.values()))

    def draw(self, name: str, low: int, high: int) -> int:
        """Return a number that is always the same for this device and name."""
        return low + zlib.crc32(f"{self.seed}/{name}".encode()) % (high - low + 1)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run work in the background until the device ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # -- reachability

    def management_is_up(self) -> bool:
        """Whether the device's own configuration lets the management station reach it."""
        return True

    def frame_tag(self, port: str) -> int | None:
        """Return the VLAN tag that management frames carry on a port; None: untagged."""
        return None

    def management_accepts(self, port: str, tag: int | None) -> bool:
        """Whether a frame that comes in on a port so tagged is in the management network."""
        return True

    def port_enabled(self, port: str) -> bool:
        """Whether this end of a cable is up."""
        return True

    def link_is_up(self, port: str) -> bool:
        """Whether both ends of the cable on a port are up."""
        if port not in self.links:
            return False
        other, other_port = self.links[port]
        return (
            self.powered
            and other.powered
            and self.port_enabled(port)
            and other.port_enabled(other_port)
        )

    def reachable(self) -> bool:
        """Whether packets of the management station arrive here and answers get back."""
        cut = self.faults.silent or self.path_lost
        if not self.powered or cut or not self.management_is_up():
            return False
        if self.uplink is None:
            return True
        parent, parent_port = self.links[self.uplink]
        return (
            self.link_is_up(self.uplink)
            and parent.management_accepts(parent_port, self.frame_tag(self.uplink))
            and parent.forwards()
        )

    def forwards(self) -> bool:
        """Whether management frames pass through this device towards the station."""
        return True

    def answers_snmp(self) -> bool:
        """Whether the SNMP agent answers now."""
        return self.reachable()

    def answers_ssh(self) -> bool:
        """Whether the SSH server answers now."""
        return self.reachable()

    def snmp_delay_s(self) -> float:
        """Return how long an SNMP answer takes longer than it should."""
        return self.faults.slow_s

    def power(self, *, on: bool) -> None:
        """Give or cut the power; a device that loses it forgets what is not in flash."""
        if on == self.powered:
            return
        self.powered = on
        self.changed()
        for other, port in self.links.values():
            other.trap(traps.LINK_UP if on else traps.LINK_DOWN, other.if_index(port))
        if on:
            self.spawn(self.boot())
        else:
            self.abort_sessions()

    def let_in_again(self) -> None:
        """Have the path and the passwords back that a fault took: the old state is back."""
        self.path_lost = self.locked_out = False

    def refuses_everyone(self) -> bool:
        """Whether no password is accepted now, whatever is configured."""
        return self.faults.wrong_password or self.locked_out

    async def boot(self) -> None:
        """Come up again with what is in flash."""
        self.let_in_again()
        self.restart_clock()
        self.changed()
        self.trap(traps.COLD_START)

    # -- traps

    def if_index(self, port: str) -> int | None:
        """Return the ifIndex of a port, None where the family's traps do not tell it."""
        return None

    def trap(self, notification: tuple[int, ...], if_index: int | None = None) -> None:
        """Send a trap, where the device was told where to and its packets get out."""
        if self.spec.traps_to is not None and self.reachable():
            data = traps.encoded(notification, self.community, self.hundredths(), if_index)
            traps.send(self.host, self.spec.traps_to, data)

    # -- sessions

    def password_accepted(self, username: str, password: str) -> bool:
        """Check and record one attempt to log in."""
        accepted = (
            not self.refuses_everyone() and username == self.username and password == self.password
        )
        self.logins.append(Login(username, accepted))
        return accepted

    def register_session(self, session: "Session") -> None:
        """Remember an open connection."""
        self._sessions.add(session)

    def forget_session(self, session: "Session") -> None:
        """Forget a connection that is over."""
        self._sessions.discard(session)

    def abort_sessions(self) -> None:
        """Break all connections."""
        for session in list(self._sessions):
            session.abort()

    async def interact(self, terminal: Terminal) -> int:
        """Serve one interactive session; returns its exit status."""
        raise NotImplementedError

    async def execute(self, command: str, pipes: Pipes) -> int:
        """Run one exec request; returns its exit status."""
        raise NotImplementedError

    # -- what is told

    def advertisement(self, port: str) -> Advertisement:
        """Return what the device says by LLDP on a port."""
        raise NotImplementedError

    def neighbours(self) -> dict[str, Advertisement]:
        """Return what is heard by LLDP, by own port."""
        return {
            port: other.advertisement(other_port)
            for port, (other, other_port) in self.links.items()
            if self.link_is_up(port)
        }

    def addresses(self) -> list[tuple[str, int | None]]:
        """Return the hardware addresses that this device sends from, with the VLAN of each tag."""
        return []

    def addresses_behind(self, port: str) -> list[tuple[str, int | None]]:
        """Return the addresses that come in by a port: of all that stands behind its cable."""
        if port not in self.links or not self.link_is_up(port):
            return []
        other, other_port = self.links[port]
        further = [each for each in other.links if each != other_port]
        return [
            *other.addresses(),
            *(found for each in further for found in other.addresses_behind(each)),
        ]

    def mib(self) -> Tree:
        """Return all that the SNMP agent answers."""
        raise NotImplementedError

    async def close(self) -> None:
        """End all that the device still does."""
        self.abort_sessions()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Session(Protocol):
    """An open connection that a device may break."""

    def abort(self) -> None:
        """Break it."""


def connect(lower: Device, lower_port: str, upper: Device, upper_port: str) -> None:
    """Lay a cable; the upper end is nearer to the management station."""
    lower.links[lower_port] = (upper, upper_port)
    upper.links[upper_port] = (lower, lower_port)
    lower.uplink = lower_port
