"""The circle on the lab's Catalyst 9800: running → remediation → intended → rollback → running.

It is written from the manual, apart from the product's code: a network refuses to be changed while
it is up, to come up with half a security, and what is referred to stays.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.difference import Difference, difference
from deploy.plan import PlannedChange, plan_change
from inventory.errors import InvalidInput
from inventory.intent import DeviceIntent, IntentLayer, Security, resolve
from inventory.vendors.family import family
from lab.device import DeviceSpec
from lab.devices.iosxe import IosXe
from lab.devices.iosxe.cli import XeCli

SECRETS = {"a": "Premier-mot-1", "b": "Second-mot-2"}
NAMES = st.sampled_from(sorted(SECRETS))
VLANS = (10, 20)
REFUSED = {Security.OWE_TRANSITION}


@st.composite
def wlans(draw: st.DrawFn, name: str) -> dict[str, Any]:
    security = draw(st.sampled_from([each for each in Security if each not in REFUSED]))
    wlan: dict[str, Any] = {
        "name": name,
        "ssid": draw(st.sampled_from([f"Ecole-{name}", f"Reseau-{name}"])),
        "purpose": "pedagogical",
        "security": security,
        "vlan_id": draw(st.sampled_from([1, *VLANS])),
        "bands": draw(st.sampled_from([["2.4"], ["5"], ["2.4", "5"]])),
        "client_isolation": draw(st.booleans()),
        "hidden": draw(st.booleans()),
    }
    if security.personal:
        wlan["passphrase_secret"] = draw(NAMES)
    if security.enterprise:
        servers = [{"host": f"10.1.0.{n}", "secret_name": draw(NAMES)} for n in (1, 2)]
        wlan["radius_servers"] = servers[: draw(st.integers(1, 2))]
    if security in {Security.WPA2_PERSONAL, Security.WPA2_ENTERPRISE}:
        wlan["pmf"] = draw(st.sampled_from([None, "disabled", "optional", "required"]))
    return wlan


@st.composite
def layers(draw: st.DrawFn) -> dict[str, Any]:
    told = draw(st.sets(st.sampled_from(["eleves", "classes", "ateliers"]), max_size=2))
    return {
        "hostname": draw(st.sampled_from([None, "wlc-lac"])),
        "vlans": [{"id": each, "name": f"v{each}"} for each in VLANS],
        "wlans": [draw(wlans(name)) for name in sorted(told)],
        "ports": draw(
            st.sampled_from(
                [
                    [],
                    [{"name": "GigabitEthernet1/0/3", "native_vlan": 10, "description": "Salle"}],
                    [{"name": "GigabitEthernet1/0/3", "mode": "trunk", "tagged_vlans": [10, 20]}],
                ]
            )
        ),
        "management": draw(st.sampled_from([{}, {"ntp_servers": ["10.0.0.4"], "telnet": False}])),
    }


class Typist:
    """Somebody at the command line of the controller, without a network between."""

    def __init__(self) -> None:
        self.device = IosXe(DeviceSpec(family="iosxe", name="wlc1", host="127.0.0.1"))
        self.cli = XeCli(self.device)
        found = family("iosxe").configuration
        assert found is not None
        self.configuration = found

    def send(self, lines: Sequence[str]) -> None:
        """Type remediation lines; fails on the first that the product would call refused."""
        configuration = self.configuration
        typed = configuration.commands(lines)
        for line in [*configuration.enter, *typed, *configuration.leave]:
            answer = self.cli.run(line)
            refused = [e for e in configuration.errors if re.search(e, answer, re.MULTILINE)]
            assert not refused, (line, answer)

    def shown(self) -> str:
        return self.configuration.normalise([self.cli.run(e) for e in self.configuration.read])

    def state(self) -> Any:
        return copy.deepcopy((self.device.config, self.device.config.vlans))

    def ways(
        self, planned: PlannedChange, running: str, known: Mapping[str, str]
    ) -> tuple[str, Difference]:
        grammar = self.configuration.grammar
        names = {**{value: name for name, value in SECRETS.items()}, **known}
        typed = grammar.unscrub(planned.intended, running, SECRETS, names)
        return typed, difference(grammar, running, typed)


def intent(body: dict[str, Any]) -> DeviceIntent:
    return resolve([("test", IntentLayer.model_validate(body))])


@given(data=st.data())
@settings(max_examples=max(5, settings().max_examples // 6))
def test_a_controller_goes_to_what_is_intended_and_back(data: st.DataObject) -> None:
    typist = Typist()
    grammar = typist.configuration.grammar
    for _ in range(2):
        running, before = typist.shown(), typist.state()
        planned = plan_change(typist.configuration, intent(data.draw(layers())), running, SECRETS)
        typed, ways = typist.ways(planned, running, {})
        typist.send(ways.remediation)
        shown = typist.shown()
        left = difference(grammar, shown, grammar.as_shown(planned.intended, typed, shown))
        assert not left, left.review
        after = typist.state()
        typist.send(ways.rollback)
        assert typist.state() == before
        typist.send(difference(grammar, typist.shown(), shown).remediation)
        assert typist.state() == after


WLAN = {
    "name": "eleves",
    "ssid": "Eleves",
    "purpose": "pedagogical",
    "security": "wpa3_personal",
    "vlan_id": 10,
    "passphrase_secret": "a",
}


def planned(change: dict[str, Any], lines_out: Sequence[str] = ()) -> PlannedChange:
    typist = Typist()
    running = "".join(
        line for line in typist.shown().splitlines(keepends=True) if line.strip() not in lines_out
    )
    body = {"vlans": [{"id": 10, "name": "v10"}], "wlans": [{**WLAN, **change}]}
    return plan_change(typist.configuration, intent(body), running, SECRETS)


@pytest.mark.parametrize(
    "change",
    [
        {"ssid": "Deux mots"},
        {"security": "owe_transition", "passphrase_secret": None},
        {
            "security": "wpa2_personal",
            "private_keys": [{"name": "c1", "passphrase_secret": "b"}],
        },
    ],
)
def test_what_a_controller_would_not_make_as_meant_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="eleves"):
        planned(change)


def test_radius_is_refused_where_aaa_is_off() -> None:
    server = {"host": "10.1.0.1", "secret_name": "b"}
    change = {"security": "wpa2_enterprise", "radius_servers": [server]}
    assert planned(change).difference
    with pytest.raises(InvalidInput, match="aaa new-model"):
        planned(change, lines_out=["aaa new-model"])


def test_a_switch_without_a_controller_is_sent_no_network() -> None:
    configuration = Typist().configuration
    body = {"vlans": [{"id": 10, "name": "v10"}], "wlans": [WLAN]}
    made = plan_change(configuration, intent(body), "version 17.9\nhostname sw1\n", SECRETS)
    assert made.difference.remediation == ("vlan 10", "  name v10")
