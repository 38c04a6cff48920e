"""The WLANs of an intent as sections of OpenWrt's wireless file.

Sources: OpenWrt user guide, "Wi-Fi /etc/config/wireless" (wifi-iface, table of WPA modes, 802.11w).
hostapd.sh (package/network/services/hostapd, 21.02 and later; network/config/wifi-scripts since
23.05): several `auth_server` share one `auth_port` and `auth_secret`; sections `wifi-station` (key,
vid, iface) become the wpa_psk_file and `wifi-vlan` (name, vid, network, iface) the vlan_file;
`owe_transition_ifname` (since 22.03) names the other half of an OWE transition pair.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inventory.errors import InvalidInput
from inventory.intent import Band, DeviceIntent, Pmf, RadiusServer, Security, Wlan
from inventory.vendors.openwrt.configuration_uci import section_name

# OpenWrt user guide, table of WPA modes; the open half of an OWE transition pair is open.
ENCRYPTION = {
    Security.OPEN: "none",
    Security.OWE: "owe",
    Security.OWE_TRANSITION: "none",
    Security.WPA2_PERSONAL: "psk2",
    Security.WPA2_WPA3_PERSONAL: "sae-mixed",
    Security.WPA3_PERSONAL: "sae",
    Security.WPA2_ENTERPRISE: "wpa2",
    Security.WPA3_ENTERPRISE: "wpa3",
}
PROTECTED_FRAMES = {Pmf.DISABLED: "0", Pmf.OPTIONAL: "1", Pmf.REQUIRED: "2"}
_MAX_SSID_OCTETS = 32


@dataclass(frozen=True, slots=True)
class Station:
    """A passphrase of its own of one BSS; `vid` None stays in the VLAN of the WLAN."""

    section: str
    secret: str
    vid: int | None


@dataclass(frozen=True, slots=True)
class StationVlan:
    """The VLAN that stations of one BSS are led to, and the network that it is."""

    section: str
    vid: int
    network: str


@dataclass(frozen=True, slots=True)
class Bss:
    """One wifi-iface section."""

    section: str
    radio: str
    network: str
    wlan: Wlan
    ssid: str
    encryption: str
    hidden: bool
    pmf: str | None
    radius: tuple[RadiusServer, ...] = ()
    ifname: str | None = None
    transition_ifname: str | None = None
    stations: tuple[Station, ...] = ()
    station_vlans: tuple[StationVlan, ...] = field(default=())


def bsses_of(intent: DeviceIntent, bands: Mapping[str, Band | None], notes: list[str]) -> list[Bss]:
    """Return the sections of all WLANs; raises InvalidInput for one that no radio here can carry.

    `bands` are those of the radios, by the name of their section.
    """
    bsses: list[Bss] = []
    for wlan in intent.wlans:
        here = [name for name, band in bands.items() if band in wlan.bands]
        if not here:
            raise InvalidInput(
                f"the access point has no radio for the WLAN {wlan.name} "
                f"({', '.join(wlan.bands)} GHz)",
                todo="change the WLAN's bands or take it away from this device",
            )
        absent = sorted(set(wlan.bands) - {bands[name] for name in here})
        if absent:
            notes.append(f"« {wlan.ssid} » : aucune radio à {', '.join(absent)} GHz sur la borne")
        if any(key.vlan_id for key in wlan.private_keys):
            # wpad-basic is built without VLANs: it would leave every key in the WLAN's own.
            notes.append(
                f"« {wlan.ssid} » : les VLAN de ses clefs demandent le paquet wpad complet"
            )
        radius = _radius(wlan, notes) if wlan.security.enterprise else ()
        for radio in here:
            bsses += _of_radio(wlan, radio, intent.management_vlan or 1, radius)
    _refuse_twins(bsses)
    return bsses


def network_of(vlan: int, management_vlan: int) -> str:
    """Return the name of the network of a VLAN; the management VLAN is the device's own `lan`."""
    return "lan" if vlan == management_vlan else f"preau_v{vlan}"


