"""A laptop on a real cable: what it hears of a real lldpd, as whom it listens, what it keeps."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from api.usecases.wire import keep_heard
from api.usecases.zones import define_zone
from collectors.announcements import Announcement
from collectors.listening import Interface, OnTheWire, WireHost
from inventory.database import Database
from inventory.models import Device, Proposal
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from lab.real import lldpd
from lab.real.lldpd import start_lldpd
from lab.real.namespaces import Namespace, cable, namespace
from tests.agents import SmallDevice, running_agents
from tests.real import need

pytestmark = pytest.mark.lab

PREAU = str(Path(sys.executable).parent / "preau")


@dataclass(frozen=True)
class Cabled:
    laptop: Namespace
    switch: Namespace
    heard: dict[str, Any]
    port_mac: str


def _listen(
    laptop: Namespace, folder: Path, *options: str, front: Sequence[str] = ()
) -> "subprocess.CompletedProcess[str]":
    # env: only what the command needs. -P in the listener: not the folder it is called from.
    return subprocess.run(
        [*laptop.prefix, *front, PREAU, "discover", "--interface", "eth0", *options],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """Settings of an installation on SQLite: what is proven here is no matter of SQL."""
    (tmp_path / "data").mkdir()
    shutil.copy2(migrated_sqlite, tmp_path / "data" / "preau.sqlite")
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture(scope="module")
def cabled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cabled]:
    """A laptop's eth0 on port lan4 of a switch that speaks LLDP and CDP, in a network of 14."""
    need(*lldpd.PROGRAMS)
    with namespace() as laptop, namespace() as switch:
        cable(switch, "lan4", laptop, "eth0")
        switch.ip("address", "add", "192.0.2.1/28", "dev", "lan4")
        laptop.ip("address", "add", "192.0.2.9/28", "dev", "eth0")
        # lldpd says "router" of a machine that forwards, "station" of any other.
        switch.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
        start_lldpd(switch, name="sw1", description="Commutateur sw1", port_id="ifname", cdp=True)
        (mac,) = (link["address"] for link in switch.links() if link["ifname"] == "lan4")
        done = _listen(laptop, tmp_path_factory.mktemp("laptop"), "--json")
        assert done.returncode == 0, done.stderr
        yield Cabled(laptop, switch, json.loads(done.stdout), mac.replace(":", ""))


def test_a_laptop_says_which_port_of_which_switch_it_is_on(cabled: Cabled) -> None:
    assert cabled.heard["whereabouts"] == "You are on port lan4 of sw1 (192.0.2.1)."
    (switch,) = cabled.heard["plugged_into"]
    assert (switch["name"], switch["port"], switch["source_mac"]) == (
        "sw1", "lan4", cabled.port_mac,
    )  # fmt: skip
    assert switch["platform"] == "Commutateur sw1"
    assert "router" in switch["capabilities"]


def test_lldp_and_cdp_of_a_real_daemon_are_both_heard(cabled: Cabled) -> None:
    heard = {each["protocol"]: each for each in cabled.heard["announcements"]}
    assert set(heard) == {"lldp", "cdp"}
    assert heard["cdp"]["system_name"] == "sw1"
    assert heard["cdp"]["port_id"] == "lan4"
    assert heard["cdp"]["addresses"] == ["192.0.2.1"]
    assert heard["lldp"]["chassis_id"] is not None


def test_the_sweep_asks_the_interface_s_own_network_and_finds_who_is_there(
    cabled: Cabled,
) -> None:
    assert (cabled.heard["network"], cabled.heard["swept"]) == ("192.0.2.0/28", 13)
    assert [(each["ip"], each["mac"]) for each in cabled.heard["hosts"]] == [
        ("192.0.2.1", cabled.port_mac)
    ]


