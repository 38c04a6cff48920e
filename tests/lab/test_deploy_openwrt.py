"""Plans and pushes on a false OpenWrt access point, over real SSH."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collectors.ssh import open_session
from collectors.target import SshTarget
from deploy import guard
from deploy.conversation import Conversation
from deploy.push import PushOrder
from inventory.database import Database
from inventory.models import Change, ConfigBackup, DisplayedSecret, Event, Push, PushState, PushStep
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.vendors.openwrt.configuration import CONFIGURATION
from lab.device import DeviceSpec
from lab.running import Lab, running_lab
from tests.lab.deploy_setup import SECRETS, Installation
from tests.patience import wait_until

pytestmark = pytest.mark.lab

SITE: dict[str, Any] = {
    "vlans": [{"id": 10, "name": "pedago"}, {"id": 20, "name": "admin"}],
    "management_vlan": 1,
    "country": "BE",
    "wlans": [
        {
            "name": "eleves",
            "ssid": "Élèves d'ici",
            "purpose": "pedagogical",
            "security": "wpa2_wpa3_personal",
            "vlan_id": 10,
            "passphrase_secret": "wlan-eleves",
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
        {"band": "5", "channel": 44, "width_mhz": 40},
    ],
}


ONE: dict[str, Any] = {**SITE, "wlans": SITE["wlans"][1:], "radios": []}
FULL: dict[str, Any] = {
    "vlans": [{"id": each, "name": f"v{each}"} for each in (10, 11, 30)],
    "management_vlan": 1,
    "country": "BE",
    "hostname": "ap-hall",
    "wlans": [
        {
            "name": "classes",
            "ssid": "Classes",
            "purpose": "pedagogical",
            "security": "wpa2_personal",
            "vlan_id": 10,
            "bands": ["5"],
            "passphrase_secret": "wlan-eleves",
            "private_keys": [
                {"name": "p1", "passphrase_secret": "wlan-p1", "vlan_id": 11},
                {"name": "p2", "passphrase_secret": "wlan-p2"},
            ],
            "pmf": "optional",
        },
        {
            "name": "visiteurs",
            "ssid": "Visiteurs",
            "purpose": "guest",
            "security": "owe_transition",
            "vlan_id": 30,
            "bands": ["2.4"],
            "client_isolation": True,
            "hours": [
                {"start": "07:30", "end": "12:10"},
                {"days": ["mon", "tue"], "start": "13:00", "end": "00:00"},
            ],
        },
    ],
    "radios": [{"band": "5", "width_mhz": 80, "dfs": False}],
    "management": {
        "ntp_servers": ["10.0.0.4"],
        "syslog_servers": ["10.0.0.5"],
        "snmp_users": [{"name": "lecture", "auth_secret": "snmp-a", "priv_secret": "snmp-p"}],
        "contact": "Cellule WiFi",
        "location": "Hall",
        "http": False,
    },
}


@pytest.fixture
def access_point(tmp_path: Path) -> Iterator[Lab]:
    spec = DeviceSpec(
        family="openwrt",
        name="ap1",
        host="127.41.1.11",
        hostname="OpenWrt",
        apply_s=0.2,
        boot_s=0.5,
    )
    with running_lab([spec], folder=tmp_path) as lab:
        yield lab


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """SQL is not the subject here: one database is enough."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    shutil.copy2(migrated_sqlite, data_dir / "preau.sqlite")
    return Settings(data_dir=data_dir)


@pytest.fixture
def here(settings: Settings, database: Database, vault: Vault) -> Installation:
    quick = settings.model_copy(update={"ssh_timeout_s": 10.0, "guard_s": 60})
    return Installation(quick, database, vault)


def session_target(lab: Lab) -> SshTarget:
    device = lab["ap1"]
    return SshTarget(
        "lac", device.host, device.ssh_port, "root", "lab-password", "linux", None, 10.0
    )


def asked(lab: Lab, command: str) -> str:
    """Return what the access point answers in a session of its own."""
    with open_session(session_target(lab)) as session:
        return session.shell(command).text


def configuration(lab: Lab) -> str:
    return asked(lab, "cat /etc/config/system /etc/config/network /etc/config/wireless")


