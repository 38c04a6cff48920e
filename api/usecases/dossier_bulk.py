"""One move for many dossiers: tried without writing, then each site in its own transaction.

A request is written down first, with the version at which each dossier was chosen. Each site is
then moved together with its outcome, so that a run that was killed goes on where it stopped, and
the same request asked again moves nothing twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from api.usecases.access import viewer_named
from api.usecases.acting import acting_role
from api.usecases.dossier_state import EvidenceFile, dossier_now, dossier_of_site
from api.usecases.dossiers import MoveRefused, advance, judge_move
from api.usecases.progress import Progress
from api.usecases.scope import Right, Viewer, sites_within
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotAllowed, NotFound, PreauError
from inventory.models import BulkMove, BulkMoveSite, BulkState, Dossier, Site
from inventory.programme.dossier import EvidenceKind, Status
from inventory.sentences import Sentence, worded, wording

MOST_SITES = 5000
_MAX_REQUEST_ID = 80


@dataclass(frozen=True, slots=True)
class Choice:
    """Which dossiers: those that fit everything that is said."""

    site_ids: tuple[int, ...] | None = None
    status: Status | None = None
    province: str | None = None
    lot_id: int | None = None


@dataclass(frozen=True, slots=True)
class WantedMove:
    """A move, with what is told and handed in for each of the dossiers."""

    to: Status
    reason: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[EvidenceFile, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteOutcome:
    """What comes, or came, of one site; `said` is why it is refused."""

    site_id: int
    site: str
    state: BulkState
    version: int
    said: str | None = None


def chosen_sites(session: Session, viewer: Viewer, choice: Choice) -> list[int]:
    """Return the sites of a choice at which `viewer` may move many dossiers, by number.

    Raises InvalidInput for more than `MOST_SITES`.
    """
    query = (
        select(Dossier.site_id)
        .join(Site, col(Site.id) == col(Dossier.site_id))
        .where(sites_within(viewer, Right.MOVE_MANY))
    )
    if choice.site_ids is not None:
        query = query.where(col(Dossier.site_id).in_(choice.site_ids))
    if choice.status is not None:
        query = query.where(Dossier.status == choice.status)
    if choice.province is not None:
        query = query.where(Site.province == choice.province)
    if choice.lot_id is not None:
        query = query.where(Dossier.lot_id == choice.lot_id)
    found = list(session.exec(query.order_by(col(Dossier.site_id)).limit(MOST_SITES + 1)))
    if len(found) > MOST_SITES:
        raise InvalidInput(
            Sentence("Ce choix a trop d’écoles à la fois"), todo=Sentence("choisissez-en moins")
        )
    return found


def try_many(
    session: Session, viewer: Viewer, site_ids: Sequence[int], wanted: WantedMove
) -> list[SiteOutcome]:
    """Return what would come of each site; nothing is written."""
    return [_tried(session, viewer, site_id, wanted) for site_id in site_ids]


def ask_many(
    session: Session,
    viewer: Viewer,
    request_id: str,
    site_ids: Sequence[int],
    wanted: WantedMove,
    *,
    seen: Mapping[int, int] | None = None,
) -> BulkMove:
    """Write a request down and return it; the same request again is the one there is.

    `seen`: the version by site that was looked at; a dossier that moved since will be refused. For
    a site that it does not hold, and without it, the version is that of now.
    Raises InvalidInput without sites or with a request id that is too long, Conflict when the id
    was given to another request.
    """
    if not 0 < len(request_id) <= _MAX_REQUEST_ID:
        raise InvalidInput(
            Sentence("Un identifiant de demande a de 1 à 80 caractères"),
            todo=Sentence("donnez un UUID"),
        )
    found = session.exec(select(BulkMove).where(BulkMove.request_id == request_id)).first()
    if found is not None:
        if (found.actor, found.to_status) != (viewer.actor, wanted.to) or found.reason != (
            wanted.reason or None
        ):
            raise Conflict(
                Sentence("Cet identifiant a servi à une autre demande"),
                todo=Sentence("prenez-en un nouveau"),
            )
        return found
    if not site_ids:
        raise InvalidInput(Sentence("Aucune école n’est choisie"))
    row = BulkMove(
        request_id=request_id,
        actor=viewer.actor,
        to_status=wanted.to,
        reason=wanted.reason or None,
        facts=dict(wanted.facts),
        evidence=[_kept(each) for each in wanted.evidence],
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    found_now = session.exec(
        select(Dossier.site_id, Dossier.version).where(col(Dossier.site_id).in_(site_ids))
    )
    versions = {site_id: (seen or {}).get(site_id, version) for site_id, version in found_now}
    session.add_all(
        BulkMoveSite(bulk_move_id=row.id, site_id=site_id, version=versions[site_id])
        for site_id in dict.fromkeys(site_ids)
        if site_id in versions
    )
    session.flush()
    return row


def advance_many(
    database: Database, viewer: Viewer, bulk_id: int, *, on_progress: Progress | None = None
) -> list[SiteOutcome]:
    """Move every site of a request that was not yet moved or refused; return every outcome.

    Each site has a transaction of its own: a refusal stops no other, and a run that is killed is
    gone on with by calling this again. Raises NotFound for a request of somebody else's.
    """
    with database.read() as session:
        row = own_request(session, viewer, bulk_id)
        wanted = _wanted(row)
        pending = session.exec(
            select(BulkMoveSite.id)
            .where(BulkMoveSite.bulk_move_id == bulk_id, BulkMoveSite.state == BulkState.PENDING)
            .order_by(col(BulkMoveSite.site_id))
        ).all()
    for number, item_id in enumerate(pending, start=1):
        with database.write(viewer.actor) as session:
            _move_one(session, viewer, int(item_id or 0), wanted)
        if on_progress is not None:
            on_progress("dossiers moved", number, len(pending))
    with database.write(viewer.actor) as session:
        row = own_request(session, viewer, bulk_id)
        row.finished_at = row.finished_at or clock.now()
    with database.read() as session:
        return outcomes_of(session, viewer, bulk_id)


def advance_as_asked(
    database: Database, bulk_id: int, *, asked_by: str, on_progress: Progress | None = None
) -> dict[str, int]:
    """Go on with a request as its own asker, with what they may do now; return the counts.

    Raises NotFound when the account is gone or closed.
    """
    with database.read() as session:
        viewer = viewer_named(session, asked_by)
    outcomes = advance_many(database, viewer, bulk_id, on_progress=on_progress)
    return {state.value: sum(each.state is state for each in outcomes) for state in BulkState}


def own_request(session: Session, viewer: Viewer, bulk_id: int) -> BulkMove:
    """Return a request of `viewer`'s own; raises NotFound."""
    row = session.get(BulkMove, bulk_id)
    if row is None or row.actor != viewer.actor:
        raise NotFound(Sentence("La demande %(bulk_id)s n’existe pas", bulk_id=bulk_id))
    return row


