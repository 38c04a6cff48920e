"""The reserves that are taken during a work order."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases.scope import Right
from api.usecases.work_orders import (
    visible_order,
)
from api.usecases.work_steps import (
    take_reserve,
)
from api.web.templating import page
from api.web.work_pages import ORDER, WORKS, Long, Short, clean, context_of, to_step
from inventory.models import (
    ReserveSeverity,
)

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])


@router.get(ORDER + "/reserves")
def reserves_page(
    request: Request, browser: Browser, session: Reading, order_id: RowId
) -> Response:
    """Show the reserves that were taken, and take another."""
    order = visible_order(session, browser.viewer, order_id)
    return page(request, "work/reserves.html", **context_of(session, browser, order))


@router.post(ORDER + "/reserves", dependencies=WORKS)
def add_reserve(
    here: Here,
    browser: FormOfOurs,
    order_id: RowId,
    *,
    envoi: Short,
    objet: Long,
    gravite: Annotated[ReserveSeverity, Form()] = ReserveSeverity.MINOR,
) -> Response:
    """Open a reserve of the site."""
    with here.database.write(browser.viewer.actor) as session:
        take_reserve(
            session, browser.viewer, order_id, envoi, message=clean(objet), severity=gravite
        )
    return to_step(order_id, "/reserves")
