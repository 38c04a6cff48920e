"""The WLANs of an intent as sections of hostapd's files.

Source: hostapd 2.10, `hostapd.conf` as delivered: "IEEE 802.11 related configuration" (ssid,
ap_isolate, ignore_broadcast_ssid), "WPA/IEEE 802.11i configuration" (wpa, wpa_key_mgmt,
rsn_pairwise, ieee80211w, sae_pwe, wpa_psk_file, owe_transition_ifname), "RADIUS client
configuration" (each auth_server_addr begins one more server), "Dynamic VLAN mode" (dynamic_vlan,
vlan_bridge). WPA3 Specification 3.3, 2.3 (WPA3-Personal: SAE alone) and 3.3 (WPA3-Enterprise: the
SHA-256 key management, management frames protected).
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.errors import InvalidInput
from inventory.intent import Band, DeviceIntent, Pmf, Security, Wlan
from inventory.vendors.hostapd_linux.configuration_text import FOLDER, KEYS, OURS
from inventory.vendors.records import Record

KEY_MANAGEMENT = {
    Security.OWE: "OWE",
    Security.WPA2_PERSONAL: "WPA-PSK",
    Security.WPA2_WPA3_PERSONAL: "WPA-PSK SAE",
    Security.WPA3_PERSONAL: "SAE",
    Security.WPA2_ENTERPRISE: "WPA-EAP",
    Security.WPA3_ENTERPRISE: "WPA-EAP-SHA256",
}
PROTECTED_FRAMES = {Pmf.DISABLED: "0", Pmf.OPTIONAL: "1", Pmf.REQUIRED: "2"}
_MAX_SSID_OCTETS = 32
_OWE_HALF = "/owe"  # how the mark of the hidden half of a transition pair ends


@dataclass(frozen=True, slots=True)
class Network:
    """One BSS. `mark` is what tells that it is ours, and whose; `keys` are its passphrases."""

    mark: str
    options: Mapping[str, str]
    keys: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Bridges:
    """Where the frames of a VLAN go: `own` is the bridge of the management VLAN, if any."""

    management_vlan: int
    own: str | None

    def of(self, vlan_id: int, ssid: str) -> str:
        """Return the bridge of a VLAN; raises InvalidInput where there is none."""
        if vlan_id != self.management_vlan:
            return f"br-v{vlan_id}"
        if self.own is None:
            raise InvalidInput(
                f"« {ssid} » is in the management VLAN, and the machine has no bridge on it",
                todo="give the WLAN a VLAN of its own, or the machine a bridge over its uplink",
            )
        return self.own


def bss_name(radio: str, mark: str) -> str:
    """Return the interface of one more network; the kernel takes 15 characters (IFNAMSIZ)."""
    return f"{radio[:8]}-{zlib.crc32(mark.encode()):08x}"[:15]


def networks_of(
    intent: DeviceIntent, radio: str, band: Band, bridges: Bridges, taken: Sequence[str]
) -> list[tuple[str, Network]]:
    """Return (interface, network) of each WLAN on one radio.

    `taken` says by its one entry which mark has the radio's first interface: a WLAN's, or that of
    somebody else (an empty one); no entry: the first WLAN takes it.
    """
    wanted = [
        network
        for wlan in intent.wlans
        if band in wlan.bands
        for network in _networks(wlan, bridges)
    ]
    marks = [network.mark for network in wanted]
    first = taken[0] if taken and (taken[0] == "" or taken[0] in marks) else next(iter(marks), "")
    names = {mark: radio if mark == first else bss_name(radio, mark) for mark in marks}
    return [(names[network.mark], _with_names(network, names)) for network in wanted]


def _with_names(network: Network, names: Mapping[str, str]) -> Network:
    """Return a network with the names of interfaces that its options speak of."""
    options = dict(network.options)
    if "owe_transition_ifname" in options:
        options["owe_transition_ifname"] = names[options["owe_transition_ifname"]]
    if network.keys:
        options["wpa_psk_file"] = f"{FOLDER}/{names[network.mark]}.psk"
    return Network(network.mark, options, network.keys)


def key_records(radio: str, interface: str, network: Network) -> list[Record]:
    """Return the lines of a network's file of passphrases."""
    package = f"{KEYS}{radio}/{interface}"
    return [
        Record(
            package,
            "key",
            key["name"],
            f"{package}.{key['name']}",
            {name: value for name, value in key.items() if name != "name"},
        )
        for key in network.keys
    ]


def _networks(wlan: Wlan, bridges: Bridges) -> list[Network]:
    bridge = bridges.of(wlan.vlan_id, wlan.ssid)
    main = {
        OURS: wlan.name,
        "ssid": wlan.ssid,
        "utf8_ssid": "1",
        "bridge": bridge,
        "auth_algs": "1",
        "ignore_broadcast_ssid": "1" if wlan.hidden else "0",
        "ap_isolate": "1" if wlan.client_isolation else "0",
    }
    if wlan.security is not Security.OWE_TRANSITION:
        return [Network(wlan.name, main | _protection(wlan), _keys(wlan))]
    half = wlan.name + _OWE_HALF
    hidden = {
        **main,
        OURS: half,
        "ssid": _transition_ssid(wlan.ssid),
        "ignore_broadcast_ssid": "1",
        **_rsn(KEY_MANAGEMENT[Security.OWE], Pmf.REQUIRED),
        "owe_transition_ifname": wlan.name,
    }
    return [Network(wlan.name, main | {"owe_transition_ifname": half}), Network(half, hidden)]


def _transition_ssid(ssid: str) -> str:
    kept = ssid.encode()[: _MAX_SSID_OCTETS - 4].decode(errors="ignore")
    return f"{kept}_OWE"


def _rsn(key_management: str, pmf: Pmf | None) -> dict[str, str]:
    options = {"wpa": "2", "wpa_key_mgmt": key_management, "rsn_pairwise": "CCMP"}
    return options | ({"ieee80211w": PROTECTED_FRAMES[pmf]} if pmf else {})


def _protection(wlan: Wlan) -> dict[str, str]:
    if wlan.security is Security.OPEN:
        return {}
    options = _rsn(KEY_MANAGEMENT[wlan.security], wlan.pmf_mode)
    if wlan.security.personal and wlan.passphrase_secret:
        options["wpa_passphrase"] = f"‹secret:{wlan.passphrase_secret}›"
    if "SAE" in options["wpa_key_mgmt"]:
        options |= {"sae_pwe": "2", "sae_require_mfp": "1"}
    if wlan.security.enterprise:
        options["ieee8021x"] = "1"
        for turn, server in enumerate(wlan.radius_servers, 1):
            mark = "" if turn == 1 else f"#{turn}"
            options |= {
                f"auth_server_addr{mark}": server.host,
                f"auth_server_port{mark}": str(server.port),
                f"auth_server_shared_secret{mark}": f"‹secret:{server.secret_name}›",
            }
    if any(key.vlan_id not in {None, wlan.vlan_id} for key in wlan.private_keys):
        options |= {"dynamic_vlan": "1", "vlan_bridge": "br-v"}
    return options


def _keys(wlan: Wlan) -> tuple[Mapping[str, str], ...]:
    return tuple(
        {
            "name": key.name,
            **({"vlanid": str(key.vlan_id)} if key.vlan_id not in {None, wlan.vlan_id} else {}),
            "passphrase": f"‹secret:{key.passphrase_secret}›",
        }
        for key in wlan.private_keys
    )
