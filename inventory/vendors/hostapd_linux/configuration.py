"""How a Linux machine with hostapd is configured: its files over SSH, hostapd restarted.

Sources stand with each part: configuration_text (files), configuration_wlans (networks),
configuration_facts (radios), configuration_guard (systemd). hostapd takes a new file only by a
restart here: of its reload by SIGHUP it documents no way to tell that the file was refused.

A file is made of sections; ours bear a mark, and are ours wholly. Of the radio's own options we own
those that the intent names; a network that bears no mark is left as it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.errors import InvalidInput
from inventory.intent import Band, DeviceIntent
from inventory.vendors.configuration import (
    Configuration,
    Dialect,
    Exchange,
    Rendered,
    Risk,
)
from inventory.vendors.hostapd_linux.configuration_adoption import adopt
from inventory.vendors.hostapd_linux.configuration_effect import EFFECT
from inventory.vendors.hostapd_linux.configuration_facts import (
    RADIO_OPTIONS,
    bands_of,
    radio_options,
)
from inventory.vendors.hostapd_linux.configuration_guard import GUARD, RELOAD, serve
from inventory.vendors.hostapd_linux.configuration_text import (
    EDITOR,
    FACTS,
    GRAMMAR,
    KEYS,
    OURS,
    READ,
    VLANS,
    files_of,
    is_ours,
    normalise,
    parse,
    typed,
    write,
)
from inventory.vendors.hostapd_linux.configuration_wlans import Bridges, key_records, networks_of
from inventory.vendors.records import Record, Value


def render(intent: DeviceIntent, running: str) -> Rendered:
    """Return all that the machine should show, from what it shows now.

    Raises InvalidInput when the intent cannot be put on this machine: no radio of any of a WLAN's
    bands, or a VLAN without an uplink.
    """
    records = parse(running)
    notes = list(_not_applied(intent))
    bands = bands_of(intent, records)
    _refuse_unheard(intent, bands, notes)
    bridges = _bridges(intent, records)
    facts = [record for record in records if record.package == FACTS]
    merged: list[Record] = []
    radios = dict.fromkeys(
        [*(r.key for r in facts if r.kind == "radio"), *(r.package for r in files_of(records))]
    )
    for radio in radios:
        own = [record for record in files_of(records) if record.package == radio]
        band = bands.get(radio)
        merged += own if band is None else _file(intent, _Place(radio, band, bridges), own, notes)
    vlans = _vlans(merged, records)
    return Rendered(write([*facts, *vlans, *merged, *_foreign_keys(records, merged)]), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the intent is put: one radio, its band, the bridges behind it."""

    radio: str
    band: Band
    bridges: Bridges


def _file(
    intent: DeviceIntent, place: _Place, running: Sequence[Record], notes: list[str]
) -> list[Record]:
    """Return the sections of one radio's file, with the passphrases that they refer to."""
    radio = place.radio
    plan = next((plan for plan in intent.radios if plan.band == place.band), None)
    foreign = [record for record in running if not is_ours(record)]
    notes += [
        f"« {record.options.get('ssid', '')} » n’est pas dans le plan ; il est laissé tel quel"
        for record in foreign
    ]
    if plan is not None and not plan.enabled:
        if foreign:
            notes.append(f"{radio} porte un réseau hors du plan : la radio n’est pas éteinte")
        return foreign
    first = next((record for record in running if record.kind == "interface"), None)
    taken = [] if first is None else [str(first.options.get(OURS, ""))]
    wanted = networks_of(intent, radio, place.band, place.bridges, taken)
    if not wanted and not foreign:
        return []
    before = first.options if first is not None else {}
    radio_part = {name: value for name, value in before.items() if _base(name) in RADIO_OPTIONS}
    radio_part |= radio_options(intent, plan, place.band, radio_part, notes)

    def section(name: str, options: Mapping[str, Value]) -> Record:
        first = name == radio
        own = {**options, **radio_part} if first else options
        return Record(radio, "interface" if first else "bss", name, f"{radio}.{name}", own)

    sections = [
        *(section(name, network.options) for name, network in wanted),
        *(section(each.key, each.options) for each in foreign),
    ]
    keys = [record for name, network in wanted for record in key_records(radio, name, network)]
    # hostapd.conf: what stands before the first `bss=` is the first interface's.
    return [*sorted(sections, key=lambda each: each.kind != "interface"), *keys]


def _base(option: str) -> str:
    return re.sub(r"#\d+$", "", option)


def _bridges(intent: DeviceIntent, records: Sequence[Record]) -> Bridges:
    uplink = next((r for r in records if (r.package, r.kind) == (FACTS, "uplink")), None)
    own = str(uplink.options.get("bridge", "")) if uplink else ""
    return Bridges(intent.management_vlan or 1, own or None)


