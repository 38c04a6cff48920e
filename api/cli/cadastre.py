"""`preau cadastre`: editions, opening them, responses out and in, how far a campaign is."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.context import installation, print_json

app = typer.Typer(
    help="Campaigns of the cadastre and what schools answer.",
    no_args_is_help=True,
    add_completion=False,
)
edition_app = typer.Typer(help="Editions, as INCOR26.", no_args_is_help=True)
app.add_typer(edition_app, name="edition")

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Edition = Annotated[str, typer.Argument(help="As INCOR26.")]
_Site = Annotated[str, typer.Option(help="FASE pair or name.")]
_Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


@edition_app.command("add")
def add_command(
    code: _Edition,
    *,
    opens_on: _Day = None,
    closes_on: _Day = None,
    title: Annotated[str | None, typer.Option(help="As Cadastre 2026.")] = None,
    questionnaire: Annotated[
        str | None, typer.Option(help="A version, or a TOML file (docs/cadastre.md).")
    ] = None,
) -> None:
    """Add an edition, or give new days to one; those known so far need nothing but their code."""
    from pydantic import ValidationError

    from api.usecases.cadastre_editions import add_edition
    from inventory.errors import InvalidInput
    from inventory.programme.cadastre.editions import EditionData, shipped_editions

    known = next((each for each in shipped_editions() if each.code == code), None)
    asked = _questionnaire(questionnaire)
    given: dict[str, Any] = {
        "title": title,
        "opens_on": opens_on.date() if opens_on else None,
        "closes_on": closes_on.date() if closes_on else None,
        "questionnaire": asked.version if asked else questionnaire,
    }
    values = (known.model_dump() if known else {"code": code}) | {
        name: value for name, value in given.items() if value is not None
    }
    try:
        edition = EditionData.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(
            f"{'.'.join(map(str, first['loc'])) or 'the edition'}: {first['msg']}", where=code
        ) from error
    with installation() as here, here.database.write(here.actor) as session:
        new = add_edition(session, edition, actor=here.actor, questionnaire=asked)
    told = "is kept" if new else "was kept already"
    typer.echo(f"{code} {told}: {edition.opens_on} to {edition.closes_on}.")


@edition_app.command("list")
def list_command(*, as_json: _Json = False) -> None:
    """List the editions, the newest first."""
    from api.usecases.cadastre_editions import list_editions

    with installation() as here, here.database.read() as session:
        found = [each.model_dump(mode="json", exclude={"id"}) for each in list_editions(session)]
    if as_json:
        print_json(found)
        return
    for each in found:
        typer.echo(
            f"{each['code']}  {each['title']}, {each['opens_on']} to {each['closes_on']}, "
            f"questionnaire {each['questionnaire_version']}"
        )


@app.command("open")
def open_command(code: _Edition, *, as_json: _Json = False) -> None:
    """Ask every identified site for its cadastre; exit status 1 when some were refused."""
    from api.usecases.cadastre_opening import open_edition

    with installation() as here:
        done, _ = open_edition(here.database, code, actor=here.actor)
    refused = [each for each in done if each.refused]
    if as_json:
        print_json(
            [{"site_id": each.site_id, "site": each.site, "refused": each.refused} for each in done]
        )
    else:
        typer.echo(f"{len(done) - len(refused):,} sites asked, {len(refused):,} refused.")
        for each in refused:
            typer.echo(f"  {each.site} (site {each.site_id}): {' '.join(each.refused)}")
    if refused:
        raise typer.Exit(1)


@app.command("show")
def show_command(code: _Edition, *, site: _Site, as_json: _Json = False) -> None:
    """Show the response of a site: its state, its answers, and what is wrong or missing."""
    from api.usecases.cadastre_editions import edition_of
    from api.usecases.cadastre_responses import read_form
    from api.usecases.lookup import find_site

    with installation() as here, here.database.read() as session:
        form = read_form(session, edition_of(session, code), find_site(session, site).id or 0)
    if as_json:
        print_json(
            {
                "edition": code,
                "site_id": form.site.id,
                "state": form.state,
                "version": form.version,
                "percent": form.completeness.percent,
                "answers": dict(form.answers),
                "by": {name: given.by for name, given in form.given.items()},
                "problems": [
                    {"path": each.path, "kind": each.kind, "warns": each.warns}
                    for each in form.problems
                ],
            }
        )
        return
    typer.echo(
        f"{form.site.name} (site {form.site.id}), {code}: {form.state}, version {form.version}, "
        f"{form.completeness.percent} %"
    )
    for name, value in form.answers.items():
        by = form.given[name].by if name in form.given else "proposed"
        typer.echo(f"  {name} = {value}  ({by})")
    for problem in form.problems:
        typer.echo(f"  {'?' if problem.warns else '!'} {problem.path}: {problem.sentence}")


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="A filled workbook (XLSX).")],
    *,
    edition: Annotated[str, typer.Option(help="As INCOR26.")],
    site: _Site,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Show what a filled workbook changes, then ask, and take all of it in; or nothing."""
    from api.usecases.cadastre_editions import edition_of
    from api.usecases.cadastre_import import apply_workbook, preview_workbook, read_workbook
    from api.usecases.lookup import find_site

    sheets = read_workbook(file)
    with installation() as here:
        with here.database.read() as session:
            site_id = find_site(session, site).id or 0
            preview = preview_workbook(session, edition_of(session, edition), site_id, sheets)
        for line in preview.lines:
            place = f"{line.sheet}, line {line.row}" if line.row else line.sheet
            typer.echo(f"{place}: {line.field.id}: {line.before} → {line.after}")
            for problem in line.problems:
                typer.echo(f"  {'?' if problem.warns else '!'} {problem.path}: {problem.sentence}")
            if line.taken_over:
                typer.echo(f"  ? {line.taken_over} changed it since the workbook was made")
        if preview.unreadable:
            typer.echo("Nothing was changed: mend what is marked with ! and import again.")
            raise typer.Exit(2)
        if not preview.lines:
            typer.echo("The workbook says what the response says.")
            return
        if not yes:
            typer.confirm("Take this in?", abort=True)
        with here.database.write(here.actor) as session:
            written = apply_workbook(
                session,
                edition_of(session, edition),
                site_id,
                sheets,
                actor=here.actor,
                expected_version=preview.version,
            )
    typer.echo(f"{len(written.changed)} answers taken in, version {written.version}.")


