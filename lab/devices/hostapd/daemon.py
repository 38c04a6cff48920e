"""One hostapd: what it makes of its file, and in which words it refuses one.

The words are those that hostapd 2.10 of Debian 12 says when it is run on such files (README.md).
Errors of single lines are all told, then the whole is checked, as hostapd_config_read does.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lab.devices.hostapd.items import ITEMS
from lab.posix.filesystem import FileError, FileSystem

_MODES = {"a", "b", "g", "ad", "any"}
_AKMS = {
    *("WPA-PSK", "WPA-EAP", "WPA-PSK-SHA256", "WPA-EAP-SHA256", "WPA-EAP-SUITE-B"),
    *("WPA-EAP-SUITE-B-192", "FT-PSK", "FT-EAP", "SAE", "FT-SAE", "OWE", "NONE"),
}
_SHARED = {"WPA-PSK", "WPA-PSK-SHA256", "FT-PSK"}
_CIPHERS = {"CCMP", "TKIP", "GCMP", "CCMP-256", "GCMP-256", "NONE"}
_OF_A_SERVER = {"auth_server_port", "auth_server_shared_secret"}
_SIX_GHZ = range(131, 138)  # the operating classes of 6 GHz (IEEE 802.11-2020, annex E)
_MOST_OCTETS_OF_A_NAME = 15  # IFNAMSIZ
_MAC = re.compile(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")
_DFS = range(52, 145)


class Refused(Exception):
    """hostapd does not start; the text is what it says, without how it ends."""


@dataclass
class Network:
    """One BSS: its interface and its own items; a repeated one has several values."""

    interface: str
    items: dict[str, list[str]] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """Return the last value of an item."""
        return self.items.get(name, [default])[-1]

    @property
    def key_management(self) -> set[str]:
        """Return the AKM suites; a file that names none means WPA-PSK."""
        return set(self.get("wpa_key_mgmt", "WPA-PSK").split()) if self.protected else set()

    @property
    def protected(self) -> bool:
        """Whether the network asks for WPA or RSN."""
        return self.get("wpa", "0") != "0"

    @property
    def ssid(self) -> str:
        """Return its SSID."""
        return self.get("ssid")


@dataclass
class Served:
    """A file as hostapd has read it: the networks of one radio, the first with its items too."""

    text: str
    networks: list[Network]

    @property
    def radio(self) -> Network:
        """Return the first network, in whose part the radio's items stand."""
        return self.networks[0]

    @property
    def channel(self) -> int:
        """Return the channel; 0: hostapd chooses."""
        told = self.radio.get("channel", "0")
        return int(told) if told.isdecimal() else 0

    @property
    def six_ghz(self) -> bool:
        """Whether the radio is to serve 6 GHz."""
        told = self.radio.get("op_class", "0")
        return told.isdecimal() and int(told) in _SIX_GHZ

    @property
    def listens_first(self) -> bool:
        """Whether the channel must be listened to for a minute before (CAC)."""
        return self.radio.get("hw_mode") == "a" and not self.six_ghz and self.channel in _DFS


def read(path: str, files: FileSystem, refuses: Callable[[str], bool]) -> Served:
    """Return what a file says; raises Refused. `refuses`: lines that this build does not know."""
    try:
        text = files.read(path)
    except FileError:
        raise Refused(f"Could not open configuration file '{path}' for reading.") from None
    reading = _Reading(refuses)
    for number, line in enumerate(text.splitlines(), 1):
        reading.line(number, line)
    errors = [*reading.errors, *_whole(reading.networks)]
    if errors:
        raise Refused(
            "\n".join([*errors, f"{len(errors)} errors found in configuration file '{path}'"])
        )
    return Served(text, reading.networks)


