"""Reads a UniFi access point: UBNT-UniFi-MIB's radios and virtual access points."""

import re
from dataclasses import replace

from inventory.observation import Identity, Metric, Observation, Radio, Wlan
from inventory.vendors.mib import MibView, Oid, dotted, mac, oid
from inventory.vendors.reading import (
    BY_ITS_OWN_WORD,
    BY_PRODUCT,
    NOT_OURS,
    SYS_DESCR,
    Reading,
    under,
)
from inventory.vendors.standard import figures, health, observation, system
from inventory.vendors.standard.channels import frequency_mhz

_UNIFI = "1.3.6.1.4.1.41112.1.6"
_MODEL, _VERSION = oid(f"{_UNIFI}.3.3.0"), oid(f"{_UNIFI}.3.6.0")
# unifiRadioTable: radio ("ng", "na", "6e"), then what occupies the air, in per cent.
_RADIO = oid(f"{_UNIFI}.1.1.1.3")
_AIR = {"total": 6, "self rx": 7, "self tx": 8, "other BSS": 9}
_AIR_COLUMNS = {words: oid(f"{_UNIFI}.1.1.1.{column}") for words, column in _AIR.items()}
# unifiVapTable.
_BSSID, _CHANNEL, _ESSID, _STATIONS, _VAP_RADIO, _TX_POWER, _UP = (
    oid(f"{_UNIFI}.1.2.1.{column}") for column in (2, 4, 6, 8, 9, 21, 22)
)
_CCQ = oid(f"{_UNIFI}.1.2.1.3")  # unifiVapCcq, thousandths
# FROGFOOT-RESOURCES-MIB memTotal, memFree (kB)
_MEMORY = health.MemoryShare(
    total=oid("1.3.6.1.4.1.10002.1.1.1.1.1"), free=oid("1.3.6.1.4.1.10002.1.1.1.1.2")
)
# IEEE802dot11-MIB dot11manufacturerProductName, -ProductVersion, index ifIndex
_PRODUCT, _PRODUCT_VERSION = (oid(f"1.2.840.10036.3.1.2.1.{column}") for column in (3, 4))
_COLUMNS = (
    *observation.COLUMNS, _RADIO, *_AIR_COLUMNS.values(), _BSSID, _CHANNEL, _ESSID, _STATIONS,
    _VAP_RADIO, _TX_POWER, _UP, _CCQ, oid(f"{_UNIFI}.3.3"), oid(f"{_UNIFI}.3.6"), _PRODUCT,
    _PRODUCT_VERSION, *_MEMORY.columns,
)  # fmt: skip

_NET_SNMP_LINUX = "1.3.6.1.4.1.8072.3.2.10"
_UBIQUITI = "1.3.6.1.4.1.41112"
_FIRST_AGENT = "1.3.6.1.4.1.10002.1"  # what airOS answers too
_PRODUCT_PROBES = tuple((*_PRODUCT, interface) for interface in range(3, 9))
_DESCR = re.compile(
    r"(?P<model>(?:UAP|UAL6|U6|U7|E7|UK|UHD|UWB|UBB|UDB|UMA|U-LTE)[A-Z]*\b[^\s,]*)"
    r"(?:[\s,]+v?(?P<version>\d[\d.]+))?"
)
# Switches and gateways of the same maker, some of which answer this MIB.
_OTHERS = ("USW", "US-", "UDM", "UDR", "UDW", "USG", "UXG", "UCG", "UCK", "UX")
_FALSE = 2  # TruthValue
_BANDS = {"ng": "2.4", "na": "5", "6e": "6"}


def _recognise(view: MibView) -> int:
    """UniFi answers net-snmp's own sysObjectID: its MIB or its model's name tell it.

    The first releases answer airOS's, without a MIB of their own.
    """
    model = view.text(_MODEL)
    if under(view, _FIRST_AGENT) and (_product(view) or "").startswith("UAP"):
        return BY_ITS_OWN_WORD
    if model and not model.startswith(_OTHERS):
        return BY_ITS_OWN_WORD
    named = _DESCR.match(view.text(SYS_DESCR) or "")
    return BY_PRODUCT if named and under(view, _NET_SNMP_LINUX, _UBIQUITI) else NOT_OURS


def _product(view: MibView) -> str | None:
    return next(iter(view.texts(_PRODUCT).values()), None)


def _observe(view: MibView) -> Observation:
    read = observation.observe(view, _identity(view))
    radios = _radios(view)
    return replace(
        read,
        radios=radios,
        wlans=_wlans(view),
        metrics=(*read.metrics, *_metrics(view)),
    )


