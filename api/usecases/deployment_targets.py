"""Which devices a plan is for, and all that is needed to speak to each, gathered beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from api.usecases.intents import IntentBook
from api.usecases.ssh_trust import pin_seen_key
from api.usecases.targets import login_rows, newest_ssh_endpoints, ssh_target
from collectors.target import SshTarget
from deploy.render import wanted_secrets
from inventory.errors import NotFound, PreauError
from inventory.intent import DeviceIntent
from inventory.models import Device, DeviceRole, ManagementEndpoint
from inventory.secrets import Vault, open_secret
from inventory.settings import Settings
from inventory.vendors.configuration import Configuration
from inventory.vendors.family import families


@dataclass(frozen=True, slots=True)
class Subject:
    """One device, or why nothing can be said to it. `values` are the secrets its intent names."""

    device_id: int
    name: str
    role: DeviceRole
    site_id: int | None
    configuration: Configuration
    target: SshTarget | None = None
    intent: DeviceIntent | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    error: PreauError | None = None
    push_id: int | None = None


def subjects_of(
    session: Session, vault: Vault, settings: Settings, devices: Sequence[Device]
) -> list[Subject]:
    """Return what is needed to speak to each of these devices, all of families we configure."""
    gathering = _Gathering(session, vault, settings)
    gathering.prepare(devices)
    return [gathering.subject(device) for device in devices]


def subject_of(
    session: Session, vault: Vault, settings: Settings, device_id: int, *, push_id: int
) -> Subject:
    """Return the device of one push; raises NotFound for an unknown one."""
    device = session.get(Device, device_id)
    if device is None:
        raise NotFound(f"there is no device {device_id}")
    return replace(_Gathering(session, vault, settings).subject(device), push_id=push_id)


def pin_host_key(session: Session, subject: Subject, host_key: str) -> None:
    """Keep the SSH host key that was seen first; one that is pinned is never replaced here."""
    if subject.target is not None and not subject.target.host_key:
        pin_seen_key(session, subject.target, host_key)


class _Gathering:
    """Gathers for many devices; a layer of intent and a secret are looked up once for all."""

    def __init__(self, session: Session, vault: Vault, settings: Settings) -> None:
        self._session, self._vault, self._settings = session, vault, settings
        self._intents = IntentBook(session)
        self._secrets: dict[str, str] = {}
        self._endpoints: dict[int, ManagementEndpoint] = {}
        self._at_hand: list[object] = []  # a session forgets a row that nobody holds

    def prepare(self, devices: Sequence[Device]) -> None:
        self._intents.prepare(devices)
        ids = [device.id for device in devices if device.id is not None]
        self._endpoints = newest_ssh_endpoints(self._session, ids)
        self._at_hand = login_rows(self._session, self._endpoints.values())

    def subject(self, device: Device) -> Subject:
        assert device.id is not None
        configuration = families()[device.family].configuration
        assert configuration is not None
        subject = Subject(
            device_id=device.id,
            name=device.name,
            role=device.role,
            site_id=device.site_id,
            configuration=configuration,
        )
        try:
            intent = self._intents.of_device(device)
            endpoint = self._endpoints.get(device.id)
            target = ssh_target(self._session, self._vault, self._settings, device.id, endpoint)
            values = {name: self._secret(name) for name in wanted_secrets(intent)}
        except PreauError as error:
            return replace(subject, error=error)
        return replace(subject, target=target, intent=intent, values=values)

    def _secret(self, name: str) -> str:
        if name not in self._secrets:
            self._secrets[name] = open_secret(self._session, self._vault, name)
        return self._secrets[name]
