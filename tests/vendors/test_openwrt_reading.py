"""OpenWrt: told from a plain Linux, and its radios from the scripts under net-snmp's extend."""

import pytest

from inventory.observation import Radio, Wlan
from inventory.vendors.mib import dotted
from inventory.vendors.openwrt.reading import token
from inventory.vendors.standard.channels import band, channel
from tests.vendors.recorded import figures, observed

NET_SNMP = ".1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.8072.3.2.10\n"
PLAIN = '.1.3.6.1.2.1.1.1.0 = STRING: "Linux ap1 5.15.167 #0 SMP Mon Sep 23 2024 mips"\n'


def script(name: str, first_line: str) -> str:
    return f'.1.3.6.1.4.1.8072.1.3.2.3.1.1.{dotted(token(name))} = STRING: "{first_line}"\n'


DISTRO = script("distro", "OpenWrt 23.05.5 r24106-10cc5fcd00")
RADIOS = (
    NET_SNMP
    + PLAIN
    + DISTRO
    + script("hardware", "Zyxel NWA50AX")
    + script("clients-wlan", "9")
    + script("clients-phy0-ap0", "2")
    + script("clients-phy1-ap0", "3")
    + script("clients-phy1-ap1", "4")
    + script("frequency-phy0-ap0", "2462")
    + script("frequency-phy1-ap0", "5180")
    + script("frequency-phy1-ap1", "5180")
    + script("noise-floor-phy1-ap0", "-95")
    + script("txpower-phy1-ap0", "20")
    + script("ssid-phy1-ap0", "Ecole")
    + script("bssid-phy1-ap0", "02:00:5E:00:00:0A")
    + script("snr-phy1-ap0-min", "12")
    + script("rate-tx-phy1-ap0-avg", "54000000")
)


def test_a_device_is_openwrt_by_its_distro_script_whatever_its_host_name() -> None:
    assert observed(NET_SNMP + PLAIN + DISTRO).identity.family == "openwrt"


def test_a_device_is_openwrt_by_the_host_name_that_nobody_changed() -> None:
    text = NET_SNMP + PLAIN.replace("ap1", "OpenWrt")
    assert observed(text).identity.family == "openwrt"


def test_a_plain_net_snmp_on_linux_is_generic() -> None:
    assert observed(NET_SNMP + PLAIN).identity.family == "generic"


def test_another_vendors_net_snmp_is_not_openwrt() -> None:
    text = NET_SNMP + '.1.3.6.1.2.1.1.1.0 = STRING: "UAP-AC-Lite 4.3.28.11361"\n'
    assert observed(text).identity.family != "openwrt"


def test_model_and_firmware_are_those_of_the_scripts() -> None:
    identity = observed(RADIOS).identity
    assert identity.model == "Zyxel NWA50AX"
    assert identity.firmware == "23.05.5"


def test_interfaces_on_one_frequency_make_one_radio_with_the_clients_of_all() -> None:
    assert observed(RADIOS).radios == (
        Radio(0, "radio0", "2.4", 11, 2462, clients=2),
        Radio(1, "radio1", "5", 36, 5180, tx_power_dbm=20.0, noise_floor_dbm=-95.0, clients=7),
    )


def test_a_wlan_is_told_where_a_script_names_it() -> None:
    assert observed(RADIOS).wlans == (Wlan("Ecole", "02005e00000a", "radio1", 3),)


def test_every_figure_is_told_once_with_the_interface_it_is_of() -> None:
    observation = observed(RADIOS)
    assert sorted(figures(observation, "clients"), key=str) == [
        ("phy0-ap0", 2.0),
        ("phy1-ap0", 3.0),
        ("phy1-ap1", 4.0),
        ("wlan", 9.0),
    ]
    assert figures(observation, "snr_db") == [("phy1-ap0 min", 12.0)]
    assert figures(observation, "rate_bps") == [("phy1-ap0 tx avg", 54000000.0)]


def test_a_script_that_failed_tells_nothing() -> None:
    text = NET_SNMP + DISTRO + script("clients-wlan0", "sh: iwinfo: not found")
    observation = observed(text)
    assert figures(observation, "clients") == []
    assert observation.radios == ()


@pytest.mark.parametrize(
    ("frequency_mhz", "expected"),
    [
        (2412, ("2.4", 1)),
        (2472, ("2.4", 13)),
        (2484, ("2.4", 14)),
        (5180, ("5", 36)),
        (5700, ("5", 140)),
        (5955, ("6", 1)),
        (6415, ("6", 93)),
        (900, (None, None)),
    ],
)
def test_band_and_channel_of_a_frequency(
    frequency_mhz: int, expected: tuple[str | None, int | None]
) -> None:
    assert (band(frequency_mhz), channel(frequency_mhz)) == expected
