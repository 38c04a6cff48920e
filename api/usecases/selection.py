"""Which devices are meant: those that fit everything that is said; nothing said is all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from inventory.errors import InvalidInput
from inventory.models import Device, DeviceRole, Dossier, Lifecycle, Lot
from inventory.vendors.family import families

# A device that stands at a school and is ours to configure.
CONFIGURED = (Lifecycle.INSTALLED, Lifecycle.ACTIVE, Lifecycle.FAULTY)


@dataclass(frozen=True, slots=True)
class Selection:
    """A choice of devices; each part that is told narrows it, and one tag of several is enough."""

    site_ids: tuple[int, ...] | None = None
    lot: str | None = None
    tags: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    roles: tuple[DeviceRole, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what is told, as a plan keeps it."""
        told = {
            "site_ids": list(self.site_ids) if self.site_ids is not None else None,
            "lot": self.lot,
            "tags": list(self.tags),
            "families": list(self.families),
            "roles": [role.value for role in self.roles],
        }
        return {name: value for name, value in told.items() if value or name == "site_ids"}


def selected(session: Session, selection: Selection) -> list[Device]:
    """Return the chosen devices that can be configured, by site and name.

    Raises InvalidInput for a family that cannot be configured, naming those that can.
    """
    pushable = [each.id for each in families().values() if each.configuration is not None]
    for family in selection.families:
        if family not in pushable:
            raise InvalidInput(
                f"devices of the family {family} cannot be configured",
                todo=f"one of: {', '.join(pushable)}",
            )
    query = select(Device).where(
        col(Device.family).in_(selection.families or pushable),
        col(Device.lifecycle).in_(CONFIGURED),
    )
    if selection.site_ids is not None:
        query = query.where(col(Device.site_id).in_(selection.site_ids))
    if selection.lot is not None:
        of_lot = select(Dossier.site_id).join(Lot, col(Lot.id) == col(Dossier.lot_id))
        query = query.where(col(Device.site_id).in_(of_lot.where(Lot.name == selection.lot)))
    if selection.roles:
        query = query.where(col(Device.role).in_(selection.roles))
    rows = session.exec(query.order_by(col(Device.site_id), Device.name, col(Device.id))).all()
    wanted = set(selection.tags)
    return [row for row in rows if not wanted or wanted & set(row.tags)]


def change_tags(
    session: Session, devices: Sequence[Device], *, add: Sequence[str], remove: Sequence[str]
) -> int:
    """Give the devices tags and take others away; return how many devices changed.

    Raises InvalidInput for a tag that is no word of letters, digits, `-` and `_`.
    """
    for tag in add:
        if not tag.replace("-", "").replace("_", "").isalnum() or len(tag) > 40:
            raise InvalidInput(f"{tag!r} is no tag", todo="letters, digits, - and _, 40 at most")
    changed = 0
    for device in devices:
        tags = sorted((set(device.tags) | set(add)) - set(remove))
        if tags != device.tags:
            device.tags = tags
            session.add(device)
            changed += 1
    session.flush()
    return changed
