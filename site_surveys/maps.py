"""A radio map as a picture: a page to print, and a bare overlay for a plan on a screen.

Colours are cividis, which people who are colour-blind read alike, on one fixed scale: two maps can
be laid side by side. matplotlib is used without its
global state; its import takes half a second, so import this module where a map is drawn.
"""

import io
import math
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_rgba
from matplotlib.figure import Figure
from matplotlib.image import imsave, pil_to_array
from matplotlib.patches import Polygon
from PIL import Image

from inventory.errors import InvalidInput
from inventory.sentences import Sentence
from site_surveys.captions import (
    INK,
    NBSP,
    NOT_HEARD_COLOUR,
    Subject,
    draw_captions,
    level_text,
    number_text,
    room_words,
)
from site_surveys.interpolation import Floats
from site_surveys.plan import FloorPlan, Material
from site_surveys.profile import AcceptanceProfile
from site_surveys.signal import RadioMap, RoomCoverage

LOWEST_DBM, HIGHEST_DBM = -90.0, -30.0
OVERLAY_PIXELS_PER_CELL = 4

_DPI = 130
_NO_METADATA = {"Software": None}
_WALL_WIDTH = {
    Material.PLASTERBOARD_12_5_MM: 1.0,
    Material.CHIPBOARD_40_MM: 1.2,
    Material.GLASS_6_MM: 1.0,
    Material.BRICK_100_MM: 1.8,
    Material.BRICK_200_MM: 2.6,
    Material.CONCRETE_100_MM: 2.6,
    Material.CONCRETE_200_MM: 3.6,
}


@dataclass(frozen=True)
class Overlay:
    """A transparent picture of the map alone, and where it lies on the plan."""

    png: bytes
    bounds_m: tuple[float, float, float, float]
    """Left, top, right, bottom, in the plan's metres."""


def render_overlay(radio_map: RadioMap) -> Overlay:
    """Return the map without plan, axes or legend; unknown cells are transparent."""
    colours = np.kron(
        _colours(radio_map), np.ones((OVERLAY_PIXELS_PER_CELL, OVERLAY_PIXELS_PER_CELL, 1))
    )
    out = io.BytesIO()
    imsave(out, colours, format="png", metadata={"Software": ""})
    return Overlay(out.getvalue(), _bounds_m(radio_map))


def render_map(
    plan: FloorPlan,
    radio_map: RadioMap,
    rooms: list[RoomCoverage],
    profile: AcceptanceProfile,
    subject: Subject,
) -> bytes:
    """Return the page of a map as PNG: plan, heat map, contours, walls, rooms, samples, scale bar.

    Raises InvalidInput when the plan's drawing cannot be decoded.
    """
    figure, axes = _page(plan)
    _draw_plan(axes, plan)
    _draw_heat(figure, axes, plan, radio_map)
    _draw_contours(axes, radio_map, profile)
    _draw_walls(axes, plan)
    _draw_rooms(axes, rooms)
    _draw_places(axes, radio_map)
    _draw_scale_bar(figure, axes, plan)
    draw_captions(figure, radio_map, profile, subject)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=_DPI, metadata=_NO_METADATA)
    return out.getvalue()


def _bounds_m(radio_map: RadioMap) -> tuple[float, float, float, float]:
    half = (radio_map.x_m[1] - radio_map.x_m[0]) / 2
    x, y = radio_map.x_m, radio_map.y_m
    return float(x[0] - half), float(y[0] - half), float(x[-1] + half), float(y[-1] + half)


def _colours(radio_map: RadioMap) -> Floats:
    """Return red, green, blue and opacity of each cell, 0 to 1."""
    level = (radio_map.rssi_dbm - LOWEST_DBM) / (HIGHEST_DBM - LOWEST_DBM)
    known = ~np.isnan(level)
    colours: Floats = np.zeros((*level.shape, 4))
    colours[known] = mpl.colormaps["cividis"](np.clip(level[known], 0, 1))
    colours[radio_map.not_heard] = to_rgba(NOT_HEARD_COLOUR)
    return colours


def _page(plan: FloorPlan) -> tuple[Figure, Axes]:

    # The plan's own proportions, within what a page can hold; the words and the scale need theirs.
    ratio = min(max(plan.height_m / plan.width_m, 0.25), 2.0)
    width = 11.0 if ratio < 1 else 8.0
    figure = Figure(figsize=(width, (width - 1.6) * ratio + 2.2), facecolor="white")
    FigureCanvasAgg(figure)
    height = figure.get_figheight()
    axes = figure.add_axes((0.03, 0.95 / height, 1 - 1.6 / width, 1 - 2.0 / height))
    axes.set_xlim(-0.4, plan.width_m + 0.4)
    axes.set_ylim(plan.height_m + 0.4, -0.4)
    axes.set_aspect("equal", anchor="NW")
    axes.set_axis_off()
    return figure, axes


