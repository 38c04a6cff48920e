"""What each constraint of a draft costs, worked out in the background."""

from api.usecases.programme_plans import find_plan
from api.usecases.programme_problem import problem_of
from api.usecases.progress import Progress
from inventory.database import Database
from inventory.errors import Conflict
from inventory.models import ProgrammePlan
from inventory.models.planning import DraftState
from inventory.sentences import Sentence, wording


def price_plan(
    database: Database, plan_id: int, *, actor: str, on_progress: Progress | None = None
) -> ProgrammePlan:
    """Work out what each constraint of a draft costs, keep it with the draft and return that.

    No session is open meanwhile. Raises Conflict for a plan that is not solved, or when the
    optimiser had too little time.
    """
    from inventory.programme.planning.prices import prices  # noqa: PLC0415 - scipy is slow

    with database.read() as session:
        plan = find_plan(session, plan_id)
        if plan.state not in {DraftState.DRAFT, DraftState.APPLIED}:
            raise Conflict(
                Sentence(
                    "Le plan %(plan_id)s est «\u00a0%(state)s\u00a0»\u00a0: "
                    "ses contraintes n’ont pas de prix",
                    plan_id=plan_id,
                    state=Sentence(plan.state.label),
                ),
                todo=Sentence("attendez qu’il soit calculé, ou proposez-en un autre"),
            )
        problem, version = problem_of(session, plan), plan.version

    def tell(done: int, total: int) -> None:
        if on_progress is not None:
            on_progress("constraints priced", done, total)

    found = prices(problem, tell)
    if found is None:
        raise Conflict(
            Sentence(
                "Le prix des contraintes n’a pas été trouvé dans le temps que donnent les règles"
            ),
            todo=Sentence("redemandez-le plus tard"),
        )
    with database.write(actor) as session:
        plan = find_plan(session, plan_id, lock=True)
        plan.prices = [
            {
                "constraint": each.constraint,
                "message": str(each.name),
                "wording": wording(each.name),
                "points": each.points,
                "earlier": each.earlier,
                "more": each.more,
            }
            for each in found
        ]
        plan.prices_version = version
        session.add(plan)
    with database.read() as session:
        return find_plan(session, plan_id)
