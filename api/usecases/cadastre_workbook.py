"""A response as a workbook (XLSX) that can be filled without a connection.

The first sheet holds a row for each question, each table of rows has a sheet of its own. What
identifies an answer stands in locked cells; a hidden sheet says of which site and edition it is and
what each answer was, so that reading it back changes only what was changed in it.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from api.usecases.cadastre_responses import ResponseForm
from inventory.files.cells import neutral
from inventory.programme.cadastre.questionnaire import (
    NUMBERS,
    CadastreField,
    FieldType,
    Question,
)

ABOUT_SHEET = "preau"
QUESTIONS_SHEET = "Questionnaire"
FIRST_ROW = 3
ANSWER_COLUMN = 3
TABLE_FIRST_ROW = 2
_DAY_FORMAT = "dd/mm/yyyy"
_OLDEST_DAY = date(1900, 3, 1)  # a spreadsheet's calendar is wrong before
_YES_NO = {"fr": ("oui", "non"), "de": ("ja", "nein")}
_HEADERS = {
    "fr": ("", "Section", "Question", "Réponse", "Unité", "Aide"),
    "de": ("", "Abschnitt", "Frage", "Antwort", "Einheit", "Hilfe"),
}
_SEE_SHEET = {"fr": "voir la feuille", "de": "siehe Blatt"}
_MANY = {"fr": "plusieurs possibles, séparées par ;", "de": "mehrere möglich, getrennt durch ;"}


def workbook_language(language: str) -> str:
    """Return the language of a workbook for a reader: German for German, else French."""
    return "de" if language == "de" else "fr"


def digest(value: Any) -> str:
    """Return what stands in the hidden sheet for an answer; empty for none."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def write_workbook(form: ResponseForm, language: str) -> bytes:
    """Return a response as a workbook."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    _Writer(book, form, workbook_language(language)).write()
    book.close()
    return stream.getvalue()


class _Writer:
    def __init__(self, book: xlsxwriter.Workbook, form: ResponseForm, language: str) -> None:
        self._book, self._form, self._language = book, form, language
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._head = book.add_format({"bold": True, "bg_color": "#1d5c63", "font_color": "#ffffff"})
        self._locked = book.add_format({"text_wrap": True, "valign": "top"})
        self._open = self._answer_format({})
        self._day = self._answer_format({"num_format": _DAY_FORMAT})

    def _answer_format(self, more: dict[str, Any]) -> Format:
        return self._book.add_format(
            {
                "locked": False,
                "text_wrap": True,
                "valign": "top",
                "border": 1,
                "bg_color": "#fffbe8",
                **more,
            }
        )

    def write(self) -> None:
        self._questions()
        for field in self._form.questionnaire.all_fields():
            if field.type is FieldType.TABLE:
                self._table(field)
        self._about()

    def _questions(self) -> None:
        sheet = self._book.add_worksheet(QUESTIONS_SHEET)
        form, language = self._form, self._language
        title = f"{form.questionnaire.title.said(language)} - {form.site.name}"
        sheet.write_string(0, 1, neutral(title), self._title)
        for column, header in enumerate(_HEADERS[language]):
            sheet.write_string(FIRST_ROW - 1, column, header, self._head)
        row = FIRST_ROW
        for section in form.questionnaire.sections:
            for field in section.fields:
                sheet.write_string(row, 0, field.id, self._locked)
                sheet.write_string(row, 1, section.title.said(language), self._locked)
                sheet.write_string(row, 2, field.label.said(language), self._locked)
                self._answer(sheet, row, field)
                unit = field.shown_unit.said(language) if field.shown_unit else ""
                sheet.write_string(row, 4, unit, self._locked)
                sheet.write_string(row, 5, self._help(field), self._locked)
                row += 1
        sheet.set_column(0, 0, 4, None, {"hidden": True})
        sheet.set_column(1, 1, 22)
        sheet.set_column(2, 2, 48)
        sheet.set_column(3, 3, 32)
        sheet.set_column(4, 4, 10)
        sheet.set_column(5, 5, 50)
        sheet.freeze_panes(FIRST_ROW, 0)
        sheet.protect()

    def _answer(self, sheet: Worksheet, row: int, field: CadastreField) -> None:
        value = self._form.answers.get(field.id)
        if field.type is FieldType.TABLE:
            text = f"{_SEE_SHEET[self._language]} « {field.id} »"
            sheet.write_string(row, ANSWER_COLUMN, text, self._locked)
        elif field.type is FieldType.FILE:
            name = value["name"] if value else ""
            sheet.write_string(row, ANSWER_COLUMN, neutral(name), self._locked)
        else:
            self._cell(sheet, row, ANSWER_COLUMN, field, value)
            self._validate(sheet, (row, row), ANSWER_COLUMN, field)

    def _help(self, field: CadastreField) -> str:
        parts = [field.help.said(self._language)] if field.help else []
        if field.type is FieldType.CHOICES:
            parts.append(_MANY[self._language])
            parts.append("; ".join(each.label.said(self._language) for each in field.options))
        return neutral(" - ".join(parts))

    def _table(self, field: CadastreField) -> None:
        sheet = self._book.add_worksheet(field.id)
        sheet.write_string(0, 0, field.id, self._locked)
        sheet.write_string(1, 0, "", self._head)
        rows = self._form.answers.get(field.id) or []
        last = TABLE_FIRST_ROW + field.max_rows - 1
        for number, column in enumerate(field.columns, 1):
            unit = f" ({column.shown_unit.said(self._language)})" if column.shown_unit else ""
            sheet.write_string(0, number, column.id, self._locked)
            sheet.write_string(1, number, column.label.said(self._language) + unit, self._head)
            for row in range(TABLE_FIRST_ROW, last + 1):
                place = row - TABLE_FIRST_ROW
                value = rows[place].get(column.id) if place < len(rows) else None
                self._cell(sheet, row, number, column, value)
            self._validate(sheet, (TABLE_FIRST_ROW, last), number, column)
        for row in range(TABLE_FIRST_ROW, last + 1):
            sheet.write_number(row, 0, row - TABLE_FIRST_ROW + 1, self._locked)
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.set_column(0, 0, 5)
        sheet.set_column(1, len(field.columns), 24)
        sheet.freeze_panes(TABLE_FIRST_ROW, 1)
        sheet.protect()

    def _cell(
        self, sheet: Worksheet, row: int, column: int, question: Question, value: Any
    ) -> None:
        shown = self._shown(question, value)
        if shown is None:
            blank = self._day if question.type is FieldType.DATE else self._open
            sheet.write_blank(row, column, None, blank)
        elif isinstance(shown, str):
            sheet.write_string(row, column, neutral(shown), self._open)
        elif isinstance(shown, date):
            sheet.write_datetime(row, column, shown, self._day)
        else:
            sheet.write_number(row, column, shown, self._open)

    def _shown(self, question: Question, value: Any) -> str | float | date | None:
        shown: str | float | date | None = value
        if value is not None and question.type in NUMBERS:
            number = float(str(value))
            # Sixteen digits are what xlsxwriter gives a number.
            exact = Decimal(f"{number:.16G}") == Decimal(str(value))
            shown = number if exact else str(value)
        elif question.type is FieldType.YES_NO and value is not None:
            shown = _YES_NO[self._language][0 if value else 1]
        elif question.type is FieldType.DATE and value is not None:
            day = date.fromisoformat(value)
            shown = day if day >= _OLDEST_DAY else str(value)
        elif question.type is FieldType.CHOICE and value is not None:
            shown = self._label(question, value)
        elif question.type is FieldType.CHOICES and value is not None:
            shown = "; ".join(self._label(question, each) for each in value)
        return shown

    def _label(self, question: Question, option_id: str) -> str:
        option = question.option(option_id)
        return option.label.said(self._language) if option else option_id

    def _validate(
        self, sheet: Worksheet, rows: tuple[int, int], column: int, question: Question
    ) -> None:
        rule = dict(self._rule(question))
        if rule:
            # A hint, not a wall: what cannot be read is told with its line when it is taken in.
            rule |= {"ignore_blank": True, "error_type": "warning"}
            sheet.data_validation(rows[0], column, rows[1], column, rule)

    def _rule(self, question: Question) -> Iterator[tuple[str, Any]]:
        if question.type is FieldType.YES_NO:
            yield from (("validate", "list"), ("source", list(_YES_NO[self._language])))
        elif question.type is FieldType.CHOICE:
            labels = [each.label.said(self._language) for each in question.options]
            # A list in a cell has 255 characters at most, and no comma in any of its texts.
            if sum(len(each) + 1 for each in labels) < 255 and not any("," in e for e in labels):
                yield from (("validate", "list"), ("source", labels))
        elif question.type in NUMBERS:
            kind = "integer" if question.type is FieldType.INTEGER else "decimal"
            low, high = question.minimum, question.maximum
            if low is not None and high is not None:
                yield from (("validate", kind), ("criteria", "between"))
                yield from (("minimum", float(low)), ("maximum", float(high)))

    def _about(self) -> None:
        sheet = self._book.add_worksheet(ABOUT_SHEET)
        form = self._form
        about = (
            ("edition", form.edition.code),
            ("questionnaire", form.questionnaire.version),
            ("site", str(form.site.id)),
            ("version", str(form.version)),
        )
        for row, (name, value) in enumerate(about):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, value)
        for row, field in enumerate(form.questionnaire.all_fields(), len(about)):
            sheet.write_string(row, 0, f"answer:{field.id}")
            sheet.write_string(row, 1, digest(form.answers.get(field.id)))
        sheet.very_hidden()
        sheet.protect()
