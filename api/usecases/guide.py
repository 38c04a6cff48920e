"""What is to be done at a site, and all that one person has to do, by what the database knows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select as sa_select
from sqlmodel import Session, col, func, select

from api.usecases.brussels import today
from api.usecases.scope import Viewer, visible_sites
from inventory.models import (
    CadastreEdition,
    CadastreRemark,
    CadastreResponse,
    DeadlineClock,
    Dossier,
    Prerequisite,
    Reserve,
    Site,
)
from inventory.programme.dossier import Facts, Measure, Role, Status
from inventory.programme.guide import Situation, Task, Work, tasks

_BATCH = 500


@dataclass(frozen=True, slots=True)
class SiteTask:
    """One task at one site."""

    site_id: int
    site: str
    task: Task


def site_tasks(session: Session, site_id: int) -> tuple[Task, ...]:
    """Return what is to be done at one site by anybody; nothing where it has no dossier."""
    dossiers = session.exec(select(Dossier).where(Dossier.site_id == site_id)).all()
    found = _situations(session, dossiers).get(site_id)
    return tasks(found) if found else ()


def tasks_of(session: Session, viewer: Viewer) -> Iterator[SiteTask]:
    """Yield what falls to `viewer` at every site, in the roles held there; site by site."""
    roles: dict[int, set[Role]] = defaultdict(set)
    for role in dict.fromkeys(grant.role for grant in viewer.grants):
        grants = tuple(grant for grant in viewer.grants if grant.role is role)
        within = visible_sites(replace(viewer, grants=grants))
        query = select(Site.id).where(within, col(Site.closed_on).is_(None))
        for site_id in session.exec(query):
            if site_id is not None:
                roles[site_id].add(Role(role))
    ids = sorted(roles)
    for start in range(0, len(ids), _BATCH):
        yield from _tasks_at(session, ids[start : start + _BATCH], roles)


def _tasks_at(
    session: Session, site_ids: Sequence[int], roles: Mapping[int, set[Role]]
) -> Iterator[SiteTask]:
    rows = session.exec(
        select(Dossier, Site.name)
        .join(Site, col(Site.id) == col(Dossier.site_id))
        .where(col(Dossier.site_id).in_(site_ids))
        .order_by(col(Site.search_key), col(Site.id))
    ).all()
    situations = _situations(session, [dossier for dossier, _ in rows])
    for dossier, name in rows:
        for task in tasks(situations[dossier.site_id]):
            if task.roles & roles[dossier.site_id]:
                yield SiteTask(dossier.site_id, name, task)


def _situations(session: Session, dossiers: Sequence[Dossier]) -> dict[int, Situation]:
    site_ids = [dossier.site_id for dossier in dossiers]
    closes_on = _open_until(session)
    remarks = _remarks(session, site_ids)
    works = _works(session, site_ids)
    reserves = _reserves(session, site_ids)
    terms = _terms(session, [dossier.id for dossier in dossiers if dossier.id])
    return {
        dossier.site_id: Situation(
            status=Status(dossier.status),
            facts=Facts.model_validate(dossier.facts),
            equipment_only=dossier.measures == [Measure.EQUIPMENT],
            closes_on=closes_on,
            remarks=remarks.get(dossier.site_id, 0),
            works=tuple(works.get(dossier.site_id, ())),
            open_reserves=reserves.get(dossier.site_id),
            terms=terms.get(dossier.id or 0, {}),
        )
        for dossier in dossiers
    }


def _open_until(session: Session) -> date | None:
    """Return the last day of the edition that is open today, the newest of several."""
    edition = session.exec(
        select(CadastreEdition)
        .where(col(CadastreEdition.opens_on) <= today(), col(CadastreEdition.closes_on) >= today())
        .order_by(col(CadastreEdition.opens_on).desc())
    ).first()
    return edition.closes_on if edition else None


def _remarks(session: Session, site_ids: Iterable[int]) -> Mapping[int, int]:
    rows = session.exec(
        select(CadastreResponse.site_id, func.count())
        .join(CadastreRemark, col(CadastreRemark.response_id) == col(CadastreResponse.id))
        .where(col(CadastreResponse.site_id).in_(list(site_ids)))
        .where(col(CadastreRemark.settled_at).is_(None))
        .group_by(col(CadastreResponse.site_id))
    )
    return dict(rows.all())


def _works(session: Session, site_ids: Iterable[int]) -> Mapping[int, list[Work]]:
    rows = session.exec(
        select(Prerequisite)
        .where(col(Prerequisite.site_id).in_(list(site_ids)))
        .where(col(Prerequisite.lifted_at).is_(None))
        .order_by(col(Prerequisite.id))
    )
    found: dict[int, list[Work]] = defaultdict(list)
    for row in rows:
        found[row.site_id].append(Work(row.description.rstrip("."), row.due_on))
    return found


def _reserves(session: Session, site_ids: Iterable[int]) -> Mapping[int, int]:
    rows = session.exec(
        select(Reserve.site_id, func.count())
        .where(col(Reserve.site_id).in_(list(site_ids)), col(Reserve.lifted_at).is_(None))
        .group_by(col(Reserve.site_id))
    )
    return dict(rows.all())


def _terms(session: Session, dossier_ids: Iterable[int]) -> Mapping[int, dict[Role, date]]:
    rows = session.execute(
        sa_select(
            col(DeadlineClock.dossier_id),
            col(DeadlineClock.ball),
            func.min(col(DeadlineClock.due_on)),
        )
        .where(col(DeadlineClock.dossier_id).in_(list(dossier_ids)))
        .where(col(DeadlineClock.closed_on).is_(None), col(DeadlineClock.held_on).is_(None))
        .where(col(DeadlineClock.prerequisite_id).is_(None))
        .group_by(col(DeadlineClock.dossier_id), col(DeadlineClock.ball))
    )
    found: dict[int, dict[Role, date]] = defaultdict(dict)
    for dossier_id, ball, due_on in rows:
        found[dossier_id][Role(ball)] = due_on
    return found
