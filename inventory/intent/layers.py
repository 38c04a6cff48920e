"""The layers of intent, and what they say together for one device.

Layers go from the widest (the programme) to the narrowest (one device); a narrower one adds to or
replaces, entry by entry, what a wider one says, and every entry remembers where it came from.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import Field

from inventory.errors import InvalidInput
from inventory.intent.management import Management
from inventory.intent.switching import Port, PortProfile, Vlan, with_profile
from inventory.intent.values import Slug, Value, VlanId
from inventory.intent.wireless import Purpose, RadioPlan, Wlan


class IntentLayer(Value):
    """One layer; lists are keyed by their entries' id or name, `absent_wlans` takes some away."""

    vlans: tuple[Vlan, ...] = ()
    wlans: tuple[Wlan, ...] = ()
    absent_wlans: tuple[Slug, ...] = ()
    radios: tuple[RadioPlan, ...] = ()
    port_profiles: tuple[PortProfile, ...] = ()
    ports: tuple[Port, ...] = ()
    management_vlan: VlanId | None = None
    management: Management = Management()
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$")
    hostname: str | None = Field(None, pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$")


@dataclass(frozen=True, slots=True)
class DeviceIntent:
    """All that one device should have; `origins` maps `wlans/eleves` … to its layer."""

    vlans: tuple[Vlan, ...]
    wlans: tuple[Wlan, ...]
    radios: tuple[RadioPlan, ...]
    ports: tuple[Port, ...]
    management_vlan: int | None
    country: str | None
    hostname: str | None
    origins: dict[str, str]
    management: Management = field(default_factory=Management)


# The lists of a layer, each with the field that tells one entry from another.
_KEYED = {
    "vlans": "id",
    "wlans": "name",
    "radios": "band",
    "port_profiles": "name",
    "ports": "name",
}
_SINGLE = ("management_vlan", "country", "hostname")

_Entry = TypeVar("_Entry", bound=Value)


class _Layers:
    """The entries of all layers so far, each with its origin."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[Any, Any]] = {name: {} for name in _KEYED}
        self.single: dict[str, Any] = dict.fromkeys(_SINGLE)
        self.management: dict[str, Any] = {}
        self.origins: dict[str, str] = {}

    def add(self, origin: str, layer: IntentLayer) -> None:
        for name, key in _KEYED.items():
            for entry in getattr(layer, name):
                self.entries[name][getattr(entry, key)] = entry
                self.origins[f"{name}/{getattr(entry, key)}"] = origin
        for name in layer.absent_wlans:
            self.entries["wlans"].pop(name, None)
            self.origins[f"wlans/{name}"] = origin
        for name in _SINGLE:
            value = getattr(layer, name)
            if value is not None:
                self.single[name] = value
                self.origins[name] = origin
        for name in Management.model_fields:
            value = getattr(layer.management, name)
            if value is not None:
                self.management[name] = value
                self.origins[f"management/{name}"] = origin

    def sorted(self, name: str, _kind: type[_Entry]) -> tuple[_Entry, ...]:
        entries = self.entries[name]
        return tuple(entries[key] for key in sorted(entries))


def resolve(layers: Sequence[tuple[str, IntentLayer]]) -> DeviceIntent:
    """Return what (origin, layer) pairs, widest first, say together.

    Raises InvalidInput when the layers contradict each other: a WLAN or port on a VLAN that the
    plan does not hold, a port profile that no layer holds, or pedagogical and administrative WLANs
    on one VLAN.
    """
    found = _Layers()
    for origin, layer in layers:
        found.add(origin, layer)
    profiles: dict[str, PortProfile] = found.entries["port_profiles"]
    ports: Iterable[Port] = found.entries["ports"].values()
    intent = DeviceIntent(
        vlans=found.sorted("vlans", Vlan),
        wlans=found.sorted("wlans", Wlan),
        radios=found.sorted("radios", RadioPlan),
        ports=tuple(with_profile(port, profiles) for port in ports),
        management=Management.model_validate(found.management),
        origins=found.origins,
        **found.single,
    )
    _check(intent)
    return intent


def _check(intent: DeviceIntent) -> None:
    known = {vlan.id for vlan in intent.vlans}
    for wlan in intent.wlans:
        keys = [key.vlan_id for key in wlan.private_keys if key.vlan_id is not None]
        _refuse_unknown_vlan(f"the WLAN {wlan.name}", (wlan.vlan_id, *keys), known)
    for port in intent.ports:
        _refuse_unknown_vlan(f"the port {port.name}", (port.native_vlan, *port.tagged_vlans), known)
    by_purpose: dict[Purpose, set[int]] = {purpose: set() for purpose in Purpose}
    for wlan in intent.wlans:
        by_purpose[wlan.purpose].add(wlan.vlan_id)
        by_purpose[wlan.purpose] |= {key.vlan_id for key in wlan.private_keys if key.vlan_id}
    shared = by_purpose[Purpose.PEDAGOGICAL] & by_purpose[Purpose.ADMINISTRATION]
    if shared:
        raise InvalidInput(
            f"pedagogical and administrative WLANs share VLAN {min(shared)}",
            todo="give the administration a VLAN of its own",
        )


def _refuse_unknown_vlan(what: str, used: Iterable[int], known: set[int]) -> None:
    missing = sorted(set(used) - known - {1})
    if missing:
        raise InvalidInput(
            f"{what} uses VLAN {missing[0]}, which the VLAN plan does not hold",
            todo="add the VLAN to the intent or change what uses it",
        )
