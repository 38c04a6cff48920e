"""What stands at one site: its schools, dossier, devices, readings, pushes, findings and events.

Every function takes the viewer, starts from what it may see, and raises NotFound for the rest.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, and_, func
from sqlmodel import Session, col, select

from api.usecases.scope import Right, Viewer, sites_within, visible_devices, visible_sites
from api.usecases.waivers import waivers_in_force
from inventory import clock
from inventory.errors import NotFound
from inventory.findings.finding import Severity
from inventory.models import (
    DeployPlan,
    Device,
    Dossier,
    DossierTransition,
    Event,
    FindingRow,
    Implantation,
    Interface,
    Job,
    Lifecycle,
    ObservationRecord,
    OrganisingAuthority,
    Push,
    PushState,
    PushStep,
    School,
    Site,
    SiteImplantation,
    TeachingOffer,
    Waiver,
)
from inventory.naming import natural_order
from inventory.observation import Observation, from_json
from inventory.sentences import Sentence


@dataclass(frozen=True, slots=True)
class ServedImplantation:
    """An implantation that a site serves, with its school and organising authority."""

    school_fase: int
    implantation_fase: int
    school: str
    organising_authority: str | None
    education_network: str | None
    address: str | None
    teaching: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LastReading:
    """The last observation of a device."""

    device_id: int
    at: datetime
    observation: Observation
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """A finding with the name of its device; `waiver` where someone accepted it for a while."""

    row: FindingRow
    device: str | None
    waiver: Waiver | None


@dataclass(frozen=True, slots=True)
class DevicePush:
    """What became of one device in a push. `steps` is its journal, oldest first."""

    device_id: int
    device: str
    state: PushState
    diff: str
    error_kind: str | None
    error: str | None
    finished_at: datetime | None
    steps: tuple[PushStep, ...]


@dataclass(frozen=True, slots=True)
class SitePush:
    """The last plan that touched a site."""

    plan: DeployPlan
    devices: tuple[DevicePush, ...]


def visible_site(session: Session, viewer: Viewer, site_id: int) -> Site:
    """Return a site that `viewer` may see; raises NotFound."""
    return _site(session, site_id, visible_sites(viewer))


def site_to_work_on(session: Session, viewer: Viewer, site_id: int, right: Right) -> Site | None:
    """Return the site where `viewer` has `right`; None: seen, but without that right.

    Raises NotFound when it may not be seen at all.
    """
    row = session.exec(
        select(Site, sites_within(viewer, right)).where(Site.id == site_id, visible_sites(viewer))
    ).first()
    if row is None:
        raise no_such_site(site_id)
    site, has_right = row
    return site if has_right else None


def _site(session: Session, site_id: int, within: ColumnElement[bool]) -> Site:
    site = session.exec(select(Site).where(Site.id == site_id, within)).first()
    if site is None:
        raise no_such_site(site_id)
    return site


def no_such_site(site_id: int) -> NotFound:
    """Return what is said of a site that is not there, or not in the viewer's scope."""
    return NotFound(Sentence("Il n’y a pas de site n°%(id)s", id=site_id))


def implantations(session: Session, site_id: int) -> list[ServedImplantation]:
    """Return the implantations that a site serves, in the order of their FASE numbers."""
    rows = session.exec(
        select(Implantation, School, OrganisingAuthority.name)
        .join(SiteImplantation, col(SiteImplantation.implantation_id) == col(Implantation.id))
        .join(School, col(School.id) == col(Implantation.school_id))
        .outerjoin(
            OrganisingAuthority,
            col(OrganisingAuthority.id) == col(School.organising_authority_id),
        )
        .where(SiteImplantation.site_id == site_id)
        .order_by(col(School.fase), col(Implantation.fase))
    ).all()
    offers: dict[int, list[str]] = {}
    ids = [implantation.id for implantation, _, _ in rows]
    taught = select(TeachingOffer.implantation_id, TeachingOffer.kind).where(
        col(TeachingOffer.implantation_id).in_(ids), col(TeachingOffer.closed_on).is_(None)
    )
    for implantation_id, kind in session.exec(taught.order_by(col(TeachingOffer.kind))):
        offers.setdefault(implantation_id, []).append(kind)
    return [
        ServedImplantation(
            school_fase=school.fase,
            implantation_fase=implantation.fase,
            school=school.name,
            organising_authority=authority,
            education_network=school.education_network,
            address=implantation.address,
            teaching=tuple(offers.get(implantation.id or 0, ())),
        )
        for implantation, school, authority in rows
    ]


def dossier(session: Session, site_id: int) -> tuple[Dossier | None, list[DossierTransition]]:
    """Return the dossier of a site and its history, newest first; None before the first step."""
    found = session.exec(select(Dossier).where(Dossier.site_id == site_id)).first()
    if found is None:
        return None, []
    history = session.exec(
        select(DossierTransition)
        .where(DossierTransition.dossier_id == found.id)
        .order_by(col(DossierTransition.id).desc())
        .limit(100)
    )
    return found, list(history)


