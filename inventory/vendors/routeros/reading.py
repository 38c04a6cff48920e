"""Reads RouterOS: MIKROTIK-MIB's access point and 60 GHz tables, links, CAPsMAN and sensors."""

import re
from dataclasses import replace

from inventory.observation import Identity, Metric, Observation, Radio, Wlan
from inventory.vendors.mib import MibView, Oid, mac, oid
from inventory.vendors.reading import BY_PRODUCT, NOT_OURS, SYS_DESCR, Reading, under
from inventory.vendors.routeros import sensors, wifi, wireless
from inventory.vendors.standard import figures, observation, system
from inventory.vendors.standard.channels import band, channel

_MIKROTIK = "1.3.6.1.4.1.14988.1"
_VERSION, _SERIAL = oid(f"{_MIKROTIK}.1.4.4.0"), oid(f"{_MIKROTIK}.1.7.3.0")
# mtxrWlApTable, index ifIndex: rates (bit/s), SSID, BSSID, clients, MHz, noise (dBm), CCQ (%).
_TX_RATE, _RX_RATE, _SSID, _BSSID, _CLIENTS, _FREQUENCY, _NOISE, _CCQ = (
    oid(f"{_MIKROTIK}.1.1.3.1.{column}") for column in (2, 3, 4, 5, 6, 7, 9, 10)
)
# mtxrWl60GTable: SSID, MHz, signal quality (%), RSSI (dBm), PHY rate (Mbit/s).
_60G_SSID, _60G_FREQUENCY, _60G_QUALITY, _60G_RSSI, _60G_RATE = (
    oid(f"{_MIKROTIK}.1.1.8.1.{column}") for column in (3, 6, 8, 12, 13)
)
_COLUMNS = (
    *observation.COLUMNS, oid(f"{_MIKROTIK}.1.4"), oid(f"{_MIKROTIK}.1.7"), _TX_RATE, _RX_RATE,
    _SSID, _BSSID, _CLIENTS, _FREQUENCY, _NOISE, _CCQ, _60G_SSID, _60G_FREQUENCY, _60G_QUALITY,
    _60G_RSSI, _60G_RATE, *wireless.COLUMNS, *wifi.COLUMNS,
    *sensors.COLUMNS,
)  # fmt: skip

_MODEL = re.compile(r"RouterOS (?P<model>\S.*)")


def _recognise(view: MibView) -> int:
    return BY_PRODUCT if under(view, _MIKROTIK) else NOT_OURS


def _observe(view: MibView) -> Observation:
    read = observation.observe(view, _identity(view))
    names = {port.index: port.name for port in read.interfaces}
    return replace(
        read,
        radios=(*_radios(view, names), *wireless.radios(view), *wifi.radios(view, names)),
        wlans=(*_wlans(view, names), *wifi.wlans(view, names)),
        access_points=wireless.access_points(view),
        metrics=(*read.metrics, *_metrics(view)),
    )


def _identity(view: MibView) -> Identity:
    words = _MODEL.match(view.text(SYS_DESCR) or "")
    return system.identity(
        view,
        "routeros",
        vendor="MikroTik",
        model=words["model"] if words else None,
        serial=view.text(_SERIAL),
        firmware=view.text(_VERSION),
    )


def _radios(view: MibView, names: dict[int, str | None]) -> tuple[Radio, ...]:
    noise, clients = view.integers(_NOISE), view.integers(_CLIENTS)
    return tuple(
        Radio(
            index=index[0],
            name=names.get(index[0]),
            band=band(frequency),
            channel=channel(frequency),
            frequency_mhz=frequency or None,  # 0: the radio is off
            noise_floor_dbm=float(noise[index]) if index in noise else None,
            clients=clients.get(index),
        )
        for index, frequency in view.integers(_FREQUENCY).items()
        if len(index) == 1
    )


def _wlans(view: MibView, names: dict[int, str | None]) -> tuple[Wlan, ...]:
    bssids, clients = view.column(_BSSID), view.integers(_CLIENTS)
    return tuple(
        Wlan(ssid, _bssid(bssids.get(index)), names.get(index[0]), clients.get(index))
        for index, ssid in view.texts(_SSID).items()
        if index
    )


def _bssid(value: int | bytes | Oid | None) -> str | None:
    address = mac(value)
    return address if address != "0" * 12 else None


def _metrics(view: MibView) -> list[Metric]:
    names, names_60g = view.texts(_SSID), view.texts(_60G_SSID)
    tx, rx = ({index: f"{name} {way}" for index, name in names.items()} for way in ("tx", "rx"))
    return [
        *figures.column(view, _CLIENTS, "clients", "", labels=names),
        *figures.column(view, _FREQUENCY, "frequency_mhz", "MHz", labels=names, keep=bool),
        *figures.column(view, _NOISE, "noise_floor_dbm", "dBm", labels=names),
        *figures.column(view, _CCQ, "quality_percent", "%", labels=names, keep=figures.percent),
        *figures.column(view, _TX_RATE, "rate_bps", "bit/s", labels=tx),
        *figures.column(view, _RX_RATE, "rate_bps", "bit/s", labels=rx),
        *figures.column(view, _60G_FREQUENCY, "frequency_mhz", "MHz", labels=names_60g, keep=bool),
        *figures.column(view, _60G_QUALITY, "quality_percent", "%", labels=names_60g),
        *figures.column(view, _60G_RSSI, "rssi_dbm", "dBm", labels=names_60g),
        *figures.column(view, _60G_RATE, "rate_bps", "bit/s", labels=names_60g, scale=1e6),
        *wireless.metrics(view),
        *wifi.metrics(view),
        *sensors.temperatures(view),
    ]


READING = Reading(recognise=_recognise, columns=_COLUMNS, observe=_observe)
