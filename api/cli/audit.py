"""`preau audit`: judge the devices, and show what is open."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from api.cli.context import installation, print_json
from api.cli.progress import progress_bars

app = typer.Typer(
    help="Run the audit or show its findings.", no_args_is_help=True, add_completion=False
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Sites = Annotated[
    list[str] | None,
    typer.Option("--site", help="FASE pair or name of a site; may be repeated."),
]


@app.command("run")
def run_command(*, site: Sites = None, as_json: Json = False) -> None:
    """Judge the devices by what was last read of them; reads no device.

    Exit status: 0 done whatever was found, 1 a device could not be judged, 2 not done.
    """
    from api.usecases.audit import run_audit
    from api.usecases.lookup import find_sites

    with installation() as here, progress_bars() as progress:
        with here.database.read() as session:
            site_ids = find_sites(session, site)
        result = run_audit(
            here.database,
            here.settings,
            actor=here.actor,
            site_ids=site_ids,
            on_progress=progress,
        )
    if as_json:
        print_json(result.to_json())
    else:
        counts = ", ".join(f"{count} {severity}" for severity, count in result.open.items())
        typer.echo(
            f"{result.judged} devices judged: {result.opened} findings opened,"
            f" {result.reopened} reopened, {result.resolved} resolved; open: {counts};"
            f" {result.waived} waived"
        )
    raise typer.Exit(1 if result.failed else 0)


@app.command("report")
def report_command(*, site: Sites = None, as_json: Json = False) -> None:
    """Show the open findings of the last audit.

    Exit status: 0 nothing grave is open, 1 a blocking or major finding is open and not waived,
    2 not done. So a script may gate on it.
    """
    from api.usecases.audit_report import count_grave, open_findings
    from api.usecases.lookup import find_sites

    with installation() as here, here.database.read() as session:
        found = open_findings(session, site_ids=find_sites(session, site))
    if as_json:
        print_json([each.to_json() for each in found])
    else:
        shown_site: str | None = None
        for each in found:
            if each.site != shown_site:
                shown_site = each.site
                typer.echo(shown_site or "-")
            waived = f"  [waived: {each.waiver}]" if each.waiver else ""
            typer.echo(f"  {each.row.severity:8}  {each.row.message}{waived}")
        typer.echo(f"{len(found)} findings open, {count_grave(found)} of them grave")
    raise typer.Exit(1 if count_grave(found) else 0)


@app.command("rules")
def rules_command(*, as_json: Json = False) -> None:
    """List the rules with their French titles and who asks for them."""
    from inventory.findings.finding import rules

    listed = [
        {"id": rule.id, "title": rule.title, "uses": sorted(rule.uses)} for rule in rules().values()
    ]
    if as_json:
        print_json(listed)
        return
    for rule in listed:
        typer.echo(f"{rule['id']:26}  {rule['title']}")


@app.command("waive")
def waive_command(
    rule: str,
    *,
    device: Annotated[str, typer.Option(help="The device's name or number.")],
    site: Annotated[
        str | None, typer.Option(help="Its site, where the name is not enough.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why it is accepted.")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="For how many days.")] = 90,
) -> None:
    """Accept what a rule finds on one device, for a time."""
    from api.usecases.lookup import find_device, find_site
    from api.usecases.waivers import waive

    with installation() as here, here.database.write(here.actor) as session:
        site_id = find_site(session, site).id if site else None
        found = find_device(session, device, site_id=site_id)
        ends_at = datetime.now(UTC) + timedelta(days=days)
        waive(session, found, rule, reason=reason, ends_at=ends_at, actor=here.actor)
    typer.echo(f"{rule} is waived for {found.name} until {ends_at:%Y-%m-%d}.")
