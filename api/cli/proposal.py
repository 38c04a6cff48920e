"""`preau proposal`: what discovery found and nobody accepted yet, and the rules that accept."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.context import installation, print_json
from inventory.models.discovery import ProposalSource, ProposalState
from inventory.roles import DeviceRole

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.usecases.proposal_decisions import ProposalLine
    from inventory.models import Proposal, ProposalRule

app = typer.Typer(
    help="What discovery found and nobody accepted yet.",
    no_args_is_help=True,
    add_completion=False,
)
rules = typer.Typer(help="The rules that accept without asking.", no_args_is_help=True)
app.add_typer(rules, name="rule")

_MOST_AT_ONCE = 5000

_Site = Annotated[
    str | None, typer.Option("--site", help="FASE pair (95001/9501) or name of the site.")
]
_Zone = Annotated[str | None, typer.Option("--zone", help="The zone it was found in.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Ids = Annotated[list[int], typer.Argument(metavar="NUMBER...", help="Of the list.")]


@app.command("list")
def list_command(
    *,
    zone: _Zone = None,
    site: _Site = None,
    state: Annotated[
        ProposalState, typer.Option(help="Which: those that wait, or those decided.")
    ] = ProposalState.OPEN,
    limit: Annotated[int, typer.Option(help="How many, the newest first.")] = 200,
    as_json: _Json = False,
) -> None:
    """List proposals: what, where and how it was found, since when, and for which site."""
    from api.usecases.lookup import find_site
    from api.usecases.proposal_decisions import ProposalFilter, list_proposals
    from api.usecases.zones import find_zone

    with installation() as here, here.database.read() as session:
        wanted = ProposalFilter(
            state,
            find_zone(session, zone).id if zone else None,
            find_site(session, site).id if site else None,
        )
        lines = list_proposals(session, None, wanted, limit=limit)
    if as_json:
        print_json([_json(line) for line in lines])
        return
    for line in lines:
        typer.echo(_line(line))
    if not lines:
        typer.echo("nothing waits for a decision" if state is ProposalState.OPEN else "none")


@app.command("accept")
def accept_command(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="[NUMBER]...", help="Of the list.")
    ] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="All that wait in --zone, and not those numbers.")
    ] = False,
    zone: _Zone = None,
    source: Annotated[
        ProposalSource | None, typer.Option(help="With --all: only what was found so.")
    ] = None,
    site: _Site = None,
    name: Annotated[str | None, typer.Option(help="Its name; none: the one it tells.")] = None,
    role: Annotated[DeviceRole | None, typer.Option(help="What it is for.")] = None,
) -> None:
    """Make proposals devices, at the site that is proposed or the one given here."""
    from api.usecases.lookup import find_site
    from api.usecases.proposal_decisions import accept, find_proposal
    from inventory.errors import InvalidInput

    if bool(numbers) == everything or (everything and zone is None):
        raise InvalidInput("say which proposals", todo="give their numbers, or --all --zone ZONE")
    with installation() as here, here.database.write(here.actor) as session:
        rows = [find_proposal(session, None, number) for number in numbers or ()]
        if zone is not None and everything:
            rows = _waiting(session, zone, source)
        if name is not None and len(rows) > 1:
            raise InvalidInput("several devices cannot have one name", todo="accept them by one")
        site_id = find_site(session, site).id if site else None
        accepted = [
            accept(
                session,
                row,
                viewer=None,
                actor=here.actor,
                site_id=site_id,
                name=name,
                role=role,
            )
            for row in rows
        ]
        names = [device.name for device in accepted]
    typer.echo(f"{len(names)} accepted: {', '.join(names)}" if names else "nothing waits there")


def _waiting(session: "Session", zone: str, source: ProposalSource | None) -> list["Proposal"]:
    from api.usecases.proposal_decisions import ProposalFilter, list_proposals
    from api.usecases.zones import find_zone

    wanted = ProposalFilter(zone_id=find_zone(session, zone).id)
    lines = list_proposals(session, None, wanted, limit=_MOST_AT_ONCE)
    return [line.row for line in lines if source in (None, line.row.source)]


@app.command("refuse")
def refuse_command(
    numbers: _Ids,
    *,
    reason: Annotated[str, typer.Option(help="Why, for those who ask later.")],
) -> None:
    """Refuse proposals: seen again they stay refused, until their identity changes."""
    from api.usecases.proposal_decisions import find_proposal, refuse

    with installation() as here, here.database.write(here.actor) as session:
        for number in numbers:
            row = find_proposal(session, None, number)
            refuse(session, row, viewer=None, actor=here.actor, reason=reason)
    typer.echo(f"{len(numbers)} refused")


@rules.command("add")
def add_rule_command(
    *,
    zone: _Zone = None,
    source: Annotated[ProposalSource | None, typer.Option(help="How it was found.")] = None,
    family: Annotated[str | None, typer.Option(help="Its family, as openwrt.")] = None,
    oui: Annotated[str | None, typer.Option(help="How its address begins, as 00:1b:21.")] = None,
    name: Annotated[str | None, typer.Option(help="Its name, with * and ?, as 'ap-*'.")] = None,
    site: Annotated[
        str | None, typer.Option("--site", help="Where it stands then; none: where proposed.")
    ] = None,
    role: Annotated[DeviceRole | None, typer.Option(help="What it is for then.")] = None,
) -> None:
    """Accept from now on what is all of this; what waits already, when it is seen again."""
    from api.usecases.lookup import find_site
    from api.usecases.proposal_rules import add_rule
    from api.usecases.zones import find_zone

    with installation() as here, here.database.write(here.actor) as session:
        row = add_rule(
            session,
            actor=here.actor,
            zone=find_zone(session, zone) if zone else None,
            source=source,
            family_id=family,
            oui=oui,
            name_pattern=name,
            site=find_site(session, site) if site else None,
            role=role,
        )
        number = row.id
    typer.echo(f"rule {number} accepts from the next discovery on")


@rules.command("list")
def list_rules_command(*, as_json: _Json = False) -> None:
    """List the rules in the order in which they are tried, Préau's own last."""
    from api.usecases.proposal_rules import list_rules

    with installation() as here, here.database.read() as session:
        found = [_rule_json(*each) for each in list_rules(session)]
    if as_json:
        print_json(found)
        return
    for rule in found:
        asked = [f"{key} {rule[key]}" for key in _ASKED if rule[key]]
        then = [f"{key} {rule[key]}" for key in ("site", "role") if rule[key]]
        says = ", ".join(asked) or "what answers to its zone's own credential"
        target = f" → {', '.join(then)}" if then else ""
        typer.echo(f"{rule['name']}: {says}{target}{'' if rule['active'] else ' (off)'}")


