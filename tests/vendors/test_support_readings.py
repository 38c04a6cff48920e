"""What families tell over SSH, from answers written after their manuals; no device is asked."""

from typing import TypeVar

import pytest

from inventory.observation import Wlan
from inventory.vendors.aruba_cx.support import SUPPORT as CX
from inventory.vendors.aruba_instant.support import SUPPORT as INSTANT
from inventory.vendors.aruba_instant.support import protection
from inventory.vendors.family import families
from inventory.vendors.ios.support import SUPPORT as IOS
from inventory.vendors.iosxe.support import SUPPORT as IOSXE
from inventory.vendors.linux_wireless import networks, unescaped
from inventory.vendors.openwrt.support import SUPPORT as OPENWRT
from inventory.vendors.procurve.support import SUPPORT as PROCURVE
from inventory.vendors.protection import label
from inventory.vendors.routeros.support import SUPPORT as ROUTEROS
from inventory.vendors.support import LearntAddress, Reading, duration_s, mac_of
from inventory.wlan_protection import untold, with_protection

T = TypeVar("T")
MAC = "02005e005301"


def told(reading: Reading[T], answers: dict[str, str]) -> T:
    """Return what a reading makes of answers, each by how its command begins; others are empty."""
    try:
        asked = next(reading)
        while True:
            fitting = [text for begin, text in answers.items() if asked.command.startswith(begin)]
            asked = reading.send(fitting[0] if fitting else "")
    except StopIteration as done:
        value: T = done.value
        return value


CX_TABLE = """MAC age-time            : 300 seconds
Number of MAC addresses : 2

MAC Address          VLAN     Type       Port
--------------------------------------------------
02:00:5e:00:53:01    20       dynamic    1/1/7
02:00:5e:00:53:01    1        dynamic    lag1
"""
CX_PORTS = [("1/1/7", 20), ("lag1", 1)]
IOS_TABLE = """          Mac Address Table
-------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       --------    -----
  20    0200.5e00.5301    DYNAMIC     Gi1/0/7
Total Mac Addresses for this criterion: 1
"""
PROCURVE_TABLE = """
 Status and Counters - Address Table - 02005e-005301

  Port                            VLAN
  ------------------------------- ----
  A7                              20
"""
PROCURVE_LINE = """
 Status and Counters - Address Table - 02005e-005301

  Port : 7
"""


@pytest.mark.parametrize(
    ("support", "command", "answer", "learnt"),
    [
        (CX, "show mac-address-table address 02:00:5e:00:53:01", CX_TABLE, CX_PORTS),
        (CX, "show", "No MAC entries found.", []),
        (IOS, "show mac address-table address 0200.5e00.5301", IOS_TABLE, [("Gi1/0/7", 20)]),
        (IOS, "show", IOS_TABLE.replace("Gi1/0/7", "CPU"), []),
        (IOSXE, "show mac address-table address 0200.5e00.5301", IOS_TABLE, [("Gi1/0/7", 20)]),
        (PROCURVE, "show mac-address 02005e-005301", PROCURVE_TABLE, [("A7", 20)]),
        (PROCURVE, "show mac-address 02005e-005301", PROCURVE_LINE, [("7", None)]),
        (PROCURVE, "show", "MAC address 02005e-005301 not found.", []),
    ],
)  # fmt: skip
def test_a_switch_tells_the_port_and_the_vlan_of_an_address(
    support: object, command: str, answer: str, learnt: list[tuple[str, int | None]]
) -> None:
    found = told(support.address(MAC), {command: answer})  # type: ignore[attr-defined]
    assert found == tuple(LearntAddress(MAC, port=port, vlan=vlan) for port, vlan in learnt)


