"""Reads IOS and IOS-XE: ENTITY-MIB for who it is, Cisco's own MIBs for the rest."""

import re
from dataclasses import replace

from inventory.observation import Member, Observation
from inventory.vendors.ios import products, sensors
from inventory.vendors.ios.vlans import COLUMNS as VLAN_COLUMNS
from inventory.vendors.ios.vlans import vlans
from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import Reading
from inventory.vendors.standard import entity
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import (
    Sign,
    Word,
    chassis,
    described,
    instance,
    recogniser,
)

_CISCO = "1.3.6.1.4.1.9"
# "Cisco IOS XR Software" is another system, of carriers' routers.
_IOS = r"Cisco IOS Software|Cisco Internetwork Operating System|\bIOS \(tm\)"
# XE names itself in the image or the platform: CAT9K_IOSXE, IOS-XE Software, LINUX_IOSD.
_XE = r"IOS[- ]?XE|LINUX_IOSD|CAT3K_CAA"
_XR = r"IOS XR"
# CISCO-PRODUCTS-MIB ciscoIE1000…: industrial switches that do not say IOS.
_IE1000 = tuple(f"{_CISCO}.1.{number}" for number in range(2330, 2334))
# CISCO-STACKWISE-MIB cswSwitchNumCurrent, index entPhysicalIndex: the member's number.
_SWITCH_NUMBER = oid(f"{_CISCO}.9.500.1.2.1.1.1")
# OLD-CISCO-CHASSIS-MIB chassisId: the serial number, or what a person wrote in its place.
_CHASSIS_ID = f"{_CISCO}.3.6.3.0"
# Names of rows that are no product's.
_NO_PRODUCT = re.compile(r"(?i)stack|system|^(?:switch|chassis|slot|\w+ slot) ?\d*$")
# CISCO-POWER-ETHERNET-EXT-MIB cpeExtPsePortPwrConsumption (mW), indexed as pethPsePortTable.
_PORT_POWER = oid(f"{_CISCO}.9.402.1.2.1.9")


def _whole(view: MibView) -> entity.Entity | None:
    """Return the part that holds all others: the stack, else the first chassis.

    Without entPhysicalClass it is the first row, whose number is 1.
    """
    listed = entity.entities(view)
    first = listed.get(1)
    unclassed = first if first and first.kind is None and not first.contained_in else None
    return entity.stack(listed) or unclassed or entity.outermost(listed)


def _model(view: MibView) -> str | None:
    """Return the model of the whole, which a chassis has and a stack seldom, else of a box."""
    listed = entity.entities(view)
    places = (_whole(view), *entity.chassis(listed), entity.outermost(listed))
    return next((place.model for place in places if place and place.model), None)


def _chassis_name(view: MibView) -> str | None:
    """Return entPhysicalName of a chassis that has no model name: "2811 chassis"."""
    whole = _whole(view)
    name = whole.name if whole else None
    return name if name and re.search(r"\d", name) and not _NO_PRODUCT.search(name) else None


def _software(view: MibView) -> str | None:
    """Return entPhysicalSoftwareRev of row 1, the whole; routers write more after a comma."""
    whole = _whole(view)
    if whole is None or whole.index != 1 or not whole.software:
        return None
    return whole.software.split(",")[0].strip()


def _refine(view: MibView, read: Observation) -> Observation:
    own = (*sensors.cpu(view), *sensors.memory(view), *sensors.temperatures(view))
    known = {(metric.name, metric.label) for metric in read.metrics}
    return replace(
        read,
        identity=replace(read.identity, members=_members(view, read.identity.members)),
        vlans=vlans(view) or read.vlans,
        metrics=(*read.metrics, *(m for m in own if (m.name, m.label) not in known or not m.label)),
    )


def _members(view: MibView, members: tuple[Member, ...]) -> tuple[Member, ...]:
    """Return the members by the numbers that StackWise gives them, where it does."""
    numbers = {index[0]: number for index, number in view.integers(_SWITCH_NUMBER).items() if index}
    boxes = entity.chassis(entity.entities(view))
    told = [numbers.get(box.index) for box in boxes]
    if not members or None in told or len(set(told)) != len(members):
        return members
    numbered = (replace(m, index=n) for m, n in zip(members, told, strict=True) if n is not None)
    return tuple(sorted(numbered, key=lambda member: member.index))


def _profile(family: str, *signs: Sign) -> Profile:
    return Profile(
        family=family,
        vendor="Cisco",
        recognise=recogniser(*signs),
        model=(
            Word(_model),
            Word(products.name),
            Word(_chassis_name),
            # XE since 16 has its release there: "Software [Cupertino], C9800-AP Software".
            described(r"(?:Software(?: \[\w+\])?,|\(tm\)) (?!IOS-XE|ISR)([\w-]+) Software"),
        ),
        serial=(chassis("serial"), instance(_CHASSIS_ID, r"^(\w{8,})$")),
        firmware=(
            Word(_software),
            described(r"\bVersion ([^,\s]+)"),
            chassis("software"),
        ),
        port_power=_PORT_POWER,
        columns=(*VLAN_COLUMNS, *sensors.COLUMNS, _SWITCH_NUMBER),
        refine=_refine,
    )


READING: Reading = reading(
    _profile(
        "ios",
        Sign(words=_IOS, without=rf"{_XE}|{_XR}"),
        Sign(roots=_IE1000),
    )
)
IOSXE_READING: Reading = reading(_profile("iosxe", Sign(words=_XE, without=_XR)))
