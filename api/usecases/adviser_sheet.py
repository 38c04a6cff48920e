"""A month's sheet as a file for the funds: CSV, or a workbook (XLSX). Nothing in it runs."""

import csv
import io

from inventory.files.cells import neutral
from inventory.programme.advisers import Entry, Sheet, hours

COLUMNS = ("date", "source", "type", "école", "minutes", "heures", "notes")


def sheet_csv(found: Sheet) -> bytes:
    """Return a sheet as CSV with `;` in UTF-8, its sums by source at the end."""
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(["personne", neutral(found.person)])
    table.writerow(["mois", f"{found.month:%Y-%m}"])
    table.writerow(COLUMNS)
    for each in found.entries:
        table.writerow([neutral(cell) for cell in _cells(each)])
    for source, minutes in found.by_source.items():
        table.writerow(["total", neutral(source), "", "", str(minutes), hours(minutes), ""])
    return "\ufeff".encode() + written.getvalue().encode()


def sheet_xlsx(found: Sheet) -> bytes:
    """Return a sheet as a workbook: the entries, and the sums by source on a second page."""
    import xlsxwriter  # noqa: PLC0415 - slow

    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        entries = book.add_worksheet(f"{found.month:%Y-%m}")
        entries.write_row(0, 0, COLUMNS, bold)
        for number, each in enumerate(found.entries, start=1):
            entries.write_datetime(number, 0, each.on, day)
            for column, cell in enumerate(_cells(each)[1:], start=1):
                if column == 4:
                    entries.write_number(number, column, each.minutes)
                else:
                    entries.write_string(number, column, cell)
        sums = book.add_worksheet("totaux")
        sums.write_row(0, 0, ("personne", "mois", "source", "minutes", "heures"), bold)
        for number, (source, minutes) in enumerate(found.by_source.items(), start=1):
            for column, cell in enumerate((found.person, f"{found.month:%Y-%m}", source)):
                sums.write_string(number, column, cell)
            sums.write_number(number, 3, minutes)
            sums.write_string(number, 4, hours(minutes))
    return target.getvalue()


def _cells(each: Entry) -> tuple[str, ...]:
    return (
        each.on.isoformat(),
        each.source,
        each.kind.label,
        each.site or "",
        str(each.minutes),
        hours(each.minutes),
        each.notes,
    )
