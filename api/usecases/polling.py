"""Polling: read every known device, keep what it says, and keep why where it cannot be read."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from api.usecases.controlled import access_points_told
from api.usecases.incidents import judge_sites
from api.usecases.poll_history import PollHistory
from api.usecases.polled import (
    LEASE_S,
    Ask,
    OnDone,
    Polled,
    Reading,
    count,
    is_itself,
    pages,
    read_first,
    selected,
    to_poll,
)
from api.usecases.progress import Counter, Progress, quiet
from api.usecases.readings import record_failure, record_observation, role_of
from api.usecases.wlan_readings import WlanRound, read_wlans
from collectors.observe import observe_many
from collectors.series import open_series
from collectors.target import SnmpTarget
from inventory.database import Database
from inventory.errors import DeviceError
from inventory.events import record_event
from inventory.leases import device_resource, leases
from inventory.models import Device, DeviceRole
from inventory.observation import Observation, Wlan
from inventory.secrets import Vault
from inventory.sentences import Sentence
from inventory.settings import Settings
from inventory.wlan_protection import untold, with_protection

_ROWS_AT_ONCE = 50  # devices in one transaction: SQLite's other writers wait for it

log = structlog.get_logger()


@dataclass(frozen=True)
class Failure:
    """Why one device could not be read."""

    device_id: int
    name: str
    kind: str
    error: str


@dataclass
class PollResult:
    """What came of a poll. `busy` devices were left alone: another acts on them.

    `over_ssh` is what came of asking how networks are protected, where that was asked.
    """

    read: int = 0
    busy: int = 0
    failures: list[Failure] = field(default_factory=list)
    over_ssh: WlanRound = field(default_factory=WlanRound)
    duration_s: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the counts, and each failure by device."""
        return {
            "read": self.read,
            "failed": len(self.failures),
            "busy": self.busy,
            "duration_s": round(self.duration_s, 3),
            "ssh_read": self.over_ssh.read,
            "ssh_failures": {name: str(e) for name, e in self.over_ssh.failures.items()},
            "failures": [
                {"device_id": f.device_id, "name": f.name, "kind": f.kind, "error": f.error}
                for f in self.failures
            ],
        }


def poll(
    database: Database,
    vault: Vault,
    settings: Settings,
    *,
    site_ids: Sequence[int] | None = None,
    ssh: bool = False,
    actor: str,
    on_progress: Progress = quiet,
) -> PollResult:
    """Read every installed device that has an SNMP endpoint, of all sites or of `site_ids`.

    Each device ends with an observation, or with its error in its row; one never stops the others.
    A device with several addresses is asked at the newest first. Devices that another holds are
    left out and counted. With `ssh`, those that do not tell over SNMP how their networks are
    protected are asked over SSH too. What each told is also kept as figures over time. Then every
    site where a device is silent is judged: what is down, and what stands in its shadow.
    """
    started = time.monotonic()
    result = PollResult()
    with database.read() as session:
        progress = Counter(on_progress, "devices read", count(session, site_ids))
    history = PollHistory(open_series(settings, database))
    for page in pages(database, vault, settings, site_ids):
        by_resource = {device_resource(device.device_id): device for device in page}
        with leases(
            database, list(by_resource), holder=actor, purpose="poll", ttl_s=LEASE_S
        ) as held:
            ours = [device for resource, device in by_resource.items() if resource in held]
            result.busy += len(page) - len(ours)
            readings = read_first(ours, _observe(settings), progress)
            if ssh:
                told = read_wlans(
                    database, vault, settings, _open(readings), actor=actor, result=result.over_ssh
                )
                readings = _joined(readings, told)
            for start in range(0, len(ours), _ROWS_AT_ONCE):
                some = ours[start : start + _ROWS_AT_ONCE]
                _keep(database, some, readings, actor=actor, result=result, history=history)
                history.write()
    history.end()
    judge_sites(database, settings, site_ids=site_ids, actor=actor)
    result.duration_s = time.monotonic() - started
    _record_end(database, result, actor)
    return result


