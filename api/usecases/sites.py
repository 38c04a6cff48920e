"""The list of sites as a person sees it: found, filtered, page by page, with how each one does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    not_,
    or_,
)
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from api.usecases.scope import Viewer, visible_sites
from inventory import clock
from inventory.errors import NotFound
from inventory.findings.finding import Severity
from inventory.models import (
    Device,
    Dossier,
    FindingRow,
    Health,
    Implantation,
    Lifecycle,
    School,
    Site,
    SiteImplantation,
    Waiver,
)
from inventory.programme.cantons import canton_of
from inventory.programme.spelling import plain
from inventory.sentences import Sentence

MAX_ROWS = 200
_MAX_TERMS, _MAX_TEXT = 8, 200


class Condition(StrEnum):
    """How a site does, as a filter."""

    DOWN = "down"
    FINDINGS = "findings"
    WELL = "well"
    UNEQUIPPED = "unequipped"


@dataclass(frozen=True, slots=True)
class SiteFilter:
    """What to look for; None or empty: everything."""

    text: str = ""
    province: str | None = None
    canton: str | None = None
    status: str | None = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of the list ended: the key that the next page begins after."""

    search_key: str
    site_id: int


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One site in a list. `open_findings` counts by severity; None is "not told"."""

    id: int
    name: str
    address: str | None
    commune: str | None
    province: str | None
    schools: tuple[str, ...]
    status: str | None
    devices_ok: int
    devices_total: int
    devices_down: int
    open_findings: dict[Severity, int]
    last_seen_at: datetime | None

    @property
    def worst_severity(self) -> Severity | None:
        """Return the gravest severity among the open findings."""
        return next((each for each in Severity if self.open_findings.get(each)), None)


@dataclass(frozen=True, slots=True)
class SitePage:
    """Some sites, in the order of their search key, and where the next page begins."""

    sites: tuple[SiteLine, ...]
    next: Position | None


def list_sites(
    session: Session,
    viewer: Viewer,
    wanted: SiteFilter,
    *,
    after: Position | None = None,
    limit: int = 50,
) -> SitePage:
    """Return the sites that `viewer` may see and that fit `wanted`, at most `limit` of them."""
    limit = max(1, min(limit, MAX_ROWS))
    query = (
        _shown()
        .where(visible_sites(viewer), *_conditions(session, wanted))
        .order_by(col(Site.search_key), col(Site.id))
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(site_after(after))
    rows = session.execute(query).all()
    shown = rows[:limit]
    more = Position(shown[-1].search_key, shown[-1].id) if len(rows) > limit else None
    return SitePage(_lines(session, shown), more)


def site_line(session: Session, viewer: Viewer, site_id: int) -> SiteLine:
    """Return one site; raises NotFound when it is not there or out of the viewer's scope."""
    found = _shown().where(col(Site.id) == site_id, visible_sites(viewer))
    row = session.execute(found).first()
    if row is None:
        raise NotFound(Sentence("Il n’y a pas de site n°%(id)s", id=site_id))
    return _lines(session, [row])[0]


def provinces(session: Session, viewer: Viewer) -> list[str]:
    """Return the provinces of the sites that `viewer` may see, in order."""
    query = (
        select(Site.province)
        .where(visible_sites(viewer), col(Site.province).is_not(None))
        .distinct()
        .order_by(col(Site.province))
    )
    return [name for name in session.exec(query) if name]


def search_terms(text: str) -> list[str]:
    """Return the words of `text` as a search key holds them: unaccented, lower case."""
    return plain(text[:_MAX_TEXT]).split()[:_MAX_TERMS]


def site_after(position: Position) -> ColumnElement[bool]:
    """Return the WHERE clause on Site of what comes after a place in the order of search keys."""
    # Written out and not as a row value: both databases then use the index.
    return or_(
        col(Site.search_key) > position.search_key,
        and_(
            col(Site.search_key) == position.search_key,
            col(Site.id) > position.site_id,
        ),
    )


def _conditions(session: Session, wanted: SiteFilter) -> list[ColumnElement[bool]]:
    found = [
        col(Site.search_key).contains(term, autoescape=True) for term in search_terms(wanted.text)
    ]
    found.append(col(Site.closed_on).is_(None))
    if wanted.province:
        found.append(col(Site.province) == wanted.province)
    if wanted.canton:
        found.append(col(Site.commune).in_(_communes_of(session, wanted.canton)))
    if wanted.status:
        found.append(col(Dossier.status) == wanted.status)
    if wanted.condition:
        found.append(_in_condition(wanted.condition))
    return found


def _communes_of(session: Session, canton: str) -> list[str]:
    """Return the communes of a canton, by all the names that sites have of them."""
    names = session.exec(select(Site.commune).distinct()).all()
    return sorted(
        name for name in names if name and (found := canton_of(name)) and found.id == canton
    )


