"""One line of the register: which column is which, and what its cells say.

The open register's own column names are those of the ODWB data set
fwb-age-fichier-signaletique-des-etablissements-d-enseignement; editions vary in articles, points
and the word for "number", which is all that `_canonical` forgives.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from inventory.programme.geography import Position, in_belgium
from inventory.programme.spelling import plain

MAX_TEXT = 300
MAX_FASE = 9_999_999

_ARTICLES = frozenset({"d", "de", "des", "du", "l", "la", "le", "les"})
_NUMBERS = frozenset({"n", "ndeg", "no", "nr", "num"})
_TEXT_FIELDS = {
    "nom etablissement": "school_name",
    "numero bce etablissement": "school_company_number",
    "type enseignement": "kind",
    "niveau": "level",
    "genre": "gender",
    "reseau": "education_network",
    "adresse etablissement": "school_address",
    "code postal etablissement": "school_postal_code",
    "localite etablissement": "school_locality",
    "commune etablissement": "school_commune",
    "bassin": "basin",
    "arrondissement administratif": "district",
    "adresse implantation": "address",
    "code postal implantation": "postal_code",
    "localite implantation": "locality",
    "commune implantation": "commune",
    "nom po": "authority_name",
    "numero bce po": "authority_company_number",
    "adresse po": "authority_address",
    "code postal po": "authority_postal_code",
    "localite po": "authority_locality",
    "commune po": "authority_commune",
}
_OTHER_FIELDS = {
    "numero fase etablissement": "school_fase",
    "numero fase implantation": "implantation_fase",
    "numero fase po": "authority_fase",
    "latitude": "latitude",
    "longitude": "longitude",
    "pointgeo": "point",
    "geopoint": "point",
    "geopoint2d": "point",
}
_FIELDS = {name.replace(" ", ""): f for name, f in (_TEXT_FIELDS | _OTHER_FIELDS).items()}
REQUIRED = {
    "school_fase": "ndeg_fase_de_l_etablissement",
    "implantation_fase": "ndeg_fase_de_l_implantation",
}

_DIGITS = re.compile(r"(\d{1,12})([.,]0*)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,4}([.,]\d{0,20})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """What one line says; None is "not told". Numbers are FASE numbers; texts are as written."""

    school_fase: int
    implantation_fase: int
    school_name: str
    authority_fase: int | None = None
    position: Position | None = None
    texts: dict[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def pair(self) -> tuple[int, int]:
        """The FASE pair établissement/implantation."""
        return self.school_fase, self.implantation_fase


class Unusable(Exception):
    """A line that cannot be taken, and why; `school_fase` where at least that could be read."""

    def __init__(self, reason: str, school_fase: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.school_fase = school_fase


def known_fields(columns: Iterable[str]) -> dict[str, str]:
    """Return column -> our field for every column that we know, in the file's order."""
    named = {column: _FIELDS.get(_canonical(column)) for column in columns}
    return {column: name for column, name in named.items() if name}


def read_row(cells: dict[str, Any], fields: dict[str, str]) -> Row:
    """Return what the cells of one line say; `fields` maps columns as `known_fields` gives it.

    Raises Unusable when the line has no readable FASE pair, no school name, or a text that is no
    text. Whatever else cannot be read is left as not told, with a notice.
    """
    values = _first_told(cells, fields)
    school = _required_fase(values, "school_fase", None)
    implantation = _required_fase(values, "implantation_fase", school)
    notices: list[str] = []
    texts = {
        name: text
        for name in _TEXT_FIELDS.values()
        if (text := _text(values.get(name), name, school)) is not None
    }
    _tidy_numbers(texts)
    name = texts.pop("school_name", None)
    if name is None:
        raise Unusable("the name of the school is not told", school)
    return Row(
        school_fase=school,
        implantation_fase=implantation,
        school_name=name,
        authority_fase=_authority_fase(values.get("authority_fase"), notices),
        position=_position(values, notices),
        texts=texts,
        notices=tuple(notices),
    )


