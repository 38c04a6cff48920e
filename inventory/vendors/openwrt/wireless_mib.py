"""What the agent `snmpd-openwrt-metrics` tells: OPENWRT-WIRELESS-MIB, OPENWRT-MIB, LM-SENSORS-MIB.

The wireless table's index is the ifIndex of a virtual access point.
"""

from dataclasses import replace

from inventory.observation import Metric, Radio
from inventory.vendors.mib import MibView, Oid, oid
from inventory.vendors.standard import figures
from inventory.vendors.standard.channels import band, channel

OPENWRT = "1.3.6.1.4.1.66510"
VERSION, MODEL = oid(f"{OPENWRT}.1.1.1.0"), oid(f"{OPENWRT}.1.1.4.0")  # openwrtSystem
CLIENT_COUNT = oid(f"{OPENWRT}.1.10.2.0")  # openwrtWirelessClientCount
_ENTRY = f"{OPENWRT}.1.10.3.1"  # openwrtWirelessInterfaceEntry
_NAME, _LABEL, _CLIENTS, _FREQUENCY, _NOISE = (oid(f"{_ENTRY}.{column}") for column in range(2, 7))
_BUSY, _TX_POWER = oid(f"{_ENTRY}.16"), oid(f"{_ENTRY}.17")
_OF = ("min", "avg", "max")
_RATES = {  # Mbit/s
    f"{way} {of}": oid(f"{_ENTRY}.{first + place}")
    for way, first in (("tx", 7), ("rx", 10))
    for place, of in enumerate(_OF)
}
_SNR = {of: oid(f"{_ENTRY}.{13 + place}") for place, of in enumerate(_OF)}
_TEMPERATURE_NAME, _TEMPERATURE = (oid(f"1.3.6.1.4.1.2021.13.16.2.1.{column}") for column in (2, 3))
COLUMNS = (
    oid(f"{OPENWRT}.1.1"), CLIENT_COUNT[:-1], _NAME, _LABEL, _CLIENTS, _FREQUENCY, _NOISE, _BUSY,
    _TX_POWER, *_RATES.values(), *_SNR.values(), _TEMPERATURE_NAME, _TEMPERATURE,
)  # fmt: skip


def answered(view: MibView) -> bool:
    """Tell whether the device has the agent."""
    return bool(view.column(_NAME)) or view.integer(CLIENT_COUNT) is not None


def radios(view: MibView) -> tuple[Radio, ...]:
    """Return one radio for each frequency: a radio's virtual access points are on its channel."""
    names, clients = view.texts(_NAME), view.integers(_CLIENTS)
    noise, busy, powers = (view.integers(root) for root in (_NOISE, _BUSY, _TX_POWER))
    found: dict[int, Radio] = {}
    for index, frequency in view.integers(_FREQUENCY).items():
        if frequency in found:
            known = found[frequency]
            counts = [n for n in (known.clients, clients.get(index)) if n is not None]
            found[frequency] = replace(known, clients=sum(counts) if counts else None)
        elif frequency:
            found[frequency] = Radio(
                index=len(found),
                name=names.get(index),
                band=band(frequency),
                channel=channel(frequency),
                frequency_mhz=frequency,
                tx_power_dbm=_float(powers.get(index)),
                noise_floor_dbm=_float(noise.get(index)),
                utilisation_percent=_float(busy.get(index)),
                clients=clients.get(index),
            )
    return tuple(found.values())


def _float(number: int | None) -> float | None:
    return None if number is None else float(number)


def metrics(view: MibView) -> list[Metric]:
    """Return the figures of each virtual access point, of all of them, and the temperatures."""
    labels = {**view.texts(_NAME), **view.texts(_LABEL)}

    def each(root: Oid, name: str, unit: str, of: str = "", scale: float = 1.0) -> list[Metric]:
        called = {index: f"{label} {of}".strip() for index, label in labels.items()}
        return figures.column(view, root, name, unit, labels=called, scale=scale)

    # openwrtWlIfaceFrequency is 0 for an interface that is off the air.
    tuned = [metric for metric in each(_FREQUENCY, "frequency_mhz", "MHz") if metric.value]
    return [
        *each(_CLIENTS, "clients", ""),
        *figures.column(
            view, CLIENT_COUNT[:-1], "clients", "", labels={CLIENT_COUNT[-1:]: "all SSIDs"}
        ),
        *tuned,
        *each(_NOISE, "noise_floor_dbm", "dBm"),
        *each(_BUSY, "utilisation_percent", "%"),
        *each(_TX_POWER, "tx_power_dbm", "dBm"),
        *(m for of, root in _RATES.items() for m in each(root, "rate_bps", "bit/s", of, 1e6)),
        *(m for of, root in _SNR.items() for m in each(root, "snr_db", "dB", of)),
        *figures.column(
            view,
            _TEMPERATURE,
            "temperature_celsius",
            "°C",
            labels=view.texts(_TEMPERATURE_NAME),
            scale=0.001,
            keep=figures.celsius,
        ),
    ]
