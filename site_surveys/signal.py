"""From readings at places to a map, its error, and what that means for each room. Pure functions.

The choices were measured on a public data set of 23 access points: linear radial basis functions
with smoothing 2 had the smallest error of the usual interpolators, and an error that is estimated
by leaving out single points is too good, for neighbours know each other: whole blocks are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree

from inventory.errors import InvalidInput
from site_surveys.heard import Places
from site_surveys.plan import FloorPlan, Point, Room

STEP_M = 0.25
MOST_CELLS = 40_000
"""A larger floor has larger cells: at half a metre a map differs by less than its own error."""
REACH_M = 6.0
"""Farther than this from any sample, nothing is said."""
SMOOTHING = 2.0
BLOCK_M = 4.0
FOLDS = 10
FEWEST_PLACES = 3
FEWEST_VALIDATED = 10

# A global system of more places takes minutes; beyond, each point asks its nearest fifty.
_MOST_GLOBAL, _NEIGHBOURS = 1000, 50
_SEED = 20220901

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Validation:
    """How far the map was from readings that it had not seen."""

    rmse_db: float
    bias_db: float
    """Positive: the map tells more than there is."""
    places: int


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


def map_signal(plan: FloorPlan, places: Places) -> RadioMap:
    """Return the map of a floor; raises InvalidInput when too few places heard anything."""
    heard = places.heard
    if int(heard.sum()) < FEWEST_PLACES:
        raise InvalidInput(
            f"only {int(heard.sum())} place(s) of the floor heard it; a map needs {FEWEST_PLACES}",
            todo="survey more places, or choose another SSID or band",
        )
    step_m = max(STEP_M, (plan.width_m * plan.height_m / MOST_CELLS) ** 0.5)
    x_m = np.arange(step_m / 2, plan.width_m, step_m)
    y_m = np.arange(step_m / 2, plan.height_m, step_m)
    cells = np.column_stack([axis.ravel() for axis in np.meshgrid(x_m, y_m)])
    distance_m, nearest = _nearest(places.xy_m, cells)
    near = distance_m <= REACH_M
    not_heard = near & ~heard[nearest]
    rssi = np.full(len(cells), np.nan)
    shown = near & ~not_heard
    rssi[shown] = interpolate(places.xy_m[heard], places.rssi_dbm[heard], cells[shown])
    shape = (len(y_m), len(x_m))
    return RadioMap(
        x_m=x_m,
        y_m=y_m,
        rssi_dbm=rssi.reshape(shape),
        not_heard=not_heard.reshape(shape),
        places=places,
        validation=cross_validate(places.xy_m[heard], places.rssi_dbm[heard]),
    )


def interpolate(xy_m: Floats, rssi_dbm: Floats, at_xy_m: Floats) -> Floats:
    """Return the RSSI in dBm at other places, never beyond the readings' own extremes."""
    if len(at_xy_m) == 0:
        return np.empty(0)
    surface = RBFInterpolator(
        xy_m,
        rssi_dbm,
        neighbors=None if len(xy_m) <= _MOST_GLOBAL else _NEIGHBOURS,
        kernel="linear",
        smoothing=SMOOTHING,
    )
    values: Floats = surface(at_xy_m)
    return np.clip(values, rssi_dbm.min(), rssi_dbm.max())


def cross_validate(xy_m: Floats, rssi_dbm: Floats) -> Validation | None:
    """Return the error at places left out by blocks of `BLOCK_M`, in `FOLDS` folds, seed fixed.

    A place farther than `REACH_M` from all that remain is not counted: the map would be blank
    there. None when fewer than `FEWEST_VALIDATED` places could be counted.
    """
    corner = xy_m.min(axis=0)
    cells = np.floor((xy_m - corner) / BLOCK_M).astype(int)
    _, block = np.unique(cells, axis=0, return_inverse=True)
    blocks = int(block.max()) + 1
    if blocks < 2:
        return None
    fold_of_block = np.arange(blocks) % min(FOLDS, blocks)
    np.random.default_rng(_SEED).shuffle(fold_of_block)
    fold = fold_of_block[block.ravel()]
    errors = [_errors_of_fold(xy_m, rssi_dbm, fold == number) for number in range(fold.max() + 1)]
    error = np.concatenate(errors)
    if len(error) < FEWEST_VALIDATED:
        return None
    return Validation(float(np.sqrt(np.mean(error**2))), float(np.mean(error)), len(error))


def _errors_of_fold(xy_m: Floats, rssi_dbm: Floats, left_out: Bools) -> Floats:
    kept = ~left_out
    if not kept.any():
        return np.empty(0)
    distance_m, _ = _nearest(xy_m[kept], xy_m[left_out])
    tested = np.flatnonzero(left_out)[distance_m <= REACH_M]
    return interpolate(xy_m[kept], rssi_dbm[kept], xy_m[tested]) - rssi_dbm[tested]


def _nearest(xy_m: Floats, at_xy_m: Floats) -> tuple[Floats, NDArray[np.intp]]:
    distance_m, nearest = cKDTree(xy_m).query(at_xy_m)
    return distance_m, nearest


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
