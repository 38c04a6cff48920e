"""HUAWEI-POE-MIB: the power that a switch gives, by slot and by ifIndex.

Most switches of VRP do not serve POWER-ETHERNET-MIB, or a part of it: what that tells stays.
"""

from dataclasses import replace

from inventory.observation import Poe, PoePort
from inventory.vendors.mib import MibView, oid

_POE = "1.3.6.1.4.1.2011.5.25.195"
# hwPoeSlotTable: hwPoeSlotMaximumPower, hwPoeSlotConsumingPower (mW).
_BUDGET, _CONSUMED = oid(f"{_POE}.2.1.2"), oid(f"{_POE}.2.1.5")
# hwPoePortTable, index ifIndex: hwPoePortEnable, -PowerStatus (in words), -PdClass,
# -ConsumingPower (mW).
_ENABLE, _STATUS, _CLASS, _POWER = (oid(f"{_POE}.3.1.{column}") for column in (3, 7, 8, 10))
COLUMNS = (_BUDGET, _CONSUMED, _ENABLE, _STATUS, _CLASS, _POWER)

_ENABLED = 1  # P-BRIDGE-MIB EnabledStatus
_MOST_CLASS = 8  # IEEE 802.3bt
_MILLIWATTS = 1000


def poe(view: MibView, known: Poe | None) -> Poe | None:
    """Return the budget and the ports; None when the device tells nothing of power."""
    told = _ports(view)
    budget, consumed = view.integers(_BUDGET), view.integers(_CONSUMED)
    if not told and not budget:
        return known
    whole = known or Poe()
    ports = {port.interface: port for port in whole.ports}
    ports |= {index: _both(ports.get(index), port) for index, port in told.items()}
    return replace(
        whole,
        budget_w=sum(budget.values()) / _MILLIWATTS if budget else whole.budget_w,
        used_w=sum(consumed.values()) / _MILLIWATTS if consumed else whole.used_w,
        ports=tuple(ports.values()),
    )


def _ports(view: MibView) -> dict[int, PoePort]:
    enable, power = view.integers(_ENABLE), view.integers(_POWER)
    words, classes = view.texts(_STATUS), view.integers(_CLASS)
    found = {}
    for index in sorted(index for index in {*enable, *power, *words} if index):
        delivering = _delivering(words.get(index))
        given, watts = classes.get(index, -1), power.get(index, -1)
        found[index[0]] = PoePort(
            interface=index[0],
            # As RFC 3621 has it, the class is that of a device which is powered.
            poe_class=given if delivering and 0 <= given <= _MOST_CLASS else None,
            admin=enable[index] == _ENABLED if index in enable else None,
            delivering=delivering,
            power_w=watts / _MILLIWATTS if watts >= 0 else None,
        )
    return found


def _delivering(status: str | None) -> bool | None:
    """Return what the status says: the MIB lists no words, the manuals "Powered" among others."""
    return status.strip().lower() == "powered" if status else None


def _both(standard: PoePort | None, own: PoePort) -> PoePort:
    """Return what POWER-ETHERNET-MIB tells of a port, and what it does not tell."""
    if standard is None:
        return own
    return PoePort(
        interface=standard.interface,
        poe_class=own.poe_class if standard.poe_class is None else standard.poe_class,
        admin=own.admin if standard.admin is None else standard.admin,
        delivering=own.delivering if standard.delivering is None else standard.delivering,
        power_w=own.power_w if standard.power_w is None else standard.power_w,
    )
