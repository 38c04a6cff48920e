"""What the API takes and tells. Written by `make client` from the OpenAPI document: not by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from api.client.model import Asked, Told

Action = Literal["pin", "free", "exclude"]
Condition = Literal["down", "findings", "well", "unequipped"]
DeliveryState = Literal["pending", "delivered"]
DeviceRole = Literal["access_point", "switch", "controller", "router", "other"]
EvidenceKind = Literal[
    "cadastre_response",
    "cadastre_validation",
    "enrolment_form",
    "notification",
    "prestudy",
    "visit_report",
    "prerequisite_list",
    "design_plan",
    "bill_of_quantities",
    "quote",
    "specifications",
    "purchase_order",
    "cabling_tests",
    "delivery_note",
    "installation_photos",
    "as_built",
    "configuration_report",
    "acceptance_report",
    "reserve_list",
    "provisional_acceptance",
    "provisional_refusal",
    "handover",
    "loan_convention",
    "final_acceptance",
    "final_refusal",
    "audit_report",
    "decommissioning",
]
Grouping = Literal["province", "education_network"]
Health = Literal["ok", "degraded", "down", "shadowed", "unknown"]
Kind = Literal["sites", "devices", "dossiers", "incidents"]
Lifecycle = Literal[
    "planned", "ordered", "in_stock", "installed", "active", "faulty", "rma", "retired"
]
Measure = Literal["connectivity", "equipment"]
Phase = Literal["open", "closed"]
PrerequisiteKind = Literal["power", "rack", "cabling", "asbestos", "other"]
ProposalState = Literal["open", "accepted", "refused"]
Region = Literal["wallonia", "brussels", "flanders"]
ReserveSeverity = Literal["blocking", "minor"]
Role = Literal[
    "rules",
    "programme_manager",
    "cadastre_manager",
    "adviser",
    "organising_authority",
    "school_head",
    "school_it_contact",
    "contractor",
    "installer",
    "support_agent",
    "contract_officer",
    "network_engineer",
    "supplier",
]
Severity = Literal["blocking", "major", "minor", "info"]
Span = Literal["24h", "7d", "30d", "1y"]
Status = Literal[
    "identified",
    "ineligible",
    "cadastre_pending",
    "cadastre_submitted",
    "cadastre_validated",
    "enrolment_requested",
    "scheduled",
    "prestudy",
    "site_survey",
    "awaiting_prerequisites",
    "design_approved",
    "ordered",
    "cabling",
    "delivered",
    "installing",
    "configured",
    "acceptance_testing",
    "reserves_open",
    "provisionally_accepted",
    "in_service",
    "finally_accepted",
    "maintained",
    "decommissioned",
    "declined",
    "on_hold",
]
SubjectKind = Literal["site", "device", "radio", "interface", "wlan"]
UploadKind = Literal["plan", "photo", "cable_test", "document", "table"]
UserRole = Literal[
    "programme_manager",
    "cadastre_manager",
    "adviser",
    "organising_authority",
    "school_head",
    "school_it_contact",
    "contractor",
    "installer",
    "support_agent",
    "contract_officer",
    "network_engineer",
    "supplier",
]
VisitKind = Literal["visit", "remote", "training", "meeting", "preparation", "travel"]
WorkAnswer = Literal["done", "not_applicable", "problem"]
WorkKind = Literal["delivery", "cabling", "switch", "mounting", "acceptance_help"]


class Acceptance(Asked):
    """Where a device stands, what it is called and for; null: as it is proposed."""

    site_id: int | None = None
    name: str | None = None
    role: DeviceRole | None = None


class AskedAnswer(Told):
    """A job that works in the background."""

    job_id: int


class AuditEntryAnswer(Told):
    """One thing done; secrets are redacted in `before` and `after`."""

    id: int
    at: AwareDatetime
    actor: str
    via: str | None
    action: str
    table_name: str
    row_key: str
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditLogAnswer(Told):
    """A page of the audit log."""

    entries: list[AuditEntryAnswer]
    next: str | None


class AuthorityAnswer(Told):
    """One organising authority (pouvoir organisateur)."""

    id: int
    fase: int
    name: str
    company_number: str | None
    commune: str | None


class AuthorityListAnswer(Told):
    """One page of organising authorities; `next` is null at the end."""

    organising_authorities: list[AuthorityAnswer]
    next: str | None


class BesideAnswer(Told):
    """One field: declared now, declared in the edition before, and seen by collectors."""

    field: str
    declared: Any
    before: Any
    change: str | None
    renamed_from: str | None
    difference: str | None
    observed: Any
    agrees: bool


class BreachAnswer(Told):
    """What a plan breaks, in French; `site_id`: the site that alone breaks it."""

    constraint: str
    sentence: str
    site_id: int | None


class ChangeAnswer(Told):
    """What the rules do to one site. `reasons` is all that was looked at."""

    site_id: int
    site: str
    verdict_before: str | None
    verdict: str
    from_status: str
    to_status: str | None
    outcome: str
    reasons: list[str]
    missing: list[str]


class Checked(Asked):
    """What is said of a point of the checklist."""

    item_id: str
    answer: WorkAnswer
    note: str = ""


class ConflictAnswer(Told):
    """A field that another person changed since it was looked at: what was overwritten."""

    field: str
    by: str
    at: AwareDatetime
    value: Any


class ContractorAnswer(Told):
    """One contractor with the names of its lots; `company_number` (BCE) null: not told."""

    id: int
    name: str
    company_number: str | None
    lots: list[str]


class ContractorChange(Asked):
    """What is changed of a contractor, and why; what is not named is left as it is."""

    name: str | None = None
    company_number: str | None = None
    reason: str


class ContractorListAnswer(Told):
    """One page of contractors by name; `next` is null at the end."""

    contractors: list[ContractorAnswer]
    next: str | None


class ContractorWanted(Asked):
    """A contractor to make."""

    name: str
    company_number: str | None = None
    reason: str | None = None


class CopyWanted(Asked):
    """What the copy is called."""

    name: str


class DeliveryAnswer(Told):
    """One event for one subscription: `evt_EVENT_ID` is its webhook-id, also when sent again."""

    id: int
    event_id: int
    kind: str
    body: dict[str, Any]
    state: str
    attempts: int
    next_at: AwareDatetime
    last_at: AwareDatetime | None
    last_status: int | None
    last_error: str | None


class DeliveryListAnswer(Told):
    """One page of deliveries, newest first; `next` is null at the end."""

    deliveries: list[DeliveryAnswer]
    next: str | None


class DeviceAnswer(Told):
    """One device as last observed."""

    id: int
    site_id: int | None
    name: str
    role: str
    family: str
    vendor: str | None
    model: str | None
    serial: str | None
    base_mac: str | None
    firmware: str | None
    lifecycle: str
    room_id: int | None
    tags: list[str]
    health: str
    last_seen_at: AwareDatetime | None
    last_error_kind: str | None
    last_error: str | None


class DeviceChange(Asked):
    """What is changed of a device; what is not named is left as it is."""

    lifecycle: Lifecycle = "active"
    room_id: int | None = None
    tags: list[str] = Field(default=[])


class DeviceListAnswer(Told):
    """The devices of one site."""

    devices: list[DeviceAnswer]


class DevicePageAnswer(Told):
    """One page of devices."""

    devices: list[DeviceAnswer]
    next: str | None


class Document(Asked):
    """A document that the step rests on: a file that was handed in for this site."""

    kind: EvidenceKind
    upload_id: int


class DoneAnswer(Told):
    """A record of something reported; the same after the same was sent again."""

    id: int


class DossierAnswer(Told):
    """The dossier of a site. `version` is the optimistic lock; history is newest first."""

    site_id: int
    status: str
    label: str
    status_before_hold: str | None
    measures: list[str]
    version: int
    updated_at: AwareDatetime
    history: list[TransitionAnswer] = Field(default=[])


class DossierLineAnswer(Told):
    """One dossier in a list; `version` is the one that a step of it is about."""

    site_id: int
    site: str
    commune: str | None
    province: str | None
    status: str
    status_before_hold: str | None
    measures: list[str]
    lot: str | None
    version: int
    updated_at: AwareDatetime


class DossierListAnswer(Told):
    """One page of dossiers; `next` is null at the end."""

    dossiers: list[DossierLineAnswer]
    next: str | None


class EditedAnswer(Told):
    """A changed site, and what the whole draft breaks now."""

    version: int
    site_id: int
    quarter: str | None
    pinned: bool
    excluded: bool
    breaches: list[BreachAnswer]


class EditionAnswer(Told):
    """A campaign; schools submit from `opens_on` to `closes_on`, both included."""

    code: str
    title: str
    opens_on: date
    closes_on: date
    questionnaire_version: str


class EditionListAnswer(Told):
    """Every edition, the newest first."""

    editions: list[EditionAnswer]


class EquipmentAnswer(Told):
    """The stock of one school; everything is null where its dossier asks for no equipment."""

    held: int | None
    pupils: int | None
    target: int | None
    missing: int | None
    share_of_pupils: str
    source: str


class EventAnswer(Told):
    """Something that happened at a device, as its page tells it."""

    id: int
    at: AwareDatetime
    kind: str
    message: str


class FieldAnswer(Told):
    """An answer in its canonical form; `by` is null where it is only proposed, not yet kept."""

    value: Any
    source: str
    by: str | None
    at: AwareDatetime | None
    version: int


class FieldGiven(Asked):
    """An answer; null takes it back. `base`: the version of the response that was looked at."""

    value: Any = None
    base: int | None = None


class FieldsGiven(Asked):
    """Single fields to write, by their id."""

    fields: dict[str, Any]


class FindingAnswer(Told):
    """A rule that a device or site breaks. `message` is in the caller's language."""

    id: int
    rule_id: str
    severity: str
    site_id: int | None
    device_id: int | None
    message: str
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    resolved_at: AwareDatetime | None


