"""The page of a survey: its heat map, what it says in words, and the choice of what is shown."""

from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request, Response

from api.http.dependencies import Browser, Reading, RowId
from api.http.needs import Needs
from api.usecases.scope import Right
from api.usecases.site_detail import visible_site
from api.usecases.survey_pictures import (
    Busy,
    Picture,
    Shelf,
    Wanted,
    choices,
    survey_of_site,
    tag_of,
)
from api.web.templating import page
from inventory.errors import NotFound
from inventory.models import Site, Survey
from inventory.sentences import N_, Sentence

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])

_SHELF = Shelf()
_Text = Annotated[str | None, Query(max_length=200)]
Band = Annotated[str, Query(pattern=r"^(2\.4|5|6)$")]
Bssid = Annotated[str | None, Query(pattern=r"^([0-9a-f]{12})?$")]
Rank = Annotated[int, Query(ge=1, le=2)]


@dataclass(frozen=True, slots=True)
class _Link:
    """A choice: what it says, where it leads, and whether it is the one shown."""

    text: str
    address: str
    here: bool


@router.get("/sites/{site_id}/etudes/{survey_id}")
def survey_page(
    request: Request,
    browser: Browser,
    session: Reading,
    site_id: RowId,
    survey_id: RowId,
    *,
    bande: Band = "5",
    reseau: _Text = None,
    bssid: Bssid = None,
    rang: Rank = 1,
) -> Response:
    """Show one survey with the map that was chosen."""
    site = visible_site(session, browser.viewer, site_id)
    survey = survey_of_site(session, site_id, survey_id)
    wanted = _wanted(bande, reseau, bssid, rang)
    offered = choices(session, survey, wanted)
    address = partial(_address, site, survey)
    drawn = _picture(session, site, survey, wanted)
    return page(
        request,
        "survey.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        site=site,
        survey=survey,
        wanted=wanted,
        drawn=drawn,
        worst=[room for room in drawn.rooms if room.to_cover and room.covered is not True],
        picture_address=f"{address(wanted, picture=True)}",
        bands=[
            _Link(f"{band.replace('.', ',')}\u00a0GHz", address(Wanted(band)), band == wanted.band)
            for band in offered.bands
        ],
        ranks=[
            _Link(
                text,
                address(replace(wanted, secondary=second, bssid=None)),
                wanted.secondary is second and wanted.bssid is None,
            )
            for text, second in ((N_("La plus forte"), False), (N_("La deuxième"), True))
        ],
        ssids=[
            _Link(
                ssid or "",
                address(replace(wanted, ssid=ssid, bssid=None)),
                ssid == wanted.ssid,
            )
            for ssid in (None, *offered.ssids)
        ],
        bssids=[
            _Link(
                _colons(each),
                address(replace(wanted, bssid=each, secondary=False)),
                each == wanted.bssid,
            )
            for each in offered.bssids
        ],
    )


@router.get("/sites/{site_id}/etudes/{survey_id}/carte.png")
def survey_picture(
    request: Request,
    browser: Browser,
    session: Reading,
    site_id: RowId,
    survey_id: RowId,
    *,
    bande: Band = "5",
    reseau: _Text = None,
    bssid: Bssid = None,
    rang: Rank = 1,
) -> Response:
    """Return the map as PNG; a browser that has it already is told so without drawing it."""
    site = visible_site(session, browser.viewer, site_id)
    survey = survey_of_site(session, site_id, survey_id)
    wanted = _wanted(bande, reseau, bssid, rang)
    headers = {"ETag": f'"{tag_of(survey, wanted)}"', "Cache-Control": "private, no-cache"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    drawn = _picture(session, site, survey, wanted)
    if drawn.png is None:
        raise NotFound(Sentence("Cette carte ne peut être dessinée"))
    return Response(drawn.png, media_type="image/png", headers=headers)


def _picture(session: Reading, site: Site, survey: Survey, wanted: Wanted) -> Picture:
    try:
        return _SHELF.picture(session, site, survey, wanted)
    except Busy as busy:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "30"}) from busy


def _wanted(band: str, ssid: str | None, bssid: str | None, rank: int) -> Wanted:
    # PostgreSQL takes no NUL in a text; and an empty field of an address is none.
    clean = (ssid or "").replace("\0", "")
    return Wanted(band, clean or None, bssid or None, rank == 2)


def _address(site: Site, survey: Survey, wanted: Wanted, *, picture: bool = False) -> str:
    chosen = {
        "bande": wanted.band,
        "reseau": wanted.ssid or "",
        "bssid": wanted.bssid or "",
        "rang": "2" if wanted.secondary else "",
    }
    base = f"/sites/{site.id}/etudes/{survey.id}{'/carte.png' if picture else ''}"
    return f"{base}?{urlencode({key: value for key, value in chosen.items() if value})}"


def _colons(bssid: str) -> str:
    return ":".join(bssid[at : at + 2] for at in range(0, 12, 2))
