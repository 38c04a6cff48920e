"""`preau discover --interface`: what a laptop hears on its own cable."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from api.cli.context import installation, print_json
from api.cli.progress import progress_bars

if TYPE_CHECKING:
    from api.usecases.discovery import DiscoveryResult
    from collectors.announcements import Announcement
    from collectors.listening import OnTheWire


def listen_on(
    interface: str,
    *,
    zone: str | None,
    listen_s: float | None,
    sweep: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Listen on an interface and say which port it is plugged into, at once; then who is there."""
    from collectors.listening import interface_of, listening, whereabouts

    def tell(said: "Announcement") -> None:
        if not as_json:
            typer.echo(f"heard: {said.name}, port {said.port or '?'} ({said.protocol.upper()})")

    found = interface_of(interface)
    with listening(found, listen_s=listen_s, sweep=sweep, force=force) as listener:
        if found.has_link is False:
            typer.echo(f"{interface} has no link: plug its cable in", err=True)
        if not as_json:
            typer.echo(f"listening on {interface}: LLDP comes every 30 s, CDP every 60 s …")
        heard = listener.read(tell)
    result = _keep(heard, zone) if zone is not None else None
    body = _json(heard) | (result.to_json() if result else {})
    if as_json:
        print_json(body)
    else:
        typer.echo(whereabouts(heard.plugged_into()))
        for line in _lines(heard):
            typer.echo(line)
        if result is not None:
            from api.cli.discover import print_result

            print_result(result, {})
    raise typer.Exit(1 if body.get("unread") else 0)


def _keep(heard: "OnTheWire", zone: str) -> "DiscoveryResult":
    from api.usecases.wire import keep_heard

    with installation() as here, progress_bars() as progress:
        return keep_heard(
            here.database,
            here.vault,
            here.settings,
            heard,
            zone_name=zone,
            actor=here.actor,
            on_progress=progress,
        )


def _lines(heard: "OnTheWire") -> Iterator[str]:
    for each in heard.plugged_into():
        if each.platform:
            yield f"  {each.name}: {each.platform}"
        if each.vlan:
            yield f"  untagged frames are of VLAN {each.vlan}"
    names = {each.name for each in heard.plugged_into()}
    others = dict.fromkeys(each.name for each in heard.announcements if each.name not in names)
    if others:
        yield f"also heard: {', '.join(others)}"
    if heard.not_swept:
        yield f"no ARP sweep: {heard.not_swept}"
    else:
        yield f"{heard.asked} addresses of {heard.interface.network} asked by ARP:"
    for host in sorted(heard.hosts, key=lambda each: tuple(map(int, each.ip.split(".")))):
        spelled = ":".join(host.mac[place : place + 2] for place in range(0, 12, 2))
        yield f"  {host.ip:<15}  {spelled}  {host.vendor or ''}".rstrip()


def _json(heard: "OnTheWire") -> dict[str, Any]:
    from dataclasses import asdict

    from collectors.listening import whereabouts

    def told(each: "Announcement") -> dict[str, Any]:
        return {
            **asdict(each),
            "capabilities": sorted(each.capabilities),
            "port": each.port,
            "name": each.name,
        }

    switches = heard.plugged_into()
    network = heard.interface.network
    return {
        "interface": heard.interface.name,
        "own_ip": heard.interface.own_ip,
        "network": str(network) if network else None,
        "whereabouts": whereabouts(switches),
        "plugged_into": [told(each) for each in switches],
        "announcements": [told(each) for each in heard.announcements],
        "swept": heard.asked,
        "not_swept": heard.not_swept,
        "hosts": [asdict(host) for host in heard.hosts],
    }
