"""Plans and pushes on a false MikroTik access point, over real SSH."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collectors.observe import observe_many
from collectors.ssh import open_session
from collectors.target import SnmpTarget, SshTarget
from deploy import guard
from deploy.attempt import PushOrder, Step
from deploy.conversation import Conversation
from deploy.difference import difference
from deploy.push import push
from deploy.recovery import recover
from inventory.database import Database
from inventory.models import ConfigBackup, Event, Push, PushState, PushStep
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.vendors.routeros.configuration import CONFIGURATION
from lab.device import DeviceSpec
from lab.devices.routeros import RouterOs
from lab.devices.routeros.store import Item
from lab.running import Lab, running_lab
from tests.lab.deploy_setup import SECRETS, Installation
from tests.patience import wait_until

pytestmark = pytest.mark.lab

SITE: dict[str, Any] = {
    "vlans": [{"id": each, "name": f"v{each}"} for each in (10, 11, 20)],
    "management_vlan": 1,
    "country": "BE",
    "hostname": "ap-hall",
    "wlans": [
        {
            "name": "eleves",
            "ssid": "Élèves d'ici",
            "purpose": "pedagogical",
            "security": "wpa2_personal",
            "vlan_id": 10,
            "passphrase_secret": "wlan-eleves",
            "private_keys": [{"name": "p1", "passphrase_secret": "wlan-p1", "vlan_id": 11}],
            "client_isolation": True,
        },
        {
            "name": "admin",
            "ssid": "Administration",
            "purpose": "administration",
            "security": "wpa3_enterprise",
            "vlan_id": 20,
            "bands": ["5"],
            "radius_servers": [{"host": "10.1.0.1", "secret_name": "radius"}],
        },
    ],
    "radios": [
        {"band": "2.4", "channel": 6, "width_mhz": 20, "tx_power_dbm": 11},
        {"band": "5", "channel": 44, "width_mhz": 40, "dfs": False},
    ],
    "management": {
        "ntp_servers": ["10.0.0.4"],
        "syslog_servers": ["10.0.0.5"],
        "snmp_users": [{"name": "lecture", "auth_secret": "snmp-a", "priv_secret": "snmp-p"}],
        "contact": "Cellule WiFi",
        "telnet": False,
    },
}


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Lab]:
    spec = DeviceSpec(
        family="routeros",
        name="ap1",
        host="127.42.1.11",
        apply_s=0.2,
        boot_s=0.5,
        minute_s=6,
    )
    with running_lab([spec], folder=tmp_path) as lab:
        yield lab


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """SQL is not the subject here: one database is enough."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    shutil.copy2(migrated_sqlite, data_dir / "preau.sqlite")
    # The device's own minutes are short: its guard of 600 s acts after 60, that of 60 after 6.
    return Settings(data_dir=data_dir, ssh_timeout_s=10.0, guard_s=600)


@pytest.fixture
def here(settings: Settings, database: Database, vault: Vault) -> Installation:
    return Installation(settings, database, vault)


@pytest.fixture
def soon(settings: Settings, database: Database, vault: Vault) -> Installation:
    """An installation whose guards act soon."""
    return Installation(settings.model_copy(update={"guard_s": 60}), database, vault)


def access_point(lab: Lab) -> RouterOs:
    device = lab["ap1"]
    assert isinstance(device, RouterOs)
    return device


def configuration(lab: Lab) -> list[str]:
    """Return what the device holds, from its own tree, without the lines that bear the time."""
    device = access_point(lab)
    return lab.call(lambda: list(device.store.export(sensitive=True)))


def on_air(lab: Lab) -> dict[str, str]:
    """Return the SSID of each interface that sends."""
    from lab.devices.routeros import air
    from lab.devices.routeros.menus import WIFI

    device = access_point(lab)

    def look() -> dict[str, str]:
        items = [item for item in device.store.items(WIFI) if device.is_on_air(item)]
        return {item.values["name"]: air.ssid(device.store, item) for item in items}

    return lab.call(look)


def test_a_run_is_verified_by_reading_back_and_leaves_no_guard(
    router: Lab, here: Installation
) -> None:
    here.know(router["ap1"])
    here.intend(SITE)
    before = configuration(router)
    plan = here.plan()
    assert configuration(router) == before
    assert plan.states == {PushState.PLANNED: 1}, plan.failures
    done = here.run(plan)
    assert done.states == {PushState.VERIFIED: 1}, done.failures
    assert on_air(router) == {
        "wifi1": "Administration",
        "wifi2": "Élèves d'ici",
        "preau-eleves-wifi1": "Élèves d'ici",
    }
    text = "\n".join(configuration(router))
    assert "preau-guard" not in text
    assert not any("preau" in name for name in access_point(router).files)
    assert "/ip service set telnet disabled=yes" in text
    assert "frequency=5220" in text
    assert here.plan().states == {PushState.UNCHANGED: 1}
    adopted_is_what_was_intended(router)


