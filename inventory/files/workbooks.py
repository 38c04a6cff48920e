"""Workbooks (XLSX, ECMA-376): what would run a program or fetch something is refused.

Nothing is unpacked but the small parts that say what the workbook is; the sheets are read by
whoever needs them.
"""

import re
import zipfile
from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate
from zlib import error as zlib_error

from inventory.errors import InvalidInput
from inventory.files.kinds import NotTaken, TooLarge
from inventory.sentences import N_, Sentence

MAX_PARTS = 5_000
MAX_UNPACKED_BYTES = 400_000_000
# No compression of a sheet comes near it; a bomb needs far more.
MAX_RATIO = 200
_RATIO_COUNTS_FROM_BYTES = 1_000_000
_MAX_RELATIONS_BYTES = 4_000_000

_ACTIVE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"vbaproject|vbadata|macrosheets?/|dialogsheets?/"), N_("des macros")),
    (re.compile(r"externallinks?/"), N_("des liens vers d’autres fichiers")),
    (re.compile(r"connections\.xml|querytables?/"), N_("des connexions à des données externes")),
    (re.compile(r"activex/|embeddings?/|\.(bin|exe|dll|js|vbs)$"), N_("des objets incorporés")),
)
# Excel writes the printer's settings as a .bin, which only the printer reads.
_HARMLESS = re.compile(r"^xl/printersettings/printersettings\d+\.bin$")
_MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject|ms-excel\.(?:intl)?macrosheet", re.IGNORECASE)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.IGNORECASE)
_EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']\s*External", re.IGNORECASE)
_PLACE = re.compile(r"([A-Z]{0,3})([0-9]{0,7})")
_HYPERLINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']", re.IGNORECASE)


def refuse_active_workbook(path: Path) -> None:
    """Raise unless `path` is a workbook without macros, links to files, objects or bombs in it.

    Raises NotTaken for a ZIP that is no workbook, TooLarge for one that unpacks to too much, and
    InvalidInput, which says what is in it, for the rest.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive)
            names = {_plain(part.filename) for part in archive.infolist()}
            if not {"[content_types].xml", "xl/workbook.xml"} <= names:
                raise NotTaken(Sentence("Cette archive n’est pas un classeur XLSX"))
            for name in names:
                _refuse_active_part(name)
            _refuse_active_words(archive)
    except (zipfile.BadZipFile, zlib_error, EOFError, OSError, NotImplementedError):
        raise _broken() from None
    except (ValueError, OverflowError, RuntimeError):  # an encrypted part is a RuntimeError
        raise _broken() from None


def refuse_vast_workbook(path: Path, *, most_bytes: int, most_cells: int) -> None:
    """Raise TooLarge for a workbook that whoever reads its cells would need much memory for.

    A reader makes room for all cells up to the last one: a few bytes that name the cell XFD1048576
    stand for seventeen thousand million. `most_cells` is of one sheet, `most_bytes` of all parts
    unpacked. Raises InvalidInput for a sheet that is no XML, or one with a DTD.
    """
    left = most_bytes
    try:
        with zipfile.ZipFile(path) as archive:
            for part in archive.infolist():
                with archive.open(part) as opened:
                    content = opened.read(left + 1)
                left -= len(content)
                # A reader looks for this name whatever the part is called.
                if left < 0 or (b"sheetData" in content and _cells_up_to(content) > most_cells):
                    raise TooLarge(
                        Sentence("Ce classeur contient trop de données une fois décompressé")
                    )
    except (zipfile.BadZipFile, zlib_error, EOFError, OSError, NotImplementedError, ExpatError):
        raise _broken() from None


def _cells_up_to(sheet: bytes) -> int:
    """Return how many cells stand from A1 to the last row and column of a sheet."""
    row = column = last_row = last_column = 0

    def element(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, last_row, last_column
        kind = name.rpartition(":")[2]
        if kind not in {"row", "c"}:
            return
        place = _PLACE.fullmatch(attributes.get("r", "").upper())
        if place is None:
            raise _broken()
        letters, digits = place.groups()
        if kind == "row":  # what has no place stands after the one before
            row, column = int(digits) if digits else row + 1, 0
        else:
            row, column = int(digits or row), _column(letters) if letters else column + 1
        last_row, last_column = max(last_row, row), max(last_column, column)

    def doctype(*_: object) -> None:
        raise _broken()

    parser = ParserCreate()
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(sheet, True)
    return last_row * last_column


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    dense = unpacked > _RATIO_COUNTS_FROM_BYTES and unpacked > packed * MAX_RATIO
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES or dense:
        raise TooLarge(Sentence("Ce classeur contient trop de données une fois décompressé"))


def _refuse_active_part(name: str) -> None:
    if _HARMLESS.match(name):
        return
    for pattern, what in _ACTIVE:
        if pattern.search(name):
            raise _holds(what)


def _refuse_active_words(archive: zipfile.ZipFile) -> None:
    for part in archive.infolist():
        name = _plain(part.filename)
        if name == "[content_types].xml" and _MACRO_TYPE.search(_read(archive, part)):
            raise _holds(N_("des macros"))
        if name.endswith(".rels"):
            for relation in _RELATION.findall(_read(archive, part)):
                if _EXTERNAL.search(relation) and not _HYPERLINK.search(relation):
                    raise _holds(N_("des liens vers d’autres fichiers"))


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with archive.open(part) as opened:
        content = opened.read(_MAX_RELATIONS_BYTES + 1)
    # UTF-16 would hide words from the patterns, and a DTD could define them.
    if len(content) > _MAX_RELATIONS_BYTES or b"<!DOCTYPE" in content or b"\0" in content:
        raise _broken()
    return content


def _holds(what: str) -> InvalidInput:
    return InvalidInput(
        Sentence(
            "Ce classeur contient %(what)s\u00a0; enregistrez-le en XLSX sans ces éléments",
            what=Sentence(what),
        )
    )


def _broken() -> InvalidInput:
    return InvalidInput(Sentence("Ce classeur est abîmé ou incomplet"))
