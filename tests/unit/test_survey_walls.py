"""The walls of a plan in its map: whether they help is measured, and never taken for granted."""

import math
from typing import Any

import numpy as np
import pytest

from inventory.errors import InvalidInput
from lab import survey as lab_survey
from site_surveys.captions import method_sentence
from site_surveys.heard import Places, places_heard
from site_surveys.plan import FloorPlan, Wall, plan_from_json
from site_surveys.propagation import Calibration, crosses, hangs_for, wall_loss_db
from site_surveys.samples import parse_samples
from site_surveys.signal import Method, RadioMap, map_signal

LAB_PLAN = plan_from_json(lab_survey.plan(), where="lab")


def lab_places(seed: int, rank: int = 0) -> Places:
    read = parse_samples(lab_survey.samples_csv(seed).encode(), where="lab")
    return places_heard(read.samples, band="5", rank=rank)


def error_made(radio_map: RadioMap, rank: int = 0) -> float:
    """Return how far a map of the lab's floor is from the lab's own truth, in dB."""
    x, y = np.meshgrid(radio_map.x_m[::5], radio_map.y_m[::5])

    def truth(at_x: float, at_y: float) -> float:
        levels = [lab_survey.level_dbm(ap, at_x, at_y) for ap in lab_survey.ACCESS_POINTS]
        return sorted(levels, reverse=True)[rank]

    return float(
        np.sqrt(np.nanmean((radio_map.rssi_dbm[::5, ::5] - np.vectorize(truth)(x, y)) ** 2))
    )


@pytest.mark.parametrize(("seed", "rank"), [(9501, 0), (2, 1)])
def test_true_walls_bring_the_map_nearer_to_the_truth(seed: int, rank: int) -> None:
    places = lab_places(seed, rank)
    with_walls = map_signal(LAB_PLAN, places, rank=rank)
    without = map_signal(LAB_PLAN.model_copy(update={"walls": ()}), places, rank=rank)
    assert with_walls.method is Method.WALLS
    assert with_walls.comparison is not None
    assert with_walls.comparison.walls.rmse_db < with_walls.comparison.readings.rmse_db - 0.5
    assert error_made(with_walls, rank) < error_made(without, rank) - 0.4
    said = method_sentence(with_walls) or ""
    assert said.startswith("Les murs du plan sont pris en compte\u00a0: sans eux")


def test_access_points_are_found_near_where_they_hang() -> None:
    found = map_signal(LAB_PLAN, lab_places(9501)).comparison
    assert found is not None
    for source, ap in zip(found.model.sources, lab_survey.ACCESS_POINTS, strict=True):
        assert math.dist(source.at_m, (ap.x, ap.y)) < 2.5
    assert found.model.exponent == pytest.approx(2.6, abs=0.4)


def plan(width_m: float, height_m: float, *walls: dict[str, Any]) -> FloorPlan:
    return plan_from_json(
        {"name": "P", "size_m": [width_m, height_m], "walls": list(walls)}, where="test"
    )


def wall(x1: float, y1: float, x2: float, y2: float, material: str = "brick_100mm") -> Any:
    return {"from_m": [x1, y1], "to_m": [x2, y2], "material": material}


def test_a_model_that_explains_nothing_is_told_and_not_used() -> None:
    chance = np.random.default_rng(4)
    xy_m = chance.uniform(0, 1, (240, 2)) * [40, 20]
    # Ridges that no radio and no wall makes, as a moving crowd or a wrong scale would.
    levels = -60 + 12 * np.sin(xy_m[:, 0] / 2.5) * np.cos(xy_m[:, 1] / 2.5)
    walls = [wall(x, 0, x, 20, "concrete_100mm") for x in (11, 23, 31)]
    radio_map = map_signal(plan(40, 20, *walls), Places(xy_m, levels, 1, levels[None, :]))
    assert radio_map.comparison is not None
    assert radio_map.method is Method.READINGS
    assert radio_map.validation == radio_map.comparison.readings
    assert "ne sont pas pris en compte" in (method_sentence(radio_map) or "")


def test_walls_that_are_not_there_are_weighed_down() -> None:
    chance = np.random.default_rng(5)
    xy_m = chance.uniform(0, 1, (300, 2)) * [40, 20]
    distance = np.hypot(xy_m[:, 0] - 12, xy_m[:, 1] - 10)
    levels = -35 - 26 * np.log10(np.maximum(distance, 1)) + chance.normal(0, 2, 300)
    drawn = [wall(x, 0, x, 20, "brick_200mm") for x in range(4, 40, 4)]
    calibration = Calibration(xy_m, levels[None, :], plan(40, 20, *drawn).walls, (40.0, 20.0), "5")
    model = calibration.fit(np.ones(300, dtype=bool))
    assert model is not None
    assert model.wall_weight < 0.15


def test_nothing_is_said_behind_concrete_where_nobody_went() -> None:
    places = Places(np.array([[2.0, 2.0], [4.0, 2.0], [2.0, 4.0]]), np.array([-50.0, -52, -51]), 1)
    open_plan, shut = plan(10, 6), plan(10, 6, wall(5, 0, 5, 6, "concrete_200mm"))
    beyond = map_signal(open_plan, places).x_m > 5
    assert map_signal(open_plan, places).surveyed[:, beyond].any()
    assert not map_signal(shut, places).surveyed[:, beyond].any()
    assert map_signal(shut, places).surveyed[:, ~beyond].all()


def test_a_place_behind_one_wall_may_be_near_another_sample() -> None:
    places = Places(
        np.array([[4.0, 3.0], [2.0, 3.0], [3.0, 1.0], [8.5, 3.0]]),
        np.array([-50.0, -52, -51, -80]),
        1,
    )
    radio_map = map_signal(plan(10, 6, wall(5, 0, 5, 6, "concrete_200mm")), places)
    assert radio_map.surveyed.all()


def test_a_way_crosses_the_walls_between_its_ends_and_no_others() -> None:
    one = Wall(from_m=(5, 0), to_m=(5, 10))
    x = np.array([4.0, 6.0, 6.0])
    y = np.array([5.0, 5.0, 30.0])
    zero = np.zeros(1)
    assert crosses(one, zero, zero + 5, x, y).tolist() == [False, True, False]
    loss = wall_loss_db(np.array([[0.0, 5.0]]), np.array([[6.0, 5.0]]), [one, one], "5")
    assert loss.tolist() == [[7.2]]  # two brick walls of 3.6 dB (ITU-R P.2040)


def test_the_second_access_point_of_a_floor_with_one_is_not_heard() -> None:
    lonely = "x_m,y_m,bssid,channel,rssi_dbm\n" + "\n".join(
        f"{x},{y},f09fc2a10010,36,-5{x}" for x in range(1, 6) for y in range(1, 6)
    )
    samples = parse_samples(lonely.encode(), where="test").samples
    with pytest.raises(InvalidInput, match="Seuls 0 endroits"):
        map_signal(plan(8, 8), places_heard(samples, band="5", rank=1), rank=1)


def test_a_large_floor_is_fitted_on_fewer_points() -> None:
    assert hangs_for(230, 20) == 1500
    assert hangs_for(1000, 300) == 200
    assert hangs_for(5000, 5000) == 100