def adopted_is_what_was_intended(router: Lab) -> None:
    """Compare what the running configuration says in terms of intent with what was asked."""
    with open_session(session_target(router)) as session:
        running = Conversation(session, CONFIGURATION, {}).read()
    adopt = CONFIGURATION.adopt
    assert adopt is not None
    found = adopt(running)
    layer = found.layer.model_dump(mode="json", exclude_none=True)
    wlans = {wlan["name"]: wlan for wlan in layer["wlans"]}
    for intended in SITE["wlans"]:
        for told in ("ssid", "security", "vlan_id"):
            assert wlans[intended["name"]][told] == intended[told]
    assert wlans["admin"]["bands"] == ["5"]
    assert wlans["eleves"]["private_keys"][0]["vlan_id"] == 11
    assert layer["management"]["ntp_servers"] == ["10.0.0.4"]
    assert layer["management"]["telnet"] is False
    assert {(r["band"], r["channel"], r["width_mhz"]) for r in layer["radios"]} == {
        ("2.4", 6, 20),
        ("5", 44, 40),
    }
    assert (layer["country"], layer["hostname"]) == ("BE", "ap-hall")
    assert {SECRETS[n] for n in ("wlan-eleves", "wlan-p1", "radius", "snmp-a")} <= set(
        found.secrets.values()
    )


def test_what_is_no_longer_intended_goes_and_what_is_not_ours_stays(
    router: Lab, here: Installation
) -> None:
    here.know(router["ap1"])
    device = access_point(router)

    def neighbour() -> None:
        device.store.add(
            "/interface wifi",
            {
                "name": "garderie",
                "master-interface": "wifi2",
                "disabled": "no",
                "configuration.ssid": "Garderie",
            },
        )
        device.store.menus["/interface wifi"][1].values["disabled"] = "no"

    router.call(neighbour)
    before = configuration(router)
    here.intend(SITE)
    plan = here.plan()
    assert any("Garderie" in note for note in plan.pushes[0].notes)
    done = here.run(plan)
    assert done.states == {PushState.VERIFIED: 1}, done.failures
    assert on_air(router)["wifi2"] == "MikroTik-000001"  # it was on the air: it is somebody's
    assert on_air(router)["preau-eleves-wifi2"] == "Élèves d'ici"
    here.intend({})
    assert here.run(here.plan()).states == {PushState.VERIFIED: 1}
    after = configuration(router)
    assert not [line for line in after if "preau" in line]
    assert {line for line in before if "garderie" in line} <= set(after)
    assert on_air(router) == {"wifi2": "MikroTik-000001", "garderie": "Garderie"}


@pytest.mark.parametrize(
    ("fault", "kind", "reason"),
    [
        ("refuse_line:multi-passphrase add", "PushRejected", "failure: the lab"),
        ("drop_session:18", "Unreachable", ""),
    ],
)
def test_a_push_that_fails_ends_with_the_old_configuration_and_proves_it(
    router: Lab, here: Installation, fault: str, kind: str, reason: str
) -> None:
    here.know(router["ap1"])
    here.intend(SITE)
    plan = here.plan()
    before = configuration(router)
    router["ap1"].faults.add(fault)
    done = here.run(plan)
    router["ap1"].faults.clear()
    assert done.states == {PushState.ROLLED_BACK: 1}, done.failures
    push = here.push("ap1")
    assert kind in (push.error_kind or "")
    assert reason in (push.error or "")
    assert SECRETS["wlan-p1"] not in (push.error or "")
    assert configuration(router) == before


def test_a_device_that_is_strange_and_slow_is_verified_all_the_same(
    router: Lab, here: Installation
) -> None:
    here.know(router["ap1"])
    here.intend({**SITE, "wlans": SITE["wlans"][1:], "radios": [], "management": {}})
    plan = here.plan()
    for fault in ("odd_prompt", "slow:0.02"):
        router["ap1"].faults.add(fault)
    done = here.run(plan)
    assert done.states == {PushState.VERIFIED: 1}, done.failures


