"""The SSH round of a poll: how networks are protected as they run, where SNMP does not tell."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func
from sqlmodel import Session, col, select

from api.usecases.support_subjects import Asked, ask_held, asked_of, standing_devices
from collectors.outcome import Outcome
from collectors.ssh import SshSession
from collectors.ssh_reading import read_over
from inventory.database import Database
from inventory.errors import DeviceError
from inventory.models import ConfigBackup, Device, WlanReading
from inventory.observation import Wlan
from inventory.secrets import Vault
from inventory.settings import Settings

KEPT_FOR = timedelta(hours=26)
"""A reading is believed until the next night's, with some hours to spare."""

log = structlog.get_logger()

Networks = tuple[Wlan, ...]


@dataclass
class WlanRound:
    """What came of the SSH round of one poll."""

    read: int = 0
    failures: dict[str, DeviceError] = field(default_factory=dict)


def read_wlans(
    database: Database,
    vault: Vault,
    settings: Settings,
    device_ids: Sequence[int],
    *,
    actor: str,
    result: WlanRound,
) -> Mapping[int, Networks]:
    """Ask those of the devices that can be asked, keep what each tells, and return it by device.

    The caller holds their leases. One that fails is named in `result` and keeps its last reading.
    """
    with database.read() as session:
        devices = standing_devices(session, "wlans", device_ids=device_ids) if device_ids else []
        asked = [asked_of(session, vault, settings, device) for device in devices]
    outcomes = ask_held(database, settings, asked, _question, actor=actor)
    told: dict[int, Networks] = {}
    with database.write(actor) as session:
        for outcome in outcomes:
            if outcome.error is not None:
                result.failures[outcome.key.name] = outcome.error
                log.warning("wlans_not_read", device_id=outcome.key.device_id)
            elif _keep(session, outcome):
                told[outcome.key.device_id] = outcome.unwrap()
    result.read += len(told)
    return told


def kept_wlans(session: Session, device_ids: Sequence[int], now: datetime) -> dict[int, Networks]:
    """Return the networks last read over SSH, by device, as far as they can still be believed.

    A reading is not believed after `KEPT_FOR`, nor when another configuration was read since.
    """
    changed = dict(
        session.exec(
            select(ConfigBackup.device_id, func.max(ConfigBackup.first_read_at))
            .where(col(ConfigBackup.device_id).in_(device_ids))
            .group_by(col(ConfigBackup.device_id))
        ).all()
    )
    rows = session.exec(
        select(WlanReading).where(
            col(WlanReading.device_id).in_(device_ids), WlanReading.at > now - KEPT_FOR
        )
    )
    return {
        row.device_id: tuple(Wlan(**each) for each in row.body)
        for row in rows
        if row.device_id not in changed or changed[row.device_id] <= row.at
    }


def _question(session: SshSession, each: Asked) -> Networks:
    assert each.support.wlans is not None
    return read_over(session, each.support.terminal, each.support.wlans())


def _keep(session: Session, outcome: Outcome[Asked, Networks]) -> bool:
    if session.get(Device, outcome.key.device_id) is None:  # deleted meanwhile
        return False
    row = session.get(WlanReading, outcome.key.device_id) or WlanReading(
        device_id=outcome.key.device_id, at=outcome.at
    )
    row.at = outcome.at
    row.body = [asdict(each) for each in outcome.unwrap()]
    session.add(row)
    return True
