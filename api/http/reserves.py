"""/api/v1/sites/…/reserves/…: lifting a reserve, with what shows that its defect is gone."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.http.answers import Answer
from api.http.dependencies import ApiViewer, Here, RowId
from api.http.needs import Needs
from api.usecases.reserves import lift
from api.usecases.scope import Right
from api.usecases.site_detail import site_to_work_on
from inventory.errors import NotAllowed
from inventory.models import ReserveSeverity
from inventory.sentences import Sentence

router = APIRouter(prefix="/sites/{site_id}/reserves", tags=["acceptance"])


class ReserveLifting(BaseModel):
    """What was seen, by whom."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, Field(min_length=1, max_length=2000, pattern="^[^\\x00]*$")]


class LiftedAnswer(Answer):
    """A reserve that is lifted."""

    number: int
    severity: ReserveSeverity
    message: str
    lifted_at: AwareDatetime
    lifted_by: str
    lifted_note: str


@router.post("/{number}/lift", dependencies=[Needs(Right.LIFT_RESERVES)])
def post_reserve_lifting(
    here: Here, viewer: ApiViewer, site_id: RowId, number: RowId, lifting: ReserveLifting
) -> LiftedAnswer:
    """Lift a reserve on a person's word."""
    with here.database.write(viewer.actor) as session:
        if site_to_work_on(session, viewer, site_id, Right.LIFT_RESERVES) is None:
            raise NotAllowed(Sentence("Votre rôle ne permet pas de lever les réserves de ce site"))
        row = lift(session, site_id, number, note=lifting.note, evidence=None, actor=viewer.actor)
        return LiftedAnswer.model_validate(row)
