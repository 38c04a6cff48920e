"""The network of a site: its cables, with what both ends say, and the tree that they make."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from inventory.cabling import Cable, Hearing, Port, PortBook, cables
from inventory.models import Device, Incident, Interface, Lifecycle, Link
from inventory.settings import Settings
from inventory.topology import Place, Tree, site_tree

POLLS_UNTIL_OLD = 3
"""A cable that its ends no longer tell of for so many polls is shown as old."""

STANDING = (Lifecycle.INSTALLED, Lifecycle.ACTIVE, Lifecycle.FAULTY)


@dataclass(frozen=True, slots=True)
class Branch:
    """A device in the tree with what stands behind it.

    `port` is its own port of the cable that leads to its parent, `parent_port` the parent's; both
    are None for the root, and where `cable` is None: then no cable tells where the device is.
    """

    device: Device
    cable: Cable | None
    port: str | None
    parent_port: str | None
    branches: tuple["Branch", ...]


@dataclass(frozen=True, slots=True)
class SiteIncident:
    """An incident with the devices it names. `closed_at` in `row` is None while it is open."""

    row: Incident
    cause: Device
    shadowed: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class SiteNetwork:
    """The network of a site. `root` is None where no device stands; `unplaced` have no cable.

    `aside` are the cables that the tree does not use: second ways, and those no longer heard of.
    """

    root: Branch | None
    unplaced: tuple[Branch, ...]
    aside: tuple[Cable, ...]
    names: Mapping[int, str]
    incidents: tuple[SiteIncident, ...]


def site_network(
    session: Session, settings: Settings, site_id: int, *, closed_since: datetime | None = None
) -> SiteNetwork:
    """Return the network of a site, with its open incidents and those closed after `closed_since`.

    The shell has seen to it that the asker may see the site.
    """
    devices = standing_devices(session, [site_id])
    by_id = {device.id: device for device in devices if device.id is not None}
    found = _cables(session, settings, devices, _ports(session, list(by_id)))
    tree = tree_of(devices, found)
    used = {id(cable) for cable in tree.cables.values()}
    branches = [] if tree.root is None else [_branch(tree, by_id, tree.root)]
    root = branches[0] if branches else None
    return SiteNetwork(
        root=root,
        unplaced=tuple(
            _branch(tree, by_id, child)
            for child in tree.children.get(tree.root or 0, ())
            if child not in tree.cables
        ),
        aside=tuple(cable for cable in found if id(cable) not in used),
        names={device_id: device.name for device_id, device in by_id.items()},
        incidents=tuple(_incidents(session, site_id, closed_since)),
    )


def standing_devices(session: Session, site_ids: Sequence[int]) -> list[Device]:
    """Return the devices that should answer at these sites, in the order of their ids."""
    return list(
        session.exec(
            select(Device)
            .where(col(Device.site_id).in_(site_ids), col(Device.lifecycle).in_(STANDING))
            .order_by(col(Device.id))
        )
    )


def read_tree(session: Session, settings: Settings, devices: Sequence[Device]) -> Tree:
    """Return the tree of one site's devices, with one query for their links."""
    return tree_of(devices, _cables(session, settings, devices, None))


def tree_of(devices: Sequence[Device], found: Sequence[Cable]) -> Tree:
    """Return the tree that cables make of devices."""
    places = [
        Place(device.id, device.name, device.role, core=device.core)
        for device in devices
        if device.id is not None
    ]
    return site_tree(places, found)


def _cables(
    session: Session, settings: Settings, devices: Sequence[Device], book: PortBook | None
) -> list[Cable]:
    ids = [device.id for device in devices]
    rows = session.exec(
        select(Link).where(col(Link.device_id).in_(ids), col(Link.remote_device_id).in_(ids))
    )
    hearings = [
        Hearing(
            row.device_id,
            row.local_interface,
            row.remote_device_id,
            row.remote_port,
            row.first_seen_at,
            row.last_seen_at,
        )
        for row in rows
        if row.remote_device_id is not None
    ]
    return cables(
        hearings,
        book,
        read_at={
            device.id: device.last_seen_at
            for device in devices
            if device.id is not None and device.last_seen_at is not None
        },
        old_after=timedelta(seconds=POLLS_UNTIL_OLD * settings.poll_interval_s),
    )


def _ports(session: Session, device_ids: Sequence[int]) -> PortBook:
    rows = session.exec(select(Interface).where(col(Interface.device_id).in_(device_ids)))
    return PortBook.of(
        Port(row.device_id, row.name, row.description, row.alias, row.mac) for row in rows
    )


def _branch(tree: Tree, devices: Mapping[int, Device], device_id: int) -> Branch:
    cable = tree.cables.get(device_id)
    return Branch(
        device=devices[device_id],
        cable=cable,
        port=cable.end(device_id).port if cable else None,
        parent_port=cable.end(tree.parents[device_id]).port if cable else None,
        branches=tuple(
            _branch(tree, devices, child)
            for child in tree.children.get(device_id, ())
            if child in tree.cables
        ),
    )


def _incidents(
    session: Session, site_id: int, closed_since: datetime | None
) -> Iterator[SiteIncident]:
    shown: ColumnElement[bool] = col(Incident.closed_at).is_(None)
    if closed_since is not None:
        shown = or_(shown, col(Incident.closed_at) > closed_since)
    rows = session.exec(
        select(Incident)
        .where(Incident.site_id == site_id, shown)
        .order_by(col(Incident.closed_at).is_not(None), col(Incident.opened_at).desc())
        .limit(20)
    ).all()
    ids = {row.device_id for row in rows} | {each for row in rows for each in row.shadowed_ids}
    named = session.exec(select(Device).where(col(Device.id).in_(ids)))
    devices = {device.id: device for device in named}
    for row in rows:
        shadowed = tuple(devices[each] for each in row.shadowed_ids if each in devices)
        yield SiteIncident(row, devices[row.device_id], shadowed)


def name_core(session: Session, device: Device) -> bool:
    """Make `device` the core of its site, where management comes in; return whether that is new."""
    others = session.exec(
        select(Device).where(
            Device.site_id == device.site_id, Device.id != device.id, col(Device.core).is_(True)
        )
    ).all()
    for other in others:
        other.core = False
    new = not device.core
    device.core = True
    session.add_all([device, *others])
    return new or bool(others)
