"""ruckusZDWLANAPTable and its radios (RUCKUS-ZD-WLAN-MIB).

What it calls a description may be left empty; the name of an access point stands in
RUCKUS-ZD-AP-MIB ruckusZDAPConfigTable, whose index is a number.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from inventory.observation import Observation
from inventory.vendors.mib import MibView, Oid, mac, oid
from inventory.vendors.standard.wireless_columns import mac_of_index
from inventory.vendors.standard.wireless_tables import AccessPointTable

_CONFIG = "1.3.6.1.4.1.25053.1.2.2.4.1.1.1.1"  # ruckusZDAPConfigEntry
_CONFIG_MAC, _CONFIG_NAME = oid(f"{_CONFIG}.2"), oid(f"{_CONFIG}.5")  # …MacAddress, …DeviceName
NAME_COLUMNS = (_CONFIG_MAC, _CONFIG_NAME)
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


def device_names(view: MibView) -> dict[str, str]:
    """Return the access points' names by their address."""
    addresses = {index: mac(value) for index, value in view.column(_CONFIG_MAC).items()}
    names = view.texts(_CONFIG_NAME)
    return {
        address: names[index] for index, address in addresses.items() if address and index in names
    }


def named(view: MibView, read: Observation) -> Observation:
    """Return the observation with the access points' own names."""
    names = device_names(view)
    return replace(
        read,
        access_points=tuple(
            replace(each, name=names.get(each.mac or "") or each.name)
            for each in read.access_points
        ),
    )


def radio_names(descriptions: Oid, channels: Oid) -> Callable[[MibView], Mapping[Oid, str]]:
    """Return what names the rows of `channels`, whose index is an address and a radio's number."""

    def names(view: MibView) -> Mapping[Oid, str]:
        devices, described = device_names(view), view.texts(descriptions)

        def owner(index: Oid) -> str | None:
            address = mac_of_index(index)
            return devices.get(address or "") or described.get(index) or address

        return {
            index: f"{owner(index[:-1])} radio {index[-1]}"
            for index in view.column(channels)
            if index
        }

    return names
