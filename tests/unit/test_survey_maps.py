import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from api.usecases.survey_maps import MapRequest, SurveyMap, draw_map
from inventory.errors import InvalidInput
from lab import survey as lab_survey
from site_surveys.captions import room_words
from site_surveys.heard import Places
from site_surveys.interpolation import REACH_M, cross_validate, interpolate
from site_surveys.maps import OVERLAY_PIXELS_PER_CELL, scale_bar_m
from site_surveys.plan import FloorPlan, Room, plan_from_json
from site_surveys.profile import load_profile
from site_surveys.samples import Sample, parse_samples
from site_surveys.signal import cells_inside, map_signal, room_coverage

PLAN = plan_from_json(lab_survey.plan(), where="lab")
SAMPLES = parse_samples(lab_survey.samples_csv().encode(), where="lab").samples


@pytest.fixture(scope="module")
def drawn() -> SurveyMap:
    return draw_map(PLAN, SAMPLES, MapRequest(), site_name="Athénée royal du Lac")


def empty_plan(width_m: float = 30, height_m: float = 30, **changed: Any) -> FloorPlan:
    return plan_from_json({"name": "P", "size_m": [width_m, height_m], **changed}, where="test")


def places(*told: tuple[float, float, float | None]) -> Places:
    levels = [np.nan if level is None else level for _, _, level in told]
    return Places(np.array([[x, y] for x, y, _ in told], dtype=float), np.array(levels), 1)


