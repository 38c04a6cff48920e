"""Keeping what a device said: the whole of it as a record, and the rows that follow from it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, select

from api.usecases.controlled import hear_of_access_points
from inventory.errors import DeviceError, Garbled, NotFound, Unreachable
from inventory.events import record_event
from inventory.incidents import Reading, health_of_history, remember
from inventory.models import (
    Device,
    Health,
    Interface,
    Lifecycle,
    Link,
    ObservationRecord,
    RadioRow,
)
from inventory.observation import Neighbour, Observation, to_json
from inventory.reconcile import (
    INTERFACE_FIGURES,
    RADIO_FIGURES,
    LinkKey,
    chassis_mac,
    device_changes,
    health_of,
    interfaces_told,
    links_told,
    radios_told,
    remote_resolver,
    was_rebooted,
)
from inventory.sentences import Sentence
from inventory.vendors.family import family

OBSERVATIONS_KEPT = 8
"""How many whole observations of one device are kept; figures over time are the series' matter."""

_NOT_YET_ACTIVE = {Lifecycle.PLANNED, Lifecycle.ORDERED, Lifecycle.IN_STOCK, Lifecycle.INSTALLED}


def record_observation(
    session: Session, device: Device, observation: Observation, *, at: datetime, duration_s: float
) -> None:
    """Keep what `device` said at `at`, bring its rows up to it, and tell what is worth telling.

    A device that was planned or in stock and answers is active. The device needs an id.
    """
    if device.id is None:
        raise ValueError("the device has no id yet; flush first")
    observation = _with_reboot(session, device, observation, at)
    changes, told = device_changes(device, observation, role_of(observation.identity.family))
    for column, value in changes.items():
        setattr(device, column, value)
    if device.lifecycle in _NOT_YET_ACTIVE:
        device.lifecycle = Lifecycle.ACTIVE
    if device.lifecycle is Lifecycle.RETIRED:
        _tell(
            session,
            device,
            "device.retired_answers",
            Sentence("%(name)s, retiré, répond encore", name=device.name),
        )
    device.last_seen_at = at
    device.last_error = device.last_error_kind = None
    whole = health_of(observation) is Health.OK
    _remember(session, device, Reading.ANSWERED if whole else Reading.PARTLY)
    for each in told:
        _tell(session, device, each.kind, each.message, each.body)
    if observation.identity.rebooted:
        _tell(
            session, device, "device.rebooted", Sentence("%(name)s a redémarré", name=device.name)
        )
    _keep_interfaces(session, device.id, observation)
    _keep_radios(session, device.id, observation)
    _keep_links(session, device, observation, at)
    hear_of_access_points(session, device, observation, at)
    _keep_record(session, device.id, observation, at, duration_s)


def record_answer(
    session: Session, device: Device, observation: Observation, *, at: datetime
) -> None:
    """Keep that `device` answered a health round, which reads a part of it.

    What a whole reading could not read is not well again because the part could be.
    """
    device.last_seen_at = at
    device.last_error = device.last_error_kind = None
    partly = device.recent_readings[-1:] == Reading.PARTLY
    whole = health_of(observation) is Health.OK and not partly
    _remember(session, device, Reading.ANSWERED if whole else Reading.PARTLY)


def record_failure(session: Session, device: Device, error: DeviceError) -> None:
    """Keep why `device` could not be read.

    Refused says nothing of its health. Whether a silent one is down or in another's shadow is told
    by `judge_sites`, which looks at the whole site; here its silence is only remembered.
    """
    device.last_error_kind = type(error).__name__
    device.last_error = str(error)
    if isinstance(error, Unreachable):
        device.recent_readings = remember(device.recent_readings, Reading.SILENT)
    else:
        garbled = isinstance(error, Garbled)
        _remember(session, device, Reading.PARTLY if garbled else Reading.UNREADABLE)


def role_of(family_id: str) -> str | None:
    """Return the role of a family's devices; None for `generic` and for an unknown family."""
    if family_id == "generic":
        return None
    try:
        return family(family_id).role
    except NotFound:
        return None


def _with_reboot(
    session: Session, device: Device, observation: Observation, at: datetime
) -> Observation:
    if observation.identity.rebooted is not None:
        return observation
    before = session.exec(
        select(ObservationRecord)
        .where(ObservationRecord.device_id == device.id)
        .order_by(col(ObservationRecord.at).desc())
        .limit(1)
    ).first()
    if before is None:
        return observation
    before_s = before.body["identity"]["uptime_s"]
    rebooted = was_rebooted(before_s, before.at, observation.identity.uptime_s, at)
    return replace(observation, identity=replace(observation.identity, rebooted=rebooted))


def _remember(session: Session, device: Device, reading: Reading) -> None:
    device.recent_readings = remember(device.recent_readings, reading)
    before, device.health = device.health, health_of_history(device.recent_readings)
    # That it fell silent or answers again is told once, by the incident.
    if before is Health.OK and device.health is Health.DEGRADED:
        message = Sentence("%(name)s ne fonctionne plus qu’en partie", name=device.name)
        _tell(session, device, "device.degraded", message)


