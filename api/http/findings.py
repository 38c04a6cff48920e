"""/api/v1/findings: what the rules found over all the sites that the caller may see."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.http.answers import Answer, FindingAnswer, FindingListAnswer
from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Here, Reading, RowId, Speech
from api.http.needs import Needs
from api.usecases.findings import FindingFilter, list_findings, waive_finding
from api.usecases.scope import Right
from inventory.findings.finding import Severity

router = APIRouter(prefix="/findings", tags=["findings"], dependencies=[Needs(Right.SEE)])


class WaiverWanted(BaseModel):
    """A finding that is accepted for a while, and why."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")
    ends_at: AwareDatetime


class WaiverAnswer(Answer):
    """What was accepted, by whom and until when."""

    id: int
    rule_id: str
    subject: str
    reason: str
    granted_by: str
    granted_at: AwareDatetime
    ends_at: AwareDatetime


@router.get("")
def get_findings(
    session: Reading,
    viewer: ApiViewer,
    speech: Speech,
    *,
    severity: Severity | None = None,
    rule_id: Annotated[str | None, Query(max_length=100, pattern=r"^[\w.-]*$")] = None,
    resolved: bool = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> FindingListAnswer:
    """List findings, newest first: the open ones, or with `resolved` those that went away."""
    wanted = FindingFilter(severity, rule_id, resolved)
    rows = list_findings(session, viewer, wanted, before=read_id_cursor(after), limit=limit + 1)
    more = rows[limit - 1].id if len(rows) > limit else None
    return FindingListAnswer(
        findings=[FindingAnswer.of(row, speech) for row in rows[:limit]], next=id_cursor(more)
    )


@router.post(
    "/{finding_id}/waiver",
    status_code=HTTPStatus.CREATED,
    dependencies=[Needs(Right.JUDGE)],
)
def post_waiver(
    here: Here, viewer: ApiViewer, finding_id: RowId, wanted: WaiverWanted
) -> WaiverAnswer:
    """Accept what a rule finds on a device, until a day: it is no longer counted as open."""
    with here.database.write(viewer.actor) as session:
        made = waive_finding(
            session, viewer, finding_id, reason=wanted.reason, ends_at=wanted.ends_at
        )
        return WaiverAnswer.model_validate(made)
