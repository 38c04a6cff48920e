"""Reads an AOS-CX switch: the standard MIBs, and ARUBAWIRED-VSFv2-MIB for the stack's members."""

import re
from dataclasses import replace

from inventory.observation import Identity, Member, Metric, Observation
from inventory.vendors.mib import MibView, dotted, oid
from inventory.vendors.reading import BY_PRODUCT, NOT_OURS, Reading, under
from inventory.vendors.standard import entity, observation, system
from inventory.vendors.standard.entity import Entity
from inventory.vendors.standard.words import sys_descr

# ARUBAWIRED-NETWORKING-OID: arubaWiredSwitch's products.
_PRODUCTS = "1.3.6.1.4.1.47196.4.1.1.1"
# ARUBAWIRED-VSFv2-MIB arubaWiredVsfv2MemberTable, index arubaWiredVsfv2MemberIndex.
_MEMBER = oid("1.3.6.1.4.1.47196.4.1.1.3.15.1.2.1")
_PART, _PRODUCT, _SERIAL, _CPU = 4, 6, 7, 9
_MEMORY_TOTAL, _MEMORY_USED = 13, 14
# ARUBAWIRED-POE-MIB arubaWiredPoePethPsePortPowerDrawn, in milliwatts; augments pethPsePortEntry.
_POWER_DRAWN = oid("1.3.6.1.4.1.47196.4.1.1.3.8.1.1.1.7")
_COLUMNS = (
    *observation.COLUMNS,
    *((*_MEMBER, column) for column in (_PART, _PRODUCT, _SERIAL, _CPU)),
    *((*_MEMBER, column) for column in (_MEMORY_TOTAL, _MEMORY_USED)),
    _POWER_DRAWN,
)


# "Aruba JL658A 6300M 24SFP+ 4SFP56 Swch FL.10.04.3031", "HPE ANW S0X44A … FL.10.15.1005": the maker
# under its name of the time, the product, the release.
_DESCR = re.compile(
    r"(?:(?:Aruba|HPE|ANW|Networking) )*(?P<product>\S.*?) "
    r"(?P<release>(?:[A-Z]{2}|Virtual)\.\d+\.\d+\.?\S*)"
)


def _recognise(view: MibView) -> int:
    return BY_PRODUCT if under(view, _PRODUCTS) else NOT_OURS


def _observe(view: MibView) -> Observation:
    drawn = {index: milliwatts / 1000 for index, milliwatts in view.integers(_POWER_DRAWN).items()}
    read = observation.observe(view, _identity(view), port_power_w=drawn)
    return replace(read, metrics=(*read.metrics, *_member_metrics(view)))


def _identity(view: MibView) -> Identity:
    listed = entity.entities(view)
    boxes = _boxes(listed)
    first = boxes[0] if boxes else None
    whole = entity.stack(listed) or _unclassed_stack(listed)
    members = _members(view, boxes)
    return system.identity(
        view,
        "arubaos_cx",
        vendor="HPE Aruba Networking",
        model=_model(whole, first) or _described(view, "product"),
        # The conductor's serial stands for the stack where the stack itself has none.
        serial=(whole.serial if whole else None)
        or (first.serial if first else None)
        or next((member.serial for member in members if member.serial), None),
        firmware=_firmware(view, whole, first),
        members=members,
    )


def _boxes(listed: dict[int, Entity]) -> list[Entity]:
    """Return the chassis, also where the agent was read without entPhysicalClass.

    AOS-CX numbers the chassis of member m as m01001.
    """
    return entity.chassis(listed) or [
        row for row in listed.values() if row.kind is None and row.index % 100_000 == 1001
    ]


def _unclassed_stack(listed: dict[int, Entity]) -> Entity | None:
    whole = listed.get(1)
    return whole if whole and whole.kind is None else None


def _model(whole: Entity | None, first: Entity | None) -> str | None:
    for row in (whole, first):
        if row and (row.description or row.model):
            return row.description or row.model
    return None


def _firmware(view: MibView, whole: Entity | None, first: Entity | None) -> str | None:
    for row in (whole, first):
        if row and row.software:
            return row.software
    return _described(view, "release")


def _described(view: MibView, part: str) -> str | None:
    """Return what sysDescr says, where no administrator has written over it."""
    found = _DESCR.fullmatch(sys_descr(view) or "")
    return found[part] if found else None


def _members(view: MibView, boxes: list[Entity]) -> tuple[Member, ...]:
    """Return VSF's members with their part number, else the chassis of a stack."""
    parts, serials = view.texts((*_MEMBER, _PART)), view.texts((*_MEMBER, _SERIAL))
    products = view.texts((*_MEMBER, _PRODUCT))
    firmware = {box.serial: box.software for box in boxes if box.serial}
    # Every member runs the conductor's release (AOS-CX VSF Guide, 'Member switch').
    common = next((box.software for box in boxes if box.software), None)
    found = tuple(
        Member(
            index=index[0],
            model=products.get(index) or parts.get(index),
            serial=serials[index],
            firmware=firmware.get(serials[index]) or common,
        )
        for index in sorted(serials)
    )
    return found or entity.members(boxes)


def _member_metrics(view: MibView) -> list[Metric]:
    """Return CPU and memory of each member; the standard MIBs tell only the conductor's."""
    found = []
    for index, load in view.integers((*_MEMBER, _CPU)).items():
        source = dotted((*_MEMBER, _CPU, *index))
        found.append(Metric("cpu_percent", f"VSF {index[0]}", float(load), "%", source))
    totals = view.integers((*_MEMBER, _MEMORY_TOTAL))
    for index, used in view.integers((*_MEMBER, _MEMORY_USED)).items():
        if total := totals.get(index):
            share = round(100.0 * used / total, 2)
            source = dotted((*_MEMBER, _MEMORY_USED, *index))
            found.append(Metric("memory_percent", f"VSF {index[0]}", share, "%", source))
    return found


READING = Reading(recognise=_recognise, columns=_COLUMNS, observe=_observe)
