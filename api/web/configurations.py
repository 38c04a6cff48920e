"""The kept configurations of one device: since when each ran, and what changed between two."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, col, select

from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import Browser, Reading, RowId
from api.http.needs import Needs
from api.usecases.backups import compare, find_backup, list_backups
from api.usecases.scope import Right, Viewer, sites_within
from api.usecases.site_detail import visible_device
from api.web.templating import page
from inventory.errors import NotAllowed
from inventory.models import Device, Site
from inventory.sentences import Sentence

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.RUN_JOBS)])

PATH = "/appareils/{device_id}/configurations"
_ROWS = 50
_Digest = Annotated[str | None, Query(max_length=64)]


@router.get(PATH)
def configurations_page(
    request: Request,
    browser: Browser,
    session: Reading,
    device_id: RowId,
    *,
    de: _Digest = None,
    a: _Digest = None,
    suite: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> Response:
    """Show which configurations a device had, and one of them or what differs between two."""
    device = visible_device(session, browser.viewer, device_id)
    if not may_read(session, browser.viewer, device):
        raise NotAllowed(
            Sentence("Votre rôle ne lit pas les configurations"),
            todo=Sentence("demandez à un ingénieur réseau"),
        )
    found = list_backups(session, device_id, before=read_id_cursor(suite), limit=_ROWS)
    shown = find_backup(session, device_id, a) if a or found.lines else None
    before = find_backup(session, device_id, de) if de else None
    more = urlencode({"suite": id_cursor(found.next)}) if found.next else None
    return page(
        request,
        "configurations.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        device=device,
        lines=found.lines,
        shown=shown,
        before=before,
        diff=compare(session, before, shown) if before and shown else None,
        next_address=f"/appareils/{device_id}/configurations?{more}" if more else None,
    )


def may_read(session: Session, viewer: Viewer, device: Device) -> bool:
    """Return whether `viewer` works on the network of the device's site."""
    if device.site_id is None:
        return viewer.everywhere(Right.RUN_JOBS)
    within = select(Site.id).where(
        col(Site.id) == device.site_id, sites_within(viewer, Right.RUN_JOBS)
    )
    return session.exec(within).first() is not None