def test_a_run_is_verified_by_reading_back_and_the_radios_carry_the_wlans(
    access_point: Lab, here: Installation
) -> None:
    here.know(access_point["ap1"])
    here.intend(SITE)
    before = configuration(access_point)
    plan = here.plan()
    assert configuration(access_point) == before
    assert plan.states == {PushState.PLANNED: 1}, plan.failures
    done = here.run(plan)
    assert done.states == {PushState.VERIFIED: 1}, done.failures
    status = json.loads(asked(access_point, "ubus call network.wireless status"))
    heard = {
        (radio, each["config"]["ssid"])
        for radio, state in status.items()
        for each in state["interfaces"]
        if "ifname" in each
    }
    assert heard == {
        ("radio0", "Élèves d'ici"),
        ("radio1", "Élèves d'ici"),
        ("radio1", "Administration"),
    }
    key = asked(access_point, "uci get wireless.preau_eleves_radio0.key")
    assert key == SECRETS["wlan-eleves"]
    assert (
        asked(access_point, "ls /etc/preau /etc/uci-defaults/00-preau-guard").count("No such") == 2
    )


def test_a_second_plan_after_a_verified_run_finds_nothing_to_do(
    access_point: Lab, here: Installation
) -> None:
    here.know(access_point["ap1"])
    here.intend(SITE)
    here.run(here.plan())
    assert here.plan().states == {PushState.UNCHANGED: 1}


def test_what_is_no_longer_intended_goes_and_what_is_not_ours_stays(
    access_point: Lab, here: Installation
) -> None:
    here.know(access_point["ap1"])
    asked(
        access_point,
        "uci set wireless.voisin=wifi-iface; uci set wireless.voisin.device=radio0;"
        " uci set wireless.voisin.mode=ap; uci set wireless.voisin.ssid=Garderie;"
        " uci set wireless.voisin.encryption=psk2; uci set wireless.voisin.key=ancienne-clef;"
        " uci set wireless.radio0.disabled=0; uci commit wireless; wifi reload",
    )
    here.intend(SITE)
    plan = here.plan()
    assert any("Garderie" in note for note in plan.pushes[0].notes)
    assert here.run(plan).states == {PushState.VERIFIED: 1}
    here.intend({**SITE, "wlans": SITE["wlans"][:1]})
    assert here.run(here.plan()).states == {PushState.VERIFIED: 1}
    text = configuration(access_point)
    assert "preau_admin" not in text
    assert "preau_v20" not in text
    assert "preau_eleves_radio1" in text
    assert "ancienne-clef" in text


def test_private_keys_transition_hours_and_management_are_verified_adopted_and_withdrawn(
    access_point: Lab, here: Installation
) -> None:
    here.know(access_point["ap1"])
    before = configuration(access_point)
    here.intend(FULL)
    done = here.run(here.plan())
    assert done.states == {PushState.VERIFIED: 1}, done.failures
    assert here.plan().states == {PushState.UNCHANGED: 1}
    status = json.loads(asked(access_point, "ubus call network.wireless status"))
    heard = [each["config"] for each in status["radio0"]["interfaces"] if "ifname" in each]
    pair = {each["owe_transition_ifname"]: each["ifname"] for each in heard if "hidden" in each}
    assert [each["ssid"] for each in heard] == ["Visiteurs", "Visiteurs_OWE"]
    assert pair == {heard[0]["ifname"]: heard[0]["owe_transition_ifname"]}
    crontab = asked(access_point, "cat /etc/crontabs/root")
    assert "30 7 * * 1,2,3,4,5 wifi up radio0 # preau_hours_radio0_up_0730" in crontab
    assert "0 0 * * 2,3 wifi down radio0 # preau_hours_radio0_down_0000" in crontab

    adopted = CONFIGURATION.adopt
    assert adopted is not None
    answers = [asked(access_point, command) for command in CONFIGURATION.read]
    found = adopted(CONFIGURATION.normalise(answers))
    layer = found.layer.model_dump(mode="json", exclude_defaults=True)
    (classes, visitors), (slow, fast) = layer["wlans"], layer["radios"]
    assert (classes["ssid"], classes["pmf"], classes["vlan_id"]) == ("Classes", "optional", 10)
    assert {key["name"]: key.get("vlan_id") for key in classes["private_keys"]} == {
        "p1": 11,
        "p2": None,
    }
    assert (visitors["security"], visitors["bands"]) == ("owe_transition", ["2.4"])
    assert fast["dfs"] is False
    assert [(each["start"], each["end"]) for each in slow["hours"]] == [
        ("07:30:00", "12:10:00"),
        ("13:00:00", "00:00:00"),
    ]
    assert slow["hours"][1]["days"] == ["mon", "tue"]
    expected = {**FULL["management"], "snmp_users": layer["management"]["snmp_users"]}
    assert layer["management"] == expected
    assert set(SECRETS.values()) - {"lab-password", SECRETS["radius"]} <= set(
        found.secrets.values()
    )

    here.intend({})
    assert here.run(here.plan()).states == {PushState.VERIFIED: 1}
    assert "preau" not in configuration(access_point) + asked(
        access_point, "cat /etc/crontabs/root /etc/config/snmpd"
    )
    assert "default_radio0" in before


