"""Plans of configurations run, gone on with, and taken back."""

from typing import Any

from api.jobs.kinds import JobContext, job


@job("rollout", repeatable=True)
def run_rollout(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Run a frozen plan, or go on with one: as after the worker that ran it died."""
    from api.usecases import deployment  # noqa: PLC0415 - slow

    work = (here.database, here.vault, here.settings, int(arguments["plan_id"]))
    now = arguments.get("now")
    summary = deployment.run_or_resume(*work, actor=here.actor, now=now, on_progress=here.tell)
    return {"rollout": {"plan": summary.plan_id, "state": summary.state.value}}


@job("rollback", repeatable=False)
def run_rollback(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Freeze the plan that takes a plan back."""
    from api.usecases.rollback import plan_rollback  # noqa: PLC0415 - slow

    summary = plan_rollback(
        here.database,
        here.vault,
        here.settings,
        int(arguments["plan_id"]),
        actor=here.actor,
        on_progress=here.tell,
    )
    return {"rollback": {"plan": summary.plan_id}}