IW_DEV = r"""phy#1
	Interface phy1-ap1
		ifindex 12
		wdev 0x100000003
		addr 02:00:5e:00:53:21
		ssid ADMIN
		type AP
		channel 36 (5180 MHz), width: 80 MHz, center1: 5210 MHz
		txpower 20.00 dBm
	Interface phy1-ap0
		ifindex 11
		addr 02:00:5e:00:53:20
		ssid \xc3\x89l\xc3\xa8ves\x20
		type AP
		channel 36 (5180 MHz), width: 80 MHz, center1: 5210 MHz
	Interface phy1-mon0
		ifindex 15
		type monitor
phy#0
	Interface wlan0
		addr 02:00:5e:00:53:10
		type managed
"""
STATIONS = """Station 02:00:5e:00:53:01 (on phy1-ap0)
	inactive time:	240 ms
	signal:  	-61 [-63, -66] dBm
	signal avg:	-60 [-62, -65] dBm
	tx bitrate:	866.7 MBit/s VHT-MCS 9 80MHz short GI VHT-NSS 2
	rx bitrate:	6.0 MBit/s
	authorized:	yes
	authenticated:	yes
	associated:	yes
	MFP:		yes
	connected time:	754 seconds
Station 02:00:5e:00:53:02 (on phy1-ap0)
	authorized:	no
	authenticated:	yes
	associated:	yes
"""
SURVEY = """Survey data from phy1-ap0
	frequency:			5200 MHz
	noise:				-80 dBm
Survey data from phy1-ap0
	frequency:			5180 MHz [in use]
	noise:				-95 dBm
"""
LEASES = "1763805600 02:00:5e:00:53:01 192.0.2.31 tablette-12 01:02:00:5e:00:53:01\n"
HOSTAPD = """/var/run/hostapd-phy1.conf:interface=phy1-ap0
/var/run/hostapd-phy1.conf:ap_isolate=1
/var/run/hostapd-phy1.conf:ssid=Élèves{SP}
/var/run/hostapd-phy1.conf:wpa=2
/var/run/hostapd-phy1.conf:wpa_key_mgmt=WPA-PSK WPA-PSK-SHA256 SAE
/var/run/hostapd-phy1.conf:ieee80211w=1
/var/run/hostapd-phy1.conf:bss=phy1-ap1
/var/run/hostapd-phy1.conf:ssid=ADMIN
/var/run/hostapd-phy1.conf:ignore_broadcast_ssid=1
/var/run/hostapd-phy1.conf:wpa=2
/var/run/hostapd-phy1.conf:wpa_key_mgmt=WPA-EAP-SHA256
/var/run/hostapd-phy1.conf:ieee80211w=2
/var/run/hostapd-phy1.conf:bss=phy1-ap9
/var/run/hostapd-phy1.conf:ssid=pas-en-service
""".replace("{SP}", " ")


def test_openwrt_tells_signal_noise_and_rates_of_the_clients_of_serving_interfaces() -> None:
    answers = {
        "iw dev phy1-ap0 station dump": STATIONS,
        "iw dev phy1-ap0 survey": SURVEY,
        "iw dev phy": "",
        "iw dev": IW_DEV,
        "cat ": LEASES,
    }
    assert OPENWRT.clients is not None
    first, second = told(OPENWRT.clients(None), answers)
    assert (first.mac, first.ssid, first.bssid, first.radio, first.channel) == (
        MAC, "Élèves ", "02005e005320", "radio1", 36,
    )  # fmt: skip
    assert (first.rssi_dbm, first.snr_db, first.tx_rate_bps, first.rx_rate_bps) == (
        -61.0, 34.0, 866.7e6, 6e6,
    )  # fmt: skip
    assert (first.ip, first.hostname, first.connected_s) == ("192.0.2.31", "tablette-12", 754.0)
    assert (first.state, first.authorised, first.protected_frames) == ("authorized", True, True)
    assert (second.state, second.authorised, second.rssi_dbm) == ("associated", False, None)


def test_openwrt_tells_how_each_network_on_the_air_is_protected() -> None:
    assert OPENWRT.wlans is not None
    found = told(OPENWRT.wlans(), {"iw dev": IW_DEV, "grep": HOSTAPD})
    assert [(w.ssid, w.security, w.pmf, w.hidden, w.isolated) for w in found] == [
        ("Élèves ", "wpa2_wpa3_personal", "optional", False, True),
        ("ADMIN", "wpa3_enterprise", "required", True, False),
    ]


def test_what_openwrt_is_asked_for_leaves_every_secret_on_the_device() -> None:
    import re

    assert OPENWRT.wlans is not None
    reading = OPENWRT.wlans()
    next(reading)
    command = reading.send(IW_DEV).command
    pattern = re.compile(command.split("'")[1])
    for line in (
        "wpa_passphrase=secret1234",
        "wpa_psk=00112233",
        "auth_server_shared_secret=radius",
        "sae_password=secret|mac=ff:ff:ff:ff:ff:ff",
        "wep_key0=0102030405",
    ):
        found = pattern.search(line)
        assert found is None or found[0] == "wep_key0="