def test_a_radio_that_its_hours_keep_silent_does_not_fail_a_push(
    access_point: Lab, here: Installation
) -> None:
    here.know(access_point["ap1"])
    here.intend(FULL)
    assert here.run(here.plan()).states == {PushState.VERIFIED: 1}
    asked(access_point, "wifi down radio0")
    # The reload of a push brings the radio up; the crontab's next line takes it down again.
    here.intend({**FULL, "hostname": "ap-cour"})
    assert here.run(here.plan()).states == {PushState.VERIFIED: 1}


def test_the_guard_puts_the_crontab_back_as_well(access_point: Lab, here: Installation) -> None:
    here.know(access_point["ap1"])
    asked(access_point, "echo '5 4 * * * sync' > /etc/crontabs/root")
    here.intend(FULL)
    plan = here.plan()
    access_point["ap1"].faults.add("refuse_line:RequireEncryption")
    assert here.run(plan).states == {PushState.ROLLED_BACK: 1}
    access_point["ap1"].faults.clear()
    assert asked(access_point, "cat /etc/crontabs/root") == "5 4 * * * sync"


def test_a_refused_line_leaves_the_old_configuration_and_proves_it(
    access_point: Lab, here: Installation
) -> None:
    here.know(access_point["ap1"])
    here.intend(SITE)
    plan = here.plan()
    before = configuration(access_point)
    access_point["ap1"].faults.add("refuse_line:preau_eleves_radio1.ssid")
    done = here.run(plan)
    assert done.states == {PushState.ROLLED_BACK: 1}, done.failures
    assert "uci: Invalid argument" in (here.push("ap1").error or "")
    access_point["ap1"].faults.clear()
    assert configuration(access_point) == before
    assert asked(access_point, "uci changes") == ""


def test_a_bridge_that_filters_vlans_keeps_the_way_in(
    access_point: Lab, here: Installation
) -> None:
    here.know(access_point["ap1"])
    asked(
        access_point,
        "uci set network.vl1=bridge-vlan; uci set network.vl1.device=br-lan;"
        " uci set network.vl1.vlan=1; uci add_list network.vl1.ports='eth0:u*';"
        " uci set network.lan.device=br-lan.1; uci commit network; /etc/init.d/network reload",
    )
    here.intend(ONE)
    done = here.run(here.plan())
    assert done.states == {PushState.VERIFIED: 1}, done.failures
    assert asked(access_point, "uci get network.preau_v20_vlan.ports") == "eth0:t"
    assert asked(access_point, "uci get network.preau_v20.device") == "br-lan.20"


@pytest.mark.parametrize(
    ("faults", "state"),
    [
        (["lose_path:uci commit wireless"], PushState.ROLLED_BACK),
        (["reboot_on_save"], PushState.ROLLED_BACK),
        (["odd_prompt", "slow:0.02"], PushState.VERIFIED),
    ],
)
def test_a_device_that_misbehaves_ends_as_it_is_said_to(
    access_point: Lab, here: Installation, faults: list[str], state: PushState
) -> None:
    if any(fault.startswith("lose_path") for fault in faults):
        # The product asks for at least 30 s; a test does not wait so long for the guard to act.
        here.settings = here.settings.model_copy(update={"guard_s": 6})
    here.know(access_point["ap1"])
    here.intend(ONE)
    plan = here.plan()
    before = configuration(access_point)
    for fault in faults:
        access_point["ap1"].faults.add(fault)
    done = here.run(plan)
    access_point["ap1"].faults.clear()
    assert done.states == {state: 1}, done.failures
    after = configuration(access_point)
    assert (after == before) == (state is PushState.ROLLED_BACK)
    assert ("preau_admin" in after) == (state is PushState.VERIFIED)
    assert "armed" not in asked(access_point, "ls /etc/preau")


