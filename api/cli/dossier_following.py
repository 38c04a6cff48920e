"""`preau dossier late|prerequisites|move-many`: what is late, what is to be done, many at once."""

import secrets
from dataclasses import asdict

import typer
from sqlmodel import Session, select

from api.cli.context import installation, print_json
from api.usecases.access import viewer_of
from api.usecases.deadlines import LateFilter, LatePlace, late_list
from api.usecases.dossier_bulk import (
    Choice,
    SiteOutcome,
    WantedMove,
    advance_many,
    ask_many,
    chosen_sites,
    try_many,
)
from api.usecases.lookup import find_site
from api.usecases.lots import lot_named
from api.usecases.prerequisites import prerequisites_of
from api.usecases.scope import HeldGrant, Viewer
from inventory.errors import InvalidInput, NotFound
from inventory.models import BulkState, GrantScope, User, UserRole
from inventory.programme.dossier import Role, Status

_JSON = typer.Option(False, "--json")
# Who runs commands on the installation's own machine sees every site.
_EVERYTHING = Viewer(
    0, "cli", "cli", None, (HeldGrant(UserRole.PROGRAMME_MANAGER, GrantScope.ALL),)
)
_PAGE = 500


def add_to(app: typer.Typer) -> None:
    """Add the commands to those of `preau dossier`."""
    app.command("late")(late_command)
    app.command("prerequisites")(prerequisites_command)
    app.command("move-many")(move_many_command)


def late_command(
    *,
    ball: Role | None = typer.Option(None, help="Only what waits for this role."),
    province: str | None = typer.Option(None, help="Only in this province."),
    as_json: bool = _JSON,
) -> None:
    """List the terms that were not met, the longest overdue first."""
    lines = []
    place: LatePlace | None = None
    with installation() as here, here.database.read() as session:
        while True:
            wanted = LateFilter(ball, None, province)
            found = late_list(session, _EVERYTHING, wanted, after=place, limit=_PAGE)
            lines += [asdict(line) for line in found.lines]
            place = found.next
            if place is None:
                break
    if as_json:
        days = ("started_on", "due_on")
        print_json([{**line, **{day: line[day].isoformat() for day in days}} for line in lines])
        return
    for line in lines:
        typer.echo(
            f"{line['late_days']:>4} d  {line['site']} (site {line['site_id']})  "
            f"{line['term_id']}  waits for {line['ball']}  due {line['due_on']}"
        )


def prerequisites_command(
    site: str = typer.Argument(..., help="A FASE pair, a FASE number or a name."),
    *,
    as_json: bool = _JSON,
) -> None:
    """List the prerequisites of a site, those still to be done first."""
    with installation() as here, here.database.read() as session:
        found = find_site(session, site)
        rows = [row.model_dump(mode="json") for row in prerequisites_of(session, found.id or 0)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = f"lifted {row['lifted_at'][:10]}" if row["lifted_at"] else "to be done"
        due = f", due {row['due_on']}" if row["due_on"] and not row["lifted_at"] else ""
        typer.echo(f"{row['id']:>4}  {row['kind']}  {state}{due}  {row['description']}")


def move_many_command(
    to: Status = typer.Argument(..., help="Where to."),
    *,
    login: str = typer.Option(..., help="The account that moves them, with its rights."),
    status: Status | None = typer.Option(None, help="Only dossiers that are there."),
    province: str | None = typer.Option(None, help="Only in this province."),
    lot: str | None = typer.Option(None, help="Only of this lot."),
    reason: str | None = typer.Option(None, help="Why; some moves ask for it."),
    fact: list[str] = typer.Option([], help="NAME=VALUE, told of each. Repeatable."),
    request_id: str | None = typer.Option(None, help="Go on with a request of before."),
    yes: bool = typer.Option(False, "--yes", help="Move them; without it they are only tried."),
    as_json: bool = _JSON,
) -> None:
    """Try one move for many dossiers, or make it; exit status 1 when some are refused."""
    wanted = WantedMove(to, reason, dict(_pair(each) for each in fact))
    with installation() as here:
        with here.database.read() as session:
            viewer = _account(session, login)
            choice = Choice(None, status, province, lot_named(session, lot))
            site_ids = chosen_sites(session, viewer, choice)
            outcomes = [] if yes else try_many(session, viewer, site_ids, wanted)
        if yes:
            with here.database.write(viewer.actor) as session:
                asked = request_id or secrets.token_hex(16)
                bulk_id = ask_many(session, viewer, asked, site_ids, wanted).id or 0
            outcomes = advance_many(here.database, viewer, bulk_id)
    _tell(outcomes, made=yes, as_json=as_json)
    if any(each.state is BulkState.REFUSED for each in outcomes):
        raise typer.Exit(1)


def _tell(outcomes: list[SiteOutcome], *, made: bool, as_json: bool) -> None:
    if as_json:
        print_json([asdict(each) for each in outcomes])
        return
    for each in outcomes:
        word = each.state.value if made or each.state is BulkState.REFUSED else "can move"
        typer.echo(f"{word:>8}  {each.site} (site {each.site_id})  {each.said or ''}".rstrip())
    if not made and outcomes:
        typer.echo("Nothing was written: --yes moves them.")


def _account(session: Session, login: str) -> Viewer:
    user = session.exec(select(User).where(User.login == login)).first()
    if user is None:
        raise NotFound(f"there is no account {login}")
    return viewer_of(session, user)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidInput("--fact is NAME=VALUE", where=text)
    return name, value
