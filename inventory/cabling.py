"""Cables, from what both ends say by LLDP and CDP. Pure: values in, values out.

Each end of a cable tells whom it hears on which of its ports, and how the other calls its own port
(IEEE 802.1AB-2016, 8.5.3: the port id may be a name, an address, a number). Two such hearings that
speak of one cable are joined here; where the two ends contradict each other, or one of them says
nothing, the cable says so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from inventory.reconcile import chassis_mac

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hearing:
    """What one device says of what it hears on one port. `remote_port` as the other spells it."""

    device_id: int
    port: str
    remote_device_id: int
    remote_port: str | None
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a device, by all the names that a neighbour may call it."""

    device_id: int
    name: str
    description: str | None = None
    alias: str | None = None
    mac: str | None = None


class CableState(StrEnum):
    """How far a cable can be believed."""

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    ONE_SIDED = "one_sided"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class End:
    """One end of a cable. `port` is the end's own word, or the other's where it says nothing.

    `heard_at` is when it last heard the other end, None if never; `disputed_port` is what the other
    end calls this port, where that is another one of its ports.
    """

    device_id: int
    port: str | None
    heard_at: datetime | None = None
    disputed_port: str | None = None


@dataclass(frozen=True, slots=True)
class Cable:
    """A cable between two devices; `a` is the end with the lower id."""

    a: End
    b: End
    state: CableState
    first_seen_at: datetime
    last_seen_at: datetime

    def end(self, device_id: int) -> End:
        """Return the end at a device; raises KeyError when it has none there."""
        for each in (self.a, self.b):
            if each.device_id == device_id:
                return each
        raise KeyError(device_id)

    def other(self, device_id: int) -> int:
        """Return the id of the device at the other end."""
        return self.b.device_id if self.a.device_id == device_id else self.a.device_id


@dataclass
class PortBook:
    """Which ports of a device a spelling may mean; none for a spelling that nothing explains."""

    names: dict[tuple[int, str], frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, ports: Iterable[Port]) -> "PortBook":
        """Return the book of these ports; a port's name outweighs its other spellings."""
        book: dict[tuple[int, str], set[str]] = defaultdict(set)
        known = list(ports)
        for port in known:
            book[port.device_id, _spelled(port.name)].add(port.name)
        named = set(book)
        for port in known:
            for other in (port.mac, port.description, port.alias):
                key = (port.device_id, _spelled(other or ""))
                if other and key not in named:
                    book[key].add(port.name)
        return cls({key: frozenset(names) for key, names in book.items()})

    def meant(self, device_id: int, spelling: str | None) -> frozenset[str]:
        """Return the names of the ports that `spelling` may mean; empty: it is not told or known.

        A bridge and its ports often share one address, so there may be several.
        """
        return self.names.get((device_id, _spelled(spelling or "")), frozenset())


def _spelled(text: str) -> str:
    return chassis_mac(text) or text.strip().lower()


def cables(
    hearings: Iterable[Hearing],
    book: PortBook | None = None,
    *,
    read_at: Mapping[int, datetime] | None = None,
    old_after: timedelta = timedelta(hours=1),
) -> list[Cable]:
    """Return the cables that these hearings tell of, in the order of their ends.

    A cable is old when a port of it heard another device since, or when every end that told of it
    was read (`read_at`, by device) more than `old_after` later without telling of it again.
    """
    rows = list(_newest(hearings))
    pairs: dict[tuple[int, int], list[Hearing]] = defaultdict(list)
    latest: dict[tuple[int, str], datetime] = {}
    for row in rows:
        pairs[_pair(row)].append(row)
        key = (row.device_id, row.port)
        latest[key] = max(row.last_seen_at, latest.get(key, row.last_seen_at))
    known = book or PortBook()
    found = [
        _cable(both, known, latest, read_at or {}, old_after)
        for told in pairs.values()
        for both in _joined(told, known)
    ]
    return sorted(found, key=_place)


def _newest(hearings: Iterable[Hearing]) -> Iterable[Hearing]:
    """Return one hearing for each port and device: LLDP and CDP tell of one cable twice.

    The one heard last counts; of equals the first that says how the other end calls its port.
    """
    best: dict[tuple[int, str, int], Hearing] = {}
    for row in hearings:
        if row.device_id == row.remote_device_id:
            continue  # a loop of a device to itself leads nowhere
        key = (row.device_id, row.port, row.remote_device_id)
        if key not in best or _weight(row) > _weight(best[key]):
            best[key] = row
    return best.values()


