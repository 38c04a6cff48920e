"""The false access point, spoken to over SSH and SNMP by independent clients."""

import json

import pytest
from netmiko import ConnectHandler

from lab.device import Device
from lab.devices.openwrt import OpenWrt
from tests.district import LabDevice
from tests.lab.clients import run, sh, silent, ssh, walk
from tests.patience import wait_until

pytestmark = pytest.mark.lab
IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
EXTEND_LINE = "1.3.6.1.4.1.8072.1.3.2.3.1.1"
SYS_NAME = "1.3.6.1.2.1.1.5"

SCHOOL_WIFI = """
set wireless.radio1.disabled='0'
set wireless.radio1.channel='44'
set wireless.default_radio1.ssid='Élèves d\\'ici'
set wireless.default_radio1.encryption='psk2'
set wireless.default_radio1.key='correct horse'
commit wireless
"""


def extended(device: Device, name: str) -> str | None:
    index = ".".join(str(number) for number in (len(name), *name.encode()))
    return walk(device, EXTEND_LINE).get(f"{EXTEND_LINE}.{index}")


def test_staged_committed_and_applied_are_three_things(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    sh(device, "uci set system.@system[0].hostname=borne-4")
    assert sh(device, "uci changes").startswith("system.cfg")
    assert "borne-4" not in sh(device, "cat /etc/config/system")
    sh(device, "uci commit system")
    assert "option hostname 'borne-4'" in sh(device, "cat /etc/config/system")
    assert walk(device, SYS_NAME) == {f"{SYS_NAME}.0": "ap1"}
    sh(device, "/etc/init.d/system reload")
    wait_until(lambda: walk(device, SYS_NAME) == {f"{SYS_NAME}.0": "borne-4"})


def test_a_wlan_pushed_by_uci_shows_in_ubus_and_in_snmp(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    assert "phy1-ap0" not in walk(device, IF_NAME).values()
    with ssh(device) as client:
        # In uci's own quoting a single quote leaves the quotes: 'd'\''ici'.
        lines = SCHOOL_WIFI.replace("d\\'ici", "d'\\''ici")
        assert run(client, "uci batch && wifi reload", lines) == (0, "", "")
    wait_until(lambda: "phy1-ap0" in walk(device, IF_NAME).values())
    status = json.loads(sh(device, "ubus call network.wireless status"))
    interface = status["radio1"]["interfaces"][0]
    assert status["radio1"]["up"] is True
    assert interface["ifname"] == "phy1-ap0"
    assert interface["config"]["ssid"] == "Élèves d'ici"
    assert extended(device, "frequency-phy1-ap0") == "5220"


def test_a_key_that_is_too_short_keeps_the_radio_down(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    lines = SCHOOL_WIFI.replace("d\\'ici", "ici").replace("correct horse", "court")
    sh(device, "uci batch && wifi reload", lines)
    wait_until(lambda: not json.loads(sh(device, "wifi status"))["radio1"]["pending"])
    radio = json.loads(sh(device, "wifi status"))["radio1"]
    assert (radio["up"], radio["retry_setup_failed"]) == (False, True)


@pytest.mark.parametrize(
    ("command", "status", "words"),
    [
        ("foo", 127, "ash: foo: not found"),
        ("nohup sleep 1", 127, "ash: nohup: not found"),
        ("uci get nowhere.x.y", 1, "uci: Entry not found"),
        ("uci set network.missing.x=1", 1, "uci: Invalid argument"),
        ("uci delete wireless.radio7", 1, "uci: Entry not found"),
        ("uci frobnicate", 255, "Usage: uci"),
        ("echo 'config' | uci import broken", 1, "uci: Parse error (invalid argument)"),
        ("cat /nowhere", 1, "cat: can't open '/nowhere': No such file or directory"),
        ("if true; then", 2, "ash: syntax error: unexpected end of file"),
        ("ubus call nobody status", 4, "Command failed: Not found"),
    ],
)
def test_what_the_device_does_not_know_is_refused_in_its_words(
    lab_device: LabDevice, command: str, status: int, words: str
) -> None:
    with ssh(lab_device("openwrt")) as client:
        code, _, errors = run(client, command)
    assert code == status
    assert words in errors


def test_anonymous_sections_are_named_by_place_and_get_a_new_name_when_committed(
    lab_device: LabDevice,
) -> None:
    device = lab_device("openwrt")
    script = """
name=$(uci add wireless wifi-iface)
uci set wireless.$name.device=radio0
uci set wireless.@wifi-iface[-1].ssid=Invités
uci add_list wireless.@wifi-iface[-1].network=lan
uci add_list wireless.@wifi-iface[-1].network=guest
uci del_list wireless.@wifi-iface[-1].network=lan
uci commit wireless
uci -q get wireless.$name || echo renamed
uci show wireless.@wifi-iface[2]
uci rename wireless.@wifi-iface[2]=invites
uci reorder wireless.invites=0
uci export wireless | sed -n 3p
uci revert wireless
uci -q get wireless.invites || echo reverted
"""
    lines = sh(device, script).splitlines()
    assert lines[0] == "renamed"
    assert lines[1].endswith("=wifi-iface")
    assert [line.partition(".cfg")[2][7:] for line in lines[2:5]] == [
        "device='radio0'",
        "ssid='Invités'",
        "network='guest'",
    ]
    assert lines[5:] == ["config wifi-iface 'invites'", "reverted"]


GUARD = """
mkdir -p /tmp/kept && cp -a /etc/config/. /tmp/kept/
cat > /tmp/guard.sh <<'EOF'
#!/bin/sh
trap 'exit 0' TERM
sleep 60
cp -a /tmp/kept/. /etc/config/
/etc/init.d/network restart
EOF
setsid sh /tmp/guard.sh >/dev/null 2>&1 &
echo $! > /tmp/guard.pid
"""
BREAK = "uci delete network.lan.ipaddr; uci commit network; /etc/init.d/network reload"


def test_a_guard_on_the_device_brings_a_lost_access_point_back(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")  # its minute lasts one second
    sh(device, GUARD.replace("sleep 60", "sleep 300") + BREAK)
    wait_until(lambda: not device.reachable())
    wait_until(lambda: walk(device, SYS_NAME) != {})
    assert "option ipaddr '127.0.0.1'" in sh(device, "cat /etc/config/network")


def test_a_guard_that_is_ended_in_time_changes_nothing(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    sh(device, GUARD.replace("sleep 60", "sleep 36000"))
    sh(device, "uci set network.lan.netmask=255.255.0.0; uci commit; /etc/init.d/network reload")
    sh(device, "kill $(cat /tmp/guard.pid)")
    gone = "kill -0 $(cat /tmp/guard.pid) 2>/dev/null || echo gone"
    wait_until(lambda: sh(device, gone) == "gone\n")
    assert "255.255.0.0" in sh(device, "cat /etc/config/network")


def test_a_job_that_hangs_on_a_terminal_ends_with_it(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    shell = ConnectHandler(
        device_type="linux",
        host=device.host,
        port=device.ssh_port,
        username="root",
        password="lab-password",
    )
    shell.send_command("sleep 600 >/dev/null 2>&1 &")
    shell.send_command("setsid sleep 700 >/dev/null 2>&1 &")
    shell.send_command("( trap '' HUP; sleep 800 ) >/dev/null 2>&1 &")
    assert isinstance(device, OpenWrt)
    assert len(device.processes) == 3
    shell.disconnect()
    processes = device.processes
    wait_until(lambda: len(processes) == 2)


def test_an_exec_session_stays_open_while_a_job_holds_its_output(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    assert sh(device, "(sleep 30; echo late) & echo early") == "early\nlate\n"


def test_a_restart_loses_ram_and_staged_changes_and_ends_sessions(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    sh(device, "uci set system.@system[0].hostname=lost; echo x > /tmp/x; touch /root/kept")
    sh(device, "sleep 600 >/dev/null 2>&1 & reboot")
    wait_until(lambda: device.uptime_s() < 60 and device.reachable())
    assert (
        sh(device, "ls /tmp; ls /root; uci changes; ps | grep -c sleep || true") == "run\nkept\n0\n"
    )


def test_filtering_vlans_on_the_bridge_locks_an_untagged_lan_out(lab_device: LabDevice) -> None:
    device = lab_device("openwrt")
    sh(
        device,
        "uci add network bridge-vlan >/dev/null; uci set network.@bridge-vlan[0].device=br-lan;"
        "uci set network.@bridge-vlan[0].vlan=10;"
        "uci add_list network.@bridge-vlan[0].ports=eth0:t;"
        "uci commit network; /etc/init.d/network reload",
    )
    wait_until(lambda: silent(device))


def test_a_script_has_loops_functions_cases_and_here_documents(lab_device: LabDevice) -> None:
    script = r"""
greet() { local who="$1"; echo "hello ${who:-nobody} $#"; return 3; }
greet world; echo "status $?"
for each in a "b c" $(echo d e); do printf '[%s]' "$each"; done; echo
n=0; while [ "$n" -lt 3 ]; do n=$((n + 1)); [ $n = 2 ] && continue; echo "n=$n"; done
case "/etc/config/wireless" in */network) echo no ;; */wire*|x) echo yes ;; esac
path=/etc/config/wireless; echo "${path##*/} ${path%/*} ${#path}"
cat <<EOF | grep -v skip
value $n
skip
EOF
false || { echo fallback; true; } && echo chained
( exit 4 ); echo "sub $?"
! true || echo never
set -e; if false; then echo no; fi; echo before; false; echo after
"""
    device = lab_device("openwrt")
    with ssh(device) as client:
        status, output, errors = run(client, script)
    assert errors == ""
    assert status == 1
    assert output.splitlines() == [
        "hello world 1",
        "status 3",
        "[a][b c][d][e]",
        "n=1",
        "n=3",
        "yes",
        "wireless /etc/config 20",
        "value 3",
        "fallback",
        "chained",
        "sub 4",
        "never",
        "before",
    ]
