"""The circle on the lab's Linux machine: running → remediation → intended → rollback → running.

The machine is written from hostapd's documentation, apart from the product's code. What is typed
must be taken by its shell, what hostapd then reads must be taken by hostapd and be what was
intended, and what undoes it must leave the files and the air as they were.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.conversation import batches, script
from deploy.difference import Difference, difference
from deploy.plan import PlannedChange, plan_change
from inventory.intent import DeviceIntent, IntentLayer, Security, resolve
from inventory.vendors.configuration import Exchange
from inventory.vendors.family import family
from lab.device import DeviceSpec
from lab.devices.hostapd import HostapdLinux
from lab.posix.ash import Shell
from lab.posix.process import Input, Streams
from tests.chaos.truths import sections

SECRETS = {"a": "Premier mot d'ici", "b": 'Second"mot$2'}
VLANS = (10, 20, 30)
_SECURITIES = [each.value for each in Security]


@st.composite
def wlans(draw: st.DrawFn, name: str) -> dict[str, Any]:
    security = Security(draw(st.sampled_from(_SECURITIES)))
    wlan: dict[str, Any] = {
        "name": name,
        "ssid": draw(st.sampled_from([f"Préau {name}", f"l'école {name}", name])),
        "purpose": "pedagogical",
        "security": security,
        "vlan_id": draw(st.sampled_from(VLANS)),
        "bands": draw(st.sampled_from([["2.4", "5"], ["5"], ["2.4"]])),
        "hidden": draw(st.booleans()),
        "client_isolation": draw(st.booleans()),
    }
    if security.personal:
        wlan["passphrase_secret"] = draw(st.sampled_from("ab"))
    if security.enterprise:
        hosts = draw(st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=3, unique=True))
        wlan["radius_servers"] = [
            {"host": f"10.1.0.{host}", "secret_name": draw(st.sampled_from("ab"))} for host in hosts
        ]
    if security is Security.WPA2_PERSONAL:
        wlan["private_keys"] = [
            {
                "name": f"classe-{key}",
                "passphrase_secret": key,
                "vlan_id": draw(st.sampled_from([None, *VLANS])),
            }
            for key in sorted(draw(st.sets(st.sampled_from("ab"))))
        ]
    return wlan


@st.composite
def radios(draw: st.DrawFn, band: str) -> dict[str, Any]:
    channels = [None, 36, 44, 60] if band == "5" else [None, 1, 11]
    return {
        "band": band,
        "enabled": draw(st.booleans()),
        "channel": draw(st.sampled_from(channels)),
        "width_mhz": draw(st.sampled_from([None, 20, 40])),
    }


@st.composite
def layers(draw: st.DrawFn) -> dict[str, Any]:
    names = sorted(draw(st.sets(st.sampled_from(["eleves", "classes", "ateliers"]), max_size=2)))
    bands = sorted(draw(st.sets(st.sampled_from(["2.4", "5"]))))
    return {
        "country": "BE",
        "vlans": [{"id": each, "name": f"v{each}"} for each in VLANS],
        "wlans": [draw(wlans(name)) for name in names],
        "radios": [draw(radios(band)) for band in bands],
    }


class Typist:
    """Somebody at the machine's shell, without a network between."""

    def __init__(self, loop: asyncio.AbstractEventLoop, model: str) -> None:
        spec = DeviceSpec(
            family="hostapd_linux",
            name="ap1",
            model=model,
            host="127.0.0.1",
            apply_s=0.0,
            minute_s=0.0,
        )
        self._loop = loop
        self.device = self._do(_made(spec))
        self._said: list[str] = []
        streams = Streams(Input(""), self._said.append, self._said.append)
        self._shell = Shell(self.device, streams)
        found = family("hostapd_linux").configuration
        assert found is not None
        self.configuration = found

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(work)

    def run(self, command: str) -> str:
        """Return what the shell wrote; fails where the product would call the command failed."""
        self._said.clear()
        status = self._do(self._shell.run_here(command))
        said = "".join(self._said)
        assert status == 0, (command, said, self.device.log[-6:])
        return said

    def send(self, lines: Sequence[str]) -> None:
        """Send remediation lines and put them to use, in the product's own scripts."""
        own = self.configuration
        typed = [*own.enter, *own.commands(lines), *own.leave]
        for steps in ([Exchange(line) for line in typed], own.apply(lines)):
            for together in batches(steps):
                self.run(script([each.command for each in together]))
        self._do(asyncio.sleep(0.002))  # the radios take their channels
        assert not self.device.log, self.device.log

    def shown(self) -> str:
        return self.configuration.normalise([self.run(each) for each in self.configuration.read])

    def state(self) -> Any:
        """Return what the files say, what the next boot starts, and what is on the air."""
        files = {
            path: sorted(text.splitlines()) if path.endswith(".psk") else sections(text)
            for path, text in self.device.kept().items()
            if text.strip()
        }
        return files, set(self.device.services.enabled()), self.device.heard()

    def ways(self, planned: PlannedChange, running: str) -> tuple[str, Difference]:
        grammar = self.configuration.grammar
        names = {value: name for name, value in SECRETS.items()}
        typed = grammar.unscrub(planned.intended, running, SECRETS, names)
        return typed, difference(grammar, running, typed)


async def _made(spec: DeviceSpec) -> HostapdLinux:
    return HostapdLinux(spec)


def intent(body: dict[str, Any]) -> DeviceIntent:
    return resolve([("test", IntentLayer.model_validate(body))])


@pytest.mark.parametrize("model", ["", "bare"])
@given(data=st.data())
# The two machines share the profile's examples.
@settings(max_examples=max(3, settings().max_examples // 20))
def test_the_machine_goes_to_what_is_intended_and_back(model: str, data: st.DataObject) -> None:
    with asyncio.Runner() as runner:
        typist = Typist(runner.get_loop(), model)
        grammar = typist.configuration.grammar
        for _ in range(2):
            running, before = typist.shown(), typist.state()
            body = data.draw(layers())
            planned = plan_change(typist.configuration, intent(body), running, SECRETS)
            typed, ways = typist.ways(planned, running)
            typist.send(ways.remediation)
            shown = typist.shown()
            left = difference(grammar, shown, grammar.as_shown(planned.intended, typed, shown))
            assert not left, left.review
            after = typist.state()
            typist.send(ways.rollback)
            assert typist.state() == before
            typist.send(difference(grammar, typist.shown(), shown).remediation)
            assert typist.state() == after
        runner.run(typist.device.close())


@given(body=layers())
@settings(max_examples=max(3, settings().max_examples // 20))
def test_what_is_adopted_from_the_machine_changes_nothing_on_it(body: dict[str, Any]) -> None:
    with asyncio.Runner() as runner:
        typist = Typist(runner.get_loop(), "bare")
        running = typist.shown()
        planned = plan_change(typist.configuration, intent(body), running, SECRETS)
        typist.send(typist.ways(planned, running)[1].remediation)
        shown = typist.shown()
        adopt = typist.configuration.adopt
        assert adopt is not None
        adopted = adopt(shown)
        values = dict(adopted.secrets)
        own = resolve([("site", adopted.layer)])
        again = plan_change(typist.configuration, own, shown, values)
        assert not again.difference, again.difference.review
        runner.run(typist.device.close())
