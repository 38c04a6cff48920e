"""Plans of the programme: the drafts, one by year and source, its sites, and changing it."""

from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, id_cursor, read_id_cursor
from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.jobs.programme_requests import (
    request_application,
    request_copy,
    request_plan,
    request_prices,
)
from api.usecases.funding import list_funding
from api.usecases.lots import list_lots
from api.usecases.programme_plan_decision import decision
from api.usecases.programme_plan_edits import (
    differences,
    discard,
    exclude,
    free,
    pin,
    plan_site,
)
from api.usecases.programme_plans import (
    CANDIDATES,
    ROW_STATES,
    RowFilter,
    Summary,
    Wanted,
    find_plan,
    list_plans,
    list_rows,
    summary,
)
from api.usecases.programme_problem import problem_of, read_quarter, slot_of
from api.usecases.scope import Right
from api.usecases.site_detail import visible_site
from api.web import planning_texts
from api.web.templating import page
from inventory import clock
from inventory.errors import InvalidInput
from inventory.models.planning import DraftState
from inventory.programme.dossier import Status
from inventory.programme.planning.problem import Slot
from inventory.sentences import Sentence, worded

PATH = "/programmation"
ROWS = 50
router = APIRouter(
    include_in_schema=False, dependencies=[Needs(Right.SEE_PROGRAMME, everywhere=True)]
)
_PLAN = [Needs(Right.PLAN_PROGRAMME, everywhere=True)]
Cursor = Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)]
Text = Annotated[str, Form(max_length=500)]
Number = Annotated[int, Form(ge=1, le=MAX_ROW_ID)]


@router.get(PATH)
def plans_page(
    request: Request, browser: Browser, session: Reading, suite: Cursor = None
) -> Response:
    """Show the drafts and the plan that was applied, newest first."""
    found, more = list_plans(session, before=read_id_cursor(suite))
    return page(
        request,
        "planning/plans.html",
        **_person(browser),
        plans=found,
        states=planning_texts.STATE,
        candidates=CANDIDATES,
        next_year=clock.now().year + 1,
        next_address=f"{PATH}?{urlencode({'suite': id_cursor(more)})}" if more else None,
    )


@router.post(PATH, dependencies=_PLAN)
def propose(
    here: Here,
    browser: FormOfOurs,
    *,
    nom: Text = "",
    debut: Annotated[int, Form(ge=2000, le=2100)] = 2000,
    annees: Annotated[int, Form(ge=1, le=10)] = 6,
    valides: Annotated[bool, Form()] = False,
) -> Response:
    """Make a plan, queue its solving, and show it."""
    statuses = CANDIDATES if valides else (Status.ENROLMENT_REQUESTED,)
    with here.database.write(browser.viewer.actor) as session:
        plan = request_plan(session, browser.viewer, Wanted(nom, debut, annees, None, statuses))
        return _to(plan.id or 0)


@router.get(PATH + "/{plan_id}")
def plan_page(request: Request, browser: Browser, session: Reading, plan_id: RowId) -> Response:
    """Show one plan by year, lot and source, what it breaks and what its constraints cost."""
    found = summary(session, plan_id)
    others = [each for each in list_plans(session)[0] if each.id != plan_id]
    return page(
        request,
        "planning/plan.html",
        **_person(browser),
        found=found,
        plan=found.plan,
        state=planning_texts.STATE[found.plan.state],
        message=worded(found.plan.message or "", found.plan.wording),
        bars=[(each, *_filled(each.used, each.left)) for each in found.sources],
        broken=found.breaches[:20],
        prices=[
            (each, worded(each["message"], each["wording"])) for each in found.plan.prices or ()
        ],
        prices_old=found.plan.prices is not None
        and found.plan.prices_version != found.plan.version,
        others=others,
        editable=found.plan.state is DraftState.DRAFT and _may_plan(browser),
        may_plan=_may_plan(browser),
        solving=found.plan.state is DraftState.SOLVING,
        loss=_loss(found),
    )


