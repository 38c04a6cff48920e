"""The forms of the API's answers: what is shown of each row; what is not listed is not told."""

from datetime import datetime
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from api.jobs.support_requests import SUPPORT
from api.usecases.plans import PlanLine
from api.usecases.site_detail import ServedImplantation
from api.usecases.sites import SiteLine
from api.web.language import Tongue
from inventory.findings.finding import Severity
from inventory.models import (
    DeviceRole,
    DossierTransition,
    Event,
    FindingRow,
    Health,
    Job,
    JobState,
    Lifecycle,
    PlanState,
    PushState,
)
from inventory.sentences import worded


class Answer(BaseModel):
    """Read from rows and values by their attributes."""

    model_config = ConfigDict(from_attributes=True)


class SiteAnswer(Answer):
    """One site in a list."""

    id: int
    name: str
    commune: str | None
    province: str | None
    schools: list[str]
    status: str | None = Field(description="dossier status; null: no dossier yet")
    devices_ok: int
    devices_down: int
    devices_total: int
    open_findings: dict[Severity, int]
    last_seen_at: AwareDatetime | None

    @classmethod
    def of(cls, line: SiteLine) -> Self:
        """Return the answer that tells `line`."""
        return cls.model_validate(line)


class SiteListAnswer(Answer):
    """One page of sites; `next` is the cursor of the following one, null at the end."""

    sites: list[SiteAnswer]
    next: str | None


class ImplantationAnswer(Answer):
    """An implantation that a site serves."""

    school_fase: int
    implantation_fase: int
    school: str
    organising_authority: str | None
    education_network: str | None
    address: str | None
    teaching: list[str]

    @classmethod
    def of(cls, served: ServedImplantation) -> Self:
        """Return the answer that tells `served`."""
        return cls.model_validate(served)


class SiteDetailAnswer(SiteAnswer):
    """One site with where it is and whom it serves. Coordinates are WGS 84 degrees."""

    address: str | None
    postal_code: str | None
    locality: str | None
    latitude: float | None
    longitude: float | None
    implantations: list[ImplantationAnswer]


class DeviceAnswer(Answer):
    """One device as last observed."""

    id: int
    site_id: int | None
    name: str
    role: DeviceRole
    family: str
    vendor: str | None
    model: str | None
    serial: str | None
    base_mac: str | None
    firmware: str | None
    lifecycle: Lifecycle
    room_id: int | None
    tags: list[str]
    health: Health
    last_seen_at: AwareDatetime | None
    last_error_kind: str | None
    last_error: str | None


class DevicePageAnswer(Answer):
    """One page of devices; `next` is the cursor of the following one, null at the end."""

    devices: list[DeviceAnswer]
    next: str | None


class DeviceListAnswer(Answer):
    """The devices of one site."""

    devices: list[DeviceAnswer]


class EventAnswer(Answer):
    """Something that happened at a device, as its page tells it."""

    id: int
    at: AwareDatetime
    kind: str = Field(description="subject.verb, as trap.link_down")
    message: str = Field(description="what a person reads, in the caller's language")

    @classmethod
    def of(cls, event: Event, speech: Tongue) -> Self:
        """Return the answer that tells an event."""
        message = speech.say(worded(event.message, event.wording))
        return cls(id=event.id or 0, at=event.at, kind=event.kind, message=message)


class ObservationAnswer(Answer):
    """The last observation of a device, in its published JSON form."""

    device_id: int
    at: AwareDatetime
    observation: dict[str, Any]


class FindingAnswer(Answer):
    """A rule that a device or site breaks. `message` is in the caller's language."""

    id: int
    rule_id: str
    severity: Severity
    site_id: int | None
    device_id: int | None
    message: str
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    resolved_at: AwareDatetime | None

    @classmethod
    def of(cls, row: FindingRow, speech: Tongue) -> Self:
        """Return the answer that tells a finding."""
        answer = cls.model_validate(row)
        answer.message = speech.say(worded(row.message, row.wording))
        return answer


class FindingListAnswer(Answer):
    """One page of findings, newest first; `next` is null at the end."""

    findings: list[FindingAnswer]
    next: str | None