INSTANT_CLIENTS = """
Client List
-----------
Name     IP Address    MAC Address        OS     ESSID   Access Point       Channel  Type  Role    IPv6 Address  Signal    Speed (mbps)
----     ----------    -----------        --     -----   ------------       -------  ----  ----    ------------  ------    ------------
         192.0.2.40    02:00:5e:00:53:01  Apple  ELEVES  ap salle 12        100E     a-HE  ELEVES  --            38(good)  1200(good)
inconnu  0.0.0.0       02:00:5e:00:53:02         ADMIN   02:00:5e:00:54:00  6        g-HT  ADMIN   --            12(poor)  6(poor)
Number of Clients   :2
Info timestamp      :900
"""  # noqa: E501
INSTANT_NETWORKS = """
Networks
--------
Profile Name  ESSID   Clients  Type      Band  Authentication Method  Key Management  IP Assignment  Status    Zone  Coding   Active
------------  -----   -------  ----      ----  ---------------------  --------------  -------------  ------    ----  ------   ------
eleves        ELEVES  12       employee  all   None                   WPA3-SAE-AES    Default VLAN   Enabled   --    Default  Yes
admin         ADMIN   3        employee  all   802.1X                 WPA2-AES        VLAN 20        Enabled   --    Default  Yes
vieux         VIEUX   0        employee  all   None                   WPA2-PSK-AES    VLAN 30        Disabled  --    Default  No
"""  # noqa: E501


def test_an_instant_conductor_tells_the_clients_and_networks_of_its_cluster() -> None:
    assert INSTANT.clients is not None
    assert INSTANT.wlans is not None
    first, second = told(INSTANT.clients(None), {"show clients": INSTANT_CLIENTS})
    assert (first.mac, first.ssid, first.access_point, first.channel) == (
        MAC, "ELEVES", "ap salle 12", 100,
    )  # fmt: skip
    assert (first.snr_db, first.rssi_dbm, first.tx_rate_bps, first.ip) == (
        38.0, None, 1200e6, "192.0.2.40",
    )  # fmt: skip
    assert (second.ssid, second.snr_db) == ("ADMIN", 12.0)
    found = told(INSTANT.wlans(), {"show network": INSTANT_NETWORKS})
    assert [(each.ssid, each.security) for each in found] == [
        ("ELEVES", "wpa3_personal"),
        ("ADMIN", "wpa2_enterprise"),
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Open", "open"),
        ("opensystem", "open"),
        ("enhanced-open", "owe"),
        ("wpa2-psk-aes", "wpa2_personal"),
        ("WPA3-SAE-AES", "wpa3_personal"),
        ("wpa3-sae-aes,wpa2-psk-aes", "wpa2_wpa3_personal"),
        ("wpa2-aes", "wpa2_enterprise"),
        ("wpa3-aes-ccm-128", "wpa3_enterprise"),
        ("wpa3-cnsa", "wpa3_enterprise_192"),
        ("wpa-psk-tkip", "wpa_personal"),
        ("wpa-psk-tkip,wpa2-psk-aes", "wpa_wpa2_personal"),
        ("mpsk-aes", "wpa2_personal"),
        ("static-wep", "wep"),
        ("quelque chose", None),
    ],
)
def test_the_words_of_an_opmode_get_our_label(written: str, meant: str | None) -> None:
    assert protection(written) == meant


XE_SUMMARY = """Number of Clients: 2

MAC Address    AP Name                                        Type ID   State             Protocol Method     Role
-------------------------------------------------------------------------------------------------------------------------
0200.5e00.5301 ap-salle-12                                    WLAN 3    Run               11ac     Dot1x      Local
0200.5e00.5302 ap-salle-12                                    WLAN 3    IP Learn          11ac     Dot1x      Local
"""  # noqa: E501
XE_DETAIL = """Client MAC Address : 0200.5e00.5301
Client IPv4 Address : 198.51.100.236
Client Username : N/A
AP Name: ap-salle-12
AP slot : 1
Client State : Associated
Wireless LAN Network Name (SSID): ELEVES
BSSID : 0200.5e00.540b
Connected For : 688 seconds
Protocol : 802.11ac
Channel : 100
Policy Manager State: Run
Encryption Cipher : CCMP (AES)
Authentication Key Management : 802.1x
Protected Management Frame - 802.11w : Yes
VLAN : 42
Client Statistics:
  Radio Signal Strength Indicator : -48 dBm
  Signal to Noise Ratio : 47 dB
"""
XE_WLANS = """Number of WLANs: 2

ID   Profile Name                     SSID                             Status Security
----------------------------------------------------------------------------------------------------
3    eleves                           Élèves                           UP     [WPA2][802.1x][AES]
4    vieux                            vieux                            DOWN   [WPA2][PSK][AES]
"""
XE_WLAN = """WLAN Profile Name     : eleves
================================================
Identifier                                     : 3
Network Name (SSID)                            : Élèves
Status                                         : {status}
Broadcast SSID                                 : Disabled
Peer-to-Peer Blocking Action                   : Drop
Security
    802.11 Authentication                      : Open System
    Static WEP Keys                            : Disabled
    Wi-Fi Protected Access (WPA/WPA2/WPA3)     : Enabled
        WPA (SSN IE)                           : Disabled
        WPA2 (RSN IE)                          : Enabled
            AES Cipher                         : Enabled
        WPA3 (WPA3 IE)                         : Disabled
        Auth Key Management
            802.1x                             : Enabled
            PSK                                : Disabled
            SAE                                : Disabled
    PMF Support                                : Optional
"""


