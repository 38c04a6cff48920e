"""Which devices a plan is for, and all that is needed to speak to each, gathered beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session, col, select

from api.usecases.intents import intent_of_device
from api.usecases.targets import ssh_target
from collectors.target import SshTarget
from deploy.render import wanted_secrets
from inventory.errors import NotFound, PreauError
from inventory.intent import DeviceIntent
from inventory.models import Device, DeviceRole, Lifecycle, ManagementEndpoint, Protocol, Zone
from inventory.secrets import Vault, open_secret
from inventory.settings import Settings
from inventory.vendors.configuration import Configuration
from inventory.vendors.family import families

# A device that stands at a school and is ours to configure.
_CONFIGURED = (Lifecycle.INSTALLED, Lifecycle.ACTIVE, Lifecycle.FAULTY)


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
    session: Session, vault: Vault, settings: Settings, site_ids: Sequence[int] | None
) -> list[Subject]:
    """Return the devices of the sites (None: of all) that can be configured, in a fixed order."""
    pushable = [each.id for each in families().values() if each.configuration is not None]
    query = select(Device).where(
        col(Device.family).in_(pushable), col(Device.lifecycle).in_(_CONFIGURED)
    )
    if site_ids is not None:
        query = query.where(col(Device.site_id).in_(site_ids))
    devices = session.exec(query.order_by(col(Device.site_id), Device.name, col(Device.id))).all()
    return [_subject(session, vault, settings, device, None) for device in devices]


def subject_of(
    session: Session, vault: Vault, settings: Settings, device_id: int, *, push_id: int
) -> Subject:
    """Return the device of one push; raises NotFound for an unknown one."""
    device = session.get(Device, device_id)
    if device is None:
        raise NotFound(f"there is no device {device_id}")
    return _subject(session, vault, settings, device, push_id)


def pin_host_key(session: Session, subject: Subject, host_key: str) -> None:
    """Keep the SSH host key that was seen first; one that is pinned is never replaced here."""
    target = subject.target
    if target is None or target.host_key or not host_key:
        return
    endpoint = session.exec(
        select(ManagementEndpoint)
        .join(Zone, col(Zone.id) == ManagementEndpoint.zone_id)
        .where(
            Zone.name == target.zone,
            ManagementEndpoint.host == target.host,
            ManagementEndpoint.port == target.port,
            ManagementEndpoint.protocol == Protocol.SSH,
        )
    ).first()
    if endpoint is not None and endpoint.host_key is None:
        endpoint.host_key = host_key
        session.add(endpoint)


def _subject(
    session: Session, vault: Vault, settings: Settings, device: Device, push_id: int | None
) -> Subject:
    assert device.id is not None
    configuration = families()[device.family].configuration
    assert configuration is not None
    subject = Subject(
        device_id=device.id,
        name=device.name,
        role=device.role,
        site_id=device.site_id,
        configuration=configuration,
        push_id=push_id,
    )
    try:
        intent = intent_of_device(session, device)
        target = ssh_target(session, vault, settings, device.id)
        values = {name: open_secret(session, vault, name) for name in wanted_secrets(intent)}
    except PreauError as error:
        return replace(subject, error=error)
    return replace(subject, target=target, intent=intent, values=values)
