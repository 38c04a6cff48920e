"""Which wireless interfaces of the router are on the air, and why not.

"WiFi": what an interface says itself wins over its configuration profile, and that over the
profiles that it names; a virtual interface needs its master; `inactive` is no once an access point
has selected a channel, which is when its configuration could be applied.
"""

from collections.abc import Mapping

from lab.devices.routeros.menus import WIFI
from lab.devices.routeros.store import Item, Store

_PARTS = ("security", "datapath", "channel")
_CHANNELS_MHZ = {
    "2": frozenset(2407 + 5 * number for number in range(1, 14)),
    "5": frozenset(5000 + 5 * n for n in (*range(36, 65, 4), *range(100, 141, 4))),
}


def effective(store: Store, item: Item) -> dict[str, str]:
    """Return the values that count for an interface, `security.passphrase` and the like."""
    found: dict[str, str] = {}
    profile = _named(store, f"{WIFI} configuration", item.values.get("configuration", ""))
    for layer, prefix in ((profile, "configuration."), (item.values, "")):
        for part in _PARTS:
            values = _named(store, f"{WIFI} {part}", layer.get(part, ""))
            found |= {f"{part}.{name}": value for name, value in values.items()}
        for name, value in layer.items():
            dotted = name.startswith(tuple(f"{part}." for part in (*_PARTS, "configuration")))
            found[name if dotted else prefix + name] = value
    return found


def _named(store: Store, menu: str, name: str) -> Mapping[str, str]:
    return next((i.values for i in store.items(menu) if name and i.values["name"] == name), {})


def ssid(store: Store, item: Item) -> str:
    """Return the SSID of an interface."""
    return effective(store, item).get("configuration.ssid", "")


def is_on(store: Store, item: Item, bands: Mapping[str, str]) -> bool:
    """Whether an interface sends; `bands` are those of the radios, by name."""
    if item.values.get("disabled", "yes") != "no":
        return False
    master = item.values.get("master-interface")
    if master:
        radio = next((i for i in store.items(WIFI) if i.values["name"] == master), None)
        if radio is None or not is_on(store, radio, bands):
            return False
    values = effective(store, item)
    if not 1 <= len(values.get("configuration.ssid", "").encode()) <= 32:
        return False
    return _is_secure(values) and _is_lawful(values, bands.get(master or item.values["name"], ""))


def _is_secure(values: Mapping[str, str]) -> bool:
    types = [word for word in values.get("security.authentication-types", "").split(",") if word]
    shared = any(word.endswith("-psk") for word in types)
    if shared and not 8 <= len(values.get("security.passphrase", "")) <= 63:
        return False
    protection = values.get("security.management-protection")
    needs = {"wpa3-psk", "wpa3-eap", "owe"} & set(types)
    return not (needs == set(types) and needs and protection in {"disabled", "allowed"})


def _is_lawful(values: Mapping[str, str], band: str) -> bool:
    wanted = values.get("channel.frequency", "")
    return not wanted or all(
        word.isdecimal() and int(word) in _CHANNELS_MHZ.get(band, frozenset())
        for word in wanted.split(",")
    )
