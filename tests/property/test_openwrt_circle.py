"""The circle on the lab's OpenWrt: running → remediation → intended → rollback → running.

The access point is written from OpenWrt's user guide, apart from the product's code. What is typed
must be taken by its shell; what its files and netifd then say must be what was intended; and what
undoes it must leave the files, the crontab and the air as they were.
"""

import asyncio
import copy
from collections.abc import Coroutine, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.conversation import batches, script
from deploy.difference import Difference, difference
from deploy.plan import PlannedChange, plan_change
from inventory.intent import DeviceIntent, IntentLayer, Security, resolve
from inventory.vendors.configuration import Exchange
from inventory.vendors.family import family
from lab.device import DeviceSpec
from lab.devices.openwrt import OpenWrt
from lab.devices.openwrt.uci import committed
from lab.devices.openwrt.uci_text import Package
from lab.posix.ash import Shell
from lab.posix.process import Input, Streams

SECRETS = {"a": "Premier mot d'ici", "b": 'Second"mot$2', "c": "Troisieme \\ mot"}
NAMES = st.sampled_from(sorted(SECRETS))
VLANS = (10, 20, 30)
WINDOWS = (
    {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "07:30", "end": "18:00"},
    {"days": ["sat", "mon"], "start": "08:00", "end": "00:00"},
)
CRONTAB = "/etc/crontabs/root"
# What an installer may have done before us: sections of their own, with a name and without.
BY_HAND = (
    (
        "uci set wireless.radio0.disabled=0",
        'uci set wireless.default_radio0.ssid="L\'accueil"',
        "uci set wireless.default_radio0.encryption=psk2",
        "uci set wireless.default_radio0.key='Mot d'\\''accueil'",
    ),
    (
        "uci add wireless wifi-iface",
        "uci set wireless.@wifi-iface[-1].device=radio1",
        "uci set wireless.@wifi-iface[-1].ssid='Salle des profs'",
        "uci set wireless.@wifi-iface[-1].encryption=none",
        "uci set wireless.@wifi-iface[-1].network=lan",
    ),
    (
        "uci set network.v1=bridge-vlan",
        "uci set network.v1.device=br-lan",
        "uci set network.v1.vlan=1",
        "uci add_list network.v1.ports='eth0:u*'",
        "uci set network.v10=bridge-vlan",
        "uci set network.v10.device=br-lan",
        "uci set network.v10.vlan=10",
        "uci add_list network.v10.ports=eth0:t",
        "uci set network.lan.device=br-lan.1",
    ),
    ("uci delete snmpd.@system[0]",),
    ("rm /etc/config/uhttpd",),
    (f"echo '5 4 * * 0 sync' > {CRONTAB}",),
    ("uci set system.@system[0].log_ip=10.9.9.9", "uci delete system.ntp.server"),
)


@st.composite
def wlans(draw: st.DrawFn, name: str) -> dict[str, Any]:
    security = draw(st.sampled_from(Security))
    wlan: dict[str, Any] = {
        "name": name,
        "ssid": draw(st.sampled_from([f"Préau {name}", f"l'école \\ {name}", f'"{name}" $HOME'])),
        "purpose": "pedagogical",
        "security": security,
        "vlan_id": draw(st.sampled_from([1, *VLANS])),
        "bands": draw(st.sampled_from([["2.4"], ["5"], ["2.4", "5"]])),
        "hidden": draw(st.booleans()),
        "client_isolation": draw(st.booleans()),
        "hours": draw(st.lists(st.sampled_from(WINDOWS), max_size=2, unique_by=str)),
    }
    if security.personal:
        wlan["passphrase_secret"] = draw(NAMES)
    if security.enterprise:
        hosts = draw(st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=3, unique=True))
        wlan["radius_servers"] = [
            {"host": f"10.1.0.{host}", "secret_name": draw(NAMES)} for host in hosts
        ]
    if security is Security.WPA2_PERSONAL:
        wlan["private_keys"] = [
            {
                "name": f"classe-{key}",
                "passphrase_secret": key,
                "vlan_id": draw(st.sampled_from([None, *VLANS])),
            }
            for key in sorted(draw(st.sets(NAMES.filter(lambda n: n != wlan["passphrase_secret"]))))
        ]
    return wlan


@st.composite
def radios(draw: st.DrawFn, band: str) -> dict[str, Any]:
    plan = {
        "band": band,
        "enabled": draw(st.booleans()),
        "channel": draw(st.sampled_from([None, 36, 44, 60] if band == "5" else [None, 1, 11])),
        "width_mhz": draw(st.sampled_from([None, 20, 40, 80] if band == "5" else [None, 20, 40])),
        "tx_power_dbm": draw(st.sampled_from([None, 9, 15])),
        "hours": draw(st.lists(st.sampled_from(WINDOWS), max_size=1)),
    }
    if band == "5" and plan["channel"] != 60:
        plan["dfs"] = draw(st.sampled_from([None, True, False]))
    return plan


