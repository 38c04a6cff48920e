"""Work orders on a phone: one thing on each screen, saved step by step, without script.

Each form carries an id made with the page: sent twice on a bad line, it is one record.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session, col, select

from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.http.uploading import FormOfBrowser, ReceivedForm
from api.usecases.scope import Right
from api.usecases.site_detail import visible_site
from api.usecases.uploads import keep_upload
from api.usecases.work_orders import (
    KIND_LABELS,
    Appointment,
    cancel_order,
    change_order,
    checklist_of,
    devices_of_site,
    finish_order,
    installers_at,
    list_orders,
    may_plan,
    may_work_on,
    order_to_work_on,
    plan_order,
    still_to_do,
    visible_order,
)
from api.usecases.work_steps import (
    answer_item,
    keep_photo,
    links_of,
    place_device,
    reported,
    scan_device,
    take_cable_tests,
    take_reserve,
)
from api.web.templating import page
from api.web.texts import DEVICE_ROLE, Label
from inventory.errors import InvalidInput
from inventory.files.kinds import UploadKind
from inventory.models import (
    CableTest,
    DeviceRole,
    Reserve,
    ReserveSeverity,
    User,
    WorkAnswer,
    WorkCheck,
    WorkKind,
    WorkOrder,
    WorkPhoto,
    WorkReserve,
    WorkState,
)
from inventory.sentences import N_, Sentence

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])

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
ROWS = 50
_BRUSSELS = ZoneInfo("Europe/Brussels")
_ORDER = "/interventions/{order_id}"
_PLANS, _WORKS = [Needs(Right.PLAN_WORK)], [Needs(Right.DO_WORK)]
_WORKS_WITH_FILES = [Needs(Right.DO_WORK, within=True)]
_FilesForm = Annotated[ReceivedForm, Depends(FormOfBrowser(Right.DO_WORK))]
_Short = Annotated[str, Form(max_length=200)]
_Long = Annotated[str, Form(max_length=2000)]


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
        **_words(),
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
        **_words(),
    )


@router.post("/sites/{site_id}/interventions", dependencies=_PLANS)
def plan(
    here: Here,
    browser: FormOfOurs,
    site_id: RowId,
    *,
    genre: Annotated[WorkKind, Form()],
    installateur: _Short = "",
    debut: _Short = "",
    fin: _Short = "",
    acces: _Long = "",
) -> Response:
    """Plan an order."""
    with here.database.write(browser.viewer.actor) as session:
        order = plan_order(
            session,
            browser.viewer,
            site_id,
            genre,
            installer=installateur or None,
            appointment=Appointment(_moment(debut), _moment(fin), _clean(acces)),
        )
        return _to(order.id or 0)


@router.get(_ORDER)
def order_page(request: Request, browser: Browser, session: Reading, order_id: RowId) -> Response:
    """Show an order: where, when, and the steps with how far each is."""
    order = visible_order(session, browser.viewer, order_id)
    planning = may_plan(session, browser.viewer, order.site_id)
    person = session.get(User, order.installer_id) if order.installer_id else None
    return page(
        request,
        "work/order.html",
        **_context(session, browser, order),
        installer=person.display_name if person else None,
        login=person.login if person else "",
        installers=installers_at(session, order.site_id) if planning else [],
        may_plan=planning,
        missing=still_to_do(session, order),
        local_value=_local_value,
    )


@router.post(_ORDER + "/rendez-vous", dependencies=_PLANS)
def appoint(
    here: Here,
    browser: FormOfOurs,
    order_id: RowId,
    *,
    installateur: _Short = "",
    debut: _Short = "",
    fin: _Short = "",
    acces: _Long = "",
) -> Response:
    """Give the order to an installer, with an appointment."""
    with here.database.write(browser.viewer.actor) as session:
        change_order(
            session,
            browser.viewer,
            order_id,
            installer=installateur or None,
            appointment=Appointment(_moment(debut), _moment(fin), _clean(acces)),
        )
    return _to(order_id)


@router.post(_ORDER + "/fin", dependencies=_WORKS)
def finish(here: Here, browser: FormOfOurs, order_id: RowId) -> Response:
    """End the order."""
    with here.database.write(browser.viewer.actor) as session:
        finish_order(session, browser.viewer, order_id)
    return _to(order_id)


@router.post(_ORDER + "/annulation", dependencies=_PLANS)
def cancel(here: Here, browser: FormOfOurs, order_id: RowId) -> Response:
    """Cancel the order."""
    with here.database.write(browser.viewer.actor) as session:
        cancel_order(session, browser.viewer, order_id)
    return _to(order_id)


@router.get(_ORDER + "/liste")
def checklist_page(
    request: Request,
    browser: Browser,
    session: Reading,
    order_id: RowId,
    point: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """Show one point of the checklist: the one asked for, else the first without an answer."""
    order = visible_order(session, browser.viewer, order_id)
    context = _context(session, browser, order)
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


@router.post(_ORDER + "/liste", dependencies=_WORKS)
def answer(
    here: Here,
    browser: FormOfOurs,
    order_id: RowId,
    *,
    point: _Short,
    reponse: Annotated[WorkAnswer, Form()],
    note: _Long = "",
) -> Response:
    """Keep the answer to one point and go on to the next."""
    with here.database.write(browser.viewer.actor) as session:
        answer_item(session, browser.viewer, order_id, point, reponse, note=_clean(note))
    return _to(order_id, "/liste")


@router.get(_ORDER + "/materiel")
def devices_page(request: Request, browser: Browser, session: Reading, order_id: RowId) -> Response:
    """Show the scanned devices and the field for the next one."""
    order = visible_order(session, browser.viewer, order_id)
    context = _context(session, browser, order)
    return page(request, "work/devices.html", **context, roles=DEVICE_ROLE)


@router.post(_ORDER + "/materiel", dependencies=_WORKS)
def scan(
    here: Here,
    browser: FormOfOurs,
    order_id: RowId,
    *,
    envoi: _Short,
    serie: _Short,
    role: Annotated[DeviceRole, Form()] = DeviceRole.ACCESS_POINT,
    modele: _Short = "",
) -> Response:
    """Keep a device by its serial number."""
    with here.database.write(browser.viewer.actor) as session:
        scan_device(
            session,
            browser.viewer,
            order_id,
            envoi,
            text=_clean(serie),
            role=role,
            model=_clean(modele),
        )
    return _to(order_id, "/materiel")


@router.get(_ORDER + "/places")
def places_page(
    request: Request,
    browser: Browser,
    session: Reading,
    order_id: RowId,
    appareil: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """Show where one device was put: the one asked for, else the first without a place."""
    order = visible_order(session, browser.viewer, order_id)
    context = _context(session, browser, order)
    devices = context["devices"]
    asked = next((each for each in devices if each.id == appareil), None)
    chosen = asked or next((each for each in devices if each.room is None), None)
    return page(request, "work/places.html", **context, device=chosen)


@router.post(_ORDER + "/places", dependencies=_WORKS)
def place(
    here: Here,
    browser: FormOfOurs,
    order_id: RowId,
    *,
    appareil: Annotated[int, Form(ge=1, le=2**31 - 1)],
    local: _Short,
    nom: _Short = "",
    commutateur: _Short = "",
    port: _Short = "",
) -> Response:
    """Keep where a device was put and go on to the next."""
    with here.database.write(browser.viewer.actor) as session:
        place_device(
            session,
            browser.viewer,
            order_id,
            appareil,
            room=_clean(local),
            name=_clean(nom),
            switch=_clean(commutateur),
            port=_clean(port),
        )
    return _to(order_id, "/places")


@router.get(_ORDER + "/photos")
def photos_page(request: Request, browser: Browser, session: Reading, order_id: RowId) -> Response:
    """Show the photos and the field for the next one."""
    order = visible_order(session, browser.viewer, order_id)
    return page(request, "work/photos.html", **_context(session, browser, order))


@router.post(_ORDER + "/photos", dependencies=_WORKS_WITH_FILES)
def add_photo(here: Here, order_id: RowId, form: _FilesForm) -> Response:
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
                caption=_clean(form.fields.get("legende", "")),
            )
    return _to(order_id, "/photos")


@router.get(_ORDER + "/cables")
def cables_page(request: Request, browser: Browser, session: Reading, order_id: RowId) -> Response:
    """Show the links that were tested, and take the certifier's table."""
    order = visible_order(session, browser.viewer, order_id)
    return page(request, "work/cables.html", **_context(session, browser, order))


