"""From readings at places to a map, its error, and what that means for each room. Pure functions.

Where the plan has walls, a map of what they explain and of what is left is made too, and the better
of the two by that same error is the map: walls that are drawn wrongly do no harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from inventory.errors import InvalidInput
from inventory.sentences import Sentence
from site_surveys.heard import Places
from site_surveys.interpolation import (
    OPAQUE_DB,
    REACH_M,
    Bools,
    ByReadings,
    ByWalls,
    Floats,
    Predictor,
    Validation,
    cross_validate,
    nearest_before_walls,
)
from site_surveys.plan import FloorPlan, Point, Room
from site_surveys.propagation import Calibration, PathLoss

STEP_M = 0.25
MOST_CELLS = 40_000
"""A larger floor has larger cells: at half a metre a map differs by less than its own error."""
FEWEST_PLACES = 3


class Method(StrEnum):
    """What a map rests on."""

    READINGS = "readings"
    """The readings alone, interpolated."""
    WALLS = "walls"
    """Distances and the plan's walls, fitted to the readings, and what they leave unexplained."""


@dataclass(frozen=True)
class Comparison:
    """The errors of both methods where both were tried, and the figures of the fitted model."""

    readings: Validation
    walls: Validation
    model: PathLoss


@dataclass(frozen=True)
class RadioMap:
    """RSSI over a floor, on the centres of square cells."""

    x_m: Floats
    y_m: Floats
    rssi_dbm: Floats
    """[row, column]; NaN: unknown, or not heard where `not_heard` is true."""
    not_heard: Bools
    """Cells whose nearest place was listened at in vain."""
    places: Places
    validation: Validation | None
    """None: too few places to tell."""
    method: Method = Method.READINGS
    comparison: Comparison | None = None
    """None: the plan has no walls, or there are too few places to compare."""

    @property
    def surveyed(self) -> Bools:
        """Cells of which something is known."""
        return self.not_heard | ~np.isnan(self.rssi_dbm)


@dataclass(frozen=True)
class RoomCoverage:
    """One room against one threshold."""

    room: Room
    share: float
    """Of the room's area, the part known to be at or above the threshold; 0 to 1."""
    unknown_share: float
    """The part that nobody surveyed."""
    lowest_dbm: float | None
    """The level that 5 % of the room's known cells do not reach; None: nothing known or heard."""
    covered: bool | None
    """None: what nobody surveyed decides."""


def map_signal(plan: FloorPlan, places: Places, *, band: str = "5", rank: int = 0) -> RadioMap:
    """Return the map of a floor; raises InvalidInput when too few places heard anything.

    `band` (GHz) says what the walls cost, `rank` which access point `places` is of (0: strongest).
    """
    heard = places.heard
    if int(heard.sum()) < FEWEST_PLACES:
        raise InvalidInput(
            Sentence(
                "Seuls %(heard)s endroits de l’étage l’ont entendu\u00a0; une carte en"
                " demande %(fewest)s",
                heard=int(heard.sum()),
                fewest=FEWEST_PLACES,
            ),
            todo=Sentence(
                "relevez plus d’endroits, ou choisissez un autre SSID ou une autre bande"
            ),
        )
    opaque = [wall for wall in plan.walls if wall.loss_db(band) > OPAQUE_DB]
    xy_m, rssi_dbm = places.xy_m[heard], places.rssi_dbm[heard]
    readings = ByReadings(xy_m, rssi_dbm)
    validation = cross_validate(xy_m, rssi_dbm, readings, opaque)
    predictor: Predictor = readings
    method, comparison = Method.READINGS, None
    if plan.walls and validation is not None and places.by_radio is not None:
        size_m = (plan.width_m, plan.height_m)
        calibration = Calibration(xy_m, places.by_radio[:, heard], plan.walls, size_m, band)
        model = calibration.fit(np.ones(len(xy_m), dtype=bool))
        with_walls = ByWalls(calibration, readings, rank)
        told = cross_validate(xy_m, rssi_dbm, with_walls, opaque)
        if model is not None and told is not None:
            comparison = Comparison(validation, told, model)
            if told.rmse_db < validation.rmse_db:
                predictor, method, validation = with_walls, Method.WALLS, told
    x_m, y_m, cells = _cells(plan)
    distance_m, nearest = nearest_before_walls(places.xy_m, cells, opaque)
    near = distance_m <= REACH_M
    not_heard = near & ~heard[nearest]
    rssi = np.full(len(cells), np.nan)
    shown = near & ~not_heard
    rssi[shown] = predictor.at(np.ones(len(xy_m), dtype=bool), cells[shown])
    shape = (len(y_m), len(x_m))
    return RadioMap(
        x_m=x_m,
        y_m=y_m,
        rssi_dbm=rssi.reshape(shape),
        not_heard=not_heard.reshape(shape),
        places=places,
        validation=validation,
        method=method,
        comparison=comparison,
    )


def _cells(plan: FloorPlan) -> tuple[Floats, Floats, Floats]:
    """Return the centres of the map's cells: by column, by row, and each."""
    step_m = max(STEP_M, (plan.width_m * plan.height_m / MOST_CELLS) ** 0.5)
    x_m = np.arange(step_m / 2, plan.width_m, step_m)
    y_m = np.arange(step_m / 2, plan.height_m, step_m)
    return x_m, y_m, np.column_stack([axis.ravel() for axis in np.meshgrid(x_m, y_m)])


def room_coverage(
    radio_map: RadioMap, rooms: Sequence[Room], *, threshold_dbm: float, share_needed: float
) -> list[RoomCoverage]:
    """Return each room against `threshold_dbm`; `share_needed` of its area must be at or above."""
    return [_coverage(radio_map, room, threshold_dbm, share_needed) for room in rooms]


def _coverage(
    radio_map: RadioMap, room: Room, threshold_dbm: float, share_needed: float
) -> RoomCoverage:
    inside = cells_inside(radio_map, room.polygon_m)
    cells = int(inside.sum())
    if cells == 0:  # smaller than a cell, or off the plan
        return RoomCoverage(room, 0.0, 1.0, None, None)
    levels = radio_map.rssi_dbm[inside]
    known = levels[~np.isnan(levels)]
    share = float(np.count_nonzero(known >= threshold_dbm)) / cells
    unknown = float(np.count_nonzero(~radio_map.surveyed[inside])) / cells
    covered: bool | None = None
    if share >= share_needed:
        covered = True
    elif share + unknown < share_needed:
        covered = False
    lowest = float(np.percentile(known, 5)) if len(known) else None
    return RoomCoverage(room, share, unknown, lowest, covered)


def cells_inside(radio_map: RadioMap, polygon_m: Sequence[Point]) -> Bools:
    """Return which cells have their centre inside a polygon."""
    x, y = np.meshgrid(radio_map.x_m, radio_map.y_m)
    return points_inside(x, y, polygon_m)


def points_inside(x: Floats, y: Floats, polygon_m: Sequence[Point]) -> Bools:
    """Return which points lie inside a polygon (even-odd rule)."""
    inside = np.zeros(x.shape, dtype=bool)
    for (x1, y1), (x2, y2) in zip(polygon_m, [*polygon_m[1:], polygon_m[0]], strict=True):
        if y1 == y2:
            continue
        crossing_x = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        inside ^= ((y1 > y) != (y2 > y)) & (x < crossing_x)
    return inside
