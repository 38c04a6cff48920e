"""What a family's folder declares, and the list of all families.

A folder `inventory/vendors/<family>/` holds in its `__init__` one `FAMILY: Family`, or `FAMILIES`
where one vendor's families share their MIB modules. Adding a family is adding a folder; nothing
else names it.
"""

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Generic, TypeVar, cast

import inventory.vendors
from inventory.errors import NotFound
from inventory.sentences import Sentence

if TYPE_CHECKING:
    from inventory.vendors.configuration import Configuration
    from inventory.vendors.notification import Notification
    from inventory.vendors.reading import Reading
    from inventory.vendors.support import Support

Part = TypeVar("Part")

_NO_FAMILIES = {"standard"}  # the MIBs that all vendors share


@dataclass(frozen=True)
class Later:
    """Something in a module that is imported when it is first asked for.

    To read devices nothing is needed that configures them, and that takes longer to import.
    """

    module: str
    name: str


class _Part(Generic[Part]):
    """A field of Family that may be given as a Later, and is read as what that stands for."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._key = f"_{name}"

    def __get__(self, instance: object | None, owner: type) -> Part | None:
        if instance is None:  # dataclass asks for the default
            return None
        part = instance.__dict__[self._key]
        if isinstance(part, Later):
            part = getattr(importlib.import_module(part.module), part.name)
            instance.__dict__[self._key] = part
        return cast("Part | None", part)

    def __set__(self, instance: object, part: Part | Later | None) -> None:
        instance.__dict__[self._key] = part


@dataclass(frozen=True)
class Family:
    """One kind of device; `id` is what `identity.family` carries, `role` a DeviceRole value.

    `configuration` and `support` are given as a Later where they are in modules of their own.
    """

    id: str
    vendor: str
    role: str
    reading: "Reading"
    configuration: "_Part[Configuration]" = _Part["Configuration"]()  # noqa: RUF009
    notifications: "tuple[Notification, ...]" = ()
    support: "_Part[Support]" = _Part["Support"]()  # noqa: RUF009


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
        raise NotFound(
            Sentence("Aucune famille d’équipements ne s’appelle %(family_id)s", family_id=family_id)
        ) from None
