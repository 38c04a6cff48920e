"""What the template of a RouterOS device needs to know, from the intent and the device.

Sources: MikroTik documentation, RouterOS 7: "Bridge VLAN Table" (vlan-filtering, tagged, vlan-ids),
"RADIUS" (service, one list for the whole device), "NTP", "Log" (remote action: letters and digits
only in its name), "SNMP" (community with security=private is a user of SNMPv3), "Services".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.errors import InvalidInput
from inventory.intent import DeviceIntent, RadiusServer
from inventory.vendors.records import Record
from inventory.vendors.routeros.configuration_radios import radios_of
from inventory.vendors.routeros.configuration_wifi import Air, air_of


@dataclass(frozen=True, slots=True)
class Facts:
    """The template's values, and what a reviewer should know, in French."""

    values: Mapping[str, Any]
    notes: tuple[str, ...]


def facts_of(intent: DeviceIntent, records: Sequence[Record]) -> Facts:
    """Return what the template needs; raises InvalidInput when the intent cannot be put here."""
    notes: list[str] = []
    air = air_of(intent, records, notes)
    vlans = _vlans(air)
    bridge = _bridge(records) if air.profiles else None
    filtered = bridge is not None and bridge.options.get("vlan-filtering") == "yes"
    values = {
        "hostname": intent.hostname,
        "air": air,
        "bridge": bridge.key if bridge else "",
        "bridge_vlans": _bridge_vlans(vlans, bridge, records, air) if bridge and filtered else {},
        "radius": _radius(intent, notes),
        "radio_keys": {radio.name: radio.record.key for radio in radios_of(records)},
        "management": intent.management,
    }
    _note_management(intent, notes)
    return Facts(values, tuple(notes))


def _vlans(air: Air) -> list[int]:
    own = {profile.vlan_id for profile in air.profiles}
    keys = {key.vlan_id for profile in air.profiles for key in profile.wlan.private_keys}
    return sorted(vlan for vlan in own | keys if vlan is not None)


def _bridge(records: Sequence[Record]) -> Record:
    bridges = [record for record in records if record.package == "/interface bridge"]
    if len(bridges) == 1:
        return bridges[0]
    found = ", ".join(record.key for record in bridges) or "none"
    raise InvalidInput(
        f"the bridge that the WLANs belong to cannot be told: the device has {found}",
        todo="leave one bridge on it, with the uplink in it",
    )


def _bridge_vlans(
    vlans: Sequence[int], bridge: Record, records: Sequence[Record], air: Air
) -> dict[int, str]:
    """Return the tagged members of each VLAN: the uplink, and the interfaces that lead into it.

    A VLAN that somebody's entry already carries is left to that entry.
    """
    entries = [
        record
        for record in records
        if record.package == "/interface bridge vlan" and not record.key.startswith("preau")
    ]
    known = {vlan for entry in entries for vlan in str(entry.options.get("vlan-ids")).split(",")}
    uplink = _uplink(bridge, entries, records)
    wifi = sorted({*air.radios, *(each.name for each in air.interfaces)})
    return {vlan: ",".join([uplink, *wifi]) for vlan in vlans if str(vlan) not in known}


def _uplink(bridge: Record, entries: Sequence[Record], records: Sequence[Record]) -> str:
    ports = [
        str(record.options.get("interface"))
        for record in records
        if record.package == "/interface bridge port"
        and record.options.get("bridge") == bridge.key
        and str(record.options.get("interface")).startswith(("ether", "sfp"))
    ]
    tagged = {name for entry in entries for name in str(entry.options.get("tagged")).split(",")}
    trunks = [port for port in ports if port in tagged] or ports
    if len(trunks) == 1:
        return trunks[0]
    raise InvalidInput(
        f"the uplink cannot be told: {bridge.key} filters VLANs and has the ports "
        f"{', '.join(ports) or 'none'}",
        todo="carry one VLAN tagged on the uplink, by /interface/bridge/vlan, then plan again",
    )


def _radius(intent: DeviceIntent, notes: list[str]) -> list[RadiusServer]:
    """Return the servers of all WLANs: RouterOS has one list for everything wireless."""
    lists = {w.radius_servers: w.ssid for w in intent.wlans if w.security.enterprise}
    if len(lists) > 1:
        names = ", ".join(f"« {ssid} »" for ssid in lists.values())
        notes.append(
            f"{names} : RouterOS a une seule liste de serveurs RADIUS ; elles y sont unies"
        )
    return list(dict.fromkeys(server for servers in lists for server in servers))


def _note_management(intent: DeviceIntent, notes: list[str]) -> None:
    if intent.management.accounts:
        names = ", ".join(account.name for account in intent.management.accounts)
        notes.append(
            f"comptes {names} : aucun export de RouterOS ne les montre ; ils ne sont pas configurés"
        )
    if intent.ports:
        names = ", ".join(port.name for port in intent.ports)
        notes.append(f"ports {names} : ceux d’un appareil RouterOS ne sont pas encore configurés")
    used = {key.vlan_id for wlan in intent.wlans for key in wlan.private_keys}
    used |= {wlan.vlan_id for wlan in intent.wlans}
    unused = [f"{vlan.id} ({vlan.name})" for vlan in intent.vlans if vlan.id not in used]
    if unused:
        notes.append(f"VLAN {', '.join(unused)} : aucun réseau WiFi n’y mène, laissés de côté")
    if any(vlan.dhcp_snooping for vlan in intent.vlans):
        notes.append("DHCP snooping : il n’est pas configuré sur RouterOS")