def test_a_device_that_lets_nobody_in_is_said_to_be_untouched(
    access_point: Lab, here: Installation
) -> None:
    here.know(access_point["ap1"])
    here.intend(ONE)
    plan = here.plan()
    before = configuration(access_point)
    access_point["ap1"].faults.add("wrong_password")
    logins = len(access_point["ap1"].logins)
    assert here.run(plan).states == {PushState.FAILED: 1}
    assert here.push("ap1").error_kind == "Refused"
    assert len(access_point["ap1"].logins) - logins == 1  # a refused password is not tried again
    access_point["ap1"].faults.clear()
    assert configuration(access_point) == before


def test_a_session_that_drops_while_sending_ends_with_the_old_configuration(
    access_point: Lab, here: Installation
) -> None:
    here.know(access_point["ap1"])
    here.intend(SITE)
    plan = here.plan()
    before = configuration(access_point)
    access_point["ap1"].faults.add("drop_session:50")
    done = here.run(plan)
    assert done.states == {PushState.ROLLED_BACK: 1}, done.failures
    assert here.push("ap1").error_kind == "Unreachable"
    access_point["ap1"].faults.clear()
    assert configuration(access_point) == before


def test_the_guard_brings_back_an_access_point_that_lost_its_network(access_point: Lab) -> None:
    before = configuration(access_point)
    target = session_target(access_point)
    with open_session(target) as session:
        talk = Conversation(session, CONFIGURATION, {})
        guard.arm(talk, CONFIGURATION, 2)
        # Nothing answers any more once this is applied.
        session.shell("uci delete network.lan; uci commit network; /etc/init.d/network reload &")
    assert until_it_answers(access_point) == before


def test_the_guard_brings_back_an_access_point_that_lost_its_power(access_point: Lab) -> None:
    before = configuration(access_point)
    with open_session(session_target(access_point)) as session:
        talk = Conversation(session, CONFIGURATION, {})
        guard.arm(talk, CONFIGURATION, 600)
        session.shell("uci set system.@system[0].hostname=perdu; uci commit system")
        session.shell("reboot &")
    assert until_it_answers(access_point) == before


def until_it_answers(lab: Lab) -> str:
    """Return the configuration once a session works again and the guard has acted."""
    from inventory.errors import DeviceError

    def has_fired() -> bool:
        try:
            return "fired" in asked(lab, "ls /etc/preau")
        except DeviceError:
            return False

    wait_until(has_fired, "the guard acts")
    return configuration(lab)


def test_uncommitted_changes_of_somebody_else_stop_the_plan_of_that_device(
    access_point: Lab, here: Installation
) -> None:
    here.know(access_point["ap1"])
    here.intend(SITE)
    asked(access_point, "uci set system.@system[0].hostname=quelqu-un")
    plan = here.plan()
    assert plan.states == {PushState.FAILED: 1}
    assert "uncommitted changes" in (plan.failures[0].error or "")


def test_no_secret_is_in_any_table_but_sealed(
    access_point: Lab, here: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    here.know(access_point["ap1"])
    here.intend(SITE)
    plan = here.plan()
    access_point["ap1"].faults.add("refuse_line:preau_eleves_radio1.key")
    here.run(plan)
    access_point["ap1"].faults.clear()
    here.run(here.plan())
    rows = [
        repr(row.model_dump(exclude={"sealed_text"}))
        for model in (Push, PushStep, Event, Change, ConfigBackup, DisplayedSecret)
        for row in here.rows(model)
    ]
    said = "\n".join(rows) + "".join(capsys.readouterr())
    for value in (SECRETS["wlan-eleves"], SECRETS["radius"], "lab-password"):
        assert value not in said
    assert "$ecret" not in said  # nor in the form that a shell is given
    assert "‹secret:wlan-eleves›" in said
    displayed = {row.path: row.secret_name for row in here.rows(DisplayedSecret)}
    assert displayed["wireless.preau_eleves_radio0.key"] == "wlan-eleves"
    assert not PushOrder.__dataclass_fields__["values"].repr
