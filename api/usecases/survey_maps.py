"""A radio map and its verdict, from a plan and samples.

Its import takes most of a second (scipy, matplotlib): import it where a map is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inventory.errors import InvalidInput
from inventory.sentences import Sentence
from site_surveys.captions import Subject
from site_surveys.heard import places_heard
from site_surveys.maps import Overlay, render_map, render_overlay
from site_surveys.plan import FloorPlan
from site_surveys.profile import AcceptanceProfile, load_profile
from site_surveys.samples import Sample, floors_of
from site_surveys.signal import Comparison, RadioMap, RoomCoverage, map_signal, room_coverage
from site_surveys.spectrum import BANDS


@dataclass(frozen=True, slots=True)
class MapRequest:
    """Which figure a map shows."""

    band: str = "5"
    ssid: str | None = None
    bssid: str | None = None
    """12 lower-case hex digits."""
    secondary: bool = False
    strict: bool = False


@dataclass(frozen=True)
class SurveyMap:
    """A map, what it says of each room, and what it was judged by."""

    plan: FloorPlan
    subject: Subject
    profile: AcceptanceProfile
    radio_map: RadioMap
    rooms: tuple[RoomCoverage, ...]

    @property
    def covered(self) -> bool | None:
        """Whether every room to cover is; None when what nobody surveyed decides."""
        told = [each.covered for each in self.rooms if each.room.to_cover]
        if False in told:
            return False
        return True if told and None not in told else None

    @property
    def share(self) -> float | None:
        """The part of the surveyed area at or above the threshold, 0 to 1; None: none surveyed."""
        surveyed = int(self.radio_map.surveyed.sum())
        if surveyed == 0:
            return None
        threshold = self.profile.threshold_dbm(self.subject.rank)
        return float((self.radio_map.rssi_dbm >= threshold).sum()) / surveyed

    def page_png(self) -> bytes:
        """Return the page to print."""
        return render_map(self.plan, self.radio_map, list(self.rooms), self.profile, self.subject)

    def overlay(self) -> Overlay:
        """Return the transparent picture to lay over a plan on a screen."""
        return render_overlay(self.radio_map)

    def as_json(self) -> dict[str, Any]:
        """Return what a script would want to know; shares are 0 to 1."""
        validation = self.radio_map.validation
        return {
            "place": self.subject.place,
            "band": self.subject.band,
            "ssid": self.subject.ssid,
            "bssid": self.subject.bssid,
            "layer": "secondary" if self.subject.rank else "primary",
            "places": len(self.radio_map.places.rssi_dbm),
            "places_not_heard": int((~self.radio_map.places.heard).sum()),
            "access_points": self.radio_map.places.access_points,
            "rmse_db": round(validation.rmse_db, 2) if validation else None,
            "bias_db": round(validation.bias_db, 2) if validation else None,
            "method": self.radio_map.method.value,
            "comparison": _comparison_json(self.radio_map.comparison),
            "profile": {"version": self.profile.version, "level": self.profile.level},
            "threshold_dbm": self.profile.threshold_dbm(self.subject.rank),
            "room_share": self.profile.room_share,
            "covered": self.covered,
            "share": None if self.share is None else round(self.share, 3),
            "rooms": [_room_json(each) for each in self.rooms],
        }


def _comparison_json(compared: Comparison | None) -> dict[str, Any] | None:
    """Return the errors of the map with and without the plan's walls, and the fitted figures."""
    if compared is None:
        return None
    return {
        "readings_rmse_db": round(compared.readings.rmse_db, 2),
        "walls_rmse_db": round(compared.walls.rmse_db, 2),
        "exponent": round(compared.model.exponent, 2),
        "wall_weight": round(compared.model.wall_weight, 2),
    }


def _room_json(told: RoomCoverage) -> dict[str, Any]:
    return {
        "name": told.room.name,
        "to_cover": told.room.to_cover,
        "covered": told.covered,
        "share": round(told.share, 3),
        "unknown_share": round(told.unknown_share, 3),
        "lowest_dbm": None if told.lowest_dbm is None else round(told.lowest_dbm, 1),
    }


def draw_map(
    plan: FloorPlan,
    samples: Sequence[Sample],
    request: MapRequest,
    *,
    site_name: str | None = None,
    profile: AcceptanceProfile | None = None,
) -> SurveyMap:
    """Return the map of a plan's floor from samples; those of other floors are left aside.

    Its rooms are judged by `profile`, by default this release's. Raises InvalidInput when the
    samples do not let a map be drawn.
    """
    if request.band not in BANDS:
        raise InvalidInput(
            Sentence("La bande %(band)s n’existe pas", band=request.band),
            todo=Sentence("donnez %(choices)s", choices=", ".join(BANDS)),
        )
    here = [sample for sample in samples if sample.floor == plan.floor]
    if not here:
        floors = ", ".join(str(floor) for floor in floors_of(samples)) or "none"
        raise InvalidInput(
            Sentence(
                "Aucune mesure n’est de l’étage %(floor)s, celui du plan\u00a0; il y a"
                " des mesures de\u00a0: %(floors)s",
                floor=plan.floor,
                floors=floors,
            ),
            where=plan.name,
        )
    _refuse_off_plan(plan, here)
    rank = 1 if request.secondary else 0
    places = places_heard(
        here, band=request.band, ssid=request.ssid, bssid=request.bssid, rank=rank
    )
    radio_map = map_signal(plan, places, band=request.band, rank=rank)
    judged_by = profile or load_profile(strict=request.strict)
    rooms = room_coverage(
        radio_map,
        plan.rooms,
        threshold_dbm=judged_by.threshold_dbm(rank),
        share_needed=judged_by.room_share,
    )
    parts = [part for part in (site_name, plan.building, plan.name) if part]
    subject = Subject(" – ".join(parts), request.band, request.ssid, rank, request.bssid)
    return SurveyMap(plan, subject, judged_by, radio_map, tuple(rooms))


def _refuse_off_plan(plan: FloorPlan, samples: Sequence[Sample]) -> None:
    """Raise InvalidInput when most samples lie off the plan: its scale or theirs is wrong."""
    on_plan = sum(
        -1 <= sample.x_m <= plan.width_m + 1 and -1 <= sample.y_m <= plan.height_m + 1
        for sample in samples
    )
    if on_plan * 2 < len(samples):
        raise InvalidInput(
            Sentence(
                "%(off)s mesures sur %(count)s sont hors du plan de %(width)s m sur %(height)s m",
                off=len(samples) - on_plan,
                count=len(samples),
                width=round(plan.width_m, 1),
                height=round(plan.height_m, 1),
            ),
            where=plan.name,
            todo=Sentence(
                "vérifiez l’échelle du plan et l’origine des mesures, son coin supérieur gauche"
            ),
        )
