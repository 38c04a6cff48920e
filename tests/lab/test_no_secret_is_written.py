"""A canary in every secret that Préau is told: it is found in nothing that Préau wrote.

The commands, the pages and the API are run as their users run them, on devices that refuse a
password, refuse a line in the middle of a push, and show their secrets in plain text.
"""

import json
import secrets
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from inventory.database import Database
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.usm import AuthProtocol, PrivProtocol
from lab.device import Device, DeviceSpec
from lab.ports import free_port
from lab.running import Lab, running_lab
from tests import canaries, snmp_v3
from tests.canaries import canary
from tests.lab.clients import run, ssh
from tests.network import add_school
from tests.patience import PATIENCE_S, wait_until
from tests.pysnmp_agent import AUTH_PASSPHRASE, PRIV_PASSPHRASE
from tests.serving import preau_here, serving
from tests.webapp import hidden_field

pytestmark = pytest.mark.lab

SSID = "Ecole-Eleves"
KINDS = ("community", "ssh", "wlan", "radius", "login", "wrong", "database")
NETWORK = f"127.{50 + secrets.randbelow(150)}.{secrets.randbelow(255)}"


@pytest.fixture
def story(settings: Settings, database: Database, vault: Vault) -> "Story":
    assert vault.key_id
    with database.write("test") as session:
        add_school(session)
    return Story(settings)


@dataclass
class Story:
    """One installation, what it was told in secret, and all that it printed or answered."""

    settings: Settings
    values: dict[str, str] = field(default_factory=lambda: {kind: canary(kind) for kind in KINDS})
    said: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        done = preau_here(self.settings, *arguments, typed=typed)
        assert done.returncode in {0, 1}, (arguments, done.stderr)
        self.said[f"{len(self.said)} preau {' '.join(arguments)}"] = done.stdout + done.stderr
        return done

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").stdout)

    def leaks(self, written: Iterable[tuple[str, bytes]]) -> list[str]:
        """Return which secret stands in which of the named things."""
        hidden = {
            **self.values,
            "v3 authentication": AUTH_PASSPHRASE,
            "v3 privacy": PRIV_PASSPHRASE,
            "wlan's key": canaries.passphrase_key(self.values["wlan"], SSID),
            "token": self.token,
        }
        kinds = {value: kind for kind, value in hidden.items()}
        return [
            f"{kinds[value]} in {name}"
            for name, content in written
            for value in canaries.found_in(content, kinds)
        ]


def intent() -> dict[str, Any]:
    return {
        "country": "BE",
        "vlans": [{"id": 10, "name": "pedagogique"}, {"id": 20, "name": "administration"}],
        "wlans": [
            {
                "name": "eleves",
                "ssid": SSID,
                "purpose": "pedagogical",
                "security": "wpa2_wpa3_personal",
                "vlan_id": 10,
                "passphrase_secret": "wlan",
            },
            {
                "name": "admin",
                "ssid": "Ecole-Administration",
                "purpose": "administration",
                "security": "wpa3_enterprise",
                "vlan_id": 20,
                "radius_servers": [{"host": "192.0.2.10", "secret_name": "radius"}],
            },
        ],
    }


@contextmanager
def school(story: Story, folder: Path) -> Iterator[dict[str, Device]]:
    """Run a switch and three access points on the same ports of four addresses."""
    with ExitStack() as stack:
        snmp_port = ssh_port = 0
        devices: dict[str, Device] = {}
        for last, name in enumerate(("sw1", "ap1", "ap2", "ap3"), start=1):
            family = "arubaos_cx" if name == "sw1" else "openwrt"
            spec = DeviceSpec(
                family=family, name=name, hostname=name, host=f"{NETWORK}.{last}",
                community=story.values["community"], password=story.values["ssh"],
                minute_s=20.0, boot_s=0.3, apply_s=0.1, snmp_port=snmp_port, ssh_port=ssh_port,
            )  # fmt: skip
            running: Lab = stack.enter_context(running_lab([spec], folder=folder))
            devices[name] = running[name]
            snmp_port, ssh_port = running[name].snmp_port, running[name].ssh_port
        yield devices


def tell(story: Story, devices: dict[str, Device], v3: snmp_v3.V3Agent) -> None:
    """Give the installation its secrets, its zones and what the school should have."""
    for name in ("community", "ssh", "wlan", "radius", "wrong"):
        story.run("secret", "set", name, typed=story.values[name])
    story.run("secret", "set", "v3-auth", typed=AUTH_PASSPHRASE)
    story.run("secret", "set", "v3-priv", typed=PRIV_PASSPHRASE)
    some = devices["sw1"]
    story.run(
        "zone", "add", "ecole", "--site", "95001/9501", "--network", f"{NETWORK}.0/29",
        "--snmp-port", str(some.snmp_port), "--ssh-port", str(some.ssh_port),
        "--community-secret", "community", "--ssh-user", "preau", "--ssh-secret", "ssh",
    )  # fmt: skip
    story.run("zone", "login", "ecole", "--family", "openwrt", "--user", "root", "--secret", "ssh")
    story.run(
        "zone", "add", "v3", "--network", f"{snmp_v3.HOST}/32", "--snmp-port", str(v3.port),
        "--v3-user", snmp_v3.user(AuthProtocol.SHA256, PrivProtocol.AES128).user,
        "--auth", "sha256", "--auth-secret", "v3-auth",
        "--priv", "aes128", "--priv-secret", "v3-priv",
    )  # fmt: skip
    story.run("intent", "set", "-", "--programme", typed=json.dumps(intent()))