def _draw_plan(axes: Axes, plan: FloorPlan) -> None:
    if plan.drawing is None:
        return

    try:
        with Image.open(io.BytesIO(plan.drawing.content), formats=("PNG", "JPEG")) as picture:
            pixels = pil_to_array(picture.convert("L"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput(
            Sentence("L’image du plan ne se décode pas"),
            where=plan.name,
            todo=Sentence("exportez-la de nouveau en PNG"),
        ) from error
    extent = (0.0, plan.width_m, plan.height_m, 0.0)
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, extent=extent, zorder=1)


def _draw_heat(figure: Figure, axes: Axes, plan: FloorPlan, radio_map: RadioMap) -> None:

    left, top, right, bottom = _bounds_m(radio_map)
    axes.imshow(
        _colours(radio_map),
        extent=(left, right, bottom, top),
        interpolation="bilinear",
        alpha=0.72 if plan.drawing else 1.0,
        zorder=2,
    )
    box = axes.get_position()
    scale = figure.add_axes((1 - 1.15 / figure.get_figwidth(), box.y0, 0.016, box.height))
    levels = ScalarMappable(Normalize(LOWEST_DBM, HIGHEST_DBM), "cividis")
    bar = figure.colorbar(levels, cax=scale)
    bar.set_ticks(list(range(int(LOWEST_DBM), int(HIGHEST_DBM) + 1, 10)))
    bar.ax.set_yticklabels([level_text(tick) for tick in range(-90, -29, 10)])
    bar.set_label("Niveau reçu (dBm)", color=INK)


def _draw_contours(axes: Axes, radio_map: RadioMap, profile: AcceptanceProfile) -> None:
    for level, style in (
        (profile.primary_rssi_dbm, "solid"),
        (profile.secondary_rssi_dbm, "dashed"),
    ):
        known = radio_map.rssi_dbm[~np.isnan(radio_map.rssi_dbm)]
        if not (known.min() < level < known.max()):
            continue
        lines = axes.contour(
            radio_map.x_m,
            radio_map.y_m,
            radio_map.rssi_dbm,
            levels=[level],
            colors="white",
            linestyles=style,
            linewidths=1.6,
            zorder=3,
        )
        axes.clabel(lines, fmt=lambda value: f"{level_text(value)} dBm", fontsize=7)


def _draw_walls(axes: Axes, plan: FloorPlan) -> None:
    for wall in plan.walls:
        axes.plot(
            [wall.from_m[0], wall.to_m[0]],
            [wall.from_m[1], wall.to_m[1]],
            color=INK,
            linewidth=_WALL_WIDTH[wall.material],
            solid_capstyle="round",
            zorder=4,
        )


def _draw_rooms(axes: Axes, rooms: list[RoomCoverage]) -> None:

    for told in rooms:
        points = np.array(told.room.polygon_m)
        axes.add_patch(Polygon(points, fill=False, edgecolor=INK, linewidth=0.4, zorder=4))
        axes.annotate(
            f"{told.room.name}\n{room_words(told)}",
            _centre(points),
            ha="center",
            va="center",
            fontsize=7,
            color=INK,
            bbox={
                "boxstyle": "round,pad=0.25",
                "facecolor": "white",
                "edgecolor": NOT_HEARD_COLOUR
                if told.room.to_cover and told.covered is False
                else "none",
                "alpha": 0.85,
            },
            zorder=6,
        )


def _centre(points: Floats) -> tuple[float, float]:
    """Return the centroid of a simple polygon."""
    x, y = points[:, 0], points[:, 1]
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    area = cross.sum() / 2
    return (
        float(((x + np.roll(x, -1)) * cross).sum() / (6 * area)),
        float(((y + np.roll(y, -1)) * cross).sum() / (6 * area)),
    )


def _draw_places(axes: Axes, radio_map: RadioMap) -> None:
    xy_m, heard = radio_map.places.xy_m, radio_map.places.heard
    style: dict[str, Any] = {"linewidths": 0.5, "zorder": 5}
    axes.scatter(xy_m[heard, 0], xy_m[heard, 1], s=7, c="white", edgecolors=INK, **style)
    if not heard.all():
        axes.scatter(
            xy_m[~heard, 0], xy_m[~heard, 1], s=14, c=INK, marker="x", linewidths=1.0, zorder=5
        )


def _draw_scale_bar(figure: Figure, axes: Axes, plan: FloorPlan) -> None:
    length = scale_bar_m(plan.width_m)
    transform = axes.get_xaxis_transform()
    below = -0.35 / (axes.get_position().height * figure.get_figheight())
    style: dict[str, Any] = {"transform": transform, "clip_on": False, "color": INK}
    axes.plot([0, length], [below, below], linewidth=2, solid_capstyle="butt", **style)
    for at in (0.0, length):
        axes.plot([at, at], [below * 0.8, below * 1.2], linewidth=1.2, **style)
    axes.text(
        length / 2, below * 0.75, f"{number_text(length)}{NBSP}m", ha="center", fontsize=8, **style
    )


def scale_bar_m(width_m: float) -> float:
    """Return a round length (1, 2 or 5 times a power of ten) of about a fifth of the plan."""
    power = 10.0 ** math.floor(math.log10(width_m / 5))
    return max(step * power for step in (1, 2, 5) if step * power <= width_m / 5)
