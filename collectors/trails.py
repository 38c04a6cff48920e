"""Trails of walks, and what stays between restarts, kept once for all devices that are alike."""

from collections.abc import Collection, Iterable, Mapping

from collectors.snmp.trail import Trail, trail_of
from inventory.vendors.mib import Oid, Value

_MOST_NAMES = 500_000  # some 250 octets each where no two devices share a name


class Trails:
    """Keeps one trail for all devices on which a walk found the same names. Emptied when full."""

    def __init__(self) -> None:
        self._trails: dict[tuple[Oid, ...], Trail] = {}
        self._stays: dict[tuple[tuple[Oid, Value], ...], Mapping[Oid, Value]] = {}
        self._names = 0

    def of(
        self, columns: Iterable[Oid], values: Mapping[Oid, Value], stays: Collection[Oid]
    ) -> tuple[Trail, Mapping[Oid, Value]]:
        """Return the trail of a walk that found `values`, and those of the columns `stays`."""
        roots = _outermost(columns)
        lengths = {len(root) for root in stays}
        kept = {
            name: value
            for name, value in values.items()
            if any(name[:length] in stays for length in lengths)
        }
        found = tuple(
            sorted(name for name in values if name not in kept and _is_below(name, roots))
        )
        key = (*roots, (), *found)
        trail = self._trails.get(key)
        if trail is None:
            trail = self._trails[key] = self._counted(trail_of(roots, found), len(found))
        same = tuple(sorted(kept.items()))
        return trail, self._stays.setdefault(same, kept)

    def _counted(self, trail: Trail, names: int) -> Trail:
        self._names += names
        if self._names > _MOST_NAMES:
            self._trails.clear()
            self._stays.clear()
            self._names = names
        return trail


def _is_below(name: Oid, roots: Collection[Oid]) -> bool:
    return any(name[: len(root)] == root for root in roots)


def _outermost(columns: Iterable[Oid]) -> tuple[Oid, ...]:
    """Return the columns that are below no other, in order."""
    kept: list[Oid] = []
    for column in sorted(set(columns)):
        if not kept or column[: len(kept[-1])] != kept[-1]:
            kept.append(column)
    return tuple(kept)
