"""A filled workbook, taken back in: what it would change is shown first, each line with its reason.

Nothing is written while anything in it cannot be read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from api.usecases.cadastre_filling import FieldWrite, Written, write_fields
from api.usecases.cadastre_responses import ResponseForm, read_form
from api.usecases.cadastre_workbook import (
    ABOUT_SHEET,
    ANSWER_COLUMN,
    FIRST_ROW,
    QUESTIONS_SHEET,
    TABLE_FIRST_ROW,
    digest,
)
from inventory.errors import InvalidInput
from inventory.files.cells import original
from inventory.files.workbooks import refuse_active_workbook, refuse_vast_workbook
from inventory.models import CadastreEdition
from inventory.programme.cadastre.observing import Source
from inventory.programme.cadastre.questionnaire import CadastreField, FieldType
from inventory.programme.cadastre.values import Problem, read_value
from inventory.sentences import Sentence

_MAX_BYTES = 5_000_000
# A questionnaire with every row that it may have unpacks to less than one of these million bytes.
_MOST_UNPACKED_BYTES = 10_000_000
_MOST_CELLS = 500_000
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class ImportLine:
    """What stands at one place of a workbook: a change, a problem, or both.

    `taken_over`: who changed the same answer since the workbook was made; theirs would be replaced.
    """

    sheet: str
    row: int | None
    field: CadastreField
    before: Any
    after: Any
    problems: tuple[Problem, ...] = ()
    taken_over: str | None = None


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What taking in a workbook would change; `unreadable` keeps it from being taken in."""

    edition: str
    site_id: int
    version: int
    lines: tuple[ImportLine, ...]
    writes: tuple[FieldWrite, ...]
    unreadable: bool


def read_workbook(path: Path) -> Mapping[str, Rows]:
    """Return the sheets of a workbook as rows of cells.

    Raises InvalidInput for a file that is no workbook, that holds macros or links to other files,
    or that is larger than any filled questionnaire; NotTaken and TooLarge as the files' rules do.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - rarely needed

    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InvalidInput(Sentence("Ce classeur est trop grand pour un questionnaire"))
    except OSError as error:
        raise InvalidInput(
            Sentence("Le classeur ne se lit pas\u00a0: %(told)s", told=str(error.strerror)),
            where=str(path),
        ) from error
    refuse_active_workbook(path)
    refuse_vast_workbook(path, most_bytes=_MOST_UNPACKED_BYTES, most_cells=_MOST_CELLS)
    try:
        book = CalamineWorkbook.from_path(path)
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
    except (CalamineError, ValueError, OverflowError) as error:
        raise InvalidInput(
            Sentence("Ce fichier ne peut pas être lu comme un classeur XLSX")
        ) from error


def preview_workbook(
    session: Session, edition: CadastreEdition, site_id: int, sheets: Mapping[str, Rows]
) -> ImportPreview:
    """Return what a workbook would change of a response.

    Raises InvalidInput for a workbook of another site or edition, or that lost its hidden sheet.
    """
    form = read_form(session, edition, site_id)
    about = _about(sheets)
    _refuse_other(form, about)
    version = int(about.get("version", "0")) if about.get("version", "0").isdecimal() else 0
    lines: list[ImportLine] = []
    writes: list[FieldWrite] = []
    unreadable = False
    for field, sheet, row, raw in _answers(form, sheets):
        read = read_value(field, raw)
        if read.keepable and digest(read.value) == about.get(f"answer:{field.id}", ""):
            continue
        before = form.answers.get(field.id)
        if read.keepable and read.value == before:
            continue
        unreadable = unreadable or not read.keepable
        given = form.given.get(field.id)
        other = given.by if given is not None and given.version > version else None
        lines.append(ImportLine(sheet, row, field, before, read.value, read.problems, other))
        writes.append(FieldWrite(field.id, read.value if read.keepable else raw, version))
    return ImportPreview(
        edition.code, site_id, form.version, tuple(lines), tuple(writes), unreadable
    )


def apply_workbook(
    session: Session,
    edition: CadastreEdition,
    site_id: int,
    sheets: Mapping[str, Rows],
    *,
    actor: str,
    expected_version: int | None = None,
) -> Written:
    """Write what a workbook changes; raises as `preview_workbook` and `write_fields` do.

    `expected_version` is the response's when the preview was shown.
    """
    preview = preview_workbook(session, edition, site_id, sheets)
    return write_fields(
        session,
        edition,
        site_id,
        preview.writes,
        actor=actor,
        source=Source.WORKBOOK,
        expected_version=expected_version,
    )


def _about(sheets: Mapping[str, Rows]) -> Mapping[str, str]:
    found = {
        str(row[0]): str(row[1]) for row in sheets.get(ABOUT_SHEET, ()) if len(row) >= 2 and row[0]
    }
    if "edition" not in found or QUESTIONS_SHEET not in sheets:
        raise InvalidInput(
            Sentence("Ce classeur n’est pas un questionnaire fait par Préau"),
            todo=Sentence("téléchargez-le sur la page de la réponse, puis remplissez-le"),
        )
    return found


def _refuse_other(form: ResponseForm, about: Mapping[str, str]) -> None:
    told = (about["edition"], about.get("questionnaire"), about.get("site"))
    if told[:2] != (form.edition.code, form.questionnaire.version):
        raise InvalidInput(
            Sentence(
                "Ce classeur est celui de l’édition %(other)s, pas de %(edition)s",
                other=about["edition"][:40],
                edition=form.edition.code,
            )
        )
    if told[2] != str(form.site.id):
        raise InvalidInput(Sentence("Ce classeur est celui d’une autre école"))


def _answers(
    form: ResponseForm, sheets: Mapping[str, Rows]
) -> Iterator[tuple[CadastreField, str, int | None, Any]]:
    """Yield each question that the workbook holds, its sheet, its row (from 1), its cell."""
    places = {
        str(row[0]): (number, row[ANSWER_COLUMN])
        for number, row in enumerate(sheets[QUESTIONS_SHEET], 1)
        if number > FIRST_ROW and len(row) > ANSWER_COLUMN
    }
    for field in form.questionnaire.all_fields():
        if field.type is FieldType.FILE:
            continue
        if field.type is FieldType.TABLE:
            if field.id in sheets:
                yield field, field.id, None, _rows(sheets[field.id])
        elif field.id in places:
            row, cell = places[field.id]
            yield field, QUESTIONS_SHEET, row, _cell(cell)


def _rows(sheet: Rows) -> list[dict[str, Any]]:
    names = [str(name) for name in sheet[0]] if sheet else []
    return [
        {name: _cell(cell) for name, cell in zip(names[1:], row[1:], strict=False) if name}
        for row in sheet[TABLE_FIRST_ROW:]
    ]


def _cell(cell: Any) -> Any:
    return original(cell) if isinstance(cell, str) else cell
