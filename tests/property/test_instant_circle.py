"""The circle on the lab's Instant: running → remediation → intended → rollback → running.

The lab's access point is written from the manual, apart from the product's code: it takes lines
only in their mode, holds them until a commit, refuses more than 4 kB of them, and refuses to remove
what is still referred to.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.difference import Difference, difference
from deploy.plan import PlannedChange, plan_change
from inventory.intent import DeviceIntent, IntentLayer, Security, resolve
from inventory.vendors.configuration import Exchange
from inventory.vendors.family import family
from lab.device import DeviceSpec
from lab.devices.aruba_instant import ArubaInstant
from lab.devices.aruba_instant.cli import Cli

SECRETS = {"a": "Premier-mot-1", "b": "Second-mot-2", "c": "Troisieme-3"}
NAMES = st.sampled_from(sorted(SECRETS))
VLANS = (10, 20, 30)
WINDOWS = (
    {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "07:30", "end": "18:00"},
    {"days": ["sat", "mon"], "start": "08:00", "end": "00:00"},
)
ADMIN = "preau"


@st.composite
def wlans(draw: st.DrawFn, name: str) -> dict[str, Any]:
    security = draw(st.sampled_from(Security))
    wlan: dict[str, Any] = {
        "name": name,
        # "Creche" is the network that the installer made: it is taken over where it is.
        "ssid": draw(st.sampled_from([f"Ecole {name}", "Ecole", "Creche"])),
        "purpose": "pedagogical",
        "security": security,
        "vlan_id": draw(st.sampled_from([1, *VLANS])),
        "bands": draw(st.sampled_from([["2.4"], ["5"], ["2.4", "5"]])),
        "client_isolation": draw(st.booleans()),
        "hidden": draw(st.booleans()),
        "hours": draw(st.lists(st.sampled_from(WINDOWS), max_size=2, unique_by=str)),
    }
    if security.personal:
        wlan["passphrase_secret"] = draw(NAMES)
    if security.enterprise:
        servers = [{"host": f"10.1.0.{n}", "secret_name": draw(NAMES)} for n in (1, 2, 3)]
        wlan["radius_servers"] = servers[: draw(st.integers(1, 3))]
    if security is Security.WPA2_PERSONAL and draw(st.booleans()):
        keys = draw(st.lists(NAMES.filter(lambda n: n != wlan["passphrase_secret"]), unique=True))
        wlan["private_keys"] = [
            {
                "name": f"classe-{key}",
                "passphrase_secret": key,
                "vlan_id": draw(st.sampled_from([None, *VLANS])),
            }
            for key in keys
        ]
    if security in {Security.WPA2_PERSONAL, Security.WPA2_ENTERPRISE}:
        wlan["pmf"] = draw(st.sampled_from([None, "disabled", "optional", "required"]))
    return wlan


@st.composite
def radios(draw: st.DrawFn, band: str) -> dict[str, Any]:
    channels = [None, 36, 44, 60] if band == "5" else [None, 1, 11]
    plan = {
        "band": band,
        "enabled": draw(st.booleans()),
        "channel": draw(st.sampled_from(channels)),
        "width_mhz": draw(st.sampled_from([None, 20, 40, 80] if band == "5" else [None, 20, 40])),
        "tx_power_dbm": draw(st.sampled_from([None, 9, 15])),
    }
    if band == "5" and plan["channel"] != 60:
        plan["dfs"] = draw(st.sampled_from([None, True, False]))
    return plan


@st.composite
def layers(draw: st.DrawFn) -> dict[str, Any]:
    told = draw(st.sets(st.sampled_from(["eleves", "classes", "ateliers"]), max_size=2))
    networks = [draw(wlans(name)) for name in sorted(told)]
    if len({each["ssid"] for each in networks}) < len(networks):
        networks = networks[:1]
    bands = draw(st.sets(st.sampled_from(["2.4", "5"])))
    user = draw(NAMES)
    management: dict[str, Any] = {
        "ntp_servers": draw(st.sampled_from([None, [], ["10.0.0.4"], ["10.0.0.6", "10.0.0.7"]])),
        "syslog_servers": draw(st.sampled_from([None, [], ["10.0.0.5"], ["10.0.0.5", "10.0.0.8"]])),
        "location": draw(st.sampled_from([None, "Hall", "Local 12"])),
        "telnet": draw(st.sampled_from([None, True, False])),
        "snmp_users": draw(
            st.sampled_from([None, [{"name": "lit", "auth_secret": user, "priv_secret": user}]])
        ),
        "accounts": draw(st.sampled_from([None, [{"name": ADMIN, "password_secret": user}]])),
    }
    return {
        "hostname": draw(st.sampled_from([None, "ap-hall", "ap2"])),
        "country": draw(st.sampled_from([None, "BE", "LU"])),
        "vlans": [{"id": each, "name": f"v{each}"} for each in VLANS],
        "wlans": networks,
        "radios": [draw(radios(band)) for band in sorted(bands)],
        "management": {name: value for name, value in management.items() if value is not None},
    }


class Typist:
    """Somebody at the command line of the access point, without a network between."""

    def __init__(self) -> None:
        spec = DeviceSpec(family="aruba_instant", name="ap1", host="127.0.0.1", username=ADMIN)
        self.device = ArubaInstant(spec)
        self.cli = Cli(self.device)
        found = family("aruba_instant").configuration
        assert found is not None
        self.configuration = found

    def send(self, lines: Sequence[str]) -> None:
        """Type remediation lines; fails on the first that the product would call refused."""
        configuration = self.configuration
        typed = [*configuration.commands(lines), *configuration.leave]
        applied: Sequence[Exchange] = configuration.apply(lines)
        for line in [*typed, *(each.command for each in applied)]:
            answer = self.cli.run(line)
            refused = [e for e in configuration.errors if re.search(e, answer, re.MULTILINE)]
            assert not refused, (line, answer)
        assert not self.cli.waiting

    def shown(self) -> str:
        return self.configuration.normalise(
            [self.cli.run(each) for each in self.configuration.read]
        )

    def state(self) -> Any:
        return copy.deepcopy((self.device.config, self.device.own))

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
def test_the_access_point_goes_to_what_is_intended_and_back(data: st.DataObject) -> None:
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
        assert _of(typist.state()) == _of(before)
        typist.send(difference(grammar, typist.shown(), shown).remediation)
        assert _of(typist.state()) == _of(after)


def _of(state: Any) -> Any:
    """Return a state without the radio profiles that say nothing, which are as good as none."""
    config, own = state
    config = copy.deepcopy(config)
    config.radios = {a: r for a, r in config.radios.items() if r.min_power or r.max_power}
    return config, own


@given(body=layers())
@settings(max_examples=max(5, settings().max_examples // 6))
def test_what_is_adopted_from_the_access_point_changes_nothing_on_it(body: dict[str, Any]) -> None:
    typist = Typist()
    running = typist.shown()
    planned = plan_change(typist.configuration, intent(body), running, SECRETS)
    typist.send(typist.ways(planned, running, {})[1].remediation)
    shown = typist.shown()
    adopt = typist.configuration.adopt
    assert adopt is not None
    adopted = adopt(shown)
    again = plan_change(
        typist.configuration,
        resolve([("site", adopted.layer)]),
        shown,
        dict(adopted.secrets),
    )
    assert not again.difference, again.difference.review


@given(count=st.integers(10, 12))
@settings(max_examples=2)
def test_a_change_of_more_than_4_kilobytes_is_committed_in_parts(count: int) -> None:
    typist = Typist()
    keys = [{"name": f"k{i}-{'x' * 24}", "passphrase_secret": f"s{i}"} for i in range(6)]
    values = {**{f"s{i}": f"{i}" * 40 for i in range(6)}, **SECRETS}
    networks = [
        {
            "name": f"wlan-{number}-{'n' * 20}",
            "ssid": f"Reseau {number}",
            "purpose": "pedagogical",
            "security": "wpa2_personal",
            "vlan_id": 10,
            "passphrase_secret": "a",
            "private_keys": keys,
        }
        for number in range(count - 1)
    ]
    body = {"vlans": [{"id": 10, "name": "v10"}], "wlans": networks}
    running = typist.shown()
    planned = plan_change(typist.configuration, intent(body), running, values)
    grammar = typist.configuration.grammar
    typed = grammar.unscrub(planned.intended, running, values)
    typist.send(difference(grammar, running, typed).remediation)
    assert not difference(grammar, typist.shown(), typed)
    assert len(typist.device.config.ssids) == count
