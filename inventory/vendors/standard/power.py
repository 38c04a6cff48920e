"""POWER-ETHERNET-MIB (RFC 3621): the power budget and the ports that deliver."""

import re
from collections.abc import Mapping

from inventory.observation import Metric, Poe, PoePort
from inventory.vendors.mib import MibView, Oid, dotted, oid
from inventory.vendors.standard.interfaces import ETHERNET, Ports

_PORT_ADMIN = oid("1.3.6.1.2.1.105.1.1.1.3")
_PORT_DETECTION = oid("1.3.6.1.2.1.105.1.1.1.6")
_PORT_CLASS = oid("1.3.6.1.2.1.105.1.1.1.10")
_MAIN_POWER = oid("1.3.6.1.2.1.105.1.3.1.1.2")
_MAIN_CONSUMPTION = oid("1.3.6.1.2.1.105.1.3.1.1.4")
COLUMNS = (_PORT_ADMIN, _PORT_DETECTION, _PORT_CLASS, _MAIN_POWER, _MAIN_CONSUMPTION)

_TRUE = 1  # TruthValue
_DELIVERING = 3  # pethPsePortDetectionStatus deliveringPower


def poe(view: MibView, ports: Ports, power_w: Mapping[Oid, float] | None = None) -> Poe | None:
    """Return the power budget and the ports; None when the device tells nothing of it.

    The standard has no power per port: a family that knows it gives `power_w` by the index of
    pethPsePortTable.
    """
    admin, detection = view.integers(_PORT_ADMIN), view.integers(_PORT_DETECTION)
    classes = view.integers(_PORT_CLASS)
    budget, used = view.integers(_MAIN_POWER), view.integers(_MAIN_CONSUMPTION)
    indexes = sorted({*admin, *detection, *classes})
    if not indexes and not budget:
        return None
    interfaces = _interfaces(indexes, ports)
    found = []
    for index in indexes:
        given = classes.get(index)
        delivering = detection[index] == _DELIVERING if index in detection else None
        found.append(
            PoePort(
                interface=interfaces.get(index),
                # pethPsePortPowerClassifications counts class 0 as 1; RFC 3621 gives it a
                # meaning for a port that delivers only.
                poe_class=given - 1 if given and delivering is not False else None,
                admin=admin[index] == _TRUE if index in admin else None,
                delivering=delivering,
                power_w=(power_w or {}).get(index),
            )
        )
    return Poe(
        budget_w=float(sum(budget.values())) if budget else None,
        used_w=float(sum(used.values())) if used else None,
        ports=tuple(found),
    )


def _interfaces(indexes: list[Oid], ports: Ports) -> dict[Oid, int]:
    """Return ifIndex by (pethPsePortGroupIndex, pethPsePortIndex), which RFC 3621 does not link.

    Most agents number the ports by ifIndex; others as on the front panel, within the group (the
    stack member), and there a port named `group/…/port` or `group:port` tells.
    """
    ethernet = {
        interface.index: interface.name or ""
        for interface in ports.by_index.values()
        if interface.type in (ETHERNET, None)
    }
    numbers = [index[-1] for index in indexes if index]
    # A number that comes again in another group is none of the whole device.
    if len(set(numbers)) == len(numbers) and all(number in ethernet for number in numbers):
        return {index: index[-1] for index in indexes if index}
    panel: dict[Oid, int] = {}
    for number, name in ethernet.items():
        places = re.findall(r"\d+", name)
        if len(places) >= 2 and ("/" in name or ":" in name):
            panel.setdefault((int(places[0]), int(places[-1])), number)
    return panel


def metrics(view: MibView) -> list[Metric]:
    """Return the power in use of each power supply group."""
    return [
        Metric("poe_w", f"PSE {index[-1]}", float(watts), "W", dotted((*_MAIN_CONSUMPTION, *index)))
        for index, watts in view.integers(_MAIN_CONSUMPTION).items()
    ]
