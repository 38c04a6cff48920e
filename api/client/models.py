"""What the API tells, as the client gives it. What a later release tells beside it is ignored."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Site(_Told):
    """One site in a list."""

    id: int
    name: str
    commune: str | None
    province: str | None
    schools: list[str]
    status: str | None
    devices_ok: int
    devices_down: int
    devices_total: int
    open_findings: dict[str, int]
    last_seen_at: AwareDatetime | None


class Device(_Told):
    """One device; `etag` stands for what was read of it, where one was read alone."""

    id: int
    site_id: int | None
    name: str
    role: str
    family: str
    vendor: str | None
    model: str | None
    serial: str | None
    firmware: str | None
    lifecycle: str
    room_id: int | None
    tags: list[str]
    health: str
    last_seen_at: AwareDatetime | None
    etag: str | None = None


class Finding(_Told):
    """What a rule found."""

    id: int
    rule_id: str
    severity: str
    site_id: int | None
    device_id: int | None
    message: str
    first_seen_at: AwareDatetime
    resolved_at: AwareDatetime | None


class Step(_Told):
    """One step of a dossier's history."""

    at: AwareDatetime
    actor: str
    role: str
    from_status: str
    to_status: str
    reason: str | None
    late: bool


class Dossier(_Told):
    """A dossier as it was read; its `etag` says which state a step is about."""

    site_id: int
    status: str
    label: str
    version: int
    measures: list[str]
    updated_at: AwareDatetime
    history: list[Step]
    etag: str


class DossierLine(_Told):
    """One dossier in a list."""

    site_id: int
    site: str
    commune: str | None
    province: str | None
    status: str
    measures: list[str]
    lot: str | None
    version: int
    updated_at: AwareDatetime


class Move(_Told):
    """A step that leaves a dossier's status; `yours` are the roles in which you make it."""

    to: str
    label: str
    roles: list[str]
    yours: list[str]
    reason_needed: bool
    missing: list[str]


class Moved(_Told):
    """A dossier after a step."""

    site_id: int
    status: str
    version: int
    transition: Step


class Outcome(_Told):
    """What came of one of many dossiers: moved, refused (`said` is why) or pending."""

    site_id: int
    site: str
    state: str
    version: int
    said: str | None = None


class ManyMoved(_Told):
    """A step of many dossiers, with what came of each; `id` is None after a dry run."""

    id: int | None
    to: str
    moved: int
    refused: int
    pending: int
    sites: list[Outcome]


class Upload(_Told):
    """A file as it is kept."""

    id: int
    file_name: str
    kind: str
    media_type: str
    size_bytes: int
    sha256: str
    site_id: int | None
    uploaded_by: str
    at: AwareDatetime


class Webhook(_Told):
    """A subscription."""

    id: int
    url: str
    secret_name: str
    kinds: list[str]
    created_at: AwareDatetime
    failing_since: AwareDatetime | None
    disabled_at: AwareDatetime | None


class Delivery(_Told):
    """One event for one subscription."""

    id: int
    event_id: int
    kind: str
    state: str
    attempts: int
    last_status: int | None
    last_error: str | None
    body: dict[str, Any] = Field(default_factory=dict)
