"""An installation of the product that knows one device: the access point of the VM."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.usecases.intents import set_intent
from inventory.database import open_database
from inventory.models import (
    Credential,
    CredentialKind,
    Device,
    DeviceRole,
    IntentScope,
    ManagementEndpoint,
    Protocol,
    Site,
    Zone,
)
from inventory.programme.spelling import plain
from inventory.secrets import open_vault, store_secret
from inventory.settings import load_settings
from lab.demo_steps import Preau
from lab.wifi.machine import PASSWORD, USERNAME

SITE = "École de la machine"
DEVICE = "ap-vm"


def install(folder: Path, ssh_port: int, values: Mapping[str, str], guard_s: int) -> Preau:
    """Make an empty installation that knows the access point and these secrets."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "preau.toml"
    config.write_text(f'data_dir = "{folder}"\nguard_s = {guard_s}\nlog_level = "warning"\n')
    preau = Preau(config)
    preau("db", "upgrade", quiet=True)
    _know(config, ssh_port, values)
    return preau


def intend(preau: Preau, body: Mapping[str, Any]) -> None:
    """Say what the site should have."""
    settings = load_settings(preau.config)
    database = open_database(settings)
    try:
        with database.write("lab") as session:
            site = session.get(Site, 1)
            assert site is not None
            set_intent(session, IntentScope.SITE, str(site.id), dict(body))
    finally:
        database.close()


def _know(config: Path, ssh_port: int, values: Mapping[str, str]) -> None:
    settings = load_settings(config)
    database, vault = open_database(settings), open_vault(settings)
    try:
        with database.write("lab") as session:
            for name, value in {"ssh": PASSWORD, **values}.items():
                store_secret(session, vault, name, value)
            site = Site(name=SITE, search_key=plain(SITE))
            session.add(site)
            session.flush()
            zone = Zone(name="vm", site_id=site.id)
            device = Device(
                site_id=site.id,
                role=DeviceRole.ACCESS_POINT,
                name=DEVICE,
                family="hostapd_linux",
                serial="vm-1",
            )
            credential = Credential(
                name="ssh of the VM",
                kind=CredentialKind.SSH_PASSWORD,
                username=USERNAME,
                secret_name="ssh",  # noqa: S106 - a name
            )
            session.add_all([zone, device, credential])
            session.flush()
            session.add(
                ManagementEndpoint(
                    zone_id=zone.id or 0,
                    host="127.0.0.1",
                    protocol=Protocol.SSH,
                    port=ssh_port,
                    credential_id=credential.id,
                    device_id=device.id,
                )
            )
    finally:
        database.close()
