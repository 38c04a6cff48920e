"""How far a radio reaches: a path-loss model with the walls' losses, fitted to what was heard.

L = A − 10·n·log10(d) − w·ΣL_wall, the form of the COST 231 multi-wall model (final report, 4.7) and
of Recommendation ITU-R P.1238 for the distance; the loss of each wall by its material is that of
Recommendation ITU-R P.2040 (`plan.SLAB_LOSS_DB`). An uncalibrated model errs by 9 to 10 dB whatever
its formula, and guessed walls make it worse: so A, the exponent n, the weight w of the walls and
where each radio hangs are fitted to the readings, and n and w are held near what is published.

Pure functions, in metres on the plan and dBm.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from site_surveys.plan import Point, Wall

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EXPONENT, EXPONENT_SD = 2.46, 0.5
"""ITU-R P.1238, office, no line of sight: alpha 2.46."""
WALL_WEIGHT, WALL_WEIGHT_SD = 1.0, 0.35
"""The walls of the plan as they are said to be; less where doors stand open."""
NOISE_DB = 5.0
FEWEST_READINGS = 5
FEWEST_HANGS, MOST_HANGS = 100, 1500
"""On how many points of the plan a radio is tried; fewer on a large floor."""
_MOST_WAYS = 60_000_000  # from points to places, each against every wall: about two seconds
AROUND_M = 12.0
"""How far from where it was heard best a radio may hang."""
NEAREST_M = 1.0
"""Nearer than this the model does not hold."""
_MOST_RIVALS = 4
"""Of how many radios the walls are counted at one place: the others are too weak to matter."""


@dataclass(frozen=True)
class Source:
    """A radio as fitted: where it seems to hang, and its level at one metre."""

    at_m: Point
    level_dbm: float


@dataclass(frozen=True)
class PathLoss:
    """The model of one floor. `hangs` are the sources' numbers in the calibration's grid."""

    sources: tuple[Source, ...]
    exponent: float
    wall_weight: float
    hangs: tuple[int, ...] = ()

    def without_walls_dbm(self, xy_m: Floats) -> Floats:
        """Return the level of each source [source, place] as if there were no wall."""
        origins = np.array([source.at_m for source in self.sources])
        levels = np.array([source.level_dbm for source in self.sources])
        told: Floats = levels[:, None] - 10 * self.exponent * log_distance(origins, xy_m)
        return told


class Calibration:
    """What fitting needs and does not change: the losses from where a radio may hang to places.

    Fitting on a part of the readings, as a cross-validation does many times, then costs little.
    """

    def __init__(
        self, xy_m: Floats, by_radio: Floats, walls: Sequence[Wall], size_m: Point, band: str
    ) -> None:
        """Take the places' coordinates, the readings by radio and place (NaN: not heard)."""
        self._xy_m, self._by_radio = xy_m, by_radio
        self._walls, self._band = tuple(walls), band
        self._hangs_m = _grid(size_m, hangs_for(len(xy_m), len(walls)))
        self._log_m = log_distance(self._hangs_m, xy_m)
        self._loss_db = wall_loss_db(self._hangs_m, xy_m, self._walls, band)

    def fit(self, known: Bools) -> PathLoss | None:
        """Return the model fitted to the places `known`; None when no radio was heard often enough.

        Where a radio hangs and what the model's figures are depend on each other: twice round.
        """
        heard = ~np.isnan(self._by_radio) & known
        radios = [int(each) for each in np.flatnonzero(heard.sum(axis=1) >= FEWEST_READINGS)]
        if not radios:
            return None
        exponent, weight = EXPONENT, WALL_WEIGHT
        for _ in range(2):
            hangs = [self._best_hang(radio, heard[radio], exponent, weight) for radio in radios]
            exponent, weight, levels = self._figures(radios, hangs, heard)
        sources = tuple(
            Source((float(self._hangs_m[at][0]), float(self._hangs_m[at][1])), float(level))
            for at, level in zip(hangs, levels, strict=True)
        )
        return PathLoss(sources, exponent, weight, tuple(hangs))

    def levels_at_places(self, model: PathLoss, rank: int) -> Floats:
        """Return the level of the radio of a rank (0: the strongest) at the places themselves."""
        hangs = list(model.hangs)
        loss = self._loss_db[hangs]
        return ranked(model.without_walls_dbm(self._xy_m) - model.wall_weight * loss, rank)

    def levels_at(self, model: PathLoss, xy_m: Floats, rank: int) -> Floats:
        """Return the level of the radio of a rank at other places."""
        levels = model.without_walls_dbm(xy_m)
        most = min(len(levels), _MOST_RIVALS + rank)
        rivals = np.argsort(-levels, axis=0)[:most]
        with_walls = np.full(levels.shape, -np.inf)
        for number, source in enumerate(model.sources):
            here = (rivals == number).any(axis=0)
            if here.any():
                origin = np.array([source.at_m])
                loss = wall_loss_db(origin, xy_m[here], self._walls, self._band)[0]
                with_walls[number, here] = levels[number, here] - model.wall_weight * loss
        return ranked(with_walls, rank)

    def _best_hang(self, radio: int, heard: Bools, exponent: float, weight: float) -> int:
        """Return the point to hang from which the readings of a radio are best explained.

        It is looked for around where the radio was heard best.
        """
        levels = self._by_radio[radio, heard]
        best = self._xy_m[heard][np.argmax(levels)]
        away = np.hypot(*(self._hangs_m - best).T)
        around = np.flatnonzero(away <= max(AROUND_M, float(away.min())))
        ways = np.ix_(around, np.flatnonzero(heard))
        model = 10 * exponent * self._log_m[ways] + weight * self._loss_db[ways]
        return int(around[np.argmin((levels + model).var(axis=1))])

    def _figures(
        self, radios: Sequence[int], hangs: Sequence[int], heard: Bools
    ) -> tuple[float, float, Floats]:
        """Return exponent, wall weight and each radio's level by least squares.

        Taking each radio's means off leaves two unknowns; the two priors are two more equations,
        weighed by how sure they are.
        """
        left = np.diag([EXPONENT_SD**-2, WALL_WEIGHT_SD**-2])
        right = np.array([EXPONENT * EXPONENT_SD**-2, WALL_WEIGHT * WALL_WEIGHT_SD**-2])
        for radio, at in zip(radios, hangs, strict=True):
            level, losses = self._told(radio, at, heard[radio])
            losses = losses - losses.mean(axis=1, keepdims=True)
            left += losses @ losses.T / NOISE_DB**2
            right += losses @ (level.mean() - level) / NOISE_DB**2
        exponent, weight = np.linalg.solve(left, right)
        figures = np.array([np.clip(exponent, 1.5, 4.5), np.clip(weight, 0.0, 2.0)])
        levels = []
        for radio, at in zip(radios, hangs, strict=True):
            level, losses = self._told(radio, at, heard[radio])
            levels.append(float((level + figures @ losses).mean()))
        return float(figures[0]), float(figures[1]), np.array(levels)

    def _told(self, radio: int, at: int, here: Bools) -> tuple[Floats, Floats]:
        """Return a radio's readings, and what an exponent and a weight of 1 would cost each."""
        losses = np.stack([10 * self._log_m[at, here], self._loss_db[at, here]])
        return self._by_radio[radio, here], losses


