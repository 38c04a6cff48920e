"""What a crawl knows while it goes: whom it read, whom they hear, and whom to ask next. Pure."""

import ipaddress
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from collectors.discover import Network
from inventory.reconcile import Marks, chassis_mac, same_device
from inventory.vendors.standard.heard import Heard

DEEPEST = 10
MOST_ADDRESSES = 500


class Unread(StrEnum):
    """Why a device that was heard was not read, as a sentence with places to fill."""

    SILENT = "it answers nothing at {hosts}"
    FAILED = "it could not be read: {error}"
    TAKEN = "another device answers at {hosts}"
    NO_ADDRESS = "no address of it is known"
    OUTSIDE = "{hosts} is outside the zone"
    NOT_ASKED = "the crawl ended before it"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A device heard by another, which was read at `by_host`."""

    heard: Heard
    by_host: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A device that was heard and not read. `hosts` are the addresses that it is heard with."""

    sighting: Sighting
    hosts: tuple[str, ...]
    why: Unread
    error: str | None = None

    def sentence(self) -> str:
        """Return why it was not read."""
        return self.why.format(hosts=", ".join(self.hosts), error=self.error)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a crawl may go, how many cables from its seeds, and how many addresses it may ask."""

    networks: tuple[Network, ...]
    depth: int = DEEPEST
    addresses: int = MOST_ADDRESSES

    def hold(self, host: str) -> bool:
        """Whether an address may be spoken to."""
        return self.can_be(host) and any(
            ipaddress.ip_address(host) in network for network in self.networks
        )

    def can_be(self, host: str) -> bool:
        """Whether an address can be another device's at all, here or elsewhere; a name cannot.

        127.0.0.1 is the device itself, whoever says it; a lab lives in 127/8 on purpose.
        """
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        if address.is_loopback:
            return any(network.is_loopback for network in self.networks)
        return not (address.is_unspecified or address.is_multicast or address.is_link_local)


@dataclass(frozen=True, slots=True)
class _Answer:
    marks: Marks
    depth: int


@dataclass
class Sightings:
    """The state of one crawl. `book` is the IP address of each hardware address, while it lasts."""

    bounds: Bounds
    answers: dict[str, _Answer] = field(default_factory=dict)
    failures: dict[str, tuple[Unread, str]] = field(default_factory=dict)
    sightings: list[Sighting] = field(default_factory=list)
    book: dict[str, str] = field(default_factory=dict)
    _macs: set[str] = field(default_factory=set)

    @property
    def asked(self) -> int:
        """How many addresses were asked."""
        return len(self.answers) + len(self.failures)

    def answered(
        self,
        host: str,
        marks: Marks,
        depth: int,
        heard: Iterable[Heard],
        book: Mapping[str, str],
    ) -> bool:
        """Take what was read at `host`; returns whether it is a device not read before."""
        new = not any(
            same_device(marks, known.marks.serial, known.marks.base_mac)
            for known in self.answers.values()
        )
        self.answers[host] = _Answer(marks, depth)
        self._macs |= marks.macs
        self.book |= book
        if new:
            self.sightings += (Sighting(each, host) for each in heard)
        return new

    def failed(self, host: str, why: Unread, error: str) -> None:
        """Take that `host` could not be read."""
        self.failures[host] = (why, error)

    def next(self) -> dict[str, tuple[Sighting, int]]:
        """Return whom to ask now: by address, who told of it, and how many cables away it is.

        One address of each device at a time, as the first usually answers; what says that it is an
        end device after the others, as some that lead on say so too.
        """
        wave: dict[str, tuple[Sighting, int]] = {}
        for group in sorted(self._unread(), key=_is_station):
            place = self._depth(group)
            if place > self.bounds.depth or any(host in wave for host in self._hosts(group)):
                continue
            if self.asked + len(wave) >= self.bounds.addresses:
                break
            untried = self._untried(group)
            if untried:
                wave[untried[0]] = (group[0], place)
        return wave

    def seen(self) -> list[Seen]:
        """Return the network's devices that were heard and not read, with why not."""
        return [self._verdict(group) for group in self._unread() if not _is_station(group)]

    @property
    def stations(self) -> int:
        """How many telephones, PCs and the like were heard and do not answer."""
        return sum(map(_is_station, self._unread()))

    def _unread(self) -> list[list[Sighting]]:
        """Return the sightings of what was not read, those of one device together."""
        claims = self._claims()
        groups = _grouped(self.sightings, self.hosts_of)
        return [group for group in groups if not any(self._is_read(each, claims) for each in group)]

    def _claims(self) -> Mapping[str, set[str]]:
        """Return, by address, the chassis that say it is theirs."""
        claims: dict[str, set[str]] = defaultdict(set)
        for each in self.sightings:
            chassis = chassis_mac(each.heard.neighbour.chassis_id)
            for host in self.hosts_of(each) if chassis else ():
                claims[host].add(str(chassis))
        return claims

    def _is_read(self, sighting: Sighting, claims: Mapping[str, set[str]]) -> bool:
        chassis = chassis_mac(sighting.heard.neighbour.chassis_id)
        if chassis and chassis in self._macs:
            return True
        # A chassis id need be no port's address; but two that claim one address (as they left the
        # factory) cannot both be who answers there.
        return any(
            host in self.answers and (not chassis or len(claims[host]) < 2)
            for host in self.hosts_of(sighting)
        )

    def hosts_of(self, sighting: Sighting) -> tuple[str, ...]:
        """Return the addresses that a device was heard with, and where others know it to be.

        Others are asked only where none that it tells is in bounds: their word may be old.
        """
        heard = sighting.heard
        told = [host for host in heard.addresses if self.bounds.can_be(host)]
        if not any(self.bounds.hold(host) for host in told):
            words = (heard.neighbour.chassis_id, heard.neighbour.port_id)
            known = (self.book.get(chassis_mac(word) or "") for word in words)
            told += [host for host in known if host and self.bounds.can_be(host)]
        return tuple(dict.fromkeys(told))

    def _hosts(self, group: Sequence[Sighting]) -> list[str]:
        return list(dict.fromkeys(host for each in group for host in self.hosts_of(each)))

    def _untried(self, group: Sequence[Sighting]) -> list[str]:
        return [
            host
            for host in self._hosts(group)
            if self.bounds.hold(host) and host not in self.answers and host not in self.failures
        ]

    def _depth(self, group: Sequence[Sighting]) -> int:
        return 1 + min(self.answers[each.by_host].depth for each in group)

    def _verdict(self, group: Sequence[Sighting]) -> Seen:
        hosts = tuple(self._hosts(group))
        inside = tuple(host for host in hosts if self.bounds.hold(host))
        first = group[0]
        if self._untried(group):
            return Seen(first, inside, Unread.NOT_ASKED)
        if failed := [self.failures[host] for host in inside if host in self.failures]:
            why, error = max(failed, key=lambda each: each[0] is Unread.FAILED)
            return Seen(first, inside, why, error)
        if inside:
            return Seen(first, inside, Unread.TAKEN)
        return Seen(first, hosts, Unread.OUTSIDE if hosts else Unread.NO_ADDRESS)