def _in_condition(condition: Condition) -> ColumnElement[bool]:
    standing = select(Device.id).where(Device.site_id == Site.id, _stands()).exists()
    down = (
        select(Device.id)
        .where(Device.site_id == Site.id, _stands(), Device.health == Health.DOWN)
        .exists()
    )
    found = (
        select(FindingRow.id)
        .where(FindingRow.site_id == Site.id, _counts(clock.now()))
        .where(FindingRow.severity != Severity.INFO)
        .exists()
    )
    return {
        Condition.DOWN: down,
        Condition.FINDINGS: found,
        Condition.WELL: and_(standing, not_(down), not_(found)),
        Condition.UNEQUIPPED: not_(standing),
    }[condition]


def _stands() -> ColumnElement[bool]:
    """Devices that should answer: neither still to come nor gone."""
    return col(Device.lifecycle).in_([Lifecycle.INSTALLED, Lifecycle.ACTIVE, Lifecycle.FAULTY])


def _counts(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Select findings that are open and that nobody accepted for a while."""
    accepted = (
        select(Waiver.id)
        .where(Waiver.rule_id == FindingRow.rule_id, Waiver.subject == FindingRow.subject)
        .where(col(Waiver.ends_at) > now)
        .exists()
    )
    return and_(col(FindingRow.resolved_at).is_(None), not_(accepted))


def _shown() -> Select[Any]:
    # Columns and not sites: a session makes an object of each that it is asked for.
    query: Any = sa_select(
        col(Site.id),
        col(Site.name),
        col(Site.address),
        col(Site.commune),
        col(Site.province),
        col(Site.search_key),
        col(Dossier.status),
    )
    shown: Select[Any] = query.outerjoin(Dossier, col(Dossier.site_id) == col(Site.id))
    return shown


def _lines(session: Session, rows: Sequence[Row[Any]]) -> tuple[SiteLine, ...]:
    ids = [row.id for row in rows]
    schools = _schools(session, ids)
    devices = _devices(session, ids)
    findings = _findings(session, ids)
    lines = []
    for row in rows:
        counted = devices.get(row.id)
        lines.append(
            SiteLine(
                id=row.id,
                name=row.name,
                address=row.address,
                commune=row.commune,
                province=row.province,
                schools=tuple(schools.get(row.id, ())),
                status=row.status,
                devices_ok=int(counted.ok) if counted else 0,
                devices_total=int(counted.total) if counted else 0,
                devices_down=int(counted.down) if counted else 0,
                open_findings=findings.get(row.id, {}),
                last_seen_at=counted.last_seen_at if counted else None,
            )
        )
    return tuple(lines)


# What a list tells of its sites: made once, since each page asks all three.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def _sum_of(health: Health) -> ColumnElement[int]:
    return func.sum(case((col(Device.health) == health, 1), else_=0))


_SCHOOLS_OF = (
    sa_select(col(SiteImplantation.site_id), col(School.name))
    .join(Implantation, col(Implantation.id) == col(SiteImplantation.implantation_id))
    .join(School, col(School.id) == col(Implantation.school_id))
    .where(col(SiteImplantation.site_id).in_(_IDS))
    .distinct()
    .order_by(col(School.name))
)
_DEVICES_OF = (
    sa_select(
        col(Device.site_id),
        func.count().label("total"),
        _sum_of(Health.OK).label("ok"),
        _sum_of(Health.DOWN).label("down"),
        func.max(col(Device.last_seen_at)).label("last_seen_at"),
    )
    .where(col(Device.site_id).in_(_IDS), _stands())
    .group_by(col(Device.site_id))
)
_FINDINGS_OF = (
    sa_select(col(FindingRow.site_id), col(FindingRow.severity), func.count())
    .where(col(FindingRow.site_id).in_(_IDS), _counts(bindparam("now")))
    .group_by(col(FindingRow.site_id), col(FindingRow.severity))
)


def _schools(session: Session, site_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for site_id, name in session.connection().execute(_SCHOOLS_OF, {"ids": site_ids}).all():
        found.setdefault(site_id, []).append(name)
    return found


def _devices(session: Session, site_ids: list[int]) -> dict[int, Row[Any]]:
    rows: Iterable[Any] = session.connection().execute(_DEVICES_OF, {"ids": site_ids}).all()
    return {row.site_id: row for row in rows}


def _findings(session: Session, site_ids: list[int]) -> dict[int, dict[Severity, int]]:
    told = {"ids": site_ids, "now": clock.now()}
    found: dict[int, dict[Severity, int]] = {}
    rows: Iterable[Any] = session.connection().execute(_FINDINGS_OF, told).all()
    for site_id, severity, count in rows:
        found.setdefault(site_id, {})[Severity(severity)] = count
    return found