@router.post(_ORDER + "/cables", dependencies=_WORKS_WITH_FILES)
def add_cable_tests(here: Here, order_id: RowId, form: _FilesForm) -> Response:
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
    return _to(order_id, "/cables")


@router.get(_ORDER + "/reserves")
def reserves_page(
    request: Request, browser: Browser, session: Reading, order_id: RowId
) -> Response:
    """Show the reserves that were taken, and take another."""
    order = visible_order(session, browser.viewer, order_id)
    return page(request, "work/reserves.html", **_context(session, browser, order))


@router.post(_ORDER + "/reserves", dependencies=_WORKS)
def add_reserve(
    here: Here,
    browser: FormOfOurs,
    order_id: RowId,
    *,
    envoi: _Short,
    objet: _Long,
    gravite: Annotated[ReserveSeverity, Form()] = ReserveSeverity.MINOR,
) -> Response:
    """Open a reserve of the site."""
    with here.database.write(browser.viewer.actor) as session:
        take_reserve(
            session, browser.viewer, order_id, envoi, message=_clean(objet), severity=gravite
        )
    return _to(order_id, "/reserves")


def _context(session: Session, browser: Browser, order: WorkOrder) -> dict[str, Any]:
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
        **_words(),
    }


def _words() -> dict[str, Any]:
    return {"kinds": {kind.value: label for kind, label in KIND_LABELS.items()}, "states": STATES}


def _to(order_id: int, step: str = "") -> Response:
    return RedirectResponse(f"/interventions/{order_id}{step}", HTTPStatus.SEE_OTHER)


def _clean(text: str) -> str:
    # PostgreSQL takes no NUL in a text; browsers send CRLF.
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def _moment(text: str) -> datetime | None:
    """Return the moment of a field `datetime-local`, which tells the time in Brussels."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(Sentence("%(text)s n’est pas un moment", text=text)) from error
    return moment.replace(tzinfo=_BRUSSELS).astimezone(UTC) if moment is not None else None


def _local_value(moment: datetime | None) -> str:
    return moment.astimezone(_BRUSSELS).strftime("%Y-%m-%dT%H:%M") if moment is not None else ""
