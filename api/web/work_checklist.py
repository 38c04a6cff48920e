"""The checklist of a work order: one point on each screen."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases.scope import Right
from api.usecases.work_orders import (
    checklist_of,
    visible_order,
)
from api.usecases.work_steps import (
    answer_item,
)
from api.web.templating import page
from api.web.work_pages import ANSWERS, ORDER, WORKS, Long, Short, clean, context_of, to_step
from inventory.models import (
    WorkAnswer,
)

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])


@router.get(ORDER + "/liste")
def checklist_page(
    request: Request,
    browser: Browser,
    session: Reading,
    order_id: RowId,
    point: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """Show one point of the checklist: the one asked for, else the first without an answer."""
    order = visible_order(session, browser.viewer, order_id)
    context = context_of(session, browser, order)
    items, checks = checklist_of(order).items, context["checks"]
    left = [item for item in items if item.id not in checks]
    chosen = checklist_of(order).item(point) or (left[0] if left else None)
    return page(
        request,
        "work/checklist.html",
        **context,
        item=chosen,
        number=items.index(chosen) + 1 if chosen else None,
        answers=ANSWERS,
    )


@router.post(ORDER + "/liste", dependencies=WORKS)
def answer(
    here: Here,
    browser: FormOfOurs,
    order_id: RowId,
    *,
    point: Short,
    reponse: Annotated[WorkAnswer, Form()],
    note: Long = "",
) -> Response:
    """Keep the answer to one point and go on to the next."""
    with here.database.write(browser.viewer.actor) as session:
        answer_item(session, browser.viewer, order_id, point, reponse, note=clean(note))
    return to_step(order_id, "/liste")
