"""Jobs that people ask for: who may ask for what, and who sees which."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from api.jobs.queue import enqueue
from api.usecases.scope import Right, Viewer, visible_sites
from api.usecases.site_detail import site_to_work_on
from inventory.errors import InvalidInput, NotAllowed, NotFound
from inventory.models import Job, Site
from inventory.sentences import Sentence

# What a person may ask for. `discover` needs ranges: a command's, not a button's.
REQUESTABLE = ("audit", "poll")


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A kind of job for one site, or for every site."""

    kind: str
    site_id: int | None = None


def request_job(session: Session, viewer: Viewer, wanted: JobRequest) -> Job:
    """Queue a job in the name of `viewer` and return it, or the same one that already waits.

    Raises NotFound for a site out of scope, NotAllowed without the right to run jobs there,
    InvalidInput for a kind that cannot be asked for.
    """
    if wanted.kind not in REQUESTABLE:
        raise InvalidInput(
            Sentence("«\u00a0%(kind)s\u00a0» n’est pas une tâche qui se demande", kind=wanted.kind),
            todo=Sentence("l’un de\u00a0: %(choices)s", choices=", ".join(REQUESTABLE)),
        )
    if wanted.site_id is None:
        allowed = viewer.everywhere(Right.RUN_JOBS)
    else:
        allowed = site_to_work_on(session, viewer, wanted.site_id, Right.RUN_JOBS) is not None
    if not allowed:
        raise NotAllowed(Sentence("Votre rôle ne lance pas de travaux à cet endroit"))
    arguments: dict[str, Any] = {} if wanted.site_id is None else {"site_id": wanted.site_id}
    return enqueue(session, wanted.kind, arguments, viewer.actor)


def visible_jobs(viewer: Viewer) -> ColumnElement[bool]:
    """Return the WHERE clause on Job: the viewer's own, and those of the sites it may see."""
    if viewer.everywhere(Right.SEE):
        return true()
    sites = select(col(Site.id)).where(visible_sites(viewer))
    return or_(
        col(Job.requested_by) == viewer.actor,
        and_(col(Job.site_id).is_not(None), col(Job.site_id).in_(sites)),
    )


def visible_job(session: Session, viewer: Viewer, job_id: int) -> Job:
    """Return a job that `viewer` may see; raises NotFound."""
    job = session.exec(select_rows(Job).where(Job.id == job_id, visible_jobs(viewer))).first()
    if job is None:
        raise NotFound(Sentence("Il n’y a pas de travail n°%(id)s", id=job_id))
    return job


def list_jobs(
    session: Session, viewer: Viewer, *, before: int | None = None, limit: int = 50
) -> list[Job]:
    """Return the jobs that `viewer` may see, newest first, those before the id `before`."""
    query = select_rows(Job).where(visible_jobs(viewer))
    if before is not None:
        query = query.where(col(Job.id) < before)
    return list(session.exec(query.order_by(col(Job.id).desc()).limit(limit)))