@app.command("export")
def export_command(
    code: _Edition,
    file: Annotated[Path, typer.Argument(help="*.csv or *.xlsx.")],
    *,
    site: Annotated[str | None, typer.Option(help="One response, as a workbook to fill.")] = None,
) -> None:
    """Export every response as CSV or XLSX, or one as a workbook that can be filled offline."""
    from api.usecases.cadastre_editions import edition_of
    from api.usecases.cadastre_export import csv_chunks, known_questionnaire, write_xlsx
    from api.usecases.cadastre_responses import read_form
    from api.usecases.exporting import note_export
    from api.usecases.lookup import find_site
    from inventory.errors import InvalidInput

    kind = file.suffix.lower()
    if kind not in (".csv", ".xlsx") or (site and kind != ".xlsx"):
        raise InvalidInput("an export is .csv or .xlsx, one response .xlsx", where=str(file))
    with installation() as here:
        known_questionnaire(here.database, code)
        told: dict[str, Any] = {"edition": code, "format": kind.removeprefix(".")}
        if site:
            from api.usecases.cadastre_workbook import write_workbook

            with here.database.read() as session:
                site_id = find_site(session, site).id or 0
                form = read_form(session, edition_of(session, code), site_id)
            told["site_id"] = site_id
            note_export(here.database, here.actor, "cadastre_response", told, key=site_id)
            file.write_bytes(write_workbook(form, "fr"))
        else:
            note_export(here.database, here.actor, "cadastre_response", told)
            if kind == ".csv":
                with file.open("w", encoding="utf-8", newline="") as written:
                    written.writelines(csv_chunks(here.database, None, code))
            else:
                write_xlsx(here.database, None, code, file)
    typer.echo(f"{file} is written.")


@app.command("progress")
def progress_command(
    code: _Edition,
    *,
    by: Annotated[str, typer.Option(help="province or education_network.")] = "province",
    as_json: _Json = False,
) -> None:
    """Show how far an edition is."""
    from api.usecases.cadastre_editions import edition_of
    from api.usecases.cadastre_lists import STATES, Grouping, progress
    from inventory.errors import InvalidInput

    if by not in set(Grouping):
        raise InvalidInput(f"progress is told by {' or '.join(Grouping)}", where=by)
    with installation() as here, here.database.read() as session:
        groups = progress(session, None, edition_of(session, code), Grouping(by))
    if as_json:
        print_json(
            [{"name": each.name, "total": each.total, "counts": each.counts} for each in groups]
        )
        return
    for each in groups:
        counts = ", ".join(f"{each.counts[s]:,} {s}" for s in STATES if each.counts.get(s))
        typer.echo(f"{each.name or '(not told)'}: {each.sent:,} of {each.total:,} sent ({counts})")


def _questionnaire(given: str | None) -> Any:
    """Return the questionnaire of a file; None where a version, or nothing, was given."""
    from inventory.errors import InvalidInput
    from inventory.programme.cadastre.questionnaire import read_questionnaire

    if given is None or not given.endswith(".toml"):
        return None
    try:
        text = Path(given).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"the file cannot be read: {error}", where=given) from error
    return read_questionnaire(text, where=given)
