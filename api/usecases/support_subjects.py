"""Devices that are asked something over SSH, with all that is needed to speak to each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from api.usecases.ssh_trust import pin_seen_key
from api.usecases.targets import ssh_target
from collectors.bounded import Limit, fan_out_within
from collectors.outcome import Outcome
from collectors.ssh import SshSession
from collectors.ssh_sessions import SshSessions
from collectors.target import SshTarget
from inventory.database import Database
from inventory.errors import Conflict, DeviceError, PreauError
from inventory.leases import device_resource, leases
from inventory.models import Device, Lifecycle
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.vendors.family import families
from inventory.vendors.support import Support

T = TypeVar("T")

_STANDING = (Lifecycle.INSTALLED, Lifecycle.ACTIVE, Lifecycle.FAULTY)
_LEASE_S = 300.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One device to ask, or why nothing can be said to it."""

    device_id: int
    name: str
    site_id: int | None
    support: Support
    target: SshTarget | None = None
    error: PreauError | None = None

    def limits(self, settings: Settings) -> tuple[Limit, ...]:
        """Return what it counts towards: the devices of its site, and those of its jump host."""
        found = []
        if self.site_id is not None:
            found.append(Limit(f"site {self.site_id}", settings.ssh_max_sessions_per_site))
        if self.target is not None and self.target.via is not None:
            found.append(Limit(f"via {self.target.via.name}", self.target.via.max_sessions))
        return tuple(found)


def tells(family_id: str, what: str) -> bool:
    """Return whether devices of a family can be asked for `clients`, `wlans` or `address`."""
    known = families().get(family_id)
    return known is not None and known.support is not None and bool(getattr(known.support, what))


def standing_devices(
    session: Session, what: str, *, site_id: int | None = None, device_ids: Sequence[int] = ()
) -> list[Device]:
    """Return the installed devices that can be asked for `what`, of a site or by their ids."""
    chosen: ColumnElement[bool] = col(Device.lifecycle).in_(_STANDING)
    if site_id is not None:
        chosen = chosen & (col(Device.site_id) == site_id)
    if device_ids:
        chosen = chosen & col(Device.id).in_(device_ids)
    # What a family tells is imported when it is asked for: only of those that stand there.
    there = session.exec(select(Device.family).where(chosen).distinct()).all()
    telling = [family for family in there if tells(family, what)]
    query = select(Device).where(chosen, col(Device.family).in_(telling))
    return list(session.exec(query.order_by(Device.name, col(Device.id))).all())


def asked_of(session: Session, vault: Vault, settings: Settings, device: Device) -> Asked:
    """Return one device of a family that has `support`, with where and as whom it is spoken to."""
    support = families()[device.family].support
    assert support is not None
    assert device.id is not None
    try:
        target = ssh_target(session, vault, settings, device.id)
    except PreauError as error:
        return Asked(device.id, device.name, device.site_id, support, error=error)
    return Asked(device.id, device.name, device.site_id, support, target)


def ask_each(
    database: Database,
    settings: Settings,
    devices: Sequence[Asked],
    question: Callable[[SshSession, Asked], T],
    *,
    actor: str,
    purpose: str,
) -> list[Outcome[Asked, T]]:
    """Ask each device over SSH, within the limits, and return what came of each, in their order.

    Each is ours alone while it is asked; one that another holds is not asked, and its outcome says
    so. Keys of servers that were seen first are pinned.
    """
    resources = [device_resource(each.device_id) for each in devices]
    with leases(database, resources, holder=actor, purpose=purpose, ttl_s=_LEASE_S) as held:
        free = [
            each
            if device_resource(each.device_id) in held
            else replace(each, error=Conflict("another acts on it now", todo="try again soon"))
            for each in devices
        ]
        return ask_held(database, settings, free, question, actor=actor)


def ask_held(
    database: Database,
    settings: Settings,
    devices: Sequence[Asked],
    question: Callable[[SshSession, Asked], T],
    *,
    actor: str,
    on_done: Callable[[object], None] | None = None,
) -> list[Outcome[Asked, T]]:
    """Do as `ask_each` for devices whose leases the caller holds."""
    seen: dict[int, str] = {}
    with SshSessions() as sessions:

        def ask(device: Asked) -> T:
            if device.error is not None:
                error = device.error
                raise DeviceError(
                    error.what, where=error.where or device.name, todo=error.todo
                ) from error
            assert device.target is not None
            with sessions.session(device.target) as session:
                seen[device.device_id] = session.host_key
                return question(session, device)

        outcomes = fan_out_within(
            ask,
            devices,
            max_workers=settings.ssh_max_sessions,
            limits=lambda device: device.limits(settings),
            on_done=on_done,
        )
    targets = {each.device_id: each.target for each in devices}
    unpinned = [(targets[device_id], key) for device_id, key in seen.items()]
    with_none = [(target, key) for target, key in unpinned if target and target.host_key is None]
    if with_none:
        with database.write(actor) as session:
            for target, key in with_none:
                pin_seen_key(session, target, key)
    return outcomes