class _Reading:
    def __init__(self, refuses: Callable[[str], bool]) -> None:
        self.networks = [Network("")]
        self.errors: list[str] = []
        self._refuses = refuses

    def line(self, number: int, line: str) -> None:
        if not line.strip() or line.startswith("#"):
            return
        name, equals, value = line.partition("=")
        if not equals:
            self.errors.append(f"Line {number}: invalid line '{line}'")
            return
        problem = self._problem(name, value, line)
        if problem:
            self.errors.append(f"Line {number}: {problem}")
        elif name == "interface":
            self.networks[0].interface = value
        elif name == "bss":
            self.networks.append(Network(value))
        else:
            self.networks[-1].items.setdefault(name, []).append(value)

    def _problem(self, name: str, value: str, line: str) -> str | None:
        """Return what is wrong with one item by itself."""
        before = self.networks[-1].items
        unknown = name not in ITEMS or self._refuses(line)
        if unknown or (name in _OF_A_SERVER and "auth_server_addr" not in before):
            return f"unknown configuration item '{name}'"
        checks: dict[str, Callable[[str], str | None]] = {
            "hw_mode": lambda v: None if v in _MODES else f"unknown hw_mode '{v}'",
            "wpa_key_mgmt": lambda v: _first(v, _AKMS, "invalid key_mgmt '{}'"),
            "rsn_pairwise": lambda v: _first(v, _CIPHERS, "invalid cipher '{}'."),
            "wpa_pairwise": lambda v: _first(v, _CIPHERS, "invalid cipher '{}'."),
            "wpa_passphrase": _passphrase,
            "ssid": lambda v: None if 1 <= len(v.encode()) <= 32 else f"invalid SSID '{v}'",
            "country_code": _country,
            "auth_server_addr": _address,
            "auth_server_shared_secret": lambda v: (
                None if v else "empty shared secret is not allowed"
            ),
            "bss": lambda v: None if v else "invalid bss item",
            "beacon_int": _beacon,
        }
        return checks[name](value) if name in checks else None


def _first(value: str, known: set[str], words: str) -> str | None:
    return next((words.format(word) for word in value.split() if word not in known), None)


def _passphrase(value: str) -> str | None:
    size = len(value.encode())
    return None if 8 <= size <= 63 else f"invalid WPA passphrase length {size} (expected 8..63)"


def _country(value: str) -> str | None:
    return None if re.fullmatch("[A-Z]{2}", value) else f"Invalid country_code '{value}'"


def _address(value: str) -> str | None:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return f"invalid IP address '{value}'"
    return None


def _beacon(value: str) -> str | None:
    fits = value.isdecimal() and 10 <= int(value) <= 65535
    return None if fits else f"invalid beacon_int {value} (expected 10..65535)"


def _whole(networks: list[Network]) -> list[str]:
    """Return what is wrong with the file as a whole."""
    radio = networks[0]
    found = []
    if radio.get("ieee80211d", "0") == "1" and not radio.get("country_code"):
        found.append("Cannot enable IEEE 802.11d without setting the country_code")
    if radio.get("ieee80211h", "0") == "1" and radio.get("ieee80211d", "0") != "1":
        found.append("Cannot enable IEEE 802.11h without IEEE 802.11d enabled")
    six_ghz = Served("", networks).six_ghz
    for each in networks:
        if each.get("ieee8021x", "0") == "1" and not each.get("auth_server_addr"):
            found.append("Invalid IEEE 802.1X configuration (no EAP authenticator configured).")
        keys = ("wpa_psk", "wpa_passphrase", "wpa_psk_file")
        if each.key_management & _SHARED and not any(each.get(key) for key in keys):
            found.append("WPA-PSK enabled, but PSK or passphrase is not configured.")
        if six_ghz and each.key_management & _SHARED:
            found.append("Invalid AKM suite for 6 GHz")
    return found


def refuse_keys(served: Served, files: FileSystem) -> None:
    """Raise Refused for a file of passphrases that is not there or does not hold."""
    for path in (each.get("wpa_psk_file") for each in served.networks):
        if not path:
            continue
        if not files.is_file(path):
            raise Refused(f"WPA PSK file '{path}' not found.\nWPA-PSK setup failed.")
        for number, line in enumerate(files.read(path).splitlines(), 1):
            problem = _key_problem(line)
            if problem:
                raise Refused(f"{problem} on line {number} in '{path}'\nWPA-PSK setup failed.")


def _key_problem(line: str) -> str | None:
    if not line or line.startswith("#"):
        return None
    words = line.split(" ")
    while words and "=" in words[0]:
        option = words.pop(0)
        if option.partition("=")[0] not in {"keyid", "vlanid", "wps"}:
            return f"Unrecognized '{option}'"
    if not words or not _MAC.fullmatch(words[0]):
        return f"Invalid MAC address '{words[0] if words else ''}'"
    key = " ".join(words[1:])
    if not key:
        return "No PSK"
    return None if 8 <= len(key.encode()) <= 63 else f"Invalid PSK '{key}'"


def refuse_names(served: Served, taken: set[str]) -> None:
    """Raise Refused for the interface of a further network that the kernel does not make."""
    seen = {served.radio.interface} | taken
    for each in served.networks[1:]:
        if each.interface in seen or len(each.interface) > _MOST_OCTETS_OF_A_NAME:
            raise Refused("Failed to add BSS (BSSID=00:00:00:00:00:01)")
        seen.add(each.interface)
