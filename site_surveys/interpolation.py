"""Interpolating readings, and how wrong that is. Pure functions.

The choices were measured on a public data set of 23 access points: linear radial basis functions
with smoothing 2 had the smallest error of the usual interpolators, and an error that is estimated
by leaving out single points is too good, for neighbours know each other: whole blocks are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree

from site_surveys.plan import Wall
from site_surveys.propagation import Calibration, PathLoss, crosses

REACH_M = 6.0
"""Farther than this from any sample, nothing is said."""
OPAQUE_DB = 10.0
"""A wall that costs more, as concrete does: nothing is said of what lies behind from before it."""
SMOOTHING = 2.0
REST_SMOOTHING = 8.0
"""Of what the walls leave unexplained, most is noise (cross-validated on four walks of the lab)."""
BLOCK_M = 4.0
FOLDS = 10
FEWEST_VALIDATED = 10

_NEAREST_ASKED = 8  # samples that a cell asks until one is not behind an opaque wall
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


class Predictor(Protocol):
    """What makes a map of places, some of which may be withheld from it."""

    def at(self, known: Bools, xy_m: Floats) -> Floats:
        """Return the RSSI elsewhere, from the places `known`."""

    def at_places(self, known: Bools, asked: NDArray[np.intp]) -> Floats:
        """Return the RSSI at some of the places, from those `known`."""


@dataclass(frozen=True)
class ByReadings:
    """Predicts by the readings alone."""

    xy_m: Floats
    rssi_dbm: Floats

    def at(self, known: Bools, xy_m: Floats) -> Floats:
        """Return the RSSI elsewhere."""
        return interpolate(self.xy_m[known], self.rssi_dbm[known], xy_m)

    def at_places(self, known: Bools, asked: NDArray[np.intp]) -> Floats:
        """Return the RSSI at some of the places."""
        return self.at(known, self.xy_m[asked])


@dataclass(frozen=True)
class ByWalls:
    """Predicts by the fitted model, and interpolates what it leaves unexplained."""

    calibration: Calibration
    readings: ByReadings
    rank: int

    def at(self, known: Bools, xy_m: Floats) -> Floats:
        """Return the RSSI elsewhere."""
        model = self.calibration.fit(known)
        if model is None or len(model.sources) <= self.rank or len(xy_m) == 0:
            return self.readings.at(known, xy_m)
        explained = self.calibration.levels_at(model, xy_m, self.rank)
        return self._with_rest(model, known, xy_m, explained)

    def at_places(self, known: Bools, asked: NDArray[np.intp]) -> Floats:
        """Return the RSSI at some of the places."""
        model = self.calibration.fit(known)
        if model is None or len(model.sources) <= self.rank or len(asked) == 0:
            return self.readings.at_places(known, asked)
        explained = self.calibration.levels_at_places(model, self.rank)[asked]
        return self._with_rest(model, known, self.readings.xy_m[asked], explained)

    def _with_rest(self, model: PathLoss, known: Bools, xy_m: Floats, explained: Floats) -> Floats:
        told = self.readings.rssi_dbm[known]
        rest = told - self.calibration.levels_at_places(model, self.rank)[known]
        values = explained + interpolate(
            self.readings.xy_m[known], rest, xy_m, smoothing=REST_SMOOTHING
        )
        return np.clip(values, told.min(), told.max())


def interpolate(
    xy_m: Floats, values: Floats, at_xy_m: Floats, *, smoothing: float = SMOOTHING
) -> Floats:
    """Return values at other places, never beyond the extremes of those given."""
    if len(at_xy_m) == 0:
        return np.empty(0)
    surface = RBFInterpolator(
        xy_m,
        values,
        neighbors=None if len(xy_m) <= _MOST_GLOBAL else _NEIGHBOURS,
        kernel="linear",
        smoothing=smoothing,
    )
    found: Floats = surface(at_xy_m)
    return np.clip(found, values.min(), values.max())


def cross_validate(
    xy_m: Floats,
    rssi_dbm: Floats,
    predictor: Predictor | None = None,
    opaque: Sequence[Wall] = (),
) -> Validation | None:
    """Return the error at places left out by blocks of `BLOCK_M`, in `FOLDS` folds, seed fixed.

    A place of which the map would say nothing, for all that remain are too far or behind an
    `opaque` wall, is not counted. None when fewer than `FEWEST_VALIDATED` places could be.
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
    asked = predictor or ByReadings(xy_m, rssi_dbm)
    errors = []
    for number in range(fold.max() + 1):
        known = fold != number
        if known.any():
            distance_m, _ = nearest_before_walls(xy_m[known], xy_m[~known], opaque)
            tested = np.flatnonzero(~known)[distance_m <= REACH_M]
            errors.append(asked.at_places(known, tested) - rssi_dbm[tested])
    error = np.concatenate(errors)
    if len(error) < FEWEST_VALIDATED:
        return None
    return Validation(float(np.sqrt(np.mean(error**2))), float(np.mean(error)), len(error))


def nearest_before_walls(
    xy_m: Floats, at_xy_m: Floats, opaque: Sequence[Wall]
) -> tuple[Floats, NDArray[np.intp]]:
    """Return the distance and number of the nearest place before every opaque wall; else infinity.

    Of each point the `_NEAREST_ASKED` nearest places are looked at.
    """
    asked = min(_NEAREST_ASKED, len(xy_m)) if opaque else 1
    distance_m, numbers = cKDTree(xy_m).query(at_xy_m, k=list(range(1, asked + 1)))
    for wall in opaque:
        for column in range(asked):
            place = xy_m[numbers[:, column]]
            behind = crosses(wall, place[:, 0], place[:, 1], at_xy_m[:, 0], at_xy_m[:, 1])
            distance_m[behind, column] = np.inf
    first = distance_m.argmin(axis=1)
    each = np.arange(len(at_xy_m))
    return distance_m[each, first], numbers[each, first]
