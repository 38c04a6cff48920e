"""A named person on site who answers for a change that no guard would undo."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from inventory import clock
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.events import record_event
from inventory.models import DeployPlan, Device, PlanState, Push
from inventory.sentences import Sentence


def accept_risk(
    session: Session,
    plan_id: int,
    names: Sequence[str],
    *,
    by: str,
    note: str | None,
    actor: str,
) -> int:
    """Keep with the pushes of the named devices who accepts their risk; return how many they are.

    Raises NotFound for a plan or a device that it does not have, InvalidInput without a name, and
    Conflict once the plan is over.
    """
    plan = session.get(DeployPlan, plan_id)
    if plan is None:
        raise NotFound(f"there is no plan {plan_id}", todo="run: preau deploy status")
    if plan.state in (PlanState.DONE, PlanState.CANCELLED):
        raise Conflict(f"plan {plan_id} is {plan.state}")
    if not by.strip():
        raise InvalidInput("nobody is named who answers for it", todo='say --by "Anne Dupont"')
    rows = session.exec(
        select(Push, Device)
        .join(Device, col(Device.id) == Push.device_id)
        .where(Push.plan_id == plan_id, col(Device.name).in_(names))
    ).all()
    for name in names:
        if name not in {device.name for _, device in rows}:
            raise NotFound(f"plan {plan_id} has no device {name}")
    for push, device in rows:
        push.accepted_by, push.accepted_note, push.accepted_at = by.strip(), note, clock.now()
        session.add(push)
        record_event(
            session,
            "push.accepted",
            Sentence(
                "%(name)s\u00a0: %(who)s, sur place, répond d’un changement sans protection",
                name=device.name,
                who=by.strip(),
            ),
            site_id=device.site_id,
            device_id=device.id,
            body={"plan": plan_id, "push": push.id, "entered_by": actor, "note": note},
        )
    return len(rows)
