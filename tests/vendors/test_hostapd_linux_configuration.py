"""hostapd's files: read as text, changed by a real shell, and what the intent makes of them."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.difference import difference
from deploy.plan import plan_change
from inventory.errors import Garbled, InvalidInput
from inventory.intent import IntentLayer, Security, resolve
from inventory.vendors.configuration import Configuration
from inventory.vendors.family import family
from inventory.vendors.hostapd_linux.configuration_effect import in_effect
from inventory.vendors.hostapd_linux.configuration_text import EDITOR, parse

RECORDED = (Path(__file__).parent / "hostapd_linux/running.txt").read_text(encoding="utf-8")
EMPTY = "#radio wlan0 24 51 52\n#radio wlan1 24 51\n#uplink eth0\n"
VALUES = {"clef": "it's a $ecret", "radius": 'ra"dius', "p1": "jeton-0001", "p2": "jeton-0002"}
SERVERS = [{"host": f"10.1.0.{n}", "secret_name": "radius"} for n in (1, 2, 3)]


def configuration() -> Configuration:
    found = family("hostapd_linux").configuration
    assert found is not None
    return found


def wlan(name: str, security: str, **more: Any) -> dict[str, Any]:
    secrets: dict[str, Any] = {}
    if Security(security).personal:
        secrets["passphrase_secret"] = "clef"
    if Security(security).enterprise:
        secrets["radius_servers"] = SERVERS[:1]
    return {
        "name": name,
        "ssid": f"Préau {name}",
        "purpose": "pedagogical",
        "security": security,
        "vlan_id": 10,
        **secrets,
        **more,
    }


def layer(*wlans: dict[str, Any], **more: Any) -> IntentLayer:
    vlans = [{"id": vid, "name": f"v{vid}"} for vid in (10, 20, 30)]
    return IntentLayer.model_validate({"vlans": vlans, "wlans": wlans, "country": "BE", **more})


class Machine:
    """A folder in which a real shell plays the part of /etc on a Linux machine."""

    def __init__(self, folder: Path, shell: str, told: str) -> None:
        self.shell, self.facts = shell, ""
        self.places = {"/etc/hostapd": f"{folder}/hostapd", "/etc/systemd/system": f"{folder}/u"}
        for place in self.places.values():
            Path(place).mkdir()
        path = ""
        for line in told.splitlines(keepends=True):
            if line.startswith("#file "):
                path = self._here(line.split()[1])
                Path(path).touch()
            elif path:
                with Path(path).open("a", encoding="utf-8") as file:
                    file.write(line)
            elif line.startswith("# preau vlan"):
                vid = line.split()[3]
                Path(f"{folder}/u/preau-vlan-{vid}.service").write_text(line)
            else:
                self.facts += line

    def _here(self, text: str) -> str:
        for known, place in self.places.items():
            text = text.replace(known, place)
        return text.replace("systemctl", "true")

    def shown(self) -> str:
        commands = configuration().read[1:]  # the first asks the kernel for its radios
        answers = [self._run(self._here(command)) for command in commands]
        text = configuration().normalise([self.facts, *answers])
        for known, place in self.places.items():
            text = text.replace(place, known)
        return text

    def send(self, lines: tuple[str, ...]) -> None:
        typed = "\n".join([EDITOR, *configuration().commands(lines)])
        # What stands in a value is not a place on this machine: only the editor's own names are.
        self._run(self._here(EDITOR) + typed.removeprefix(EDITOR))

    def _run(self, script: str) -> str:
        done = subprocess.run(
            [self.shell, "-e"], input=script, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


WLANS = st.lists(
    st.sampled_from(
        [
            wlan("a", "open"),
            wlan("a", "wpa3_personal", hidden=True),
            wlan("b", "owe_transition"),
            wlan("c", "wpa2_enterprise", radius_servers=SERVERS),
            wlan("c", "wpa3_enterprise", radius_servers=SERVERS[1:], bands=["5"]),
            wlan("c", "wpa3_enterprise", vlan_id=20, client_isolation=True),
            wlan(
                "d",
                "wpa2_personal",
                private_keys=[
                    {"name": "c1", "passphrase_secret": "p1", "vlan_id": 30},
                    {"name": "c2", "passphrase_secret": "p2"},
                ],
            ),
            wlan("d", "wpa2_personal", private_keys=[{"name": "c2", "passphrase_secret": "p1"}]),
        ]
    ),
    max_size=4,
    unique_by=lambda each: each["name"],
)


@settings(max_examples=10, deadline=None)
@given(first=WLANS, second=WLANS, told=st.sampled_from([EMPTY, RECORDED]))
def test_what_is_typed_makes_the_files_that_are_intended_and_back(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[dict[str, Any]],
    second: list[dict[str, Any]],
    told: str,
) -> None:
    machine = Machine(tmp_path_factory.mktemp("etc"), "sh", told)
    grammar = configuration().grammar
    for wlans in (first, second):
        before = machine.shown()
        intent = resolve([("test", layer(*wlans))])
        change = plan_change(configuration(), intent, before, VALUES)
        intended = grammar.unscrub(change.intended, before, VALUES)
        there = difference(grammar, before, intended)
        machine.send(there.remediation)
        assert not difference(grammar, machine.shown(), intended)
        machine.send(there.rollback)
        assert not difference(grammar, machine.shown(), before)
        machine.send(there.remediation)


def test_a_network_of_the_school_keeps_its_place_and_its_key() -> None:
    before = configuration().normalise([RECORDED])
    change = plan_change(
        configuration(), resolve([("test", layer(wlan("a", "wpa3_personal")))]), before, VALUES
    )
    radio = next(r for r in parse(change.intended) if r.address == "wlan0.wlan0")
    assert (radio.options["ssid"], radio.options["wpa_passphrase"]) == ("Garderie", "‹secret›")
    assert any("« Garderie » n’est pas dans le plan" in note for note in change.notes)
    assert not any("Garderie" in line for line in change.difference.remediation)


def test_secrets_are_never_shown() -> None:
    before = configuration().normalise([RECORDED])
    shown = configuration().grammar.scrub(before, {})
    assert "la-clef-de-la-garderie" not in shown
    assert "secret-radius" not in shown


def test_a_wlan_in_the_management_vlan_needs_a_bridge_there() -> None:
    intent = resolve([("test", layer(wlan("a", "open", vlan_id=1)))])
    with pytest.raises(InvalidInput, match="no bridge"):
        configuration().render(intent, configuration().normalise([EMPTY]))
    rendered = configuration().render(intent, configuration().normalise([RECORDED]))
    assert "bridge=br0" in rendered.text


def test_a_file_that_hostapd_would_refuse_is_garbled() -> None:
    with pytest.raises(Garbled, match="does not begin"):
        configuration().normalise(["#file /etc/hostapd/wlan0.conf\nssid=Perdu\n"])


def test_what_runs_becomes_intent() -> None:
    adopt = configuration().adopt
    assert adopt is not None
    found = adopt(configuration().normalise([RECORDED]))
    by_name = {each.name: each for each in found.layer.wlans}
    assert by_name["garderie"].security is Security.WPA2_PERSONAL
    assert [each.host for each in by_name["profs"].radius_servers] == ["10.1.0.1", "10.1.0.2"]
    assert by_name["profs"].vlan_id == 10
    assert set(found.secrets.values()) == {"la-clef-de-la-garderie", "secret-radius"}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("#wlan1\nstate=ENABLED\nbss[0]=wlan1\n", None),
        ("#wlan1\nstate=COUNTRY_UPDATE\nbss[0]=wlan1\n", "wlan1 is country_update"),
        ("#wlan1\nFailed to connect to hostapd\n", "wlan1 is not served"),
        ("#wlan1\nstate=ENABLED\nbss[0]=wlan9\n", "wlan1 is not on wlan1"),
        ("#wlan1\nstate=ENABLED\nbss[0]=wlan1\nssid[0]=Profs\n", None),
        (
            "#wlan1\nstate=ENABLED\nbss[0]=wlan1\nssid[0]=\\xc3\\xa9t\\xc3\\xa9\n",
            "wlan1 has another SSID on wlan1",
        ),
        (
            "#wlan1\nstate=ENABLED\nbss[0]=wlan1\nssid[0]=Profs\nbss[1]=wlan1_1\nssid[1]=x\n",
            "wlan1_1 is still on wlan1",
        ),
        (
            "#wlan1\nstate=ENABLED\nbss[0]=wlan1\n#wlan2\nstate=ENABLED\nbss[0]=wlan2\n",
            "wlan2 is still on wlan2",
        ),
    ],
)
def test_a_configuration_is_in_use_when_hostapd_says_so(answer: str, problem: str | None) -> None:
    settled = in_effect(answer, configuration().normalise([RECORDED]))
    assert (settled.done, settled.problem) == (problem is None, problem)