@st.composite
def layers(draw: st.DrawFn) -> dict[str, Any]:
    told = draw(st.sets(st.sampled_from(["eleves", "classes", "ateliers"]), max_size=2))
    bands = draw(st.sets(st.sampled_from(["2.4", "5"])))
    user = draw(NAMES)
    management: dict[str, Any] = {
        "ntp_servers": draw(st.sampled_from([None, [], ["10.0.0.4"], ["10.0.0.6", "10.0.0.7"]])),
        "syslog_servers": draw(st.sampled_from([None, [], ["10.0.0.5"]])),
        "contact": draw(st.sampled_from([None, "Cellule WiFi"])),
        "location": draw(st.sampled_from([None, "Local d'étude 12"])),
        "http": draw(st.sampled_from([None, True, False])),
        "snmp_users": draw(
            st.sampled_from([None, [], [{"name": "lit", "auth_secret": user, "priv_secret": user}]])
        ),
    }
    return {
        "hostname": draw(st.sampled_from([None, "ap-hall", "ap2"])),
        "country": draw(st.sampled_from([None, "BE", "LU"])),
        "vlans": [{"id": each, "name": f"v{each}"} for each in VLANS],
        "wlans": [draw(wlans(name)) for name in sorted(told)],
        "radios": [draw(radios(band)) for band in sorted(bands)],
        "management": {name: value for name, value in management.items() if value is not None},
    }


class Typist:
    """Somebody at the access point's shell, without a network between."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        spec = DeviceSpec(family="openwrt", name="ap1", host="127.0.0.1", apply_s=0.0, minute_s=0.0)
        self._loop = loop
        self.device = OpenWrt(spec)
        self._said: list[str] = []
        streams = Streams(Input(""), self._said.append, self._said.append)
        self._shell = Shell(self.device, streams)
        found = family("openwrt").configuration
        assert found is not None
        self.configuration = found

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(work)

    def run(self, command: str) -> str:
        """Return what the shell wrote; fails where the product would call the command failed."""
        self._said.clear()
        status = self._do(self._shell.run_here(command))
        said = "".join(self._said)
        assert status == 0, (command, said)
        return said

    def install(self, parts: Sequence[Sequence[str]]) -> None:
        """Do what an installer does by hand, and have it applied."""
        for line in (line for part in parts for line in part):
            self.run(line)
        for line in ("uci commit", "reload_config"):
            self.run(line)
        self._do(_settled())

    def send(self, lines: Sequence[str]) -> None:
        """Send remediation lines and put them to use, in the product's own scripts."""
        own = self.configuration
        typed = [*own.enter, *own.commands(lines), *own.leave]
        for steps in ([Exchange(line) for line in typed], own.apply(lines)):
            for together in batches(steps):
                self.run(script([each.command for each in together]))
        self._do(_settled())
        assert own.unfinished is not None
        assert not self.run(own.unfinished)

    def shown(self) -> str:
        return self.configuration.normalise([self.run(each) for each in self.configuration.read])

    def judged(self, intended: str) -> str | None:
        """Return what the product misses on the air of what was intended."""
        effect = self.configuration.effect
        assert effect is not None
        return effect.judge(self.run(effect.command), intended).problem

    def state(self) -> Any:
        """Return what the files say, what of them is applied, and what cron is to do."""
        files = self.device.files
        names = sorted(path.rpartition("/")[2] for path in files.children("/etc/config"))
        crontab = files.files.get(CRONTAB, "")
        return (
            {name: _sections(committed(files, name)) for name in names},
            {name: _sections(package) for name, package in self.device.applied.items()},
            sorted(crontab.splitlines()),
            self.device.management_is_up(),
        )

    def ways(self, planned: PlannedChange, running: str) -> tuple[str, Difference]:
        grammar = self.configuration.grammar
        names = {value: name for name, value in SECRETS.items()}
        typed = grammar.unscrub(planned.intended, running, SECRETS, names)
        return typed, difference(grammar, running, typed)


async def _settled() -> None:
    for _ in range(5):  # netifd applies what was committed once the command has ended
        await asyncio.sleep(0)


def _sections(package: Package) -> Any:
    """Return a package's sections: those with a name have no order that counts.

    An option that is empty is none: `uci set` with an empty value deletes it.
    """
    found = [
        (each.name, each.anonymous, each.type, {o: v for o, v in each.options.items() if v})
        for each in copy.deepcopy(package.sections)
    ]
    named = {name: told for name, anonymous, *told in found if not anonymous}
    return named, [told for _, anonymous, *told in found if anonymous]


def intent(body: dict[str, Any]) -> DeviceIntent:
    return resolve([("test", IntentLayer.model_validate(body))])


HAND = st.sets(st.sampled_from(range(len(BY_HAND)))).map(
    lambda chosen: [BY_HAND[place] for place in sorted(chosen)]
)


@given(data=st.data())
@settings(max_examples=max(5, settings().max_examples // 6))
def test_the_access_point_goes_to_what_is_intended_and_back(data: st.DataObject) -> None:
    with asyncio.Runner() as runner:
        typist = Typist(runner.get_loop())
        grammar = typist.configuration.grammar
        typist.install(data.draw(HAND))
        for _ in range(2):
            running, before = typist.shown(), typist.state()
            planned = plan_change(
                typist.configuration, intent(data.draw(layers())), running, SECRETS
            )
            typed, ways = typist.ways(planned, running)
            typist.send(ways.remediation)
            shown = typist.shown()
            left = difference(grammar, shown, grammar.as_shown(planned.intended, typed, shown))
            assert not left, left.review
            assert typist.judged(typed) is None
            after = typist.state()
            assert after[-1], "the way to the access point is cut"
            typist.send(ways.rollback)
            assert typist.state() == before
            typist.send(difference(grammar, typist.shown(), shown).remediation)
            assert typist.state() == after
