"""Dossiers moved, and their terms."""

from typing import Any

from api.jobs.kinds import JobContext, job


@job("bulk_moves", repeatable=True)
def run_bulk_moves(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Go on with a move of many dossiers, as whoever asked for it."""
    from api.usecases.dossier_bulk import advance_as_asked  # noqa: PLC0415

    done = advance_as_asked(
        here.database, int(arguments["bulk_id"]), asked_by=here.actor, on_progress=here.tell
    )
    return {"bulk": done}


@job("deadlines", repeatable=True)
def run_deadlines(here: JobContext, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Start the clocks that are missing, and tell once of each term that was not met."""
    from api.usecases.deadlines import look_at_clocks  # noqa: PLC0415

    return {"deadlines": look_at_clocks(here.database, actor=here.actor)}