@router.get(PATH + "/{plan_id}/ecoles")
def plan_sites_page(
    request: Request,
    browser: Browser,
    session: Reading,
    plan_id: RowId,
    *,
    q: Annotated[str, Query(max_length=200)] = "",
    annee: Annotated[str, Query(max_length=4)] = "",
    lot: Annotated[str, Query(max_length=12)] = "",
    source: Annotated[str, Query(max_length=12)] = "",
    etat: Annotated[str, Query(max_length=20)] = "",
    suite: Cursor = None,
) -> Response:
    """Show the sites of one plan, the highest score first."""
    plan = find_plan(session, plan_id)
    state = etat if etat in ROW_STATES else None
    wanted = RowFilter(_number(annee), _number(lot), _number(source), state, q.replace("\0", ""))
    rows, more = list_rows(session, plan_id, wanted, after=read_id_cursor(suite), limit=ROWS)
    chosen = {"q": q, "annee": annee, "lot": lot, "source": source, "etat": etat}
    kept = {name: value for name, value in chosen.items() if value}
    address = f"{PATH}/{plan_id}/ecoles"
    cursor = id_cursor(more)
    return page(
        request,
        "planning/sites.html",
        **_person(browser),
        plan=plan,
        rows=[(row, site, slot_of(row)) for row, site in rows],
        **_choices(session),
        years=range(plan.first_year, plan.first_year + plan.years),
        row_states=planning_texts.ROW_STATE,
        chosen=chosen,
        filtered=bool(kept),
        next_address=f"{address}?{urlencode({**kept, 'suite': cursor})}" if cursor else None,
        first_address=f"{address}?{urlencode(kept)}" if suite else None,
    )


@router.get(PATH + "/{plan_id}/ecoles/{site_id}")
def plan_site_page(
    request: Request, browser: Browser, session: Reading, plan_id: RowId, site_id: RowId
) -> Response:
    """Show one site in a plan: its score with the parts, its place, and the form to move it."""
    plan = find_plan(session, plan_id)
    row = plan_site(session, plan_id, site_id)
    problem = problem_of(session, plan)
    slot = slot_of(row)
    own = [each for each in summary(session, plan_id).breaches if each.site_id == site_id]
    return page(
        request,
        "planning/site.html",
        **_person(browser),
        plan=plan,
        row=row,
        slot=slot,
        site=visible_site(session, browser.viewer, site_id),
        criteria=planning_texts.CRITERION,
        told=planning_texts.told,
        quarters=[(str(each), str(each) in row.open_quarters) for each in problem.quarters],
        **_choices(session),
        broken=own,
        editable=plan.state is DraftState.DRAFT and _may_plan(browser),
    )


@router.post(PATH + "/{plan_id}/ecoles/{site_id}", dependencies=_PLAN)
def edit_site(
    here: Here,
    browser: FormOfOurs,
    plan_id: RowId,
    site_id: RowId,
    *,
    action: Text = "",
    version: Number = 1,
    trimestre: Text = "",
    lot: Text = "",
    source: Text = "",
    motif: Text = "",
) -> Response:
    """Move, pin, free or exclude a site of a draft, and show what the draft breaks now."""
    with here.database.write(browser.viewer.actor) as session:
        plan_site(session, plan_id, site_id)
        if action == "liberer":
            free(session, plan_id, site_id, version=version)
        elif action == "exclure":
            exclude(session, plan_id, site_id, reason=motif, version=version)
        elif action == "placer":
            lot_id, source_id = _number(lot), _number(source)
            if lot_id is None or source_id is None:
                raise InvalidInput(
                    Sentence("Une place est un trimestre, un lot et une source de financement")
                )
            slot = Slot(read_quarter(trimestre), lot_id, source_id)
            pin(session, plan_id, site_id, slot, version=version, reason=motif)
        else:
            raise InvalidInput(Sentence("Ce formulaire ne dit pas que faire"))
    return RedirectResponse(f"{PATH}/{plan_id}#ecarts", HTTPStatus.SEE_OTHER)


