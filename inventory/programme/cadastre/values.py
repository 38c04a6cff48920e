"""Reading an answer: from what a form, a cell or JSON says to its one canonical form.

Canonical forms, all JSON: an integer is a number; a decimal, a rate and an amount are the text of a
Decimal (`"12.5"`, amounts with two decimals); yes or no is a boolean; a choice is its option's id,
several are a list in the questionnaire's order; a date is `YYYY-MM-DD`; a table is a list of rows,
each an object of its filled cells; a file is its name, SHA-256, size and the number under which it
was handed in. Not answered is None.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from inventory.programme.cadastre.questionnaire import (
    CadastreField,
    Column,
    FieldType,
    Question,
    Words,
)
from inventory.sentences import Sentence

_TOO_LONG_NUMBER = 30
_YES = frozenset({"oui", "ja", "yes", "true", "vrai", "wahr", "1", "o", "j", "x"})
_NO = frozenset({"non", "nein", "no", "false", "faux", "falsch", "0", "n"})
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


class Kind(StrEnum):
    """What is wrong with an answer."""

    MISSING = "missing"
    NOT_A_NUMBER = "not_a_number"
    NOT_YES_NO = "not_yes_no"
    NOT_A_DATE = "not_a_date"
    NOT_A_FILE = "not_a_file"
    NOT_ROWS = "not_rows"
    NOT_TEXT = "not_text"
    UNKNOWN_CHOICE = "unknown_choice"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_MANY_ROWS = "too_many_rows"
    WRONG_FORM = "wrong_form"
    IMPLAUSIBLE = "implausible"


_KEPT = frozenset({Kind.MISSING, Kind.TOO_SMALL, Kind.TOO_LARGE, Kind.WRONG_FORM, Kind.IMPLAUSIBLE})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at `path` (`pupils`, `racks[2].place`; rows count from 1).

    A warning (`warns`) stops nothing. `words` are the questionnaire's own, where it has any.
    """

    path: str
    kind: Kind
    sentence: Sentence
    warns: bool = False
    words: Words | None = None

    @property
    def field_id(self) -> str:
        """The field that it is about."""
        return self.path.split("[", 1)[0]


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the canonical value where it can be kept, and all that is wrong with it."""

    value: Any
    problems: tuple[Problem, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether nothing but warnings stands against it."""
        return all(problem.warns for problem in self.problems)

    @property
    def keepable(self) -> bool:
        """Whether a draft can keep it without losing anything of what was given."""
        return all(problem.kind in _KEPT for problem in self.problems)


def read_value(field: CadastreField, raw: Any) -> Read:
    """Return the canonical form of `raw` for a field; None or an empty text is "not answered"."""
    if _empty(raw):
        return Read(None)
    if field.type is FieldType.TABLE:
        return _read_rows(field, raw)
    if field.type is FieldType.FILE:
        return _read_file(field, raw)
    if field.type is FieldType.CHOICES:
        return _read_choices(field, raw)
    return _read_plain(field, raw, field.id)


def _empty(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip()) or raw in ([], {})


def _read_plain(question: Question, raw: Any, path: str) -> Read:
    match question.type:
        case FieldType.INTEGER | FieldType.DECIMAL | FieldType.MONEY | FieldType.RATE:
            return _read_number(question, raw, path)
        case FieldType.YES_NO:
            return _read_yes_no(raw, path)
        case FieldType.CHOICE:
            return _read_choice(question, raw, path)
        case FieldType.DATE:
            return _read_date(raw, path)
        case _:
            return _read_text(question, raw, path)


def _wrong(path: str, kind: Kind, sentence: Sentence, value: Any = None) -> Read:
    return Read(value, (Problem(path, kind, sentence),))


def _read_number(question: Question, raw: Any, path: str) -> Read:
    number = _decimal(raw)
    if number is None:
        return _wrong(path, Kind.NOT_A_NUMBER, Sentence("Ce n’est pas un nombre."))
    whole = number == number.to_integral_value()
    if question.type is FieldType.INTEGER and not whole:
        return _wrong(path, Kind.NOT_A_NUMBER, Sentence("Un nombre entier est attendu."))
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    if question.type is FieldType.MONEY and exponent < -2 and not whole:
        return _wrong(path, Kind.NOT_A_NUMBER, Sentence("Un montant a deux décimales au plus."))
    return Read(_number_text(question.type, number), tuple(_outside(question, number, path)))


