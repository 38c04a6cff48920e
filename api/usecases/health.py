"""A health round: between two polls, whether each device answers and how it does."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

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
)
from api.usecases.progress import Counter, Progress, quiet
from api.usecases.readings import record_answer, record_failure
from collectors.health import observe_health_many
from collectors.outcome import Outcome
from collectors.series import open_series
from collectors.target import SnmpTarget
from inventory.database import Database
from inventory.errors import DeviceError
from inventory.leases import device_resource, leases
from inventory.models import Device
from inventory.secrets import Vault
from inventory.settings import Settings

_ROWS_AT_ONCE = 200  # devices in one transaction: a row each
# Asked together. After each of them those that do not answer are waited for.
_DEVICES_AT_ONCE = 10_000


@dataclass
class HealthRound:
    """What came of a round, in devices. `busy` ones were left alone: another acts on them."""

    answered: int = 0
    failed: int = 0
    busy: int = 0
    duration_s: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the counts."""
        return {
            "answered": self.answered,
            "failed": self.failed,
            "busy": self.busy,
            "duration_s": round(self.duration_s, 3),
        }


def run_health_round(
    database: Database,
    vault: Vault,
    settings: Settings,
    *,
    site_ids: Sequence[int] | None = None,
    actor: str,
    on_progress: Progress = quiet,
) -> HealthRound:
    """Ask every device that is polled how it does, of all sites or of `site_ids`.

    Its figures are kept over time, and whether it answered in its history, as a poll would; what
    else a poll reads stays as it was. One device never stops the others. Then every site where one
    is silent is judged.
    """
    started = time.monotonic()
    done = HealthRound()
    with database.read() as session:
        progress = Counter(on_progress, "devices read", count(session, site_ids))
    history = PollHistory(open_series(settings, database))
    for page in pages(database, vault, settings, site_ids, at_once=_DEVICES_AT_ONCE):
        by_resource = {device_resource(device.device_id): device for device in page}
        with leases(
            database, list(by_resource), holder=actor, purpose="health", ttl_s=LEASE_S
        ) as held:
            ours = [device for resource, device in by_resource.items() if resource in held]
            done.busy += len(page) - len(ours)
            readings = read_first(ours, _ask(settings), progress)
            for start in range(0, len(ours), _ROWS_AT_ONCE):
                with database.write(actor) as session:
                    some = ours[start : start + _ROWS_AT_ONCE]
                    rows = _rows(session, some)
                    for polled in some:
                        device = rows.get(polled.device_id)
                        if device is not None:  # not deleted meanwhile
                            reading = polled.error or readings.get(polled.device_id)
                            _keep(session, device, reading, history, done)
                history.write()
    history.end()
    judge_sites(database, settings, site_ids=site_ids, actor=actor)
    done.duration_s = time.monotonic() - started
    return done


def _ask(settings: Settings) -> Ask:
    def ask(
        devices: Sequence[Polled], targets: Sequence[SnmpTarget], on_done: OnDone | None
    ) -> list[Reading]:
        asked = [(target, device.family) for target, device in zip(targets, devices, strict=True)]
        return observe_health_many(asked, settings=settings, on_done=on_done)

    return ask


def _rows(session: Session, some: Sequence[Polled]) -> dict[int | None, Device]:
    ids = [polled.device_id for polled in some]
    return {row.id: row for row in session.exec(select(Device).where(col(Device.id).in_(ids)))}


def _keep(
    session: Session,
    device: Device,
    reading: Reading | DeviceError | None,
    history: PollHistory,
    done: HealthRound,
) -> None:
    """Keep what came of a device; `reading` may be why it could not be asked."""
    asked = reading if isinstance(reading, Outcome) else None
    try:
        if asked is None:
            raise reading if isinstance(reading, DeviceError) else DeviceError("it was not read")
        seen = is_itself(device, asked)
    except DeviceError as error:
        record_failure(session, device, error)
        history.note(device, asked, error)
        done.failed += 1
        return
    record_answer(session, device, seen, at=asked.at)
    # Of its ports the names were asked, and no figure.
    figures = replace(asked, value=replace(seen, interfaces=()))
    history.note(device, figures, None, controlled=access_points_told(session, device, seen))
    done.answered += 1
