"""The air as the access point sees it: stations, `iw`, and what hostapd was given to run.

iw 5.19 (info.c, station.c, survey.c) for what is printed; netifd-wireless and hostapd.sh of
OpenWrt 23.05 for `/var/run/hostapd-phyN.conf` and the key managements of each encryption.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.devices.openwrt.applied import Radio, WifiInterface, is_true, text
from lab.devices.openwrt.programs import machine_of, program

if TYPE_CHECKING:
    from lab.devices.openwrt import OpenWrt
    from lab.posix.ash import Shell

# `encryption` of wifi-iface: the bits of hostapd's `wpa`, and its key managements.
_WPA = {"psk": 1, "psk2": 2, "psk-mixed": 3, "sae": 2, "sae-mixed": 2, "owe": 2}
_WPA |= {"wpa": 1, "wpa2": 2, "wpa3": 2, "wpa3-mixed": 2}
_KEYS = {"psk": "WPA-PSK", "psk2": "WPA-PSK", "psk-mixed": "WPA-PSK", "owe": "OWE", "sae": "SAE"}
_KEYS |= {"sae-mixed": "WPA-PSK SAE", "wpa": "WPA-EAP", "wpa2": "WPA-EAP"}
_KEYS |= {"wpa3": "WPA-EAP-SHA256", "wpa3-mixed": "WPA-EAP WPA-EAP-SHA256"}
_PMF_DEFAULT = {"sae": "2", "owe": "2", "wpa3": "2", "sae-mixed": "1", "wpa3-mixed": "1"}
_USAGE = "Usage:\tiw [options] command\n"


@dataclass(frozen=True)
class Station:
    """One client, always the same for the same access point and place."""

    mac: str
    signal_dbm: int
    connected_s: int
    tx_mbps: float
    rx_mbps: float


def stations(machine: "OpenWrt", name: str) -> list[Station]:
    """Return who is associated with one interface."""
    fastest = 866.7 if name.startswith("phy1") else 144.4
    found = []
    for place in range(machine.clients(name)):
        number = machine.draw(f"station/{name}/{place}", 0, 0xFFFFFF)
        share = 1 + number % 4
        found.append(
            Station(
                mac=bytes([0x06, 0x5A, place, *number.to_bytes(3)]).hex(":"),
                signal_dbm=-40 - number % 45,
                connected_s=60 + number % 20_000,
                tx_mbps=round(fastest / share, 1),
                rx_mbps=round(fastest / (share + 1), 1),
            )
        )
    return found


def hostapd_conf(machine: "OpenWrt", number: int) -> str:
    """Return what hostapd runs on one radio, empty while the radio is off."""
    radio = next((each for each in machine.radios() if each.number == number), None)
    if radio is None or not radio.up or machine.pending:
        return ""
    lines = ["driver=nl80211", f"hw_mode={'g' if radio.band == '2g' else 'a'}"]
    lines += [f"channel={radio.channel}", "beacon_int=100", ""]
    for place, each in enumerate(radio.interfaces):
        lines += _network(machine, each, "interface" if place == 0 else "bss")
    return "\n".join(lines) + "\n"


def _network(machine: "OpenWrt", interface: WifiInterface, begin: str) -> list[str]:
    section = interface.section
    encryption, *ciphers = text(section, "encryption", "none").split("+")
    lines = [f"{begin}={interface.name}", "ctrl_interface=/var/run/hostapd"]
    if is_true(section, "isolate"):
        lines.append("ap_isolate=1")
    lines += [f"ssid={text(section, 'ssid')}", "utf8_ssid=1", "bridge=br-lan"]
    if is_true(section, "hidden"):
        lines.append("ignore_broadcast_ssid=1")
    if encryption in _WPA:
        cipher = "TKIP" if "tkip" in ciphers or encryption in {"psk", "wpa"} else "CCMP"
        key = text(section, "key")
        if key and not encryption.startswith(("wpa", "owe")):
            lines.append(f"wpa_passphrase={key}")
        if encryption.startswith("wpa"):
            lines += ["ieee8021x=1", f"auth_server_addr={text(section, 'auth_server')}"]
            lines.append(f"auth_server_shared_secret={text(section, 'auth_secret')}")
        lines += ["auth_algs=1", f"wpa={_WPA[encryption]}", f"wpa_pairwise={cipher}"]
        pmf = text(section, "ieee80211w", _PMF_DEFAULT.get(encryption, "0"))
        # hostapd.sh: where frames may be protected, the SHA-256 suite is offered as well.
        more = {"wpa2": " WPA-EAP-SHA256", "psk2": " WPA-PSK-SHA256"}.get(encryption, "")
        lines.append(f"wpa_key_mgmt={_KEYS[encryption]}{more if pmf != '0' else ''}")
        lines.append(f"ieee80211w={pmf}")
    lines += ["wmm_enabled=1", f"bssid={machine.bssid(interface.name or '')}", ""]
    return lines


@program("iw")
async def _iw(shell: "Shell", words: list[str]) -> int:
    machine = machine_of(shell)
    if words[1:] == ["dev"]:
        shell.streams.write("".join(_phy(machine, radio) for radio in machine.radios()))
        return 0
    on_air = {i.name: r for r in machine.radios() for i in r.interfaces if i.name}
    if machine.pending:
        on_air = {}
    if len(words) < 4 or words[1] != "dev":
        shell.streams.error(_USAGE)
        return 1
    radio = on_air.get(words[2])
    if radio is None:
        shell.streams.error("command failed: No such device (-19)\n")
        return 237
    return _of_interface(shell, words[2], words[3:], radio)


def _of_interface(shell: "Shell", name: str, asked: list[str], radio: Radio) -> int:
    machine = machine_of(shell)
    if asked == ["survey", "dump"]:
        shell.streams.write(_survey(machine, name, radio))
        return 0
    listed = stations(machine, name)
    if asked[:2] == ["station", "get"] and len(asked) == 3:
        listed = [each for each in listed if each.mac == asked[2].lower()]
        if not listed:
            shell.streams.error("command failed: No such file or directory (-2)\n")
            return 254
    elif asked != ["station", "dump"]:
        shell.streams.error(_USAGE)
        return 1
    shell.streams.write("".join(_station(each, name) for each in listed))
    return 0


def _phy(machine: "OpenWrt", radio: Radio) -> str:
    lines = [f"phy#{radio.number}"]
    for each in radio.interfaces:
        if each.name is None or machine.pending:
            continue
        lines += [
            f"\tInterface {each.name}",
            f"\t\tifindex {machine.if_index(each.name)}",
            f"\t\twdev 0x{radio.number:x}00000002",
            f"\t\taddr {machine.bssid(each.name)}",
            f"\t\tssid {_escaped(text(each.section, 'ssid'))}",
            "\t\ttype AP",
            f"\t\tchannel {radio.channel} ({radio.frequency_mhz} MHz), width: 20 MHz",
            f"\t\ttxpower {radio.power_dbm}.00 dBm",
        ]
    return "\n".join(lines) + "\n"


def _escaped(ssid: str) -> str:
    """Return an SSID as util.c prints it: octets that ASCII does not print stand in hex."""
    octets = ssid.encode()
    inner = [chr(o) if 0x20 < o < 0x7F and o != 0x5C else f"\\x{o:02x}" for o in octets]
    for place in range(1, len(octets) - 1):
        if octets[place] == 0x20:  # a space inside stands as it is
            inner[place] = " "
    return "".join(inner)


def _survey(machine: "OpenWrt", name: str, radio: Radio) -> str:
    return (
        f"Survey data from {name}\n\tfrequency:\t\t\t2412 MHz\n\tnoise:\t\t\t\t-91 dBm\n"
        f"Survey data from {name}\n\tfrequency:\t\t\t{radio.frequency_mhz} MHz [in use]\n"
        f"\tnoise:\t\t\t\t{machine.noise_dbm(name)} dBm\n"
        "\tchannel active time:\t\t147320 ms\n\tchannel busy time:\t\t18221 ms\n"
    )


def _station(station: Station, name: str) -> str:
    dbm = station.signal_dbm
    return (
        f"Station {station.mac} (on {name})\n"
        "\tinactive time:\t240 ms\n\trx bytes:\t1193120\n\trx packets:\t9120\n"
        "\ttx bytes:\t8812710\n\ttx packets:\t10433\n\ttx retries:\t118\n\ttx failed:\t2\n"
        f"\tsignal:  \t{dbm} [{dbm - 2}, {dbm - 3}] dBm\n"
        f"\tsignal avg:\t{dbm + 1} [{dbm - 1}, {dbm - 2}] dBm\n"
        f"\ttx bitrate:\t{station.tx_mbps} MBit/s VHT-MCS 5 80MHz VHT-NSS 2\n"
        f"\trx bitrate:\t{station.rx_mbps} MBit/s VHT-MCS 4 80MHz VHT-NSS 2\n"
        "\tauthorized:\tyes\n\tauthenticated:\tyes\n\tassociated:\tyes\n"
        "\tpreamble:\tshort\n\tWMM/WME:\tyes\n\tMFP:\t\tno\n\tTDLS peer:\tno\n"
        f"\tconnected time:\t{station.connected_s} seconds\n"
    )
