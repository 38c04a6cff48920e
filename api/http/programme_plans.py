"""/api/v1/programme-plans: drafts of the programme over years; propose, change, price and apply."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Here, Reading, RowId
from api.http.needs import Needs
from api.http.programme_plan_answers import (
    Action,
    AskedAnswer,
    ComparisonAnswer,
    CopyWanted,
    EditedAnswer,
    MovedAnswer,
    PlanAnswer,
    PlanDetailAnswer,
    PlanListAnswer,
    PlanSiteAnswer,
    PlanSiteListAnswer,
    PlanWanted,
    SiteEdit,
    VersionWanted,
)
from api.jobs.programme_requests import (
    request_application,
    request_copy,
    request_plan,
    request_prices,
)
from api.usecases.programme_plan_edits import (
    Edited,
    differences,
    discard,
    exclude,
    free,
    pin,
    plan_site,
)
from api.usecases.programme_plans import (
    ROW_STATES,
    RowFilter,
    Wanted,
    find_plan,
    list_plans,
    list_rows,
    summary,
)
from api.usecases.programme_problem import read_quarter
from api.usecases.scope import Right
from inventory.errors import InvalidInput
from inventory.models import ProgrammePlan
from inventory.programme.planning.problem import Slot
from inventory.sentences import Sentence

router = APIRouter(
    prefix="/programme-plans",
    tags=["programme"],
    dependencies=[Needs(Right.SEE_PROGRAMME, everywhere=True)],
)
_PLAN = [Needs(Right.PLAN_PROGRAMME, everywhere=True)]


@router.get("")
def get_programme_plans(
    session: Reading,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> PlanListAnswer:
    """List the plans, newest first; `after` is the `next` of the page before."""
    found, more = list_plans(session, before=read_id_cursor(after), limit=limit)
    return PlanListAnswer(plans=[_plan(each) for each in found], next=id_cursor(more))


@router.post("", dependencies=_PLAN)
def post_programme_plan(here: Here, viewer: ApiViewer, wanted: PlanWanted) -> PlanAnswer:
    """Make a plan, which is solved in the background: its state tells when it is."""
    with here.database.write(viewer.actor) as session:
        plan = request_plan(
            session,
            viewer,
            Wanted(
                wanted.name,
                wanted.first_year,
                wanted.years,
                wanted.sites_per_year,
                tuple(wanted.statuses),
            ),
        )
        return _plan(plan)


@router.get("/{plan_id}")
def get_programme_plan(session: Reading, plan_id: RowId) -> PlanDetailAnswer:
    """Return a plan by year, lot and source, with what it breaks."""
    return PlanDetailAnswer.of(summary(session, plan_id))


@router.delete("/{plan_id}", dependencies=_PLAN)
def delete_programme_plan(
    here: Here, viewer: ApiViewer, plan_id: RowId, version: Annotated[int, Query(ge=1)]
) -> PlanAnswer:
    """Drop a plan that was not applied."""
    with here.database.write(viewer.actor) as session:
        return _plan(discard(session, plan_id, version=version))


@router.get("/{plan_id}/sites")
def get_plan_sites(
    session: Reading,
    plan_id: RowId,
    *,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    lot_id: Annotated[int | None, Query(ge=1, le=MAX_ROW_ID)] = None,
    funding_source_id: Annotated[int | None, Query(ge=1, le=MAX_ROW_ID)] = None,
    state: Annotated[str | None, Query(pattern=f"^({'|'.join(ROW_STATES)})$")] = None,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> PlanSiteListAnswer:
    """List a plan's sites; `after` is the `next` of the page before."""
    find_plan(session, plan_id)
    wanted = RowFilter(year, lot_id, funding_source_id, state, q.replace("\0", ""))
    found, more = list_rows(session, plan_id, wanted, after=read_id_cursor(after), limit=limit)
    return PlanSiteListAnswer(
        sites=[PlanSiteAnswer.of(row, site.name) for row, site in found], next=id_cursor(more)
    )


@router.patch("/{plan_id}/sites/{site_id}", dependencies=_PLAN)
def patch_plan_site(
    here: Here, viewer: ApiViewer, plan_id: RowId, site_id: RowId, wanted: SiteEdit
) -> EditedAnswer:
    """Pin a site (there or elsewhere), give it back to the optimiser, or take it out."""
    with here.database.write(viewer.actor) as session:
        plan_site(session, plan_id, site_id)
        return EditedAnswer.of(_edit(session, plan_id, site_id, wanted))


@router.post("/{plan_id}/copies", dependencies=_PLAN)
def post_plan_copy(here: Here, viewer: ApiViewer, plan_id: RowId, wanted: CopyWanted) -> PlanAnswer:
    """Make another draft with the same pins and exclusions, solved anew in the background."""
    with here.database.write(viewer.actor) as session:
        return _plan(request_copy(session, viewer, plan_id, wanted.name))


@router.post("/{plan_id}/prices", dependencies=_PLAN)
def post_plan_prices(here: Here, viewer: ApiViewer, plan_id: RowId) -> AskedAnswer:
    """Work out in the background what each constraint of a draft costs."""
    with here.database.write(viewer.actor) as session:
        return AskedAnswer(job_id=request_prices(session, viewer, plan_id).id or 0)


@router.post("/{plan_id}/application", dependencies=_PLAN)
def post_plan_application(
    here: Here, viewer: ApiViewer, plan_id: RowId, wanted: VersionWanted
) -> AskedAnswer:
    """Schedule the placed sites of a draft in the background; each site tells its outcome."""
    with here.database.write(viewer.actor) as session:
        job = request_application(session, viewer, plan_id, wanted.version)
        return AskedAnswer(job_id=job.id or 0)


@router.get("/{plan_id}/comparison")
def get_plan_comparison(
    session: Reading,
    plan_id: RowId,
    other: Annotated[int, Query(ge=1, le=MAX_ROW_ID, description="the second plan")],
) -> ComparisonAnswer:
    """Tell where another plan places sites differently."""
    return ComparisonAnswer(
        moved=[
            MovedAnswer(
                site_id=each.moved.site_id,
                site=each.name,
                before=str(each.moved.before.quarter) if each.moved.before else None,
                after=str(each.moved.after.quarter) if each.moved.after else None,
                quarters=each.moved.quarters,
            )
            for each in differences(session, plan_id, other)
        ]
    )


def _edit(session: Reading, plan_id: int, site_id: int, wanted: SiteEdit) -> Edited:
    match wanted.action:
        case Action.FREE:
            return free(session, plan_id, site_id, version=wanted.version)
        case Action.EXCLUDE:
            reason = wanted.reason or ""
            return exclude(session, plan_id, site_id, reason=reason, version=wanted.version)
        case Action.PIN:
            told = (wanted.quarter, wanted.lot_id, wanted.funding_source_id)
            if None in told and any(each is not None for each in told):
                raise InvalidInput(
                    Sentence("Une autre place se dit par quarter, lot_id et funding_source_id")
                )
            slot = None
            if wanted.quarter and wanted.lot_id and wanted.funding_source_id:
                quarter = read_quarter(wanted.quarter)
                slot = Slot(quarter, wanted.lot_id, wanted.funding_source_id)
            return pin(
                session, plan_id, site_id, slot, version=wanted.version, reason=wanted.reason
            )


def _plan(plan: ProgrammePlan) -> PlanAnswer:
    return PlanAnswer.model_validate(plan)