class FindingListAnswer(Told):
    """One page of findings, newest first; `next` is null at the end."""

    findings: list[FindingAnswer]
    next: str | None


class FundingAnswer(Told):
    """One funding source; null: not told. The ceiling in EUR with VAT, `ends_on`: the last day."""

    id: int
    code: str
    name: str
    ceiling: str | None
    starts_on: date | None
    ends_on: date | None
    dossiers: int


class FundingChange(Asked):
    """What is changed of a funding source, and why; what is not named is left as it is."""

    code: str | None = None
    name: str | None = None
    ceiling: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    reason: str


class FundingListAnswer(Told):
    """One page of funding sources by code; `next` is null at the end."""

    funding_sources: list[FundingAnswer]
    next: str | None


class FundingWanted(Asked):
    """A funding source to make; without a name it is called as its code."""

    code: str
    name: str | None = None
    ceiling: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    reason: str | None = None


class HandedIn(Asked):
    """A file that was handed in at /api/v1/uploads."""

    client_id: str
    upload_id: int
    caption: str = ""


class HitAnswer(Told):
    """One thing that a search found; `id` is that of the site, device."""

    id: int
    title: str
    site_id: int | None
    site: str | None
    detail: str | None
    status: str | None
    role: str | None
    health: str | None
    since: AwareDatetime | None
    until: AwareDatetime | None


