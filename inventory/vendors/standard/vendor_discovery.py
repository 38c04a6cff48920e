"""Neighbours heard by a vendor's own discovery protocol, as data: the columns of its table.

Huawei's and H3C's NDP, Alcatel's AMAP, FASTPATH's ISDP: before LLDP each vendor had one.
"""

from dataclasses import dataclass

from inventory.observation import Interface, Neighbour
from inventory.vendors.mib import MibView, Oid, Value, mac, oid

_MAC_BYTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourTable:
    """The table of one protocol: a row is a neighbour where `name` tells one.

    `local` is the column of our ifIndex; without it the row's index begins with the ifIndex.
    `device` ends with the neighbour's MAC address.
    """

    protocol: str
    name: Oid
    port: Oid | None = None
    platform: Oid | None = None
    device: Oid | None = None
    local: Oid | None = None

    @property
    def columns(self) -> tuple[Oid, ...]:
        """Return the columns that it needs."""
        listed = (self.name, self.port, self.platform, self.device, self.local)
        return tuple(column for column in listed if column)

    def neighbours(self, view: MibView, interfaces: tuple[Interface, ...]) -> tuple[Neighbour, ...]:
        """Return the neighbours that tell their name, in the order of the table."""
        names = {port.index: port.name for port in interfaces}
        return tuple(
            Neighbour(
                local_interface=names.get(self._local(view, index)),
                protocol=self.protocol,
                # A Nexus writes its serial number in brackets after its name.
                system_name=device.split("(")[0].strip() or device,
                port_id=view.text((*self.port, *index)) if self.port else None,
                chassis_id=_address(view.get((*self.device, *index))) if self.device else None,
                platform=view.text((*self.platform, *index)) if self.platform else None,
            )
            for index, device in view.texts(self.name).items()
        )

    def _local(self, view: MibView, index: Oid) -> int:
        if self.local is None:
            return index[0]
        return view.integer((*self.local, *index)) or 0


def _address(value: Value | None) -> str | None:
    return mac(value[-_MAC_BYTES:]) if isinstance(value, bytes) else None


def ndp(entry: str) -> NeighbourTable:
    """Return the table of NDP: <vendor>-HGMP-MIB …NDPPortNbEntry, index (ifIndex, device, port).

    Its device is 10 octets, the last six the MAC address.
    """
    device, port, name, product = (oid(f"{entry}.{column}") for column in (1, 2, 3, 5))
    return NeighbourTable(protocol="ndp", name=name, port=port, platform=product, device=device)
