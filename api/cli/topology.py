"""`preau topology`: how a site is cabled, what is down and what only stands in its shadow."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.context import installation, print_json

if TYPE_CHECKING:
    from api.usecases.topology import Branch, SiteIncident, SiteNetwork
    from inventory.cabling import Cable

app = typer.Typer(
    help="Show how a site is cabled, and what is down or behind it.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("show")
def show_command(
    site: Annotated[str, typer.Argument(help="FASE pair (95001/9501) or name of the site.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the tree of a site's devices and its open incidents.

    Exit status: 0 no incident is open, 1 one is, 2 not done.
    """
    from api.usecases.lookup import find_site
    from api.usecases.topology import site_network

    with installation() as here, here.database.read() as session:
        network = site_network(session, here.settings, find_site(session, site).id or 0)
    if as_json:
        print_json(_network_json(network))
    else:
        for line in _lines(network):
            typer.echo(line)
    raise typer.Exit(1 if network.incidents else 0)


@app.command("core")
def core_command(
    name: Annotated[str, typer.Argument(metavar="DEVICE", help="Its name or its number.")],
    *,
    site: Annotated[
        str | None, typer.Option("--site", help="FASE pair (95001/9501) or name of its site.")
    ] = None,
) -> None:
    """Say at which device management comes into a site; else the best cabled switch is taken."""
    from api.usecases.lookup import find_device, find_site
    from api.usecases.topology import name_core

    with installation() as here, here.database.write(here.actor) as session:
        site_id = find_site(session, site).id if site else None
        device = find_device(session, name, site_id=site_id)
        changed = name_core(session, device)
        shown = device.name
    typer.echo(f"{shown} is the core of its site{'' if changed else ', as before'}.")


def _lines(network: "SiteNetwork") -> Iterator[str]:
    for incident in network.incidents:
        names = ", ".join(device.name for device in incident.shadowed)
        behind = f"; unreachable because of it: {names}" if names else ""
        since = f"{incident.row.opened_at:%Y-%m-%d %H:%M} UTC"
        yield f"incident: {incident.cause.name} is down since {since}{behind}"
    if network.root is None:
        yield "no device stands at this site"
        return
    yield from _branch_lines(network.root, 0)
    for branch in network.unplaced:
        yield f"no known cable leads to {branch.device.name} ({branch.device.health})"
        for each in branch.branches:
            yield from _branch_lines(each, 1)
    for cable in network.aside:
        ends = [f"{network.names[end.device_id]} {end.port or '?'}" for end in (cable.a, cable.b)]
        yield f"not in the tree: {' - '.join(ends)} ({cable.state})"


def _branch_lines(branch: "Branch", depth: int) -> Iterator[str]:
    where = ""
    if branch.cable:
        where = f"  {branch.port or '?'} - {branch.parent_port or '?'} ({branch.cable.state})"
    yield f"{'  ' * depth}{branch.device.name}: {branch.device.health}{where}"
    for each in branch.branches:
        yield from _branch_lines(each, depth + 1)


def _network_json(network: "SiteNetwork") -> dict[str, Any]:
    return {
        "root": _branch_json(network.root) if network.root else None,
        "unplaced": [_branch_json(each) for each in network.unplaced],
        "aside": [_cable_json(network, each) for each in network.aside],
        "incidents": [_incident_json(each) for each in network.incidents],
    }


def _branch_json(branch: "Branch") -> dict[str, Any]:
    cable = branch.cable
    return {
        "device_id": branch.device.id,
        "name": branch.device.name,
        "health": branch.device.health.value,
        "port": branch.port,
        "parent_port": branch.parent_port,
        "cable": cable.state.value if cable else None,
        "last_seen_at": cable.last_seen_at.isoformat() if cable else None,
        "behind": [_branch_json(each) for each in branch.branches],
    }


def _cable_json(network: "SiteNetwork", cable: "Cable") -> dict[str, Any]:
    return {
        "state": cable.state.value,
        "last_seen_at": cable.last_seen_at.isoformat(),
        "ends": [
            {
                "device_id": end.device_id,
                "name": network.names[end.device_id],
                "port": end.port,
                "heard_at": end.heard_at.isoformat() if end.heard_at else None,
                "disputed_port": end.disputed_port,
            }
            for end in (cable.a, cable.b)
        ],
    }


def _incident_json(incident: "SiteIncident") -> dict[str, Any]:
    return {
        "cause": incident.cause.name,
        "shadowed": [device.name for device in incident.shadowed],
        "whole_site": incident.row.whole_site,
        "opened_at": incident.row.opened_at.isoformat(),
        "reopened": incident.row.reopened,
    }