def _is_station(group: Sequence[Sighting]) -> bool:
    return not any(each.heard.is_infrastructure for each in group)


def _grouped(
    sightings: Iterable[Sighting], hosts_of: Callable[[Sighting], Iterable[str]]
) -> list[list[Sighting]]:
    """Return the sightings of one device together: two ends, two cables, LLDP and CDP."""
    groups: dict[int, list[Sighting]] = {}
    group_of: dict[object, int] = {}
    for number, each in enumerate(sightings):
        keys = list(_keys(each, hosts_of(each)))
        joined = sorted({group_of[key] for key in keys if key in group_of}) or [number]
        home = joined[0]
        for other in joined[1:]:
            groups[home] += groups.pop(other)
            group_of |= {key: home for key, group in group_of.items() if group == other}
        groups.setdefault(home, []).append(each)
        group_of |= dict.fromkeys(keys, home)
    return list(groups.values())


def _keys(sighting: Sighting, hosts: Iterable[str]) -> Iterator[object]:
    """Yield what tells a device that is heard: two sightings that share one are of one device.

    Devices as they left the factory share addresses, so an address tells one only where it is
    heard on the same port, or where nothing better is told.
    """
    neighbour, place = sighting.heard.neighbour, (sighting.by_host,)
    port = neighbour.local_interface
    name = (neighbour.system_name or "").split(".", maxsplit=1)[0].lower()
    chassis = chassis_mac(neighbour.chassis_id)
    if chassis:
        yield chassis
    elif neighbour.chassis_id:
        yield (neighbour.chassis_id, name)
    for host in hosts:
        yield (*place, port, host)
        if not neighbour.chassis_id:
            yield host
    if name:
        yield (*place, port, name)
    if not chassis and not name:
        yield (*place, port, neighbour.port_id)
