"""What an installer reports from the school, one small thing at a time.

Each is one row, by the id that the phone gave it: sent again after a bad line, it is the same row.
"""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from api.usecases.reserves import open_by_hand
from api.usecases.scope import Viewer, visible_sites
from api.usecases.work_orders import checklist_of, order_to_work_on
from inventory import clock
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import (
    CableLink,
    CableTest,
    Device,
    DeviceRole,
    OrderedDevice,
    Reserve,
    ReserveSeverity,
    ScannedDevice,
    Site,
    WorkAnswer,
    WorkCheck,
    WorkOrder,
    WorkPhoto,
    WorkReserve,
)
from inventory.programme.spelling import bare
from inventory.programme.works.cables import read_links
from inventory.programme.works.checklists import load_checklists
from inventory.programme.works.serials import clean_serial
from inventory.sentences import Sentence, wording

_MAX_TEXT = 2000
_MAX_NAME = 120
_MAX_CLIENT_ID = 80


Row = TypeVar("Row", bound=SQLModel)


def answer_item(
    session: Session,
    viewer: Viewer,
    order_id: int,
    item_id: str,
    answer: WorkAnswer,
    *,
    note: str = "",
) -> WorkCheck:
    """Keep what is said of a point of the checklist; the last word counts.

    Raises InvalidInput for no such point, or for a problem without a word on it.
    """
    order = order_to_work_on(session, viewer, order_id)
    if checklist_of(order).item(item_id) is None:
        raise InvalidInput(Sentence("Ce point n’est pas sur la liste"), where=item_id)
    text = note.strip()[:_MAX_TEXT]
    if answer is WorkAnswer.PROBLEM and not text:
        raise InvalidInput(Sentence("Dites en un mot quel est le problème"))
    row = session.exec(
        select(WorkCheck).where(WorkCheck.order_id == order_id, WorkCheck.item_id == item_id)
    ).first()
    row = row or WorkCheck(
        order_id=order_id,
        item_id=item_id,
        answer=answer,
        answered_by=viewer.actor,
        answered_at=clock.now(),
    )
    row.answer, row.note = answer, text or None
    row.answered_by, row.answered_at = viewer.actor, clock.now()
    session.add(row)
    session.flush()
    return row


def reported(session: Session, table: type[Row], order_id: int, client_id: str) -> Row | None:
    """Return what a phone sent already under this id, or None; raises InvalidInput for no id."""
    if not 0 < len(client_id) <= _MAX_CLIENT_ID or not client_id.isprintable():
        raise InvalidInput(
            Sentence("Ce qu’un téléphone envoie a un identifiant de 1 à 80 caractères")
        )
    columns = table.__table__.c  # type: ignore[attr-defined]
    query = select(table).where(columns.order_id == order_id, columns.client_id == client_id)
    return session.exec(query).first()


def keep_photo(
    session: Session,
    viewer: Viewer,
    order_id: int,
    client_id: str,
    *,
    upload_id: int,
    caption: str = "",
) -> WorkPhoto:
    """Add a photo that was handed in to an order."""
    order_to_work_on(session, viewer, order_id)
    row = reported(session, WorkPhoto, order_id, client_id)
    if row is None:
        row = WorkPhoto(
            order_id=order_id,
            client_id=client_id,
            upload_id=upload_id,
            caption=caption.strip()[:_MAX_NAME] or None,
            taken_by=viewer.actor,
            taken_at=clock.now(),
        )
        session.add(row)
        session.flush()
    return row


