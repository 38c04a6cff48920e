"""Devices asked for their clients, for support cases."""

from typing import Any

from api.jobs.kinds import JobContext, job
from api.usecases import support


@job("support", repeatable=False)
def run_support(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Ask one device for its clients, for a support case; the result is emptied within the hour."""
    found = support.read_clients(
        here.database,
        here.vault,
        here.settings,
        [int(arguments["device_id"])],
        case=str(arguments["case"]),
        actor=here.actor,
    )
    return {"clients": [each.to_json() for each in found]}
