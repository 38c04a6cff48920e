"""The circle on the lab's RouterOS: running → remediation → intended → rollback → running.

The router is written from MikroTik's documentation, apart from the product's code. What is typed
must be taken; what is then exported must be what was intended; and what undoes it must leave the
items that the router had before. The grammar of its export is tried here too.
"""

import asyncio
from collections.abc import Iterable, Sequence
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
from lab.devices.routeros.menus import COMPUTED, MENUS, Menu

SECRETS = {"clef": 'une "clef" $ \\ ?', "radius": "r-adius", "a": "auth-1234", "p": "priv-1234"}
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)

# What an installer may have done before us.
BY_HAND: tuple[tuple[str, ...], ...] = (
    (
        "/interface wifi set [ find default-name=wifi2 ] security.authentication-types=wpa2-psk",
        "/interface wifi set [ find default-name=wifi2 ] security.passphrase=Accueil-2024",
        '/interface wifi set [ find default-name=wifi2 ] configuration.ssid="L\'accueil"',
        "/interface wifi set [ find default-name=wifi2 ] disabled=no",
    ),
    (
        '/interface wifi security add name=accueil passphrase="une \\"autre\\" clef"',
        "/interface wifi security set accueil authentication-types=wpa2-psk",
        "/interface wifi add name=accueil master-interface=wifi1 security=accueil",
        "/interface wifi set accueil configuration.ssid=Accueil",
    ),
    ("/system logging add topics=error action=memory",),
    (
        "/system ntp client set enabled=yes",
        "/system ntp client servers add address=10.9.9.1",
        "/system ntp client servers add address=10.9.9.2",
    ),
    ("/ip service set telnet disabled=yes", "/snmp set contact=Installateur"),
    ("/radius add address=10.9.9.3 secret=autre service=wireless",),
)
HAND = st.sets(st.sampled_from(range(len(BY_HAND)))).map(
    lambda chosen: [line for place in sorted(chosen) for line in BY_HAND[place]]
)


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


@given(by_hand=HAND, there=intents(), then=intents())
# Each example goes the circle twice.
@settings(max_examples=max(5, settings().max_examples // 4))
def test_a_router_goes_to_the_intended_state_and_back(
    by_hand: Sequence[str], there: DeviceIntent, then: DeviceIntent
) -> None:
    async def circle() -> None:
        router = device()
        await typed(router, by_hand)
        for intent in (there, then):
            running, before = await shown(router), state(router)
            masked = GRAMMAR.scrub(running, _names())
            intended = opened(CONFIGURATION.render(intent, masked).text, running)
            ways = difference(GRAMMAR, running, intended)
            told = await typed(router, ways.remediation)
            after = state(router)
            assert same(told, intended)
            assert not difference(GRAMMAR, told, intended)
            assert router.management_is_up()
            assert same(await typed(router, ways.rollback), running)
            assert state(router) == before
            assert same(await typed(router, ways.remediation), intended)
            assert state(router) == after
            again = CONFIGURATION.render(intent, GRAMMAR.scrub(told, _names())).text
            assert same(opened(again, told), intended)

    asyncio.run(circle())


def state(router: RouterOs) -> Any:
    """Return the router's own items, of each menu; their numbers and places nobody intends.

    A value that is the menu's default is as good as none.
    """
    return {
        path: sorted(
            (item.fixed, sorted(set(item.values.items()) - set(_defaults(menu))))
            for item in router.store.items(path)
        )
        for path, menu in MENUS.items()
        if path not in COMPUTED
    }


def _defaults(menu: Menu) -> Iterable[tuple[str, str]]:
    unsaid = {} if menu.can_unset else dict.fromkeys(menu.attributes, "")
    return (unsaid | dict(menu.defaults)).items()


def _names() -> dict[str, str]:
    return {value: name for name, value in SECRETS.items()}


@given(TEXT)
@settings(max_examples=max(10, settings().max_examples))
def test_any_text_is_read_back_as_it_was_quoted(text: str) -> None:
    (record,) = parse(f"/system identity set name={quote(text)}")
    assert record.options["name"] == text
    assert parse(GRAMMAR.write([record])) == (record,)
    router = device()

    async def ask() -> str:
        await typed(router, [f"/system identity set name={quote(text)}"])
        return router.identity

    assert asyncio.run(ask()) == text
