"""All standard readings together: what every family begins with."""

import re
from collections.abc import Mapping

from inventory.observation import Identity, Interface, Neighbour, Observation
from inventory.vendors.mib import MibView, Oid
from inventory.vendors.standard import (
    addresses,
    bridging,
    entity,
    host,
    interfaces,
    neighbours,
    power,
    sensors,
    system,
)

_MAC = re.compile("[0-9a-f]{12}")
COLUMNS = (
    *system.COLUMNS,
    *interfaces.COLUMNS,
    *entity.COLUMNS,
    *neighbours.COLUMNS,
    *bridging.COLUMNS,
    *addresses.COLUMNS,
    *power.COLUMNS,
    *host.COLUMNS,
    *sensors.COLUMNS,
)


def observe(
    view: MibView, identity: Identity, *, port_power_w: Mapping[Oid, float] | None = None
) -> Observation:
    """Return what the standard MIBs tell, under the identity that the family read.

    `port_power_w` is what the family knows of the power on its ports, by pethPsePortTable's index.
    """
    ports = interfaces.interfaces(view)
    known = interfaces.Ports(ports)
    heard = neighbours.neighbours(view, known)
    infrastructure = _infrastructure(ports, heard)
    return Observation(
        identity=identity,
        interfaces=ports,
        neighbours=heard,
        vlans=bridging.vlans(view),
        forwarding=bridging.forwarding(view, infrastructure),
        arp=addresses.arp(view, infrastructure),
        poe=power.poe(view, known, port_power_w),
        metrics=(
            *system.metrics(view),
            *host.metrics(view),
            *sensors.metrics(view),
            *power.metrics(view),
        ),
        problems=view.problems,
    )


def _infrastructure(ports: tuple[Interface, ...], heard: tuple[Neighbour, ...]) -> set[str]:
    """Return the addresses that belong to no person: our own, and those of devices we hear."""
    addresses_of_devices = {port.mac for port in ports} | {
        word for neighbour in heard for word in (neighbour.chassis_id, neighbour.port_id)
    }
    return {word for word in addresses_of_devices if word and _MAC.fullmatch(word)}