def _vlans(merged: Sequence[Record], records: Sequence[Record]) -> list[Record]:
    """Return the VLANs that our networks lead to, each as a bridge over the uplink."""
    bridges = [str(r.options.get("bridge", "")) for r in merged if is_ours(r)]
    wanted = {name.removeprefix("br-v") for name in bridges if name.startswith("br-v")}
    wanted |= {
        str(r.options["vlanid"]) for r in merged if r.kind == "key" and "vlanid" in r.options
    }
    if not wanted:
        return []
    uplink = next((r.key for r in records if (r.package, r.kind) == (FACTS, "uplink")), None)
    if uplink is None:
        raise InvalidInput(
            "the uplink of the machine cannot be told: it has no default route",
            todo="give the machine its default route, or put the WLANs in the management VLAN",
        )
    return [
        Record(VLANS, "vlan", vid, f"{VLANS}.{vid}", {"uplink": uplink})
        for vid in sorted(wanted, key=int)
    ]


def _foreign_keys(records: Sequence[Record], merged: Sequence[Record]) -> list[Record]:
    """Return the passphrases of networks that are not ours."""
    ours = {f"{KEYS}{r.package}/{r.key}" for r in files_of(records) if is_ours(r)}
    ours |= {record.package for record in merged if record.kind == "key"}
    return [r for r in records if r.package.startswith(KEYS) and r.package not in ours]


def _refuse_unheard(intent: DeviceIntent, bands: dict[str, Band], notes: list[str]) -> None:
    here = set(bands.values())
    for wlan in intent.wlans:
        absent = sorted(set(wlan.bands) - here)
        if not set(wlan.bands) & here:
            raise InvalidInput(
                f"the machine has no radio for the WLAN {wlan.name} ({', '.join(absent)} GHz)",
                todo="change the WLAN's bands or take it away from this device",
            )
        if absent:
            notes.append(f"« {wlan.ssid} » : aucune radio à {', '.join(absent)} GHz sur la borne")


def _not_applied(intent: DeviceIntent) -> list[str]:
    """Return, for the reviewer, what this release does not put on a Linux machine."""
    notes = [
        f"« {wlan.ssid} » : ses heures ne sont pas appliquées par hostapd ({wlan.hours[0].start} "
        f"à {wlan.hours[-1].end}, {', '.join(wlan.hours[0].days)})"
        for wlan in intent.wlans
        if wlan.hours
    ]
    for plan in intent.radios:
        if plan.hours:
            notes.append(f"{plan.band} GHz : les heures de la radio ne sont pas appliquées")
        if plan.tx_power_dbm is not None:
            notes.append(
                f"{plan.band} GHz : hostapd ne règle pas la puissance, {plan.tx_power_dbm} dBm "
                "sont à poser par iw"
            )
    if intent.hostname:
        notes.append(f"le nom {intent.hostname} n’est pas posé par Préau sur un Linux")
    told = intent.management.model_dump(exclude_none=True)
    if told:
        notes.append(f"gestion de la machine laissée telle quelle : {', '.join(sorted(told))}")
    return notes


def _apply(lines: Sequence[str]) -> tuple[Exchange, ...]:
    """Return what makes hostapd use the files that these lines changed."""
    words = [line.split() for line in lines]
    # hostapd reads its passphrases when the radio starts.
    files = [each[1] for each in words if each[0].startswith(("hostapd_", "key_"))]
    vlans = RELOAD if any(each[0].startswith("vlan_") for each in words) else ()
    return (
        *(Exchange(line, timeout_s=60.0) for line in vlans),
        Exchange("sync"),
        *(Exchange(serve(name), timeout_s=120.0) for name in dict.fromkeys(files)),
    )


def _risk(running: str, intended: str, _management_vlan: int | None) -> Risk:
    """Tell that a VLAN is laid on the uplink; networks and radios cannot cut the path."""
    before, after = (
        {record.identity: record for record in parse(text) if record.package == VLANS}
        for text in (running, intended)
    )
    if before == after:
        return Risk()
    return Risk(("un VLAN change sur le port montant de la borne",))


CONFIGURATION = Configuration(
    device_type="linux",
    dialect=Dialect.SHELL,
    prompt=r"[#$] ?$",
    grammar=GRAMMAR,
    read=READ,
    unfinished=None,
    normalise=normalise,
    render=render,
    risk=_risk,
    enter=(EDITOR,),
    commands=typed,
    leave=(),
    apply=_apply,
    discard=(),
    save=(),  # the files are the saved configuration
    errors=(),
    guard=GUARD,
    effect=EFFECT,
    adopt=adopt,
)
