"""From a management endpoint to where and as whom a collector speaks, just before it does.

The secret is opened here, goes into the target and nowhere else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from collectors.target import JumpHost as JumpTarget
from collectors.target import SnmpTarget, SnmpV3, SshTarget
from inventory.errors import InvalidInput, Misconfigured, NotFound
from inventory.models import (
    Credential,
    CredentialKind,
    Device,
    JumpHost,
    ManagementEndpoint,
    Protocol,
    Secret,
    Zone,
    ZoneLogin,
)
from inventory.secrets import Vault, open_secret
from inventory.settings import Settings
from inventory.vendors.family import family

DIRECT = "direct"

Row = TypeVar("Row", bound=SQLModel)

_AT_ONCE = 500  # rows that one statement asks for


def snmp_target(
    session: Session, vault: Vault, settings: Settings, endpoint: ManagementEndpoint
) -> SnmpTarget:
    """Return the SNMP agent behind `endpoint`, with its own credential or else its zone's.

    Raises Misconfigured when neither has one, or when it is reached through a jump host: SSH
    carries TCP alone.
    """
    zone = _zone(session, endpoint)
    if endpoint.via != DIRECT:
        raise Misconfigured(
            f"{endpoint.host} is reached through {endpoint.via}, which carries no SNMP",
            where=f"zone {zone.name}",
        )
    credential_id = endpoint.credential_id or zone.snmp_credential_id
    target = SnmpTarget(
        zone=zone.name,
        host=endpoint.host,
        port=endpoint.port,
        timeout_s=settings.snmp_timeout_s,
        max_bytes=settings.snmp_max_bytes,
        retries=settings.snmp_retries,
    )
    return _with_credential(session, vault, zone, credential_id, target)


def zone_snmp_target(
    session: Session, vault: Vault, settings: Settings, zone: Zone, host: str
) -> SnmpTarget:
    """Return an address of `zone` that is no endpoint yet, with the zone's port and credential.

    Raises Misconfigured when the zone has no SNMP credential.
    """
    target = SnmpTarget(
        zone=zone.name,
        host=host,
        port=zone.snmp_port,
        timeout_s=settings.snmp_timeout_s,
        max_bytes=settings.snmp_max_bytes,
        retries=settings.snmp_retries,
    )
    return _with_credential(session, vault, zone, zone.snmp_credential_id, target)


def _with_credential(
    session: Session, vault: Vault, zone: Zone, credential_id: int | None, target: SnmpTarget
) -> SnmpTarget:
    credential = _credential(session, zone, credential_id, Protocol.SNMP)
    if credential.kind is CredentialKind.SNMP_V3:
        return replace(target, v3=snmp_v3_user(session, vault, credential))
    return replace(target, community=_secret(session, vault, credential.secret_name))


def snmp_v3_user(session: Session, vault: Vault, credential: Credential) -> SnmpV3:
    """Return the SNMPv3 user of a credential with its passphrases.

    Raises Misconfigured for one whose secrets are empty.
    """
    auth, priv = credential.auth_protocol, credential.priv_protocol
    return SnmpV3(
        user=credential.username or "",
        auth=auth,
        auth_passphrase=_secret(session, vault, credential.secret_name) if auth else "",
        priv=priv,
        priv_passphrase=_secret(session, vault, credential.priv_secret_name) if priv else "",
    )


def _secret(session: Session, vault: Vault, name: str | None) -> str:
    value = open_secret(session, vault, name) if name else ""
    if not value:
        raise Misconfigured(
            f"the secret {name or 'of a credential'} is empty",
            todo=f"run: preau secret set {name or 'NAME'}",
        )
    return value


def newest_ssh_endpoints(
    session: Session, device_ids: Sequence[int]
) -> dict[int, ManagementEndpoint]:
    """Return the newest SSH endpoint of each of these devices that has one."""
    found: dict[int, ManagementEndpoint] = {}
    for first in range(0, len(device_ids), _AT_ONCE):
        rows = session.exec(
            select(ManagementEndpoint)
            .where(
                col(ManagementEndpoint.device_id).in_(device_ids[first : first + _AT_ONCE]),
                ManagementEndpoint.protocol == Protocol.SSH,
            )
            .order_by(col(ManagementEndpoint.id))
        )
        found |= {row.device_id: row for row in rows if row.device_id is not None}
    return found


def login_rows(session: Session, endpoints: Iterable[ManagementEndpoint]) -> list[object]:
    """Return the rows that the targets of these endpoints are made of, read together.

    As long as they are held, `ssh_target` finds them in the session and asks the database nothing.
    """
    listed = list(endpoints)
    zones = _rows_of(session, Zone, Zone.id, {each.zone_id for each in listed})
    ids = {each.credential_id or 0 for each in listed}
    ids |= {zone.ssh_credential_id or 0 for zone in zones}
    credentials = _rows_of(session, Credential, Credential.id, ids)
    names = {each.secret_name for each in credentials}
    return [*zones, *credentials, *_rows_of(session, Secret, Secret.name, names)]


def _rows_of(session: Session, model: type[Row], key: Any, wanted: Iterable[Any]) -> list[Row]:
    keys = list(wanted)
    return [
        row
        for first in range(0, len(keys), _AT_ONCE)
        for row in session.exec(select(model).where(col(key).in_(keys[first : first + _AT_ONCE])))
    ]


def ssh_target(
    session: Session,
    vault: Vault,
    settings: Settings,
    device_id: int,
    endpoint: ManagementEndpoint | None = None,
) -> SshTarget:
    """Return the SSH server of one device, by its newest SSH endpoint, looked up where not given.

    Raises NotFound for an unknown device or one without an SSH endpoint, Misconfigured when no
    credential is known for it, its family is not spoken to over SSH, or its jump host is not
    ready to be used.
    """
    device = session.get(Device, device_id)
    if device is None:
        raise NotFound(f"there is no device {device_id}")
    endpoint = endpoint or newest_ssh_endpoints(session, [device_id]).get(device_id)
    if endpoint is None:
        raise NotFound(
            f"no SSH address of {device.name} is known", todo="run: preau discover for its zone"
        )
    known = family(device.family)
    spoken = known.configuration or (known.support.terminal if known.support else None)
    if spoken is None:
        raise Misconfigured(
            f"devices of the family {device.family} are not spoken to over SSH", where=device.name
        )
    zone = _zone(session, endpoint)
    credential_id = endpoint.credential_id or _login(session, zone, device.family)
    credential = _credential(session, zone, credential_id, Protocol.SSH)
    return SshTarget(
        zone=zone.name,
        host=endpoint.host,
        port=endpoint.port,
        username=credential.username or "",
        password=_secret(session, vault, credential.secret_name),
        device_type=spoken.device_type,
        host_key=endpoint.host_key,
        timeout_s=settings.ssh_timeout_s,
        legacy_algorithms=device.legacy_ssh,
        via=_jump_host(session, vault, settings, endpoint, zone),
    )


def _jump_host(
    session: Session, vault: Vault, settings: Settings, endpoint: ManagementEndpoint, zone: Zone
) -> JumpTarget | None:
    name = endpoint.via if endpoint.via != DIRECT else zone.ssh_via
    if name == DIRECT:
        return None
    row = session.exec(select(JumpHost).where(JumpHost.name == name)).first()
    if row is None:
        raise Misconfigured(
            f"there is no jump host {name}", where=f"zone {zone.name}", todo="run: preau jump list"
        )
    if row.host_key is None:
        raise Misconfigured(
            f"the host key of the jump host {name} is not pinned",
            todo=f"run: preau jump trust {name}",
        )
    credential = session.get(Credential, row.credential_id)
    if credential is None:  # the foreign key forbids it
        raise Misconfigured(f"the jump host {name} has no credential")
    return JumpTarget(
        name=name,
        host=row.host,
        port=row.port,
        username=credential.username or "",
        password=_secret(session, vault, credential.secret_name),
        host_key=row.host_key,
        max_sessions=row.max_sessions,
        timeout_s=settings.ssh_timeout_s,
    )


def _login(session: Session, zone: Zone, family_id: str) -> int | None:
    own = session.exec(
        select(ZoneLogin.credential_id).where(
            ZoneLogin.zone_id == zone.id, ZoneLogin.family == family_id
        )
    ).first()
    return own or zone.ssh_credential_id


def known_snmp_endpoint(
    session: Session, host: str, *, port: int | None = None, zone_name: str | None = None
) -> ManagementEndpoint | None:
    """Return the SNMP endpoint of an address, None when it is not known.

    Raises InvalidInput, naming the zones or ports, when the address is known more than once: the
    same IP in two zones is two devices.
    """
    query = (
        select(ManagementEndpoint, Zone)
        .join(Zone, col(Zone.id) == ManagementEndpoint.zone_id)
        .where(ManagementEndpoint.host == host, ManagementEndpoint.protocol == Protocol.SNMP)
        .order_by(Zone.name, col(ManagementEndpoint.port))
    )
    if port is not None:
        query = query.where(ManagementEndpoint.port == port)
    if zone_name is not None:
        query = query.where(Zone.name == zone_name)
    found = session.exec(query).all()
    if len(found) > 1:
        zones = list(dict.fromkeys(zone.name for _, zone in found))
        if len(zones) > 1:
            raise InvalidInput(
                f"the address is known in the zones {', '.join(zones)}",
                where=host,
                todo="say which with --zone",
            )
        ports = ", ".join(str(endpoint.port) for endpoint, _ in found)
        raise InvalidInput(
            f"the address is known with the ports {ports}", where=host, todo="say which: HOST:PORT"
        )
    return found[0][0] if found else None


def _zone(session: Session, endpoint: ManagementEndpoint) -> Zone:
    zone = session.get(Zone, endpoint.zone_id)
    if zone is None:  # the foreign key forbids it
        raise NotFound(f"there is no zone {endpoint.zone_id}")
    return zone


_KINDS = {
    Protocol.SNMP: (CredentialKind.SNMP_COMMUNITY, CredentialKind.SNMP_V3),
    Protocol.SSH: (CredentialKind.SSH_PASSWORD,),
}


def _credential(
    session: Session, zone: Zone, credential_id: int | None, protocol: Protocol
) -> Credential:
    credential = session.get(Credential, credential_id) if credential_id else None
    if credential is None or credential.kind not in _KINDS[protocol]:
        raise Misconfigured(
            f"no {protocol.upper()} credential is known",
            where=f"zone {zone.name}",
            todo="give the zone one: preau zone add",
        )
    return credential