def read_some(
    database: Database, vault: Vault, settings: Settings, device_ids: Sequence[int], *, actor: str
) -> frozenset[int]:
    """Read some devices now and keep what they say; return those that were asked.

    What came of it stands in their rows. A device without an SNMP endpoint, and one that another
    holds, is not asked. Sites are not judged by it.
    """
    with database.read() as session:
        devices = session.exec(
            select(Device).where(selected(None), col(Device.id).in_(device_ids))
        ).all()
        known = to_poll(session, vault, settings, devices)
    by_resource = {device_resource(device.device_id): device for device in known}
    history = PollHistory(open_series(settings, database))
    result = PollResult()
    with leases(
        database, list(by_resource), holder=actor, purpose="health gate", ttl_s=LEASE_S
    ) as held:
        ours = [device for resource, device in by_resource.items() if resource in held]
        readings = read_first(ours, _observe(settings), Counter(quiet, "devices read", len(ours)))
        for start in range(0, len(ours), _ROWS_AT_ONCE):
            some = ours[start : start + _ROWS_AT_ONCE]
            _keep(database, some, readings, actor=actor, result=result, history=history)
            history.write()
    history.store.close()  # of a site no figure is kept: not all of it was read
    return frozenset(device.device_id for device in ours)


def _observe(settings: Settings) -> Ask:
    def ask(
        _: Sequence[Polled], targets: Sequence[SnmpTarget], on_done: OnDone | None
    ) -> list[Reading]:
        return observe_many(targets, settings=settings, on_done=on_done)

    return ask


def _open(readings: Mapping[int, Reading | None]) -> list[int]:
    """Return the devices that answered, and left open how a network of theirs is protected."""
    return [
        device_id
        for device_id, reading in readings.items()
        if reading is not None and reading.value is not None and _leaves_open(reading.value)
    ]


def _leaves_open(seen: Observation) -> bool:
    on_air = seen.radios or seen.wlans or seen.access_points
    return untold(seen.wlans) and (
        bool(on_air) or role_of(seen.identity.family) == DeviceRole.ACCESS_POINT
    )


def _joined(
    readings: Mapping[int, Reading | None], told: Mapping[int, tuple[Wlan, ...]]
) -> dict[int, Reading | None]:
    joined = dict(readings)
    for device_id, wlans in told.items():
        reading = readings[device_id]
        if reading is not None and reading.value is not None:
            seen = reading.value
            whole = replace(seen, wlans=with_protection(seen.wlans, wlans))
            joined[device_id] = replace(reading, value=whole)
    return joined


def _keep(
    database: Database,
    devices: Sequence[Polled],
    readings: dict[int, Reading | None],
    *,
    actor: str,
    result: PollResult,
    history: PollHistory,
) -> None:
    with database.write(actor) as session:
        for polled in devices:
            device = session.get(Device, polled.device_id)
            if device is None:  # deleted meanwhile
                continue
            reading = readings.get(polled.device_id)
            error = polled.error or _keep_reading(session, device, reading)
            points = []
            if error is None and reading is not None:
                points = access_points_told(session, device, reading.unwrap())
            history.note(device, reading, error, controlled=points)
            if error is None:
                result.read += 1
                continue
            record_failure(session, device, error)
            result.failures.append(
                Failure(polled.device_id, device.name, type(error).__name__, str(error))
            )


def _keep_reading(session: Session, device: Device, reading: Reading | None) -> DeviceError | None:
    """Record what was read, and return None; or return why it is not recorded."""
    if reading is None:
        return DeviceError("it was not read")
    try:
        seen = is_itself(device, reading)
        with session.begin_nested():
            record_observation(session, device, seen, at=reading.at, duration_s=reading.duration_s)
    except DeviceError as error:
        return error
    except SQLAlchemyError as defect:
        log.exception("observation_refused", device_id=device.id)
        session.refresh(device)
        return DeviceError(f"what it said could not be kept: {type(defect).__name__}")
    return None


def _record_end(database: Database, result: PollResult, actor: str) -> None:
    failed = len(result.failures)
    with database.write(actor) as session:
        record_event(
            session,
            "poll.finished",
            Sentence(
                "Relevé terminé\u00a0: équipements lus\u00a0: %(read)s, en échec\u00a0: %(failed)s",
                read=result.read,
                failed=failed,
            ),
            body={"read": result.read, "failed": failed, "busy": result.busy},
        )
