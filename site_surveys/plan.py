"""A floor plan: its true size, walls with their material, rooms and whether WiFi is promised there.

All coordinates are metres from the plan's top left corner, x to the right and y *down*, as on the
drawing itself. The size comes from the drawing (PNG or JPEG) and its scale (two points and the
distance between them), or is given where there is no drawing.
"""

import base64
import binascii
import json
import math
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from inventory.errors import InvalidInput
from inventory.sentences import Sentence
from site_surveys.picture import picture_size

LONGEST_SIDE_M = 500.0
"""Farther than any school building; more is a scale that was set wrongly."""

_MOST_IMAGE_BYTES = 30_000_000
_OUTSIDE_M = 1.0

Coordinate = Annotated[float, Field(allow_inf_nan=False, ge=-1e5, le=1e5)]
Point = tuple[Coordinate, Coordinate]


class Material(StrEnum):
    """What a wall is made of."""

    PLASTERBOARD_12_5_MM = "plasterboard_12.5mm"
    CHIPBOARD_40_MM = "chipboard_40mm"
    GLASS_6_MM = "glass_6mm"
    BRICK_100_MM = "brick_100mm"
    BRICK_200_MM = "brick_200mm"
    CONCRETE_100_MM = "concrete_100mm"
    CONCRETE_200_MM = "concrete_200mm"


# dB through a slab at normal incidence, at 2.4 / 5 / 6 GHz, from the material constants of
# Recommendation ITU-R P.2040.
SLAB_LOSS_DB: dict[Material, dict[str, float]] = {
    Material.PLASTERBOARD_12_5_MM: {"2.4": 1.1, "5": 1.0, "6": 0.9},
    Material.CHIPBOARD_40_MM: {"2.4": 2.0, "5": 3.8, "6": 4.2},
    Material.GLASS_6_MM: {"2.4": 1.9, "5": 3.2, "6": 3.0},
    Material.BRICK_100_MM: {"2.4": 3.2, "5": 3.6, "6": 3.6},
    Material.BRICK_200_MM: {"2.4": 5.5, "5": 6.2, "6": 6.3},
    Material.CONCRETE_100_MM: {"2.4": 8.1, "5": 13.9, "6": 15.2},
    Material.CONCRETE_200_MM: {"2.4": 14.7, "5": 26.3, "6": 28.9},
}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scale(_Value):
    """Two points of the drawing, in pixels, and the distance between them in metres."""

    from_px: Point
    to_px: Point
    distance_m: float = Field(gt=0, le=LONGEST_SIDE_M, allow_inf_nan=False)

    @model_validator(mode="after")
    def _two_points(self) -> Self:
        if math.dist(self.from_px, self.to_px) < 1:
            raise ValueError("the two points of the scale are the same")
        return self

    @property
    def pixels_per_m(self) -> float:
        """How many pixels of the drawing are one metre."""
        return math.dist(self.from_px, self.to_px) / self.distance_m


