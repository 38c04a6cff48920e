"""/api/v1/findings: what the rules found over all the sites that the caller may see."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.http.answers import FindingAnswer, FindingListAnswer
from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Reading, Speech
from api.http.needs import Needs
from api.usecases.findings import FindingFilter, list_findings
from api.usecases.scope import Right
from inventory.findings.finding import Severity

router = APIRouter(prefix="/findings", tags=["findings"], dependencies=[Needs(Right.SEE)])


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