@rules.command("remove")
def remove_rule_command(
    name: Annotated[str, typer.Argument(help="Its number, or the name of Préau's own.")],
) -> None:
    """Switch a rule off; what it accepted stays accepted."""
    _switch(name, active=False)


@rules.command("restore")
def restore_rule_command(
    name: Annotated[str, typer.Argument(help="Its number, or the name of Préau's own.")],
) -> None:
    """Switch a rule on again."""
    _switch(name, active=True)


def _switch(name: str, *, active: bool) -> None:
    from api.usecases.proposal_rules import switch_rule

    with installation() as here, here.database.write(here.actor) as session:
        switch_rule(session, name, active=active, actor=here.actor)
    typer.echo(f"rule {name} is {'on' if active else 'off'}")


_ASKED = ("zone", "source", "family", "oui", "name_pattern")


def _rule_json(row: "ProposalRule", zone: str | None, site: str | None) -> dict[str, Any]:
    return {
        "name": row.built_in or str(row.id),
        "active": row.active,
        "zone": zone,
        "source": row.source,
        "family": row.family,
        "oui": row.oui,
        "name_pattern": row.name_pattern,
        "site": site,
        "role": row.role,
    }


def _line(line: "ProposalLine") -> str:
    from api.usecases.proposal_words import site_words, where_words

    row = line.row
    what = " ".join(filter(None, (row.vendor, row.model))) or row.description or row.role.value
    marks = ", ".join(filter(None, (row.serial, next(iter(row.macs), None))))
    decided = ""
    if row.state is not ProposalState.OPEN:
        reason = f": {row.reason}" if row.reason else ""
        decided = f"\n     {row.state.value} by {row.decided_by}{reason}"
    return (
        f"{row.id:>4} {row.name} ({what[:80]}{'; ' if marks else ''}{marks})\n"
        f"     {where_words(row, line.zone)}, since {row.first_seen_at:%Y-%m-%d %H:%M} UTC\n"
        f"     {site_words(row, line.site)}{decided}"
    )


def _json(line: "ProposalLine") -> dict[str, Any]:
    from api.usecases.proposal_words import site_words, where_words

    row = line.row
    hidden = {"zone_id", "site_id", "seen_by_id", "rule_id"}
    return {
        **row.model_dump(mode="json", exclude=hidden),
        "zone": line.zone,
        "site": line.site,
        "where": where_words(row, line.zone),
        "why": site_words(row, line.site),
    }
