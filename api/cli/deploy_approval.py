"""`preau deploy approve`: the word of a second person, who says who they are."""

import sys
from typing import Annotated

import typer

from api.cli.context import installation


def approve_command(
    plan: Annotated[int, typer.Argument(metavar="PLAN", help="The plan's number.")],
    *,
    login: Annotated[str, typer.Option(help="Who approves: an account of this installation.")],
    note: Annotated[str | None, typer.Option(help="What was looked at, for the record.")] = None,
) -> None:
    """Approve a frozen plan as another than its author.

    The password of the account is asked for, or read from standard input when that is a pipe: an
    approval is a person's, and the account of the machine tells nobody apart.
    """
    from api.usecases.access import authenticate
    from api.usecases.approvals import approve_plan

    password = (
        typer.prompt("Password", hide_input=True)
        if sys.stdin.isatty()
        else sys.stdin.read().removesuffix("\n")
    )
    with installation() as here:
        viewer = authenticate(here.database, login, password, address="console")
        with here.database.write(viewer.actor) as session:
            approve_plan(session, plan, viewer, note=note)
    typer.echo(f"Plan {plan} is approved by {viewer.display_name}.")
