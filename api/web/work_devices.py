"""The devices of a work order: scanned by their serial numbers, and put in their places."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases.scope import Right
from api.usecases.work_orders import (
    visible_order,
)
from api.usecases.work_steps import (
    place_device,
    scan_device,
)
from api.web.templating import page
from api.web.texts import DEVICE_ROLE
from api.web.work_pages import ORDER, WORKS, Short, clean, context_of, to_step
from inventory.models import (
    DeviceRole,
)

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])


@router.get(ORDER + "/materiel")
def devices_page(request: Request, browser: Browser, session: Reading, order_id: RowId) -> Response:
    """Show the scanned devices and the field for the next one."""
    order = visible_order(session, browser.viewer, order_id)
    context = context_of(session, browser, order)
    return page(request, "work/devices.html", **context, roles=DEVICE_ROLE)


@router.post(ORDER + "/materiel", dependencies=WORKS)
def scan(
    here: Here,
    browser: FormOfOurs,
    order_id: RowId,
    *,
    envoi: Short,
    serie: Short,
    role: Annotated[DeviceRole, Form()] = DeviceRole.ACCESS_POINT,
    modele: Short = "",
) -> Response:
    """Keep a device by its serial number."""
    with here.database.write(browser.viewer.actor) as session:
        scan_device(
            session,
            browser.viewer,
            order_id,
            envoi,
            text=clean(serie),
            role=role,
            model=clean(modele),
        )
    return to_step(order_id, "/materiel")


@router.get(ORDER + "/places")
def places_page(
    request: Request,
    browser: Browser,
    session: Reading,
    order_id: RowId,
    appareil: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """Show where one device was put: the one asked for, else the first without a place."""
    order = visible_order(session, browser.viewer, order_id)
    context = context_of(session, browser, order)
    devices = context["devices"]
    asked = next((each for each in devices if each.id == appareil), None)
    chosen = asked or next((each for each in devices if each.room is None), None)
    return page(request, "work/places.html", **context, device=chosen)


@router.post(ORDER + "/places", dependencies=WORKS)
def place(
    here: Here,
    browser: FormOfOurs,
    order_id: RowId,
    *,
    appareil: Annotated[int, Form(ge=1, le=2**31 - 1)],
    local: Short,
    nom: Short = "",
    commutateur: Short = "",
    port: Short = "",
) -> Response:
    """Keep where a device was put and go on to the next."""
    with here.database.write(browser.viewer.actor) as session:
        place_device(
            session,
            browser.viewer,
            order_id,
            appareil,
            room=clean(local),
            name=clean(nom),
            switch=clean(commutateur),
            port=clean(port),
        )
    return to_step(order_id, "/places")
