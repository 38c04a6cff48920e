"""`preau acceptance reserve`: the punch list of a site."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import installation, print_json

app = typer.Typer(
    help="Follow, open, assign and lift reserves.", no_args_is_help=True, add_completion=False
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Site = Annotated[str, typer.Option("--site", help="FASE pair, FASE number or name.")]
Number = Annotated[int, typer.Argument(help="The reserve's number at the site.")]
Responsible = Annotated[str | None, typer.Option(help="Who removes it.")]
Due = Annotated[
    datetime | None, typer.Option("--due", formats=["%Y-%m-%d"], help="Until when, YYYY-MM-DD.")
]


class _Severity(StrEnum):
    BLOCKING = "blocking"
    MINOR = "minor"


@app.command("list")
def list_command(
    *,
    site: Site,
    everything: Annotated[bool, typer.Option("--all", help="Those lifted too.")] = False,
    as_json: Json = False,
) -> None:
    """List the open reserves of a site; exit status 1 when a blocking one is open."""
    from api.usecases.acceptance_record import reserve_json
    from api.usecases.lookup import find_site
    from api.usecases.reserves import reserves_of

    with installation() as here, here.database.read() as session:
        site_id = find_site(session, site).id
        assert site_id is not None
        rows = reserves_of(session, site_id)
        listed = [reserve_json(row) for row in rows if everything or row.lifted_at is None]
    if as_json:
        print_json(listed)
    else:
        for each in listed:
            state = f"lifted by {each['lifted_by']}" if each["lifted_at"] else each["severity"]
            due = f"  due {each['due_on']}" if each["due_on"] and not each["lifted_at"] else ""
            typer.echo(f"{each['number']:>4}  {state:<10} {each['message']}{due}")
        typer.echo(f"{len(listed)} reserves")
    grave = any(each["severity"] == "blocking" and not each["lifted_at"] for each in listed)
    raise typer.Exit(1 if grave else 0)


@app.command("open")
def open_command(
    message: Annotated[str, typer.Argument(help="What is wrong, in French: it is reported.")],
    *,
    site: Site,
    severity: Annotated[_Severity, typer.Option(help="Whether it stops the acceptance.")],
    responsible: Responsible = None,
    due: Due = None,
) -> None:
    """Open the reserve of a defect that a person saw."""
    from api.usecases.lookup import find_site
    from api.usecases.reserves import open_by_hand
    from inventory.models import ReserveSeverity

    with installation() as here, here.database.write(here.actor) as session:
        site_id = find_site(session, site).id
        assert site_id is not None
        reserve = open_by_hand(
            session,
            site_id,
            message,
            severity=ReserveSeverity(severity.value),
            actor=here.actor,
            responsible=responsible,
            due_on=due.date() if due else None,
        )
        number = reserve.number
    typer.echo(f"Reserve {number} is open.")


@app.command("assign")
def assign_command(
    number: Number,
    *,
    site: Site,
    responsible: Responsible = None,
    due: Due = None,
    severity: Annotated[_Severity | None, typer.Option()] = None,
) -> None:
    """Say who removes a reserve, until when, or how grave it is."""
    from api.usecases.lookup import find_site
    from api.usecases.reserves import assign
    from inventory.models import ReserveSeverity

    with installation() as here, here.database.write(here.actor) as session:
        site_id = find_site(session, site).id
        assert site_id is not None
        assign(
            session,
            site_id,
            number,
            responsible=responsible,
            due_on=due.date() if due else None,
            severity=ReserveSeverity(severity.value) if severity else None,
        )
    typer.echo(f"Reserve {number} is noted.")


@app.command("lift")
def lift_command(
    number: Number,
    *,
    site: Site,
    note: Annotated[str, typer.Option("--note", help="What was seen, and by whom.")],
    evidence: Annotated[
        Path | None, typer.Option("--evidence", help="A photo or report; its hash is kept.")
    ] = None,
) -> None:
    """Lift a reserve on your word, with evidence; a run that finds the defect opens a new one."""
    from api.usecases.dossier_state import read_evidence
    from api.usecases.lookup import find_site
    from api.usecases.reserves import lift
    from inventory.programme.dossier import EvidenceKind

    document = read_evidence(evidence, EvidenceKind.RESERVE_LIST) if evidence else None
    with installation() as here, here.database.write(here.actor) as session:
        site_id = find_site(session, site).id
        assert site_id is not None
        lift(session, site_id, number, note=note, evidence=document, actor=here.actor)
    typer.echo(f"Reserve {number} is lifted.")
