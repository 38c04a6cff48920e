"""Every response to an edition as a table: a line for each school, read and sent page by page."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from api.usecases.cadastre_editions import edition_of, questionnaire_of
from api.usecases.cadastre_lists import ResponseFilter, ResponseLine, list_responses
from api.usecases.scope import Viewer
from api.usecases.sites import Position
from inventory.database import Database
from inventory.files.cells import neutral
from inventory.models import CadastreAnswer, CadastreEdition, CadastreResponse
from inventory.programme.cadastre.questionnaire import (
    NUMBERS,
    CadastreField,
    FieldType,
    Question,
    Questionnaire,
)

_PAGE = 200
_FIXED = ("site", "école", "commune", "province", "état", "rempli (%)", "changé le")
_BOM = "\ufeff"  # spreadsheets take a CSV without it for the encoding of their country


def export_rows(
    database: Database, viewer: Viewer | None, code: str
) -> Iterator[list[str | int | float]]:
    """Yield the header, then a row for each school that the edition asks and `viewer` may see.

    Raises NotFound for an unknown edition before the first row. No session is open between pages.
    """
    with database.read() as session:
        edition = edition_of(session, code)
        questionnaire = questionnaire_of(session, edition)
    fields = list(questionnaire.all_fields())
    yield [*_FIXED, *(field.label.fr for field in fields)]
    place: Position | None = None
    while True:
        lines, answers, place = _page(database, viewer, edition, place)
        for line in lines:
            given = answers.get(line.site_id, {})
            told = line.updated_at.isoformat(timespec="seconds") if line.updated_at else ""
            yield [
                line.site_id,
                line.site,
                line.commune or "",
                line.province or "",
                line.state,
                line.percent,
                told,
                *(exported(field, given.get(field.id)) for field in fields),
            ]
        if place is None:
            return


def csv_chunks(database: Database, viewer: Viewer | None, code: str) -> Iterator[str]:
    """Yield the export as CSV (RFC 4180, with semicolons and a BOM, as the register's own)."""
    yield _BOM
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    for row in export_rows(database, viewer, code):
        writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def write_xlsx(database: Database, viewer: Viewer | None, code: str, path: Path) -> int:
    """Write the export as a workbook, row by row, and return how many schools are in it."""
    import xlsxwriter  # noqa: PLC0415 - for exports alone

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet(code)
    head = book.add_format({"bold": True})
    written = -1
    try:
        for number, row in enumerate(export_rows(database, viewer, code)):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, neutral(cell), None if number else head)
                else:
                    sheet.write_number(number, column, cell)
            written = number
    finally:
        book.close()
    return written


def exported(field: CadastreField, value: Any) -> str | float:
    """Return an answer as one cell: a number where it is one, the French words otherwise."""
    if value is None:
        return ""
    if field.type in NUMBERS:
        return float(value)
    if field.type is FieldType.CHOICES:
        return "; ".join(_plain(field, each) for each in value)
    if field.type is FieldType.FILE:
        return str(value["name"])
    if field.type is FieldType.TABLE:
        return "\n".join(_row(field, row) for row in value)
    return _plain(field, value)


def _row(field: CadastreField, row: dict[str, Any]) -> str:
    return ", ".join(
        f"{column.label.fr}: {_plain(column, row[column.id])}"
        for column in field.columns
        if column.id in row
    )


def _plain(question: Question, value: Any) -> str:
    if question.type is FieldType.YES_NO:
        return "oui" if value else "non"
    option = question.option(str(value))
    return option.label.fr if option else str(value)


def _page(
    database: Database, viewer: Viewer | None, edition: CadastreEdition, place: Position | None
) -> tuple[tuple[ResponseLine, ...], dict[int, dict[str, Any]], Position | None]:
    with database.read() as session:
        found = list_responses(session, viewer, edition, ResponseFilter(), after=place, limit=_PAGE)
        rows = session.exec(
            select(CadastreResponse.site_id, CadastreAnswer.field_id, CadastreAnswer.value)
            .join(CadastreAnswer, col(CadastreAnswer.response_id) == col(CadastreResponse.id))
            .where(CadastreResponse.edition_id == edition.id)
            .where(col(CadastreResponse.site_id).in_([line.site_id for line in found.lines]))
        ).all()
    answers: dict[int, dict[str, Any]] = {}
    for site_id, field_id, value in rows:
        answers.setdefault(site_id, {})[field_id] = value
    return found.lines, answers, found.next


def known_questionnaire(database: Database, code: str) -> Questionnaire:
    """Return what an edition asks; raises NotFound, before anything is sent."""
    with database.read() as session:
        return questionnaire_of(session, edition_of(session, code))
