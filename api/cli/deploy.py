"""`preau deploy`: plan what devices would be sent, review it, send it, and see how it ended."""

from typing import Annotated, Any

import typer

from api.cli.context import installation, print_json
from api.cli.deploy_approval import approve_command
from api.cli.deploy_rollout import ROLLOUT_COMMANDS
from api.cli.deploy_summary import exit_status, print_summary
from inventory.roles import DeviceRole

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
    print_summary(summary, as_json=as_json)
    if not as_json and summary.state == "frozen":
        typer.echo(f"Review it: preau deploy show {summary.plan_id}")
        for why in summary.second_person:
            typer.echo(f"Another than its author must approve it: {why}")
    exit_status(summary)


@app.command("show")
def show_command(plan: PlanNumber, *, as_json: Json = False) -> None:
    """Show what a plan changes, each identical change once with the devices that it is for."""
    from api.usecases.deployment_report import plan_status
    from api.usecases.plan_review import review_of

    with installation() as here:
        summary = plan_status(here.database, plan)
        with here.database.read() as session:
            review = review_of(session, plan)
    if as_json:
        changes = [{"devices": list(g.labels), "diff": g.diff} for g in review.changes]
        print_json({**summary.to_json(), "clients": review.clients, "changes": changes})
        return
    for group in review.changes:
        typer.secho(f"\n{len(group.devices)} × {_listed(group.labels)}", bold=True)
        for line in group.diff.splitlines():
            typer.secho(line, fg={"+": "green", "-": "red"}.get(line[:1]))
    for risk in (*review.dangers, *review.notes):
        typer.echo(f"! {risk.text} ({_listed(risk.devices)})")
    if review.clients:
        typer.echo(f"! {review.clients} clients were on these devices at their newest readings")
    for why in summary.second_person:
        typer.echo(f"! Another than its author must approve it: {why}")
    print_summary(summary, as_json=False)


app.command("approve")(approve_command)


for _name, _command in ROLLOUT_COMMANDS.items():
    app.command(_name)(_command)


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
    print_summary(summary, as_json=as_json, every_device=True)
    exit_status(summary)


def _listed(devices: Any) -> str:
    shown = ", ".join(devices[:6])
    return shown if len(devices) <= 6 else f"{shown} and {len(devices) - 6} more"
