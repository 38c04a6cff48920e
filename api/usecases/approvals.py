"""The second person: who approved a plan, and the plans that may not run without it."""

from sqlmodel import Session, col, select

from api.usecases.plan_states import PLAN_WORDS
from api.usecases.scope import Right, Viewer, sites_within
from inventory import clock
from inventory.errors import Conflict, NotAllowed, NotFound
from inventory.events import record_event
from inventory.models import DeployPlan, Device, PlanApproval, PlanState, Push, Site
from inventory.sentences import Sentence


def approve_plan(
    session: Session, plan_id: int, viewer: Viewer, *, note: str | None = None
) -> PlanApproval:
    """Record that `viewer` approves a frozen plan; a second time changes nothing.

    Raises NotFound, NotAllowed for its author and for who may not approve at every site of the
    plan, and Conflict once the plan is not frozen any more.
    """
    plan = _plan(session, plan_id)
    if plan.state is not PlanState.FROZEN:
        raise Conflict(
            Sentence(
                "Le plan %(plan_id)s est «\u00a0%(state)s\u00a0»\u00a0: seul un plan"
                " figé s’approuve",
                plan_id=plan_id,
                state=PLAN_WORDS[plan.state],
            )
        )
    if is_author(plan, viewer):
        raise NotAllowed(
            Sentence(
                "Le plan %(plan_id)s est de %(login)s, qui ne peut pas l’approuver",
                plan_id=plan_id,
                login=viewer.login,
            ),
            todo=Sentence("demandez à un autre ingénieur ou au responsable du programme"),
        )
    if not may_approve(session, plan_id, viewer):
        raise NotAllowed(
            Sentence(
                "%(login)s ne peut approuver de changements sur tous les sites du plan %(plan_id)s",
                login=viewer.login,
                plan_id=plan_id,
            )
        )
    found = session.exec(
        select(PlanApproval).where(
            PlanApproval.plan_id == plan_id, PlanApproval.approved_by == viewer.actor
        )
    ).first()
    if found is not None:
        return found
    approval = PlanApproval(
        plan_id=plan_id, approved_by=viewer.actor, approved_at=clock.now(), note=note or None
    )
    session.add(approval)
    record_event(
        session,
        "plan.approved",
        Sentence("Plan n°\u00a0%(id)s approuvé par %(who)s", id=plan_id, who=viewer.display_name),
        body={"plan": plan_id, "by": viewer.actor},
    )
    session.flush()
    return approval


def is_author(plan: DeployPlan, viewer: Viewer) -> bool:
    """Return whether `viewer` made the plan, over the web or on a command line."""
    return person_of(plan.created_by) == person_of(viewer.actor)


def has_right_at_all(session: Session, plan_id: int, viewer: Viewer, right: Right) -> bool:
    """Return whether `viewer` has a right at the site of every device of a plan."""
    if viewer.everywhere(right):
        return True
    within = select(col(Site.id)).where(sites_within(viewer, right))
    outside = (
        select(Push.id)
        .join(Device, col(Device.id) == col(Push.device_id))
        .where(
            Push.plan_id == plan_id,
            col(Device.site_id).is_(None) | col(Device.site_id).not_in(within),
        )
    )
    return session.exec(outside.limit(1)).first() is None


def may_approve(session: Session, plan_id: int, viewer: Viewer) -> bool:
    """Return whether `viewer` has the right to approve at the site of every device of a plan."""
    return has_right_at_all(session, plan_id, viewer, Right.APPROVE_PLANS)


def approvals_of(session: Session, plan_id: int) -> list[PlanApproval]:
    """Return who approved a plan, the first one first."""
    query = select(PlanApproval).where(PlanApproval.plan_id == plan_id)
    return list(session.exec(query.order_by(col(PlanApproval.id))).all())


def waits_for_approval(session: Session, plan: DeployPlan) -> bool:
    """Return whether a plan needs a second person who has not approved it yet."""
    if not plan.risk.get("second_person") or plan.id is None:
        return False
    author = person_of(plan.created_by)
    return all(person_of(each.approved_by) == author for each in approvals_of(session, plan.id))


def refuse_unapproved(session: Session, plan: DeployPlan) -> None:
    """Raise NotAllowed for a plan that needs a second person who has not approved it.

    Raises Conflict for one whose planning was interrupted: nobody has seen the whole of it.
    """
    if "second_person" not in plan.risk:
        raise Conflict(
            Sentence(
                "La préparation du plan %(plan_id)s a été interrompue, et une moitié"
                " n’est jamais envoyée",
                plan_id=plan.id or 0,
            ),
            todo=Sentence("faites-en un nouveau\u00a0: preau deploy plan"),
        )
    if waits_for_approval(session, plan):
        raise NotAllowed(
            Sentence(
                "Le plan %(plan_id)s demande l’accord d’une autre personne que %(author)s",
                plan_id=plan.id or 0,
                author=plan.created_by,
            ),
            todo=Sentence(
                "sur sa page, ou\u00a0: preau deploy approve %(plan_id)s --login LOGIN",
                plan_id=plan.id or 0,
            ),
        )


def _plan(session: Session, plan_id: int) -> DeployPlan:
    plan = session.get(DeployPlan, plan_id)
    if plan is None:
        raise NotFound(
            Sentence("Le plan %(plan_id)s n’existe pas", plan_id=plan_id),
            todo=Sentence("lancez\u00a0: preau deploy plan"),
        )
    return plan


def person_of(actor: str) -> str:
    """Return who an actor is: alice, for `user:alice` and for `cli:alice`.

    One person with two ways in is still one person.
    """
    return actor.partition(":")[2] or actor
