"""The circle on the lab's switches: running → remediation → intended → rollback → running.

The lab's devices are written from the manuals, apart from the product's code. What is typed must be
taken without a refusal; what is then shown must be what was intended; and what undoes it must leave
the very tree that the switch had before.
"""

import copy
import importlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.difference import Difference, difference
from deploy.plan import PlannedChange, plan_change
from inventory.intent import DeviceIntent, IntentLayer, PortMode, resolve
from inventory.vendors.configuration import Configuration
from inventory.vendors.family import family
from lab.command_line import CommandLine
from lab.device import DeviceSpec
from lab.devices import make_device
from lab.switch import Switch

PORTS = {
    "arubaos_cx": ("1/1/1", "1/1/2", "1/1/3"),
    "ios": ("GigabitEthernet1/0/1", "GigabitEthernet1/0/2", "GigabitEthernet1/0/3"),
    "procurve": ("1", "2", "3"),
}
SHOWN = {
    "arubaos_cx": ("show running-config",),
    "ios": ("show running-config", "show vlan brief"),
    "procurve": ("show running-config",),
}
CLI = {"arubaos_cx": "aruba_cx", "ios": "ios", "procurve": "procurve"}
SECRETS = {"a": "Premier-mot-1", "b": "Second-mot-2"}
VLANS = (10, 20, 30)


@st.composite
def layers(draw: st.DrawFn, family_id: str) -> dict[str, Any]:
    ports = [
        draw(port(name)) for name in draw(st.sets(st.sampled_from(PORTS[family_id]), max_size=3))
    ]
    own = st.sampled_from([None, ["a"], ["b"]])
    accounts, users = draw(own), draw(own)
    management: dict[str, Any] = {
        "ntp_servers": draw(st.sampled_from([None, ["10.0.0.4"], ["10.0.0.4", "10.0.0.6"]])),
        "syslog_servers": draw(st.sampled_from([None, [], ["10.0.0.5"]])),
        "contact": draw(st.sampled_from([None, "Cellule WiFi"])),
        "location": draw(st.sampled_from([None, "Local 12"])),
        "telnet": draw(st.sampled_from([None, False])),
        "http": draw(st.sampled_from([None, True, False])),
        "accounts": accounts and [{"name": "anne", "password_secret": accounts[0]}],
        "snmp_users": users and [{"name": "lit", "auth_secret": users[0], "priv_secret": users[0]}],
    }
    vlans = [
        {"id": each, "name": draw(st.sampled_from(["pedago", f"v{each}"])), **snooping}
        for each, snooping in zip(
            VLANS,
            draw(
                st.lists(
                    st.sampled_from([{}, {"dhcp_snooping": True}, {"dhcp_snooping": False}]),
                    min_size=3,
                    max_size=3,
                )
            ),
            strict=True,
        )
    ]
    if any(vlan.get("dhcp_snooping") for vlan in vlans):
        # Without a port that is trusted it is refused: no address would come through.
        ports = ports or [{"name": PORTS[family_id][0]}]
        ports[0]["dhcp_snooping_trusted"] = True
    return {
        "hostname": draw(st.sampled_from([None, "sw1", "sw-2"])),
        "vlans": vlans,
        "ports": ports,
        "management": {name: value for name, value in management.items() if value is not None},
    }


@st.composite
def port(draw: st.DrawFn, name: str) -> dict[str, Any]:
    mode = draw(st.sampled_from(PortMode))
    facts: dict[str, Any] = {
        "name": name,
        "mode": mode,
        "native_vlan": draw(st.sampled_from([1, *VLANS])),
        "enabled": draw(st.booleans()),
        "description": draw(st.sampled_from([None, "Borne ap1", "Prise 12"])),
        "poe": draw(st.sampled_from([None, True, False])),
        "poe_priority": draw(st.sampled_from([None, "low", "high", "critical"])),
        "storm_control_kbps": draw(st.sampled_from([None, 0, 500, 20_000])),
        "dhcp_snooping_trusted": draw(st.sampled_from([None, True, False])),
        "lldp": draw(st.sampled_from([None, True, False])),
    }
    if mode is PortMode.TRUNK:
        facts["tagged_vlans"] = tuple(draw(st.sets(st.sampled_from(VLANS))))
    return {key: value for key, value in facts.items() if value is not None}


