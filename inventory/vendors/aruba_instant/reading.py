"""Reads Aruba Instant: AI-AP-MIB's cluster, access points, radios and WLANs."""

import re
from dataclasses import replace

from inventory.observation import AccessPoint, Identity, Metric, Observation, Radio
from inventory.vendors.aruba_instant.wlans import COLUMNS as WLAN_COLUMNS
from inventory.vendors.aruba_instant.wlans import SSID, SSID_CLIENTS, all_clients, wlans
from inventory.vendors.mib import MibView, Oid, dotted, mac, oid, text
from inventory.vendors.reading import BY_PRODUCT, NOT_OURS, SYS_DESCR, Reading, under
from inventory.vendors.standard import figures, observation, system
from inventory.vendors.standard.channels import band_of_channel, frequency_mhz
from inventory.vendors.standard.wireless_columns import mac_in_index

_INSTANT = "1.3.6.1.4.1.14823.2.3.3.1"
_VERSION = oid(f"{_INSTANT}.1.4.0")  # aiVirtualControllerVersion
# aiAccessPointTable, index the access point's address.
_AP_NAME, _AP_IP, _AP_SERIAL, _AP_MODEL, _AP_CPU, _AP_FREE, _AP_MEMORY, _AP_STATUS = (
    oid(f"{_INSTANT}.2.1.1.{column}") for column in (2, 3, 4, 6, 7, 8, 10, 11)
)
# aiRadioTable, index the access point's address and the radio's number.
_CHANNEL, _TX_POWER, _NOISE, _BUSY, _CLIENTS = (
    oid(f"{_INSTANT}.2.2.1.{column}") for column in (4, 5, 6, 8, 21)
)
_COLUMNS = (
    *observation.COLUMNS, oid(f"{_INSTANT}.1.4"), *WLAN_COLUMNS, _AP_NAME,
    _AP_IP, _AP_SERIAL, _AP_MODEL, _AP_CPU, _AP_FREE, _AP_MEMORY, _AP_STATUS, _CHANNEL, _TX_POWER,
    _NOISE, _BUSY, _CLIENTS,
)  # fmt: skip

# ARUBA-MIB apProducts; controllers stand under 14823.1.1.
_ACCESS_POINTS = "1.3.6.1.4.1.14823.1.2"
_DESCR = re.compile(r"\(MODEL: (?P<model>[^)]+)\), Version (?P<version>[^\s(]+)")
_STATUS = {1: "up", 2: "down"}
_MAC_PARTS = 6


def _recognise(view: MibView) -> int:
    return BY_PRODUCT if under(view, _ACCESS_POINTS) else NOT_OURS


def _observe(view: MibView) -> Observation:
    read = observation.observe(view, _identity(view))
    return replace(
        read,
        radios=_radios(view),
        wlans=wlans(view, _radio_labels(view)),
        access_points=_access_points(view),
        metrics=(*read.metrics, *_metrics(view)),
    )


def _identity(view: MibView) -> Identity:
    words = _DESCR.search(view.text(SYS_DESCR) or "")
    serials = view.texts(_AP_SERIAL)
    own = _own_row(view)
    return system.identity(
        view,
        "aruba_instant",
        vendor="HPE Aruba Networking",
        model=words["model"] if words else view.text((*_AP_MODEL, *own)) if own else None,
        serial=serials.get(own) if own else next(iter(serials.values()), None),
        firmware=words["version"] if words else view.text(_VERSION),
    )


def _own_row(view: MibView) -> Oid | None:
    """Return the row of the access point that answers: its own address, or the only one."""
    rows = sorted({*view.column(_AP_SERIAL), *view.column(_AP_MODEL)})
    addresses = _own_addresses(view)
    own = (row for row in rows if _hex(row) in addresses)
    return next(own, rows[0] if len(rows) == 1 else None)


def _own_addresses(view: MibView) -> set[str]:
    return {mac(value) or "" for value in view.column(oid("1.3.6.1.2.1.2.2.1.6")).values()}


def _hex(index: Oid) -> str:
    return bytes(part & 0xFF for part in index[:_MAC_PARTS]).hex()


def _access_points(view: MibView) -> tuple[AccessPoint, ...]:
    names, models, serials = (view.texts(root) for root in (_AP_NAME, _AP_MODEL, _AP_SERIAL))
    states, addresses = view.integers(_AP_STATUS), view.column(_AP_IP)
    clients: dict[str, int] = {}
    for index, number in view.integers(_CLIENTS).items():
        clients[_hex(index)] = clients.get(_hex(index), 0) + number
    return tuple(
        AccessPoint(
            name=names.get(index),
            mac=mac_in_index(index),
            serial=serials.get(index),
            model=models.get(index),
            ip=_ip(addresses.get(index)),
            firmware=view.text(_VERSION),
            status=_STATUS.get(states.get(index, 0)),
            clients=clients.get(_hex(index)),
        )
        for index in sorted({*names, *serials, *models})
    )


def _ip(value: object) -> str | None:
    if isinstance(value, bytes) and len(value) == 4:
        return ".".join(map(str, value))
    return text(value) if isinstance(value, bytes) else None


