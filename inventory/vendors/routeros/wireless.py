"""MIKROTIK-MIB's tables of links as a station, and of the access points that CAPsMAN manages."""

import re
from collections.abc import Mapping

from inventory.observation import AccessPoint, Metric, Radio
from inventory.vendors.mib import MibView, Oid, Value, oid, text
from inventory.vendors.standard import figures
from inventory.vendors.standard.wireless_columns import Column, Gauge, ip_address, told
from inventory.vendors.standard.wireless_tables import RadioTable

_WIRELESS = "1.3.6.1.4.1.14988.1.1.1"
# mtxrWlStatTable, index ifIndex: rates (bit/s), strength (dBm), SSID, MHz, CCQ (%) each way.
_STATION = f"{_WIRELESS}.1.1"
_TX_RATE, _RX_RATE, _STRENGTH, _SSID, _FREQUENCY, _TX_CCQ, _RX_CCQ = (
    oid(f"{_STATION}.{column}") for column in (2, 3, 4, 5, 7, 9, 10)
)
# mtxrWlCMTable, index ifIndex: registered clients, the channel as `2412/20-Ce/gn(17dBm)`.
_CAP_CLIENTS, _CAP_CHANNEL = oid(f"{_WIRELESS}.7.1.2"), oid(f"{_WIRELESS}.7.1.5")
# mtxrWlCMRemoteTable: name, state, address as `<MAC or IP address>/<port>`.
_REMOTE_NAME, _REMOTE_STATE, _REMOTE_ADDRESS = (
    oid(f"{_WIRELESS}.11.1.{column}") for column in (2, 3, 4)
)
_IF_NAME = oid("1.3.6.1.2.1.31.1.1.1.1")
_LTE_RSSI = oid("1.3.6.1.4.1.14988.1.1.16.1.1.2")  # mtxrLTEModemSignalRSSI, index ifIndex
_COUNTS = (
    Gauge("clients", "CAPsMAN", "", oid(f"{_WIRELESS}.6")),  # mtxrWlCMRtabEntryCount
    Gauge("ap_count", "CAPsMAN", "", oid(f"{_WIRELESS}.10")),  # mtxrWlCMREntryCount
)


def _mhz(value: Value) -> float | None:
    found = re.match(r"(\d{4,5})\b", text(value) or "")
    return float(found[1]) if found else None


def _dbm(value: Value) -> float | None:
    found = re.search(r"\((-?\d+) ?dBm\)", text(value) or "")
    return float(found[1]) if found else None


def _interfaces(view: MibView) -> Mapping[Oid, str]:
    return view.texts(_IF_NAME)


_LINKS = RadioTable(names=_interfaces, frequency=Column(_FREQUENCY, told()))
_CAPS = RadioTable(
    names=_interfaces,
    frequency=Column(_CAP_CHANNEL, _mhz),
    tx_power=Column(_CAP_CHANNEL, _dbm),
    clients=Column(_CAP_CLIENTS),
)
COLUMNS = (
    _TX_RATE, _RX_RATE, _STRENGTH, _SSID, _FREQUENCY, _TX_CCQ, _RX_CCQ, _CAP_CLIENTS, _CAP_CHANNEL,
    _REMOTE_NAME, _REMOTE_STATE, _REMOTE_ADDRESS, _LTE_RSSI, *(count.root for count in _COUNTS),
)  # fmt: skip


def radios(view: MibView) -> tuple[Radio, ...]:
    """Return the radios that are linked as stations, and those that CAPsMAN manages."""
    return (*_LINKS.radios(view), *_CAPS.radios(view))


def access_points(view: MibView) -> tuple[AccessPoint, ...]:
    """Return the access points that CAPsMAN manages; one that is gone has no row."""
    states, addresses = view.texts(_REMOTE_STATE), view.texts(_REMOTE_ADDRESS)
    found = []
    for index, name in view.texts(_REMOTE_NAME).items():
        address = addresses.get(index, "").partition("/")[0]
        digits = re.sub("[:-]", "", address).lower()
        state = states.get(index)
        found.append(
            AccessPoint(
                name=name,
                mac=digits if re.fullmatch("[0-9a-f]{12}", digits) else None,
                ip=ip_address(address.encode()),
                status="up" if state == "Run" else state,
            )
        )
    return tuple(found)


def metrics(view: MibView) -> list[Metric]:
    """Return the figures of the links, of the managed access points, and their counts."""
    names = view.texts(_SSID)
    tx, rx = ({index: f"{name} {way}" for index, name in names.items()} for way in ("tx", "rx"))
    found = [
        *figures.column(view, _FREQUENCY, "frequency_mhz", "MHz", labels=names, keep=bool),
        *figures.column(view, _STRENGTH, "rssi_dbm", "dBm", labels=names, keep=bool),
        *figures.column(view, _TX_CCQ, "quality_percent", "%", labels=tx, keep=figures.percent),
        *figures.column(view, _RX_CCQ, "quality_percent", "%", labels=rx, keep=figures.percent),
        *figures.column(view, _TX_RATE, "rate_bps", "bit/s", labels=tx),
        *figures.column(view, _RX_RATE, "rate_bps", "bit/s", labels=rx),
        *_CAPS.metrics(view),
        *figures.column(view, _LTE_RSSI, "rssi_dbm", "dBm", labels=view.texts(_IF_NAME), keep=bool),
    ]
    for count in _COUNTS:
        # A router that manages none answers 0.
        found += [metric for metric in count.metrics(view) if metric.value]
    return found
