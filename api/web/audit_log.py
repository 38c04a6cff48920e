"""The audit log and the reports of what was deleted, for those who answer for all of it."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response

from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import Browser, Here, Reading
from api.http.needs import Needs
from api.usecases.audit_log import AuditFilter, list_entries
from api.usecases.retention import list_runs, title_of
from api.usecases.scope import Right
from api.web import account_texts
from api.web.templating import page

router = APIRouter(
    include_in_schema=False, dependencies=[Needs(Right.READ_AUDIT_LOG, everywhere=True)]
)

_BRUSSELS = ZoneInfo("Europe/Brussels")
_ROWS = 50
_Text = Annotated[str, Query(max_length=100)]
_Cursor = Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)]


@router.get("/journal")
def audit_log_page(
    request: Request,
    here: Here,
    browser: Browser,
    session: Reading,
    *,
    qui: _Text = "",
    action: _Text = "",
    objet: _Text = "",
    du: _Text = "",
    au: _Text = "",
    suite: _Cursor = None,
) -> Response:
    """Show who did what, newest first."""
    qui, objet = (text.replace("\0", "").strip() for text in (qui, objet))
    action = action if action in account_texts.ACTION else ""
    actor = qui if not qui or ":" in qui else f"user:{qui.lower()}"
    until = _midnight(au)
    wanted = AuditFilter(
        actor or None,
        action or None,
        objet or None,
        since=_midnight(du),
        until=until + timedelta(days=1) if until else None,
    )
    found = list_entries(session, wanted, before=read_id_cursor(suite), limit=_ROWS + 1)
    shown = found[:_ROWS]
    asked = {"qui": qui, "action": action, "objet": objet, "du": du, "au": au}
    more = id_cursor(shown[-1].id) if len(found) > _ROWS else None
    kept = {name: value for name, value in asked.items() if value}
    return page(
        request,
        "audit_log.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        entries=shown,
        asked=asked,
        actions=account_texts.ACTION,
        days=here.settings.audit_log_days,
        next_address=f"/journal?{urlencode(kept | {'suite': more})}" if more else None,
    )


@router.get("/conservation")
def retention_page(
    request: Request, browser: Browser, session: Reading, suite: _Cursor = None
) -> Response:
    """Show what was deleted because its time was over, newest first."""
    runs = list_runs(session, before=read_id_cursor(suite), limit=11)
    shown = [
        (
            run,
            [
                (title_of(line["id"]), line, _day(line["oldest"]), _day(line["newest"]))
                for line in run.lines
            ],
        )
        for run in runs[:10]
    ]
    more = id_cursor(runs[9].id) if len(runs) > 10 else None
    return page(
        request,
        "retention.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        runs=shown,
        next_address=f"/conservation?suite={more}" if more else None,
    )


def _day(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _midnight(text: str) -> datetime | None:
    """Return when a day begins in Belgium; None for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), _BRUSSELS)
    except (ValueError, OverflowError):
        return None
