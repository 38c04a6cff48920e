"""The part of a device's page that says who is connected, for a support case."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.jobs.support_requests import may_read_clients, request_clients, told_clients
from api.usecases.scope import Right, Viewer
from api.usecases.site_detail import visible_device
from api.web.templating import page
from inventory.models import Device

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.READ_CLIENTS)])


@router.get("/appareils/{device_id}/postes")
def clients_part(
    request: Request, browser: Browser, session: Reading, device_id: RowId
) -> Response:
    """Show the part that is loaded again while the device is asked."""
    device = visible_device(session, browser.viewer, device_id)
    shown = page(
        request,
        "device/clients.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        device=device,
        **clients_context(session, browser.viewer, device),
    )
    shown.headers["Cache-Control"] = "no-store"
    return shown


@router.post("/appareils/{device_id}/postes")
def ask_for_clients(
    here: Here,
    browser: FormOfOurs,
    device_id: RowId,
    dossier: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Queue the question and go back to the page of the device."""
    with here.database.write(browser.viewer.actor) as session:
        request_clients(session, browser.viewer, device_id, dossier)
    return RedirectResponse(f"/appareils/{device_id}#postes", HTTPStatus.SEE_OTHER)


def clients_context(session: Session, viewer: Viewer, device: Device) -> dict[str, Any]:
    """Return what `device/clients.html` shows: nothing to who may not ask."""
    if device.id is None or not may_read_clients(session, viewer, device):
        return {"may_read_clients": False, "connected": None}
    return {"may_read_clients": True, "connected": told_clients(session, viewer, device.id)}
