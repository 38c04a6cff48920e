"""Zones: address spaces, the ranges to discover in them, and who we are to the devices there."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from inventory.errors import InvalidInput, NotFound
from inventory.models import Credential, CredentialKind, Secret, Site, Zone, ZoneLogin
from inventory.usm import SnmpV3User
from inventory.vendors.family import family


def define_zone(
    session: Session,
    name: str,
    *,
    site_id: int | None,
    networks: Sequence[str] | None,
    snmp_port: int | None = None,
    ssh_port: int | None = None,
    community_secret: str | None = None,
    snmp_v3: SnmpV3User | None = None,
    ssh_user: str | None = None,
    ssh_secret: str | None = None,
) -> Zone:
    """Make the zone `name`, or bring it to what is said here, and return it.

    None leaves what the zone has: who adds a range must not take the zone from its site.
    Credentials are named after the secrets that they use, so that zones which use the same secret
    share one. SNMP is spoken with a community or as an SNMPv3 user, whichever was given last.
    Raises InvalidInput for a range that is none or credentials that do not fit together, and
    NotFound for a secret that is not kept.
    """
    zone = session.exec(select(Zone).where(Zone.name == name)).first() or Zone(name=name)
    if site_id is not None:
        zone.site_id = site_id
    if networks is not None:
        zone.networks = [str(parse_network(text)) for text in networks]
    if snmp_port is not None:
        zone.snmp_port = _port(snmp_port)
    if ssh_port is not None:
        zone.ssh_port = _port(ssh_port)
    if community_secret is not None:
        if snmp_v3 is not None:
            raise InvalidInput(
                "SNMP is spoken with a community or as a user, not both",
                where=f"zone {name}",
                todo="give --community-secret or --v3-user",
            )
        zone.snmp_credential_id = _credential(
            session,
            Credential(kind=CredentialKind.SNMP_COMMUNITY, name="", secret_name=community_secret),
        )
    if snmp_v3 is not None:
        zone.snmp_credential_id = _credential(session, v3_credential(snmp_v3, where=f"zone {name}"))
    if (ssh_user is None) != (ssh_secret is None):
        raise InvalidInput(
            "an SSH login needs a user and a secret",
            where=f"zone {name}",
            todo="give both --ssh-user and --ssh-secret",
        )
    if ssh_user is not None and ssh_secret is not None:
        zone.ssh_credential_id = _credential(session, _ssh_credential(ssh_user, ssh_secret))
    session.add(zone)
    session.flush()
    return zone


def define_login(
    session: Session, zone_name: str, family_id: str, *, user: str, secret: str
) -> ZoneLogin:
    """Say who we are over SSH to the devices of one family in a zone; returns the login.

    Raises NotFound for an unknown zone, family or secret.
    """
    zone = find_zone(session, zone_name)
    assert zone.id is not None
    login = session.exec(
        select(ZoneLogin).where(
            ZoneLogin.zone_id == zone.id, ZoneLogin.family == family(family_id).id
        )
    ).first()
    credential_id = _credential(session, _ssh_credential(user, secret))
    if login is None:
        login = ZoneLogin(zone_id=zone.id, family=family_id, credential_id=credential_id)
    login.credential_id = credential_id
    session.add(login)
    session.flush()
    return login


def list_zones(session: Session) -> list[dict[str, Any]]:
    """Return every zone by name, as `show_zone` does."""
    return [_shown(session, zone) for zone in session.exec(select(Zone).order_by(Zone.name))]


def show_zone(session: Session, name: str) -> dict[str, Any]:
    """Return one zone with its site's name and the names of the secrets it uses.

    Raises NotFound for an unknown name.
    """
    return _shown(session, find_zone(session, name))


def find_zone(session: Session, name: str) -> Zone:
    """Return the zone called `name`; raises NotFound."""
    zone = session.exec(select(Zone).where(Zone.name == name)).first()
    if zone is None:
        raise NotFound(f"there is no zone {name}", todo="run: preau zone list")
    return zone


def parse_network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Return the range `text` says (CIDR, or one address); raises InvalidInput."""
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError as error:
        raise InvalidInput(
            f"{text} is no address range: {error}", todo="write CIDR, as 192.168.1.0/24"
        ) from error


