"""What planning a fleet costs beside speaking to it: `make bench-plan`. The last line is JSON.

Everything that a plan does with what it read: masking, rendering, comparing, sealing the backup,
weighing the risk, and freezing the row in the database. First a fleet whose schools are built alike
(at most a hundred different pairs of running and intended), then one in which every device differs.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from api.usecases.deployment_targets import Subject, subjects_of
from api.usecases.intents import set_intent
from api.usecases.plan_reading import Read, close_plan
from api.usecases.planning import BATCH, Planning
from api.usecases.selection import Selection, selected
from collectors.outcome import Outcome
from inventory.database import Database, open_database, upgrade
from inventory.models import (
    Credential,
    CredentialKind,
    Device,
    DeviceRole,
    IntentScope,
    ManagementEndpoint,
    Protocol,
    Push,
    PushState,
    Site,
    Zone,
)
from inventory.secrets import Vault, open_vault, store_secret
from inventory.settings import Settings

POINTS, SWITCHES = 17, 3  # of one school
ACTOR = "bench"
PROGRAMME: dict[str, Any] = {
    "vlans": [
        {"id": 10, "name": "pedago"},
        {"id": 20, "name": "admin"},
        {"id": 30, "name": "hote"},
    ],
    "wlans": [
        {
            "name": "eleves",
            "ssid": "ELEVES",
            "purpose": "pedagogical",
            "security": "wpa2_wpa3_personal",
            "vlan_id": 10,
            "passphrase_secret": "eleves",
        },
        {
            "name": "profs",
            "ssid": "PROFS",
            "purpose": "administration",
            "security": "wpa3_personal",
            "vlan_id": 20,
            "passphrase_secret": "profs",
        },
    ],
    "country": "BE",
    "port_profiles": [
        {"name": "ap_trunk", "mode": "trunk", "native_vlan": 1, "tagged_vlans": [10, 20]},
        {"name": "class_port", "native_vlan": 10},
    ],
}
TRUNKS = range(1, 9)
CLASSES = range(9, 45)


def main() -> None:
    """Measure both fleets and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    schools = -(-parser.parse_args().devices // (POINTS + SWITCHES))
    found: dict[str, Any] = {"devices": schools * (POINTS + SWITCHES)}
    for name, alike in (("same", True), ("distinct", False)):
        with tempfile.TemporaryDirectory() as folder:
            found |= {f"{name}_{key}": value for key, value in _measured(folder, schools, alike)}
    found["rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(found))


def _measured(folder: str, schools: int, alike: bool) -> list[tuple[str, float | int]]:
    settings = Settings(data_dir=Path(folder), database_url=None)
    upgrade(settings)
    database, vault = open_database(settings), open_vault(settings, create=True)
    try:
        _furnish(database, vault, schools, alike=alike)
        started = time.perf_counter()
        with database.read() as session:
            subjects = subjects_of(session, vault, settings, selected(session, Selection()))
        planning = Planning(database, vault, ACTOR)
        plan_id = planning.open(Selection())
        for first in range(0, len(subjects), BATCH):
            batch = enumerate(subjects[first : first + BATCH], first)
            reads = [(each, Read(_running(each, n, alike=alike), "key")) for n, each in batch]
            planning.freeze(plan_id, [Outcome(each, read, None, 0.0) for each, read in reads])
            if first % 1000 == 0:
                print(f"{first} devices, {time.perf_counter() - started:.1f} s", flush=True)
        close_plan(database, settings, plan_id, actor=ACTOR)
        took_s = time.perf_counter() - started
        with database.read() as session:
            rows = session.exec(select(Push.state, Push.group_digest, Push.error)).all()
    finally:
        database.close()
    wrong = [row for row in rows if row[0] is not PushState.PLANNED]
    assert not wrong, wrong[:3]
    return [("s", round(took_s, 1)), ("groups", len({row[1] for row in rows}))]


def _furnish(database: Database, vault: Vault, schools: int, *, alike: bool) -> None:
    with database.write(ACTOR) as session:
        for name in ("ssh", "eleves", "profs"):
            store_secret(session, vault, name, f"a secret called {name}")
        credential = Credential(
            name="ssh", kind=CredentialKind.SSH_PASSWORD, username="preau", secret_name="ssh"
        )
        session.add(credential)
        session.flush()
        set_intent(session, IntentScope.PROGRAMME, "", PROGRAMME)
        ports = [{"name": f"1/1/{each}", "profile": "ap_trunk"} for each in TRUNKS]
        ports += [{"name": f"1/1/{each}", "profile": "class_port"} for each in CLASSES]
        set_intent(session, IntentScope.DEVICE_GROUP, "role:switch", {"ports": ports})
    for school in range(schools):
        with database.write(ACTOR) as session:
            _add_school(session, school, credential.id or 0, alike=alike)


def _add_school(session: Session, school: int, credential_id: int, *, alike: bool) -> None:
    site = Site(name=f"École {school}", search_key=f"ecole {school}")
    session.add(site)
    session.flush()
    zone = Zone(name=f"zone-{school}", site_id=site.id)
    session.add(zone)
    session.flush()
    prefix = "" if alike else f"e{school}-"
    kinds = [(f"{prefix}ap{n}", DeviceRole.ACCESS_POINT, "openwrt") for n in range(POINTS)]
    kinds += [(f"{prefix}sw{n}", DeviceRole.SWITCH, "arubaos_cx") for n in range(SWITCHES)]
    for number, (name, role, family) in enumerate(kinds):
        device = Device(site_id=site.id, name=name, role=role, family=family)
        session.add(device)
        session.flush()
        session.add(
            ManagementEndpoint(
                zone_id=zone.id or 0,
                host=f"127.0.0.{number + 1}",
                protocol=Protocol.SSH,
                port=22,
                credential_id=credential_id,
                device_id=device.id,
                host_key="key",
            )
        )


def _running(subject: Subject, number: int, *, alike: bool) -> str:
    """Return what a device shows: five kinds of school where they are built alike."""
    mark = number // (POINTS + SWITCHES) % 5 if alike else number
    text = _switch(mark) if subject.role is DeviceRole.SWITCH else _point(mark)
    return subject.configuration.normalise([text])


def _point(mark: int) -> str:
    """Return some 60 lines of `uci export`."""
    return f"""package system
config system
	option hostname 'OpenWrt'
	option timezone 'UTC'
	option description 'salle {mark}'
package network
config interface 'loopback'
	option device 'lo'
	option proto 'static'
	option ipaddr '127.0.0.1'
	option netmask '255.0.0.0'
config globals 'globals'
	option ula_prefix 'fd{mark % 100:02d}:c4f3:1::/48'
config device
	option name 'br-lan'
	option type 'bridge'
	list ports 'eth0'
config interface 'lan'
	option device 'br-lan'
	option proto 'dhcp'
package wireless
config wifi-device 'radio0'
	option type 'mac80211'
	option path 'platform/soc/a000000.wifi'
	option channel '{1 + mark % 11}'
	option band '2g'
	option htmode 'HE20'
	option disabled '1'
config wifi-iface 'default_radio0'
	option device 'radio0'
	option network 'lan'
	option mode 'ap'
	option ssid 'OpenWrt'
	option encryption 'none'
config wifi-device 'radio1'
	option type 'mac80211'
	option path 'platform/soc/a800000.wifi'
	option channel '36'
	option band '5g'
	option htmode 'HE80'
	option disabled '1'
config wifi-iface 'default_radio1'
	option device 'radio1'
	option network 'lan'
	option mode 'ap'
	option ssid 'OpenWrt'
	option encryption 'none'
config wifi-iface 'garderie'
	option device 'radio1'
	option network 'lan'
	option mode 'ap'
	option ssid 'GARDERIE {mark}'
	option encryption 'psk2'
	option key 'a key of the school {mark}'
"""


def _switch(mark: int) -> str:
    """Return some 400 lines of `show running-config`."""
    lines = ["hostname 6300", f"banner motd school {mark}", "ntp server 10.0.0.1"]
    lines += ["user admin group administrators password ciphertext AQBapWl"]
    for vlan in range(100, 140):
        lines += [f"vlan {vlan}", f"    name old-{vlan}-{mark}"]
    for port in range(1, 53):
        lines += [
            f"interface 1/1/{port}",
            "    no shutdown",
            f"    description prise {mark}/{port}",
        ]
        lines += ["    no routing", f"    vlan access {100 + port % 40}", "    loop-protect"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
