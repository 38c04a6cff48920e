"""/api/v1/sites/{id}/acceptance: the runs of a site, one run as frozen, and the reserves."""

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from api.http.answers import Answer
from api.http.dependencies import ApiViewer, Reading, RowId
from api.http.needs import Needs
from api.usecases.acceptance_runs import list_runs, run_of_site, summary
from api.usecases.reserves import reserves_of
from api.usecases.scope import Right
from api.usecases.site_detail import visible_site
from inventory.models import ReserveSeverity

router = APIRouter(prefix="/sites/{site_id}", tags=["acceptance"], dependencies=[Needs(Right.SEE)])


class RunAnswer(Answer):
    """One acceptance run in figures; `checks` counts them by state."""

    run: int
    at: AwareDatetime
    actor: str
    profile: str
    level: str
    verdict: str = Field(description="passed, failed or not_proved")
    checks: dict[str, int]
    open_blocking: int
    open_minor: int
    sha256: str = Field(description="of the whole record")


class RunListAnswer(Answer):
    """The runs of a site, newest first."""

    runs: list[RunAnswer]


class RunRecordAnswer(RunAnswer):
    """One run with its frozen record: site, profile, inputs, equipment, checks, reserves."""

    record: dict[str, Any]


class ReserveAnswer(Answer):
    """A punch-list item. `message` is in French; `lifted_at` null: open."""

    number: int
    check_id: str
    subject: str
    severity: ReserveSeverity
    message: str
    responsible: str | None
    due_on: date | None
    opened_at: AwareDatetime
    opened_by: str
    lifted_at: AwareDatetime | None
    lifted_by: str | None
    lifted_note: str | None


class ReserveListAnswer(Answer):
    """The reserves of a site, by number, those lifted too."""

    reserves: list[ReserveAnswer]


@router.get("/acceptance")
def get_acceptance_runs(session: Reading, viewer: ApiViewer, site_id: RowId) -> RunListAnswer:
    """List the acceptance runs of a site."""
    visible_site(session, viewer, site_id)
    runs = list_runs(session, site_id)
    return RunListAnswer(runs=[RunAnswer.model_validate(summary(run)) for run in runs])


@router.get("/acceptance/{run_id}")
def get_acceptance_run(
    session: Reading, viewer: ApiViewer, site_id: RowId, run_id: RowId
) -> RunRecordAnswer:
    """Return one acceptance run as it was frozen."""
    visible_site(session, viewer, site_id)
    run = run_of_site(session, site_id, run_id)
    return RunRecordAnswer.model_validate({**summary(run), "record": run.record})


@router.get("/reserves")
def get_site_reserves(session: Reading, viewer: ApiViewer, site_id: RowId) -> ReserveListAnswer:
    """List the reserves of a site."""
    visible_site(session, viewer, site_id)
    found = reserves_of(session, site_id)
    return ReserveListAnswer(reserves=[ReserveAnswer.model_validate(row) for row in found])
