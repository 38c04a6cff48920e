"""The page of one device: what it is, how it does, and how it did."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.dependencies import Browser, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases import device_detail, site_detail
from api.usecases.scope import Right
from api.usecases.site_detail import LastReading
from api.web import texts
from api.web.configurations import may_read
from api.web.device_clients import clients_context
from api.web.history_context import device_history_context
from api.web.language import language_of
from api.web.templating import page
from api.web.texts import Label
from inventory.models import Interface
from inventory.sentences import N_

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])

INCIDENTS_SHOWN_FOR = timedelta(days=30)
_MAX_TEXT = 200
_PORT_STATES: Mapping[str, Label] = {
    "up": Label(N_("Actif"), "good"),
    "down": Label(N_("Pas de lien")),
    "lowerLayerDown": Label(N_("Pas de lien")),
    "dormant": Label(N_("En attente"), "warn"),
    "testing": Label(N_("En test"), "warn"),
    "notPresent": Label(N_("Absent")),
}


@router.get("/appareils/{device_id}")
def device_page(
    request: Request,
    here: Here,
    browser: Browser,
    session: Reading,
    device_id: RowId,
    *,
    periode: Annotated[str, Query(max_length=_MAX_TEXT)] = "",
    port: Annotated[str, Query(max_length=_MAX_TEXT)] = "",
) -> Response:
    """Show one device."""
    viewer = browser.viewer
    device = site_detail.visible_device(session, viewer, device_id)
    reading = site_detail.last_readings(session, [device_id]).get(device_id)
    site = site_detail.visible_site(session, viewer, device.site_id) if device.site_id else None
    return page(
        request,
        "device.html",
        viewer=viewer,
        csrf=browser.csrf_token,
        device=device,
        site=site,
        reading=reading,
        interfaces=site_detail.interfaces(session, device_id),
        neighbours=device_detail.neighbours(session, device_id),
        endpoints=device_detail.endpoints(session, device_id),
        findings=device_detail.findings(session, device),
        incidents=device_detail.incidents(session, device_id, last=INCIDENTS_SHOWN_FOR),
        events=device_detail.events(session, device_id),
        running_since=_running_since(reading),
        reads_configurations=may_read(session, viewer, device),
        interface_state=interface_state,
        mac_text=mac_text,
        **clients_context(session, viewer, device),
        **device_history_context(
            here,
            session,
            device_id,
            reading.observation if reading else None,
            period=periode,
            port=port,
            language=language_of(request, viewer),
        ),
    )


def interface_state(port: Interface) -> Label:
    """Return the state of a port in words (IF-MIB ifAdminStatus, ifOperStatus)."""
    if port.admin == "down":
        return Label(N_("Désactivé"))
    return _PORT_STATES.get(port.oper or "", texts.UNKNOWN)


def mac_text(mac: str | None) -> str | None:
    """Return a hardware address as it is printed on devices: `a0:b1:c2:d3:e4:f5`."""
    return ":".join(mac[place : place + 2] for place in range(0, len(mac), 2)) if mac else None


def _running_since(reading: LastReading | None) -> datetime | None:
    uptime_s = reading.observation.identity.uptime_s if reading is not None else None
    return reading.at - timedelta(seconds=uptime_s) if reading and uptime_s is not None else None
