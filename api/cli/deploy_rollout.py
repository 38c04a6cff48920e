"""`preau deploy run|resume|pause|cancel|rollback|accept`: carrying plans out."""

from collections.abc import Callable
from typing import Annotated

import typer

from api.cli.context import installation
from api.cli.deploy_summary import exit_status, print_summary

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PlanNumber = Annotated[int, typer.Argument(metavar="PLAN", help="The plan's number.")]
Now = Annotated[
    str | None,
    typer.Option(
        "--now", help='Interrupt schools in their hours: who answers for it, and why ("NAME: WHY").'
    ),
]


def run_command(
    plan: PlanNumber,
    *,
    waves: Annotated[
        str | None, typer.Option(help="What each wave takes: 1 device, 1 site, 5 %, rest.")
    ] = None,
    tolerate: Annotated[
        float | None, typer.Option(help="Percent of a wave that may fail without a halt.")
    ] = None,
    on_failure: Annotated[
        str | None, typer.Option(help="What is taken back: halt, undo_wave, undo_plan.")
    ] = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Send a frozen plan wave by wave, guarded, and read every device back from a new session."""
    from api.cli.progress import progress_bars
    from api.usecases.deployment import run_plan
    from api.usecases.rollout_options import chosen_options

    with installation() as here, progress_bars() as tell:
        options = chosen_options(
            here.settings,
            waves=waves,
            tolerated_percent=tolerate,
            on_failure=on_failure,
            now=f"{here.actor}: {now}" if now else None,
        )
        summary = run_plan(
            here.database,
            here.vault,
            here.settings,
            plan,
            actor=here.actor,
            options=options,
            on_progress=tell,
        )
    print_summary(summary, as_json=as_json)
    exit_status(summary)


def resume_command(plan: PlanNumber, *, now: Now = None, as_json: Json = False) -> None:
    """Go on with a plan that was killed, paused or halted: first read back what is in doubt."""
    from api.cli.progress import progress_bars
    from api.usecases.deployment import resume_plan

    with installation() as here, progress_bars() as tell:
        summary = resume_plan(
            here.database,
            here.vault,
            here.settings,
            plan,
            actor=here.actor,
            now=f"{here.actor}: {now}" if now else None,
            on_progress=tell,
        )
    print_summary(summary, as_json=as_json)
    exit_status(summary)


def pause_command(plan: PlanNumber) -> None:
    """Ask a running plan to begin no other device; `resume` goes on."""
    _ask(plan, "pause")


def cancel_command(plan: PlanNumber) -> None:
    """End a plan: what was not begun is never sent; `rollback` takes back what was done."""
    _ask(plan, "cancel")


def _ask(plan: int, request: str) -> None:
    from api.usecases.deployment import ask_of_plan
    from inventory.models import PlanRequest

    with installation() as here:
        state = ask_of_plan(here.database, plan, PlanRequest(request), actor=here.actor)
    typer.echo(
        f"Plan {plan} will {request} once the devices that are being changed have ended."
        if state == "running"
        else f"Plan {plan} is {state}."
    )


def rollback_command(
    plan: PlanNumber,
    *,
    wave: Annotated[int | None, typer.Option(help="Only this wave of it.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for reviewers and the record.")] = None,
    as_json: Json = False,
) -> None:
    """Freeze a plan that takes back what a plan verified; review it and run it as any other."""
    from api.cli.progress import progress_bars
    from api.usecases.rollback import plan_rollback

    with installation() as here, progress_bars() as tell:
        summary = plan_rollback(
            here.database,
            here.vault,
            here.settings,
            plan,
            actor=here.actor,
            wave=wave,
            reason=reason,
            on_progress=tell,
        )
    print_summary(summary, as_json=as_json)
    if not as_json:
        typer.echo(f"Review it: preau deploy show {summary.plan_id}")
        typer.echo(f"Run it: preau deploy run {summary.plan_id}")
    exit_status(summary)


def accept_command(
    plan: PlanNumber,
    device: Annotated[list[str], typer.Argument(help="Name of a device of the plan; several.")],
    *,
    by: Annotated[str, typer.Option(help="Who stands on site and can put the device right.")],
    note: Annotated[str | None, typer.Option(help="How, for the record.")] = None,
) -> None:
    """Accept, by name, that nothing would undo the change of a device that has no guard for it."""
    from api.usecases.accepted_risk import accept_risk

    with installation() as here, here.database.write(here.actor) as session:
        count = accept_risk(session, plan, device, by=by, note=note, actor=here.actor)
    typer.echo(f"{by} answers for {count} devices of plan {plan}.")


ROLLOUT_COMMANDS: dict[str, Callable[..., None]] = {
    "run": run_command,
    "resume": resume_command,
    "pause": pause_command,
    "cancel": cancel_command,
    "rollback": rollback_command,
    "accept": accept_command,
}
