"""Two made-up days of figures for the false district, so that a newcomer's charts show something.

Only what each device told at its last reading is made up, as though the days were school days. The
store keeps until when its figures are synthetic, and the pages say so above the charts.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from api.usecases.series import compact
from api.usecases.site_detail import last_readings
from collectors.series import Sample, Subject, SubjectKind, open_series
from collectors.series.sampling import samples_of
from inventory import clock
from inventory.database import Database
from inventory.models import Device, DeviceRole, ObservationRecord
from inventory.settings import Settings

_BRUSSELS = ZoneInfo("Europe/Brussels")
_EVERY = timedelta(minutes=15)
_AT_ONCE = 16  # moments in one transaction
_LESSONS = ((8.3, 10.2), (10.5, 12.1), (13.2, 15.6))  # hours of a school day
_OUTAGE_H = (3.0, 3.6)  # one switch, and all behind it, on the last night
_PORT_BPS = {"in_bps": 22e6, "out_bps": 6e6}


@dataclass(frozen=True, slots=True)
class _Known:
    """A device and the samples of its last reading, whose figures are varied."""

    device_id: int
    site_id: int
    name: str
    role: DeviceRole
    told: tuple[Sample, ...]


def write_synthetic_history(
    settings: Settings, database: Database, *, days: float = 2, seed: int = 2026
) -> int:
    """Write synthetic figures up to the first real ones and return how many rows were written.

    Raises Misconfigured when the figures cannot be kept.
    """
    with database.read() as session:
        known = _known(session)
        # Real figures begin with the first reading; nothing is made up beside them.
        oldest = select(ObservationRecord.at).order_by(col(ObservationRecord.at)).limit(1)
        end = session.exec(oldest).first() or clock.now()
    with open_series(settings, database) as store:
        chance = random.Random(seed)  # noqa: S311 - figures for show
        peaks = {each.device_id: chance.uniform(9, 31) for each in known}
        written = 0
        moments = [end - place * _EVERY for place in range(int(days * 96), 0, -1)]
        for first in range(0, len(moments), _AT_ONCE):
            some = moments[first : first + _AT_ONCE]
            samples = [each for at in some for each in _all(known, peaks, at, end, chance)]
            written += store.write(samples).kept
        store.note_synthetic(end)
    compact(database, settings)
    return written


def _known(session: Session) -> list[_Known]:
    devices = [each for each in session.exec(select(Device)) if each.id and each.site_id]
    readings = last_readings(session, [each.id for each in devices if each.id])
    return [
        _Known(
            device.id,
            device.site_id,
            device.name,
            device.role,
            tuple(samples_of(reading.observation, device.id, device.role, reading.at)),
        )
        for device in devices
        if device.id and device.site_id and (reading := readings.get(device.id))
    ]


def _all(
    known: list[_Known], peaks: dict[int, float], at: datetime, end: datetime, chance: random.Random
) -> Iterator[Sample]:
    sites = {each.site_id: {"devices": 0, "devices_reachable": 0} for each in known}
    clients: dict[int, list[int]] = {}
    busy = _busy(at)
    out = min((each.site_id for each in known), default=0) if _is_out(at, end) else None
    for device in known:
        site = sites[device.site_id]
        site["devices"] += 1
        if device.site_id == out and device.name.endswith(("sw2", "ap5", "ap6", "ap7", "ap8")):
            yield Sample(Subject(SubjectKind.DEVICE, device.device_id), at, {"reachable": 0})
            continue
        site["devices_reachable"] += 1
        served = round(peaks[device.device_id] * busy * chance.uniform(0.85, 1.1))
        if any("clients" in sample.values for sample in device.told):
            clients.setdefault(device.site_id, []).append(served)
        yield from _device(device, at, busy, served, chance)
    for site_id, counts in sites.items():
        told = clients.get(site_id)
        more = {"clients": sum(told), "clients_told_by": len(told)} if told else {}
        yield Sample(Subject(SubjectKind.SITE, site_id), at, {**counts, **more})


def _device(
    device: _Known, at: datetime, busy: float, served: int, chance: random.Random
) -> Iterator[Sample]:
    parts = dict.fromkeys(SubjectKind, 0)
    for sample in device.told:
        parts[sample.subject.kind] += 1
    left = {SubjectKind.RADIO: served, SubjectKind.WLAN: served}
    for sample in device.told:
        kind = sample.subject.kind
        values = {name: _figure(name, value, busy, chance) for name, value in sample.values.items()}
        if kind is SubjectKind.DEVICE:
            values |= {"clients": served} if "clients" in sample.values else {}
            values["rtt_ms"] = chance.uniform(1.2, 2.0) + 2 * busy
        elif "clients" in sample.values:
            # The last part serves who is left: the parts make up the whole.
            parts[kind] -= 1
            share = left[kind] if not parts[kind] else round(left[kind] * 0.3)
            left[kind] -= share
            values["clients"] = share
        if kind is SubjectKind.INTERFACE and sample.start:
            wire = served / 20 if device.role is DeviceRole.ACCESS_POINT else 1.4
            for name, peak in _PORT_BPS.items():
                values[name] = 4e4 + peak * wire * busy * chance.uniform(0.4, 1)
            values |= {"in_errors_per_h": 0, "out_errors_per_h": 0}
        if values:
            yield Sample(sample.subject, at, values)


def _figure(name: str, value: float, busy: float, chance: random.Random) -> float:
    """Return a figure near the one that was read, as it might be when the school is this busy."""
    if name == "cpu_percent":
        return min(97.0, value * 0.6 + 35 * busy + chance.uniform(0, 4))
    if name == "utilisation_percent":
        return min(95.0, 4 + 52 * busy + chance.uniform(0, 5))
    swing = {"memory_percent": 1.5, "temperature_celsius": 0.6, "noise_floor_dbm": 1.2}.get(name, 0)
    warmer = 4 * busy if name == "temperature_celsius" else 0
    return value + warmer + chance.uniform(-swing, swing)


def _busy(at: datetime) -> float:
    """Return how busy a school is, from 0 to 1: lessons, breaks, a short evening."""
    local = at.astimezone(_BRUSSELS)
    hour = local.hour + local.minute / 60
    for start, end in _LESSONS:
        if start <= hour < end:
            return 0.75 + 0.25 * math.sin(math.pi * (hour - start) / (end - start))
    if _LESSONS[0][0] <= hour < _LESSONS[-1][1]:
        return 0.45
    return 0.12 if 7.5 <= hour < 17.5 else 0.0


def _is_out(at: datetime, end: datetime) -> bool:
    local = at.astimezone(_BRUSSELS)
    first, last = _OUTAGE_H
    return end - at < timedelta(hours=24) and first <= local.hour + local.minute / 60 < last