def test_a_catalyst_9800_tells_each_client_in_detail_and_how_a_wlan_is_protected() -> None:
    assert IOSXE.clients is not None
    assert IOSXE.wlans is not None
    answers = {
        "show wireless client summary": XE_SUMMARY,
        "show wireless client mac-address 0200.5e00.5301 detail": XE_DETAIL,
    }
    first, second = told(IOSXE.clients(None), answers)
    assert (first.mac, first.ssid, first.access_point, first.bssid) == (
        MAC, "ELEVES", "ap-salle-12", "02005e00540b",
    )  # fmt: skip
    assert (first.rssi_dbm, first.snr_db, first.connected_s, first.vlan) == (-48.0, 47.0, 688.0, 42)
    assert (first.state, first.authorised, first.ip) == ("Run", True, "198.51.100.236")
    assert second.mac == "02005e005302"
    assert told(IOSXE.clients(MAC), answers) == (first,)
    assert told(IOSXE.clients("02005e0053ff"), answers) == ()
    up, down = XE_WLAN.format(status="Enabled"), XE_WLAN.format(status="Disabled")
    wlans = {"show wlan summary": XE_WLANS, "show wlan id 3": up, "show wlan id 4": down}
    assert told(IOSXE.wlans(), wlans) == (
        Wlan(ssid="Élèves", security="wpa2_enterprise", pmf="optional", hidden=True, isolated=True),
    )


ROS_NEW = """ 0 A interface=wifi1 ssid=Salle 12 mac-address=02:00:5E:00:53:01 uptime=1h2m3s last-activity=10ms signal=-52 auth-type=wpa3-psk band=5ghz-ax tx-rate=864800000 rx-rate=650000000 
 1 A interface=wifi2 ssid=ADMIN mac-address=02:00:5E:00:53:02 uptime=2s signal=-70 tx-rate=6000000
"""  # noqa: E501, W291
ROS_OLD = """ 0 interface=wlan1 mac-address=02:00:5E:00:53:01 ap=no uptime=3d4h signal-strength=-61dBm@6Mbps signal-to-noise=44 tx-rate=130Mbps-20MHz/2S/SGI rx-rate=6Mbps last-ip=192.0.2.9 authentication-type=wpa2-psk
"""  # noqa: E501
ROS_ACTUAL = """ 0 name=wifi1 mac-address=02:00:5E:00:54:01 configuration.ssid=Salle 12 configuration.hide-ssid=no security.authentication-types=wpa2-psk,wpa3-psk datapath.client-isolation=yes
 1 name=wifi2 mac-address=02:00:5E:00:54:02 configuration.ssid=ADMIN security.authentication-types=wpa3-eap security.management-protection=required
 2 name=wifi3 mac-address=02:00:5E:00:54:03 configuration.ssid=INVITES
"""  # noqa: E501


def test_routeros_tells_its_clients_in_the_new_menu_and_in_the_old_one() -> None:
    assert ROUTEROS.clients is not None
    assert ROUTEROS.wlans is not None
    first, second = told(ROUTEROS.clients(None), {"/interface/wifi/reg": ROS_NEW})
    assert (first.mac, first.ssid, first.radio, first.rssi_dbm) == (MAC, "Salle 12", "wifi1", -52.0)
    assert (first.connected_s, first.tx_rate_bps, first.state) == (3723.0, 864.8e6, "wpa3-psk")
    assert second.ssid == "ADMIN"
    (old,) = told(ROUTEROS.clients(None), {"/interface/wireless/reg": ROS_OLD})
    assert (old.rssi_dbm, old.snr_db, old.tx_rate_bps, old.ip) == (-61.0, 44.0, 130e6, "192.0.2.9")
    assert old.connected_s == 3 * 86_400 + 4 * 3_600
    found = told(ROUTEROS.wlans(), {"/interface/wifi/actual": ROS_ACTUAL})
    assert [(w.ssid, w.security, w.pmf, w.isolated) for w in found] == [
        ("Salle 12", "wpa2_wpa3_personal", "optional", True),
        ("ADMIN", "wpa3_enterprise", "required", False),
        ("INVITES", "open", None, False),
    ]