def work(story: Story, devices: dict[str, Device]) -> None:
    """Find, read, configure, audit; then go wrong in each way that shows a secret."""
    story.json("discover")
    story.json("poll")
    story.run("observe", f"{NETWORK}.2", "--zone", "ecole")
    plan = str(story.json("deploy", "plan")["plan"])
    story.run("deploy", "show", plan)
    devices["ap2"].faults.add("refuse_line:preau_eleves_radio1.key")
    devices["ap3"].faults.add("wrong_password")
    everything_at_once = ("--waves", "rest", "--on-failure", "halt", "--now", "a test")
    states = story.json("deploy", "run", plan, *everything_at_once)["states"]
    assert states["verified"] >= 2, states
    for device in devices.values():
        device.faults.clear()
    # The devices hold the secrets and show them: the search below has something to miss.
    with ssh(devices["ap1"], story.values["ssh"]) as client:
        shown = run(client, "uci show wireless")[1]
    assert story.values["wlan"] in shown
    assert story.values["radius"] in shown
    story.run("secret", "rotate")
    story.run(
        "zone", "login", "ecole", "--family", "openwrt", "--user", "root", "--secret", "wrong"
    )
    refused = str(story.json("deploy", "plan")["plan"])
    story.run("deploy", "show", refused)
    story.run("deploy", "status", plan)
    story.run("intent", "show", "--device", "ap1")
    story.json("poll")
    story.json("audit", "run")
    for listing in ("secret", "zone", "user"):
        story.run(listing, "list")
    for question in (("zone", "show", "ecole"), ("topology", "show", "95001/9501")):
        story.run(*question)
    story.run("audit", "report")
    story.run("doctor")


def _client(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, timeout=PATIENCE_S)


def browse(story: Story) -> None:
    """Log in with the right password and a wrong one; see the pages and the answers of the API."""
    story.run(
        "user", "add", "alice", "--name", "Alice", "--role", "network_engineer",
        typed=story.values["login"],
    )  # fmt: skip
    story.token = preau_here(story.settings, "user", "token", "alice").stdout.strip()
    assert story.token
    with serving(story.settings) as served, _client(served.address) as client:
        for password in ("wrong", "login"):
            form = {"csrf": hidden_field(client.get("/connexion").text), "suite": "/"}
            form |= {"identifiant": "alice", "mot_de_passe": story.values[password]}
            story.said[f"/connexion with {password}"] = client.post("/connexion", data=form).text
        told = {"Authorization": f"Bearer {story.token}"}
        job = client.post("/api/v1/jobs", json={"kind": "poll"}, headers=told)
        assert job.status_code < 300, job.text
        address = f"/api/v1/jobs/{job.json()['id']}"
        wait_until(
            lambda: client.get(address, headers=told).json()["state"] in {"done", "failed"},
            "the job does not end",
        )
        for path in ("/", "/sites/1", "/metrics", "/healthz"):
            story.said[path] = client.get(path).text
        listed = client.get("/api/v1/openapi.json", headers=told).json()["paths"]
        for path, methods in listed.items():
            if "get" in methods:
                url = path.replace("{site_id}", "1").replace("{device_id}", "2")
                if "{" not in url and "events" not in url:
                    story.said[url] = client.get(url, headers=told).text


@pytest.mark.one_database
def test_no_canary_is_in_anything_that_the_product_ever_wrote(
    story: Story, settings: Settings, database: Database, tmp_path: Path
) -> None:
    with school(story, tmp_path) as devices, snmp_v3.pysnmp_agent() as v3:
        tell(story, devices, v3)
        work(story, devices)
    browse(story)
    unreachable = f"postgresql://preau:{story.values['database']}@127.0.0.1:{free_port()}/preau"
    away = settings.model_copy(update={"database_url": unreachable})
    for command in (("doctor",), ("db", "upgrade"), ("zone", "list")):
        done = preau_here(away, *command)
        story.said[f"without a database: {command}"] = done.stdout + done.stderr
    said = [(name, text.encode()) for name, text in story.said.items()]
    files = list(canaries.files_under(settings.data_dir))
    cells = list(canaries.cells_of(database))
    assert story.leaks([*said, *files, *cells]) == []
    assert len(cells) > 1000
    assert any("‹secret:wlan›" in text for text in story.said.values())
