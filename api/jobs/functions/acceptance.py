"""Sites judged by the acceptance profile."""

from typing import Any

from api.jobs.kinds import JobContext, job


@job("acceptance", repeatable=True)
def run_acceptance(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Judge one site by the acceptance profile, by what was last read of its devices."""
    from api.usecases.acceptance import run_acceptance as judge  # noqa: PLC0415 - scipy is slow

    result = judge(
        here.database,
        here.vault,
        int(arguments["site_id"]),
        actor=here.actor,
        on_progress=here.tell,
    )
    return {"acceptance": result.to_json()}
