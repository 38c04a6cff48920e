"""What is trusted of one device over SSH: its host key, and old algorithms where it has no other.

Both are a person's decision about one device; nothing here is done by a job.
"""

from sqlmodel import Session, col, select

from inventory.errors import NotFound
from inventory.models import Device, ManagementEndpoint, Protocol


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
