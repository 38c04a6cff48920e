"""ruckusZDWLANAPTable and its radios (RUCKUS-ZD-WLAN-MIB)."""

from collections.abc import Callable, Mapping

from inventory.vendors.mib import MibView, Oid, oid
from inventory.vendors.standard.wireless_columns import mac_of_index
from inventory.vendors.standard.wireless_tables import AccessPointTable

_STATES = {  # ruckusZDWLANAPStatus
    "0": "down",
    "1": "up",
    "2": "approval pending",
    "3": "upgrading firmware",
    "4": "provisioning",
}


def access_points(entry: str) -> AccessPointTable:
    """Return the table of access points whose entry is `entry`, indexed by their address."""
    return AccessPointTable(
        name=oid(f"{entry}.2"),  # …APDescription
        indexed_by_mac=True,
        status=oid(f"{entry}.3"),
        states=_STATES,
        model=oid(f"{entry}.4"),
        serial=oid(f"{entry}.5"),
        firmware=oid(f"{entry}.7"),
        ip=oid(f"{entry}.10"),
        clients=oid(f"{entry}.15"),
    )


def radio_names(ap_names: Oid, channels: Oid) -> Callable[[MibView], Mapping[Oid, str]]:
    """Return what names the rows of `channels`, whose index is an address and a radio's number."""

    def names(view: MibView) -> Mapping[Oid, str]:
        owners = view.texts(ap_names)
        return {
            index: f"{owners.get(index[:-1]) or mac_of_index(index[:-1])} radio {index[-1]}"
            for index in view.column(channels)
            if index
        }

    return names
