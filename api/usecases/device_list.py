"""The devices that a person may see, found by what they are and how they do; and edited."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, false, or_, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session, col, select

from api.usecases.locks import lock_on
from api.usecases.scope import Right, Viewer, devices_at, sites_within, visible_devices
from api.usecases.sites import search_terms
from inventory.errors import InvalidInput, NotAllowed
from inventory.models import Building, Device, DeviceRole, Floor, Health, Lifecycle, Room, Site
from inventory.programme.spelling import bare
from inventory.sentences import Sentence

MAX_ROWS = 200
_END = "\U0010ffff"  # after every text that begins as the one before it


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """What to look for; None or empty: everything. `text` begins a name or a serial."""

    text: str = ""
    site_id: int | None = None
    province: str | None = None
    family: str | None = None
    role: DeviceRole | None = None
    lifecycle: Lifecycle | None = None
    health: Health | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class DevicePage:
    """Some devices in the order of their ids, and the id after which the next page begins."""

    devices: tuple[Device, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class DeviceEdit:
    """What a person changes of a device; what is not named is left as it is."""

    given: dict[str, Any]


def list_devices(
    session: Session,
    viewer: Viewer,
    wanted: DeviceFilter,
    *,
    after: int | None = None,
    limit: int = 50,
) -> DevicePage:
    """Return the devices that `viewer` may see and that fit, at most `limit` of them."""
    limit = max(1, min(limit, MAX_ROWS))
    query = select(Device).where(visible_devices(viewer), *_conditions(session, wanted))
    if after is not None:
        query = query.where(col(Device.id) > after)
    rows = session.exec(query.order_by(col(Device.id)).limit(limit + 1)).all()
    return DevicePage(tuple(rows[:limit]), rows[limit - 1].id if len(rows) > limit else None)


def edit_device(session: Session, viewer: Viewer, device: Device, edit: DeviceEdit) -> None:
    """Change a device that `viewer` sees: its lifecycle, room and tags.

    Raises NotAllowed without the right at its site, InvalidInput for a room elsewhere.
    """
    if not _may_edit(session, viewer, device):
        raise NotAllowed(Sentence("Votre rôle ne modifie pas les équipements de ce site"))
    given = edit.given
    if "lifecycle" in given:
        device.lifecycle = Lifecycle(given["lifecycle"])
    if "tags" in given:
        device.tags = sorted(set(given["tags"]))
    if "room_id" in given:
        room_id = given["room_id"]
        if room_id is not None and not _is_room_of(session, room_id, device.site_id):
            raise InvalidInput(Sentence("Ce local n’est pas de ce site"))
        device.room_id = room_id
    session.flush()


def lock_of(device: Device) -> str:
    """Return what stands for the part of a device that people edit."""
    return lock_on(device.lifecycle, device.room_id, sorted(device.tags))


def _is_room_of(session: Session, room_id: int, site_id: int | None) -> bool:
    query = (
        select(Room.id)
        .join(Floor, col(Floor.id) == col(Room.floor_id))
        .join(Building, col(Building.id) == col(Floor.building_id))
        .where(Room.id == room_id, Building.site_id == site_id)
    )
    return session.exec(query).first() is not None


def _may_edit(session: Session, viewer: Viewer, device: Device) -> bool:
    if device.site_id is None:
        return viewer.everywhere(Right.ACCEPT_DEVICES)
    within = sites_within(viewer, Right.ACCEPT_DEVICES)
    return (
        session.exec(select(Site.id).where(Site.id == device.site_id, within)).first() is not None
    )


def _conditions(session: Session, wanted: DeviceFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name in ("site_id", "family", "role", "lifecycle", "health"):
        value = getattr(wanted, name)
        if value is not None:
            found.append(getattr(Device, name) == value)
    if wanted.province is not None:
        found.append(devices_at(col(Site.province) == wanted.province))
    if wanted.tag is not None:
        found.append(_tagged(session, wanted.tag))
    if wanted.text:
        found.append(_begins_as(wanted.text))
    return found


def _tagged(session: Session, tag: str) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        return type_coerce(col(Device.tags), JSONB).contains([tag])
    # A list of JSON as the text that Python wrote.
    spelled = {json.dumps(tag), json.dumps(tag, ensure_ascii=False)}
    tags = cast(col(Device.tags), String)
    return or_(*(tags.contains(each, autoescape=True) for each in sorted(spelled)))


def _begins_as(text: str) -> ColumnElement[bool]:
    words, serial = " ".join(search_terms(text)), bare(text)
    if not words:
        return false()
    named = and_(col(Device.search_name) >= words, col(Device.search_name) < words + _END)
    if not serial:
        return named
    numbered = and_(col(Device.search_serial) >= serial, col(Device.search_serial) < serial + _END)
    return or_(named, numbered)
