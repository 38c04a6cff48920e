"""How the installation itself does: for /healthz, /metrics and `preau doctor`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.usecases.incident_list import count_open
from inventory import clock
from inventory.models import Device, Dossier, FindingRow, Job, JobState, Lifecycle, Worker

# Three heartbeats missed: something is wrong, long before its jobs are given to another.
JOBS_SILENT_AFTER = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the installation holds, by state."""

    sites_by_status: dict[str, int]
    devices_by_health: dict[str, int]
    findings_by_severity: dict[str, int]
    jobs_by_state: dict[str, int]
    incidents_open: int
    last_audit_at: datetime | None
    jobs_process_alive: bool


def jobs_process_alive(session: Session) -> bool:
    """Return whether a jobs process was heard of lately."""
    heard: datetime | None = session.exec(select(func.max(Worker.heartbeat_at))).first()
    return heard is not None and clock.now() - heard <= JOBS_SILENT_AFTER


def count_all(session: Session) -> Counts:
    """Return the counts of the whole installation, whoever asks."""
    stands = Device.lifecycle != Lifecycle.RETIRED
    dossiers = select(Dossier.status, func.count()).group_by(col(Dossier.status))
    devices = select(Device.health, func.count()).where(stands).group_by(col(Device.health))
    findings = (
        select(FindingRow.severity, func.count())
        .where(col(FindingRow.resolved_at).is_(None))
        .group_by(col(FindingRow.severity))
    )
    jobs = select(Job.state, func.count()).group_by(col(Job.state))
    last_audit = select(func.max(Job.finished_at)).where(
        Job.kind == "audit", Job.state == JobState.DONE
    )
    return Counts(
        sites_by_status=dict(session.exec(dossiers).all()),
        devices_by_health={str(key): count for key, count in session.exec(devices)},
        findings_by_severity=dict(session.exec(findings).all()),
        jobs_by_state={str(key): count for key, count in session.exec(jobs)},
        incidents_open=count_open(session),
        last_audit_at=session.exec(last_audit).one(),
        jobs_process_alive=jobs_process_alive(session),
    )
