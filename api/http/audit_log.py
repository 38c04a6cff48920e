"""/api/v1/audit-log: who did what, for those who answer for all of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field

from api.http.answers import Answer
from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import Reading
from api.http.needs import Needs
from api.usecases.audit_log import AuditFilter, list_entries
from api.usecases.scope import Right

router = APIRouter(
    prefix="/audit-log",
    tags=["audit log"],
    dependencies=[Needs(Right.READ_AUDIT_LOG, everywhere=True)],
)

_Word = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]


class AuditEntryAnswer(Answer):
    """One thing done; secrets are redacted in `before` and `after`."""

    id: int
    at: AwareDatetime
    actor: str = Field(description="user:LOGIN, cli:ACCOUNT, or a part of Préau itself")
    via: str | None = Field(description="token:NAME, when a program did it")
    action: str = Field(
        description="create, update, delete, read, export, login, login_failed or logout"
    )
    table_name: str
    row_key: str
    reason: str | None = Field(description="why, where a person said it")
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditLogAnswer(Answer):
    """A page of the audit log."""

    entries: list[AuditEntryAnswer]
    next: str | None


@router.get("")
def get_audit_log(
    session: Reading,
    *,
    actor: _Word = None,
    action: _Word = None,
    table: _Word = None,
    row: _Word = None,
    since: AwareDatetime | None = None,
    until: Annotated[AwareDatetime | None, Query(description="itself not included")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> AuditLogAnswer:
    """List what was done, newest first; `after` is the `next` of the page before."""
    wanted = AuditFilter(actor, action, table, row, since, until)
    found = list_entries(session, wanted, before=read_id_cursor(after), limit=limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return AuditLogAnswer(
        entries=[AuditEntryAnswer.model_validate(each) for each in found[:limit]],
        next=id_cursor(more),
    )
