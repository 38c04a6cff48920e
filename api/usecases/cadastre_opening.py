"""An edition of the cadastre opened: the identified sites are asked for their answers.

What was shown is what is opened: who decides sees how many sites wait, and a digest stands for
exactly these, each as its dossier stood. A site that moved since is refused, the others are asked.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, select

from api.usecases.brussels import today
from api.usecases.cadastre_editions import edition_of
from api.usecases.dossier_state import dossier_of_site
from api.usecases.dossiers import MoveRefused, advance
from api.usecases.progress import Progress, quiet
from inventory.database import Database
from inventory.errors import Conflict, PreauError
from inventory.models import Dossier, Site
from inventory.programme.dossier import Role, Status
from inventory.sentences import Sentence

_BATCH = 100
_STEP = "schools asked"
CHANGED = Sentence("Les écoles qui attendent ne sont plus celles qui ont été montrées")


@dataclass(frozen=True, slots=True)
class Waiting:
    """The identified sites, each with its dossier's version. `digest` stands for exactly these."""

    versions: Mapping[int, int]
    by_province: Mapping[str | None, int]
    digest: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of one site when an edition was opened; `refused` says why not."""

    site_id: int
    site: str
    refused: tuple[str, ...] = ()


def waiting_sites(session: Session, within: ColumnElement[bool] | None = None) -> Waiting:
    """Return the sites within scope that would be asked now."""
    found = session.exec(
        select(Site.id, Dossier.version, Site.province)
        .join(Dossier, col(Dossier.site_id) == col(Site.id))
        .where(Dossier.status == Status.IDENTIFIED, col(Site.closed_on).is_(None))
        .where(within if within is not None else true())
        .order_by(col(Site.id))
    ).all()
    versions = {site_id or 0: version for site_id, version, _ in found}
    told = json.dumps(list(versions.items()))
    by_province = Counter(province for _, _, province in found)
    return Waiting(versions, by_province, hashlib.sha256(told.encode()).hexdigest())


def refuse_opening(session: Session, code: str) -> None:
    """Raise Conflict before an edition opens, NotFound for one that is not there."""
    edition = edition_of(session, code)
    if today() < edition.opens_on:
        raise Conflict(
            Sentence("L’édition %(code)s ouvre le %(day)s", code=code, day=edition.opens_on)
        )


def open_edition(
    database: Database,
    code: str,
    *,
    actor: str,
    within: ColumnElement[bool] | None = None,
    limit: int | None = None,
    seen: Mapping[int, int] | None = None,
    on_progress: Progress = quiet,
) -> tuple[list[Opened], int]:
    """Ask identified sites within scope for their cadastre; `limit` of them, or all.

    With `seen` (sites with the versions that were looked at), these alone and as they were; one
    that is asked already, as by a run that was killed, is left and told as asked.

    Returns what became of each, and how many were left for another call. A site that the machine
    refuses does not stop the others. Raises Conflict before the edition opens.
    """
    with database.read() as session:
        refuse_opening(session, code)
        wanted = list(waiting_sites(session, within).versions) if seen is None else list(seen)
    left = 0 if limit is None else max(0, len(wanted) - limit)
    wanted = wanted[: len(wanted) - left]
    done: list[Opened] = []
    for start in range(0, len(wanted), _BATCH):
        with database.write(actor) as session:
            done += _ask_some(session, wanted[start : start + _BATCH], actor, within, seen)
        on_progress(_STEP, len(done), len(wanted))
    return done, left


def _ask_some(
    session: Session,
    site_ids: Sequence[int],
    actor: str,
    within: ColumnElement[bool] | None,
    seen: Mapping[int, int] | None,
) -> list[Opened]:
    names = {
        site_id or 0: name
        for site_id, name in session.exec(
            select(Site.id, Site.name)
            .where(col(Site.id).in_(site_ids))
            .where(within if within is not None else true())
        )
    }
    return [
        _ask(session, site_id, names[site_id], actor, seen[site_id] if seen else None)
        for site_id in site_ids
        if site_id in names  # out of scope meanwhile: not there
    ]


def _ask(session: Session, site_id: int, name: str, actor: str, version: int | None) -> Opened:
    asked = Status.CADASTRE_PENDING
    if version is not None and dossier_of_site(session, site_id).status == asked:
        return Opened(site_id, name)
    try:
        role = Role.CADASTRE_MANAGER
        advance(session, site_id, asked, actor=actor, role=role, version=version)
    except MoveRefused as refused:
        return Opened(site_id, name, refused.missing)
    except PreauError as error:
        return Opened(site_id, name, (error.as_sentence(),))
    return Opened(site_id, name)
