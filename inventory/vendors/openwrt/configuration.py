"""How an OpenWrt access point is configured: UCI over SSH.

Sources: OpenWrt 23.05 user guide, "Wi-Fi /etc/config/wireless" (common options of wifi-device and
wifi-iface; table of WPA modes), "Network configuration" (device, interface), "System configuration"
(openwrt.org/docs/guide-user). Several RADIUS servers with one secret: package/network/services/
hostapd, hostapd.sh, which appends every `auth_server` with the one `auth_port` and `auth_secret`.

What is ours bears a name that begins with `preau_`; of other sections we own the options that the
intent names and nothing else (docs/decisions/0020-ownership-of-configurations.md).
"""

import json
from collections.abc import Sequence

from inventory.intent import DeviceIntent
from inventory.vendors.configuration import (
    Configuration,
    Dialect,
    Effect,
    Exchange,
    Rendered,
    Risk,
    Settled,
)
from inventory.vendors.openwrt.configuration_facts import facts_of
from inventory.vendors.openwrt.configuration_guard import GUARD, RELOAD
from inventory.vendors.openwrt.configuration_uci import (
    GRAMMAR,
    PACKAGES,
    normalise,
    parse,
    quote,
    write,
)
from inventory.vendors.records import Record
from inventory.vendors.templates import render_template

OURS = "preau_"


def render(intent: DeviceIntent, running: str) -> Rendered:
    """Return the whole UCI that the access point should show, from what it shows now.

    Raises InvalidInput when the intent cannot be put on this device: no radio of any of a WLAN's
    bands, or an uplink that cannot be told.
    """
    records = parse(running)
    facts = facts_of(intent, records)
    owned = parse(render_template(__file__, "access_point.uci.j2", facts.values, q=quote))
    return Rendered(_merge(records, owned), facts.notes)


def _merge(running: Sequence[Record], owned: Sequence[Record]) -> str:
    """Put our sections and options into the running ones; drop our sections no longer wanted."""
    wanted = {record.identity: record for record in owned}
    merged = []
    for record in running:
        ours = wanted.pop(record.identity, None)
        if record.key.startswith(OURS):
            if ours is not None:
                merged.append(ours)
        elif ours is not None:
            options = {**record.options, **ours.options}
            merged.append(Record(record.package, record.kind, record.key, record.address, options))
        else:
            merged.append(record)
    return write([*merged, *wanted.values()])


def _apply(lines: Sequence[str]) -> tuple[Exchange, ...]:
    changed = [package for package in PACKAGES if any(f" {package}." in line for line in lines)]
    reloads = {
        "system": RELOAD[:1],
        "network": RELOAD[1:],  # netifd has the radios: both, or a WLAN keeps its old bridge
        "wireless": RELOAD[2:],
    }
    wanted = {line for package in changed for line in reloads[package]}
    return (
        *(Exchange(f"uci commit {package}") for package in changed),
        Exchange("sync"),
        *(Exchange(line, timeout_s=60.0) for line in RELOAD if line in wanted),
    )


def in_effect(answer: str, intended: str) -> Settled:
    """Judge `ubus call network.wireless status`: our radios are up and our WLANs on them."""
    try:
        status = json.loads(answer)
    except (ValueError, RecursionError):
        status = None
    if not isinstance(status, dict):
        return Settled(False, "the status of the radios is not JSON")
    off = {
        record.key
        for record in parse(intended)
        if record.kind == "wifi-device" and record.options.get("disabled") == "1"
    }
    for record in parse(intended):
        if record.kind != "wifi-iface" or not record.key.startswith(OURS):
            continue
        name = str(record.options["device"])
        radio = status.get(name, {})
        if name in off:
            continue
        if radio.get("retry_setup_failed"):
            return Settled(False, f"{name} could not be set up")
        if radio.get("pending") or not radio.get("up"):
            return Settled(False, f"{name} is not up")
        # netifd names the interface of a section once hostapd runs it.
        present = {each["section"] for each in radio.get("interfaces", []) if "ifname" in each}
        if record.key not in present:
            return Settled(False, f"{record.key} is not on {name}")
    return Settled(True)


def _risk(running: str, intended: str, _management_vlan: int | None) -> Risk:
    """Tell that a reload of `network` may cut the path; radios and hostname cannot."""
    before, after = (
        {record.identity: record for record in parse(text) if record.package == "network"}
        for text in (running, intended)
    )
    if before == after:
        return Risk()
    return Risk(("la configuration réseau de la borne est rechargée",))


CONFIGURATION = Configuration(
    device_type="linux",
    dialect=Dialect.SHELL,
    prompt=r"[#$] ?$",
    grammar=GRAMMAR,
    read=tuple(f"uci export {package}" for package in PACKAGES),
    unfinished="uci changes",
    normalise=normalise,
    render=render,
    risk=_risk,
    enter=(),
    commands=tuple,
    leave=(),
    apply=_apply,
    discard=tuple(Exchange(f"uci revert {package}") for package in PACKAGES),
    save=(),  # `uci commit` wrote to flash
    errors=(),
    guard=GUARD,
    effect=Effect("ubus call network.wireless status", in_effect, timeout_s=90.0),
)
