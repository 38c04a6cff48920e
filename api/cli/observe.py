"""`preau observe`: read one device, or a recording of one.

Reading a recording needs no database and little of the product: it answers within a second, so
what it does not need is imported where it is needed.
"""

import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from inventory.errors import InvalidInput
from inventory.observation import Observation, json_lines
from inventory.usm import AuthProtocol, PrivProtocol, SnmpV3User

if TYPE_CHECKING:
    from collectors.target import SnmpTarget

app = typer.Typer(help="Read one device, or a recording of one.", add_completion=False)

COMMUNITY_VARIABLE = "PREAU_SNMP_COMMUNITY"
_NO_ZONE = ""


@app.command()
def observe(
    host: str | None = typer.Argument(
        None, metavar="[HOST[:PORT]]", help="A known endpoint brings its port and credentials."
    ),
    *,
    zone: str | None = typer.Option(None, "--zone", help="The address space of HOST."),
    community: str | None = typer.Option(
        None,
        "--community",
        metavar="NAME",
        help="Name of the secret that holds the SNMP community (see preau secret); the community "
        f"itself may stand in {COMMUNITY_VARIABLE}, never on the command line. Default: public.",
    ),
    v3_user: str | None = typer.Option(
        None, "--v3-user", help="SNMPv3 user, instead of a community."
    ),
    auth: AuthProtocol | None = typer.Option(None, help="How the SNMPv3 user is authenticated."),
    auth_secret: str | None = typer.Option(
        None, help="Name of the secret that holds that passphrase."
    ),
    priv: PrivProtocol | None = typer.Option(None, help="How what it reads is encrypted."),
    priv_secret: str | None = typer.Option(
        None, help="Name of the secret that holds that passphrase."
    ),
    recording: Path | None = typer.Option(
        None,
        "--recording",
        metavar="FILE",
        help="A .snmprec file, or what snmpwalk printed.",
    ),
    as_json: bool = typer.Option(False, "--json", help="The published JSON form."),
) -> None:
    """Read one device, or a recording of one, and show what it says of itself."""
    if (host is None) == (recording is None):
        raise InvalidInput("give a HOST or a --recording, one of them", todo="see --help")
    user = SnmpV3User(v3_user or "", auth, auth_secret, priv, priv_secret)
    if not v3_user and user != SnmpV3User(""):
        raise InvalidInput("authentication and privacy are an SNMPv3 user's", todo="give --v3-user")
    if v3_user and community:
        raise InvalidInput("give --community or --v3-user, one of them", todo="see --help")
    observation = (
        _of_recording(recording)
        if recording is not None
        else _of_host(host or "", zone, community or (user if v3_user else None))
    )
    if as_json:
        typer.echo("".join(json_lines(observation)), nl=False)
        return
    from api.cli.observation_table import show

    show(observation)


def _of_recording(path: Path) -> Observation:
    import gc

    from collectors.recorded import observe_recording

    gc.disable()  # of hundreds of thousands of values none is garbage, and we end soon
    try:
        return observe_recording(path)
    finally:
        gc.enable()


def _of_host(host: str, zone: str | None, given: str | SnmpV3User | None) -> Observation:
    """Read a host; `given` names the secret of a community, or is an SNMPv3 user."""
    from api.cli.context import settings_of_command
    from collectors.observe import observe_many

    address, port = split_host(host)
    settings = settings_of_command()
    target = _target(address, port, zone, given)
    return observe_many([target], settings=settings)[0].unwrap()


def split_host(written: str) -> tuple[str, int | None]:
    """Return (host, port) of `HOST`, `HOST:PORT`, an IPv6 address or `[IPv6]:PORT`.

    Raises InvalidInput for a host that can be no name or address, or a port that is none.
    """
    host, port, rest = written.strip(), "", ""
    if host.startswith("[") and "]" in host:
        host, _, rest = host[1:].partition("]")
        rest, _, port = rest.partition(":")
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    if rest or not _can_be_host(host) or (port and not _is_port(port)):
        raise InvalidInput(f"{written!r} is no HOST or HOST:PORT", todo="give e.g. 192.0.2.7:161")
    return host, int(port) if port else None


def _can_be_host(host: str) -> bool:
    if ":" not in host:
        return bool(host) and not any(letter.isspace() or letter in "/@[]" for letter in host)
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return True


def _is_port(port: str) -> bool:
    return port.isascii() and port.isdigit() and 1 <= int(port) <= 65535


def _target(
    host: str, port: int | None, zone_name: str | None, given: str | SnmpV3User | None
) -> "SnmpTarget":
    """Return where to read: the known endpoint, else the zone's address, else the host as it is."""
    from api.cli.context import settings_of_command
    from collectors.target import SnmpTarget

    settings = settings_of_command()
    sqlite = settings.data_dir / "preau.sqlite"
    if settings.database_url or sqlite.exists() or zone_name or given:
        known = _known_target(host, port, zone_name, given)
        if known is not None:
            return known
    return SnmpTarget(
        zone=_NO_ZONE,
        host=host,
        port=port or 161,
        community=os.environ.get(COMMUNITY_VARIABLE, "public"),
        timeout_s=settings.snmp_timeout_s,
        max_bytes=settings.snmp_max_bytes,
        retries=settings.snmp_retries,
    )


def _known_target(
    host: str, port: int | None, zone_name: str | None, given: str | SnmpV3User | None
) -> "SnmpTarget | None":
    from dataclasses import replace

    from sqlmodel import select

    from api.cli.context import installation
    from api.usecases.targets import (
        known_snmp_endpoint,
        snmp_target,
        snmp_v3_user,
        zone_snmp_target,
    )
    from api.usecases.zones import v3_credential
    from collectors.target import SnmpTarget
    from inventory.errors import NotFound
    from inventory.models import Zone
    from inventory.secrets import open_secret

    with installation() as here, here.database.read() as session:
        endpoint = known_snmp_endpoint(session, host, port=port, zone_name=zone_name)
        target: SnmpTarget | None = None
        if endpoint is not None:
            target = snmp_target(session, here.vault, here.settings, endpoint)
        elif zone_name is not None:
            zone = session.exec(select(Zone).where(Zone.name == zone_name)).first()
            if zone is None:
                raise NotFound(f"there is no zone {zone_name}", todo="run: preau zone list")
            target = zone_snmp_target(session, here.vault, here.settings, zone, host)
            target = replace(target, port=port) if port else target
        elif given is not None:
            target = SnmpTarget(
                zone=_NO_ZONE,
                host=host,
                port=port or 161,
                timeout_s=here.settings.snmp_timeout_s,
                max_bytes=here.settings.snmp_max_bytes,
                retries=here.settings.snmp_retries,
            )
        if target is None or given is None:
            return target
        if isinstance(given, SnmpV3User):
            credential = v3_credential(given, where=host)
            return replace(target, v3=snmp_v3_user(session, here.vault, credential))
        return replace(target, v3=None, community=open_secret(session, here.vault, given))