class Typist:
    """Somebody at the command line of a switch of the lab, without a network between."""

    def __init__(self, family_id: str) -> None:
        self.family_id = family_id
        device = make_device(DeviceSpec(family=family_id, name="sw1", host="127.0.0.1"))
        assert isinstance(device, Switch)
        self.device = device
        self.cli: CommandLine = importlib.import_module(f"lab.devices.{CLI[family_id]}.cli").Cli(
            device
        )
        found = family(family_id).configuration
        assert found is not None
        self.configuration: Configuration = found

    def type(self, line: str) -> str:
        """Return the answer to a line; what the switch asks is answered as the product does."""
        answer = self.cli.run(line)
        while self.cli.asked is not None:
            replies = [
                reply
                for asked, reply in self.configuration.questions
                if re.search(f"(?:{asked})\\Z", self.cli.asked)
            ]
            assert replies, self.cli.asked
            answer += self.cli.reply(replies[0])
        return answer

    def send(self, lines: Sequence[str]) -> None:
        """Type remediation lines; fails on the first that the product would call refused."""
        typed = self.configuration.commands(lines)
        for line in [*self.configuration.enter, *typed, *self.configuration.leave]:
            answer = self.type(line)
            refused = [e for e in self.configuration.errors if re.search(e, answer, re.MULTILINE)]
            assert not refused, (line, answer)

    def shown(self) -> str:
        return self.configuration.normalise([self.type(line) for line in SHOWN[self.family_id]])

    def state(self) -> tuple[Any, Any]:
        """Return the switch's own tree; the VLANs of a VTP server are no part of the rest."""
        return copy.deepcopy((self.device.config, self.device.config.vlans))

    def ways(
        self, planned: PlannedChange, running: str, known: Mapping[str, str]
    ) -> tuple[str, Difference]:
        """Return what is intended and the lines there and back, with their secrets."""
        grammar = self.configuration.grammar
        names = {**{value: name for name, value in SECRETS.items()}, **known}
        typed = grammar.unscrub(planned.intended, running, SECRETS, names)
        return typed, difference(grammar, running, typed)


def intent(body: dict[str, Any]) -> DeviceIntent:
    return resolve([("test", IntentLayer.model_validate(body))])


@pytest.mark.parametrize("family_id", sorted(PORTS))
@given(data=st.data())
# Each of the families takes its share of the profile's examples.
@settings(max_examples=max(3, settings().max_examples // 6))
def test_a_switch_of_the_lab_goes_to_what_is_intended_and_back(
    family_id: str, data: st.DataObject
) -> None:
    typist = Typist(family_id)
    for _ in range(2):
        body = data.draw(layers(family_id))
        running, before = typist.shown(), typist.state()
        planned = plan_change(typist.configuration, intent(body), running, SECRETS)
        typed, ways = typist.ways(planned, running, {})
        typist.send(ways.remediation)
        shown = typist.shown()
        grammar = typist.configuration.grammar
        expected = grammar.as_shown(planned.intended, typed, shown)
        left = difference(grammar, shown, expected)
        assert not left, left.review
        after = typist.state()
        typist.send(ways.rollback)
        assert typist.state() == before
        typist.send(difference(grammar, typist.shown(), shown).remediation)
        assert typist.state() == after


@pytest.mark.parametrize("family_id", sorted(PORTS))
@given(data=st.data())
# Each of the families takes its share of the profile's examples.
@settings(max_examples=max(3, settings().max_examples // 6))
def test_what_is_adopted_from_a_switch_changes_nothing_on_it(
    family_id: str, data: st.DataObject
) -> None:
    typist = Typist(family_id)
    running = typist.shown()
    body = data.draw(layers(family_id))
    planned = plan_change(typist.configuration, intent(body), running, SECRETS)
    typist.send(typist.ways(planned, running, {})[1].remediation)
    shown = typist.shown()
    adopt = typist.configuration.adopt
    assert adopt is not None
    adopted = adopt(shown)
    again = plan_change(typist.configuration, resolve([("site", adopted.layer)]), shown, {})
    assert not again.difference, again.difference.review