def _weight(row: Hearing) -> tuple[datetime, bool, str]:
    return row.last_seen_at, row.remote_port is not None, row.remote_port or ""


def _pair(row: Hearing) -> tuple[int, int]:
    low, high = sorted((row.device_id, row.remote_device_id))
    return low, high


def _joined(rows: Sequence[Hearing], book: PortBook) -> list[tuple[Hearing, Hearing | None]]:
    """Return the hearings of one pair of devices, two by two where they speak of one cable."""
    lowest = min(row.device_id for row in rows)
    here = sorted((row for row in rows if row.device_id == lowest), key=lambda row: row.port)
    there = sorted((row for row in rows if row.device_id != lowest), key=lambda row: row.port)
    if not here or not there:
        return [(row, None) for row in here or there]
    fits = sorted(
        (
            (fit, i, j)
            for i, one in enumerate(here)
            for j, two in enumerate(there)
            if (fit := _fit(one, two, book, alone=len(here) == len(there) == 1)) is not None
        ),
        key=lambda each: (-each[0], each[1], each[2]),
    )
    joined: list[tuple[Hearing, Hearing | None]] = []
    left, right = set(range(len(here))), set(range(len(there)))
    for _, i, j in fits:
        if i in left and j in right:
            joined.append((here[i], there[j]))
            left.discard(i)
            right.discard(j)
    return [
        *joined,
        *((here[i], None) for i in sorted(left)),
        *((there[j], None) for j in sorted(right)),
    ]


def _fit(one: Hearing, two: Hearing, book: PortBook, *, alone: bool) -> int | None:
    """Return how well two hearings fit to one cable; None: they speak of two cables."""
    words = [_agrees(one, two, book), _agrees(two, one, book)]
    yes, no = words.count(True), words.count(False)
    if no == 2 or (yes == 0 and not alone):
        return None
    return yes - no


def _agrees(one: Hearing, two: Hearing, book: PortBook) -> bool | None:
    """Tell whether `one` calls the other's port what `two` calls it; None: it cannot be told."""
    if one.remote_port is not None and _spelled(one.remote_port) == _spelled(two.port):
        return True
    meant = book.meant(two.device_id, one.remote_port)
    return two.port in meant if meant else None


def _cable(
    both: tuple[Hearing, Hearing | None],
    book: PortBook,
    latest: Mapping[tuple[int, str], datetime],
    read_at: Mapping[int, datetime],
    old_after: timedelta,
) -> Cable:
    one, two = both
    told = [row for row in both if row is not None]
    last = max(row.last_seen_at for row in told)
    ends = sorted(_ends(one, two, book), key=lambda end: end.device_id)
    silenced = all(
        read_at.get(row.device_id, row.last_seen_at) - row.last_seen_at > old_after for row in told
    )
    taken = any(
        end.port is not None and latest.get((end.device_id, end.port), last) > last for end in ends
    )
    state = CableState.CONFIRMED
    if silenced or taken:
        state = CableState.OLD
    elif two is None:
        state = CableState.ONE_SIDED
    elif any(end.disputed_port for end in ends):
        state = CableState.DISPUTED
    return Cable(ends[0], ends[1], state, min(row.first_seen_at for row in told), last)


def _ends(one: Hearing, two: Hearing | None, book: PortBook) -> tuple[End, End]:
    if two is None:
        meant = book.meant(one.remote_device_id, one.remote_port)
        port = next(iter(meant)) if len(meant) == 1 else one.remote_port
        return End(one.device_id, one.port, one.last_seen_at), End(one.remote_device_id, port)
    return _end(one, two, book), _end(two, one, book)


def _end(own: Hearing, other: Hearing, book: PortBook) -> End:
    disputed = other.remote_port if _agrees(other, own, book) is False else None
    return End(own.device_id, own.port, own.last_seen_at, disputed)


def _place(cable: Cable) -> tuple[int, str, int, str]:
    return (cable.a.device_id, cable.a.port or "", cable.b.device_id, cable.b.port or "")
