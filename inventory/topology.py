"""The tree of a site: which device stands behind which, seen from where management comes in.

Pure: values in, values out. A site's cables may form loops and leave devices aside; the tree is
what remains when every device is reached by the shortest way from the root.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from inventory.cabling import Cable, CableState
from inventory.naming import natural_order

# What leads to the others: the lower, the nearer to where management comes in.
_ROLES = {"router": 0, "switch": 1, "controller": 2, "other": 3, "access_point": 4}
_BELIEF = {
    CableState.CONFIRMED: 0,
    CableState.DISPUTED: 1,
    CableState.ONE_SIDED: 2,
    CableState.OLD: 3,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A device as the tree sees it. `core` is a person's word: management comes in here."""

    device_id: int
    name: str
    role: str = "other"
    core: bool = False


@dataclass(frozen=True)
class Tree:
    """The devices of a site, each behind its parent.

    `parents` holds every device but the root. `cables` holds the cable to the parent; a device that
    is in `parents` without one is only assumed to be behind the root, as no cable tells where it
    is. `root` is None where there is no device.
    """

    root: int | None
    parents: Mapping[int, int]
    cables: Mapping[int, Cable]
    children: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def devices(self) -> Iterator[int]:
        """Yield every device, a parent always before its children."""
        waiting = [] if self.root is None else [self.root]
        while waiting:
            device_id = waiting.pop(0)
            yield device_id
            waiting += self.children.get(device_id, ())


def site_tree(places: Sequence[Place], cables: Iterable[Cable]) -> Tree:
    """Return the tree of a site's devices.

    The root is the device that a person named the core; else a router that has a cable, else the
    switch with the most neighbours, and of equals the first by name. A device is reached by as few
    cables as can be, and of those by the one that is believed most; old cables count only for what
    no other leads to. What no cable leads to is assumed to stand behind the root.
    """
    known = {place.device_id: place for place in places}
    ways: dict[int, list[Cable]] = defaultdict(list)
    for cable in cables:
        if cable.a.device_id in known and cable.b.device_id in known:
            ways[cable.a.device_id].append(cable)
            ways[cable.b.device_id].append(cable)
    if not known:
        return Tree(None, {}, {})
    order = sorted(known, key=lambda each: _rank(known[each], ways[each]))
    root = order[0]
    reached: dict[int, Cable | None] = {root: None}
    parents: dict[int, int] = {}
    _reach(known, ways, reached, parents)
    for device_id in order:
        if device_id not in reached:
            reached[device_id] = None
            parents[device_id] = root
            _reach(known, ways, reached, parents)
    return Tree(
        root,
        parents,
        {device_id: cable for device_id, cable in reached.items() if cable is not None},
        _children(known, parents),
    )


def _rank(place: Place, cables: Sequence[Cable]) -> tuple[object, ...]:
    live = {cable.other(place.device_id) for cable in cables if cable.state is not CableState.OLD}
    return (
        not place.core,
        not live,
        _ROLES.get(place.role, 3),
        -len(live),
        natural_order(place.name),
        place.device_id,
    )


def _reach(
    known: Mapping[int, Place],
    ways: Mapping[int, Sequence[Cable]],
    reached: dict[int, Cable | None],
    parents: dict[int, int],
) -> None:
    """Reach all that cables lead to: by live ones first, then one step by an old one, and again."""
    edge = list(reached)
    while edge:
        edge = _step(known, ways, reached, parents, edge, old=False)
        if not edge:
            edge = _step(known, ways, reached, parents, list(reached), old=True)


def _step(
    known: Mapping[int, Place],
    ways: Mapping[int, Sequence[Cable]],
    reached: dict[int, Cable | None],
    parents: dict[int, int],
    edge: Sequence[int],
    *,
    old: bool,
) -> list[int]:
    best: dict[int, tuple[tuple[object, ...], int, Cable]] = {}
    for parent in edge:
        for cable in ways[parent]:
            child = cable.other(parent)
            if child in reached or (cable.state is CableState.OLD) is not old:
                continue
            weight = (
                _BELIEF[cable.state],
                -cable.last_seen_at.timestamp() if old else 0,
                natural_order(known[parent].name),
                parent,
                natural_order(cable.end(parent).port or ""),
            )
            if child not in best or weight < best[child][0]:
                best[child] = (weight, parent, cable)
    for child, (_, parent, cable) in best.items():
        reached[child] = cable
        parents[child] = parent
    return sorted(best)


def _children(known: Mapping[int, Place], parents: Mapping[int, int]) -> dict[int, tuple[int, ...]]:
    behind: dict[int, list[int]] = defaultdict(list)
    for child, parent in parents.items():
        behind[parent].append(child)
    return {
        parent: tuple(
            sorted(
                children,
                key=lambda each: (
                    _ROLES.get(known[each].role, 3),
                    natural_order(known[each].name),
                    each,
                ),
            )
        )
        for parent, children in behind.items()
    }
