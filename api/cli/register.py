"""`preau register`: import the register of schools, after showing what that changes."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from api.cli.context import installation, print_json
from api.usecases.register import (
    Preview,
    apply_import,
    preview_import,
    read_register_file,
    refuse_closures,
)
from inventory.errors import InvalidInput
from inventory.programme.register.difference import shown_pair

app = typer.Typer(
    help="Import the register of schools.", no_args_is_help=True, add_completion=False
)

_SHOWN = 10


@app.callback()
def group() -> None:
    """Import the register of schools."""


@app.command("import")
def import_command(
    file: Path = typer.Argument(..., help="The register as a JSON list or as CSV."),
    *,
    dry_run: bool = typer.Option(False, "--dry-run", help="Show what would change, and stop."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask before writing."),
    partial: bool = typer.Option(
        False, "--partial", help="The file holds a part of the register: close nothing."
    ),
    accept_closures: bool = typer.Option(
        False, "--accept-closures", help="Close even more than the settings allow."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the difference as JSON."),
) -> None:
    """Show what a file changes in the register, ask, and write it.

    Exit status 1 when lines were rejected; the others are imported.
    """
    if as_json and not (dry_run or yes):
        raise InvalidInput("--json asks nothing", todo="add --dry-run or --yes")
    with _no_collection(), installation() as here:
        read = read_register_file(file)
        with here.database.read() as session:
            preview = preview_import(session, read, partial=partial)
        if not as_json:
            _show(preview)
        if not accept_closures and not dry_run:
            refuse_closures(preview, here.settings.register_max_closed_share)
        write = not (dry_run or preview.empty)
        if write and not yes:
            write = typer.confirm("Write this?", default=False, err=True)
            if not write:
                raise InvalidInput("not confirmed", todo="nothing was changed")
        if write:
            with here.database.write(here.actor) as session:
                apply_import(
                    session,
                    read,
                    actor=here.actor,
                    partial=partial,
                    accept_closures=accept_closures,
                    max_closed_share=here.settings.register_max_closed_share,
                    expected=preview,
                )
    if as_json:
        print_json(_as_json(preview, applied=write))
    elif dry_run:
        typer.echo("Dry run: nothing was written.")
    else:
        typer.echo("Written." if write else "Nothing to write: all of it is known.")
    if read.edition.rejected:
        raise typer.Exit(1)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from looking for cycles: an import makes many objects, none of them garbage.

    Measured on 2,605 implantations: a third of the time to write them.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _show(preview: Preview) -> None:
    counts = preview.counts()
    typer.echo(f"{preview.file.name}: {counts['lines']:,} lines")
    for subject, names in (
        ("implantations", ("created", "changed", "closed", "reopened", "unchanged")),
        ("schools", ("schools_created", "schools_changed")),
        ("organising authorities", ("authorities_created", "authorities_changed")),
        ("sites", ("sites_created",)),
        ("dossiers", ("dossiers_created", "dossiers_moved")),
        ("lines", ("rejected", "duplicates")),
    ):
        told = ", ".join(f"{counts[name]:,} {name.split('_')[-1]}" for name in names)
        typer.echo(f"  {subject:<23} {told}")
    _list("changed", [_changed_line(each) for each in preview.difference.changed])
    _list("closed", [shown_pair(pair) for pair in preview.difference.closed])
    _list("reopened", [shown_pair(pair) for pair in preview.difference.reopened])
    _list(
        "left out, yet not closed, for a line of their school was rejected",
        [shown_pair(pair) for pair in preview.difference.withheld],
    )
    _list("rejected", [f"{each.place}: {each.reason}" for each in preview.file.edition.rejected])
    notices = [
        f"{each.text} ({each.count:,} lines, first {each.place})"
        if each.count > 1
        else f"{each.text} ({each.place})"
        for each in preview.file.edition.notices
    ]
    _list("to know", [*notices, *preview.sites.notices])


def _changed_line(changed: Any) -> str:
    fields = "; ".join(
        f"{each.field} {_value(each.before)} → {_value(each.after)}" for each in changed.changes
    )
    return f"{changed.kind.replace('_', ' ')} {changed.key}: {fields}"


def _value(value: object) -> str:
    return "(not told)" if value is None else str(value)


def _list(title: str, lines: list[str]) -> None:
    if not lines:
        return
    typer.echo(f"{title} ({len(lines):,}):")
    for line in lines[:_SHOWN]:
        typer.echo(f"  {line}")
    if len(lines) > _SHOWN:
        typer.echo(f"  … and {len(lines) - _SHOWN:,} more (--json shows all)")


def _as_json(preview: Preview, *, applied: bool) -> dict[str, Any]:
    difference = preview.difference
    edition = preview.file.edition
    return {
        "file": preview.file.name,
        "sha256": preview.file.sha256,
        "applied": applied,
        "counts": preview.counts(),
        "created": [shown_pair(pair) for pair in difference.created],
        "changed": [asdict(each) for each in difference.changed],
        "closed": [shown_pair(pair) for pair in difference.closed],
        "reopened": [shown_pair(pair) for pair in difference.reopened],
        "withheld": [shown_pair(pair) for pair in difference.withheld],
        "rejected": [{"line": each.place, "reason": each.reason} for each in edition.rejected],
        "notices": [
            *(asdict(each) for each in edition.notices),
            *({"text": text, "place": None, "count": 1} for text in preview.sites.notices),
        ],
    }
