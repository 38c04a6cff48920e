"""How the VLANs of WLANs reach the uplink of an OpenWrt device.

Source: OpenWrt user guide, "Network configuration" (device types `8021q` and `bridge`) and
"Converting to DSA" (`bridge-vlan`: device, vlan, ports with `:t` and `:u*`). A plain `lan` gets a
tagged device on its only port, and a bridge for it. A bridge that filters VLANs carries them
itself: each VLAN needs a `bridge-vlan`, and its interface is `<bridge>.<vlan>`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from inventory.errors import InvalidInput
from inventory.vendors.records import Record


@dataclass(frozen=True, slots=True)
class Uplink:
    """The port behind `lan`, and the bridge where it filters VLANs.

    `carried` are the VLANs that somebody's own sections already lead to the port.
    """

    port: str = ""
    filtering_bridge: str | None = None
    carried: frozenset[int] = field(default=frozenset())


def uplink_of(records: Sequence[Record], vlans: Sequence[int]) -> Uplink:
    """Return the uplink; raises InvalidInput where it cannot be told, or does not take a VLAN."""
    network = [record for record in records if record.package == "network"]
    lan = next((r for r in network if r.kind == "interface" and r.key == "lan"), None)
    device = str(lan.options.get("device", lan.options.get("ifname", ""))) if lan else ""
    if not device:
        raise InvalidInput(
            "the uplink of the access point cannot be told: its network has no `lan`",
            todo="name the interface of its management `lan`",
        )
    base = device.partition(".")[0]
    bridge = next(
        (r for r in network if r.kind == "device" and r.options.get("name") == base), None
    )
    ports = _as_list(bridge.options.get("ports", ())) if bridge else (base,)
    filters = [
        record
        for record in network
        if record.kind == "bridge-vlan"
        and record.options.get("device") == base
        and not record.key.startswith("preau_")
    ]
    if not filters:
        return Uplink(_only(ports))
    return _filtering(base, ports, filters, vlans)


def _filtering(
    bridge: str, ports: Sequence[str], filters: Sequence[Record], vlans: Sequence[int]
) -> Uplink:
    members = {
        int(str(record.options.get("vlan", "0"))): _as_list(record.options.get("ports", ()))
        for record in filters
    }
    tagged = {
        port.partition(":")[0]
        for each in members.values()
        for port in each
        if "t" in port.partition(":")[2]
    }
    port = _only(sorted(tagged & set(ports)) or ports)
    for vlan in vlans:
        if vlan in members and f"{port}:t" not in members[vlan]:
            raise InvalidInput(
                f"VLAN {vlan} is on the bridge {bridge} and does not leave it tagged by {port}",
                todo=f"add {port}:t to its bridge-vlan, or take the section away",
            )
    return Uplink(port, bridge, frozenset(members))


def _only(ports: Sequence[str]) -> str:
    if len(ports) == 1:
        return ports[0]
    raise InvalidInput(
        f"the uplink of the access point cannot be told: `lan` has the ports {', '.join(ports)}",
        todo="leave only the uplink in the bridge of `lan`, or tag one VLAN on it by a bridge-vlan",
    )


def _as_list(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else tuple(value.split())