class TransitionAnswer(Answer):
    """One step of a dossier."""

    at: AwareDatetime
    actor: str
    role: str
    from_status: str
    to_status: str
    reason: str | None
    late: bool

    @classmethod
    def of(cls, step: DossierTransition, speech: Tongue) -> Self:
        """Return the answer that tells `step`; a reason of ours in the language of who reads."""
        told = cls.model_validate(step)
        if step.reason and step.reason_wording:
            told.reason = speech.say(worded(step.reason, step.reason_wording))
        return told


class DossierAnswer(Answer):
    """The dossier of a site. `version` is the optimistic lock; history is newest first."""

    site_id: int
    status: str
    label: str = Field(description="the status as people call it")
    status_before_hold: str | None
    measures: list[str]
    version: int
    updated_at: AwareDatetime
    history: list[TransitionAnswer] = Field(default_factory=list)


class JobAnswer(Answer):
    """One run of a job."""

    id: int
    kind: str
    site_id: int | None
    state: JobState
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    progress: dict[str, Any] | None = Field(description="step, done, total while running")
    result: dict[str, Any] | None = Field(description="null for a job that tells of people")
    error: str | None

    @classmethod
    def of(cls, job: Job, speech: Tongue) -> Self:
        """Return the answer that tells a job, why it failed in the caller's language."""
        answer = cls.model_validate(job)
        if job.error is not None:
            answer.error = speech.say(worded(job.error, job.error_wording))
        return answer

    @model_validator(mode="after")
    def _of_people_nothing(self) -> Self:
        # Shown on the page of who asked, and nowhere else.
        if self.kind == SUPPORT:
            self.result = None
        return self


def job_address(job: JobAnswer) -> str:
    """Return where what becomes of a job is asked."""
    return f"/api/v1/jobs/{job.id}"


class JobListAnswer(Answer):
    """One page of jobs, newest first; `next` is null at the end."""

    jobs: list[JobAnswer]
    next: str | None


class HitAnswer(Answer):
    """One thing that a search found; `id` is that of the site, device, dossier's site or incident.

    `detail` is a site's commune or a device's serial; `since` and `until` are those of an incident.
    """

    id: int
    title: str
    site_id: int | None
    site: str | None
    detail: str | None
    status: str | None
    role: DeviceRole | None
    health: Health | None
    since: AwareDatetime | None
    until: AwareDatetime | None


class HitListAnswer(Answer):
    """One page of hits of one kind; `next` is null at the end."""

    hits: list[HitAnswer]
    next: str | None


class SearchAnswer(Answer):
    """What was found, by kind; a kind that was not asked for is null."""

    sites: HitListAnswer | None = None
    devices: HitListAnswer | None = None
    dossiers: HitListAnswer | None = None
    incidents: HitListAnswer | None = None


class IncidentAnswer(Answer):
    """One device that is or was the cause of a silence, with what it shadowed (device ids)."""

    id: int
    site_id: int
    site: str
    device_id: int
    device: str
    shadowed_ids: list[int]
    whole_site: bool
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None
    reopened: int


class IncidentListAnswer(Answer):
    """One page of incidents, newest first; `next` is null at the end."""

    incidents: list[IncidentAnswer]
    next: str | None


_PLAN_COLUMNS = {"id", "state", "created_at", "created_by", "finished_at"}


class PlanAnswer(Answer):
    """One deployment plan; `states` counts the devices that the caller may see, by their state."""

    id: int
    state: PlanState
    created_at: AwareDatetime
    created_by: str
    finished_at: AwareDatetime | None
    devices: int
    ended: int
    states: dict[PushState, int]

    @classmethod
    def of(cls, line: PlanLine) -> Self:
        """Return the answer that tells `line`."""
        return cls(
            **line.plan.model_dump(include=_PLAN_COLUMNS),
            devices=line.total,
            ended=line.ended,
            states=dict(line.states),
        )


class PlanListAnswer(Answer):
    """One page of plans, newest first; `next` is null at the end."""

    plans: list[PlanAnswer]
    next: str | None