class HitListAnswer(Told):
    """One page of hits of one kind; `next` is null at the end."""

    hits: list[HitAnswer]
    next: str | None


class ImplantationAnswer(Told):
    """An implantation that a site serves."""

    school_fase: int
    implantation_fase: int
    school: str
    organising_authority: str | None
    education_network: str | None
    address: str | None
    teaching: list[str]


class ImportAnswer(Told):
    """What a workbook changes; `applied` is false for a dry run, or where a cell is unreadable."""

    applied: bool
    version: int
    unreadable: bool
    lines: list[ImportLineAnswer]


class ImportLineAnswer(Told):
    """What stands at one place of a workbook; `by`: who changed it since the workbook was made."""

    sheet: str
    row: int | None
    field: str
    before: Any
    after: Any
    problems: list[ProblemAnswer]
    by: str | None


class IncidentAnswer(Told):
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


class IncidentListAnswer(Told):
    """One page of incidents, newest first; `next` is null at the end."""

    incidents: list[IncidentAnswer]
    next: str | None


class JobAnswer(Told):
    """One run of a job."""

    id: int
    kind: str
    site_id: int | None
    state: str
    requested_by: str
    requested_at: AwareDatetime
    started_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    progress: dict[str, Any] | None
    result: dict[str, Any] | None
    error: str | None


class JobListAnswer(Told):
    """One page of jobs, newest first; `next` is null at the end."""

    jobs: list[JobAnswer]
    next: str | None


class JobWanted(Asked):
    """A job for one site; without `site_id`, for every site."""

    kind: Literal["audit", "poll"]
    site_id: int | None = None


class KeptAnswer(Told):
    """The visit that was kept."""

    id: int


class LateAnswer(Told):
    """One overdue term; `ball` is the role that must act, `late_days` counts calendar days."""

    clock_id: int
    site_id: int
    site: str
    commune: str | None
    province: str | None
    status: str
    term_id: str
    ball: str
    started_on: date
    due_on: date
    late_days: int


class LateListAnswer(Told):
    """One page of overdue terms, the longest overdue first; `next` is null at the end."""

    late: list[LateAnswer]
    next: str | None


class LiftedAnswer(Told):
    """A reserve that is lifted."""

    number: int
    severity: str
    message: str
    lifted_at: AwareDatetime
    lifted_by: str
    lifted_note: str


class Lifting(Asked):
    """What shows that a work is done: a file that was handed in, or a sentence."""

    note: str = ""
    upload_id: int | None = None


