"""How an OpenWrt access point is configured: UCI over SSH.

Sources: OpenWrt 23.05 user guide, "Wi-Fi /etc/config/wireless" (common options of wifi-device and
wifi-iface; table of WPA modes), "Network configuration" (device, interface), "System configuration"
(openwrt.org/docs/guide-user). What hostapd.sh adds stands in configuration_wlans.

What is ours bears a name that begins with `preau_`; of other sections we own the options that the
intent names and nothing else (docs/decisions/0020-ownership-of-configurations.md).
"""

from collections.abc import Sequence

from inventory.intent import DeviceIntent
from inventory.vendors.configuration import (
    Configuration,
    Dialect,
    Exchange,
    Rendered,
    Risk,
)
from inventory.vendors.openwrt.configuration_adoption import adopt
from inventory.vendors.openwrt.configuration_effect import EFFECT, OURS
from inventory.vendors.openwrt.configuration_facts import facts_of
from inventory.vendors.openwrt.configuration_guard import GUARD, RELOAD, restart
from inventory.vendors.openwrt.configuration_uci import (
    CRONTAB,
    GRAMMAR,
    OPTIONAL_PACKAGES,
    PACKAGES,
    READ,
    normalise,
    parse,
    quote,
    write,
)
from inventory.vendors.records import Record
from inventory.vendors.templates import render_template


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
            options = {name: v for name, v in options.items() if ours.options.get(name) != ""}
            merged.append(Record(record.package, record.kind, record.key, record.address, options))
        else:
            merged.append(record)
    return write([*merged, *wanted.values()])


def _apply(lines: Sequence[str]) -> tuple[Exchange, ...]:
    def touches(*marks: str) -> bool:
        return any(mark in line for line in lines for mark in marks)

    changed = [name for name in (*PACKAGES, *OPTIONAL_PACKAGES) if touches(f" {name}.")]
    reloads = {
        "system": RELOAD[:1],
        "network": RELOAD[1:],  # netifd has the radios: both, or a WLAN keeps its old bridge
        "wireless": RELOAD[2:],
    }
    wanted = {line for package in changed for line in reloads.get(package, ())}
    services = {
        "log": touches(".log_"),
        "sysntpd": touches(" system.ntp"),
        "cron": touches(CRONTAB),
        **{name: name in changed for name in OPTIONAL_PACKAGES},
    }
    return (
        *(Exchange(f"uci commit {package}") for package in changed),
        Exchange("sync"),
        *(Exchange(line, timeout_s=60.0) for line in RELOAD if line in wanted),
        *(Exchange(restart(name), timeout_s=60.0) for name, needed in services.items() if needed),
    )


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
    read=READ,
    unfinished="uci changes",
    normalise=normalise,
    render=render,
    risk=_risk,
    enter=(),
    commands=tuple,
    leave=(),
    apply=_apply,
    discard=(
        *(Exchange(f"uci revert {name}") for name in PACKAGES),
        *(
            Exchange(f"[ ! -e /etc/config/{name} ] || uci revert {name}")
            for name in OPTIONAL_PACKAGES
        ),
    ),
    save=(),  # `uci commit` wrote to flash
    errors=(),
    guard=GUARD,
    effect=EFFECT,
    adopt=adopt,
)
