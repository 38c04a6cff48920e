"""Access points whose radios Linux runs: what `iw` and hostapd's own configuration tell.

Sources: iw 5.19 (`iw dev`, `iw dev IF station dump`, `iw dev IF survey dump`: info.c, station.c,
survey.c), hostapd 2.10 (`hostapd.conf` as delivered, commented). Of the configuration only lines
without a secret are asked for: what stands behind `wpa_passphrase=` never leaves the device.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from inventory.observation import Wlan
from inventory.vendors.protection import label
from inventory.vendors.support import Ask, Reading, WirelessClient, mac_of, written_mac

_ASKED = (
    "interface|bss|ssid|ssid2|bssid|wpa|wpa_key_mgmt|wpa_pairwise|ieee8021x|ieee80211w"
    "|ap_isolate|ignore_broadcast_ssid|owe_transition_ifname|owe_transition_bssid"
)
_PMF = {"0": "disabled", "1": "optional", "2": "required"}
_AKMS = {
    "wpa-psk": "psk",
    "wpa-psk-sha256": "psk-sha256",
    "ft-psk": "ft-psk",
    "sae": "sae",
    "sae-ext-key": "sae-ext",
    "ft-sae": "ft-sae",
    "ft-sae-ext-key": "ft-sae",
    "wpa-eap": "eap",
    "wpa-eap-sha256": "eap-sha256",
    "ft-eap": "ft-eap",
    "ft-eap-sha384": "ft-eap-sha384",
    "wpa-eap-suite-b": "suite-b",
    "wpa-eap-suite-b-192": "suite-b-192",
    "owe": "owe",
}


@dataclass(frozen=True, slots=True)
class AirInterface:
    """One interface of `iw dev` that serves clients."""

    name: str
    phy: int
    bssid: str | None = None
    ssid: str | None = None
    channel: int | None = None


def clients(
    mac: str | None, *, radio: Callable[[AirInterface], str]
) -> Reading[tuple[WirelessClient, ...]]:
    """Ask each serving interface for its stations, and who has which address; `radio` names one."""
    interfaces = air_interfaces((yield Ask("iw dev")))
    # An access point that is a bridge knows few addresses; what it knows costs one command.
    known = addresses((yield Ask("cat /tmp/dhcp.leases /proc/net/arp", may_fail=True)))
    found: list[WirelessClient] = []
    for each in interfaces:
        if mac is None:
            dump = yield Ask(f"iw dev {each.name} station dump")
        else:
            dump = yield Ask(f"iw dev {each.name} station get {written_mac(mac)}", may_fail=True)
        listed = list(_stations(dump))
        if not listed:
            continue
        noise_dbm = _noise((yield Ask(f"iw dev {each.name} survey dump", may_fail=True)))
        for station, facts in listed:
            client = _client(station, facts, noise_dbm)
            ip, hostname = known.get(station, (None, None))
            found.append(
                replace(
                    client,
                    ssid=each.ssid,
                    bssid=each.bssid,
                    radio=radio(each),
                    channel=each.channel,
                    ip=ip,
                    hostname=hostname,
                )
            )
    return tuple(found)


def wlans(files: str, *, radio: Callable[[AirInterface], str]) -> Reading[tuple[Wlan, ...]]:
    """Ask what hostapd runs, in the files that a shell pattern names."""
    on_air = {each.name: each for each in air_interfaces((yield Ask("iw dev")))}
    pattern = f"^(wep_key[0-3]=|({_ASKED})=.*)"
    text = yield Ask(f"grep -oHE '{pattern}' {files}", may_fail=True)
    return tuple(
        _wlan(settings, each, radio(each))
        for settings in networks(text)
        # What stands in a file and is not on the air is not what runs.
        if (each := on_air.get(settings.get("interface", "")))
    )


def air_interfaces(text: str) -> tuple[AirInterface, ...]:
    """Return the serving interfaces that `iw dev` lists."""
    found: list[AirInterface] = []
    for block in re.split(r"(?m)^(?=phy#\d+)", text):
        phy = re.match(r"phy#(\d+)", block)
        for part in re.split(r"(?m)^\s+(?=Interface )", block)[1:] if phy else ():
            facts = dict(re.findall(r"(?m)^\s+(addr|ssid|type|channel) (.*)$", part))
            if phy is None or facts.get("type") not in {"AP", "AP/VLAN"}:
                continue
            number = re.match(r"\d+", facts.get("channel", ""))
            found.append(
                AirInterface(
                    name=part.split()[1],
                    phy=int(phy[1]),
                    bssid=mac_of(facts.get("addr", "")),
                    ssid=unescaped(facts["ssid"]) if "ssid" in facts else None,
                    channel=int(number[0]) if number else None,
                )
            )
    return tuple(found)


def unescaped(written: str) -> str:
    r"""Return an SSID that iw wrote with `\xNN` for each octet that ASCII does not print."""
    octets = re.sub(
        rb"\\x([0-9a-fA-F]{2})",
        lambda match: bytes.fromhex(match[1].decode()),
        written.encode(),
    )
    return octets.decode("utf-8", errors="replace")


def addresses(text: str) -> dict[str, tuple[str, str | None]]:
    """Return (IP address, host name) by hardware address, from leases and /proc/net/arp.

    A lease is `expiry MAC IP name id` (dnsmasq, lease file); `*` stands for no name.
    """
    found: dict[str, tuple[str, str | None]] = {}
    for words in (line.split() for line in text.splitlines()):
        if len(words) >= 4 and words[0].isdigit() and (mac := mac_of(words[1])):
            found[mac] = (words[2], words[3] if words[3] != "*" else None)
        elif len(words) == 6 and words[1].startswith("0x") and (mac := mac_of(words[3])):
            found.setdefault(mac, (words[0], None))
    return found


def networks(text: str) -> Iterator[Mapping[str, str]]:
    """Yield the settings of each network in hostapd's files, as `path:key=value` lines tell them.

    In a file, `bss=` begins one more network; what stood before is the first one's.
    """
    files: dict[str, list[dict[str, str]]] = {}
    for line in text.splitlines():
        path, _, setting = line.partition(":")
        key, equals, value = setting.partition("=")
        if not equals:
            continue
        listed = files.setdefault(path, [{}])
        if key == "bss":
            listed.append({})
            key = "interface"
        listed[-1]["wep" if key.startswith("wep_key") else key] = value
    yield from (settings for listed in files.values() for settings in listed)


def _wlan(settings: Mapping[str, str], on_air: AirInterface, radio: str) -> Wlan:
    bits = int(settings.get("wpa", "0")) if settings.get("wpa", "0").isdecimal() else 0
    words = settings.get("wpa_key_mgmt", "WPA-PSK").lower().split() if bits else []
    akms = {_AKMS.get(word, word) for word in words}
    pmf = _PMF.get(settings.get("ieee80211w", "0").strip())
    protection = label(
        akms, wep="wep" in settings, wpa1=bool(bits & 1), rsn=bool(bits & 2), pmf=pmf
    )
    if protection in {"open", "owe"} and any(key.startswith("owe_transition") for key in settings):
        protection = "owe_transition"
    return Wlan(
        ssid=_ssid(settings) or on_air.ssid or "",
        bssid=on_air.bssid,
        radio=radio,
        security=protection,
        pmf=pmf if bits else None,
        hidden=settings.get("ignore_broadcast_ssid", "0").strip() != "0",
        isolated=settings.get("ap_isolate", "0").strip() == "1",
    )


def _ssid(settings: Mapping[str, str]) -> str | None:
    quoted = re.fullmatch(r'"(.*)"', settings.get("ssid2", ""))
    return settings.get("ssid") or (quoted[1] if quoted else None)


def _stations(text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for block in re.split(r"(?m)^(?=Station )", text):
        head = re.match(r"Station ([0-9a-fA-F:]{17}) ", block)
        mac = mac_of(head[1]) if head else None
        if mac is None:
            continue
        facts: dict[str, str] = {}
        for line in block.splitlines()[1:]:
            name, colon, value = line.strip().partition(":")
            if colon:
                facts.setdefault(name, value.strip())  # the links of an MLO station come later
        yield mac, facts


def _client(mac: str, facts: Mapping[str, str], noise_dbm: float | None) -> WirelessClient:
    rssi_dbm = _number(facts.get("signal"))
    told = {"yes": True, "no": False}
    return WirelessClient(
        mac=mac,
        rssi_dbm=rssi_dbm,
        snr_db=rssi_dbm - noise_dbm if rssi_dbm is not None and noise_dbm is not None else None,
        tx_rate_bps=_rate(facts.get("tx bitrate")),
        rx_rate_bps=_rate(facts.get("rx bitrate")),
        connected_s=_number(facts.get("connected time")),
        state=_state(facts),
        authorised=told.get(facts.get("authorized", "")),
        protected_frames=told.get(facts.get("MFP", "")),
    )


def _state(facts: Mapping[str, str]) -> str | None:
    """Return the last step that the station reached (nl80211 station flags)."""
    for step in ("authorized", "associated", "authenticated"):
        if facts.get(step) == "yes":
            return step
    return None


def _number(written: str | None) -> float | None:
    found = re.match(r"-?\d+(?:\.\d+)?", written or "")
    return float(found[0]) if found else None


def _rate(written: str | None) -> float | None:
    found = re.match(r"(\d+(?:\.\d+)?) MBit/s", written or "")
    return float(found[1]) * 1e6 if found else None


def _noise(text: str) -> float | None:
    """Return the noise of the channel in use, in dBm."""
    for block in re.split(r"(?m)^Survey data from ", text):
        if "[in use]" in block and (found := re.search(r"noise:\s*(-?\d+) dBm", block)):
            return float(found[1])
    return None