def visible_request(session: Session, viewer: Viewer, bulk_id: int) -> BulkMove:
    """Return a request about a site at which `viewer` may move many; raises NotFound."""
    found = session.exec(
        select(BulkMove).where(BulkMove.id == bulk_id, _about_sites_of(viewer))
    ).first()
    if found is None:
        raise NotFound(Sentence("La demande %(bulk_id)s n’existe pas", bulk_id=bulk_id))
    return found


def outcomes_of(session: Session, viewer: Viewer, bulk_id: int) -> list[SiteOutcome]:
    """Return what came of each site that is in `viewer`'s scope, the refused ones first."""
    visible_request(session, viewer, bulk_id)
    rows = session.exec(
        select(BulkMoveSite, Site.name)
        .join(Site, col(Site.id) == col(BulkMoveSite.site_id))
        .where(BulkMoveSite.bulk_move_id == bulk_id, sites_within(viewer, Right.MOVE_MANY))
        .order_by(col(BulkMoveSite.state).desc(), col(Site.search_key), col(Site.id))
    )
    return [
        SiteOutcome(
            each.site_id,
            name,
            each.state,
            each.version,
            worded(each.message, each.wording) if each.message else None,
        )
        for each, name in rows
    ]


def list_requests(
    session: Session, viewer: Viewer, *, before: int | None = None, limit: int = 20
) -> list[tuple[BulkMove, dict[str, int]]]:
    """Return requests about sites in `viewer`'s scope, newest first, counted by state."""
    query = select(BulkMove).where(_about_sites_of(viewer))
    if before is not None:
        query = query.where(col(BulkMove.id) < before)
    rows = session.exec(query.order_by(col(BulkMove.id).desc()).limit(limit)).all()
    counted: dict[int, dict[str, int]] = {}
    states = (
        select(BulkMoveSite.bulk_move_id, BulkMoveSite.state, func.count())
        .join(Site, col(Site.id) == col(BulkMoveSite.site_id))
        .where(col(BulkMoveSite.bulk_move_id).in_([row.id for row in rows]))
        .where(sites_within(viewer, Right.MOVE_MANY))
        .group_by(col(BulkMoveSite.bulk_move_id), col(BulkMoveSite.state))
    )
    for bulk_id, state, number in session.exec(states):
        counted.setdefault(bulk_id, {})[BulkState(state).value] = number
    return [(row, counted.get(row.id or 0, {})) for row in rows]


