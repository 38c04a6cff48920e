"""Any device: what the standard MIBs tell of it."""

from inventory.observation import Identity, Observation
from inventory.vendors.family import Family
from inventory.vendors.mib import MibView
from inventory.vendors.reading import ANY_DEVICE, Reading
from inventory.vendors.standard import entity, observation, system
from inventory.vendors.standard.enterprises import vendor


def identify(view: MibView, family: str = "generic") -> Identity:
    """Return the identity that ENTITY-MIB's first chassis gives, else its outermost part."""
    listed = entity.entities(view)
    boxes, first = entity.chassis(listed), entity.outermost(listed)
    return system.identity(
        view,
        family,
        vendor=vendor(view) or (first.manufacturer if first else None),
        model=(first.model or first.description) if first else None,
        serial=first.serial if first else None,
        firmware=(first.software or first.firmware) if first else None,
        members=entity.members(boxes),
    )


def _observe(view: MibView) -> Observation:
    return observation.observe(view, identify(view))


FAMILY = Family(
    id="generic",
    vendor="",
    role="other",
    reading=Reading(recognise=lambda _: ANY_DEVICE, columns=observation.COLUMNS, observe=_observe),
)
