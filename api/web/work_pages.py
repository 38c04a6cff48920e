"""What every page of a work order shows, and how its forms are read.

Each form carries an id made with the page: sent twice on a bad line, it is one record.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Form, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session, col, select

from api.http.dependencies import Browser
from api.http.needs import Needs
from api.http.uploading import FormOfBrowser, ReceivedForm
from api.usecases.scope import Right
from api.usecases.site_detail import visible_site
from api.usecases.work_orders import (
    KIND_LABELS,
    checklist_of,
    devices_of_site,
    may_work_on,
)
from api.usecases.work_steps import (
    links_of,
)
from api.web.texts import Label
from inventory.errors import InvalidInput
from inventory.models import (
    Reserve,
    WorkAnswer,
    WorkCheck,
    WorkOrder,
    WorkPhoto,
    WorkReserve,
    WorkState,
)
from inventory.sentences import N_, Sentence

STATES: Mapping[str, Label] = {
    WorkState.PLANNED: Label(N_("Planifiée")),
    WorkState.STARTED: Label(N_("En cours"), "busy"),
    WorkState.DONE: Label(N_("Terminée"), "good"),
    WorkState.CANCELLED: Label(N_("Annulée"), "warn"),
}
ANSWERS: Mapping[str, Label] = {
    WorkAnswer.DONE: Label(N_("Fait"), "good"),
    WorkAnswer.NOT_APPLICABLE: Label(N_("Sans objet")),
    WorkAnswer.PROBLEM: Label(N_("Problème"), "bad"),
}
_BRUSSELS = ZoneInfo("Europe/Brussels")
ORDER = "/interventions/{order_id}"
PLANS, WORKS = [Needs(Right.PLAN_WORK)], [Needs(Right.DO_WORK)]
WORKS_WITH_FILES = [Needs(Right.DO_WORK, within=True)]
FilesForm = Annotated[ReceivedForm, Depends(FormOfBrowser(Right.DO_WORK))]
Short = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=2000)]


def context_of(session: Session, browser: Browser, order: WorkOrder) -> dict[str, Any]:
    """Return what the pages of one order are given."""
    checks = session.exec(select(WorkCheck).where(WorkCheck.order_id == order.id)).all()
    photos = session.exec(
        select(WorkPhoto).where(WorkPhoto.order_id == order.id).order_by(col(WorkPhoto.id))
    ).all()
    reserves = session.exec(
        select(Reserve)
        .join(WorkReserve, col(WorkReserve.reserve_id) == col(Reserve.id))
        .where(WorkReserve.order_id == order.id)
        .order_by(col(Reserve.number))
    ).all()
    return {
        "viewer": browser.viewer,
        "csrf": browser.csrf_token,
        "order": order,
        "site": visible_site(session, browser.viewer, order.site_id),
        "checklist": checklist_of(order),
        "checks": {each.item_id: each for each in checks},
        "photos": photos,
        "devices": devices_of_site(session, order.site_id),
        "links": links_of(session, order.id or 0),
        "taken": reserves,
        "may_work": may_work_on(session, browser.viewer, order),
        "client_id": secrets.token_hex(12),
        **words(),
    }


def words() -> dict[str, Any]:
    """Return the words of orders: their kinds and states."""
    return {"kinds": {kind.value: label for kind, label in KIND_LABELS.items()}, "states": STATES}


def to_step(order_id: int, step: str = "") -> Response:
    """Send the browser on to an order, or to one of its steps."""
    return RedirectResponse(f"/interventions/{order_id}{step}", HTTPStatus.SEE_OTHER)


def clean(text: str) -> str:
    """Return what was typed as it can be kept."""
    # PostgreSQL takes no NUL in a text; browsers send CRLF.
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def moment_of(text: str) -> datetime | None:
    """Return the moment of a field `datetime-local`, which tells the time in Brussels."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(Sentence("%(text)s n’est pas un moment", text=text)) from error
    return moment.replace(tzinfo=_BRUSSELS).astimezone(UTC) if moment is not None else None


def local_value(moment: datetime | None) -> str:
    """Return a moment as a field `datetime-local` holds it."""
    return moment.astimezone(_BRUSSELS).strftime("%Y-%m-%dT%H:%M") if moment is not None else ""
