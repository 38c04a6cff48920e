"""What the running configurations of a site's devices say together, as layers of intent.

What devices have in common becomes the site's layer, what is one device's own becomes its layer,
and what a wider layer says already is left out: the plan that follows changes nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.intent.layers import DeviceIntent, IntentLayer
from inventory.intent.switching import Vlan
from inventory.intent.wireless import Purpose, Wlan


@dataclass(frozen=True, slots=True)
class SiteAdoption:
    """The layers that a site and its devices would get; `notes`, in French, are for the reader."""

    site: IntentLayer
    devices: Mapping[str, IntentLayer]
    notes: tuple[str, ...]


def adopt_site(found: Mapping[str, IntentLayer], wider: DeviceIntent) -> SiteAdoption:
    """Return the layers of a site whose devices, by name, say what is `found`.

    `wider` is what the programme and the organising authorities say together.
    """
    notes: list[str] = []
    points = {name: layer for name, layer in found.items() if layer.wlans}
    wlans = _shared([wlan for layer in points.values() for wlan in layer.wlans], "name")
    wlans = _apart(wlans, notes)
    vlans = _vlans(found, notes)
    site = {
        "vlans": _new(vlans, {vlan.id: vlan for vlan in wider.vlans}, "id"),
        "wlans": _new(wlans, {wlan.name: wlan for wlan in wider.wlans}, "name"),
        "absent_wlans": _absent(wlans, wider, notes) if points else (),
        **{
            name: _agreed([getattr(layer, name) for layer in found.values()], wider_value)
            for name, wider_value in (
                ("country", wider.country),
                ("management_vlan", wider.management_vlan),
            )
        },
    }
    names = {wlan.name: wlan for wlan in wlans}
    devices = {
        name: _own(layer, names, vlans, points=name in points) for name, layer in found.items()
    }
    return SiteAdoption(_layer(site), devices, tuple(notes))


def _own(
    layer: IntentLayer, wlans: Mapping[str, Wlan], vlans: Sequence[Vlan], *, points: bool
) -> IntentLayer:
    """Return what is one device's own: what differs from the site, or is never shared."""
    here = {wlan.name for wlan in layer.wlans}
    differing = [
        wlan for wlan in layer.wlans if _without_purpose(wlan) != _without_purpose(wlans[wlan.name])
    ]
    own = {
        "vlans": [v for v in layer.vlans if v not in vlans and not _is_made_up(v)],
        "wlans": differing,
        "absent_wlans": sorted(set(wlans) - here) if points else (),
        "radios": layer.radios,
        "ports": layer.ports,
        "management": layer.management,
        "hostname": layer.hostname,
    }
    return _layer(own)


def _shared(entries: Sequence[Wlan], key: str) -> list[Wlan]:
    """Return one entry for each key: the one that most devices have."""
    by_key: dict[Any, Counter[Wlan]] = {}
    for entry in entries:
        by_key.setdefault(getattr(entry, key), Counter())[entry] += 1
    return [by_key[name].most_common(1)[0][0] for name in sorted(by_key)]


def _apart(wlans: Sequence[Wlan], notes: list[str]) -> list[Wlan]:
    """Return the WLANs; where pupils and the administration share a VLAN, that is said instead."""
    pupils = {wlan.vlan_id for wlan in wlans if wlan.purpose is Purpose.PEDAGOGICAL}
    mixed = [w for w in wlans if w.purpose is Purpose.ADMINISTRATION and w.vlan_id in pupils]
    notes.extend(
        f"« {wlan.ssid} » partage le VLAN {wlan.vlan_id} des élèves ; il est repris comme "
        "réseau pédagogique, à séparer"
        for wlan in mixed
    )
    told = {"purpose": Purpose.PEDAGOGICAL}
    return [wlan.model_copy(update=told) if wlan in mixed else wlan for wlan in wlans]


def _vlans(found: Mapping[str, IntentLayer], notes: list[str]) -> list[Vlan]:
    """Return one VLAN for each number, by the name that most devices give it."""
    names: dict[int, Counter[Vlan]] = {}
    for layer in found.values():
        for vlan in layer.vlans:
            names.setdefault(vlan.id, Counter())[vlan] += 1
    for vlan_id, counted in names.items():
        if any(not _is_made_up(vlan) for vlan in counted):
            for vlan in [vlan for vlan in counted if _is_made_up(vlan)]:
                del counted[vlan]
        called = sorted({vlan.name for vlan in counted})
        if len(called) > 1:
            notes.append(f"le VLAN {vlan_id} porte plusieurs noms : {', '.join(called)}")
    return [names[vlan_id].most_common(1)[0][0] for vlan_id in sorted(names)]


def _is_made_up(vlan: Vlan) -> bool:
    # Access points know VLANs by number only, and are given `v10` when they are adopted.
    return vlan.name == f"v{vlan.id}"


def _absent(wlans: Sequence[Wlan], wider: DeviceIntent, notes: list[str]) -> tuple[str, ...]:
    here = {wlan.name for wlan in wlans}
    missing = tuple(wlan.name for wlan in wider.wlans if wlan.name not in here)
    if missing:
        notes.append(
            f"prévus plus haut et absents du site : {', '.join(missing)} ; ils le restent, "
            "jusqu’à ce que « absent_wlans » soit ôté de la couche du site"
        )
    return missing


def _new(entries: Sequence[Any], wider: Mapping[Any, Any], key: str) -> list[Any]:
    return [entry for entry in entries if wider.get(getattr(entry, key)) != entry]


def _agreed(values: Sequence[Any], wider: Any) -> Any:
    told = {value for value in values if value is not None}
    return told.pop() if len(told) == 1 and told != {wider} else None


def _without_purpose(wlan: Wlan) -> dict[str, Any]:
    # No device tells whom a network is for: the site says it for all.
    return wlan.model_dump(exclude={"purpose"})


def _layer(body: Mapping[str, Any]) -> IntentLayer:
    return IntentLayer.model_validate(body)
