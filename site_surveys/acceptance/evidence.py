"""All that the checks of an acceptance look at, as values. None is "not told"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from inventory.findings.finding import Subject
from inventory.intent import DeviceIntent
from inventory.observation import Observation
from site_surveys.plan import FloorPlan
from site_surveys.profile import AcceptanceProfile, Check
from site_surveys.samples import Sample
from site_surveys.signal import RadioMap


@dataclass(frozen=True, slots=True)
class Dispensation:
    """A waiver in force: why what a rule finds on a device is accepted, and until when."""

    reason: str
    granted_by: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PortOf:
    """A port of a switch, by names."""

    switch: str
    port: str


@dataclass(frozen=True, slots=True)
class DeviceEvidence:
    """One device of the site: what the rules look at, and what the acceptance adds."""

    id: int
    subject: Subject
    read_at: datetime | None = None
    observation_id: int | None = None
    dispensations: Mapping[str, Dispensation] = field(default_factory=dict)
    """By rule id."""
    push_id: int | None = None
    push_verified: bool | None = None
    """Whether the last push was read back as intended; None: there was none."""
    push_finished_at: datetime | None = None
    seen_on: PortOf | None = None
    """Where LLDP or CDP shows it, of an access point."""
    documented_on: PortOf | None = None
    """Where the site's planned ports say that it hangs, of an access point."""

    @property
    def name(self) -> str:
        """The device's name."""
        return self.subject.name

    @property
    def observation(self) -> Observation | None:
        """What was last read of it."""
        return self.subject.observation


@dataclass(frozen=True, slots=True)
class FloorEvidence:
    """The newest survey of one floor, with its maps at 5 GHz; a map is None with the reason."""

    survey_id: int
    sha256: str
    place: str
    plan: FloorPlan
    samples: tuple[Sample, ...]
    primary: RadioMap | None
    secondary: RadioMap | None
    no_map: str | None = None

    @property
    def first_at(self) -> datetime | None:
        """When its first sample was taken; None where a sample does not say."""
        times = [sample.at for sample in self.samples]
        told = [at for at in times if at is not None]
        return min(told) if told and len(told) == len(times) else None

    @property
    def surveyed_on(self) -> date | None:
        """The day of its last sample."""
        told = [sample.at for sample in self.samples if sample.at is not None]
        return max(told).date() if told else None


@dataclass(frozen=True, slots=True)
class Ordered:
    """A device as ordered: its serial as scanned, and the name that it was installed under."""

    serial: str
    role: str
    name: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said of a check."""

    id: int
    check_id: str
    passed: bool
    note: str
    said_by: str
    said_at: datetime
    evidence_name: str | None = None
    evidence_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the dossier that still counts."""

    kind: str
    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of one site at one moment."""

    now: datetime
    devices: tuple[DeviceEvidence, ...] = ()
    floors: tuple[FloorEvidence, ...] = ()
    ordered: tuple[Ordered, ...] = ()
    serials_expected: int | None = None
    """How many serials the dossier says were ordered."""
    words: Mapping[str, Word] = field(default_factory=dict)
    """The newest word by check id."""
    documents: tuple[Document, ...] = ()

    def of_roles(self, *roles: str) -> tuple[DeviceEvidence, ...]:
        """Return the devices of some roles."""
        return tuple(each for each in self.devices if each.subject.role in roles)

    @property
    def access_points(self) -> tuple[DeviceEvidence, ...]:
        """The access points."""
        return self.of_roles("access_point")

    @property
    def access_point_intents(self) -> tuple[DeviceIntent, ...]:
        """What is intended for the access points for which something is."""
        intents = (each.subject.intent for each in self.access_points)
        return tuple(intent for intent in intents if intent is not None)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a measure is asked: a check of a profile, on what is known."""

    check: Check
    evidence: Evidence
    profile: AcceptanceProfile
