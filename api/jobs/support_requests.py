"""The clients of one device, asked for on its page for a support case.

The answer stands in the job's result alone, for who asked and for an hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from api.jobs.queue import enqueue
from api.usecases.scope import Right, Viewer
from api.usecases.site_detail import site_to_work_on, visible_device
from api.usecases.support import case_number
from api.usecases.support_subjects import tells
from inventory import clock
from inventory.errors import InvalidInput, NotAllowed
from inventory.models import Device, Job, JobState
from inventory.sentences import Sentence

SUPPORT = "support"
TOLD_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ToldClients:
    """The last answer to one person about one device. `clients` is None while it is awaited."""

    state: JobState
    case: str
    at: datetime
    clients: list[dict[str, Any]] | None = None
    error: str | None = None

    @property
    def awaited(self) -> bool:
        """Whether the device has still to be asked."""
        return self.state in {JobState.QUEUED, JobState.RUNNING}


def may_read_clients(session: Session, viewer: Viewer, device: Device) -> bool:
    """Return whether `viewer` may ask this device for its clients, and it can tell them."""
    if not tells(device.family, "clients"):
        return False
    if device.site_id is None:
        return viewer.everywhere(Right.READ_CLIENTS)
    return site_to_work_on(session, viewer, device.site_id, Right.READ_CLIENTS) is not None


def request_clients(session: Session, viewer: Viewer, device_id: int, case: str) -> Job:
    """Queue the question in the name of `viewer`.

    Raises NotFound for a device out of scope, NotAllowed without the right, InvalidInput for a
    device that tells no clients or a case that has no number.
    """
    device = visible_device(session, viewer, device_id)
    if not tells(device.family, "clients"):
        raise InvalidInput(
            Sentence("Cet équipement ne dit pas ses clients par SSH"), where=device.name
        )
    if not may_read_clients(session, viewer, device):
        raise NotAllowed(
            Sentence("Votre rôle ne lit pas les appareils des personnes"),
            todo=Sentence("demandez au support"),
        )
    arguments: dict[str, Any] = {"device_id": device_id, "case": case_number(case)}
    if device.site_id is not None:
        arguments["site_id"] = device.site_id
    about = f"device:{device_id} by {viewer.actor}"
    return enqueue(session, SUPPORT, arguments, viewer.actor, about=about)


def told_clients(session: Session, viewer: Viewer, device_id: int) -> ToldClients | None:
    """Return what `viewer` was told last of this device, None when nothing was within the hour."""
    job = session.exec(
        select(Job)
        .where(
            Job.queue_key == f"{SUPPORT}/device:{device_id} by {viewer.actor}",
            Job.requested_by == viewer.actor,
            col(Job.requested_at) > clock.now() - TOLD_FOR,
        )
        .order_by(col(Job.id).desc())
        .limit(1)
    ).first()
    if job is None:
        return None
    at = job.finished_at or job.requested_at
    told = ToldClients(job.state, str(job.arguments.get("case", "")), at, error=job.error)
    if job.state is not JobState.DONE:
        return told
    answers = (job.result or {}).get("clients") or []
    if not answers:
        return None  # emptied meanwhile
    kind = answers[0]["error_kind"]
    clients = None if kind else answers[0]["clients"]
    return ToldClients(job.state, told.case, at, clients, error=kind)
