"""How far the programme is: a map of the cantons, the same as tables, the funnel, the burn-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from api.http.dependencies import Browser, Here, Reading
from api.http.needs import Needs
from api.usecases.programme_progress import (
    Progress,
    ProgressFilter,
    applied_plan,
    education_networks,
    programme_progress,
    put_in_service,
)
from api.usecases.scope import Right
from api.usecases.sites import provinces
from api.web.burn_up import burn_up
from api.web.language import language_of
from api.web.saved_views import view_parts
from api.web.templating import page
from inventory import clock
from inventory.programme.cantons import Canton, cantons
from inventory.programme.dossier.machine import BRUSSELS
from inventory.programme.progress import Milestone, Tally

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])

SHADES = 5
"""How many shades the map tells apart; the first is « none »."""
_LABEL_FROM = 330  # in the map's units, 50 m: narrower cantons keep their name for the tooltip
_UNITS_PER_LETTER = 44


@dataclass(frozen=True, slots=True)
class Shape:
    """One canton on the map: its outline as SVG path data, where its name stands, its figures."""

    canton: Canton
    name: str
    path: str
    label_at: tuple[int, int] | None
    tally: Tally | None
    shade: int | None


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the person chose, as it stands in the address."""

    province: str
    reseau: str
    etape: str

    def address(self, **more: str) -> str:
        chosen = {"province": self.province, "reseau": self.reseau, "etape": self.etape}
        kept = {key: value for key, value in {**chosen, **more}.items() if value}
        return "/avancement?" + urlencode(kept) if kept else "/avancement"


@router.get("/avancement")
def progress_page(
    request: Request,
    here: Here,
    browser: Browser,
    session: Reading,
    *,
    province: Annotated[str, Query(max_length=200)] = "",
    reseau: Annotated[str, Query(max_length=200)] = "",
    etape: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show how far the sites that the person follows are."""
    known = provinces(session, browser.viewer)
    networks = education_networks(session, browser.viewer)
    wanted = ProgressFilter(
        province if province in known else None, reseau if reseau in networks else None
    )
    milestone = Milestone(etape) if etape in set(Milestone) else Milestone.IN_SERVICE
    progress = programme_progress(session, browser.viewer, wanted)
    language = language_of(request, browser.viewer)
    settings = here.settings
    whole = wanted == ProgressFilter() and browser.viewer.everywhere(Right.SEE)
    return page(
        request,
        "programme.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        **view_parts(request, session, browser.viewer),
        choice=_Choice(province, reseau, etape),
        provinces=known,
        networks=networks,
        milestones=list(Milestone),
        milestone=milestone,
        progress=progress,
        shapes=map_of(progress, milestone, language),
        burn_up=burn_up(
            put_in_service(session, browser.viewer, wanted),
            today=clock.now().astimezone(BRUSSELS).date(),
            starts_on=settings.programme_starts_on,
            years=settings.programme_years,
            sites_a_year=settings.programme_sites_a_year,
            applied=applied_plan(session) if whole else None,
        ),
        whole_programme=whole,
    )


def map_of(progress: Progress, milestone: Milestone, language: str) -> list[Shape]:
    """Return every canton, in the order of their names, shaded by how many passed `milestone`."""
    found = [_shape(each, progress.by_canton, milestone, language) for each in cantons().values()]
    return sorted(found, key=lambda shape: shape.name)


def shade(share: float | None) -> int | None:
    """Return the shade of a share from 0 to 1: 0 for none, the last for all but a few."""
    if share is None:
        return None
    return 0 if share == 0 else min(SHADES - 1, 1 + int(share * (SHADES - 1)))


def _shape(
    canton: Canton, tallies: Mapping[str | None, Tally], milestone: Milestone, language: str
) -> Shape:
    tally = tallies.get(canton.id)
    name = canton.name(language)
    return Shape(
        canton=canton,
        name=name,
        path="".join(_ring(ring) for ring in canton.rings),
        label_at=_label_at(canton.rings[0], len(name)),
        tally=tally,
        shade=shade(tally.share(milestone)) if tally else None,
    )


def _ring(ring: tuple[int, ...]) -> str:
    points = " ".join(f"{x},{y}" for x, y in zip(ring[::2], ring[1::2], strict=True))
    return f"M{points}Z"


def _label_at(ring: tuple[int, ...], letters: int) -> tuple[int, int] | None:
    """Return where a name stands: in the middle of its largest outline, if there is room."""
    across, down = ring[::2], ring[1::2]
    width = max(across) - min(across)
    if width < max(_LABEL_FROM, letters * _UNITS_PER_LETTER):
        return None
    return _middle(list(zip(across, down, strict=True)))


def _middle(points: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the centre of gravity of an outline (the shoelace formula)."""
    twice_area = middle_x = middle_y = 0.0
    for one, other in zip(points, (*points[1:], points[0]), strict=True):
        cross = one[0] * other[1] - other[0] * one[1]
        twice_area += cross
        middle_x += (one[0] + other[0]) * cross
        middle_y += (one[1] + other[1]) * cross
    return round(middle_x / (3 * twice_area)), round(middle_y / (3 * twice_area))
