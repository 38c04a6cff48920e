"""Moving dossiers in a person's name: in a role held there, about a state that was seen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from api.usecases.acting import acting_role, roles_at
from api.usecases.dossier_state import DossierNow, EvidenceFile, dossier_now
from api.usecases.dossiers import PossibleMove, advance, possible_moves
from api.usecases.scope import Right, Viewer
from api.usecases.site_detail import site_to_work_on
from api.usecases.uploads import visible_upload
from inventory.errors import InvalidInput, NotAllowed
from inventory.models import Dossier, DossierTransition, UserRole
from inventory.programme.dossier import EvidenceKind, Measure, Role, Status
from inventory.sentences import Sentence

_MAX_STEPS_TOLD = 50


@dataclass(frozen=True, slots=True)
class WantedMove:
    """What somebody asks of one dossier; `evidence` are documents by the id of their upload."""

    site_id: int
    to: Status
    role: UserRole | None = None
    reason: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[tuple[EvidenceKind, int], ...] = ()
    measures: frozenset[Measure] | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A dossier after a move, and the step that it made."""

    dossier: Dossier
    step: DossierTransition


class Stale(Exception):
    """The dossier is no longer what the asker saw; `steps` are those made meanwhile, if known."""

    def __init__(self, dossier: Dossier, steps: tuple[DossierTransition, ...]) -> None:
        super().__init__()
        self.dossier, self.steps = dossier, steps


def moves_for(
    session: Session, viewer: Viewer, site_id: int
) -> tuple[tuple[PossibleMove, frozenset[Role]], ...]:
    """Return every move that leaves a dossier's status, with the viewer's roles that make it."""
    held = frozenset(roles_at(session, viewer, site_id))
    return tuple((move, held & frozenset(move.roles)) for move in possible_moves(session, site_id))


def move_dossier(
    session: Session,
    viewer: Viewer,
    wanted: WantedMove,
    *,
    seen: Callable[[int], bool],
    seen_version: int | None = None,
) -> Moved:
    """Move a dossier whose version `seen` holds for, and return it with the step.

    Raises NotFound, NotAllowed, Stale, MoveRefused with all that is missing, and InvalidInput for a
    document that is not of this site or a fact that does not fit; nothing is kept of such a move.
    """
    if site_to_work_on(session, viewer, wanted.site_id, Right.MOVE_DOSSIERS) is None:
        raise NotAllowed(Sentence("Votre rôle ne fait avancer aucun dossier ici"))
    now = dossier_now(session, wanted.site_id, lock=True)
    if not seen(now.row.version):
        raise Stale(now.row, _steps_since(session, now.row, seen_version))
    step = advance(
        session,
        wanted.site_id,
        wanted.to,
        actor=viewer.actor,
        role=_acting_role(session, viewer, now, wanted),
        reason=wanted.reason,
        facts=wanted.facts,
        evidence=[
            _document(session, viewer, wanted.site_id, kind, upload_id)
            for kind, upload_id in wanted.evidence
        ],
        measures=wanted.measures,
        now=now,
    )
    return Moved(now.row, step)


def _acting_role(session: Session, viewer: Viewer, now: DossierNow, wanted: WantedMove) -> Role:
    """Return the role that was asked for, which must be held here; else the one that fits."""
    if wanted.role is None:
        return acting_role(session, viewer, now, wanted.to)
    role = Role(wanted.role)
    if role not in roles_at(session, viewer, wanted.site_id):
        raise NotAllowed(
            Sentence(
                "Vous n’avez pas ce rôle pour ce site\u00a0: %(role)s", role=Sentence(role.label)
            )
        )
    return role


def _document(
    session: Session, viewer: Viewer, site_id: int, kind: EvidenceKind, upload_id: int
) -> EvidenceFile:
    upload = visible_upload(session, viewer, upload_id)
    if upload.site_id != site_id:
        raise InvalidInput(
            Sentence("Le fichier n°%(id)s n’a pas été remis pour ce site", id=upload_id)
        )
    return EvidenceFile.of_upload(kind, upload)


def _steps_since(
    session: Session, dossier: Dossier, version: int | None
) -> tuple[DossierTransition, ...]:
    """Return the steps after a version, oldest first; each step raises the version by one."""
    if version is None or not 0 < dossier.version - version <= _MAX_STEPS_TOLD:
        return ()
    steps = session.exec(
        select(DossierTransition)
        .where(DossierTransition.dossier_id == dossier.id)
        .order_by(col(DossierTransition.id).desc())
        .limit(dossier.version - version)
    ).all()
    return tuple(reversed(steps))