def test_a_device_that_restarts_amid_the_change_comes_up_with_the_old_configuration(
    router: Lab, soon: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon.know(router["ap1"])
    soon.intend(SITE)
    plan = soon.plan()
    before = configuration(router)
    device = access_point(router)
    changed = device.settings_changed

    def restart(menu: str, item: Item) -> None:
        changed(menu, item)
        if menu == "/interface wifi configuration":
            device.reboot_soon()

    monkeypatch.setattr(device, "settings_changed", restart)
    done = soon.run(plan)
    assert done.states == {PushState.ROLLED_BACK: 1}, done.failures
    assert configuration(router) == before


def test_a_device_that_lets_nobody_in_is_said_to_be_untouched(
    router: Lab, here: Installation
) -> None:
    here.know(router["ap1"])
    here.intend(SITE)
    plan = here.plan()
    before, logins = configuration(router), len(router["ap1"].logins)
    router["ap1"].faults.add("wrong_password")
    assert here.run(plan).states == {PushState.FAILED: 1}
    assert here.push("ap1").error_kind == "Refused"
    assert len(router["ap1"].logins) - logins == 1  # a refused password is not tried again
    assert configuration(router) == before


def test_it_is_recognised_and_read_over_snmp(router: Lab) -> None:
    device = router["ap1"]
    target = SnmpTarget("lac", device.host, device.snmp_port, "lab-read", timeout_s=10)
    (outcome,) = observe_many([target], settings=Settings())
    seen = outcome.value
    assert seen is not None, outcome.error
    assert (seen.identity.family, seen.identity.model) == ("routeros", "cAPGi-5HaxD2HaxD")
    assert (seen.identity.firmware, seen.identity.serial) == ("7.19.4", device.serial)
    assert {"ether1", "bridge", "wifi1"} <= {interface.name for interface in seen.interfaces}


def test_the_guard_undoes_a_change_that_cut_the_path(router: Lab, soon: Installation) -> None:
    soon.know(router["ap1"])
    soon.intend(SITE)
    plan = soon.plan()
    before = configuration(router)
    router["ap1"].faults.add("lose_path:configuration=preau")
    done = soon.run(plan)
    assert done.states == {PushState.ROLLED_BACK: 1}, done.failures
    assert configuration(router) == before
    # The backup holds every key: it does not stay behind.
    assert not any("preau-guard" in name for name in access_point(router).files)


def test_a_device_that_shows_what_it_does_not_use_is_put_back(
    router: Lab, soon: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon.know(router["ap1"])
    soon.intend(SITE)
    plan = soon.plan()
    before = configuration(router)
    monkeypatch.setattr(access_point(router), "is_on_air", lambda _item: False)
    done = soon.run(plan)
    assert done.states == {PushState.ROLLED_BACK: 1}, done.failures
    assert configuration(router) == before


def session_target(lab: Lab) -> SshTarget:
    device = lab["ap1"]
    return SshTarget(
        "lac",
        device.host,
        device.ssh_port,
        "preau",
        "lab-password",
        "mikrotik_routeros",
        None,
        3.0,
    )


def test_the_guard_brings_back_a_device_that_lost_its_power_and_its_path(router: Lab) -> None:
    before = configuration(router)
    with open_session(session_target(router)) as session:
        talk = Conversation(session, CONFIGURATION, {})
        guard.arm(talk, CONFIGURATION, 3600)
        talk.send(["/system identity set name=perdu"])
        session._write("/ip address remove [find]")  # nothing answers any more
    device = access_point(router)
    router.call(lambda: device.power(on=False))
    router.call(lambda: device.power(on=True))
    wait_until(lambda: configuration(router) == before, "the guard acts")


def test_an_armed_guard_of_another_push_is_left_alone(router: Lab, here: Installation) -> None:
    here.know(router["ap1"])
    here.intend(SITE)
    with open_session(session_target(router)) as session:
        guard.arm(Conversation(session, CONFIGURATION, {}), CONFIGURATION, 3600)
    before = configuration(router)
    done = here.run(here.plan())
    assert done.states == {PushState.FAILED: 1}
    assert here.push("ap1").error_kind == "Unguarded"
    assert configuration(router) == before


def test_a_guard_that_was_armed_by_half_goes_with_its_resume(router: Lab) -> None:
    order = killed_push(router, "arm_guard")
    with open_session(session_target(router)) as session:
        talk = Conversation(session, CONFIGURATION, {})
        talk.exchange(CONFIGURATION.guard.arm(600)[:5])  # killed before the second entry
    assert recover(order, lambda _step: None).state is PushState.PLANNED
    assert not any("preau" in line for line in configuration(router))
    with open_session(session_target(router)) as session:
        talk = Conversation(session, CONFIGURATION, {})
        talk.exchange(CONFIGURATION.guard.arm(600)[:4])  # killed before the first entry
    assert recover(order, lambda _step: None).state is PushState.PLANNED
    assert not any("preau-guard" in line for line in configuration(router))
    assert not any("preau-guard" in name for name in access_point(router).files)


def test_a_confirmation_that_was_broken_off_leaves_no_backup_behind(router: Lab) -> None:
    order = killed_push(router, "confirm")
    with open_session(session_target(router)) as session:
        talk = Conversation(session, CONFIGURATION, {})
        talk.exchange(CONFIGURATION.guard.confirm[:1])  # killed before the script and the backup go
    assert recover(order, lambda _step: None).state is PushState.VERIFIED
    assert not any("preau-guard" in line for line in configuration(router))
    assert not any("preau-guard" in name for name in access_point(router).files)


def test_a_timer_of_the_router_that_removed_itself_does_not_come_again(router: Lab) -> None:
    device = access_point(router)
    once = (
        "/system scheduler add name=once interval=10s "
        'on-event="/system scheduler remove [find where name=once]; :put gone"'
    )
    # As often as this one comes, the other would.
    often = '/system scheduler add name=often interval=10s on-event=":put here"'
    router.call(lambda: device.execute_soon(f"{once}; {often}"))
    wait_until(lambda: device.log.count("here\n") >= 3, "the timer comes again")
    assert device.log.count("gone\n") == 1


def test_no_secret_is_in_any_table_but_sealed(
    router: Lab, here: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    here.know(router["ap1"])
    here.intend(SITE)
    plan = here.plan()
    router["ap1"].faults.add("refuse_line:passphrase=")
    here.run(plan)
    rows = [
        repr(row.model_dump(exclude={"sealed_text"}))
        for model in (Push, PushStep, Event, ConfigBackup)
        for row in here.rows(model)
    ]
    said = "\n".join(rows) + "".join(capsys.readouterr())
    for name in ("wlan-eleves", "radius", "wlan-p1"):
        assert SECRETS[name] not in said
        assert CONFIGURATION.spoken(SECRETS[name]) not in said
    assert "‹secret:wlan-eleves›" in said


class _Killed(Exception):
    """The run ended here, as by kill -9."""


def killed_push(lab: Lab, before_step: str) -> PushOrder:
    """Push and stop before a step; return the order with what its journal says."""
    target = session_target(lab)
    with open_session(target) as session:
        running = Conversation(session, CONFIGURATION, {}).read()
    masked = CONFIGURATION.grammar.scrub(running, {})
    intended = masked.replace("identity set name=ap1", "identity set name=apres") + (
        "/system ntp client servers add address=10.0.0.9\n"
    )
    lines = difference(CONFIGURATION.grammar, masked, intended).remediation
    order = PushOrder(
        target,
        CONFIGURATION,
        running,
        intended,
        "\n".join(lines),
        {},
        guard_s=600,
        before=running,
    )
    steps: list[str] = []

    def journal(step: Step) -> None:
        steps.append(step.name)
        if step.name == before_step:
            raise _Killed

    with pytest.raises(_Killed):
        push(order, lambda text: text, journal)
    return replace(order, steps=tuple(steps), guard_left_s=60.0)


@pytest.mark.parametrize(
    ("killed_before", "end"),
    [
        ("arm_guard", PushState.PLANNED),
        ("send", PushState.ROLLED_BACK),  # an `add` may have gone: it is not sent again unasked
        ("apply", PushState.VERIFIED),
        ("confirm", PushState.VERIFIED),
    ],
)
def test_a_resume_after_a_kill_brings_the_device_to_a_known_end(
    router: Lab, killed_before: str, end: PushState
) -> None:
    before = configuration(router)
    order = killed_push(router, killed_before)
    result = recover(order, lambda _step: None)
    assert result.state is end, result.error
    after = configuration(router)
    assert not any("preau-guard" in line for line in after)
    assert ("/system identity set name=apres" in after) == (end is PushState.VERIFIED)
    if end is not PushState.VERIFIED:
        assert after == before
    sent = [line for line in router["ap1"].received if "servers add" in line]
    assert len(sent) <= 1
