"""Outlines of the cantons of a map, simplified so that neighbours still share every point.

Cantons are unions of polygons whose common borders hold the same points. Edges that two polygons of
one canton share fall away; what remains is cut into arcs where three cantons meet, and each arc is
simplified once, for both of its sides (Douglas and Peucker, 1973).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import hypot

Point = tuple[int, int]
Ring = tuple[Point, ...]
Edge = tuple[Point, Point]


def outlines(cantons: Mapping[str, Iterable[Ring]], tolerance: float) -> dict[str, list[Ring]]:
    """Return the closed rings of each canton (the last point is not repeated), the longest first.

    `cantons` are closed rings on a grid, the first point not repeated; `tolerance` is in its units.
    """
    borders = {canton: _border(rings) for canton, rings in cantons.items()}
    meeting = _junctions(borders)
    kept: dict[Ring, Ring] = {}
    found: dict[str, list[Ring]] = {}
    for canton, edges in borders.items():
        rings = []
        for ring in _rings(edges):
            simple = _simplified(ring, meeting, tolerance, kept)
            if len(simple) >= 3 and abs(_twice_area(simple)) > tolerance * tolerance:
                rings.append(simple)
        found[canton] = sorted(rings, key=lambda ring: -abs(_twice_area(ring)))
    return found


def _edge(one: Point, other: Point) -> Edge:
    return (one, other) if one < other else (other, one)


def _border(rings: Iterable[Ring]) -> set[Edge]:
    """Return the edges that an odd number of the rings has."""
    edges: set[Edge] = set()
    for ring in rings:
        for one, other in zip(ring, (*ring[1:], ring[0]), strict=True):
            if one != other:
                edges ^= {_edge(one, other)}
    return edges


def _junctions(borders: Mapping[str, set[Edge]]) -> set[Point]:
    """Return the points where arcs begin and end: those with more than two edges of any canton."""
    neighbours: dict[Point, set[Point]] = defaultdict(set)
    for edges in borders.values():
        for one, other in edges:
            neighbours[one].add(other)
            neighbours[other].add(one)
    return {point for point, others in neighbours.items() if len(others) != 2}


def _rings(edges: set[Edge]) -> Iterable[Ring]:
    left: dict[Point, list[Point]] = defaultdict(list)
    for one, other in sorted(edges):
        left[one].append(other)
        left[other].append(one)
    for start in sorted(left):
        while left[start]:
            ring, here = [start], start
            while True:
                there = left[here].pop()
                left[there].remove(here)
                if there == start:
                    break
                ring.append(there)
                here = there
            yield tuple(ring)


def _simplified(ring: Ring, meeting: set[Point], tolerance: float, kept: dict[Ring, Ring]) -> Ring:
    cuts = [place for place, point in enumerate(ring) if point in meeting]
    if not cuts:  # a canton that touches one other, or none: cut it at its two farthest points
        first = min(range(len(ring)), key=lambda place: ring[place])
        last = max(range(len(ring)), key=lambda place: ring[place])
        cuts = sorted({first, last})
    turned = ring[cuts[0] :] + ring[: cuts[0] + 1]
    ends = [*(cut - cuts[0] for cut in cuts), len(ring)]
    simple: list[Point] = []
    for begin, end in pairwise(ends):
        simple.extend(_arc(turned[begin : end + 1], tolerance, kept)[:-1])
    return tuple(simple)


def _arc(arc: Ring, tolerance: float, kept: dict[Ring, Ring]) -> Ring:
    forward = arc <= arc[::-1]
    key = arc if forward else arc[::-1]
    if key not in kept:
        kept[key] = tuple(_peucker(key, tolerance))
    return kept[key] if forward else kept[key][::-1]


def _peucker(arc: Sequence[Point], tolerance: float) -> list[Point]:
    keep = {0, len(arc) - 1}
    waiting = [(0, len(arc) - 1)]
    while waiting:
        begin, end = waiting.pop()
        if end - begin < 2:
            continue
        far = max(range(begin + 1, end), key=lambda place: _off(arc[place], arc[begin], arc[end]))
        if _off(arc[far], arc[begin], arc[end]) > tolerance:
            keep.add(far)
            waiting += [(begin, far), (far, end)]
    return [arc[place] for place in sorted(keep)]


def _off(point: Point, one: Point, other: Point) -> float:
    across, up = other[0] - one[0], other[1] - one[1]
    length = hypot(across, up)
    if not length:
        return hypot(point[0] - one[0], point[1] - one[1])
    return abs(across * (one[1] - point[1]) - (one[0] - point[0]) * up) / length


def _twice_area(ring: Ring) -> int:
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    return sum(one[0] * other[1] - other[0] * one[1] for one, other in pairs)
