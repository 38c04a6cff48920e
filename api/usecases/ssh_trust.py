"""What is trusted of one device over SSH: its host key, and old algorithms where it has no other.

To forget a key or to accept old algorithms is a person's decision about one device. A job pins the
key that it sees first, and nothing else.
"""

from sqlmodel import Session, col, select

from collectors.target import SshTarget
from inventory.errors import NotFound
from inventory.models import Device, ManagementEndpoint, Protocol, Zone


def allow_legacy_ssh(session: Session, device: Device, *, allowed: bool) -> bool:
    """Accept old SSH algorithms from `device`, or no more; return whether that changed anything."""
    changed = device.legacy_ssh != allowed
    device.legacy_ssh = allowed
    session.add(device)
    return changed


def forget_host_key(session: Session, device: Device) -> int:
    """Forget the pinned host key, so that the next one seen is pinned; return how many were kept.

    Raises NotFound when none is pinned.
    """
    pinned = session.exec(
        select(ManagementEndpoint).where(
            ManagementEndpoint.device_id == device.id,
            ManagementEndpoint.protocol == Protocol.SSH,
            col(ManagementEndpoint.host_key).is_not(None),
        )
    ).all()
    if not pinned:
        raise NotFound("no SSH host key is pinned", where=device.name)
    for endpoint in pinned:
        endpoint.host_key = None
        session.add(endpoint)
    return len(pinned)


def pin_seen_key(session: Session, target: SshTarget, host_key: str) -> None:
    """Keep the SSH host key that was seen first; one that is pinned is never replaced here."""
    if not host_key:
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