def parse_fase(value: Any) -> int | None:
    """Return a FASE number from `4`, `4.0`, `"4.0"`, `" 0004 "` or `"1 234"`.

    None when nothing is told. Raises ValueError for anything that is no whole number of 1 to
    9,999,999.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    match = _DIGITS.fullmatch("".join(str(value).split()))
    if match is None or isinstance(value, bool) or not 1 <= int(match[1]) <= MAX_FASE:
        raise ValueError(f"{shown(value)} is no FASE number")
    return int(match[1])


def shown(value: Any) -> str:
    """Return a cell as an error message may quote it: short and on one line."""
    text = " ".join(str(value).split())
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _canonical(column: str) -> str:
    # "N° FASE du P.O.", "ndeg_fase_du_p_o" and "ndeg_fase_du_po" are one column.
    words = [word for word in plain(column.replace("°", "deg ")).split() if word not in _ARTICLES]
    return "".join("numero" if word in _NUMBERS else word for word in words)


def _first_told(cells: dict[str, Any], fields: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column, name in fields.items():
        cell = cells.get(column)
        if cell is not None and cell != "" and name not in values:
            values[name] = cell
    return values


def _required_fase(values: dict[str, Any], name: str, school: int | None) -> int:
    try:
        number = parse_fase(values.get(name))
    except ValueError as error:
        raise Unusable(f"{REQUIRED[name]}: {error}", school) from error
    if number is None:
        raise Unusable(f"{REQUIRED[name]} is not told", school)
    return number


def _authority_fase(value: Any, notices: list[str]) -> int | None:
    try:
        return parse_fase(value)
    except ValueError as error:
        notices.append(f"ndeg_fase_du_po: {error}; taken as not told")
        return None


def _text(value: Any, name: str, school: int) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool | dict | list):
        raise Unusable(f"{name} is no text: {shown(value)}", school)
    # A NUL or half a surrogate pair cannot be stored, and no control character is a name's part.
    printable = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in str(value))
    text = " ".join(printable.split())
    if len(text) > MAX_TEXT:
        raise Unusable(f"{name} is longer than {MAX_TEXT} characters", school)
    return text or None


def _tidy_numbers(texts: dict[str, str]) -> None:
    """Give company numbers their ten digits and postal codes their four."""
    for name, text in texts.items():
        bare = re.sub(r"[\s.]", "", text)
        if name.endswith("company_number"):
            # A number read as a float has lost the zero that BCE numbers began with until 2023.
            whole = re.fullmatch(r"(?:BE)?(\d{9,10})", bare.removesuffix(".0"), re.ASCII)
            texts[name] = whole[1].zfill(10) if whole else text
        elif name.endswith("postal_code"):
            texts[name] = re.sub(r"\.0+$", "", text)


def _position(values: dict[str, Any], notices: list[str]) -> Position | None:
    latitude, longitude = values.get("latitude"), values.get("longitude")
    if latitude is None and longitude is None:
        latitude, longitude = _point(values.get("point"))
    if latitude is None and longitude is None:
        return None
    try:
        one, other = _degrees(latitude), _degrees(longitude)
    except ValueError as error:
        notices.append(f"{error}; the position is taken as not told")
        return None
    if in_belgium(one, other):
        return Position(one, other)
    if in_belgium(other, one):
        notices.append("latitude and longitude stand in each other's place; put right")
        return Position(other, one)
    notices.append(f"the position {one:g}, {other:g} is not in Belgium; taken as not told")
    return None


def _point(value: Any) -> tuple[Any, Any]:
    if isinstance(value, dict):
        return value.get("lat"), value.get("lon")
    if isinstance(value, str) and value.count(",") == 1:
        latitude, _, longitude = value.partition(",")
        return latitude, longitude
    return None, None


def _degrees(value: Any) -> float:
    text = "".join(str(value).split())
    if isinstance(value, bool) or not _DECIMAL.fullmatch(text):
        raise ValueError(f"{shown(value)} is no coordinate")
    return float(text.replace(",", "."))
