"""/api/v1/sites/…/prerequisites: the works that a site needs before its installation."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.http.answers import Answer
from api.http.cursor import MAX_ROW_ID
from api.http.dependencies import ApiViewer, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases.prerequisites import add_prerequisite, lift_prerequisite, prerequisites_of
from api.usecases.scope import Right, Viewer
from api.usecases.site_detail import site_to_work_on, visible_site
from api.usecases.uploads import visible_upload
from inventory.errors import NotAllowed
from inventory.models import Prerequisite, PrerequisiteKind
from inventory.sentences import Sentence

router = APIRouter(
    prefix="/sites/{site_id}/prerequisites", tags=["dossiers"], dependencies=[Needs(Right.SEE)]
)
_Text = Annotated[str, Field(max_length=2000, pattern="^[^\\x00]*$")]
_FOLLOWS = [Needs(Right.FOLLOW_PREREQUISITES)]


class PrerequisiteWanted(BaseModel):
    """A work to be done by the organising authority."""

    model_config = ConfigDict(extra="forbid")

    kind: PrerequisiteKind
    description: Annotated[_Text, Field(min_length=1)]
    due_on: date | None = None


class Lifting(BaseModel):
    """What shows that a work is done: a file that was handed in, or a sentence."""

    model_config = ConfigDict(extra="forbid")

    note: _Text = ""
    upload_id: Annotated[int | None, Field(ge=1, le=MAX_ROW_ID)] = None


class PrerequisiteAnswer(Answer):
    """One prerequisite; `lifted_at` null: still to be done."""

    id: int
    kind: PrerequisiteKind
    description: str
    organising_authority_id: int | None
    due_on: date | None
    opened_at: AwareDatetime
    opened_by: str
    lifted_at: AwareDatetime | None
    lifted_by: str | None
    lifted_note: str | None
    lifted_upload_id: int | None

    @classmethod
    def of(cls, row: Prerequisite) -> Self:
        """Return the answer that tells `row`."""
        return cls.model_validate(row)


class PrerequisiteListAnswer(Answer):
    """Every prerequisite of one site, those still to be done first."""

    prerequisites: list[PrerequisiteAnswer]


@router.get("")
def get_site_prerequisites(
    session: Reading, viewer: ApiViewer, site_id: RowId
) -> PrerequisiteListAnswer:
    """List the prerequisites of one site."""
    visible_site(session, viewer, site_id)
    return PrerequisiteListAnswer(
        prerequisites=[PrerequisiteAnswer.of(each) for each in prerequisites_of(session, site_id)]
    )


@router.post("", status_code=HTTPStatus.CREATED, dependencies=_FOLLOWS)
def post_prerequisite(
    here: Here, viewer: ApiViewer, site_id: RowId, wanted: PrerequisiteWanted
) -> PrerequisiteAnswer:
    """Write a prerequisite down."""
    with here.database.write(viewer.actor) as session:
        _allow(session, viewer, site_id)
        row = add_prerequisite(
            session,
            site_id,
            wanted.kind,
            wanted.description,
            actor=viewer.actor,
            due_on=wanted.due_on,
        )
        return PrerequisiteAnswer.of(row)


@router.post("/{prerequisite_id}/lift", dependencies=_FOLLOWS)
def post_prerequisite_lifting(
    here: Here, viewer: ApiViewer, site_id: RowId, prerequisite_id: RowId, lifting: Lifting
) -> PrerequisiteAnswer:
    """Lift a prerequisite, with what shows that it is done."""
    with here.database.write(viewer.actor) as session:
        _allow(session, viewer, site_id)
        if lifting.upload_id is not None:
            visible_upload(session, viewer, lifting.upload_id)
        row = lift_prerequisite(
            session,
            site_id,
            prerequisite_id,
            note=lifting.note,
            actor=viewer.actor,
            upload_id=lifting.upload_id,
        )
        return PrerequisiteAnswer.of(row)


def _allow(session: Reading, viewer: Viewer, site_id: int) -> None:
    if site_to_work_on(session, viewer, site_id, Right.FOLLOW_PREREQUISITES) is None:
        raise NotAllowed(Sentence("Votre rôle ne permet pas de suivre les prérequis de ce site"))