class Drawing(_Value):
    """The plan's picture, PNG or JPEG, with its scale."""

    content_base64: str = Field(max_length=_MOST_IMAGE_BYTES * 4 // 3 + 4, repr=False)
    scale: Scale

    @field_validator("content_base64")
    @classmethod
    def _is_a_picture(cls, value: str) -> str:
        try:
            content = base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise ValueError("the drawing is not base64") from error
        picture_size(content)
        return value

    @property
    def content(self) -> bytes:
        """The bytes of the picture file."""
        return base64.b64decode(self.content_base64)


class Wall(_Value):
    """A straight wall."""

    from_m: Point
    to_m: Point
    material: Material = Material.BRICK_100_MM

    def loss_db(self, band: str) -> float:
        """Return what a ray loses through it, in dB; `band` is 2.4, 5 or 6 (GHz)."""
        return SLAB_LOSS_DB[self.material][band]


class Room(_Value):
    """A room; `to_cover` says whether the acceptance expects WiFi in it."""

    name: str = Field(min_length=1, max_length=80)
    polygon_m: tuple[Point, ...] = Field(min_length=3, max_length=200)
    to_cover: bool = True

    @model_validator(mode="after")
    def _has_an_area(self) -> Self:
        if polygon_area_m2(self.polygon_m) < 0.1:
            raise ValueError(f"the room {self.name} has no area")
        return self


class FloorPlan(_Value):
    """One floor of one building."""

    version: Literal[1] = 1
    name: str = Field(min_length=1, max_length=80)
    building: str | None = Field(default=None, max_length=80)
    floor: int = Field(default=0, ge=-10, le=50, description="0 is the ground floor")
    size_m: Point | None = Field(default=None, description="width, height; where no drawing is")
    drawing: Drawing | None = None
    walls: tuple[Wall, ...] = Field(default=(), max_length=5000)
    rooms: tuple[Room, ...] = Field(default=(), max_length=1000)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if (self.size_m is None) == (self.drawing is None):
            raise ValueError("give either size_m or a drawing with its scale, which tells the size")
        if not (0.5 <= min(self.width_m, self.height_m) <= LONGEST_SIDE_M) or (
            max(self.width_m, self.height_m) > LONGEST_SIDE_M
        ):
            raise ValueError(
                f"the plan would be {self.width_m:.1f} m by {self.height_m:.1f} m; check its scale"
            )
        names = [room.name for room in self.rooms]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two rooms are called {name}")
        for what, points in self._outlines():
            if not all(self._on_plan(point) for point in points):
                raise ValueError(f"{what} lies outside the plan")
        return self

    @property
    def width_m(self) -> float:
        """The plan's width in metres."""
        return self._size_m()[0]

    @property
    def height_m(self) -> float:
        """The plan's height in metres."""
        return self._size_m()[1]

    def _size_m(self) -> tuple[float, float]:
        if self.drawing is None:
            assert self.size_m is not None
            return self.size_m
        width_px, height_px = picture_size(self.drawing.content)
        per_m = self.drawing.scale.pixels_per_m
        return width_px / per_m, height_px / per_m

    def _outlines(self) -> list[tuple[str, tuple[Point, ...]]]:
        walls = [(f"wall {n}", (w.from_m, w.to_m)) for n, w in enumerate(self.walls, start=1)]
        return walls + [(f"the room {room.name}", room.polygon_m) for room in self.rooms]

    def _on_plan(self, point: Point) -> bool:
        return (
            -_OUTSIDE_M <= point[0] <= self.width_m + _OUTSIDE_M
            and -_OUTSIDE_M <= point[1] <= self.height_m + _OUTSIDE_M
        )


def polygon_area_m2(points: tuple[Point, ...]) -> float:
    """Return the area of a simple polygon in m² (the shoelace formula)."""
    turned = points[1:] + points[:1]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, turned, strict=True))) / 2


def plan_from_json(value: Any, *, where: str) -> FloorPlan:
    """Return the plan of a JSON value; raises InvalidInput with what is wrong and where."""
    try:
        return FloorPlan.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        raise InvalidInput(
            Sentence(
                "Le plan ne peut servir\u00a0: %(what)s", what=f"{place}: {what}" if place else what
            ),
            where=where,
        ) from error


def plan_to_json(plan: FloorPlan) -> dict[str, Any]:
    """Return what `plan_from_json` reads back, the drawing inside."""
    return plan.model_dump(mode="json", exclude_none=True)


def load_plan(path: Path) -> FloorPlan:
    """Return the plan of a JSON file; its drawing may be a file beside it (`drawing.file`).

    Raises InvalidInput when a file cannot be read or does not fit.
    """
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not JSON"
        raise InvalidInput(f"the plan cannot be read: {reason}", where=str(path)) from error
    if isinstance(value, dict) and isinstance(value.get("drawing"), dict):
        _take_drawing_in(value["drawing"], path)
    return plan_from_json(value, where=str(path))


def _take_drawing_in(drawing: dict[str, Any], path: Path) -> None:
    name = drawing.pop("file", None)
    if name is None:
        return
    # A plan comes from others: it may name a file beside itself, and nothing else of this machine.
    if not isinstance(name, str) or Path(name).name != name:
        raise InvalidInput("drawing.file must name a file in the plan's folder", where=str(path))
    try:
        content = (path.parent / name).read_bytes()
    except (OSError, ValueError) as error:
        raise InvalidInput(f"the drawing {name} cannot be read", where=str(path)) from error
    drawing["content_base64"] = base64.b64encode(content).decode("ascii")
