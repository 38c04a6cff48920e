"""Plans of the programme: solved, priced, applied."""

from typing import Any

from api.jobs.kinds import JobContext, job


@job("programme_plan", repeatable=True)
def run_programme_plan(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Place the sites of a plan of the programme that waits to be solved."""
    from api.usecases.programme_plans import solve_plan  # noqa: PLC0415 - scipy is slow

    plan = solve_plan(
        here.database, int(arguments["plan_id"]), actor=here.actor, on_progress=here.tell
    )
    return {"plan": plan.id, "state": plan.state.value, "gap": plan.gap}


@job("programme_apply", repeatable=True)
def run_programme_apply(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Schedule the sites of a draft, or go on with it: as after the worker that did died."""
    from api.usecases.programme_plan_decision import apply_plan  # noqa: PLC0415 - slow

    found = apply_plan(here.database, int(arguments["plan_id"]), actor=here.actor)
    return {"scheduled": sum(each.scheduled for each in found), "sites": len(found)}


@job("programme_prices", repeatable=True)
def run_programme_prices(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Work out what each constraint of a plan of the programme costs."""
    from api.usecases.programme_prices import price_plan  # noqa: PLC0415 - scipy is slow

    plan = price_plan(
        here.database, int(arguments["plan_id"]), actor=here.actor, on_progress=here.tell
    )
    return {"plan": plan.id, "prices": len(plan.prices or ())}