class LinkAnswer(Told):
    """One permanent link; `fault` null: it is as it should be."""

    label: str
    length_m: float | None
    category: str | None
    passed: bool
    fault: str | None


class LotAnswer(Told):
    """One lot; `contractor_id` null: nobody builds it yet, `sites_per_year` null: not told."""

    id: int
    name: str
    contractor_id: int | None
    contractor: str | None
    sites_per_year: int | None
    dossiers: int


class LotChange(Asked):
    """What is changed of a lot, and why; what is not named is left as it is."""

    name: str | None = None
    contractor_id: int | None = None
    sites_per_year: int | None = None
    reason: str


class LotListAnswer(Told):
    """One page of lots by name; `next` is null at the end."""

    lots: list[LotAnswer]
    next: str | None


class LotWanted(Asked):
    """A lot to make."""

    name: str
    contractor_id: int | None = None
    sites_per_year: int | None = None
    reason: str | None = None


class ManyAnswer(Told):
    """A request and what came of each of its sites; `id` is null after a dry run."""

    id: int | None
    to: str
    moved: int
    refused: int
    pending: int
    sites: list[OutcomeAnswer]


class ManyWanted(Asked):
    """A move for the dossiers that fit everything that is said."""

    request_id: str
    to: Status
    site_ids: list[int] | None = Field(default=[])
    status: Status | None = None
    province: str | None = None
    lot_id: int | None = None
    reason: str | None = None
    facts: dict[str, str] = Field(default={})
    dry_run: bool = False


class MetricAnswer(Told):
    """One metric over time, a value for each moment of `at`; null: not told then."""

    name: str
    unit: str
    count: list[int]
    mean: list[float | None]
    low: list[float | None]
    high: list[float | None]


class MonthAnswer(Told):
    """A month: minutes by funding source, and its signature."""

    month: date
    person: str
    minutes: int
    by_source: dict[str, int]
    entries: int
    signed_by: str | None
    signed_at: AwareDatetime | None
    sha256: str | None


class MoveAnswer(Told):
    """A step that leaves the dossier's status; `missing` is empty when it can be made."""

    to: str
    label: str
    roles: list[str]
    yours: list[str]
    reason_needed: bool
    missing: list[str]


class MovedAnswer(Told):
    """A site that two plans place differently; `quarters`: how much later the second one does."""

    site_id: int
    site: str
    before: str | None
    after: str | None
    quarters: int | None


class MovesAnswer(Told):
    """The steps that leave a dossier's status."""

    version: int
    moves: list[MoveAnswer]


class ObservationAnswer(Told):
    """The last observation of a device, in its published JSON form."""

    device_id: int
    at: AwareDatetime
    observation: dict[str, Any]


class OpenedAnswer(Told):
    """What became of one site; `refused` is empty when its cadastre is now awaited."""

    site_id: int
    site: str
    refused: list[str]


class OpenedListAnswer(Told):
    """What became of each site; `remaining` wait for the next call."""

    sites: list[OpenedAnswer]
    remaining: int


class Opening(Asked):
    """How many of the waiting sites to ask now."""

    limit: int = 200


class OrderAnswer(Told):
    """One order."""

    id: int
    site_id: int
    kind: str
    state: str
    installer_id: int | None
    starts_at: AwareDatetime | None
    ends_at: AwareDatetime | None
    access_note: str | None
    planned_by: str
    planned_at: AwareDatetime
    done_at: AwareDatetime | None
    done_by: str | None


class OrderDetailAnswer(Told):
    """One order with what was reported; `still_to_do` keeps it from being ended."""

    id: int
    site_id: int
    kind: str
    state: str
    installer_id: int | None
    starts_at: AwareDatetime | None
    ends_at: AwareDatetime | None
    access_note: str | None
    planned_by: str
    planned_at: AwareDatetime
    done_at: AwareDatetime | None
    done_by: str | None
    devices: list[ScannedAnswer]
    links: list[LinkAnswer]
    still_to_do: list[str]


class OrderListAnswer(Told):
    """One page of orders, newest first; `next` is null at the end."""

    orders: list[OrderAnswer]
    next: str | None


class OrderWanted(Asked):
    """An order at a site."""

    installer: str | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    access_note: str | None = None
    site_id: int
    kind: WorkKind


class OutcomeAnswer(Told):
    """What came of one site; `said` is why it was refused."""

    site_id: int
    site: str
    state: str
    version: int
    said: str | None


class OutcomeListAnswer(Told):
    """One page of what a run changed; `next` is null at the end."""

    outcomes: list[ChangeAnswer]
    next: str | None