def _channel(written: str | None) -> int | None:
    """Return the primary channel of "36", "36E", "161+" or "108-"; None for "0", an air monitor."""
    found = re.match(r"[1-9]\d*", written or "")
    return int(found[0]) if found else None


def _air(view: MibView) -> dict[Oid, tuple[str | None, int | None, int | None]]:
    """Return (band, channel, frequency in MHz) of each radio; the MIB tells the channel alone.

    No access point has two radios of 2.4 GHz: a second one on such a number is of 6 GHz, which
    has them too.
    """
    found: dict[Oid, tuple[str | None, int | None, int | None]] = {}
    low: set[Oid] = set()
    for index in _radio_labels(view):
        channel = _channel(view.text((*_CHANNEL, *index)))
        band = band_of_channel(channel)
        if band == "2.4" and index[:-1] in low:
            band = "6"
        elif band == "2.4":
            low.add(index[:-1])
        found[index] = band, channel, frequency_mhz(band, channel)
    return found


def _radios(view: MibView) -> tuple[Radio, ...]:
    """Return the radios of all access points of the cluster, named after theirs."""
    names, noise = _radio_labels(view), view.integers(_NOISE)
    powers, busy = view.integers(_TX_POWER), view.integers(_BUSY)
    clients = view.integers(_CLIENTS)
    found = []
    for place, (index, (band, channel, frequency)) in enumerate(_air(view).items()):
        power, level = powers.get(index), noise.get(index)
        found.append(
            Radio(
                index=place,
                name=names.get(index),
                band=band,
                channel=channel,
                frequency_mhz=frequency,
                tx_power_dbm=None if power is None else float(power),
                noise_floor_dbm=None if not level else -abs(float(level)),
                utilisation_percent=None if index not in busy else float(busy[index]),
                clients=clients.get(index),
            )
        )
    return tuple(found)


def _radio_labels(view: MibView) -> dict[Oid, str]:
    """Return what each radio is called, after its access point."""
    names = view.texts(_AP_NAME) or view.texts(_AP_SERIAL)
    columns = (_CHANNEL, _TX_POWER, _NOISE, _BUSY, _CLIENTS)
    return {
        index: f"{names.get(index[:-1], _hex(index))} radio {index[-1]}"
        for index in sorted({row for root in columns for row in view.column(root)})
        if index
    }


def _count(view: MibView) -> list[Metric]:
    """Return how many access points the cluster has; only its conductor has their table."""
    rows = len(_access_points(view))
    told_by = next((root for root in (_AP_SERIAL, _AP_NAME, _AP_MODEL) if view.column(root)), ())
    return [Metric("ap_count", None, float(rows), "", dotted(told_by))] if rows else []


def _ssid_clients(view: MibView) -> list[Metric]:
    names = view.texts(SSID)  # one that is disabled has no clients, and says so
    labels = {
        index: names.get(index, f"SSID {dotted(index)}") for index in view.column(SSID_CLIENTS)
    }
    return figures.column(view, SSID_CLIENTS, "clients", "", labels=labels)


def _noise_floors(view: MibView, labels: dict[Oid, str]) -> list[Metric]:
    """Return each radio's noise floor: some releases tell aiRadioNoiseFloor without its sign.

    0 is what a radio answers that has measured none.
    """
    return [
        Metric(
            "noise_floor_dbm",
            labels.get(index),
            -abs(float(level)),
            "dBm",
            dotted((*_NOISE, *index)),
        )
        for index, level in view.integers(_NOISE).items()
        if level
    ]


def _memory(view: MibView) -> list[Metric]:
    """Return the memory in use of each access point that is not down, in per cent."""
    names, states = view.texts(_AP_NAME), view.integers(_AP_STATUS)
    free = view.integers(_AP_FREE)
    found = []
    for index, total in view.integers(_AP_MEMORY).items():
        if total > 0 and index in free and _STATUS.get(states.get(index, 0)) != "down":
            share = round(100.0 * (total - free[index]) / total, 2)
            source = dotted((*_AP_FREE, *index))
            found.append(Metric("memory_percent", names.get(index), share, "%", source))
    return found


def _metrics(view: MibView) -> list[Metric]:
    labels = _radio_labels(view)
    found = [
        *_count(view),
        *_ssid_clients(view),
        *figures.column(view, _CLIENTS, "clients", "", labels=labels),
        *figures.column(view, _TX_POWER, "tx_power_dbm", "dBm", labels=labels),
        *_noise_floors(view, labels),
        *figures.column(view, _BUSY, "utilisation_percent", "%", labels=labels),
        *figures.column(view, _AP_CPU, "cpu_percent", "%", labels=view.texts(_AP_NAME)),
        *_memory(view),
    ]
    if labels or view.column(SSID_CLIENTS):  # a member that does not speak for its cluster has none
        total, told_by = all_clients(view)
        found.append(Metric("clients", "all SSIDs", float(total), "", dotted(told_by)))
    for index, (_, _, frequency) in _air(view).items():
        if frequency is not None:
            source = dotted((*_CHANNEL, *index))
            label = labels.get(index)
            found.append(Metric("frequency_mhz", label, float(frequency), "MHz", source))
    return found


READING = Reading(recognise=_recognise, columns=_COLUMNS, observe=_observe)
