"""`preau dossier`: where a site stands, its next steps, and moving it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from sqlmodel import Session, col, select

from api.cli import dossier_following
from api.cli.context import installation, print_json
from api.usecases.dossier_state import EvidenceFile, dossier_of_site, facts_of, read_evidence
from api.usecases.dossiers import (
    PossibleMove,
    Step,
    advance,
    documents_needed,
    history,
    possible_moves,
)
from inventory.errors import InvalidInput, NotFound
from inventory.models import (
    Dossier,
    DossierTransition,
    Implantation,
    School,
    Site,
    SiteImplantation,
)
from inventory.programme.dossier import EvidenceKind, Measure, Role, Status

app = typer.Typer(
    help="Follow and move a site's dossier.", no_args_is_help=True, add_completion=False
)

dossier_following.add_to(app)

_SITE = typer.Argument(..., help="The site's number, or a FASE pair: établissement/implantation.")
_JSON = typer.Option(False, "--json")


@app.command("show")
def show_command(site: str = _SITE, *, as_json: bool = _JSON) -> None:
    """Show where a site stands, what its dossier holds, and what each next step still misses."""
    with installation() as here, here.database.read() as session:
        found = _site(session, site)
        shown = _as_json(session, found)
        moves = possible_moves(session, _id(found))
    shown["moves"] = [_move_as_json(move) for move in moves]
    if as_json:
        print_json(shown)
        return
    typer.echo(f"{shown['site']} (site {shown['site_id']})")
    typer.echo(f"  {shown['label']} ({shown['status']}), version {shown['version']}")
    for name, value in shown["facts"].items():
        typer.echo(f"  {name} = {value if not isinstance(value, dict) else value['reason']}")
    for move in moves:
        typer.echo(f"  → {move.to.value}: {move.label} ({', '.join(move.roles)})")
        for sentence in move.missing:
            typer.echo(f"      {sentence}")


@app.command("move")
def move_command(
    site: str = _SITE,
    status: Status = typer.Argument(..., help="Where to."),
    *,
    role: Role = typer.Option(..., help="In which role you act."),
    reason: str | None = typer.Option(None, help="Why; some moves ask for it."),
    evidence: list[str] = typer.Option(
        [], help="A document, as FILE where the move asks for one, else as KIND=FILE. Repeatable."
    ),
    fact: list[str] = typer.Option([], help="NAME=VALUE, told with the move. Repeatable."),
    measure: list[Measure] = typer.Option([], help="What is asked for, with the enrolment."),
    version: int | None = typer.Option(None, help="Refuse if the dossier is at another version."),
    as_json: bool = _JSON,
) -> None:
    """Move a site's dossier, or say all that is missing for it (exit status 2)."""
    facts = dict(_pair(each, "fact") for each in fact)
    with installation() as here:
        with here.database.read() as session:
            site_id = _id(_site(session, site))
            needed = documents_needed(session, site_id, status)
        documents = _documents(evidence, needed)
        with here.database.write(here.actor) as session:
            step = advance(
                session,
                site_id,
                status,
                actor=here.actor,
                role=role,
                version=version,
                reason=reason,
                facts=facts,
                evidence=documents,
                measures=frozenset(measure) or None,
            )
            moved = dossier_of_site(session, site_id).version
        late = step.late
    if as_json:
        print_json({"site_id": site_id, "status": status.value, "version": moved, "late": late})
        return
    after = " (late: after the end of the guarantee)" if late else ""
    typer.echo(f"Site {site_id} is now {status.value}, version {moved}{after}.")


@app.command("history")
def history_command(site: str = _SITE, *, as_json: bool = _JSON) -> None:
    """List the steps of a site's dossier, oldest first."""
    with installation() as here, here.database.read() as session:
        steps = [_step_as_json(step) for step in history(session, _id(_site(session, site)))]
    if as_json:
        print_json(steps)
        return
    for step in steps:
        typer.echo(
            f"{step['at']}  {step['from']} → {step['to']}  {step['actor']} as {step['role']}"
            f"{'  late' if step['late'] else ''}"
        )
        if step["reason"]:
            typer.echo(f"    {step['reason']}")
        for document in step["evidence"]:
            typer.echo(f"    {document['kind']}: {document['file_name']} {document['sha256']}")


def _site(session: Session, text: str) -> Site:
    school, _, implantation = text.partition("/")
    if not school.isdecimal() or (implantation and not implantation.isdecimal()):
        raise InvalidInput("a site is a number or a FASE pair", where=text)
    query = select(Site)
    if implantation:
        query = (
            query.join(SiteImplantation, col(SiteImplantation.site_id) == col(Site.id))
            .join(Implantation, col(Implantation.id) == col(SiteImplantation.implantation_id))
            .join(School, col(School.id) == col(Implantation.school_id))
            .where(School.fase == _number(school), Implantation.fase == _number(implantation))
        )
    else:
        query = query.where(Site.id == _number(school))
    found = session.exec(query.order_by(col(Site.id))).first()
    if found is None:
        raise NotFound("there is no such site", where=text, todo="give a site number or FASE pair")
    return found


def _number(text: str) -> int:
    # No number of the register has more digits, and the database's integers end soon after.
    return int(text) if len(text) <= 9 else 0


def _id(site: Site) -> int:
    assert site.id is not None
    return site.id


def _pair(text: str, what: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidInput(f"--{what} is NAME=VALUE", where=text)
    return name, value


def _documents(given: Sequence[str], needed: Sequence[EvidenceKind]) -> list[EvidenceFile]:
    """Read the documents; one without a kind is the only one that the move asks for."""
    documents = []
    for text in given:
        name, equals, path = text.partition("=")
        if equals and name in set(map(str, EvidenceKind)):
            documents.append(read_evidence(Path(path), EvidenceKind(name)))
        elif len(needed) == 1:
            documents.append(read_evidence(Path(text), needed[0]))
        else:
            kinds = ", ".join(needed or EvidenceKind)
            raise InvalidInput(
                "say which document this is", where=text, todo=f"KIND=FILE, KIND one of {kinds}"
            )
    return documents


def _as_json(session: Session, site: Site) -> dict[str, Any]:
    dossier: Dossier = dossier_of_site(session, _id(site))
    status = Status(dossier.status)
    return {
        "site_id": site.id,
        "site": site.name,
        "status": status.value,
        "label": status.label,
        "version": dossier.version,
        "status_before_hold": dossier.status_before_hold,
        "measures": dossier.measures,
        "cabling_started": dossier.cabling_started,
        "cabling_done": dossier.cabling_done,
        "delivery_done": dossier.delivery_done,
        "facts": facts_of(session, dossier).model_dump(mode="json", exclude_none=True),
    }


def _move_as_json(move: PossibleMove) -> dict[str, Any]:
    return {
        "to": move.to.value,
        "label": move.label,
        "roles": [role.value for role in move.roles],
        "reason_needed": move.reason_needed,
        "missing": list(move.missing),
    }


def _step_as_json(step: Step) -> dict[str, Any]:
    transition: DossierTransition = step.transition
    return {
        "at": transition.at.isoformat(timespec="seconds"),
        "from": transition.from_status,
        "to": transition.to_status,
        "actor": transition.actor,
        "role": transition.role,
        "reason": transition.reason,
        "late": transition.late,
        "evidence": [
            {
                "kind": document.kind,
                "file_name": document.file_name,
                "sha256": document.sha256,
                "size_bytes": document.size_bytes,
            }
            for document in step.evidence
        ],
    }