class PayerAnswer(Told):
    """A funding source that hours are noted on; what it may pay is told to who plans."""

    id: int
    code: str
    name: str
    starts_on: date | None
    ends_on: date | None


class PayerListAnswer(Told):
    """Every funding source, by code."""

    funding_sources: list[PayerAnswer]


class Placed(Asked):
    """Where a scanned device was put."""

    device_id: int
    room: str
    name: str = ""
    switch: str = ""
    port: str = ""


class PlanDetailAnswer(Told):
    """A plan by year and source. `prices` are of the version `prices_version`, null: not yet."""

    id: int
    name: str
    state: str
    version: int
    first_year: int
    years: int
    rules_version: str
    sites_per_year: int
    based_on_id: int | None
    created_by: str
    created_at: AwareDatetime
    method: str | None
    points: float | None
    bound: float | None
    gap: float | None
    lots_gap: float | None
    solved_in_s: float | None
    message: str | None
    decided_by: str | None
    decided_at: AwareDatetime | None
    by_year: list[YearAnswer]
    by_source: list[SourceAnswer]
    placed: int
    unplaced: int
    excluded: int
    pinned: int
    assumed: int
    breaches: list[BreachAnswer]
    provisional_years: list[str]
    prices: list[PriceAnswer] | None
    prices_version: int | None


class PlanSiteAnswer(Told):
    """One site of a plan: its place (null: none), its score with the parts, its cost."""

    site_id: int
    site: str
    area: str
    score: float
    score_parts: list[dict[str, Any]]
    cost: str
    cost_assumed: bool
    open_quarters: list[str]
    quarter: str | None
    lot_id: int | None
    funding_source_id: int | None
    pinned: bool
    excluded: bool
    reason: str | None
    outcome: str | None
    scheduled: bool


class PlanSiteListAnswer(Told):
    """One page of a plan's sites, the highest score first; `next` is null at the end."""

    sites: list[PlanSiteAnswer]
    next: str | None


class PlanWanted(Asked):
    """What is to be planned; null: as the rules say."""

    name: str
    first_year: int
    years: int = 6
    sites_per_year: int | None = None
    statuses: list[Status] = Field(default=["enrolment_requested"])


class PrerequisiteAnswer(Told):
    """One prerequisite; `lifted_at` null: still to be done."""

    id: int
    kind: str
    description: str
    organising_authority_id: int | None
    due_on: date | None
    opened_at: AwareDatetime
    opened_by: str
    lifted_at: AwareDatetime | None
    lifted_by: str | None
    lifted_note: str | None
    lifted_upload_id: int | None


class PrerequisiteListAnswer(Told):
    """Every prerequisite of one site, those still to be done first."""

    prerequisites: list[PrerequisiteAnswer]


class PrerequisiteWanted(Asked):
    """A work to be done by the organising authority."""

    kind: PrerequisiteKind
    description: str
    due_on: date | None = None


class PreviewAnswer(Told):
    """What running the rules now would do; `digest` stands for exactly these changes."""

    rule_set: str
    digest: str
    counts: dict[str, int]
    changes: list[ChangeAnswer]
    next: str | None


class PriceAnswer(Told):
    """What a constraint costs: points, sites placed earlier, sites placed more, without it."""

    constraint: str
    message: str
    points: float
    earlier: int
    more: int


class Problem(Told):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[dict[str, Any]] | None = Field(default=[])
    missing: list[str] | None = Field(default=[])
    current: dict[str, Any] | None = Field(default={})
    changes: list[dict[str, Any]] | None = Field(default=[])


class ProblemAnswer(Told):
    """Something wrong at `path` (rows count from 1); a warning stops nothing."""

    path: str
    kind: str
    message: str
    warns: bool


class ProgressListAnswer(Told):
    """The progress of an edition by group; a site with schools of two networks is in both."""

    by: str
    groups: list[CadastreProgressAnswer]
    total: CadastreProgressAnswer


class ProposalAnswer(Told):
    """Something found. `answered`: it was read over SNMP; else `unread_because` says why not."""

    id: int
    state: str
    zone: str
    site: str | None
    site_id: int | None
    site_reason: str | None
    source: str
    seen_by: str | None
    seen_by_id: int | None
    seen_on: str | None
    protocol: str | None
    name: str
    role: str
    family: str
    vendor: str | None
    model: str | None
    firmware: str | None
    description: str | None
    serial: str | None
    macs: list[str]
    host: str | None
    answered: bool
    unread_because: str | None
    capabilities: list[str]
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    decided_at: AwareDatetime | None
    decided_by: str | None
    reason: str | None
    device_id: int | None


