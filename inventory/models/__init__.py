"""All tables, by subject. Importing this package gives the whole metadata."""

from sqlmodel import SQLModel

from inventory.models.acceptance import (
    AcceptanceMap,
    AcceptanceRun,
    AcceptanceWord,
    OrderedDevice,
    Reserve,
    ReserveSeverity,
)
from inventory.models.access import (
    ApiToken,
    Grant,
    GrantScope,
    Invitation,
    LoginThrottle,
    RetentionRun,
    User,
    UserRole,
    WebSession,
)
from inventory.models.adviser import AdviserMonth, AdviserVisit
from inventory.models.bulk_move import BulkMove, BulkMoveSite, BulkState
from inventory.models.cadastre import (
    CadastreAnswer,
    CadastreEdition,
    CadastreQuestionnaire,
    CadastreRemark,
    CadastreResponse,
    CadastreSubmission,
)
from inventory.models.change import Change
from inventory.models.deadline import DeadlineClock
from inventory.models.deployment import (
    ConfigBackup,
    DeployPlan,
    DisplayedSecret,
    PlanApproval,
    PlanRequest,
    PlanState,
    Push,
    PushState,
    PushStep,
)
from inventory.models.device import Device, Health, Interface, Lifecycle, Link, RadioRow
from inventory.models.discovery import (
    Proposal,
    ProposalRule,
    ProposalSource,
    ProposalState,
    SiteReason,
)
from inventory.models.dossier import Dossier, DossierTransition, Evidence
from inventory.models.eligibility import (
    EligibilityOutcome,
    EligibilityRuleSet,
    EligibilityRun,
)
from inventory.models.finding import FindingRow, Waiver
from inventory.models.idempotency import IdempotencyKey
from inventory.models.incident import Incident
from inventory.models.intent import IntentLayerRow, IntentScope
from inventory.models.job import Event, Job, JobState, Lease, Worker
from inventory.models.mail import CalendarFeed, MailPreference, MailWish, OutgoingMail
from inventory.models.network import (
    Credential,
    CredentialKind,
    JumpHost,
    ManagementEndpoint,
    Protocol,
    Zone,
    ZoneLogin,
)
from inventory.models.observation import ObservationRecord, WlanReading
from inventory.models.place import Building, Floor, Room
from inventory.models.planning import DraftState, ProgrammePlan, ProgrammePlanSite, SitePriority
from inventory.models.prerequisite import Prerequisite, PrerequisiteKind
from inventory.models.programme import Contractor, FundingSource, Lot
from inventory.models.register import (
    Implantation,
    OrganisingAuthority,
    RegisterImport,
    School,
    Site,
    SiteImplantation,
    TeachingOffer,
)
from inventory.models.secret import Secret
from inventory.models.standard import StandardRow
from inventory.models.survey import Survey, SurveySample
from inventory.models.trap import SnmpEngine, TrapListener
from inventory.models.upload import Upload, UploadState
from inventory.models.view import SavedView
from inventory.models.webhook import DeliveryState, Webhook, WebhookDelivery
from inventory.models.works import (
    CableLink,
    CableTest,
    ScannedDevice,
    WorkAnswer,
    WorkCheck,
    WorkKind,
    WorkOrder,
    WorkPhoto,
    WorkReserve,
    WorkState,
)
from inventory.roles import DeviceRole

metadata = SQLModel.metadata

__all__ = [
    "AcceptanceMap",
    "AcceptanceRun",
    "AcceptanceWord",
    "AdviserMonth",
    "AdviserVisit",
    "ApiToken",
    "Building",
    "BulkMove",
    "BulkMoveSite",
    "BulkState",
    "CableLink",
    "CableTest",
    "CadastreAnswer",
    "CadastreEdition",
    "CadastreQuestionnaire",
    "CadastreRemark",
    "CadastreResponse",
    "CadastreSubmission",
    "CalendarFeed",
    "Change",
    "ConfigBackup",
    "Contractor",
    "Credential",
    "CredentialKind",
    "DeadlineClock",
    "DeliveryState",
    "DeployPlan",
    "Device",
    "DeviceRole",
    "DisplayedSecret",
    "Dossier",
    "DossierTransition",
    "DraftState",
    "EligibilityOutcome",
    "EligibilityRuleSet",
    "EligibilityRun",
    "Event",
    "Evidence",
    "FindingRow",
    "Floor",
    "FundingSource",
    "Grant",
    "GrantScope",
    "Health",
    "IdempotencyKey",
    "Implantation",
    "Incident",
    "IntentLayerRow",
    "IntentScope",
    "Interface",
    "Invitation",
    "Job",
    "JobState",
    "JumpHost",
    "Lease",
    "Lifecycle",
    "Link",
    "LoginThrottle",
    "Lot",
    "MailPreference",
    "MailWish",
    "ManagementEndpoint",
    "ObservationRecord",
    "OrderedDevice",
    "OrganisingAuthority",
    "OutgoingMail",
    "PlanApproval",
    "PlanRequest",
    "PlanState",
    "Prerequisite",
    "PrerequisiteKind",
    "ProgrammePlan",
    "ProgrammePlanSite",
    "Proposal",
    "ProposalRule",
    "ProposalSource",
    "ProposalState",
    "Protocol",
    "Push",
    "PushState",
    "PushStep",
    "RadioRow",
    "RegisterImport",
    "Reserve",
    "ReserveSeverity",
    "RetentionRun",
    "Room",
    "SavedView",
    "ScannedDevice",
    "School",
    "Secret",
    "Site",
    "SiteImplantation",
    "SitePriority",
    "SiteReason",
    "SnmpEngine",
    "StandardRow",
    "Survey",
    "SurveySample",
    "TeachingOffer",
    "TrapListener",
    "Upload",
    "UploadState",
    "User",
    "UserRole",
    "Waiver",
    "WebSession",
    "Webhook",
    "WebhookDelivery",
    "WlanReading",
    "WorkAnswer",
    "WorkCheck",
    "WorkKind",
    "WorkOrder",
    "WorkPhoto",
    "WorkReserve",
    "WorkState",
    "Worker",
    "Zone",
    "ZoneLogin",
    "metadata",
]