def scan_device(
    session: Session,
    viewer: Viewer,
    order_id: int,
    client_id: str,
    *,
    text: str,
    role: DeviceRole = DeviceRole.ACCESS_POINT,
    model: str = "",
) -> ScannedDevice:
    """Keep a device by the serial number of its label.

    It was ordered for this site, or is new everywhere. Raises Conflict, which says where it is, for
    a serial number that is known already.
    """
    order = order_to_work_on(session, viewer, order_id)
    found = reported(session, ScannedDevice, order_id, client_id)
    if found is not None:
        return found
    serial = clean_serial(text)
    ordered = _refuse_known(session, viewer, order, serial)
    row = ScannedDevice(
        site_id=order.site_id,
        order_id=order_id,
        client_id=client_id,
        serial=serial,
        role=DeviceRole(ordered.role) if ordered is not None else role,
        model=(ordered.model if ordered is not None else None) or model.strip()[:_MAX_NAME] or None,
        expected=ordered is not None,
        name=ordered.name if ordered is not None else None,
        scanned_by=viewer.actor,
        scanned_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another scanned it between our two looks
        _refuse_known(session, viewer, order, serial)
        raise
    return row


def place_device(
    session: Session,
    viewer: Viewer,
    order_id: int,
    device_id: int,
    *,
    room: str,
    name: str = "",
    switch: str = "",
    port: str = "",
) -> ScannedDevice:
    """Say where a scanned device was put, and on which switch port; said again, it counts anew.

    Raises NotFound for a device of another site, InvalidInput without a room.
    """
    order = order_to_work_on(session, viewer, order_id)
    row = session.get(ScannedDevice, device_id)
    if row is None or row.site_id != order.site_id:
        raise NotFound(Sentence("Cet appareil n’a pas été scanné dans cette école"))
    if not room.strip():
        raise InvalidInput(Sentence("Dites dans quel local l’appareil est posé"))
    row.room = room.strip()[:_MAX_NAME]
    row.name = name.strip()[:_MAX_NAME] or row.name
    row.switch, row.port = switch.strip()[:_MAX_NAME] or None, port.strip()[:_MAX_NAME] or None
    row.placed_order_id, row.placed_by, row.placed_at = order_id, viewer.actor, clock.now()
    session.flush()
    return row


def take_cable_tests(
    session: Session,
    viewer: Viewer,
    order_id: int,
    client_id: str,
    *,
    upload_id: int,
    content: bytes,
) -> tuple[CableTest, Sequence[CableLink]]:
    """Read the table of a certifier, each link judged by the limits, and keep it with its file.

    Raises InvalidInput for what is no such table: then nothing is kept.
    """
    order = order_to_work_on(session, viewer, order_id)
    row = reported(session, CableTest, order_id, client_id)
    if row is None:
        found = read_links(content, load_checklists(order.checklist).cable)
        row = CableTest(
            order_id=order_id,
            client_id=client_id,
            upload_id=upload_id,
            handed_in_by=viewer.actor,
            handed_in_at=clock.now(),
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        session.add_all(
            CableLink(
                test_id=row.id,
                label=link.label,
                length_m=link.length_m,
                category=link.category,
                passed=link.fault is None,
                fault=link.fault,
                fault_wording=wording(link.fault) if link.fault else None,
            )
            for link in found
        )
        session.flush()
    return row, links_of(session, order_id)


def links_of(session: Session, order_id: int) -> Sequence[CableLink]:
    """Return the links that were tested for an order, those with a fault first."""
    return session.exec(
        select(CableLink)
        .join(CableTest, col(CableTest.id) == col(CableLink.test_id))
        .where(CableTest.order_id == order_id)
        .order_by(col(CableLink.passed), col(CableLink.label), col(CableLink.id))
    ).all()


def take_reserve(
    session: Session,
    viewer: Viewer,
    order_id: int,
    client_id: str,
    *,
    message: str,
    severity: ReserveSeverity = ReserveSeverity.MINOR,
) -> Reserve:
    """Open a reserve of the site, as seen there."""
    order = order_to_work_on(session, viewer, order_id)
    known = reported(session, WorkReserve, order_id, client_id)
    if known is not None:
        reserve = session.get(Reserve, known.reserve_id)
        assert reserve is not None
        return reserve
    reserve = open_by_hand(session, order.site_id, message, severity=severity, actor=viewer.actor)
    assert reserve.id is not None
    session.add(WorkReserve(order_id=order_id, client_id=client_id, reserve_id=reserve.id))
    session.flush()
    return reserve


def _refuse_known(
    session: Session, viewer: Viewer, order: WorkOrder, serial: str
) -> OrderedDevice | None:
    """Return the device as ordered for the order's site.

    Raises Conflict for one known elsewhere; a school that `viewer` does not see is not named.
    """
    scanned = session.exec(
        select(ScannedDevice, Site.name)
        .join(Site, col(Site.id) == col(ScannedDevice.site_id))
        .where(ScannedDevice.serial == serial)
    ).first()
    if scanned is not None:
        row, site = scanned
        raise Conflict(
            Sentence(
                "Le numéro %(serial)s est déjà scanné\u00a0: %(site)s, intervention n°%(order)s",
                serial=serial,
                site=_named(session, viewer, row.site_id, site),
                order=row.order_id,
            )
        )
    device = session.exec(
        select(Device, Site.name)
        .join(Site, col(Site.id) == col(Device.site_id), isouter=True)
        .where(Device.search_serial == bare(serial), _elsewhere(order))
    ).first()
    if device is not None:
        row_of_device, site = device
        raise Conflict(
            Sentence(
                "Le numéro %(serial)s est celui de l’appareil %(name)s\u00a0: %(site)s",
                serial=serial,
                name=row_of_device.name,
                site=_named(session, viewer, row_of_device.site_id, site),
            )
        )
    ordered = session.exec(
        select(OrderedDevice, Site.name)
        .join(Site, col(Site.id) == col(OrderedDevice.site_id))
        .where(OrderedDevice.serial == serial)
    ).all()
    mine = next((row for row, _ in ordered if row.site_id == order.site_id), None)
    if ordered and mine is None:
        raise Conflict(
            Sentence(
                "Le numéro %(serial)s est commandé pour une autre école\u00a0: %(site)s",
                serial=serial,
                site=_named(session, viewer, ordered[0][0].site_id, ordered[0][1]),
            )
        )
    return mine


def _named(session: Session, viewer: Viewer, site_id: int | None, name: str | None) -> str:
    """Return the name of a school, where `viewer` may see it."""
    seen = select(Site.id).where(col(Site.id) == site_id, visible_sites(viewer))
    if name is None or site_id is None:
        return Sentence("sans école")
    return name if session.exec(seen).first() is not None else Sentence("une autre école")


def _elsewhere(order: WorkOrder) -> ColumnElement[bool]:
    column = col(Device.site_id)
    return column.is_(None) | (column != order.site_id)