class ProposalListAnswer(Told):
    """One page of proposals, newest first."""

    proposals: list[ProposalAnswer]
    next: str | None


class QuestionnaireAnswer(Told):
    """What an edition asks, as data: sections, fields, conditions, words in French and German."""

    version: str
    questionnaire: dict[str, Any]


class Reason(Asked):
    """Why; may be empty where remarks say it."""

    reason: str = ""


class Refusal(Asked):
    """Why it is refused."""

    reason: str


class RemarkAnswer(Told):
    """What a cadastre manager asks of a field, a section, or (both null) the whole."""

    id: int
    field_id: str | None
    section_id: str | None
    text: str
    made_by: str
    made_at: AwareDatetime
    settled_at: AwareDatetime | None


class RemarkGiven(Asked):
    """A remark on a field, a section, or the whole."""

    text: str
    field_id: str | None = None
    section_id: str | None = None


class Replay(Asked):
    """What is told again: all since a moment; without one, at once what waits."""

    since: AwareDatetime | None = None


class Replayed(Told):
    """How many messages will be sent."""

    messages: int


class RequestAnswer(Told):
    """One request in the list."""

    id: int
    request_id: str
    to: str
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
    moved: int
    refused: int
    pending: int


class RequestListAnswer(Told):
    """One page of the caller's requests, newest first; `next` is null at the end."""

    requests: list[RequestAnswer]
    next: str | None


class ReserveAnswer(Told):
    """A punch-list item. `message` is in French; `lifted_at` null: open."""

    number: int
    check_id: str
    subject: str
    severity: str
    message: str
    responsible: str | None
    due_on: date | None
    opened_at: AwareDatetime
    opened_by: str
    lifted_at: AwareDatetime | None
    lifted_by: str | None
    lifted_note: str | None


class ReserveLifting(Asked):
    """What was seen, by whom."""

    note: str


class ReserveListAnswer(Told):
    """The reserves of a site, by number, those lifted too."""

    reserves: list[ReserveAnswer]


class ReserveTaken(Asked):
    """A defect that was seen."""

    client_id: str
    message: str
    severity: ReserveSeverity = "minor"


class ResponseAnswer(Told):
    """A response. `document_sha256` is what submitting now would sign."""

    edition: str
    site_id: int
    state: str
    version: int
    percent: int
    fields: dict[str, FieldAnswer]
    problems: list[ProblemAnswer]
    remarks: list[RemarkAnswer]
    submissions: list[SubmissionAnswer]
    document_sha256: str


class ResponseLineAnswer(Told):
    """One site of an edition; `percent` is of the questions that need an answer."""

    site_id: int
    site: str
    commune: str | None
    province: str | None
    state: str
    percent: int
    version: int
    updated_at: AwareDatetime | None
    dossier_status: str | None


class ResponseListAnswer(Told):
    """One page of sites."""

    responses: list[ResponseLineAnswer]
    next: str | None


class RuleSet(Asked):
    """One version of the rules. Kinds and levels are the register's values, compared unaccented."""

    version: str
    in_force_from: date
    source: str
    regions: list[Region]
    kinds: list[str]
    excluded_kinds: list[str] = Field(default=[])
    levels_of_new_kinds: list[str] = Field(default=[])
    minimum_pupils: int | None = None


class RuleSetAnswer(Told):
    """A rule set; `valid_from` is null for one that comes with the release and nobody kept."""

    version: str
    valid_from: date | None
    in_force: bool
    rules: RuleSet


class RuleSetGiven(Asked):
    """A rule set to keep, in force from `valid_from`, or from its own day."""

    rules: RuleSet
    valid_from: date | None = None


class RuleSetListAnswer(Told):
    """Every rule set: those kept, the newest first, then those of the release."""

    rule_sets: list[RuleSetAnswer]


class RunGiven(Asked):
    """Which rules to run (null: those in force), and the digest of what was shown."""

    rule_set: str | None = None
    digest: str | None = None


class RunRecordAnswer(Told):
    """One run with its frozen record: site, profile, inputs, equipment, checks, reserves."""

    run: int
    at: AwareDatetime
    actor: str
    profile: str
    level: str
    verdict: str
    checks: dict[str, int]
    open_blocking: int
    open_minor: int
    sha256: str
    record: dict[str, Any]


class Scanned(Asked):
    """A serial number as its label shows it. The role counts where it was not ordered by serial."""

    client_id: str
    serial: str
    role: DeviceRole = "access_point"
    model: str = ""


