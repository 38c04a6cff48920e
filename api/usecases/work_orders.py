"""Work orders: planned by a contractor, given to an installer, seen by whom they concern, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from api.usecases.scope import (
    ROLES,
    HeldGrant,
    Right,
    Viewer,
    reaching,
    sites_within,
    visible_sites,
)
from inventory import clock
from inventory.errors import Conflict, InvalidInput, NotAllowed, NotFound
from inventory.events import record_event
from inventory.models import (
    CableTest,
    Grant,
    ScannedDevice,
    Site,
    User,
    WorkCheck,
    WorkKind,
    WorkOrder,
    WorkState,
)
from inventory.programme.works.checklists import (
    DEFAULT_CHECKLISTS,
    Checklist,
    load_checklists,
)
from inventory.sentences import N_, Sentence

_MAX_NOTE = 2000
OPEN = (WorkState.PLANNED, WorkState.STARTED)
KIND_LABELS = {
    WorkKind.DELIVERY: N_("Livraison"),
    WorkKind.CABLING: N_("Câblage"),
    WorkKind.SWITCH: N_("Commutateurs"),
    WorkKind.MOUNTING: N_("Pose des bornes"),
    WorkKind.ACCEPTANCE_HELP: N_("Aide à la recette"),
}


@dataclass(frozen=True, slots=True)
class Appointment:
    """When an installer comes (aware UTC), and how the school lets them in; None: not fixed."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    access_note: str | None = None


def checklist_of(order: WorkOrder) -> Checklist:
    """Return the checklist by which an order was planned."""
    return load_checklists(order.checklist).kinds[order.kind.value]


def plan_order(
    session: Session,
    viewer: Viewer,
    site_id: int,
    kind: WorkKind,
    *,
    installer: str | None = None,
    appointment: Appointment | None = None,
) -> WorkOrder:
    """Plan an order at a site, for an installer by login, and return it.

    Raises NotFound, NotAllowed, and InvalidInput for an installer who has no role at the site or an
    appointment that ends before it begins.
    """
    _allow(session, viewer, site_id, Right.PLAN_WORK)
    order = WorkOrder(
        site_id=site_id,
        kind=kind,
        checklist=DEFAULT_CHECKLISTS,
        planned_by=viewer.actor,
        planned_at=clock.now(),
    )
    _give(session, order, installer)
    _appoint(order, appointment or Appointment())
    session.add(order)
    session.flush()
    _tell(session, order, "work.planned", N_("Intervention planifiée\u00a0: %(kind)s"))
    return order


def change_order(
    session: Session,
    viewer: Viewer,
    order_id: int,
    *,
    installer: str | None,
    appointment: Appointment,
) -> WorkOrder:
    """Give an order to another installer, or another appointment; raises as `plan_order` does."""
    order = visible_order(session, viewer, order_id)
    _allow(session, viewer, order.site_id, Right.PLAN_WORK)
    _must_be_open(order)
    _give(session, order, installer)
    _appoint(order, appointment)
    session.flush()
    return order


def visible_orders(viewer: Viewer) -> ColumnElement[bool]:
    """Return the WHERE clause on WorkOrder of the orders at the sites that `viewer` may see."""
    sites = select(col(Site.id)).where(visible_sites(viewer))
    return col(WorkOrder.site_id).in_(sites)


def visible_order(session: Session, viewer: Viewer, order_id: int) -> WorkOrder:
    """Return an order that `viewer` may see; raises NotFound."""
    query = select(WorkOrder).where(WorkOrder.id == order_id, visible_orders(viewer))
    order = session.exec(query).first()
    if order is None:
        raise NotFound(Sentence("Il n’y a pas d’intervention n°%(id)s", id=order_id))
    return order


def order_to_work_on(session: Session, viewer: Viewer, order_id: int) -> WorkOrder:
    """Return an order that `viewer` reports on: theirs, or at a site whose works they plan.

    Raises NotFound, NotAllowed, and Conflict for one that was ended.
    """
    order = visible_order(session, viewer, order_id)
    # What comes in twice at once waits for the other, and then is the same row.
    session.exec(select(WorkOrder.id).where(WorkOrder.id == order_id).with_for_update()).first()
    if order.installer_id != viewer.user_id or not _may(
        session, viewer, order.site_id, Right.DO_WORK
    ):
        _allow(session, viewer, order.site_id, Right.PLAN_WORK)
    _must_be_open(order)
    if order.state is WorkState.PLANNED:
        order.state = WorkState.STARTED
    return order


def may_work_on(session: Session, viewer: Viewer, order: WorkOrder) -> bool:
    """Return whether `viewer` may report on an order that is still open."""
    own = order.installer_id == viewer.user_id
    return order.state in OPEN and (
        (own and _may(session, viewer, order.site_id, Right.DO_WORK))
        or _may(session, viewer, order.site_id, Right.PLAN_WORK)
    )


def may_plan(session: Session, viewer: Viewer, site_id: int) -> bool:
    """Return whether `viewer` plans the works of a site."""
    return _may(session, viewer, site_id, Right.PLAN_WORK)