def test_without_the_right_to_raw_sockets_it_says_what_to_do(
    cabled: Cabled, tmp_path: Path
) -> None:
    powerless = ("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw")
    done = _listen(cabled.laptop, tmp_path, front=powerless)
    assert done.returncode == 2
    assert "listening on eth0 needs the right to open raw sockets" in done.stderr
    assert "sudo" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_listener_has_given_every_privilege_away_before_it_reads(cabled: Cabled) -> None:
    argument = {
        "interface": "eth0", "listen_s": 60, "enough_s": 60, "sweep": None, "own_ip": None,
        "rate_per_s": 100, "uid": 65534, "gid": 65534,
    }  # fmt: skip
    command = [sys.executable, "-P", "-m", "collectors.link_layer", json.dumps(argument)]
    with subprocess.Popen(
        [*cabled.laptop.prefix, *command], stdout=subprocess.PIPE, text=True
    ) as listener:
        try:
            assert listener.stdout is not None
            assert json.loads(listener.stdout.readline()) == {"ready": True}
            told = dict(
                line.split(":\t", 1)
                for line in Path(f"/proc/{listener.pid}/status").read_text().splitlines()
            )
        finally:
            listener.kill()
    assert told["Uid"].split() == told["Gid"].split() == ["65534"] * 4
    assert told["Groups"].strip() == ""
    assert {told[name].strip("0\n") for name in ("CapPrm", "CapEff", "CapAmb")} == {""}
    assert told["NoNewPrivs"].strip() == "1"


def test_an_interface_that_goes_down_is_told(tmp_path: Path) -> None:
    need()
    with namespace() as laptop, namespace() as switch:
        cable(switch, "lan4", laptop, "eth0")
        laptop.ip("link", "set", "eth0", "down")
        done = _listen(laptop, tmp_path, "--seconds", "20")
    assert done.returncode == 2, done.stdout
    assert "eth0" in done.stderr
    assert "down" in done.stderr


def test_who_called_sudo_is_who_goes_on() -> None:
    if os.geteuid() != 0:
        need(namespaces=True)
    done = subprocess.run(
        [sys.executable, "-c", _LEAVE],
        env={"PATH": os.environ["PATH"], "SUDO_UID": "65534", "SUDO_GID": "65534"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.split() == ["65534", "65534", "65534", "nobody"], done.stderr


_LEAVE = """
import os
from collectors.listening import leave_root
leave_root()
print(*os.getresuid(), os.environ["LOGNAME"])
"""


def test_what_was_heard_is_kept_in_a_zone_but_for_people_s_hosts(
    database: Database, vault: Vault, settings: Settings
) -> None:
    quick = settings.model_copy(update={"snmp_timeout_s": 1.0, "snmp_retries": 1})
    answers = SmallDevice(name="sw1", mac="00:00:5e:aa:00:01")
    with running_agents(answers) as agents:
        with database.write("test") as session:
            store_secret(session, vault, "snmp", "lab-read")
            session.flush()
            define_zone(
                session,
                "here",
                site_id=None,
                networks=[agents.network],
                snmp_port=agents.port,
                community_secret="snmp",
            )
        heard = OnTheWire(
            Interface("eth0", None, None),
            announcements=[
                Announcement(
                    "lldp", "00005eaa0002", system_name="sw1", chassis_id="00005eaa0001",
                    port_id="1/1/2", addresses=(agents.host(1),),
                    capabilities=frozenset({"bridge"}),
                ),
                Announcement(
                    "cdp", "00005eaa0102", system_name="sw9", port_id="Gi0/1",
                    addresses=("192.0.2.77",), capabilities=frozenset({"bridge"}),
                ),
                Announcement(
                    "lldp", "00005eaa0202", system_name="pc-de-marie", chassis_id="00005eaa0201",
                    capabilities=frozenset({"station"}),
                ),
            ],
            hosts=[WireHost(agents.host(3), "00005eaa0303")],
        )  # fmt: skip
        result = keep_heard(database, vault, quick, heard, zone_name="here", actor="test").to_json()
    assert {key: result[key] for key in ("asked", "found", "new", "proposed")} == {
        "asked": 2, "found": 1, "new": 1, "proposed": 1,
    }  # fmt: skip
    with database.read() as session:
        assert session.exec(select(Device.name)).all() == ["sw1"]
        kept = {row.name: row for row in session.exec(select(Proposal)).all()}
    assert set(kept) == {"sw1", "sw9"}
    assert (kept["sw9"].source, kept["sw9"].protocol) == ("wire", "cdp")
