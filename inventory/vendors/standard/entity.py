"""ENTITY-MIB (RFC 6933): chassis, stack members and their model, serial and firmware."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from inventory.observation import Member
from inventory.vendors.mib import MibView, Value, integer, oid, text

ENT_PHYSICAL = oid("1.3.6.1.2.1.47.1.1.1.1")
CHASSIS, MODULE, STACK = 3, 9, 11  # IANAPhysicalClass

_COLUMNS = {
    "description": 2, "contained_in": 4, "kind": 5, "position": 6, "name": 7, "firmware": 9,
    "software": 10, "serial": 11, "manufacturer": 12, "model": 13,
}  # fmt: skip
COLUMNS = tuple((*ENT_PHYSICAL, column) for column in _COLUMNS.values())


@dataclass(frozen=True, slots=True)
class Entity:
    """One row of entPhysicalTable; `kind` is entPhysicalClass."""

    index: int
    description: str | None
    contained_in: int | None
    kind: int | None
    position: int | None
    name: str | None
    firmware: str | None
    software: str | None
    serial: str | None
    manufacturer: str | None
    model: str | None


# What a view tells never changes; a family asks for it once for each word of the identity.
_DECODED: WeakKeyDictionary[MibView, dict[int, Entity]] = WeakKeyDictionary()


def entities(view: MibView) -> dict[int, Entity]:
    """Return the rows of entPhysicalTable by their index; they are not to be changed."""
    known = _DECODED.get(view)
    if known is None:
        known = _DECODED[view] = _entities(view)
    return known


def _entities(view: MibView) -> dict[int, Entity]:
    rows: dict[int, dict[str, Value]] = {}
    for field, column in _COLUMNS.items():
        for index, value in view.column((*ENT_PHYSICAL, column)).items():
            rows.setdefault(index[0], {})[field] = value
    return {index: _entity(index, rows[index]) for index in sorted(rows)}


def _entity(index: int, row: dict[str, Value]) -> Entity:
    return Entity(
        index=index,
        description=text(row.get("description")),
        contained_in=integer(row.get("contained_in")),
        kind=integer(row.get("kind")),
        position=integer(row.get("position")),
        name=text(row.get("name")),
        firmware=text(row.get("firmware")),
        software=text(row.get("software")),
        serial=text(row.get("serial")),
        manufacturer=text(row.get("manufacturer")),
        model=text(row.get("model")),
    )


def chassis(listed: dict[int, Entity]) -> list[Entity]:
    """Return the chassis that are boxes of their own, in order; a stack has several.

    A chassis inside a chassis (a blade, a fixed module some agents class so) is not one.
    """
    boxes = [entity for entity in listed.values() if entity.kind == CHASSIS]
    indexes = {box.index for box in boxes}
    return [box for box in boxes if box.contained_in not in indexes] or boxes


def outermost(listed: dict[int, Entity]) -> Entity | None:
    """Return the part that stands for the device: the first chassis, else what holds the others.

    Agents without a chassis have a stack or a module that is contained in nothing; some leave
    entPhysicalClass and entPhysicalContainedIn out, and their first row is the device. Without the
    class, the first part of an outermost row without a name stands for it.
    """
    boxes = chassis(listed)
    if boxes:
        return boxes[0]
    named = [entity for entity in listed.values() if entity.model or entity.serial]
    holding = [entity for entity in named if not entity.contained_in]
    if not holding:
        nameless = {index for index, entity in listed.items() if entity.contained_in == 0}
        holding = [part for part in named if part.kind is None and part.contained_in in nameless]
    return holding[0] if holding else None


def stack(listed: dict[int, Entity]) -> Entity | None:
    """Return the stack that holds the chassis, None for a single box."""
    return next((entity for entity in listed.values() if entity.kind == STACK), None)


def members(boxes: list[Entity]) -> tuple[Member, ...]:
    """Return the boxes as members of a stack, none for a single box.

    The number is entPhysicalParentRelPos where that tells the boxes apart, else their order.
    """
    if len(boxes) < 2:
        return ()
    positions = [box.position for box in boxes]
    told = all(place and place > 0 for place in positions) and len(set(positions)) == len(boxes)
    return tuple(
        Member(
            index=(box.position or 0) if told else place,
            model=box.model or box.description,
            serial=box.serial,
            firmware=box.software or box.firmware,
        )
        for place, box in enumerate(boxes, 1)
    )
