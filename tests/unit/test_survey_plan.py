import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from inventory.errors import InvalidInput
from site_surveys.picture import picture_size
from site_surveys.plan import (
    SLAB_LOSS_DB,
    Material,
    Wall,
    load_plan,
    plan_from_json,
    plan_to_json,
    polygon_area_m2,
)

SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4]]
SCALE = {"from_px": [10, 10], "to_px": [110, 10], "distance_m": 5}


def plan(**changed: Any) -> dict[str, Any]:
    return {"name": "Rez", "size_m": [20, 10], "rooms": [{"name": "A", "polygon_m": SQUARE}]} | {
        **changed
    }


def picture(kind: str = "PNG", size: tuple[int, int] = (400, 200)) -> bytes:
    out = io.BytesIO()
    Image.new("L", size, 255).save(out, kind)
    return out.getvalue()


def test_a_plan_comes_back_as_it_was() -> None:
    wall = {"from_m": [0, 0], "to_m": [4, 0], "material": "concrete_200mm"}
    drawing = {"content_base64": base64.b64encode(picture()).decode(), "scale": SCALE}
    for value in (plan(walls=[wall]), plan(size_m=None, drawing=drawing, floor=-1, building="B")):
        first = plan_from_json(value, where="test")
        assert plan_from_json(json.loads(json.dumps(plan_to_json(first))), where="test") == first


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_scale_tells_the_size_of_a_drawing(tmp_path: Path, kind: str) -> None:
    (tmp_path / "rez.img").write_bytes(picture(kind))
    value = plan(drawing={"file": "rez.img", "scale": SCALE})
    value.pop("size_m")
    (tmp_path / "plan.json").write_text(json.dumps(value))
    read = load_plan(tmp_path / "plan.json")
    assert (read.width_m, read.height_m) == (20, 10)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"size_m": None}, "either size_m or a drawing"),
        ({"size_m": [2000, 10]}, "2000.0 m by 10.0 m; check its scale"),
        ({"size_m": [float("inf"), 10]}, "size_m.0"),
        ({"rooms": [{"name": "A", "polygon_m": SQUARE}] * 2}, "two rooms are called A"),
        ({"rooms": [{"name": "A", "polygon_m": SQUARE[:2]}]}, "rooms.0.polygon_m"),
        ({"rooms": [{"name": "A", "polygon_m": [[1, 1]] * 3}]}, "the room A has no area"),
        ({"walls": [{"from_m": [0, 0], "to_m": [90, 0]}]}, "wall 1 lies outside the plan"),
        ({"walls": [{"from_m": [0, 0], "to_m": [9, 0], "material": "paper"}]}, "material"),
        ({"colour": "red"}, "colour"),
        ({"version": 2}, "version"),
    ],
)
def test_a_wrong_plan_is_one_sentence(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        plan_from_json(plan(**changed), where="plan.json")


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "", 3])
def test_a_plan_names_no_file_but_beside_itself(tmp_path: Path, name: object) -> None:
    (tmp_path / "plan.json").write_text(
        json.dumps(plan(drawing={"file": name, "scale": SCALE}, size_m=None))
    )
    with pytest.raises(InvalidInput, match=r"drawing"):
        load_plan(tmp_path / "plan.json")


def test_a_file_that_is_no_plan_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"\xff\x00")
    with pytest.raises(InvalidInput, match="it is not JSON"):
        load_plan(path)
    with pytest.raises(InvalidInput, match="No such file"):
        load_plan(tmp_path / "none.json")


def test_a_picture_too_large_to_draw_is_refused() -> None:
    content = bytearray(picture())
    content[16:24] = (100_000).to_bytes(4, "big") * 2
    with pytest.raises(ValueError, match="100000 by 100000"):
        picture_size(bytes(content))


def test_walls_lose_what_their_material_does() -> None:
    assert set(SLAB_LOSS_DB) == set(Material)
    wall = Wall(from_m=(0, 0), to_m=(1, 0), material=Material.CONCRETE_200_MM)
    assert [wall.loss_db(band) for band in ("2.4", "5", "6")] == [14.7, 26.3, 28.9]


def test_areas_do_not_depend_on_the_direction() -> None:
    square = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0))
    assert polygon_area_m2(square) == polygon_area_m2(square[::-1]) == 16
