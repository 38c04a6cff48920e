"""The configuration of one router: items by menu, and what an export shows of them."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field

from lab.devices.routeros.menus import MENUS, Menu
from lab.devices.routeros.words import Complaint, shown


@dataclass
class Item:
    """One item, or the one set of values of a menu of settings.

    `fixed` is what an export names it with when the device brings it along: `default-name=wifi1`,
    `default=yes`, or a bare name.
    """

    number: int
    values: dict[str, str]
    fixed: str = ""
    original: dict[str, str] = field(default_factory=dict)
    """The values that a device leaves its box with, where they are not the menu's defaults."""


@dataclass
class Store:
    """All items. RouterOS keeps each change at once: this is what flash holds."""

    menus: dict[str, list[Item]] = field(default_factory=dict)
    next_number: int = 1

    def copied(self) -> "Store":
        """Return the same again, for a backup."""
        return copy.deepcopy(self)

    def items(self, menu: str) -> list[Item]:
        """Return the items of a menu."""
        if MENUS[menu].settings and not self.menus.get(menu):
            self.menus[menu] = [Item(0, dict(MENUS[menu].defaults))]
        return self.menus.setdefault(menu, [])

    def settings(self, menu: str) -> dict[str, str]:
        """Return the values of a menu of settings."""
        return self.items(menu)[0].values

    def bring(self, menu: str, fixed: str, **values: str) -> None:
        """Put in an item that the device brings along."""
        values = {name.replace("_", "-"): value for name, value in values.items()}
        values = {**MENUS[menu].defaults, **values}
        self.items(menu).append(Item(self._number(), values, fixed, dict(values)))

    def _number(self) -> int:
        self.next_number += 1
        return self.next_number - 1

    def names(self, menu: str) -> set[str]:
        """Return the names of the items of a menu."""
        return {item.values.get("name", "") for item in self.items(menu)}

    def add(self, menu: str, values: dict[str, str]) -> Item:
        """Add an item; raises Complaint for what is missing or there already."""
        kind = MENUS[menu]
        for name in kind.required:
            if name not in values:
                raise Complaint(f"failure: {name} must be specified")
        if kind.named:
            values.setdefault("name", f"{menu.rsplit(maxsplit=1)[-1]}{self.next_number}")
            self._refuse_twin(menu, values["name"])
        item = Item(self._number(), {**kind.defaults, **values})
        self.items(menu).append(item)
        return item

    def _refuse_twin(self, menu: str, name: str, but: Item | None = None) -> None:
        if any(each.values.get("name") == name for each in self.items(menu) if each is not but):
            kind = menu.rsplit(maxsplit=1)[-1]
            raise Complaint(f"failure: already have {kind} with such name")

    def set(self, menu: str, item: Item, values: dict[str, str]) -> None:
        """Change an item; raises Complaint for a name that another has."""
        if MENUS[menu].named and "name" in values and not MENUS[menu].settings:
            self._refuse_twin(menu, values["name"], item)
        item.values |= values

    def remove(self, menu: str, item: Item) -> None:
        """Remove an item; raises Complaint for one that the device brings along."""
        if item.fixed:
            raise Complaint("failure: cannot remove default item")
        self.items(menu).remove(item)

    def export(self, *, sensitive: bool) -> Iterator[str]:
        """Yield the lines of `/export terse`: what differs from the defaults."""
        for path, menu in MENUS.items():
            if not menu.exported:
                continue
            for item in self.items(path):
                told = _told(menu, item, sensitive=sensitive)
                if menu.settings and told:
                    yield f"{path} set {told}"
                elif item.fixed and told:
                    place = f"[ find {item.fixed} ]" if "=" in item.fixed else item.fixed
                    yield f"{path} set {place} {told}"
                elif not item.fixed and not menu.settings:
                    yield f"{path} add {told}"


def _told(menu: Menu, item: Item, *, sensitive: bool) -> str:
    words = []
    prefix = ""
    for name, value in sorted(item.values.items()):
        default = menu.defaults.get(name, None if menu.can_unset else "")
        default = item.original.get(name, default)
        if value == default or (name in menu.secret and not sensitive):
            continue
        head = name.rpartition(".")[0]
        words.append(f"{name[len(head) :] if head and head == prefix else name}={shown(value)}")
        if head:
            prefix = head
    return " ".join(words)
