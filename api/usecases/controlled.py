"""Access points that only their controller tells of: they are well as long as it says so."""

from datetime import datetime

from sqlmodel import Session, select

from inventory.incidents import Reading, health_of_history, remember
from inventory.models import Device, Lifecycle, ManagementEndpoint, Protocol
from inventory.observation import AccessPoint, Observation
from inventory.reconcile import serial_told

# The words of the families' readings for "it serves" and "it does not".
_READING = {"up": Reading.ANSWERED, "normal": Reading.ANSWERED, "down": Reading.SILENT}


def hear_of_access_points(
    session: Session, controller: Device, observation: Observation, at: datetime
) -> None:
    """Keep what a controller said at `at` of its access points that are not polled themselves.

    One that it calls down counts as silent, and is judged as any other device. What it does not
    list, or lists in another state (upgrading, joining), is neither.
    """
    for device, point in access_points_told(session, controller, observation):
        _keep(device, point, at)
        session.add(device)


def is_up(point: AccessPoint) -> bool | None:
    """Return whether a controller says that an access point serves; None: neither yes nor no."""
    reading = _READING.get((point.status or "").lower())
    return None if reading is None else reading is Reading.ANSWERED


def access_points_told(
    session: Session, controller: Device, observation: Observation
) -> list[tuple[Device, AccessPoint]]:
    """Return a controller's access points that are not polled themselves, with what it told."""
    if not observation.access_points:
        return []
    told: dict[str, AccessPoint] = {}
    for each in observation.access_points:
        for mark in (serial_told(each.serial), each.mac):
            if mark is not None:
                told.setdefault(mark, each)
    polled = (
        select(ManagementEndpoint.id)
        .where(ManagementEndpoint.device_id == Device.id)
        .where(ManagementEndpoint.protocol == Protocol.SNMP)
    )
    rows = session.exec(
        select(Device).where(Device.controller_id == controller.id, ~polled.exists())
    )
    found = []
    for device in rows:
        point = told.get(device.serial or "") or told.get(device.base_mac or "")
        if point is not None:
            found.append((device, point))
    return found


def _keep(device: Device, point: AccessPoint, at: datetime) -> None:
    reading = _READING.get((point.status or "").lower())
    device.firmware = point.firmware or device.firmware
    device.model = point.model or device.model
    if reading is None:
        return
    device.recent_readings = remember(device.recent_readings, reading)
    if reading is Reading.ANSWERED:
        device.last_seen_at = at
        device.last_error = device.last_error_kind = None
        device.health = health_of_history(device.recent_readings)
        if device.lifecycle is Lifecycle.INSTALLED:
            device.lifecycle = Lifecycle.ACTIVE
    else:
        device.last_error_kind = "Unreachable"
        device.last_error = "its controller says that it is down"