class ScannedAnswer(Told):
    """A device that was scanned; `room` null: not placed yet."""

    id: int
    order_id: int
    serial: str
    role: str
    model: str | None
    expected: bool
    name: str | None
    room: str | None
    switch: str | None
    port: str | None


class SchoolAnswer(Told):
    """One school (établissement)."""

    id: int
    fase: int
    name: str
    education_network: str | None
    organising_authority_id: int | None
    organising_authority: str | None
    commune: str | None


class SchoolListAnswer(Told):
    """One page of schools; `next` is null at the end."""

    schools: list[SchoolAnswer]
    next: str | None


class SearchAnswer(Told):
    """What was found, by kind; a kind that was not asked for is null."""

    sites: HitListAnswer | None = None
    devices: HitListAnswer | None = None
    dossiers: HitListAnswer | None = None
    incidents: HitListAnswer | None = None


class SeriesAnswer(Told):
    """The figures of one subject. A moment at which nothing was told is not in `at`."""

    kind: str
    key: str
    resolution: str
    at: list[AwareDatetime]
    metrics: list[MetricAnswer]


class SeriesListAnswer(Told):
    """Figures from `start` until before `end`."""

    start: AwareDatetime
    end: AwareDatetime
    series: list[SeriesAnswer]


class Signature(Asked):
    """The hash of what the signer was shown: `document_sha256`."""

    sha256: str


class SiteAnswer(Told):
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


class SiteDetailAnswer(Told):
    """One site with where it is and whom it serves. Coordinates are WGS 84 degrees."""

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
    address: str | None
    postal_code: str | None
    locality: str | None
    latitude: float | None
    longitude: float | None
    implantations: list[ImplantationAnswer]


class SiteEdit(Asked):
    """An edit; a pin without a place fixes the site where it is."""

    action: Action
    version: int
    quarter: str | None = None
    lot_id: int | None = None
    funding_source_id: int | None = None
    reason: str | None = None


class SiteListAnswer(Told):
    """One page of sites."""

    sites: list[SiteAnswer]
    next: str | None


class SourceAnswer(Told):
    """What a plan takes of a funding source; `left`: before it, null: no ceiling is told."""

    code: str
    used: str
    left: str | None
    sites: int


class SubmissionAnswer(Told):
    """A signature, with the hash of the canonical text that was signed."""

    signed_by: str
    signed_name: str
    signed_at: AwareDatetime
    sha256: str
    decided_by: str | None
    decided_at: AwareDatetime | None


class Subscription(Asked):
    """A subscription that is asked for; the secret is kept with `preau secret set` before."""

    url: str
    secret_name: str
    kinds: list[str]


class SubscriptionChange(Asked):
    """What is changed of a subscription; what is null is left as it is."""

    url: str | None = None
    secret_name: str | None = None
    kinds: list[str] | None = Field(default=[])
    enabled: bool | None = None


class TallyAnswer(Told):
    """How many sites passed each milestone, and how many are not in the programme."""

    passed: dict[str, int]
    outside: int


class Transition(Asked):
    """A step that is asked for."""

    to: Status
    role: UserRole | None = None
    reason: str | None = None
    facts: dict[str, str] = Field(default={})
    evidence: list[Document] = Field(default=[])
    measures: list[Measure] | None = Field(default=[])


class TransitionAnswer(Told):
    """One step of a dossier."""

    at: AwareDatetime
    actor: str
    role: str
    from_status: str
    to_status: str
    reason: str | None
    late: bool


class TransitionMade(Told):
    """A dossier after a step."""

    site_id: int
    status: str
    version: int
    transition: TransitionAnswer


class UploadAnswer(Told):
    """One file as it is kept: a picture's hash and size are those of what was drawn anew."""

    id: int
    file_name: str
    kind: str
    media_type: str
    size_bytes: int
    sha256: str
    site_id: int | None
    uploaded_by: str
    at: AwareDatetime


class UploadListAnswer(Told):
    """One page of files, newest first; `next` is null at the end."""

    uploads: list[UploadAnswer]
    next: str | None


class VersionWanted(Asked):
    """The version that was looked at."""

    version: int


class VisitAnswer(Told):
    """Some time of an adviser; `site_id` null: at no school."""

    id: int
    on: date
    minutes: int
    kind: str
    funding_source_id: int
    source: str
    site_id: int | None
    site: str | None
    notes: str


class VisitListAnswer(Told):
    """One page of visits, the last told first; `next` is null at the end."""

    visits: list[VisitAnswer]
    next: str | None


class WaitingAnswer(Told):
    """The sites that wait to be asked; `digest` stands for exactly these, as they are now."""

    sites: int
    digest: str


