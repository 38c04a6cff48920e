"""Rows and values of a small school, for the tests of the inventory."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from inventory.database import Database
from inventory.models import (
    Device,
    DeviceRole,
    Implantation,
    OrganisingAuthority,
    School,
    Site,
    SiteImplantation,
)
from inventory.observation import Identity, Interface, Observation


@dataclass(frozen=True)
class SiteRows:
    """The ids of one school's rows."""

    site_id: int
    authority_id: int


def add_school(session: Session, *, fase: int = 95001, name: str = "Les Tilleuls") -> SiteRows:
    """Add a PO, a school, its implantation and its site; the FASE pair is fase/(fase - 85500)."""
    authority = OrganisingAuthority(fase=fase, name=f"PO de {name}")
    session.add(authority)
    session.flush()
    school = School(fase=fase, name=name, organising_authority_id=authority.id)
    session.add(school)
    session.flush()
    assert school.id is not None
    implantation = Implantation(school_id=school.id, fase=fase - 85500, commune="Namur")
    site = Site(name=name, search_key=name.lower(), commune="Namur")
    session.add_all([implantation, site])
    session.flush()
    assert implantation.id is not None
    assert site.id is not None
    assert authority.id is not None
    session.add(SiteImplantation(site_id=site.id, implantation_id=implantation.id))
    return SiteRows(site.id, authority.id)


def add_device(
    session: Session,
    *,
    name: str = "ap1",
    role: DeviceRole = DeviceRole.ACCESS_POINT,
    **more: Any,
) -> int:
    """Add a device and return its id."""
    device = Device(name=name, role=role, **more)
    session.add(device)
    session.flush()
    assert device.id is not None
    return device.id


def school_in(database: Database, **more: Any) -> SiteRows:
    """Add a school in a transaction of its own."""
    with database.write("test") as session:
        return add_school(session, **more)


def seen(
    *,
    family: str = "openwrt",
    serial: str | None = "SN1",
    mac: str | None = "0a0000000001",
    **more: Any,
) -> Observation:
    """Return what a small device says of itself."""
    interfaces = (Interface(index=1, name="eth0", type=6, mac=mac),)
    identity = Identity(family=family, serial=serial, sysname=more.pop("sysname", "ap1"))
    return Observation(identity=identity, interfaces=more.pop("interfaces", interfaces), **more)