@router.post(PATH + "/{plan_id}/copier", dependencies=_PLAN)
def copy(here: Here, browser: FormOfOurs, plan_id: RowId, nom: Text = "") -> Response:
    """Make another draft with the same decisions, queue its solving, and show it."""
    with here.database.write(browser.viewer.actor) as session:
        return _to(request_copy(session, browser.viewer, plan_id, nom).id or 0)


@router.post(PATH + "/{plan_id}/prix", dependencies=_PLAN)
def price(here: Here, browser: FormOfOurs, plan_id: RowId) -> Response:
    """Queue what each constraint costs, and go back."""
    with here.database.write(browser.viewer.actor) as session:
        request_prices(session, browser.viewer, plan_id)
    return _to(plan_id)


@router.post(PATH + "/{plan_id}/appliquer", dependencies=_PLAN)
def apply(here: Here, browser: FormOfOurs, plan_id: RowId, version: Number = 1) -> Response:
    """Queue the application of a draft, and go back."""
    with here.database.write(browser.viewer.actor) as session:
        request_application(session, browser.viewer, plan_id, version)
    return _to(plan_id)


@router.post(PATH + "/{plan_id}/abandonner", dependencies=_PLAN)
def drop(here: Here, browser: FormOfOurs, plan_id: RowId, version: Number = 1) -> Response:
    """Drop a plan that was not applied, and show the others."""
    with here.database.write(browser.viewer.actor) as session:
        discard(session, plan_id, version=version)
    return RedirectResponse(PATH, HTTPStatus.SEE_OTHER)


@router.get(PATH + "/{plan_id}/comparer")
def compare_page(
    request: Request,
    browser: Browser,
    session: Reading,
    plan_id: RowId,
    avec: Annotated[int, Query(ge=1, le=MAX_ROW_ID)] = 1,
) -> Response:
    """Show where two plans place sites differently."""
    one, other = summary(session, plan_id), summary(session, avec)
    moved = differences(session, plan_id, avec)
    return page(
        request,
        "planning/comparison.html",
        **_person(browser),
        one=one,
        other=other,
        moved=moved[:500],
        count=len(moved),
        years=sorted(
            {each.year for each in (*one.years, *other.years)},
        ),
        sites_of=lambda found: {each.year: each.sites for each in found.years},
        **_choices(session),
    )


@router.get(PATH + "/{plan_id}/decision.csv")
def decision_file(session: Reading, plan_id: RowId) -> Response:
    """Send a plan's places as the document that its moves rest on."""
    return Response(
        decision(session, plan_id),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="programmation-{plan_id}.csv"'},
    )


def _choices(session: Session) -> dict[str, Any]:
    return {
        "lots": {each["id"]: each["name"] for each in list_lots(session)},
        "sources": {each["id"]: each["code"] for each in list_funding(session)},
    }


def _filled(used: Decimal, left: Decimal | None) -> tuple[float, bool]:
    """Return how much of a ceiling is used (0 to 1, for the bar), and whether it is passed."""
    if left is None:
        return 0.0, False
    if left <= 0:
        return 1.0, used > left
    return min(1.0, float(used / left)), used > left


def _loss(found: Summary) -> float | None:
    return None if found.plan.gap is None else 100 * found.plan.gap


def _number(text: str) -> int | None:
    known = text.isascii() and text.isdigit() and len(text) <= 9
    return int(text) if known else None


def _may_plan(browser: Browser) -> bool:
    return browser.viewer.everywhere(Right.PLAN_PROGRAMME)


def _person(browser: Browser) -> dict[str, Any]:
    return {"viewer": browser.viewer, "csrf": browser.csrf_token}


def _to(plan_id: int) -> RedirectResponse:
    return RedirectResponse(f"{PATH}/{plan_id}", HTTPStatus.SEE_OTHER)