def picture(png: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def test_rooms_known_bad_are_told_bad_and_the_others_good(drawn: SurveyMap) -> None:
    verdicts = {each.room.name: each.covered for each in drawn.rooms}
    assert {name for name, good in verdicts.items() if good is False} == set(lab_survey.BAD_ROOMS)
    assert {name for name, good in verdicts.items() if good} == (
        set(lab_survey.ROOMS) - set(lab_survey.BAD_ROOMS)
    )
    assert drawn.covered is False


def test_the_error_told_is_the_error_made(drawn: SurveyMap) -> None:
    told = drawn.radio_map.validation
    assert told is not None
    x, y = np.meshgrid(drawn.radio_map.x_m, drawn.radio_map.y_m)
    truth = np.vectorize(lab_survey.strongest_dbm)(x, y)
    made = float(np.sqrt(np.nanmean((drawn.radio_map.rssi_dbm - truth) ** 2)))
    # What is told is against readings with their noise, so it may not be less than what is made.
    assert made <= told.rmse_db <= 6.0
    assert abs(told.bias_db) < 1.0


def test_the_same_samples_give_the_same_map(drawn: SurveyMap) -> None:
    again = draw_map(PLAN, SAMPLES, MapRequest(), site_name="Athénée royal du Lac")
    assert np.array_equal(again.radio_map.rssi_dbm, drawn.radio_map.rssi_dbm, equal_nan=True)
    assert again.page_png() == drawn.page_png()


def test_nothing_is_said_far_from_a_sample() -> None:
    radio_map = map_signal(empty_plan(), places((2, 2, -50), (4, 2, -55), (2, 4, -52)))
    x, y = np.meshgrid(radio_map.x_m, radio_map.y_m)
    distance = np.min([np.hypot(x - a, y - b) for a, b in radio_map.places.xy_m], axis=0)
    assert np.array_equal(np.isnan(radio_map.rssi_dbm), distance > REACH_M)
    assert radio_map.validation is None


def test_what_was_listened_for_in_vain_is_a_hole_and_not_a_level() -> None:
    told = [(x, 5.0, -50.0) for x in (2.0, 5.0, 8.0)]
    radio_map = map_signal(empty_plan(20, 10), places(*told, (11.0, 5.0, None)))
    hole = radio_map.not_heard
    assert hole.any()
    assert np.isnan(radio_map.rssi_dbm[hole]).all()
    assert np.nanmin(radio_map.rssi_dbm) == pytest.approx(-50)
    (room,) = room_coverage(
        radio_map,
        [Room(name="A", polygon_m=((10, 4), (12, 4), (12, 6), (10, 6)))],
        threshold_dbm=-67,
        share_needed=0.95,
    )
    assert (room.covered, room.share, room.unknown_share) == (False, 0.0, 0.0)


def test_a_room_that_nobody_surveyed_is_neither_good_nor_bad() -> None:
    radio_map = map_signal(empty_plan(), places((2, 2, -50), (4, 2, -50), (2, 4, -50)))
    far = Room(name="far", polygon_m=((20, 20), (25, 20), (25, 25), (20, 25)))
    half = Room(name="half", polygon_m=((0, 0), (16, 0), (16, 4), (0, 4)))
    near = Room(name="near", polygon_m=((1, 1), (4, 1), (4, 4), (1, 4)))
    told = room_coverage(radio_map, [far, half, near], threshold_dbm=-67, share_needed=0.95)
    assert [each.covered for each in told] == [None, None, True]
    assert room_words(told[0]) == "? mesures insuffisantes"
    assert room_words(told[2]) == "✓ couverte (100\u00a0%)"


def test_values_never_leave_the_readings_own_range() -> None:
    chance = np.random.default_rng(1)
    xy_m = chance.uniform(0, 20, (40, 2))
    levels = chance.uniform(-90, -40, 40)
    values = interpolate(xy_m, levels, chance.uniform(-10, 30, (500, 2)))
    assert values.min() >= levels.min()
    assert values.max() <= levels.max()


def test_blocks_are_left_out_not_points() -> None:
    # Pairs 10 cm apart: leaving out one point would find its twin and tell nearly no error.
    chance = np.random.default_rng(2)
    corners = chance.uniform(0, 40, (60, 2))
    noise = np.repeat(chance.normal(-60, 6, 60), 2)
    xy_m = np.repeat(corners, 2, axis=0) + np.tile([[0, 0], [0.1, 0]], (60, 1))
    told = cross_validate(xy_m, noise)
    assert told is not None
    assert told.rmse_db > 4


def test_a_concave_room_is_not_filled() -> None:
    radio_map = map_signal(empty_plan(10, 10), places((2, 2, -50), (4, 2, -50), (2, 4, -50)))
    corner = ((0.0, 0.0), (8.0, 0.0), (8.0, 2.0), (2.0, 2.0), (2.0, 8.0), (0.0, 8.0))
    inside = cells_inside(radio_map, corner)
    assert inside.sum() * 0.25**2 == pytest.approx(8 * 2 + 6 * 2, rel=0.05)
    assert not inside[int(5 / 0.25), int(5 / 0.25)]


def test_the_overlay_lies_on_the_plan_and_shows_it_where_nothing_is_known() -> None:
    listened = [Sample(x, 3.0, 0, "f09fc2a10010", "E", 36, None, -50.0, None, None)
                for x in (2.0, 3.0, 4.0)]  # fmt: skip
    overlay = draw_map(empty_plan(20, 10), listened, MapRequest()).overlay()
    pixels = picture(overlay.png)
    assert overlay.bounds_m == pytest.approx((0, 0, 20, 10))
    per_m = OVERLAY_PIXELS_PER_CELL / 0.25
    assert pixels.shape == (10 * per_m, 20 * per_m, 4)
    assert pixels[int(3 * per_m), int(3 * per_m), 3] == 255
    assert pixels[int(9.5 * per_m), int(19.5 * per_m), 3] == 0


def test_the_scale_of_colours_is_fixed_so_that_maps_compare() -> None:
    def colour(level: float) -> list[int]:
        same = [Sample(x, y, 0, "f09fc2a10010", "E", 36, None, level, None, None)
                for x in (2.0, 8.0) for y in (2.0, 8.0)]  # fmt: skip
        pixels = picture(draw_map(empty_plan(10, 10), same, MapRequest()).overlay().png)
        return [int(part) for part in pixels[80, 80, :3]]

    assert colour(-90) == pytest.approx([0, 34, 78], abs=1)  # cividis begins
    assert colour(-30) == pytest.approx([254, 232, 56], abs=1)  # cividis ends


def test_the_page_shows_walls_levels_and_holes(drawn: SurveyMap) -> None:
    pixels = picture(drawn.page_png())
    colours = {tuple(int(part) for part in each) for each in pixels[::2, ::2, :3].reshape(-1, 3)}
    assert (29, 29, 27) in colours  # walls and words
    assert (163, 52, 28) in colours  # not heard
    assert pixels.shape[1] > 1000
    assert (pixels[:5, :5, :3] == 255).all()


def test_a_drawing_lies_under_the_map_and_a_broken_one_is_one_sentence() -> None:
    out = io.BytesIO()
    Image.new("L", (300, 300), 128).save(out, "PNG")
    import base64

    def page(content: bytes) -> bytes:
        drawing = {
            "content_base64": base64.b64encode(content).decode(),
            "scale": {"from_px": [0, 0], "to_px": [10, 0], "distance_m": 1},
        }
        plan = plan_from_json({"name": "P", "drawing": drawing}, where="test")
        return draw_map(plan, listened, MapRequest()).page_png()

    listened = [Sample(x, 3.0, 0, "f09fc2a10010", "E", 36, None, -50.0, None, None)
                for x in (2.0, 3.0, 4.0)]  # fmt: skip
    colours = picture(page(out.getvalue()))[:, :, :3].reshape(-1, 3)
    assert (colours == 128).all(axis=1).any()
    with pytest.raises(InvalidInput, match="ne se décode pas"):
        page(out.getvalue()[:40])


@pytest.mark.parametrize(
    ("samples", "request_", "sentence"),
    [
        (SAMPLES, MapRequest(band="2.4"), "Seuls 0 endroits"),
        (SAMPLES, MapRequest(ssid="Autre"), "Seuls 0 endroits"),
        (SAMPLES, MapRequest(band="7"), "La bande 7 n’existe pas"),
        ((), MapRequest(), "Aucune mesure n’est de l’étage 0"),
        (
            [Sample(900.0, 1.0, 0, None, None, None, None, None, None, None)],
            MapRequest(),
            "hors du plan",
        ),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(
    samples: Any, request_: MapRequest, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        draw_map(PLAN, samples, request_)


def test_the_profile_s_figures_have_a_source_and_strict_is_stricter() -> None:
    normal, strict = load_profile(), load_profile(strict=True)
    assert (normal.threshold_dbm(0), normal.threshold_dbm(1)) == (-67, -72)
    assert (strict.threshold_dbm(0), strict.threshold_dbm(1)) == (-65, -67)
    assert strict.room_share > normal.room_share


@pytest.mark.parametrize(("width_m", "bar_m"), [(48, 5), (20, 2), (9, 1), (500, 100), (3, 0.5)])
def test_the_scale_bar_is_a_round_length(width_m: float, bar_m: float) -> None:
    assert scale_bar_m(width_m) == bar_m
