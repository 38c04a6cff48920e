"""Work orders on a phone: the list, planning one, one with how far each of its steps is."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases.scope import Right
from api.usecases.site_detail import visible_site
from api.usecases.work_orders import (
    Appointment,
    cancel_order,
    change_order,
    devices_of_site,
    finish_order,
    installers_at,
    list_orders,
    may_plan,
    plan_order,
    still_to_do,
    visible_order,
)
from api.web.templating import page
from api.web.work_pages import (
    ORDER,
    PLANS,
    WORKS,
    Long,
    Short,
    clean,
    context_of,
    local_value,
    moment_of,
    to_step,
    words,
)
from inventory.models import (
    User,
    WorkKind,
)

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])

ROWS = 50


@router.get("/interventions")
def orders_page(
    request: Request,
    browser: Browser,
    session: Reading,
    *,
    toutes: bool = False,
    suite: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> Response:
    """Show the person's own orders, or all those at the sites that they see."""
    viewer = browser.viewer
    mine = not toutes and viewer.holds(Right.DO_WORK)
    rows = list_orders(
        session,
        viewer,
        mine=mine,
        still_open=not toutes,
        before=read_id_cursor(suite),
        limit=ROWS + 1,
    )
    more = id_cursor(rows[ROWS - 1][0].id) if len(rows) > ROWS else None
    return page(
        request,
        "work/orders.html",
        viewer=viewer,
        csrf=browser.csrf_token,
        orders=rows[:ROWS],
        all_shown=toutes,
        next_address=f"/interventions?toutes={str(toutes).lower()}&suite={more}" if more else None,
        **words(),
    )


@router.get("/sites/{site_id}/interventions")
def site_orders_page(
    request: Request, browser: Browser, session: Reading, site_id: RowId
) -> Response:
    """Show the orders of one site, and plan another."""
    site = visible_site(session, browser.viewer, site_id)
    planning = may_plan(session, browser.viewer, site_id)
    return page(
        request,
        "work/site.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        site=site,
        orders=list_orders(session, browser.viewer, site_id=site_id, limit=200),
        devices=devices_of_site(session, site_id),
        installers=installers_at(session, site_id) if planning else [],
        may_plan=planning,
        **words(),
    )


@router.post("/sites/{site_id}/interventions", dependencies=PLANS)
def plan(
    here: Here,
    browser: FormOfOurs,
    site_id: RowId,
    *,
    genre: Annotated[WorkKind, Form()],
    installateur: Short = "",
    debut: Short = "",
    fin: Short = "",
    acces: Long = "",
) -> Response:
    """Plan an order."""
    with here.database.write(browser.viewer.actor) as session:
        order = plan_order(
            session,
            browser.viewer,
            site_id,
            genre,
            installer=installateur or None,
            appointment=Appointment(moment_of(debut), moment_of(fin), clean(acces)),
        )
        return to_step(order.id or 0)


@router.get(ORDER)
def order_page(request: Request, browser: Browser, session: Reading, order_id: RowId) -> Response:
    """Show an order: where, when, and the steps with how far each is."""
    order = visible_order(session, browser.viewer, order_id)
    planning = may_plan(session, browser.viewer, order.site_id)
    person = session.get(User, order.installer_id) if order.installer_id else None
    return page(
        request,
        "work/order.html",
        **context_of(session, browser, order),
        installer=person.display_name if person else None,
        login=person.login if person else "",
        installers=installers_at(session, order.site_id) if planning else [],
        may_plan=planning,
        missing=still_to_do(session, order),
        local_value=local_value,
    )


@router.post(ORDER + "/rendez-vous", dependencies=PLANS)
def appoint(
    here: Here,
    browser: FormOfOurs,
    order_id: RowId,
    *,
    installateur: Short = "",
    debut: Short = "",
    fin: Short = "",
    acces: Long = "",
) -> Response:
    """Give the order to an installer, with an appointment."""
    with here.database.write(browser.viewer.actor) as session:
        change_order(
            session,
            browser.viewer,
            order_id,
            installer=installateur or None,
            appointment=Appointment(moment_of(debut), moment_of(fin), clean(acces)),
        )
    return to_step(order_id)


@router.post(ORDER + "/fin", dependencies=WORKS)
def finish(here: Here, browser: FormOfOurs, order_id: RowId) -> Response:
    """End the order."""
    with here.database.write(browser.viewer.actor) as session:
        finish_order(session, browser.viewer, order_id)
    return to_step(order_id)


@router.post(ORDER + "/annulation", dependencies=PLANS)
def cancel(here: Here, browser: FormOfOurs, order_id: RowId) -> Response:
    """Cancel the order."""
    with here.database.write(browser.viewer.actor) as session:
        cancel_order(session, browser.viewer, order_id)
    return to_step(order_id)
