"""What a family's folder declares, and the list of all families.

A folder `inventory/vendors/<family>/` holds in its `__init__` one `FAMILY: Family`, or `FAMILIES`
where one vendor's families share their MIB modules. Adding a family is adding a folder; nothing
else names it.
"""

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import inventory.vendors
from inventory.errors import NotFound

if TYPE_CHECKING:
    from inventory.vendors.configuration import Configuration
    from inventory.vendors.notification import Notification
    from inventory.vendors.reading import Reading
    from inventory.vendors.support import Support

_NO_FAMILIES = {"standard"}  # the MIBs that all vendors share


@dataclass(frozen=True)
class Family:
    """One kind of device; `id` is what `identity.family` carries, `role` a DeviceRole value."""

    id: str
    vendor: str
    role: str
    reading: "Reading"
    configuration: "Configuration | None" = None
    notifications: "tuple[Notification, ...]" = ()
    support: "Support | None" = None


@cache
def families() -> dict[str, Family]:
    """Return every family by its id."""
    found: dict[str, Family] = {}
    for module in pkgutil.iter_modules(inventory.vendors.__path__):
        if module.ispkg and module.name not in _NO_FAMILIES:
            folder = importlib.import_module(f"inventory.vendors.{module.name}")
            listed: tuple[Family, ...] = getattr(folder, "FAMILIES", None) or (folder.FAMILY,)
            found |= {family.id: family for family in listed}
    return found


def family(family_id: str) -> Family:
    """Return one family; raises NotFound for an unknown id."""
    try:
        return families()[family_id]
    except KeyError:
        raise NotFound(f"no device family is called {family_id}") from None