def devices(session: Session, site_id: int) -> list[Device]:
    """Return the devices that stand or will stand at a site: switches first, then by name."""
    found = session.exec(
        select(Device).where(Device.site_id == site_id, Device.lifecycle != Lifecycle.RETIRED)
    ).all()
    order = {"controller": 0, "router": 1, "switch": 2, "access_point": 3}
    return sorted(found, key=lambda each: (order.get(each.role, 4), natural_order(each.name)))


def visible_device(session: Session, viewer: Viewer, device_id: int) -> Device:
    """Return a device that `viewer` may see; raises NotFound."""
    device = session.exec(
        select(Device).where(Device.id == device_id, visible_devices(viewer))
    ).first()
    if device is None:
        raise NotFound(Sentence("Il n’y a pas d’équipement n°%(id)s", id=device_id))
    return device


def interfaces(session: Session, device_id: int) -> list[Interface]:
    """Return the interfaces of a device, in the device's own order."""
    return list(
        session.exec(
            select(Interface)
            .where(Interface.device_id == device_id)
            .order_by(col(Interface.if_index), col(Interface.name))
        )
    )


def last_readings(session: Session, device_ids: list[int]) -> dict[int, LastReading]:
    """Return the last observation of each device that has one.

    One whose form this release no longer reads is left out.
    """
    newest = (
        select(ObservationRecord.device_id, func.max(ObservationRecord.at).label("at"))
        .where(col(ObservationRecord.device_id).in_(device_ids))
        .group_by(col(ObservationRecord.device_id))
        .subquery()
    )
    rows = session.exec(
        select(ObservationRecord).join(
            newest,
            and_(
                col(ObservationRecord.device_id) == newest.c.device_id,
                col(ObservationRecord.at) == newest.c.at,
            ),
        )
    )
    found: dict[int, LastReading] = {}
    for row in rows:
        try:
            observation = from_json(row.body)
        except ValidationError:
            continue
        found[row.device_id] = LastReading(row.device_id, row.at, observation, row.body)
    return found


def last_push(session: Session, site_id: int) -> SitePush | None:
    """Return the last plan that touched a site, with what became of each device; None: none did."""
    plan = session.exec(
        select(DeployPlan)
        .join(Push, col(Push.plan_id) == col(DeployPlan.id))
        .join(Device, col(Device.id) == col(Push.device_id))
        .where(Device.site_id == site_id)
        .order_by(col(DeployPlan.id).desc())
        .limit(1)
    ).first()
    if plan is None:
        return None
    rows = session.exec(
        select(Push, Device)
        .join(Device, col(Device.id) == col(Push.device_id))
        .where(Push.plan_id == plan.id, Device.site_id == site_id)
    ).all()
    steps: dict[int, list[PushStep]] = {}
    journal = select(PushStep).where(col(PushStep.push_id).in_([push.id for push, _ in rows]))
    for step in session.exec(journal.order_by(col(PushStep.id))):
        steps.setdefault(step.push_id, []).append(step)
    pushes = [
        DevicePush(
            device_id=push.device_id,
            device=device.name,
            state=push.state,
            diff=push.diff,
            error_kind=push.error_kind,
            error=push.error,
            finished_at=push.finished_at,
            steps=tuple(steps.get(push.id or 0, ())),
        )
        for push, device in rows
    ]
    return SitePush(plan, tuple(sorted(pushes, key=lambda each: natural_order(each.device))))


def open_findings(session: Session, site_id: int) -> list[OpenFinding]:
    """Return the open findings of a site, the gravest first and those accepted last."""
    rows = session.exec(
        select(FindingRow, Device.name)
        .outerjoin(Device, col(Device.id) == col(FindingRow.device_id))
        .where(FindingRow.site_id == site_id, col(FindingRow.resolved_at).is_(None))
    ).all()
    gravity = {severity.value: place for place, severity in enumerate(Severity)}
    waivers = waivers_in_force(session, clock.now(), [row.subject for row, _ in rows])
    found = [OpenFinding(row, name, waivers.get((row.rule_id, row.subject))) for row, name in rows]
    return sorted(
        found,
        key=lambda each: (
            each.waiver is not None,
            gravity.get(each.row.severity, len(gravity)),
            each.row.rule_id,
            natural_order(each.device or ""),
        ),
    )


def events(session: Session, site_id: int, *, limit: int = 20) -> list[Event]:
    """Return the last events of a site, newest first."""
    return list(
        session.exec(
            select(Event)
            .where(Event.site_id == site_id)
            .order_by(col(Event.id).desc())
            .limit(limit)
        )
    )


def jobs(session: Session, site_id: int, *, limit: int = 5) -> list[Job]:
    """Return the last jobs of a site, newest first."""
    return list(
        session.exec(
            select(Job).where(Job.site_id == site_id).order_by(col(Job.id).desc()).limit(limit)
        )
    )