def list_orders(
    session: Session,
    viewer: Viewer,
    *,
    site_id: int | None = None,
    mine: bool = False,
    still_open: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> list[tuple[WorkOrder, str]]:
    """Return orders that `viewer` may see with their sites' names, newest first."""
    query = (
        select(WorkOrder, Site.name)
        .join(Site, col(Site.id) == col(WorkOrder.site_id))
        .where(visible_orders(viewer))
    )
    if site_id is not None:
        query = query.where(WorkOrder.site_id == site_id)
    if mine:
        query = query.where(WorkOrder.installer_id == viewer.user_id)
    if still_open:
        query = query.where(col(WorkOrder.state).in_(OPEN))
    if before is not None:
        query = query.where(col(WorkOrder.id) < before)
    return list(session.exec(query.order_by(col(WorkOrder.id).desc()).limit(limit)).all())


def installers_at(session: Session, site_id: int) -> list[User]:
    """Return the people who may be given an order at a site, by name."""
    rows = session.exec(
        select(User, Grant)
        .join(Grant, col(Grant.user_id) == col(User.id))
        .where(col(User.active), col(Grant.role).in_(ROLES[Right.DO_WORK]))
        .order_by(User.display_name, col(User.id))
    ).all()
    held = [(user, HeldGrant(grant.role, grant.scope, grant.scope_key)) for user, grant in rows]
    here = reaching(session, (grant for _, grant in held), site_id)
    return list({user.id: user for user, grant in held if grant in here}.values())


def still_to_do(session: Session, order: WorkOrder) -> list[Sentence]:
    """Return what keeps an order from being ended, in French."""
    checklist = checklist_of(order)
    answered = set(
        session.exec(select(WorkCheck.item_id).where(WorkCheck.order_id == order.id)).all()
    )
    left = [item for item in checklist.items if item.id not in answered]
    missing = []
    if left:
        missing.append(
            Sentence.counted(
                "Un point de la liste n’a pas de réponse\u00a0: %(names)s.",
                "%(num)s points de la liste n’ont pas de réponse\u00a0: %(names)s.",
                len(left),
                names=tuple(Sentence(item.label) for item in left),
            )
        )
    tested = select(CableTest.id).where(CableTest.order_id == order.id).limit(1)
    if checklist.cable_tests and session.exec(tested).first() is None:
        missing.append(Sentence("Les tests de câblage ne sont pas remis."))
    if checklist.places:
        missing += _unplaced(session, order)
    return missing


def finish_order(session: Session, viewer: Viewer, order_id: int) -> WorkOrder:
    """End an order whose work is reported whole; raises Conflict with what is missing."""
    order = order_to_work_on(session, viewer, order_id)
    missing = still_to_do(session, order)
    if missing:
        raise Conflict(
            Sentence("Le travail n’est pas fini\u00a0: %(missing)s", missing=tuple(missing))
        )
    order.state, order.done_at, order.done_by = WorkState.DONE, clock.now(), viewer.actor
    session.flush()
    _tell(session, order, "work.done", N_("Intervention terminée\u00a0: %(kind)s"))
    return order


def cancel_order(session: Session, viewer: Viewer, order_id: int) -> WorkOrder:
    """Cancel an order; what was reported of it stays. Raises Conflict for one that was ended."""
    order = visible_order(session, viewer, order_id)
    _allow(session, viewer, order.site_id, Right.PLAN_WORK)
    _must_be_open(order)
    order.state, order.done_at, order.done_by = WorkState.CANCELLED, clock.now(), viewer.actor
    session.flush()
    return order


def devices_of_site(session: Session, site_id: int) -> Sequence[ScannedDevice]:
    """Return the devices that were scanned at a site, as scanned first."""
    return session.exec(
        select(ScannedDevice)
        .where(ScannedDevice.site_id == site_id)
        .order_by(col(ScannedDevice.id))
    ).all()


def _unplaced(session: Session, order: WorkOrder) -> list[Sentence]:
    left = [
        each.name or each.serial
        for each in devices_of_site(session, order.site_id)
        if each.order_id == order.id and each.room is None
    ]
    if not left:
        return []
    return [
        Sentence.counted(
            "Un appareil n’a pas de place\u00a0: %(names)s.",
            "%(num)s appareils n’ont pas de place\u00a0: %(names)s.",
            len(left),
            names=tuple(left),
        )
    ]


def _give(session: Session, order: WorkOrder, login: str | None) -> None:
    if not login:
        order.installer_id = None
        return
    able = {user.login: user.id for user in installers_at(session, order.site_id)}
    if login not in able:
        raise InvalidInput(
            Sentence("%(login)s n’installe rien dans cette école", login=login),
            todo=Sentence("l’un de\u00a0: %(choices)s", choices=tuple(able))
            if able
            else Sentence("personne n’y installe encore"),
        )
    order.installer_id = able[login]


def _appoint(order: WorkOrder, wanted: Appointment) -> None:
    if wanted.starts_at and wanted.ends_at and wanted.ends_at <= wanted.starts_at:
        raise InvalidInput(Sentence("Le rendez-vous finit avant de commencer"))
    order.starts_at, order.ends_at = wanted.starts_at, wanted.ends_at
    order.access_note = (wanted.access_note or "").strip()[:_MAX_NOTE] or None


def _must_be_open(order: WorkOrder) -> None:
    if order.state not in OPEN:
        raise Conflict(Sentence("L’intervention n°%(id)s est terminée", id=order.id or 0))


def _may(session: Session, viewer: Viewer, site_id: int, right: Right) -> bool:
    within = select(Site.id).where(col(Site.id) == site_id, sites_within(viewer, right))
    return session.exec(within).first() is not None


def _allow(session: Session, viewer: Viewer, site_id: int, right: Right) -> None:
    if session.exec(select(Site.id).where(col(Site.id) == site_id, visible_sites(viewer))).first():
        if _may(session, viewer, site_id, right):
            return
        raise NotAllowed(Sentence("Votre rôle ne permet pas cette intervention"))
    raise NotFound(Sentence("Le site %(site_id)s n’existe pas", site_id=site_id))


def _tell(session: Session, order: WorkOrder, kind: str, template: str) -> None:
    told = Sentence(template, kind=Sentence(KIND_LABELS[order.kind]))
    record_event(session, kind, told, site_id=order.site_id, body={"order": order.id})
