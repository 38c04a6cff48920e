"""`preau user`: accounts, what they may do, and tokens for programs."""

import sys

import typer
from sqlmodel import col, select

from api.cli.context import installation, print_json
from api.usecases.scope import HeldGrant
from inventory.models import GrantScope, User, UserRole

app = typer.Typer(help="Accounts and what they may do.", no_args_is_help=True, add_completion=False)


_SCOPES = (
    "all, province:NAME, education_network:NAME, organising_authority:FASE, site:ID or lot:NAME."
)


@app.command("add")
def add_command(
    login: str,
    *,
    name: str = typer.Option(..., help="The person's name, as shown."),
    role: UserRole = typer.Option(..., help="What the person does in the programme."),
    scope: str = typer.Option(
        GrantScope.ALL,
        help=_SCOPES,
    ),
    email: str | None = typer.Option(None),
) -> None:
    """Make an account; the password is asked for, or read from standard input when a pipe."""
    from api.usecases.access import add_user
    from api.usecases.grants import parse_scope

    password = (
        typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        if sys.stdin.isatty()
        else sys.stdin.read().removesuffix("\n")
    )
    with installation() as here, here.database.write(here.actor) as session:
        kind, key = parse_scope(session, scope)
        user = add_user(
            session,
            login,
            display_name=name,
            password=password,
            role=role,
            scope=kind,
            scope_key=key,
            email=email,
        )
        made = user.login
    typer.echo(f"{made} may log in as {role} ({scope}).")


@app.command("list")
def list_command(*, as_json: bool = typer.Option(False, "--json")) -> None:
    """List the accounts and what was granted to each."""
    from api.usecases.access import viewer_of

    with installation() as here, here.database.read() as session:
        users = session.exec(select(User).order_by(col(User.login))).all()
        viewers = [(user, viewer_of(session, user)) for user in users]
    if as_json:
        print_json(
            [
                {
                    "login": user.login,
                    "name": user.display_name,
                    "active": user.active,
                    "grants": [
                        {"role": grant.role, "scope": grant.scope, "scope_key": grant.scope_key}
                        for grant in viewer.grants
                    ],
                }
                for user, viewer in viewers
            ]
        )
        return
    for user, viewer in viewers:
        held = ", ".join(f"{grant.role} ({_scope(grant)})" for grant in viewer.grants)
        typer.echo(f"{user.login}  {user.display_name}  {held or 'no grant'}")


def _scope(grant: HeldGrant) -> str:
    return f"{grant.scope}:{grant.scope_key}" if grant.scope_key else str(grant.scope)


@app.command("token")
def token_command(
    login: str,
    *,
    name: str = typer.Option("cli", help="What the token is for."),
    days: int = typer.Option(90, min=1, max=730, help="How long it works."),
) -> None:
    """Make an API token of this account and print it, this once."""
    from api.usecases.tokens import new_token

    with installation() as here, here.database.write(here.actor) as session:
        token = new_token(session, login, name=name, days=days)
    typer.echo(token)
