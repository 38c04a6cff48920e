"""What rules look at: one `Subject` a device, built for a page of devices with few queries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.usecases.intents import IntentBook
from api.usecases.standards import newest_sections, standards_of
from api.usecases.wlan_readings import kept_wlans
from inventory.errors import InvalidInput, PreauError
from inventory.findings.finding import Subject
from inventory.intent import DeviceIntent
from inventory.models import (
    ConfigBackup,
    Credential,
    CredentialKind,
    Device,
    DeviceRole,
    Health,
    Link,
    ManagementEndpoint,
    ObservationRecord,
    Protocol,
    Push,
    PushState,
    Zone,
)
from inventory.observation import Observation, from_json
from inventory.programme.dossier.machine import BRUSSELS
from inventory.secrets import Vault, open_secret
from inventory.wlan_protection import with_protection

# What devices are delivered with and what everyone tries first.
_DEFAULT_COMMUNITIES = frozenset({"public", "private", "admin", "cisco", "snmp"})

Model = tuple[int | None, str | None]


@dataclass
class SubjectBuilder:
    """Builds subjects; remembers over the pages of one run which credentials are default ones."""

    session: Session
    vault: Vault
    now: datetime

    def __post_init__(self) -> None:
        self._default: dict[str, bool] = {}
        self._intents = IntentBook(self.session)
        self._standards = standards_of(self.session, self.now.astimezone(BRUSSELS).date())

    def subjects(self, devices: Sequence[Device]) -> dict[int, Subject]:
        """Return the subject of each of `devices` by its id."""
        ids = [device.id for device in devices if device.id is not None]
        self._intents.prepare(devices)
        observations = self._protected(self._observations(ids))
        ports = self._access_point_ports(ids)
        firmwares = self._firmwares(devices)
        matches = self._configurations(ids)
        communities = self._communities(ids)
        # Nothing else looks at the text of configurations, which is long.
        sections = newest_sections(self.session, devices) if self._standards else {}
        subjects: dict[int, Subject] = {}
        for device in devices:
            if device.id is None:
                continue
            intent, intent_error = self._intent(device)
            subjects[device.id] = Subject(
                name=device.name,
                role=device.role,
                family=device.family,
                lifecycle=device.lifecycle,
                now=self.now,
                serial=device.serial,
                model=device.model,
                firmware=device.firmware,
                last_seen_at=device.last_seen_at,
                last_error_kind=device.last_error_kind,
                last_error=device.last_error,
                shadowed=device.health is Health.SHADOWED,
                intent=intent,
                intent_error=intent_error,
                observation=observations.get(device.id),
                access_point_ports=ports.get(device.id, {}),
                firmwares=firmwares[device.site_id, device.model],
                config_matches_last_push=matches.get(device.id),
                default_community=communities.get(device.id),
                legacy_ssh=device.legacy_ssh,
                tags=tuple(device.tags),
                sections=sections.get(device.id),
                standards=self._standards,
            )
        return subjects

    def _intent(self, device: Device) -> tuple[DeviceIntent | None, str | None]:
        try:
            return self._intents.of_device(device), None
        except InvalidInput as error:
            return None, str(error)

    def _observations(self, ids: Sequence[int]) -> dict[int, Observation]:
        newest = (
            select(func.max(ObservationRecord.id))
            .where(col(ObservationRecord.device_id).in_(ids))
            .group_by(col(ObservationRecord.device_id))
        )
        rows = self.session.exec(
            select(ObservationRecord).where(col(ObservationRecord.id).in_(newest))
        )
        return {row.device_id: from_json(row.body) for row in rows}

    def _protected(self, observations: dict[int, Observation]) -> dict[int, Observation]:
        """Return the observations with what SSH told last of how networks are protected."""
        kept = kept_wlans(self.session, list(observations), self.now)
        return {
            device_id: replace(seen, wlans=with_protection(seen.wlans, kept.get(device_id, ())))
            for device_id, seen in observations.items()
        }

    def _access_point_ports(self, ids: Sequence[int]) -> dict[int, dict[str, str]]:
        rows = self.session.exec(
            select(Link.device_id, Link.local_interface, Device.name)
            .join(Device, col(Device.id) == Link.remote_device_id)
            .where(col(Link.device_id).in_(ids), Device.role == DeviceRole.ACCESS_POINT)
            .order_by(col(Link.last_seen_at))
        )
        ports: dict[int, dict[str, str]] = {}
        for device_id, port, name in rows:
            ports.setdefault(device_id, {})[port] = name
        return ports

    def _firmwares(self, devices: Sequence[Device]) -> dict[Model, Counter[str]]:
        found: dict[Model, Counter[str]] = {
            (device.site_id, device.model): Counter() for device in devices
        }
        sites = {device.site_id for device in devices if device.site_id is not None}
        rows = self.session.exec(
            select(Device.site_id, Device.model, Device.firmware, func.count())
            .where(
                col(Device.site_id).in_(sites),
                col(Device.model).is_not(None),
                col(Device.firmware).is_not(None),
            )
            .group_by(col(Device.site_id), col(Device.model), col(Device.firmware))
        )
        for site_id, model, firmware, count in rows:
            if (site_id, model) in found:
                found[site_id, model][str(firmware)] = count
        return found

    def _configurations(self, ids: Sequence[int]) -> dict[int, bool]:
        """Tell by device whether its configuration, as last read, is the one last verified.

        Verified is what a push read back, or what a plan found to be as intended already. A device
        for which there is neither, or no reading, is not told.
        """
        verified: dict[int, str] = {}
        for push in self.session.exec(
            select(Push)
            .where(
                col(Push.device_id).in_(ids),
                col(Push.state).in_([PushState.VERIFIED, PushState.UNCHANGED]),
            )
            .order_by(col(Push.id))
        ):
            digest = push.verified_digest or push.running_digest
            if digest is not None:
                verified[push.device_id] = digest
        rows = self.session.exec(
            select(ConfigBackup.device_id, ConfigBackup.digest)
            .where(col(ConfigBackup.device_id).in_(verified))
            .order_by(col(ConfigBackup.last_read_at), col(ConfigBackup.id))
        )
        newest = dict(rows.all())  # in the order of reading: a later one takes the place
        return {device_id: verified[device_id] == digest for device_id, digest in newest.items()}

    def _communities(self, ids: Sequence[int]) -> dict[int, bool]:
        rows = self.session.exec(
            select(ManagementEndpoint.device_id, Credential.secret_name)
            .join(Zone, col(Zone.id) == ManagementEndpoint.zone_id)
            .join(
                Credential,
                col(Credential.id)
                == func.coalesce(ManagementEndpoint.credential_id, Zone.snmp_credential_id),
            )
            .where(
                col(ManagementEndpoint.device_id).in_(ids),
                ManagementEndpoint.protocol == Protocol.SNMP,
                Credential.kind == CredentialKind.SNMP_COMMUNITY,
            )
        )
        found: dict[int, bool] = {}
        for device_id, secret_name in rows:
            if device_id is not None and secret_name is not None:
                found[device_id] = found.get(device_id, False) or self._is_default(secret_name)
        return found

    def _is_default(self, secret_name: str) -> bool:
        if secret_name not in self._default:
            try:
                value = open_secret(self.session, self.vault, secret_name)
            except PreauError:
                value = ""  # polling says so for the device; here nothing is known of it
            self._default[secret_name] = value.lower() in _DEFAULT_COMMUNITIES
        return self._default[secret_name]
