"""A false school floor and a walk through it: a plan, and samples of a radio model of our own.

The model (log-distance with a loss for each wall, log-normal noise, a receiver that hears nothing
below a level) and its figures are the lab's; the product's maps are judged against `level_dbm`.
Run as `python -m lab.survey FOLDER` it writes plan.json and samples.csv.
"""

import json
import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

WIDTH_M, HEIGHT_M = 48.0, 20.0
SEED = 9501
NOISE_SIGMA_DB = 3.0
HEARS_DOWN_TO_DBM = -92.0
SSID = "Ecole-Eleves"
SSIDS = (SSID, "Ecole-Invites")
CHANNELS = (36, 44, 52)

BAD_ROOMS = ("Maternelle 1", "Maternelle 2")
"""Behind concrete and far from every access point: the map must tell that they are bad."""

_STARTED_AT = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=1)))
_BRICK_DB, _CONCRETE_DB, _PLASTER_DB = 4.0, 18.0, 1.5
_MATERIALS = {
    _BRICK_DB: "brick_100mm",
    _CONCRETE_DB: "concrete_200mm",
    _PLASTER_DB: "plasterboard_12.5mm",
}


_Point = tuple[float, float]


@dataclass(frozen=True)
class _Wall:
    x1: float
    y1: float
    x2: float
    y2: float
    loss_db: float


@dataclass(frozen=True)
class _Ap:
    name: str
    x: float
    y: float
    bssid: str
    channel: int
    eirp_dbm: float = 17.0


ROOMS: dict[str, tuple[float, float, float, float]] = {
    "Classe 1": (0, 0, 8, 8),
    "Classe 2": (8, 0, 16, 8),
    "Classe 3": (16, 0, 24, 8),
    "Classe 4": (24, 0, 32, 8),
    "Couloir": (0, 8, 34, 11),
    "Salle des professeurs": (0, 11, 9, 20),
    "Bibliothèque": (9, 11, 22, 20),
    "Direction": (22, 11, 27, 20),
    "Classe 5": (27, 11, 34, 20),
    "Maternelle 1": (34, 0, 48, 10),
    "Maternelle 2": (34, 10, 48, 20),
}
"""Name to (left, top, right, bottom) in metres."""

WALLS = (
    *(_Wall(x, 0, x, 8, _BRICK_DB) for x in (8, 16, 24)),
    _Wall(32, 0, 32, 8, _BRICK_DB),
    _Wall(0, 8, 32, 8, _BRICK_DB),
    _Wall(0, 11, 34, 11, _BRICK_DB),
    _Wall(9, 11, 9, 20, _BRICK_DB),
    _Wall(22, 11, 22, 20, _PLASTER_DB),
    _Wall(27, 11, 27, 20, _BRICK_DB),
    _Wall(34, 0, 34, 20, _CONCRETE_DB),
    _Wall(34, 10, 48, 10, _BRICK_DB),
    *(_Wall(x, 0, x, HEIGHT_M, _BRICK_DB) for x in (0, WIDTH_M)),
    *(_Wall(0, y, WIDTH_M, y, _BRICK_DB) for y in (0, HEIGHT_M)),
)

ACCESS_POINTS = (
    _Ap("ap1", 6.0, 7.0, "f09fc2a10010", CHANNELS[0], eirp_dbm=20.0),
    _Ap("ap2", 18.0, 9.5, "f09fc2a10230", CHANNELS[1]),
    _Ap("ap3", 28.0, 9.5, "f09fc2a10450", CHANNELS[2]),
)


def level_dbm(ap: _Ap, x: float, y: float) -> float:
    """Return the mean RSSI of an access point at a place, at 5.2 GHz."""
    distance = max(1.0, math.dist((ap.x, ap.y), (x, y)))
    walls = sum(wall.loss_db for wall in WALLS if _crosses(wall, ap.x, ap.y, x, y))
    return ap.eirp_dbm - 46.8 - 10 * 2.6 * math.log10(distance) - walls