def _decimal(raw: Any) -> Decimal | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        raw = re.sub(r"[\s\u00a0\u202f€]", "", raw).replace(",", ".")
    text = str(raw)
    if len(text) > _TOO_LONG_NUMBER or not re.fullmatch(r"[+-]?\d*\.?\d+([eE][+-]?\d{1,2})?", text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _number_text(kind: FieldType, number: Decimal) -> Any:
    if kind is FieldType.INTEGER:
        return int(number)
    if kind is FieldType.MONEY:
        return f"{number:.2f}"
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _outside(question: Question, number: Decimal, path: str) -> Iterator[Problem]:
    least, most = question.minimum, question.maximum
    if least is not None and number < least:
        yield Problem(
            path, Kind.TOO_SMALL, Sentence("Le minimum est %(minimum)s.", minimum=_float(least))
        )
    elif most is not None and number > most:
        yield Problem(
            path, Kind.TOO_LARGE, Sentence("Le maximum est %(maximum)s.", maximum=_float(most))
        )
    elif question.plausible is not None:
        low, high = question.plausible
        if not low <= number <= high:
            yield Problem(
                path,
                Kind.IMPLAUSIBLE,
                Sentence(
                    "Ce nombre paraît inhabituel\u00a0: on attend de %(low)s à %(high)s. "
                    "S’il est juste, laissez-le.",
                    low=_float(low),
                    high=_float(high),
                ),
                warns=True,
            )


def _float(number: Decimal) -> float:
    return float(number)


def _read_yes_no(raw: Any, path: str) -> Read:
    if isinstance(raw, bool):
        return Read(raw)
    word = str(raw).strip().lower().removesuffix(".0")
    if word in _YES or word in _NO:
        return Read(word in _YES)
    return _wrong(path, Kind.NOT_YES_NO, Sentence("Répondez par oui ou par non."))


def _option_id(question: Question, raw: Any) -> str | None:
    text = str(raw).strip()
    for option in question.options:
        if text == option.id or text.lower() in (option.label.fr.lower(), option.label.de.lower()):
            return option.id
    return None


def _unknown_choice(path: str) -> Read:
    return _wrong(path, Kind.UNKNOWN_CHOICE, Sentence("Ce n’est pas une des réponses proposées."))


def _read_choice(question: Question, raw: Any, path: str) -> Read:
    chosen = _option_id(question, raw)
    return Read(chosen) if chosen else _unknown_choice(path)


def _read_choices(field: CadastreField, raw: Any) -> Read:
    given = raw.split(";") if isinstance(raw, str) else raw
    if not isinstance(given, list | tuple):
        return _unknown_choice(field.id)
    chosen = {_option_id(field, each) for each in given if not _empty(each)}
    if None in chosen:
        return _unknown_choice(field.id)
    return Read([option.id for option in field.options if option.id in chosen] or None)


def _read_date(raw: Any, path: str) -> Read:
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, date):
        return Read(raw.isoformat())
    text = str(raw).strip()
    if french := _FRENCH_DAY.fullmatch(text):
        day, month, year = (int(part) for part in french.groups())
        text = f"{year:04}-{month:02}-{day:02}"
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError(text)
        return Read(date.fromisoformat(text).isoformat())
    except ValueError:
        return _wrong(path, Kind.NOT_A_DATE, Sentence("Une date est attendue, comme 31/08/2026."))


def _read_text(question: Question, raw: Any, path: str) -> Read:
    if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        raw = f"{raw:.15g}" if isinstance(raw, float) else str(raw)
    if not isinstance(raw, str):
        return _wrong(path, Kind.NOT_TEXT, Sentence("Un texte est attendu."))
    text = clean_text(raw)
    if not text:
        return Read(None)
    if len(text) > question.max_length:
        return _wrong(
            path,
            Kind.TOO_LONG,
            Sentence("Le texte a plus de %(most)s caractères.", most=question.max_length),
        )
    if question.pattern is not None and not re.fullmatch(question.pattern, text):
        return Read(
            text,
            (Problem(path, Kind.WRONG_FORM, Sentence("Cette réponse n’a pas la forme attendue.")),),
        )
    return Read(text)


def clean_text(raw: str) -> str:
    """Return a text with one kind of line end, and without what no database or sheet takes."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in "\n\t" or (c.isprintable() and not _surrogate(c)))
    return "".join(c if c != "\t" else " " for c in kept).strip()


def _surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def _read_file(field: CadastreField, raw: Any) -> Read:
    sentence = Sentence("Un fichier est attendu.")
    if not isinstance(raw, Mapping):
        return _wrong(field.id, Kind.NOT_A_FILE, sentence)
    name, digest = raw.get("name"), raw.get("sha256")
    size, upload = raw.get("size_bytes"), raw.get("upload")
    if not (
        isinstance(name, str)
        and 0 < len(clean_text(name)) <= 200
        and isinstance(digest, str)
        and _SHA256.fullmatch(digest)
        and _counts(size)
        and _counts(upload)
    ):
        return _wrong(field.id, Kind.NOT_A_FILE, sentence)
    name = clean_text(name)
    value = {"name": name, "sha256": digest, "size_bytes": size, "upload": upload}
    if field.accept and name.rpartition(".")[2].lower() not in field.accept:
        kinds = ", ".join(field.accept).upper()
        return _wrong(
            field.id,
            Kind.NOT_A_FILE,
            Sentence("Ce fichier n’est pas\u00a0: %(kinds)s.", kinds=kinds),
        )
    return Read(value)


def _counts(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**40


def _read_rows(field: CadastreField, raw: Any) -> Read:
    if not isinstance(raw, list) or not all(isinstance(row, Mapping) for row in raw):
        return _wrong(field.id, Kind.NOT_ROWS, Sentence("Un tableau de lignes est attendu."))
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for given in raw:
        cells = {column.id: given.get(column.id) for column in field.columns}
        if all(_empty(cell) for cell in cells.values()):
            continue
        row, found = _read_row(field, cells, len(rows) + 1)
        if not row and all(problem.kind is Kind.MISSING for problem in found):
            continue  # nothing but blanks and what no text holds
        rows.append(row)
        problems += found
    if len(rows) > field.max_rows:
        sentence = Sentence("Le tableau a plus de %(most)s lignes.", most=field.max_rows)
        return _wrong(field.id, Kind.TOO_MANY_ROWS, sentence)
    return Read(rows or None, tuple(problems))


def _read_row(
    field: CadastreField, cells: Mapping[str, Any], number: int
) -> tuple[dict[str, Any], list[Problem]]:
    row: dict[str, Any] = {}
    problems: list[Problem] = []
    for column in field.columns:
        path = f"{field.id}[{number}].{column.id}"
        read = Read(None) if _empty(cells[column.id]) else _cell(column, cells[column.id], path)
        problems += read.problems
        if read.value is not None:
            row[column.id] = read.value
        elif column.required and not read.problems:
            problems.append(Problem(path, Kind.MISSING, Sentence("Cette case est à remplir.")))
    return row, problems


def _cell(column: Column, raw: Any, path: str) -> Read:
    return _read_plain(column, raw, path)