def ranked(levels: Floats, rank: int) -> Floats:
    """Return the level of a rank (0: the highest) in each column."""
    found: Floats = -np.sort(-levels, axis=0)[rank]
    return found


def log_distance(origins_m: Floats, xy_m: Floats) -> Floats:
    """Return log10 of the distances in metres [origin, place], `NEAREST_M` at least."""
    away = origins_m[:, None, :] - xy_m[None, :, :]
    logarithm: Floats = np.log10(np.maximum(np.hypot(away[..., 0], away[..., 1]), NEAREST_M))
    return logarithm


def wall_loss_db(origins_m: Floats, xy_m: Floats, walls: Sequence[Wall], band: str) -> Floats:
    """Return what the walls between points cost [origin, place], in dB at `band` (GHz)."""
    loss = np.zeros((len(origins_m), len(xy_m)))
    x1, y1 = origins_m[:, 0, None], origins_m[:, 1, None]
    for wall in walls:
        loss += wall.loss_db(band) * crosses(wall, x1, y1, xy_m[None, :, 0], xy_m[None, :, 1])
    return loss


def crosses(wall: Wall, x1: Floats, y1: Floats, x2: Floats, y2: Floats) -> Bools:
    """Return which of the straight ways from (x1, y1) to (x2, y2) go through a wall."""
    (ax, ay), (bx, by) = wall.from_m, wall.to_m
    along_x, along_y = bx - ax, by - ay
    left_before = along_x * (y1 - ay) > along_y * (x1 - ax)
    left_after = along_x * (y2 - ay) > along_y * (x2 - ax)
    way_x, way_y = x2 - x1, y2 - y1
    through: Bools = (left_before != left_after) & (
        (way_x * (ay - y1) > way_y * (ax - x1)) != (way_x * (by - y1) > way_y * (bx - x1))
    )
    return through


def hangs_for(places: int, walls: int) -> int:
    """Return on how many points a radio is tried, so that fitting stays a matter of seconds."""
    affordable = _MOST_WAYS // max(1, places * walls)
    return min(MOST_HANGS, max(FEWEST_HANGS, affordable))


def _grid(size_m: Point, hangs: int) -> Floats:
    """Return where a radio may hang: a grid of about so many points over the plan."""
    width, height = size_m
    step = max(0.5, (width * height / hangs) ** 0.5)
    x = np.arange(step / 2, width, step)
    y = np.arange(step / 2, height, step)
    grid: Floats = np.column_stack([axis.ravel() for axis in np.meshgrid(x, y)])
    return grid
