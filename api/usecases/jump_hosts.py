"""Jump hosts: SSH servers through which the devices of a school are reached, and who goes there."""

from typing import Any

from sqlmodel import Session, select

from api.usecases.targets import DIRECT
from api.usecases.zones import find_zone, ssh_credential_id
from inventory.errors import InvalidInput, NotFound
from inventory.models import Credential, Device, JumpHost, ManagementEndpoint, Protocol, Zone


def define_jump_host(
    session: Session,
    name: str,
    *,
    host: str,
    port: int = 22,
    user: str,
    secret: str,
    max_sessions: int = 8,
) -> JumpHost:
    """Make the jump host `name`, or bring it to what is said here, and return it.

    One that moved to another address has its key to pin anew. Raises InvalidInput for a name that
    means something else or a port that is none, NotFound for a secret that is not kept.
    """
    if name in {DIRECT, ""}:
        raise InvalidInput(f"a jump host cannot be called {name!r}", todo="choose another name")
    if not 1 <= port <= 65535:
        raise InvalidInput(f"{port} is no port", todo="give one from 1 to 65535")
    credential_id = ssh_credential_id(session, user, secret)
    row = session.exec(select(JumpHost).where(JumpHost.name == name)).first()
    if row is None:
        row = JumpHost(name=name, host=host, port=port, credential_id=credential_id)
    if (row.host, row.port) != (host, port):
        row.host, row.port, row.host_key = host, port, None
    row.credential_id, row.max_sessions = credential_id, max_sessions
    session.add(row)
    session.flush()
    return row


def find_jump_host(session: Session, name: str) -> JumpHost:
    """Return the jump host called `name`; raises NotFound."""
    row = session.exec(select(JumpHost).where(JumpHost.name == name)).first()
    if row is None:
        raise NotFound(f"there is no jump host {name}", todo="run: preau jump list")
    return row


def pin_jump_host_key(session: Session, name: str, host_key: str) -> JumpHost:
    """Keep the host key that a person looked at; raises NotFound."""
    row = find_jump_host(session, name)
    row.host_key = host_key
    session.add(row)
    return row


def go_through(session: Session, zone_name: str, name: str | None) -> Zone:
    """Reach the devices of a zone over SSH through the jump host `name`; None: directly.

    Raises NotFound for an unknown zone or jump host.
    """
    zone = find_zone(session, zone_name)
    zone.ssh_via = find_jump_host(session, name).name if name is not None else DIRECT
    session.add(zone)
    return zone


def go_through_to(session: Session, device: Device, name: str | None) -> int:
    """Reach one device over SSH through the jump host `name`; None: as its zone says.

    Returns how many of its addresses that concerns; raises NotFound for none, or no such host.
    """
    via = find_jump_host(session, name).name if name is not None else DIRECT
    rows = session.exec(
        select(ManagementEndpoint).where(
            ManagementEndpoint.device_id == device.id,
            ManagementEndpoint.protocol == Protocol.SSH,
        )
    ).all()
    if not rows:
        raise NotFound("no SSH address of it is known", where=device.name)
    for row in rows:
        row.via = via
        session.add(row)
    return len(rows)


def list_jump_hosts(session: Session) -> list[dict[str, Any]]:
    """Return every jump host by name, with the zones behind it; no secret but by its name."""
    rows = session.exec(select(JumpHost, Credential).join(Credential).order_by(JumpHost.name)).all()
    zones = session.exec(select(Zone).where(Zone.ssh_via != DIRECT).order_by(Zone.name)).all()
    return [
        {
            "name": row.name,
            "host": row.host,
            "port": row.port,
            "user": credential.username,
            "secret": credential.secret_name,
            "max_sessions": row.max_sessions,
            "trusted": row.host_key is not None,
            "zones": [zone.name for zone in zones if zone.ssh_via == row.name],
        }
        for row, credential in rows
    ]