def test_every_family_s_support_can_be_spoken_to() -> None:
    from netmiko.ssh_dispatcher import CLASS_MAPPER

    with_support = [each for each in families().values() if each.support is not None]
    assert {"openwrt", "arubaos_cx", "routeros", "procurve", "ios", "iosxe", "aruba_instant"} <= {
        each.id for each in with_support
    }
    for each in with_support:
        assert each.support is not None
        terminal = each.support.terminal
        assert terminal.device_type in CLASS_MAPPER
        if each.configuration is not None:
            assert each.configuration.device_type == terminal.device_type


def test_the_two_words_of_a_command_that_errors_repeat_name_no_address() -> None:
    for family in families().values():
        asked = [family.support.address, family.support.clients] if family.support else []
        for reading in (each(MAC) for each in asked if each is not None):
            begin = " ".join(next(reading).command.split()[:2])
            assert mac_of(begin.rpartition(" ")[2]) is None, begin


@pytest.mark.parametrize(
    ("akms", "more", "meant"),
    [
        (set(), {}, "open"),
        ({"psk"}, {"wep": True}, "wep"),
        ({"psk"}, {"wpa1": True}, "wpa_wpa2_personal"),
        ({"eap"}, {"wpa1": True, "rsn": False}, "wpa_enterprise"),
        ({"eap", "eap-sha256"}, {"pmf": "optional"}, "wpa2_wpa3_enterprise"),
        ({"eap-sha256"}, {"pmf": "required"}, "wpa3_enterprise"),
        ({"eap", "eap-sha256"}, {"pmf": "disabled"}, "wpa2_enterprise"),
        ({"inconnu"}, {}, None),
    ],
)
def test_a_network_is_labelled_by_all_that_it_offers(
    akms: set[str], more: dict[str, object], meant: str | None
) -> None:
    assert label(akms, **more) == meant  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1h2m3s", 3723.0),
        ("2w3d", 1_468_800.0),
        ("01:02:03", 3723.0),
        ("3d 04:05", 273_900.0),
        ("688 seconds", 688.0),
        ("never", None),
        ("", None),
    ],
)
def test_durations_are_read_as_vendors_write_them(written: str, seconds: float | None) -> None:
    assert duration_s(written) == seconds


def test_addresses_and_ssids_are_read_in_any_writing() -> None:
    writings = ("02:00:5E:00:53:01", "0200.5e00.5301", "02005e-005301", "02-00-5e-00-53-01")
    assert {mac_of(each) for each in writings} == {MAC}
    assert mac_of("02:00:5e:00:53") is None
    assert unescaped(r"a\x5cb\x20") == "a\\b "
    assert list(networks("a:ssid=x\na:bss=y\nb:ssid=z")) == [
        {"ssid": "x"}, {"interface": "y"}, {"ssid": "z"},
    ]  # fmt: skip


def test_what_ssh_tells_fills_what_snmp_left_open_and_changes_nothing_else() -> None:
    read = (
        Wlan("A", bssid="1" * 12, security="wpa3_personal", pmf="required"),
        Wlan("B", radio="r0", security="wpa2_personal"),
        Wlan("B", radio="r1", security="open"),
    )
    snmp = (
        Wlan("A renamed", bssid="1" * 12, clients=3),
        Wlan("B", radio="r1", clients=1),
        Wlan("B"),
        Wlan("C", security="wep"),
    )
    filled = with_protection(snmp, read)
    assert [(each.ssid, each.clients, each.security, each.pmf) for each in filled] == [
        ("A renamed", 3, "wpa3_personal", "required"),
        ("B", 1, "open", None),
        ("B", None, None, None),  # the two of that name do not agree
        ("C", None, "wep", None),
    ]
    assert with_protection((), read) == read
    assert untold(())
    assert untold(filled)
    assert not untold(read)
