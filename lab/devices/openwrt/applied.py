"""What the access point really does: the configuration as last applied, and what follows from it.

OpenWrt user guide, "Network configuration" (devices, bridge VLAN filtering) and "Wireless
configuration" (wifi-device, wifi-iface, encryption modes). Names of interfaces: phy0-ap0, 23.05.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from lab.devices.openwrt.uci_text import Package, Section

ENCRYPTIONS = {
    *("none", "owe", "psk", "psk2", "psk-mixed", "sae", "sae-mixed"),
    *("wpa", "wpa2", "wpa3", "wpa3-mixed"),
}
CHANNELS_2G = frozenset(range(1, 14))
CHANNELS_5G = frozenset([*range(36, 65, 4), *range(100, 141, 4)])
WORLD_DEFAULT_MHZ = {"2g": 20, "5g": 20}


def text(section: Section, option: str, default: str = "") -> str:
    """Return an option's text; a list gives its words."""
    value = section.options.get(option, default)
    return value if isinstance(value, str) else " ".join(value)


def words(section: Section, option: str) -> list[str]:
    """Return an option as a list, whether written as a list or as words."""
    value = section.options.get(option, [])
    return value.split() if isinstance(value, str) else list(value)


def is_true(section: Section, option: str) -> bool:
    """Whether a boolean option is set."""
    return text(section, option) in {"1", "on", "true", "yes", "enabled"}


@dataclass(frozen=True)
class WifiInterface:
    """One wifi-iface that belongs to a radio; `name` is None while it is not up."""

    section: Section
    name: str | None


@dataclass
class Radio:
    """One wifi-device."""

    section: Section
    number: int
    disabled: bool
    failed: bool
    stopped: bool = False
    """Whether `wifi down` took it off the air, until it is brought up again."""
    interfaces: list[WifiInterface] = field(default_factory=list)

    @property
    def up(self) -> bool:
        """Whether the radio sends."""
        return not self.disabled and not self.failed and not self.stopped

    @property
    def band(self) -> str:
        """Return 2g or 5g."""
        return text(self.section, "band", "2g")

    @property
    def channel(self) -> int:
        """Return the channel in use; `auto` takes the first that is free."""
        wanted = text(self.section, "channel", "auto")
        return int(wanted) if wanted.isdecimal() else {"2g": 6, "5g": 44}.get(self.band, 6)

    @property
    def frequency_mhz(self) -> int:
        """Return the centre of the channel (IEEE 802.11-2020, 17.3.8.4.2 and annex E)."""
        return 2407 + 5 * self.channel if self.band == "2g" else 5000 + 5 * self.channel

    @property
    def power_dbm(self) -> int:
        """Return the transmit power."""
        wanted = text(self.section, "txpower")
        limit = 20 if self.band == "2g" else 23
        return min(int(wanted), limit) if wanted.isdecimal() else limit


def radios(wireless: Package, stopped: Collection[str] = ()) -> list[Radio]:
    """Return the radios with their interfaces, as hostapd brings them up."""
    found = []
    for section in wireless.of_type("wifi-device"):
        digits = section.name.removeprefix("radio")
        if not digits.isdecimal():
            continue
        number = int(digits)
        own = [i for i in wireless.of_type("wifi-iface") if text(i, "device") == section.name]
        wanted = [i for i in own if not is_true(i, "disabled")]
        radio = Radio(section, number, is_true(section, "disabled"), failed=False)
        radio.stopped = section.name in stopped
        radio.failed = not radio.disabled and not _can_start(radio, wanted)
        for place, interface in enumerate(wanted):
            chosen = text(interface, "ifname") or f"phy{number}-ap{place}"
            name = chosen if radio.up else None
            radio.interfaces.append(WifiInterface(interface, name))
        found.append(radio)
    return found


def _can_start(radio: Radio, interfaces: Iterable[Section]) -> bool:
    """Whether hostapd takes the configuration: one wrong interface fails its whole radio."""
    wanted = text(radio.section, "channel", "auto")
    allowed = CHANNELS_2G if radio.band == "2g" else CHANNELS_5G
    if wanted != "auto" and not (wanted.isdecimal() and int(wanted) in allowed):
        return False
    return all(_interface_is_valid(interface) for interface in interfaces)


def _interface_is_valid(interface: Section) -> bool:
    encryption = text(interface, "encryption", "none").split("+")[0]
    key = text(interface, "key")
    if encryption not in ENCRYPTIONS or not 1 <= len(text(interface, "ssid").encode()) <= 32:
        return False
    if encryption.startswith(("psk", "sae")):
        return 8 <= len(key) <= 63 or (len(key) == 64 and encryption.startswith("psk"))
    if encryption.startswith("wpa"):
        return bool(text(interface, "auth_server") or text(interface, "server"))
    return True


def management_path(network: Package, host: str) -> tuple[bool, int | None]:
    """Return whether the lan interface has its address on the wire, and with which VLAN tag."""
    lan = network.section("lan")
    if lan is None or lan.type != "interface" or text(lan, "auto") == "0":
        return False, None
    if is_true(lan, "disabled"):
        return False, None
    address = text(lan, "ipaddr").split("/")[0]
    if text(lan, "proto") != "dhcp" and (text(lan, "proto") != "static" or address != host):
        return False, None
    base, _, tag = text(lan, "device").partition(".")
    vid = int(tag) if tag.isdecimal() else None
    if base == "eth0":
        return True, vid
    return _through_bridge(network, base, vid)


def _through_bridge(network: Package, base: str, vid: int | None) -> tuple[bool, int | None]:
    bridges = [d for d in network.of_type("device") if text(d, "name") == base]
    if not any(text(b, "type") == "bridge" and "eth0" in words(b, "ports") for b in bridges):
        return False, None
    filtered = [v for v in network.of_type("bridge-vlan") if text(v, "device") == base]
    if not filtered:
        return True, vid
    # With VLAN filtering on, the bridge device itself carries no untagged traffic any more.
    for vlan in filtered:
        if vid is None or text(vlan, "vlan") != str(vid):
            continue
        for port in words(vlan, "ports"):
            name, _, flags = port.partition(":")
            if name == "eth0":
                return True, vid if "t" in flags else None
    return False, None


def vlan_devices(network: Package) -> list[str]:
    """Return the names of VLAN devices that interfaces use, as br-lan.10."""
    used = {text(i, "device") for i in network.of_type("interface") if not is_true(i, "disabled")}
    named = {text(d, "name") for d in network.of_type("device") if text(d, "type") == "8021q"}
    return sorted(name for name in used | named if "." in name)
