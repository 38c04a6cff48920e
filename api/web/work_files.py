"""What a work order hands in: photos, and the table of a cable certifier."""

from fastapi import APIRouter, Request, Response

from api.http.dependencies import Browser, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases.scope import Right
from api.usecases.uploads import keep_upload
from api.usecases.work_orders import (
    order_to_work_on,
    visible_order,
)
from api.usecases.work_steps import (
    keep_photo,
    reported,
    take_cable_tests,
)
from api.web.templating import page
from api.web.work_pages import ORDER, WORKS_WITH_FILES, FilesForm, clean, context_of, to_step
from inventory.files.kinds import UploadKind
from inventory.models import (
    CableTest,
    WorkPhoto,
)

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])


@router.get(ORDER + "/photos")
def photos_page(request: Request, browser: Browser, session: Reading, order_id: RowId) -> Response:
    """Show the photos and the field for the next one."""
    order = visible_order(session, browser.viewer, order_id)
    return page(request, "work/photos.html", **context_of(session, browser, order))


@router.post(ORDER + "/photos", dependencies=WORKS_WITH_FILES)
def add_photo(here: Here, order_id: RowId, form: FilesForm) -> Response:
    """Keep a photo, drawn anew without what the phone wrote into it."""
    viewer, client_id = form.viewer, form.fields.get("envoi", "")
    with here.database.read() as session:
        visible_order(session, viewer, order_id)
        known = reported(session, WorkPhoto, order_id, client_id)
    if known is None:
        received = form.file("photo").look_at(UploadKind.PHOTO)
        with here.database.write(viewer.actor) as session:
            order = order_to_work_on(session, viewer, order_id)
            kept = keep_upload(
                session, here.settings, received, by=viewer.actor, site_id=order.site_id
            )
            keep_photo(
                session,
                viewer,
                order_id,
                client_id,
                upload_id=kept.id or 0,
                caption=clean(form.fields.get("legende", "")),
            )
    return to_step(order_id, "/photos")


@router.get(ORDER + "/cables")
def cables_page(request: Request, browser: Browser, session: Reading, order_id: RowId) -> Response:
    """Show the links that were tested, and take the certifier's table."""
    order = visible_order(session, browser.viewer, order_id)
    return page(request, "work/cables.html", **context_of(session, browser, order))


@router.post(ORDER + "/cables", dependencies=WORKS_WITH_FILES)
def add_cable_tests(here: Here, order_id: RowId, form: FilesForm) -> Response:
    """Read the table of a certifier and keep it."""
    viewer, client_id = form.viewer, form.fields.get("envoi", "")
    with here.database.read() as session:
        visible_order(session, viewer, order_id)
        known = reported(session, CableTest, order_id, client_id)
    if known is None:
        received = form.file("tests").look_at(UploadKind.CABLE_TEST)
        content = received.path.read_bytes()
        with here.database.write(viewer.actor) as session:
            order = order_to_work_on(session, viewer, order_id)
            kept = keep_upload(
                session, here.settings, received, by=viewer.actor, site_id=order.site_id
            )
            take_cable_tests(
                session, viewer, order_id, client_id, upload_id=kept.id or 0, content=content
            )
    return to_step(order_id, "/cables")
