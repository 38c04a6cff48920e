"""Reads JetStream and Omada switches: identity, load, LLDP and PoE stand in TP-Link's own MIBs."""

import re
from dataclasses import replace

from inventory.observation import Interface, Neighbour, Observation, Poe, PoePort, Vlan
from inventory.vendors.mib import MibView, mac, oid
from inventory.vendors.standard import health
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import Sign, chassis, instance, recogniser

_TP_LINK = "1.3.6.1.4.1.11863"
# TPLINK-SYSINFO-MIB tpSysInfoHwVersion, SwVersion, SerialNum.
_SYSTEM = f"{_TP_LINK}.6.1.1"
# TPLINK-SYSMONITOR-MIB: CPU in the last five seconds, memory; per cent, index the unit.
_CPU, _MEMORY = f"{_TP_LINK}.6.4.1.1.1.1.2", f"{_TP_LINK}.6.4.1.2.1.1.2"
# TPLINK-LLDPINFO-MIB's neighbours, index (ifIndex, neighbour): our port, then theirs.
_LLDP = f"{_TP_LINK}.6.35.1.2.2.1"
_PORT, _CHASSIS, _REMOTE_PORT, _NAME, _DESCR = (
    oid(f"{_LLDP}.{column}") for column in (1, 4, 6, 9, 10)
)
# TPLINK-POWER-OVER-ETHERNET-MIB, in tenths of a watt: tpSystemPowerLimit, -Consumption; by port
# tpPoePortStatus, tpPoePower, tpPoeClass, tpPoePowerStatus.
_POE_LIMIT, _POE_CONSUMED = (oid(f"{_TP_LINK}.6.56.1.1.1.{column}.0") for column in (1, 3))
_POE_ADMIN, _POE_POWER, _POE_CLASS, _POE_STATUS = (
    oid(f"{_TP_LINK}.6.56.1.1.2.1.1.{column}") for column in (2, 7, 10, 11)
)
_ENABLED, _POWERED, _NO_CLASS = 1, 2, 7
_TENTHS = 10
# TPLINK-DOT1Q-VLAN-MIB vlanPortConfigTable's port id, index ifIndex; vlanConfigTable, index the
# VLAN: description, tagged and untagged ports, "1/0/1-3,1/0/9" or "1-3,9".
_PORT_ID = oid(f"{_TP_LINK}.6.14.1.1.1.1.1")
_VLAN_NAME, _VLAN_TAGGED, _VLAN_UNTAGGED = (
    oid(f"{_TP_LINK}.6.14.1.2.1.1.{column}") for column in (2, 3, 4)
)
_RANGE = re.compile(r"((?:\d+/\d+/)?)(\d+)(?:-(?:\d+/\d+/)?(\d+))?")


def _refine(view: MibView, read: Observation) -> Observation:
    return replace(
        read,
        neighbours=read.neighbours or _neighbours(view, read.interfaces),
        vlans=read.vlans or _vlans(view),
        poe=read.poe or _poe(view, read.interfaces),
    )


def _neighbours(view: MibView, interfaces: tuple[Interface, ...]) -> tuple[Neighbour, ...]:
    names = {port.index: port.name for port in interfaces}
    ports, descriptions = view.texts(_REMOTE_PORT), view.texts(_DESCR)
    systems, boxes = view.texts(_NAME), view.texts(_CHASSIS)
    return tuple(
        Neighbour(
            local_interface=names.get(index[0]) or view.text((*_PORT, *index)),
            protocol="lldp",
            system_name=systems.get(index),
            port_id=ports.get(index),
            chassis_id=mac(boxes[index].encode()) or boxes[index] if index in boxes else None,
            platform=descriptions.get(index),
        )
        for index in sorted({*systems, *boxes})
        if index
    )


def _vlans(view: MibView) -> tuple[Vlan, ...]:
    ports = {written: index[0] for index, written in view.texts(_PORT_ID).items()}
    tagged, untagged = view.texts(_VLAN_TAGGED), view.texts(_VLAN_UNTAGGED)
    names = view.texts(_VLAN_NAME)
    return tuple(
        Vlan(
            id=index[-1],
            name=names.get(index),
            tagged=_listed(tagged.get(index, ""), ports),
            untagged=_listed(untagged.get(index, ""), ports),
        )
        for index in sorted({*names, *tagged, *untagged})
        if index and 1 <= index[-1] <= 4094
    )


def _listed(written: str, ports: dict[str, int]) -> tuple[int, ...]:
    """Return the ifIndexes of a list of ports and ranges of ports."""
    found: list[int] = []
    for unit, begin, end in _RANGE.findall(written):
        numbers = range(int(begin), min(int(end or begin), int(begin) + len(ports)) + 1)
        found += [ports[port] for number in numbers if (port := f"{unit}{number}") in ports]
    return tuple(sorted(set(found)))


def _poe(view: MibView, interfaces: tuple[Interface, ...]) -> Poe | None:
    """Return the budget and the ports, which TP-Link numbers as on the front panel."""
    limit, consumed = view.integer(_POE_LIMIT), view.integer(_POE_CONSUMED)
    admin, power = view.integers(_POE_ADMIN), view.integers(_POE_POWER)
    status, classes = view.integers(_POE_STATUS), view.integers(_POE_CLASS)
    indexes = sorted({*admin, *power, *status})
    if limit is None and not indexes:
        return None
    panel = _panel(interfaces)
    return Poe(
        budget_w=None if limit is None else limit / _TENTHS,
        used_w=None if consumed is None else consumed / _TENTHS,
        ports=tuple(
            PoePort(
                interface=panel.get(index[-1]),
                poe_class=classes[index] if classes.get(index, _NO_CLASS) < _NO_CLASS else None,
                admin=admin[index] == _ENABLED if index in admin else None,
                delivering=status[index] == _POWERED if index in status else None,
                power_w=power[index] / _TENTHS if index in power else None,
            )
            for index in indexes
        ),
    )


def _panel(interfaces: tuple[Interface, ...]) -> dict[int, int]:
    """Return ifIndex by the port's number, the last in "gigabitEthernet 1/0/5"."""
    found: dict[int, int] = {}
    for port in interfaces:
        number = re.search(r"Ethernet \d+/\d+/(\d+)", port.name or "")
        if number:
            found.setdefault(int(number[1]), port.index)
    return found


PROFILE = Profile(
    family="jetstream",
    vendor="TP-Link",
    recognise=recogniser(Sign(roots=(f"{_TP_LINK}.5",)), Sign(words="JetStream")),
    model=(instance(f"{_SYSTEM}.5.0"), chassis("model")),
    # The first releases have the uptime in its place, in words.
    serial=(instance(f"{_SYSTEM}.8.0", r"^(\w{6,})$"), chassis("serial")),
    firmware=(instance(f"{_SYSTEM}.6.0"), chassis("software")),
    figures=(health.cpu(_CPU), health.memory(_MEMORY)),
    columns=(
        *(_PORT, _CHASSIS, _REMOTE_PORT, _NAME, _DESCR),
        *(_POE_LIMIT[:-1], _POE_CONSUMED[:-1], _POE_ADMIN, _POE_POWER, _POE_CLASS, _POE_STATUS),
        *(_PORT_ID, _VLAN_NAME, _VLAN_TAGGED, _VLAN_UNTAGGED),
    ),
    refine=_refine,
)
READING = reading(PROFILE)
