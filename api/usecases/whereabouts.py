"""Where a hardware address is: on which port of which switch, by readings kept or asked now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.usecases.support import address_of, case_number, record_access
from api.usecases.support_subjects import Asked, ask_each, asked_of, standing_devices
from collectors.ssh import SshSession
from collectors.ssh_reading import read_over
from inventory.database import Database
from inventory.errors import InvalidInput
from inventory.models import Device, DeviceRole, Interface, Link, ObservationRecord
from inventory.naming import natural_order
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.vendors.support import LearntAddress

_Cables = dict[tuple[int, str], tuple[str, DeviceRole]]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One switch that learnt the address. `edge`: no other switch hangs on that port.

    `leads_to` is the device that is known to hang there, an access point for one.
    """

    device_id: int
    switch: str
    port: str
    vlan: int | None
    at: datetime
    live: bool
    leads_to: str | None = None
    edge: bool = True


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where an address is, the nearest port first; `errors` say which switches did not tell."""

    is_device: str | None
    sightings: tuple[Sighting, ...]
    errors: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; the address itself is not repeated."""
        return {
            "is_device": self.is_device,
            "sightings": [
                {
                    "device_id": each.device_id,
                    "switch": each.switch,
                    "port": each.port,
                    "vlan": each.vlan,
                    "at": each.at.isoformat(timespec="seconds"),
                    "live": each.live,
                    "leads_to": each.leads_to,
                    "edge": each.edge,
                }
                for each in self.sightings
            ],
            "errors": list(self.errors),
        }


def find_address(
    database: Database,
    vault: Vault,
    settings: Settings,
    written: str,
    *,
    site_id: int,
    actor: str,
    case: str | None = None,
    live: bool = False,
) -> Whereabouts:
    """Return where an address is at a site.

    The newest readings of its switches are looked at first; the switches are asked when those do
    not tell, or with `live`. An address that is no device of the inventory may be a person's: it
    is looked for with a case's number only, and that is recorded. Raises InvalidInput without one.
    """
    mac = address_of(written)
    with database.read() as session:
        owner = _owner(session, mac)
        if owner is None:
            if case is None:
                raise InvalidInput(
                    "this address is no device of the inventory, so it may be a person's",
                    todo="give the number of the support case with --case",
                )
            case = case_number(case)
        kept = () if live else tuple(_kept(session, site_id, mac))
        switches = [
            asked_of(session, vault, settings, device)
            for device in standing_devices(session, "address", site_id=site_id)
        ]
        cables = _cables(session, site_id)
    if any(each.edge for each in _nearest(kept, cables)):
        return Whereabouts(owner, _nearest(kept, cables))
    if case is not None and owner is None:
        with database.write(actor) as session:
            for each in switches:
                record_access(session, each.device_id, case=case, actor=actor, what="address")
    found, errors = _asked(database, settings, switches, mac, actor=actor)
    return Whereabouts(owner, _nearest(tuple(found) or kept, cables), errors)


def _asked(
    database: Database, settings: Settings, switches: list[Asked], mac: str, *, actor: str
) -> tuple[list[Sighting], tuple[str, ...]]:
    def question(session: SshSession, each: Asked) -> tuple[LearntAddress, ...]:
        assert each.support.address is not None
        return read_over(session, each.support.terminal, each.support.address(mac))

    outcomes = ask_each(database, settings, switches, question, actor=actor, purpose="address")
    found = [
        Sighting(each.key.device_id, each.key.name, row.port, row.vlan, each.at, live=True)
        for each in outcomes
        if each.error is None
        for row in each.unwrap()
    ]
    return found, tuple(str(each.error) for each in outcomes if each.error is not None)


def _owner(session: Session, mac: str) -> str | None:
    """Return the name of the device that has an address, None when none of ours has."""
    by_base = session.exec(select(Device.name).where(Device.base_mac == mac)).first()
    by_port = select(Device.name).join(Interface).where(Interface.mac == mac)
    return by_base or session.exec(by_port).first()


def _kept(session: Session, site_id: int, mac: str) -> Iterator[Sighting]:
    newest = (
        select(func.max(ObservationRecord.id))
        .join(Device)
        .where(Device.site_id == site_id, Device.role == DeviceRole.SWITCH)
        .group_by(col(ObservationRecord.device_id))
    )
    rows = session.exec(
        select(ObservationRecord, Device.name)
        .join(Device)
        .where(col(ObservationRecord.id).in_(newest))
    )
    for record, name in rows:
        ports = {each["index"]: each["name"] for each in record.body.get("interfaces", ())}
        for entry in record.body.get("forwarding", ()):
            port = ports.get(entry["interface"])
            if entry["mac"] == mac and port:
                yield Sighting(record.device_id, name, port, entry["vlan"], record.at, live=False)


def _cables(session: Session, site_id: int) -> _Cables:
    """Return what hangs on each (device, port) of a site, as neighbours told; newest wins."""
    rows = session.exec(
        select(Link.device_id, Link.local_interface, Link.remote_device_id)
        .join(Device, col(Device.id) == Link.device_id)
        .where(Device.site_id == site_id, col(Link.remote_device_id).is_not(None))
        .order_by(col(Link.last_seen_at))
    ).all()
    remote = {row.id: row for row in session.exec(select(Device).where(Device.site_id == site_id))}
    return {
        (device_id, port): (remote[other].name, remote[other].role)
        for device_id, port, other in rows
        if other in remote
    }


def _nearest(sightings: tuple[Sighting, ...], cables: _Cables) -> tuple[Sighting, ...]:
    """Return the sightings with what hangs on their ports, those at an edge first."""
    placed = []
    for each in sightings:
        name, role = cables.get((each.device_id, each.port), (None, None))
        edge = role is not DeviceRole.SWITCH
        placed.append(
            Sighting(
                each.device_id, each.switch, each.port, each.vlan, each.at, each.live, name, edge
            )
        )
    return tuple(sorted(placed, key=lambda each: (not each.edge, natural_order(each.switch))))