class WaiverAnswer(Told):
    """What was accepted, by whom and until when."""

    id: int
    rule_id: str
    subject: str
    reason: str
    granted_by: str
    granted_at: AwareDatetime
    ends_at: AwareDatetime


class WaiverWanted(Asked):
    """A finding that is accepted for a while, and why."""

    reason: str
    ends_at: AwareDatetime


class WebhookAnswer(Told):
    """One subscription."""

    id: int
    url: str
    secret_name: str
    kinds: list[str]
    created_at: AwareDatetime
    failing_since: AwareDatetime | None
    disabled_at: AwareDatetime | None


class WebhookListAnswer(Told):
    """One page of subscriptions; `next` is null at the end."""

    webhooks: list[WebhookAnswer]
    next: str | None


class WrittenAnswer(Told):
    """What a write did; the last writer of a field wins, and is told of the other."""

    version: int
    state: str
    percent: int
    changed: list[str]
    conflicts: list[ConflictAnswer]
    problems: list[ProblemAnswer]
    shown: list[str]


class YearAnswer(Told):
    """One year of a plan; amounts in EUR with VAT."""

    year: int
    sites: int
    most: int
    cost: str
    by_lot: dict[str, int]
    by_source: dict[str, int]


class AcceptanceRunAnswer(Told):
    """One acceptance run in figures; `checks` counts them by state."""

    run: int
    at: AwareDatetime
    actor: str
    profile: str
    level: str
    verdict: str
    checks: dict[str, int]
    open_blocking: int
    open_minor: int
    sha256: str


class AcceptanceRunListAnswer(Told):
    """The runs of a site, newest first."""

    runs: list[AcceptanceRunAnswer]


class AdviserVisitsVisitWanted(Asked):
    """Some time to keep."""

    on: date
    minutes: int
    kind: VisitKind
    funding_source_id: int
    site_id: int | None = None
    notes: str = ""


class PlanAnswer(Told):
    """One deployment plan; `states` counts the devices that the caller may see, by their state."""

    id: int
    state: str
    created_at: AwareDatetime
    created_by: str
    finished_at: AwareDatetime | None
    devices: int
    ended: int
    states: dict[str, int]


class PlanListAnswer(Told):
    """One page of plans, newest first; `next` is null at the end."""

    plans: list[PlanAnswer]
    next: str | None


class CadastreProgressAnswer(Told):
    """How many sites of one group are where; `name` is null where it is not told."""

    name: str | None
    total: int
    sent: int
    counts: dict[str, int]


class CadastreSeen(Asked):
    """The digest of the sites that were shown."""

    digest: str


class CadastreComparisonAnswer(Told):
    """What is declared beside the edition before (null: none was answered) and the inventory."""

    edition_before: str | None
    fields: list[BesideAnswer]


class EligibilityRunAnswer(Told):
    """The rules applied once; `counts` by outcome."""

    id: int
    at: AwareDatetime
    actor: str
    rule_set: str
    cause: str
    counts: dict[str, int]


class EligibilityRunListAnswer(Told):
    """One page of runs, newest first; `next` is null at the end."""

    runs: list[EligibilityRunAnswer]
    next: str | None


class EligibilitySeen(Asked):
    """Which rules were shown, the digest of what they would change, and whether they judge on."""

    rule_set: str
    digest: str
    adopt: bool = False


class ProgrammeProgressAnswer(Told):
    """How far the sites are; the key of those whose place is not known is empty."""

    whole: TallyAnswer
    by_province: dict[str, TallyAnswer]
    by_canton: dict[str, TallyAnswer]
    statuses: dict[str, int]


class ProgrammePlanComparisonAnswer(Told):
    """Where two plans differ."""

    moved: list[MovedAnswer]


class ProgrammePlanPlanAnswer(Told):
    """One plan. `gap`: by what part it may lie below the best one; `bound`: no plan has more."""

    id: int
    name: str
    state: str
    version: int
    first_year: int
    years: int
    rules_version: str
    sites_per_year: int
    based_on_id: int | None
    created_by: str
    created_at: AwareDatetime
    method: str | None
    points: float | None
    bound: float | None
    gap: float | None
    lots_gap: float | None
    solved_in_s: float | None
    message: str | None
    decided_by: str | None
    decided_at: AwareDatetime | None


class ProgrammePlanPlanListAnswer(Told):
    """One page of plans, newest first; `next` is null at the end."""

    plans: list[ProgrammePlanPlanAnswer]
    next: str | None


class WorkOrdersVisitWanted(Asked):
    """Who comes, when, and how the school lets them in; null: not fixed."""

    installer: str | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    access_note: str | None = None
