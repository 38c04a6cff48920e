"""Reading the running configuration of one device, and keeping it where it changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.intents import intent_of_device
from api.usecases.ssh_trust import pin_seen_key
from api.usecases.targets import ssh_target
from collectors.ssh import open_session
from deploy.backup import Reading, keep_backup
from deploy.conversation import Conversation
from deploy.render import names_by_value, wanted_secrets
from inventory.database import Database
from inventory.errors import InvalidInput, NotFound, PreauError
from inventory.leases import device_resource, lease
from inventory.models import ConfigBackup, Device
from inventory.secrets import Vault, open_secret
from inventory.settings import Settings
from inventory.vendors.configuration import Configuration
from inventory.vendors.family import families

_LEASE_S = 300.0


@dataclass(frozen=True, slots=True)
class ConfigurationRead:
    """A running configuration as it is shown: no secret is in it, only their names.

    `changed` is False when the last one kept was the same; `kept_since` is when this one was first
    read.
    """

    device_id: int
    name: str
    text: str
    changed: bool
    kept_since: datetime

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "device_id": self.device_id,
            "name": self.name,
            "changed": self.changed,
            "kept_since": self.kept_since.isoformat(timespec="seconds"),
            "text": self.text,
        }


def read_configuration(
    database: Database,
    vault: Vault,
    settings: Settings,
    device_id: int,
    *,
    actor: str,
    reason: str | None = None,
) -> ConfigurationRead:
    """Read a device's running configuration over SSH and keep it as a backup where it is new.

    Raises NotFound, InvalidInput for a family whose configuration is not known, Conflict while
    another acts on the device, and a DeviceError when it cannot be read.
    """
    with database.read() as session:
        device = session.get(Device, device_id)
        if device is None:
            raise NotFound(f"there is no device {device_id}")
        name, configuration = device.name, _configuration(device)
        target = ssh_target(session, vault, settings, device_id)
        names = _known_secrets(session, vault, device)
    with lease(
        database,
        device_resource(device_id),
        holder=actor,
        purpose="reading its configuration",
        ttl_s=_LEASE_S,
    ):
        with open_session(target) as session_:
            text = Conversation(session_, configuration, names).read()
            host_key = session_.host_key
        scrubbed = configuration.grammar.scrub(text, names)
        with database.write(actor) as session:
            if target.host_key is None:
                pin_seen_key(session, target, host_key)
            before = _newest(session, device_id)
            reading = Reading(device_id, text, scrubbed, by=actor, reason=reason)
            kept = keep_backup(session, vault, reading)
            session.flush()
            changed = before is None or before != kept.id
            return ConfigurationRead(device_id, name, scrubbed, changed, kept.first_read_at)


def _configuration(device: Device) -> Configuration:
    known = families().get(device.family)
    if known is None or known.configuration is None:
        raise InvalidInput(
            f"how devices of the family {device.family} are configured is not known",
            where=device.name,
        )
    return known.configuration


def _known_secrets(session: Session, vault: Vault, device: Device) -> dict[str, str]:
    """Return the names of the secrets that the device should have, by value; none if unknown."""
    try:
        wanted = wanted_secrets(intent_of_device(session, device))
        return names_by_value({name: open_secret(session, vault, name) for name in wanted})
    except PreauError:
        return {}  # what is secret by its place is masked all the same


def _newest(session: Session, device_id: int) -> int | None:
    return session.exec(
        select(ConfigBackup.id)
        .where(ConfigBackup.device_id == device_id)
        .order_by(col(ConfigBackup.last_read_at).desc(), col(ConfigBackup.id).desc())
        .limit(1)
    ).first()
