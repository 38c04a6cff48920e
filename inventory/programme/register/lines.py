"""From the bytes of a register file to its lines of named cells. Knows formats, not meanings."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inventory.errors import InvalidInput

MAX_BYTES = 200_000_000  # The open register is under 10 MB; this keeps a wrong file out of memory.
_JSON_SPACE = " \t\n\r"
_DELIMITERS = (";", ",", "\t")
_TODO = "give the register as a JSON list or as CSV; nothing was changed"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: where it stands in the file (for a person) and its cells by column.

    `problem` says why the cells cannot be trusted at all; they are then empty.
    """

    place: str
    cells: dict[str, Any]
    problem: str | None = None


def read_lines(content: bytes, where: str) -> tuple[Line, ...]:
    """Return the lines of a register file, JSON list or CSV.

    `where` names the file in errors. Raises InvalidInput when it is neither, when its end is
    missing, or when it holds nothing.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"the file is larger than {MAX_BYTES:,} bytes", where=where, todo=_TODO)
    text = _decode(content, where)
    if not text.strip():
        raise InvalidInput("the file is empty", where=where, todo=_TODO)
    is_json = text.lstrip()[0] in "[{"
    lines = tuple(_json_lines(text, where) if is_json else _csv_lines(text, where))
    if not lines:
        raise InvalidInput("the file holds no line", where=where, todo=_TODO)
    return lines


def _decode(content: bytes, where: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode_as("utf-16", content, where)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    # Bytes that are not UTF-8 come from a spreadsheet on Windows; no text there holds a NUL.
    if b"\x00" in content:
        raise InvalidInput("the file is not a text", where=where, todo=_TODO)
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _decode_as(encoding: str, content: bytes, where: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidInput(f"the file is not {encoding} text", where=where, todo=_TODO) from error


def _json_lines(text: str, where: str) -> Iterator[Line]:
    """Yield the elements of a JSON list, each with its number and the line where it starts."""
    decoder = json.JSONDecoder(parse_constant=lambda _: None)
    at = _skip_space(text, 0)
    if text[at] != "[":
        raise InvalidInput("the JSON is not a list", where=where, todo=_TODO)
    number, file_line, counted = 0, 1, 0
    at = _skip_space(text, at + 1)
    while text[at : at + 1] != "]":
        number += 1
        file_line += text.count("\n", counted, at)
        counted = at
        place = f"element {number} (line {file_line})"
        try:
            element, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            # ValueError also for a number of thousands of digits.
            raise InvalidInput(
                f"the JSON breaks off at {place}: {_reason(error)}", where=where, todo=_TODO
            ) from error
        yield _json_line(place, element)
        at = _skip_space(text, at)
        if text[at : at + 1] == ",":
            at = _skip_space(text, at + 1)
        elif text[at : at + 1] != "]":
            raise InvalidInput(f"the JSON breaks off after {place}", where=where, todo=_TODO)
    if text[at + 1 :].strip(_JSON_SPACE):
        raise InvalidInput("something follows the JSON list", where=where, todo=_TODO)


def _json_line(place: str, element: Any) -> Line:
    if not isinstance(element, dict):
        return Line(place, {}, "it is not an object with columns")
    # The older download interface of the open register wraps the columns.
    fields = element.get("fields")
    return Line(place, fields if isinstance(fields, dict) else element)


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _JSON_SPACE:
        at += 1
    return at


def _csv_lines(text: str, where: str) -> Iterator[Line]:
    """Yield the rows of a CSV text, each with the physical line where it starts."""
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    start = 1
    try:
        for row in reader:
            place, start = f"line {start}", reader.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if header is None:
                header = [cell.strip() for cell in row]
            else:
                yield _csv_line(place, header, row)
    except csv.Error as error:
        raise InvalidInput(
            f"the CSV cannot be read from line {start} on: {error}", where=where, todo=_TODO
        ) from error
    if header is None:
        raise InvalidInput("the file holds no line", where=where, todo=_TODO)


def _csv_line(place: str, header: list[str], row: list[str]) -> Line:
    if len(row) != len(header):
        return Line(place, {}, f"it has {len(row)} cells, the header has {len(header)}")
    return Line(place, dict(zip(header, row, strict=True)))


def _delimiter(text: str) -> str:
    first = next(line for line in text.splitlines() if line.strip())
    return max(_DELIMITERS, key=first.count)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno} column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
