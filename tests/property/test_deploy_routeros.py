"""RouterOS: the circle on the lab device's own state, and the grammar of its export."""

import asyncio
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.difference import difference
from inventory.intent import DeviceIntent, IntentLayer, Security, resolve
from inventory.vendors.routeros.configuration import CONFIGURATION, normalise
from inventory.vendors.routeros.configuration_commands import GRAMMAR
from inventory.vendors.routeros.configuration_export import parse, quote
from lab.device import DeviceSpec
from lab.devices.routeros import RouterOs, script
from lab.devices.routeros.interpreter import Interpreter

SECRETS = {"clef": 'une "clef" $ \\ ?', "radius": "r-adius", "a": "auth-1234", "p": "priv-1234"}
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)


@st.composite
def wlans(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(st.lists(st.sampled_from(["eleves", "admin", "invites"]), unique=True))
    found = []
    for name in names:
        security = draw(st.sampled_from(Security))
        one: dict[str, Any] = {
            "name": name,
            "ssid": draw(TEXT.filter(lambda text: len(text.encode()) <= 32 and text.isprintable())),
            "purpose": "guest",
            "security": security,
            "vlan_id": draw(st.sampled_from([1, 10, 20])),
            "bands": draw(st.sampled_from([["2.4"], ["5"], ["2.4", "5"]])),
            "hidden": draw(st.booleans()),
            "client_isolation": draw(st.booleans()),
        }
        if security.personal:
            one["passphrase_secret"] = "clef"
        if security is Security.WPA2_PERSONAL and draw(st.booleans()):
            one["private_keys"] = [{"name": "p1", "passphrase_secret": "radius", "vlan_id": 20}]
        if security.enterprise:
            one["radius_servers"] = [{"host": "10.1.0.1", "secret_name": "radius"}]
        found.append(one)
    transitions = [w for w in found if w["security"] is Security.OWE_TRANSITION]
    return [w for w in found if w not in transitions[1:]]


@st.composite
def intents(draw: st.DrawFn) -> DeviceIntent:
    layer = {
        "vlans": [{"id": 10, "name": "v10"}, {"id": 20, "name": "v20"}],
        "wlans": draw(wlans()),
        "country": draw(st.sampled_from([None, "BE", "FR"])),
        "hostname": draw(st.sampled_from([None, "ap-hall"])),
        "radios": draw(
            st.sampled_from(
                [
                    [],
                    [{"band": "5", "channel": 44, "width_mhz": 80, "dfs": False}],
                    [{"band": "2.4", "enabled": False}, {"band": "5", "tx_power_dbm": 9}],
                ]
            )
        ),
        "management": {
            "ntp_servers": draw(st.sampled_from([None, (), ("10.0.0.1", "10.0.0.2")])),
            "syslog_servers": draw(st.sampled_from([None, ("10.0.0.3",)])),
            "telnet": draw(st.sampled_from([None, True, False])),
            "contact": draw(st.sampled_from([None, "Cellule WiFi"])),
            "snmp_users": draw(
                st.sampled_from([None, [{"name": "u", "auth_secret": "a", "priv_secret": "p"}]])
            ),
        },
    }
    return resolve([("test", IntentLayer.model_validate(layer))])


def device() -> RouterOs:
    return RouterOs(DeviceSpec(family="routeros", name="ap1", host="127.0.0.1", apply_s=0))


async def shown(router: RouterOs) -> str:
    answers = []
    for command in CONFIGURATION.read:
        said: list[str] = []
        await Interpreter(router, said.append).run(script.parse(command))
        answers.append("".join(said))
    return normalise(answers)


async def typed(router: RouterOs, lines: Sequence[str]) -> str:
    """Type lines and return what the device shows then; a line that is refused is a failure."""
    for line in lines:
        await Interpreter(router, lambda _said: None).run(script.parse(line))
    return await shown(router)


def opened(text: str, running: str) -> str:
    return GRAMMAR.unscrub(text, running, SECRETS)


def same(one: str, other: str) -> bool:
    states = ({r.identity: dict(r.options) for r in parse(text)} for text in (one, other))
    return next(states) == next(states)


@given(intents(), intents(), intents())
@settings(max_examples=25, deadline=None)
def test_a_router_goes_to_the_intended_state_and_back(
    first: DeviceIntent, then: DeviceIntent, last: DeviceIntent
) -> None:
    async def circle() -> None:
        router = device()
        for intent in (first, then, last):
            running = await shown(router)
            masked = GRAMMAR.scrub(running, {value: name for name, value in SECRETS.items()})
            intended = opened(CONFIGURATION.render(intent, masked).text, running)
            ways = difference(GRAMMAR, running, intended)
            there = await typed(router, ways.remediation)
            assert same(there, intended)
            assert not difference(GRAMMAR, there, intended)
            assert same(await typed(router, ways.rollback), running)
            assert same(await typed(router, ways.remediation), intended)
            again = CONFIGURATION.render(intent, GRAMMAR.scrub(there, _names())).text
            assert same(opened(again, there), intended)

    asyncio.run(circle())


def _names() -> dict[str, str]:
    return {value: name for name, value in SECRETS.items()}


@given(TEXT)
@settings(max_examples=100, deadline=None)
def test_any_text_is_read_back_as_it_was_quoted(text: str) -> None:
    (record,) = parse(f"/system identity set name={quote(text)}")
    assert record.options["name"] == text
    assert parse(GRAMMAR.write([record])) == (record,)
    router = device()

    async def ask() -> str:
        await typed(router, [f"/system identity set name={quote(text)}"])
        return router.identity

    assert asyncio.run(ask()) == text
