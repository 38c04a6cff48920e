"""What IOS tells of the air: the clients of an autonomous Aironet's radios, a modem's signal."""

from dataclasses import replace

from inventory.observation import Observation, Radio
from inventory.vendors.mib import MibView, oid
from inventory.vendors.standard import figures

# CISCO-DOT11-ASSOCIATION-MIB cDot11ActiveWirelessClients, index ifIndex
_CLIENTS = oid("1.3.6.1.4.1.9.9.273.1.1.2.1.1")
# CISCO-WAN-3G-MIB c3gCurrentGsmRssi, index entPhysicalIndex of the modem
_CELLULAR = oid("1.3.6.1.4.1.9.9.661.1.3.4.1.1.1")
COLUMNS = (_CLIENTS, _CELLULAR)


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
            *figures.column(
                view,
                _CELLULAR,
                "rssi_dbm",
                "dBm",
                labels=dict.fromkeys(view.column(_CELLULAR), "cellular"),
                keep=bool,
            ),
        ),
    )
