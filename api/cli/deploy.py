"""`preau deploy`: plan what devices would be sent, review it, send it, and see how it ended."""

from typing import Annotated, Any

import typer

from api.cli.context import installation, print_json
from api.cli.deploy_approval import approve_command
from inventory.models.device import DeviceRole

app = typer.Typer(
    help="Plan and push configurations, and read them back.",
    no_args_is_help=True,
    add_completion=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PlanNumber = Annotated[int, typer.Argument(metavar="PLAN", help="The plan's number.")]


@app.command("plan")
def plan_command(
    *,
    site: Annotated[
        list[str] | None,
        typer.Option(help="FASE pair (95001/9501) or name of a site; may be repeated; none: all."),
    ] = None,
    lot: Annotated[str | None, typer.Option(help="Only sites of this lot.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only devices that bear a tag.")] = None,
    family: Annotated[list[str] | None, typer.Option(help="Only these families.")] = None,
    role: Annotated[
        list[DeviceRole] | None, typer.Option(help="Only access points, only switches …")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for reviewers and the record.")] = None,
    as_json: Json = False,
) -> None:
    """Read the devices and freeze what each would be sent; nothing is changed on them."""
    from api.cli.progress import progress_bars
    from api.usecases.lookup import find_sites
    from api.usecases.planning import plan_deployment
    from api.usecases.selection import Selection

    with installation() as here, progress_bars() as tell:
        with here.database.read() as session:
            site_ids = find_sites(session, site)
        selection = Selection(
            site_ids=tuple(site_ids) if site_ids is not None else None,
            lot=lot,
            tags=tuple(tag or ()),
            families=tuple(family or ()),
            roles=tuple(role or ()),
        )
        summary = plan_deployment(
            here.database,
            here.vault,
            here.settings,
            selection=selection,
            reason=reason,
            actor=here.actor,
            on_progress=tell,
        )
    _print_summary(summary, as_json=as_json)
    if not as_json and summary.state == "frozen":
        typer.echo(f"Review it: preau deploy show {summary.plan_id}")
        for why in summary.second_person:
            typer.echo(f"Another than its author must approve it: {why}")
    _exit(summary)


@app.command("show")
def show_command(plan: PlanNumber, *, as_json: Json = False) -> None:
    """Show what a plan changes, each identical change once with the devices that it is for."""
    from api.usecases.deployment_report import grouped_changes, plan_status

    with installation() as here:
        summary = plan_status(here.database, plan)
        groups = grouped_changes(here.database, plan)
    if as_json:
        print_json(
            {
                **summary.to_json(),
                "changes": [{"devices": list(g.devices), "diff": g.diff} for g in groups],
            }
        )
        return
    for group in groups:
        typer.secho(f"\n{len(group.devices)} × {_listed(group.devices)}", bold=True)
        for line in group.diff.splitlines():
            typer.secho(line, fg={"+": "green", "-": "red"}.get(line[:1]))
    _print_reviewers_notes(summary)
    for why in summary.second_person:
        typer.echo(f"! Another than its author must approve it: {why}")
    _print_summary(summary, as_json=False)


app.command("approve")(approve_command)


@app.command("run")
def run_command(plan: PlanNumber, *, as_json: Json = False) -> None:
    """Send a frozen plan, guarded, and read every device back from a new session."""
    from api.cli.progress import progress_bars
    from api.usecases.deployment import run_plan

    with installation() as here, progress_bars() as tell:
        summary = run_plan(
            here.database, here.vault, here.settings, plan, actor=here.actor, on_progress=tell
        )
    _print_summary(summary, as_json=as_json)
    _exit(summary)


@app.command("status")
def status_command(
    plan: Annotated[
        int | None, typer.Argument(metavar="[PLAN]", help="None: the newest plan.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Say how a plan stands, device by device."""
    from api.usecases.deployment_report import plan_status

    with installation() as here:
        summary = plan_status(here.database, plan)
    _print_summary(summary, as_json=as_json, every_device=True)
    _exit(summary)


def _print_summary(summary: Any, *, as_json: bool, every_device: bool = False) -> None:
    if as_json:
        print_json(summary.to_json())
        return
    counts = ", ".join(f"{count} {state}" for state, count in summary.states.items())
    typer.echo(f"Plan {summary.plan_id} is {summary.state}: {counts or 'no device'}.")
    for push in summary.pushes if every_device else summary.failures:
        error = f": {push.error}" if push.error else ""
        typer.echo(f"  {push.label}: {push.state}{error}")


def _print_reviewers_notes(summary: Any) -> None:
    said: dict[str, list[str]] = {}
    for push in summary.pushes:
        for text in (*push.reasons, *push.notes):
            said.setdefault(text, []).append(push.label)
    for text, devices in said.items():
        typer.echo(f"! {text} ({_listed(devices)})")


def _listed(devices: Any) -> str:
    shown = ", ".join(devices[:6])
    return shown if len(devices) <= 6 else f"{shown} and {len(devices) - 6} more"


def _exit(summary: Any) -> None:
    if summary.failures:
        raise typer.Exit(1)