def _of_radio(
    wlan: Wlan, radio: str, management_vlan: int, radius: tuple[RadiusServer, ...]
) -> list[Bss]:
    secured = wlan.security not in {Security.OPEN, Security.OWE_TRANSITION}
    pmf = PROTECTED_FRAMES[wlan.pmf_mode] if secured and wlan.pmf_mode else None
    main = Bss(
        section=section_name("preau", wlan.name, radio),
        radio=radio,
        network=network_of(wlan.vlan_id, management_vlan),
        wlan=wlan,
        ssid=wlan.ssid,
        encryption=ENCRYPTION[wlan.security],
        hidden=wlan.hidden,
        pmf=pmf,
        radius=radius,
        ifname=_ifname(wlan, radio, "o"),
        transition_ifname=_ifname(wlan, radio, "e"),
        stations=_stations(wlan, radio),
        station_vlans=_station_vlans(wlan, radio, management_vlan),
    )
    if wlan.security is not Security.OWE_TRANSITION:
        return [main]
    encrypted = Bss(
        section=section_name("preau", wlan.name, radio, "owe"),
        radio=radio,
        network=main.network,
        wlan=wlan,
        ssid=_transition_ssid(wlan.ssid),
        encryption=ENCRYPTION[Security.OWE],
        hidden=True,
        pmf=PROTECTED_FRAMES[Pmf.REQUIRED],
        ifname=main.transition_ifname,
        transition_ifname=main.ifname,
    )
    return [main, encrypted]


def _ifname(wlan: Wlan, radio: str, half: str) -> str | None:
    """Return the name that the halves of a transition pair know each other by, else None.

    The kernel takes 15 characters (IFNAMSIZ); other interfaces keep the name that netifd gives.
    """
    if wlan.security is not Security.OWE_TRANSITION:
        return None
    return f"pr{zlib.crc32(f'{wlan.name}/{radio}'.encode()):08x}{half}"


def _transition_ssid(ssid: str) -> str:
    kept = ssid.encode()[: _MAX_SSID_OCTETS - 4].decode(errors="ignore")
    return f"{kept}_OWE"


def _stations(wlan: Wlan, radio: str) -> tuple[Station, ...]:
    return tuple(
        Station(
            section_name("preau_key", wlan.name, key.name, radio),
            key.passphrase_secret,
            key.vlan_id if key.vlan_id != wlan.vlan_id else None,
        )
        for key in wlan.private_keys
    )


def _station_vlans(wlan: Wlan, radio: str, management_vlan: int) -> tuple[StationVlan, ...]:
    vids = sorted({key.vlan_id for key in wlan.private_keys if key.vlan_id} - {wlan.vlan_id})
    return tuple(
        StationVlan(
            section_name("preau_vlan", wlan.name, str(vid), radio),
            vid,
            network_of(vid, management_vlan),
        )
        for vid in vids
    )


def _refuse_twins(bsses: Sequence[Bss]) -> None:
    seen: dict[str, str] = {}
    for bss in bsses:
        stations = [station.section for station in bss.stations]
        vlans = [vlan.section for vlan in bss.station_vlans]
        for section in (bss.section, *stations, *vlans):
            other = seen.setdefault(section, bss.wlan.name)
            if other != bss.wlan.name:
                raise InvalidInput(
                    f"the WLANs {other} and {bss.wlan.name} would have one section name",
                    todo="rename one of them: - and _ are the same here",
                )


def _radius(wlan: Wlan, notes: list[str]) -> tuple[RadiusServer, ...]:
    first = wlan.radius_servers[0]
    same = tuple(
        server
        for server in wlan.radius_servers
        if (server.port, server.secret_name) == (first.port, first.secret_name)
    )
    if len(same) < len(wlan.radius_servers):
        notes.append(
            f"« {wlan.ssid} » : OpenWrt n’accepte qu’un port et un secret RADIUS par réseau ; "
            f"seuls les serveurs qui partagent ceux de {first.host} sont configurés"
        )
    return same
