"""Heat maps for pages: drawn one at a time, kept for a while, known by a tag before they are drawn.

A map costs a second of a core and does not change: a survey is a record. The web process keeps the
last ones, and however many people ask, one map is drawn at a time.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass, replace

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.usecases.surveys import keep_of_row
from inventory.errors import InvalidInput, NotFound, PreauError
from inventory.models import Site, Survey, SurveySample
from inventory.sentences import Sentence
from site_surveys.profile import load_profile
from site_surveys.samples import Sample
from site_surveys.spectrum import BANDS

FORM = 3
"""Raised whenever maps are drawn otherwise: what browsers kept is then out of date."""
MOST_KEPT = 48
PATIENCE_S = 20.0


class Busy(PreauError):
    """Too many maps are asked for at once; later is better."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which figure of a survey is shown."""

    band: str = "5"
    ssid: str | None = None
    bssid: str | None = None
    secondary: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What a survey's samples let one choose."""

    bands: tuple[str, ...]
    ssids: tuple[str, ...]
    bssids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoomLine:
    """One room in a few words; `share` is a whole percentage, rounded down."""

    name: str
    words: str
    covered: bool | None
    to_cover: bool
    share: int
    lowest_dbm: float | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn map: the page as PNG, and what it says in words; without a PNG, why there is none."""

    tag: str
    png: bytes | None
    why_none: str | None
    error: str
    share: int | None
    """Of the area that was surveyed, the whole percentage at or above the threshold."""
    threshold_dbm: float
    rooms: tuple[RoomLine, ...]


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """A survey in a list."""

    row: Survey
    samples: int


def surveys_of(session: Session, site_id: int) -> list[SurveyLine]:
    """Return the surveys of a site, newest first; the shell has seen to who asks."""
    counts = (
        select(SurveySample.survey_id, func.count().label("samples"))
        .group_by(col(SurveySample.survey_id))
        .subquery()
    )
    found = session.exec(
        select(Survey, counts.c.samples)
        .outerjoin(counts, counts.c.survey_id == col(Survey.id))
        .where(Survey.site_id == site_id)
        .order_by(col(Survey.id).desc())
    )
    return [SurveyLine(row, samples or 0) for row, samples in found]


def survey_of_site(session: Session, site_id: int, survey_id: int) -> Survey:
    """Return a survey of a site; raises NotFound."""
    row = session.get(Survey, survey_id)
    if row is None or row.site_id != site_id:
        raise NotFound(Sentence("Ce site n’a pas de relevé %(survey_id)s", survey_id=survey_id))
    return row


def choices(session: Session, survey: Survey, wanted: Wanted) -> Choices:
    """Return the bands, networks and BSSIDs of a survey that were heard, in their order."""
    rows = session.exec(
        select(
            SurveySample.bssid, SurveySample.ssid, SurveySample.channel, SurveySample.frequency_mhz
        )
        .where(SurveySample.survey_id == survey.id, col(SurveySample.rssi_dbm).is_not(None))
        .distinct()
    ).all()
    heard = [
        (bssid, ssid, Sample(0, 0, 0, bssid, ssid, channel, mhz, None, None, None).band)
        for bssid, ssid, channel, mhz in rows
    ]
    of_band = [(bssid, ssid) for bssid, ssid, band in heard if band == wanted.band]
    return Choices(
        bands=tuple(band for band in BANDS if any(band == each[2] for each in heard)),
        ssids=tuple(sorted({ssid for _, ssid in of_band if ssid})),
        bssids=tuple(
            sorted({bssid for bssid, ssid in of_band if bssid and wanted.ssid in (None, ssid)})
        ),
    )


def tag_of(survey: Survey, wanted: Wanted) -> str:
    """Return what a map is known by: the same tag is the same picture."""
    said = repr((FORM, survey.sha256, sorted(asdict(wanted).items()), load_profile().sha256))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


class Shelf:
    """The maps that were drawn last, and the right to draw one."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[str, Picture] = OrderedDict()
        self._drawing = threading.Lock()
        self._touching = threading.Lock()
        self.drawn = 0

    def picture(self, session: Session, site: Site, survey: Survey, wanted: Wanted) -> Picture:
        """Return a map, drawn now if it is not on the shelf; raises Busy after `PATIENCE_S`."""
        tag = tag_of(survey, wanted)
        found = self._take(tag)
        if found is not None:
            return found
        if not self._drawing.acquire(timeout=PATIENCE_S):
            raise Busy(
                Sentence("Trop de cartes sont en cours de dessin"),
                todo=Sentence("redemandez dans une minute"),
            )
        try:
            found = self._take(tag)  # drawn for somebody else meanwhile
            if found is None:
                found = _draw(session, site, survey, wanted, tag)
                self._put(found)
            return found
        finally:
            self._drawing.release()

    def _take(self, tag: str) -> Picture | None:
        with self._touching:
            if tag in self._kept:
                self._kept.move_to_end(tag)
            return self._kept.get(tag)

    def _put(self, picture: Picture) -> None:
        with self._touching:
            self.drawn += 1
            self._kept[picture.tag] = picture
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


def _draw(session: Session, site: Site, survey: Survey, wanted: Wanted, tag: str) -> Picture:
    # Here and not above: scipy and matplotlib take seconds that most pages do not need.
    from api.usecases.survey_maps import MapRequest, draw_map  # noqa: PLC0415
    from site_surveys.captions import (  # noqa: PLC0415
        error_sentence,
        method_sentence,
        room_words,
    )

    profile = load_profile()
    nothing = Picture(tag, None, None, "", None, profile.threshold_dbm(wanted.secondary), ())
    kept = keep_of_row(session, site, survey)
    request = MapRequest(wanted.band, wanted.ssid, wanted.bssid, wanted.secondary)
    try:
        drawn = draw_map(kept.plan, kept.samples, request, site_name=site.name)
        png = drawn.page_png()
    except InvalidInput as error:
        return replace(nothing, why_none=str(error))
    share = drawn.share
    return replace(
        nothing,
        png=png,
        error=" ".join(
            said
            for said in (error_sentence(drawn.radio_map), method_sentence(drawn.radio_map))
            if said
        ),
        share=None if share is None else int(share * 100),
        rooms=tuple(
            RoomLine(
                name=each.room.name,
                words=room_words(each),
                covered=each.covered,
                to_cover=each.room.to_cover,
                share=int(each.share * 100),
                lowest_dbm=each.lowest_dbm,
            )
            for each in drawn.rooms
        ),
    )
