"""What each kind of job does: one function that calls one use case.

Adding a kind is adding a decorated function here. The web process does not import this module:
it speaks to no device.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.usecases import (
    audit,
    discovery,
    health,
    polling,
    series,
    support,
    uploads,
)
from api.usecases.progress import Progress
from inventory.database import Database
from inventory.secrets import Vault
from inventory.settings import Settings

# A person who asks for an audit of one school while the night's runs gets it after that one.
_AUDIT_WAIT_S = 1800.0


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job function is given; `actor` asked for it, `tell` notes how far it is."""

    settings: Settings
    database: Database
    vault: Vault
    actor: str
    tell: Progress


@dataclass(frozen=True, slots=True)
class JobFunction:
    """A kind of job. `repeatable`: it may be run again after its worker died half-way."""

    kind: str
    repeatable: bool
    run: Callable[[JobContext, dict[str, Any]], dict[str, Any]]


FUNCTIONS: dict[str, JobFunction] = {}

Run = Callable[[JobContext, dict[str, Any]], dict[str, Any]]


def job(kind: str, *, repeatable: bool) -> Callable[[Run], Run]:
    """Register the decorated function as what jobs of `kind` run."""

    def register(run: Run) -> Run:
        FUNCTIONS[kind] = JobFunction(kind, repeatable, run)
        return run

    return register


def repeatable_kinds() -> list[str]:
    """Return the kinds that may be run again after their worker died."""
    return [function.kind for function in FUNCTIONS.values() if function.repeatable]


def _site_ids(arguments: dict[str, Any]) -> list[int] | None:
    site_id = arguments.get("site_id")
    return None if site_id is None else [int(site_id)]


@job("poll", repeatable=True)
def run_poll(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Read the devices of every site, or of one; returns what came of each."""
    return _poll(here, arguments, ssh=False)


def _poll(here: JobContext, arguments: dict[str, Any], *, ssh: bool) -> dict[str, Any]:
    result = polling.poll(
        here.database,
        here.vault,
        here.settings,
        site_ids=_site_ids(arguments),
        ssh=ssh,
        actor=here.actor,
        on_progress=here.tell,
    )
    return {"poll": result.to_json()}


@job("health", repeatable=True)
def run_health(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Ask the devices of every site, or of one, whether and how they do: less than a poll."""
    result = health.run_health_round(
        here.database,
        here.vault,
        here.settings,
        site_ids=_site_ids(arguments),
        actor=here.actor,
        on_progress=here.tell,
    )
    return {"health": result.to_json()}


@job("audit", repeatable=True)
def run_audit(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Read the devices, then judge them: an audit of old readings would tell nobody anything.

    Over SSH too, where SNMP does not tell how networks are protected.
    """
    polled = _poll(here, arguments, ssh=True)
    result = audit.run_audit(
        here.database,
        here.settings,
        site_ids=_site_ids(arguments),
        actor=here.actor,
        on_progress=here.tell,
        wait_s=_AUDIT_WAIT_S,
    )
    return {**polled, "audit": result.to_json()}


@job("discover", repeatable=True)
def run_discover(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Find the devices of a zone's ranges, or of the ranges given."""
    result = discovery.discover(
        here.database,
        here.vault,
        here.settings,
        networks=tuple(arguments.get("networks", ())),
        zone_name=arguments.get("zone"),
        actor=here.actor,
        on_progress=here.tell,
    )
    return {"discovery": result.to_json()}


@job("series", repeatable=True)
def run_series(here: JobContext, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Roll up the figures over time and cut off what is old."""
    return {"series": series.compact(here.database, here.settings).to_json()}


@job("tidy", repeatable=True)
def run_tidy(here: JobContext, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Take away the bytes of files that nobody keeps."""
    with here.database.read() as session:
        return {"tidy": {"files": uploads.sweep_uploads(session, here.settings)}}


@job("retention", repeatable=True)
def run_retention(here: JobContext, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Delete what is about people and older than the settings keep; the report is kept."""
    from api.usecases import retention  # noqa: PLC0415 - once a night

    run = retention.run_retention(here.database, here.settings, actor=here.actor)
    return {"retention": {"run": run.id, "deleted": sum(line["count"] for line in run.lines)}}


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


@job("reminders", repeatable=True)
def run_reminders(here: JobContext, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Queue the mail of today: what falls due, and on Mondays what waits."""
    from api.mail.reminders import write_reminders  # noqa: PLC0415

    return {"reminders": write_reminders(here.database, here.settings, actor=here.actor)}


@job("mail", repeatable=True)
def run_mail(here: JobContext, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Send the mail whose time has come."""
    from api.mail.sending import send_waiting  # noqa: PLC0415

    sent = send_waiting(here.database, here.vault, here.settings, actor=here.actor)
    return {"mail": sent}
