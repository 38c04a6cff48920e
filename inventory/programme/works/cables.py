"""The table that a cable certifier exports, one line for each permanent link.

Certifiers name their columns each in their own way; those of the kinds named below are known, in
English and French, and others are left. A length may have a decimal comma and its unit.
"""

import csv
import io
import re
from dataclasses import dataclass

from inventory.errors import InvalidInput
from inventory.programme.spelling import plain
from inventory.programme.works.checklists import CableLimits
from inventory.sentences import Sentence

MOST_LINKS = 5000
_COLUMNS = {
    "label": ("cable id", "cable label", "label", "link", "lien", "id cable", "nom", "etiquette"),
    "length": ("length", "length (m)", "longueur", "longueur (m)", "length m", "longueur m"),
    "result": ("result", "overall result", "resultat", "test result", "pass/fail", "summary"),
    "category": ("category", "categorie", "test limit", "limit", "limite", "standard", "norme"),
}
_PASSED = frozenset({"pass", "passed", "pass*", "ok", "reussi", "bon", "conforme"})
_CATEGORY = re.compile(r"cat(?:egory|egorie)?[ .]*(\d)", re.IGNORECASE)
_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)\s*m?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """One permanent link; `fault` is None where it is as it should be, else a French sentence."""

    label: str
    length_m: float | None
    category: str | None
    passed: bool
    fault: str | None


def read_links(content: bytes, limits: CableLimits) -> list[Link]:
    """Return the links of a certifier's table, each judged by `limits`.

    Raises InvalidInput for what is no such table, has no label or result, or names a link twice.
    """
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise InvalidInput(
            Sentence("Ce fichier de tests ne se lit pas"), where=str(error)
        ) from error
    if not rows:
        raise InvalidInput(Sentence("Ce fichier de tests est vide"))
    columns = _columns(rows[0])
    links: dict[str, Link] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {
            name: row[place].strip() if place < len(row) else "" for name, place in columns.items()
        }
        if not cells["label"] or len(links) >= MOST_LINKS:
            raise InvalidInput(
                Sentence("La ligne %(line)s du fichier de tests n’a pas d’étiquette", line=number)
            )
        if cells["label"] in links:
            raise InvalidInput(
                Sentence("Le lien %(label)s figure deux fois dans le fichier", label=cells["label"])
            )
        links[cells["label"]] = _link(cells, limits)
    if not links:
        raise InvalidInput(Sentence("Ce fichier de tests est vide"))
    return list(links.values())


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise InvalidInput(Sentence("Ce fichier de tests n’est pas un texte"))


def _columns(header: list[str]) -> dict[str, int]:
    names = [plain(cell).strip() for cell in header]
    found = {}
    for column, known in _COLUMNS.items():
        place = next((names.index(name) for name in known if name in names), None)
        if place is not None:
            found[column] = place
    if "label" not in found or "result" not in found:
        raise InvalidInput(
            Sentence("Ce fichier n’a pas les colonnes d’un testeur de câbles"),
            todo=Sentence(
                "il faut\u00a0: %(names)s", names="Cable ID, Length (m), Result, Test Limit"
            ),
        )
    return found


def _link(cells: dict[str, str], limits: CableLimits) -> Link:
    number = _NUMBER.fullmatch(cells.get("length", ""))
    length = float(number[1].replace(",", ".")) if number else None
    category = cells.get("category") or None
    known = _CATEGORY.search(plain(category)) if category else None
    passed = plain(cells["result"]) in _PASSED
    fault: Sentence | None = None
    if not passed:
        fault = Sentence("le testeur ne l’a pas accepté")
    elif length is not None and length > limits.longest_link_m:
        fault = Sentence(
            "%(length)s m, plus que %(most)s m", length=length, most=limits.longest_link_m
        )
    elif known is not None and int(known[1]) < limits.lowest_category:
        fault = Sentence("catégorie inférieure à %(least)s", least=limits.lowest_category)
    return Link(cells["label"][:120], length, category and category[:120], passed, fault)