def _port(port: int) -> int:
    if not 1 <= port <= 65535:
        raise InvalidInput(f"{port} is no port", todo="give one from 1 to 65535")
    return port


def ssh_credential_id(session: Session, user: str, secret: str) -> int:
    """Return the id of the login `user` with the secret of this name, made where it is new.

    Raises NotFound for a secret that is not kept.
    """
    return _credential(session, _ssh_credential(user, secret))


def _ssh_credential(user: str, secret: str) -> Credential:
    return Credential(kind=CredentialKind.SSH_PASSWORD, name="", username=user, secret_name=secret)


def v3_credential(user: SnmpV3User, *, where: str | None = None) -> Credential:
    """Return the credential of an SNMPv3 user, not kept yet.

    Raises InvalidInput when the name is none or the protocols and secrets do not fit together.
    """
    # RFC 3414 clause 3.1: a user's name has 1 to 32 octets.
    if not 1 <= len(user.name.encode()) <= 32:
        raise InvalidInput("an SNMPv3 user's name has 1 to 32 octets", where=where)
    for what, protocol, secret in (
        ("auth", user.auth, user.auth_secret),
        ("priv", user.priv, user.priv_secret),
    ):
        if (protocol is None) != (secret is None):
            raise InvalidInput(
                f"--{what} and --{what}-secret belong together", where=where, todo="give both"
            )
    if user.priv is not None and user.auth is None:
        raise InvalidInput(
            "SNMPv3 has no privacy without authentication",
            where=where,
            todo="give --auth and --auth-secret too",
        )
    return Credential(
        kind=CredentialKind.SNMP_V3,
        name="",
        username=user.name,
        secret_name=user.auth_secret,
        auth_protocol=user.auth,
        priv_protocol=user.priv,
        priv_secret_name=user.priv_secret,
    )


def _credential(session: Session, wanted: Credential) -> int:
    """Return the id of the kept credential that is like `wanted`; there is one of each."""
    for secret_name in (wanted.secret_name, wanted.priv_secret_name):
        if secret_name is not None and session.get(Secret, secret_name) is None:
            raise NotFound(
                f"there is no secret named {secret_name}",
                todo=f"run: preau secret set {secret_name}",
            )
    parts = (
        wanted.kind,
        wanted.username,
        wanted.auth_protocol,
        wanted.secret_name,
        wanted.priv_protocol,
        wanted.priv_secret_name,
    )
    wanted.name = ":".join(part for part in parts if part)
    row = session.exec(select(Credential).where(Credential.name == wanted.name)).first()
    if row is None:
        row = wanted
        session.add(row)
        session.flush()
    if row.id is None:  # the flush gave it one
        raise ValueError(row.name)
    return row.id


def _shown(session: Session, zone: Zone) -> dict[str, Any]:
    site = session.get(Site, zone.site_id) if zone.site_id else None
    ids = [zone.snmp_credential_id, zone.ssh_credential_id]
    used = {
        row.id: row for row in session.exec(select(Credential).where(col(Credential.id).in_(ids)))
    }
    snmp, ssh = (used.get(row_id) for row_id in ids)
    user = snmp if snmp and snmp.kind is CredentialKind.SNMP_V3 else None
    logins = session.exec(
        select(ZoneLogin, Credential)
        .join(Credential, col(Credential.id) == ZoneLogin.credential_id)
        .where(ZoneLogin.zone_id == zone.id)
        .order_by(ZoneLogin.family)
    )
    return {
        "name": zone.name,
        "site": site.name if site else None,
        "site_id": zone.site_id,
        "networks": zone.networks,
        "snmp_port": zone.snmp_port,
        "ssh_port": zone.ssh_port,
        "ssh_via": zone.ssh_via,
        "community_secret": snmp.secret_name if snmp and not user else None,
        "snmp_v3": _shown_user(user) if user else None,
        "ssh_user": ssh.username if ssh else None,
        "ssh_secret": ssh.secret_name if ssh else None,
        "logins": [
            {"family": login.family, "user": row.username, "secret": row.secret_name}
            for login, row in logins
        ],
    }


def _shown_user(user: Credential) -> dict[str, Any]:
    return {
        "user": user.username,
        "auth": user.auth_protocol,
        "auth_secret": user.secret_name,
        "priv": user.priv_protocol,
        "priv_secret": user.priv_secret_name,
    }