def _identity(view: MibView) -> Identity:
    words = _DESCR.match(view.text(SYS_DESCR) or "")
    # BZ.ar7240.v3.2.5.2791.140916.1520: the board's, then the release and when it was built
    built = (re.search(r"\.v(\d.*)$", word) for word in view.texts(_PRODUCT_VERSION).values())
    release = next((found[1] for found in built if found), None)
    return system.identity(
        view,
        "unifi",
        vendor="Ubiquiti",
        model=view.text(_MODEL) or (words["model"] if words else _product(view)),
        firmware=view.text(_VERSION) or (words["version"] if words else release),
    )


def _on_air(view: MibView, column: Oid) -> dict[Oid, str]:
    """Return a column of unifiVapTable for those whose unifiVapUp is not false."""
    up = view.integers(_UP)
    return {index: word for index, word in view.texts(column).items() if up.get(index) != _FALSE}


def _first_vaps(view: MibView) -> dict[str, Oid]:
    """Return one virtual access point of each radio: channel and power are the radio's.

    One that is down tells channel 0 and no power.
    """
    found: dict[str, Oid] = {}
    for index, radio in _on_air(view, _VAP_RADIO).items():
        found.setdefault(radio, index)
    return found


def _radio_names(view: MibView) -> dict[Oid, str]:
    """Return the radios by index; those that virtual access points name, where no table does."""
    named = view.texts(_RADIO)
    others = dict.fromkeys(view.texts(_VAP_RADIO).values()) if not named else {}
    return named or {(place,): radio for place, radio in enumerate(others, 1)}


def _radios(view: MibView) -> tuple[Radio, ...]:
    channels, powers = view.integers(_CHANNEL), view.integers(_TX_POWER)
    busy, vaps = view.integers(_AIR_COLUMNS["total"]), _first_vaps(view)
    clients = _clients(view, _on_air(view, _VAP_RADIO))
    found = []
    for index, radio in _radio_names(view).items():
        vap = vaps.get(radio)
        channel = channels.get(vap) if vap else None
        found.append(
            Radio(
                index=index[-1],
                name=radio,
                band=_BANDS.get(radio),
                channel=channel,
                frequency_mhz=frequency_mhz(_BANDS.get(radio), channel),
                tx_power_dbm=_float(powers.get(vap) if vap else None),
                utilisation_percent=_float(busy.get(index)),
                clients=clients.get(radio),
            )
        )
    return tuple(found)


def _float(number: int | None) -> float | None:
    return None if number is None else float(number)


def _clients(view: MibView, groups: dict[Oid, str]) -> dict[str, int]:
    """Return the stations added up by what `groups` says of each virtual access point."""
    found: dict[str, int] = {}
    for index, stations in view.integers(_STATIONS).items():
        if index in groups:
            found[groups[index]] = found.get(groups[index], 0) + stations
    return found


def _wlans(view: MibView) -> tuple[Wlan, ...]:
    bssids, radios = view.column(_BSSID), view.texts(_VAP_RADIO)
    stations = view.integers(_STATIONS)
    return tuple(
        Wlan(ssid, mac(bssids.get(index)), radios.get(index), stations.get(index))
        for index, ssid in _on_air(view, _ESSID).items()
    )


def _metrics(view: MibView) -> list[Metric]:
    found = []
    for column, words in ((_ESSID, "SSID"), (_VAP_RADIO, "radio")):
        groups = view.texts(column)  # one that is down has no clients, and says so
        counted = view.integers(_STATIONS)
        sources = {name: i for i, name in reversed(groups.items()) if i in counted}
        for name, clients in _clients(view, groups).items():
            source = dotted((*_STATIONS, *sources[name]))
            found.append(Metric("clients", f"{words} {name}", float(clients), "", source))
    channels, powers = view.integers(_CHANNEL), view.integers(_TX_POWER)
    for radio, vap in _first_vaps(view).items():
        frequency = frequency_mhz(_BANDS.get(radio), channels.get(vap))
        if frequency is not None:
            source = dotted((*_CHANNEL, *vap))
            found.append(Metric("frequency_mhz", radio, float(frequency), "MHz", source))
        if vap in powers:
            source = dotted((*_TX_POWER, *vap))
            found.append(Metric("tx_power_dbm", radio, float(powers[vap]), "dBm", source))
    ssids, radios = _on_air(view, _ESSID), view.texts(_VAP_RADIO)
    vaps = {index: f"SSID {ssid} {radios.get(index, '')}".strip() for index, ssid in ssids.items()}
    quality = figures.column(
        view, _CCQ, "quality_percent", "%", labels=vaps, scale=0.1, keep=figures.percent
    )
    found += [metric for metric in quality if metric.label]
    found += _MEMORY.metrics(view)
    names = view.texts(_RADIO)
    for words, root in _AIR_COLUMNS.items():
        labels = {index: f"{radio} {words}" for index, radio in names.items()}
        found += figures.column(view, root, "utilisation_percent", "%", labels=labels)
    return found


READING = Reading(
    recognise=_recognise,
    columns=_COLUMNS,
    observe=_observe,
    probes=(_MODEL, _VERSION, *_PRODUCT_PROBES),
)
