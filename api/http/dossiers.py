"""/api/v1/…/dossier: where a site stands, what may be done next, and moving it."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.http.answers import DossierAnswer, TransitionAnswer
from api.http.conditional import READ_RESPONSES, WRITE_RESPONSES, Reads, Writes
from api.http.cursor import MAX_ROW_ID
from api.http.dependencies import ApiViewer, Here, Reading, RowId, Speech
from api.http.needs import Needs
from api.http.problems import Changed
from api.usecases import site_detail
from api.usecases.moving import Moved, Stale, WantedMove, move_dossier, moves_for
from api.usecases.scope import Right
from api.web.language import Tongue
from inventory.errors import NotFound
from inventory.models import Dossier, DossierTransition, UserRole
from inventory.programme.dossier import EvidenceKind, Measure, Role, Status
from inventory.sentences import Sentence

router = APIRouter(tags=["dossiers"], dependencies=[Needs(Right.SEE)])


class MoveAnswer(BaseModel):
    """A step that leaves the dossier's status; `missing` is empty when it can be made."""

    to: Status
    label: str
    roles: list[Role]
    yours: list[Role] = Field(description="those of these roles that you have at this site")
    reason_needed: bool
    missing: list[str]


class MovesAnswer(BaseModel):
    """The steps that leave a dossier's status."""

    version: int
    moves: list[MoveAnswer]


class Document(BaseModel):
    """A document that the step rests on: a file that was handed in for this site."""

    model_config = ConfigDict(extra="forbid")

    kind: EvidenceKind
    upload_id: int = Field(ge=1, le=MAX_ROW_ID)


Fact = Annotated[str, Field(max_length=500)]


class Transition(BaseModel):
    """A step that is asked for."""

    model_config = ConfigDict(extra="forbid")

    to: Status
    role: UserRole | None = Field(None, description="in which role; null: the one that may")
    reason: str | None = Field(None, max_length=2000)
    facts: dict[Annotated[str, Field(max_length=60)], Fact] = Field(
        default_factory=dict, max_length=40, description="told with the step; '' takes one back"
    )
    evidence: list[Document] = Field(default_factory=list, max_length=20)
    measures: list[Measure] | None = Field(None, max_length=10, description="with the enrolment")

    def of_site(self, site_id: int) -> WantedMove:
        """Return what is asked of one site's dossier."""
        return WantedMove(
            site_id=site_id,
            to=self.to,
            role=self.role,
            reason=_clean(self.reason) if self.reason else None,
            facts={_clean(name): _clean(value) for name, value in self.facts.items()},
            evidence=tuple((each.kind, each.upload_id) for each in self.evidence),
            measures=None if self.measures is None else frozenset(self.measures),
        )


class TransitionMade(BaseModel):
    """A dossier after a step."""

    site_id: int
    status: Status
    version: int
    transition: TransitionAnswer


@router.get("/sites/{site_id}/dossier", responses=READ_RESPONSES)
def get_site_dossier(
    session: Reading, viewer: ApiViewer, speech: Speech, reads: Reads, site_id: RowId
) -> DossierAnswer:
    """Return the dossier of one site with its history, newest first."""
    site_detail.visible_site(session, viewer, site_id)
    dossier, history = site_detail.dossier(session, site_id)
    if dossier is None:
        raise NotFound(Sentence("Le site n°%(id)s n’a pas encore de dossier", id=site_id))
    answer = DossierAnswer(
        **dossier.model_dump(include=set(DossierAnswer.model_fields)),
        label=speech.say(Status(dossier.status).label),
        history=[TransitionAnswer.of(step, speech) for step in history],
    )
    reads.about(dossier.version)
    return answer


@router.get("/sites/{site_id}/dossier/moves")
def get_dossier_moves(
    session: Reading, viewer: ApiViewer, speech: Speech, site_id: RowId
) -> MovesAnswer:
    """Return the steps that leave a dossier's status, with all that each still misses."""
    site_detail.visible_site(session, viewer, site_id)
    moves = moves_for(session, viewer, site_id)
    dossier, _ = site_detail.dossier(session, site_id)
    assert dossier is not None
    return MovesAnswer(
        version=dossier.version,
        moves=[
            MoveAnswer(
                to=move.to,
                label=speech.say(move.label),
                roles=list(move.roles),
                yours=sorted(yours),
                reason_needed=move.reason_needed,
                missing=[speech.say(sentence) for sentence in move.missing],
            )
            for move, yours in moves
        ],
    )


@router.post(
    "/sites/{site_id}/dossier/transitions",
    status_code=HTTPStatus.CREATED,
    dependencies=[Needs(Right.MOVE_DOSSIERS)],
    responses=WRITE_RESPONSES,
)
def post_dossier_transition(
    here: Here,
    viewer: ApiViewer,
    writes: Writes,
    speech: Speech,
    *,
    response: Response,
    site_id: RowId,
    wanted: Transition,
) -> TransitionMade:
    """Make one step; `If-Match` is the ETag of the dossier, or * for whatever it is now.

    A refused step changes nothing and says in `missing` all that it misses.
    """
    with here.database.write(viewer.actor) as session:
        seen = _version_of(writes.if_match or "")
        with _stale_is_changed(speech):
            move = wanted.of_site(site_id)
            made = move_dossier(session, viewer, move, seen=writes.holds, seen_version=seen)
        answer = _made(made, speech)
        where = {"Location": f"/api/v1/sites/{site_id}/dossier"}
    response.headers.update(where)
    return answer


@contextmanager
def _stale_is_changed(speech: Tongue) -> Iterator[None]:
    try:
        yield
    except Stale as stale:
        raise _changed(stale, speech) from None


def _changed(stale: Stale, speech: Tongue) -> Changed:
    dossier = stale.dossier
    return Changed(
        Sentence("Ce dossier a changé depuis que vous l’avez lu\u00a0; regardez-le à nouveau"),
        current={
            "status": dossier.status,
            "label": speech.say(Status(dossier.status).label),
            "version": dossier.version,
            "updated_at": dossier.updated_at,
        },
        changes=[TransitionAnswer.of(step, speech).model_dump(mode="json") for step in stale.steps],
    )


def _made(moved: Moved, speech: Tongue) -> TransitionMade:
    dossier: Dossier = moved.dossier
    step: DossierTransition = moved.step
    return TransitionMade(
        site_id=dossier.site_id,
        status=Status(dossier.status),
        version=dossier.version,
        transition=TransitionAnswer.of(step, speech),
    )


def _version_of(if_match: str) -> int | None:
    """Return the version that a tag of a dossier tells, where it tells one."""
    number = if_match.strip().strip('"').partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


def _clean(text: str) -> str:
    # PostgreSQL takes no NUL in a text.
    return text.replace("\0", "")