def strongest_dbm(x: float, y: float) -> float:
    """Return the mean RSSI of the strongest access point at a place."""
    return max(level_dbm(ap, x, y) for ap in ACCESS_POINTS)


def _crosses(wall: _Wall, x1: float, y1: float, x2: float, y2: float) -> bool:
    ends, ray = ((wall.x1, wall.y1), (wall.x2, wall.y2)), ((x1, y1), (x2, y2))
    apart = _side(ends, ray[0]) * _side(ends, ray[1])
    across = _side(ray, ends[0]) * _side(ray, ends[1])
    return apart < 0 and across < 0


def _side(line: tuple[_Point, _Point], point: _Point) -> float:
    (ax, ay), (bx, by) = line
    return (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)


def plan() -> dict[str, Any]:
    """Return the floor plan in the product's JSON form."""
    return {
        "version": 1,
        "name": "Rez-de-chaussée",
        "building": "Bâtiment A",
        "floor": 0,
        "size_m": [WIDTH_M, HEIGHT_M],
        "walls": [
            {
                "from_m": [wall.x1, wall.y1],
                "to_m": [wall.x2, wall.y2],
                "material": _MATERIALS[wall.loss_db],
            }
            for wall in WALLS
        ],
        "rooms": [
            {
                "name": name,
                "polygon_m": [[left, top], [right, top], [right, bottom], [left, bottom]],
                "to_cover": True,
            }
            for name, (left, top, right, bottom) in ROOMS.items()
        ],
    }


def samples_csv(
    seed: int = SEED, *, started_at: datetime = _STARTED_AT, ssids: Sequence[str] = SSIDS
) -> str:
    """Return the walk as CSV: about every 2 m in each room, four places a minute."""
    lines = ["x_m,y_m,floor,bssid,ssid,channel,rssi_dbm,noise_dbm,at"]
    chance = random.Random(seed)  # noqa: S311 - a noise, not a key
    for number, (x, y) in enumerate(_walk(chance)):
        at = (started_at + timedelta(seconds=15 * number)).isoformat(timespec="seconds")
        for ap in ACCESS_POINTS:
            level = level_dbm(ap, x, y) + chance.gauss(0, NOISE_SIGMA_DB)
            for offset, ssid in enumerate(ssids):
                heard = level + chance.gauss(0, 0.7)
                bssid = f"{int(ap.bssid, 16) + offset:012x}"
                shown = f"{heard:.0f}" if heard >= HEARS_DOWN_TO_DBM else ""
                lines.append(f"{x:.1f},{y:.1f},0,{bssid},{ssid},{ap.channel},{shown},-95,{at}")
    return "\n".join(lines) + "\n"


def _walk(chance: random.Random) -> Iterator[tuple[float, float]]:
    for left, top, right, bottom in ROOMS.values():
        columns, rows = max(2, round((right - left) / 2)), max(1, round((bottom - top) / 2))
        for row in range(rows):
            for column in range(columns):
                x = left + (column + 0.5) * (right - left) / columns + chance.uniform(-0.4, 0.4)
                y = top + (row + 0.5) * (bottom - top) / rows + chance.uniform(-0.4, 0.4)
                yield x, y


def write(
    folder: Path, *, started_at: datetime = _STARTED_AT, ssids: Sequence[str] = SSIDS
) -> tuple[Path, Path]:
    """Write plan.json and samples.csv into a folder; return both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    plan_path, samples_path = folder / "plan.json", folder / "samples.csv"
    plan_path.write_text(json.dumps(plan(), ensure_ascii=False, indent=1), encoding="utf-8")
    samples = samples_csv(started_at=started_at, ssids=ssids)
    samples_path.write_text(samples, encoding="utf-8")
    return plan_path, samples_path


if __name__ == "__main__":
    for written in write(Path(sys.argv[1])):
        sys.stdout.write(f"{written}\n")
