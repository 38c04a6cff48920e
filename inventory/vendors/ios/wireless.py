"""What IOS tells of the air: the clients of an autonomous Aironet's radios, a modem's signal."""

from dataclasses import replace

from inventory.observation import Metric, Observation, Radio
from inventory.vendors.mib import MibView, oid
from inventory.vendors.standard import figures

# CISCO-DOT11-ASSOCIATION-MIB cDot11ActiveWirelessClients, index ifIndex
_CLIENTS = oid("1.3.6.1.4.1.9.9.273.1.1.2.1.1")
# CISCO-WAN-3G-MIB c3gCurrentGsmRssi, index entPhysicalIndex of the modem
_CELLULAR = oid("1.3.6.1.4.1.9.9.661.1.3.4.1.1.1")
# CISCO-WAN-CELL-EXT-MIB cwceLteCurrSnr, the same index; DISPLAY-HINT "d-1": tenths of a dB
_CELLULAR_SNR = oid("1.3.6.1.4.1.9.9.817.1.1.1.1.1.3")
CELLULAR_COLUMNS = (_CELLULAR, _CELLULAR_SNR)
COLUMNS = (_CLIENTS, *CELLULAR_COLUMNS)


def with_air(view: MibView, read: Observation) -> Observation:
    """Return the observation with the radios and figures that the device has; most have none."""
    names = {port.index: port.name for port in read.interfaces}
    labels = {
        index: names.get(index[-1]) or f"interface {index[-1]}"
        for index in view.column(_CLIENTS)
        if index
    }
    clients = view.integers(_CLIENTS)
    return replace(
        read,
        radios=tuple(
            Radio(index=index[-1], name=name, clients=clients.get(index))
            for index, name in labels.items()
        ),
        metrics=(
            *read.metrics,
            *figures.column(view, _CLIENTS, "clients", "", labels=labels),
            *cellular(view),
        ),
    )


def cellular(view: MibView) -> list[Metric]:
    """Return how well the modems of a router with a mobile link hear; 0 dBm is no link."""
    rows = (*view.column(_CELLULAR), *view.column(_CELLULAR_SNR))
    labels = dict.fromkeys(rows, "cellular")
    return [
        *figures.column(view, _CELLULAR, "rssi_dbm", "dBm", labels=labels, keep=bool),
        *figures.column(view, _CELLULAR_SNR, "snr_db", "dB", labels=labels, scale=0.1),
    ]
