"""Lists as tables that people open in a spreadsheet: flat, and with nothing in them that runs.

A cell of text that begins as a formula does is neutralised in a CSV (`inventory.files.cells`):
nothing else tells text from formulas there. In a workbook a text is a text; it is kept as it is.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from inventory.files.cells import neutral

BRUSSELS = ZoneInfo("Europe/Brussels")
MAX_SHEET_ROWS = 1_048_576
_MAX_CELL_CHARACTERS = 32_767
BOM = "\ufeff"
"""Without it Excel reads UTF-8 as Windows' own letters."""

Cell = str | int | float | bool | None


def flat(value: Any) -> Cell:
    """Return what one cell shows of a value of JSON: names with commas, else JSON itself."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False)


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as lines of CSV with `;`, as Belgian spreadsheets read it (RFC 4180 else)."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_csv_cell(flat(row.get(name))) for name in columns])
    return written.getvalue()


def _csv_cell(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            return str(cell).replace(".", ",")
        case int():
            return str(cell)
        case _:
            return neutral(cell)


class SheetWriter:
    """Writes rows into a workbook (XLSX) without holding them; a new sheet when one is full."""

    def __init__(self, target: BinaryIO, columns: Sequence[str], title: str) -> None:
        import xlsxwriter  # noqa: PLC0415 - slow

        self._book = xlsxwriter.Workbook(
            target,
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self._bold = self._book.add_format({"bold": True})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._columns, self._title = columns, title[:25]
        self._sheets = 0
        self._begin_sheet()

    def write(self, row: Mapping[str, Any]) -> None:
        """Add one row; moments are shown as Brussels' clocks show them."""
        if self._row >= MAX_SHEET_ROWS:
            self._begin_sheet()
        for place, name in enumerate(self._columns):
            self._write_cell(place, flat(row.get(name)))
        self._row += 1

    def close(self) -> None:
        """Write the workbook."""
        self._book.close()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        name = self._title if self._sheets == 1 else f"{self._title} {self._sheets}"
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            self._sheet.write_string(0, place, column, self._bold)
        self._row = 1

    def _write_cell(self, place: int, cell: Cell) -> None:
        match cell:
            case None:
                return
            case bool():
                self._sheet.write_boolean(self._row, place, cell)
            case int() | float():
                self._sheet.write_number(self._row, place, cell)
            case _ if (moment := _moment(cell)) is not None:
                self._sheet.write_datetime(self._row, place, moment, self._moment)
            case _:
                self._sheet.write_string(self._row, place, cell[:_MAX_CELL_CHARACTERS])


def _moment(text: str) -> datetime | None:
    """Return a moment of JSON (RFC 3339) in Brussels, without its zone, as workbooks hold them."""
    if len(text) < 20 or text[4:5] != "-" or text[10:11] != "T":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(BRUSSELS).replace(tzinfo=None) if moment.tzinfo else None
