"""`preau user`: accounts, what they may do, and tokens for programs."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from sqlmodel import col, select

from api.cli.context import installation, print_json
from inventory.models import GrantScope, User, UserRole

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.usecases.scope import HeldGrant

app = typer.Typer(help="Accounts and what they may do.", no_args_is_help=True, add_completion=False)

_SCOPES = (
    "all, province:NAME, education_network:NAME, organising_authority:FASE, site:ID or lot:NAME."
)
Scope = Annotated[str, typer.Option(help=_SCOPES)]
Role = Annotated[UserRole, typer.Option(help="What the person does in the programme.")]
AsJson = Annotated[bool, typer.Option("--json")]


@app.command("add")
def add_command(
    login: str,
    *,
    name: Annotated[str, typer.Option(help="The person's name, as shown.")],
    role: Role,
    scope: Scope = GrantScope.ALL,
    email: str | None = None,
    invite: Annotated[
        bool, typer.Option("--invite", help="Print a link by which the person sets the password.")
    ] = False,
) -> None:
    """Make an account; the password is asked for, or read from standard input when a pipe."""
    from api.usecases.access import add_user
    from api.usecases.accounts import new_invitation
    from api.usecases.grants import parse_scope

    password = None if invite else _password()
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
        link = new_invitation(session, user, created_by=here.actor) if invite else None
    typer.echo(f"{made} may log in as {role} ({scope}).")
    if link:
        _echo_link(link)


@app.command("list")
def list_command(*, as_json: AsJson = False) -> None:
    """List the accounts and what was granted to each."""
    from api.usecases.access import viewer_of

    with installation() as here, here.database.read() as session:
        users = session.exec(select(User).order_by(col(User.login))).all()
        viewers = [(user, viewer_of(session, user)) for user in users]
        shown = {grant: _scope(session, grant) for _, viewer in viewers for grant in viewer.grants}
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
        held = ", ".join(f"{grant.role} ({shown[grant]})" for grant in viewer.grants)
        blocked = "" if user.active else "  blocked"
        typer.echo(f"{user.login}  {user.display_name}  {held or 'no grant'}{blocked}")


def _scope(session: "Session", grant: "HeldGrant") -> str:
    from api.usecases.grants import scope_text

    return scope_text(session, grant.scope, grant.scope_key)


@app.command("grant")
def grant_command(login: str, *, role: Role, scope: Scope = GrantScope.ALL) -> None:
    """Let an account do something more, or somewhere more."""
    from api.usecases.access import find_user
    from api.usecases.grants import give, parse_scope
    from api.usecases.scope import HeldGrant

    with installation() as here, here.database.write(here.actor) as session:
        user = find_user(session, login)
        new = give(session, user, HeldGrant(role, *parse_scope(session, scope)), by=None)
        told = user.login
    typer.echo(f"{told} is {role} ({scope})" + ("." if new else " already; nothing changed."))


@app.command("revoke")
def revoke_command(login: str, *, role: Role, scope: Scope = GrantScope.ALL) -> None:
    """Take back what was granted; at once, also from sessions and tokens that are in use."""
    from api.usecases.access import find_user
    from api.usecases.grants import parse_scope, take_back
    from api.usecases.scope import HeldGrant

    with installation() as here, here.database.write(here.actor) as session:
        user = find_user(session, login)
        take_back(session, user, HeldGrant(role, *parse_scope(session, scope)), by=None)
        told = user.login
    typer.echo(f"{told} is {role} ({scope}) no more.")


@app.command("block")
def block_command(
    login: str, *, undo: Annotated[bool, typer.Option("--undo", help="Let it work again.")] = False
) -> None:
    """Let an account do nothing any more: its sessions end, its tokens work no more."""
    from api.usecases.access import find_user
    from api.usecases.accounts import block, unblock

    with installation() as here, here.database.write(here.actor) as session:
        user = find_user(session, login)
        (unblock if undo else block)(session, user, by=None)
        told = user.login
    typer.echo(f"{told} may log in again." if undo else f"{told} is blocked.")


@app.command("password")
def password_command(login: str) -> None:
    """Set a new password, asked for or from a pipe; every session of the account ends."""
    from api.usecases.access import find_user
    from api.usecases.accounts import set_password

    password = _password()
    with installation() as here, here.database.write(here.actor) as session:
        user = find_user(session, login)
        set_password(session, user, password)
        told = user.login
    typer.echo(f"{told} has a new password.")


@app.command("invite")
def invite_command(login: str) -> None:
    """Print a link by which the person sets a password, once, within a week."""
    from api.usecases.access import find_user
    from api.usecases.accounts import new_invitation

    with installation() as here, here.database.write(here.actor) as session:
        link = new_invitation(session, find_user(session, login), created_by=here.actor)
    _echo_link(link)


@app.command("token")
def token_command(
    login: str,
    *,
    name: Annotated[str, typer.Option(help="What the token is for.")] = "cli",
    days: Annotated[int, typer.Option(min=1, max=730, help="How long it works.")] = 90,
    read_only: Annotated[bool, typer.Option("--read-only", help="It writes nothing.")] = False,
    role: Annotated[
        UserRole | None, typer.Option(help="Only as this role of the account's.")
    ] = None,
    scope: Annotated[str | None, typer.Option(help=f"Only there: {_SCOPES}")] = None,
) -> None:
    """Make an API token of this account and print it, this once."""
    from api.usecases.access import find_user, viewer_of
    from api.usecases.tokens import narrowed, new_token

    with installation() as here, here.database.write(here.actor) as session:
        held = viewer_of(session, find_user(session, login)).grants
        grants = narrowed(session, held, role, scope) if role or scope else None
        token = new_token(session, login, name=name, days=days, grants=grants, read_only=read_only)
    typer.echo(token)


@app.command("tokens")
def tokens_command(login: str, *, as_json: AsJson = False) -> None:
    """List the tokens of an account that work: what for, until when, last used when."""
    from api.usecases.access import find_user
    from api.usecases.tokens import held_of, tokens_of

    with installation() as here, here.database.read() as session:
        rows = tokens_of(session, find_user(session, login).id or 0)
        held = {
            row.id: None
            if (grants := held_of(row)) is None
            else [f"{each.role} ({_scope(session, each)})" for each in grants]
            for row in rows
        }
    if as_json:
        print_json(
            [
                {
                    "id": row.id,
                    "name": row.name,
                    "expires_at": row.expires_at.isoformat(timespec="seconds"),
                    "last_used_at": row.last_used_at.isoformat(timespec="seconds")
                    if row.last_used_at
                    else None,
                    "read_only": row.read_only,
                    "grants": held[row.id],
                }
                for row in rows
            ]
        )
        return
    for row in rows:
        used = f"used {row.last_used_at:%Y-%m-%d %H:%M} UTC" if row.last_used_at else "never used"
        narrow = held[row.id]
        may = "all that the account may" if narrow is None else ", ".join(narrow)
        reads = ", reads only" if row.read_only else ""
        typer.echo(f"{row.id}  {row.name}  until {row.expires_at:%Y-%m-%d}  {used}  {may}{reads}")


@app.command("revoke-token")
def revoke_token_command(login: str, token_id: int) -> None:
    """End a token of an account at once, by its number in `tokens`."""
    from api.usecases.access import find_user
    from api.usecases.tokens import revoke_token

    with installation() as here, here.database.write(here.actor) as session:
        name = revoke_token(session, find_user(session, login).id or 0, token_id)
    typer.echo(f"The token {name} works no more.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.read().removesuffix("\n")


def _echo_link(token: str) -> None:
    from api.usecases.accounts import INVITATION_DAYS, INVITATION_PATH

    typer.echo(f"Once, within {INVITATION_DAYS} days, at the address of your installation:")
    typer.echo(f"{INVITATION_PATH}?jeton={token}")
