"""The responses to an edition as a list, and how far the campaign is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from api.usecases.scope import Right, Viewer, sites_within
from api.usecases.sites import MAX_ROWS, Position, search_terms
from inventory.models import (
    CadastreEdition,
    CadastreResponse,
    Dossier,
    Implantation,
    School,
    Site,
    SiteImplantation,
)
from inventory.programme.cadastre.states import ResponseState
from inventory.programme.dossier import Status

NOT_STARTED = "not_started"
STATES = (NOT_STARTED, *(state.value for state in ResponseState))
_NOT_ASKED = (Status.INELIGIBLE, Status.DECLINED, Status.DECOMMISSIONED)


class Grouping(StrEnum):
    """By what the progress of an edition is told."""

    PROVINCE = "province"
    EDUCATION_NETWORK = "education_network"


@dataclass(frozen=True, slots=True)
class ResponseFilter:
    """Which responses; None or empty: all of them."""

    state: str | None = None
    province: str | None = None
    network: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ResponseLine:
    """One site of an edition; `updated_at` is None before anybody wrote."""

    site_id: int
    site: str
    commune: str | None
    province: str | None
    state: str
    percent: int
    version: int
    updated_at: datetime | None
    dossier_status: str | None


@dataclass(frozen=True, slots=True)
class ResponsePage:
    """Some lines in the order of the sites' search keys, and where the next page begins."""

    lines: tuple[ResponseLine, ...]
    next: Position | None


@dataclass(frozen=True, slots=True)
class GroupProgress:
    """How far one province or education network is; `name` is None where it is not told."""

    name: str | None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The sites that are asked."""
        return sum(self.counts.values())

    @property
    def sent(self) -> int:
        """The sites that submitted, validated or not."""
        return sum(
            self.counts.get(state, 0)
            for state in (ResponseState.SUBMITTED, ResponseState.VALIDATED)
        )


def list_responses(
    session: Session,
    viewer: Viewer | None,
    edition: CadastreEdition,
    wanted: ResponseFilter,
    *,
    after: Position | None = None,
    limit: int = 50,
) -> ResponsePage:
    """Return the sites that an edition asks and `viewer` may see; None sees all of them."""
    limit = max(1, min(limit, MAX_ROWS))
    query = (
        select(Site, Dossier.status, CadastreResponse)
        .outerjoin(Dossier, col(Dossier.site_id) == col(Site.id))
        .outerjoin(CadastreResponse, _of(edition))
        .where(_asked(), *_conditions(viewer, wanted))
        .order_by(col(Site.search_key), col(Site.id))
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(_beyond(after))
    rows = session.exec(query).all()
    lines = tuple(_line(*row) for row in rows[:limit])
    last = rows[limit - 1][0] if len(rows) > limit else None
    return ResponsePage(lines, Position(last.search_key, last.id or 0) if last else None)


def next_submitted(
    session: Session, viewer: Viewer, edition: CadastreEdition, site_id: int
) -> int | None:
    """Return the next site in the queue after `site_id`, from the beginning after its end."""
    site = session.get(Site, site_id)
    wanted = ResponseFilter(state=ResponseState.SUBMITTED)
    places = [Position(site.search_key, site_id), None] if site else [None]
    for place in places:
        found = list_responses(session, viewer, edition, wanted, after=place, limit=1).lines
        if found and found[0].site_id != site_id:
            return found[0].site_id
    return None


def progress(
    session: Session, viewer: Viewer | None, edition: CadastreEdition, by: Grouping
) -> list[GroupProgress]:
    """Return how many sites are where, by province or by education network.

    A site with schools of two networks counts in both.
    """
    group: Any = col(Site.province)
    sites = select(func.count(func.distinct(col(Site.id))), col(CadastreResponse.state))
    query = (
        sites.select_from(Site)
        .outerjoin(Dossier, col(Dossier.site_id) == col(Site.id))
        .outerjoin(CadastreResponse, _of(edition))
    )
    if by is Grouping.EDUCATION_NETWORK:
        group = col(School.education_network)
        query = (
            query.join(SiteImplantation, col(SiteImplantation.site_id) == col(Site.id))
            .join(Implantation, col(Implantation.id) == col(SiteImplantation.implantation_id))
            .join(School, col(School.id) == col(Implantation.school_id))
            .where(col(Implantation.closed_on).is_(None))
        )
    grouped = (
        query.add_columns(group)
        .where(_asked(), _within(viewer))
        .group_by(group, col(CadastreResponse.state))
    )
    rows = session.connection().execute(grouped).all()
    found: dict[str | None, GroupProgress] = {}
    for count, state, name in rows:
        line = found.setdefault(name, GroupProgress(name))
        line.counts[state.value if state is not None else NOT_STARTED] = count
    return sorted(found.values(), key=lambda each: (each.name is None, each.name or ""))


def total(lines: Sequence[GroupProgress]) -> GroupProgress:
    """Return the sum of some groups."""
    summed: dict[str, int] = {}
    for line in lines:
        for state, count in line.counts.items():
            summed[state] = summed.get(state, 0) + count
    return GroupProgress(None, summed)


def _line(site: Site, status: str | None, row: CadastreResponse | None) -> ResponseLine:
    return ResponseLine(
        site_id=site.id or 0,
        site=site.name,
        commune=site.commune,
        province=site.province,
        state=row.state.value if row is not None else NOT_STARTED,
        percent=row.percent if row is not None else 0,
        version=row.version if row is not None else 0,
        updated_at=row.updated_at if row is not None else None,
        dossier_status=status,
    )


def _of(edition: CadastreEdition) -> ColumnElement[bool]:
    return and_(
        col(CadastreResponse.site_id) == col(Site.id),
        col(CadastreResponse.edition_id) == edition.id,
    )


def _asked() -> ColumnElement[bool]:
    """Return whether a site is asked: it is open and in the programme, or it answered."""
    open_site = and_(
        col(Site.closed_on).is_(None),
        col(Dossier.status).is_not(None),
        col(Dossier.status).not_in(_NOT_ASKED),
    )
    return or_(open_site, col(CadastreResponse.id).is_not(None))


def _within(viewer: Viewer | None) -> ColumnElement[bool]:
    if viewer is None:
        return col(Site.id).is_not(None)
    return sites_within(viewer, Right.SEE_CADASTRE)


def _conditions(viewer: Viewer | None, wanted: ResponseFilter) -> Iterator[ColumnElement[bool]]:
    yield _within(viewer)
    if wanted.state == NOT_STARTED:
        yield col(CadastreResponse.id).is_(None)
    elif wanted.state:
        yield col(CadastreResponse.state) == wanted.state
    if wanted.province:
        yield col(Site.province) == wanted.province
    if wanted.network:
        yield col(Site.id).in_(
            select(SiteImplantation.site_id)
            .join(Implantation, col(Implantation.id) == col(SiteImplantation.implantation_id))
            .join(School, col(School.id) == col(Implantation.school_id))
            .where(School.education_network == wanted.network)
        )
    for term in search_terms(wanted.text):
        yield col(Site.search_key).contains(term, autoescape=True)


def _beyond(place: Position) -> ColumnElement[bool]:
    return or_(
        col(Site.search_key) > place.search_key,
        and_(col(Site.search_key) == place.search_key, col(Site.id) > place.site_id),
    )