def _about_sites_of(viewer: Viewer) -> ColumnElement[bool]:
    sites = select(col(Site.id)).where(sites_within(viewer, Right.MOVE_MANY))
    about = select(BulkMoveSite.id).where(
        BulkMoveSite.bulk_move_id == BulkMove.id, col(BulkMoveSite.site_id).in_(sites)
    )
    return about.exists()


def _move_one(session: Session, viewer: Viewer, item_id: int, wanted: WantedMove) -> None:
    item = session.exec(
        select(BulkMoveSite).where(BulkMoveSite.id == item_id).with_for_update()
    ).one()
    if item.state is not BulkState.PENDING:
        return
    try:
        with session.begin_nested():
            given = _given(session, viewer, item.site_id, wanted, lock=True)
            step = advance(
                session,
                item.site_id,
                wanted.to,
                actor=viewer.actor,
                version=item.version,
                **given,
            )
        item.transition_id, item.state = step.id, BulkState.MOVED
    except PreauError as error:
        said = _said(error)
        item.message, item.wording, item.state = str(said), wording(said), BulkState.REFUSED


def _tried(session: Session, viewer: Viewer, site_id: int, wanted: WantedMove) -> SiteOutcome:
    site = session.get(Site, site_id)
    name = site.name if site is not None else str(site_id)
    version = 0
    try:
        version = dossier_of_site(session, site_id).version
        judge_move(session, to=wanted.to, **_given(session, viewer, site_id, wanted))
    except PreauError as error:
        return SiteOutcome(site_id, name, BulkState.REFUSED, version, _said(error))
    return SiteOutcome(site_id, name, BulkState.MOVED, version)


def _given(
    session: Session, viewer: Viewer, site_id: int, wanted: WantedMove, *, lock: bool = False
) -> dict[str, Any]:
    """Return what a move is made with; raises NotAllowed where the person may not move many."""
    allowed = sites_within(viewer, Right.MOVE_MANY)
    if session.exec(select(Site.id).where(col(Site.id) == site_id, allowed)).first() is None:
        raise NotAllowed(Sentence("Votre rôle ne permet pas de faire avancer ce dossier"))
    now = dossier_now(session, site_id, lock=lock)
    return {
        "now": now,
        "role": acting_role(session, viewer, now, wanted.to),
        "reason": wanted.reason,
        "facts": wanted.facts,
        "evidence": wanted.evidence,
    }


def _said(error: PreauError) -> str:
    if isinstance(error, MoveRefused):
        return error.missing[0] if len(error.missing) == 1 else " ".join(error.missing)
    if isinstance(error, Conflict):
        return Sentence("Le dossier a changé entre-temps.")
    return error.what


def _kept(file: EvidenceFile) -> dict[str, Any]:
    return {
        "kind": file.kind.value,
        "file_name": file.file_name,
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
        "upload_id": file.upload_id,
    }


def _wanted(row: BulkMove) -> WantedMove:
    files = (EvidenceFile(**{**each, "kind": EvidenceKind(each["kind"])}) for each in row.evidence)
    return WantedMove(Status(row.to_status), row.reason, row.facts, tuple(files))