def _tell(
    session: Session, device: Device, kind: str, message: str, body: dict[str, Any] | None = None
) -> None:
    record_event(
        session, kind, message, site_id=device.site_id, device_id=device.id, body=body or {}
    )


Row = TypeVar("Row", bound=SQLModel)


def _bring(row: SQLModel, told: Mapping[str, Any], figures: Iterable[str]) -> None:
    for column, value in told.items():
        if (value is not None or column in figures) and getattr(row, column) != value:
            setattr(row, column, value)


def _forget(
    session: Session, gone: Iterable[SQLModel], figures: Iterable[str], *, whole: bool
) -> None:
    # What a complete reading does not hold is no longer there; after a partial one nobody knows.
    for row in gone:
        if whole:
            session.delete(row)
        else:
            _bring(row, dict.fromkeys(figures), figures)


def _keep_interfaces(session: Session, device_id: int, observation: Observation) -> None:
    told = interfaces_told(observation)
    rows = {
        row.name: row
        for row in session.exec(select(Interface).where(Interface.device_id == device_id))
    }
    for name, columns in told.items():
        row = rows.pop(name, None) or Interface(device_id=device_id, name=name)
        _bring(row, columns, INTERFACE_FIGURES)
        session.add(row)
    _forget(session, rows.values(), INTERFACE_FIGURES, whole=_whole(observation, told))


def _keep_radios(session: Session, device_id: int, observation: Observation) -> None:
    told = radios_told(observation)
    rows = {
        row.index: row
        for row in session.exec(select(RadioRow).where(RadioRow.device_id == device_id))
    }
    for index, columns in told.items():
        row = rows.pop(index, None) or RadioRow(device_id=device_id, index=index)
        _bring(row, columns, RADIO_FIGURES)
        session.add(row)
    _forget(session, rows.values(), RADIO_FIGURES, whole=_whole(observation, told))


def _whole(observation: Observation, told: Mapping[Any, Any]) -> bool:
    return bool(told) and not observation.problems


def _keep_links(session: Session, device: Device, observation: Observation, at: datetime) -> None:
    if not observation.neighbours or device.id is None:
        return
    told = links_told(
        observation, remote_resolver(*_remote_devices(session, device, observation.neighbours))
    )
    rows: dict[LinkKey, Link] = {
        (row.local_interface, row.protocol, row.remote_key): row
        for row in session.exec(select(Link).where(Link.device_id == device.id))
    }
    for key, columns in told.items():
        interface, protocol, remote_key = key
        row = rows.get(key) or Link(
            device_id=device.id,
            local_interface=interface,
            protocol=protocol,
            remote_key=remote_key,
            first_seen_at=at,
            last_seen_at=at,
        )
        _bring(row, columns, ())
        row.last_seen_at = at
        session.add(row)


def _remote_devices(
    session: Session, device: Device, neighbours: Iterable[Neighbour]
) -> tuple[dict[str, int], dict[str, int | None]]:
    heard = list(neighbours)
    macs = {mac for each in heard if (mac := chassis_mac(each.chassis_id))}
    names = {each.system_name for each in heard if each.system_name}
    # Neighbours stand in the same building: the same name in another school is another device.
    here = (Device.site_id == device.site_id, Device.id != device.id)
    by_mac: dict[str, int] = {}
    ports = (
        select(Interface.mac, Interface.device_id)
        .join(Device)
        .where(col(Interface.mac).in_(macs), *here)
    )
    for mac, device_id in session.exec(ports):
        by_mac[str(mac)] = device_id
    bases = select(Device.base_mac, Device.id).where(col(Device.base_mac).in_(macs), *here)
    for mac, row_id in session.exec(bases):
        if row_id is not None:
            by_mac[str(mac)] = row_id
    by_name: dict[str, int | None] = {}
    for name, row_id in session.exec(
        select(Device.name, Device.id).where(col(Device.name).in_(names), *here)
    ):
        by_name[name.lower()] = None if name.lower() in by_name else row_id
    return by_mac, by_name


def _keep_record(
    session: Session, device_id: int, observation: Observation, at: datetime, duration_s: float
) -> None:
    session.add(
        ObservationRecord(
            device_id=device_id,
            at=at,
            duration_s=duration_s,
            problem_count=len(observation.problems),
            body=to_json(observation),
        )
    )
    session.flush()
    newest = (
        select(ObservationRecord.id)
        .where(ObservationRecord.device_id == device_id)
        .order_by(col(ObservationRecord.at).desc(), col(ObservationRecord.id).desc())
        .limit(OBSERVATIONS_KEPT)
    )
    session.execute(
        delete(ObservationRecord).where(
            col(ObservationRecord.device_id) == device_id,
            col(ObservationRecord.id).not_in(newest),
        )
    )
