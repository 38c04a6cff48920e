"""MIKROTIK-MIB's mtxrWifi: the `wifi` package of RouterOS 7, which tells its clients' table alone.

The table's index is a client's address and the ifIndex of the interface that it is on. Clients are
counted; nothing of one is kept.
"""

from collections import Counter

from inventory.observation import Metric, Radio, Wlan
from inventory.vendors.mib import MibView, dotted, oid

_TABLE = oid("1.3.6.1.4.1.14988.1.1.21.4.1")  # mtxrWifiRegistrationTable
_SSID, _BAND = (*_TABLE, 3), (*_TABLE, 8)
COLUMNS = (_SSID, _BAND)
_BANDS = {"2ghz": "2.4", "5ghz": "5", "6ghz": "6"}


def radios(view: MibView, names: dict[int, str | None]) -> tuple[Radio, ...]:
    """Return the interfaces that have clients, with the band that the clients are on."""
    bands = {index[-1]: word.partition("-")[0] for index, word in view.texts(_BAND).items()}
    clients = Counter(index[-1] for index in view.column(_SSID))
    return tuple(
        Radio(index=port, name=names.get(port), band=_BANDS.get(bands.get(port, "")), clients=count)
        for port, count in sorted(clients.items())
    )


def wlans(view: MibView, names: dict[int, str | None]) -> tuple[Wlan, ...]:
    """Return the SSIDs that have clients on each interface: others are not told."""
    found = Counter((ssid, index[-1]) for index, ssid in view.texts(_SSID).items())
    return tuple(
        Wlan(ssid, radio=names.get(port), clients=count)
        for (ssid, port), count in sorted(found.items())
    )


def metrics(view: MibView) -> list[Metric]:
    """Return the clients of each SSID that has any, and of all."""
    found = Counter(view.texts(_SSID).values())
    source = dotted(_SSID)
    figures = [
        Metric("clients", f"SSID {ssid}", float(count), "", source)
        for ssid, count in sorted(found.items())
    ]
    rows = len(view.column(_SSID))
    return [*figures, Metric("clients", "all SSIDs", float(rows), "", source)] if rows else []
