"""Setting a document with typst: a template of the package, data as a file, the same bytes again.

Text is never put into a template: it is data, so that `#`, `*` and quotes are what they are. Fonts
are those that come with the product's own packages, never the machine's: a document looks alike
wherever it is set. A character that they do not have is shown as U+FFFD, never as an empty box. Its
import takes a third of a second (matplotlib): import it where a document is set.
"""

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import matplotlib
import typst
from matplotlib.ft2font import FT2Font

from inventory.errors import InvalidInput, Misconfigured
from inventory.sentences import Sentence

STANDARDS: tuple[Literal["a-3a", "ua-1"], ...] = ("a-3a", "ua-1")
"""PDF/A-3 (ISO 19005-3) to be kept, with the data attached; PDF/UA-1 to be read aloud."""

REPLACEMENT = "\ufffd"
_WIDEST_FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_UNSHOWN = frozenset({"Cc", "Cn", "Co", "Cs"})
# Letters of the languages of Latin script, punctuation, and the signs that our own texts use.
_LATIN = frozenset(
    [*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, "‘’“”…–—€\u202f≥≤−→✓✗\ufffd")]
)


def set_pdf(
    template: str, data: Any, *, at: datetime, attached: Mapping[str, bytes] | None = None
) -> bytes:
    """Return the PDF that `template` makes of `data`, which it reads as `data.json`.

    `at` (aware) is the document's date; `attached` are files by name, for the template. The same
    arguments give the same bytes. Raises InvalidInput when the document cannot be set.
    """
    made = _compile(template, data, attached or {}, "pdf", at)
    assert isinstance(made, bytes)
    return made


def set_pages(
    template: str,
    data: Any,
    *,
    at: datetime,
    attached: Mapping[str, bytes] | None = None,
    dots_per_inch: float = 80,
) -> list[bytes]:
    """Return the same document as one PNG a page, to look at."""
    made = _compile(template, data, attached or {}, "png", at, ppi=dots_per_inch)
    return [made] if isinstance(made, bytes) else list(made)


def _compile(
    template: str,
    data: Any,
    attached: Mapping[str, bytes],
    form: Literal["pdf", "png"],
    at: datetime,
    *,
    ppi: float | None = None,
) -> bytes | list[bytes]:
    standards: Any = list(STANDARDS) if form == "pdf" else []
    with TemporaryDirectory(prefix="preau-document-") as name:
        folder = Path(name)
        main = folder / "main.typ"
        main.write_bytes(files("api.documents").joinpath(template).read_bytes())
        for file_name, content in attached.items():
            (folder / file_name).write_bytes(content)

        def attempt(characters: frozenset[int]) -> bytes | list[bytes] | None:
            shown = json.dumps(showable(data, characters), ensure_ascii=False, sort_keys=True)
            (folder / "data.json").write_text(shown, encoding="utf-8")
            return typst.Compiler(main, root=folder, font_paths=_fonts()).compile(
                format=form, ppi=ppi, pdf_standards=standards, timestamp=int(at.timestamp())
            )

        try:
            try:
                made = attempt(_characters())
            except typst.TypstError:
                # Each character is known, yet a cluster of them is not: a document with fewer
                # letters is better than none.
                made = attempt(_LATIN)
        except typst.TypstError as error:
            raise InvalidInput(
                Sentence(
                    "Le document ne peut être composé\u00a0: %(message)s", message=error.message
                ),
                where=template,
            ) from error
    if made is None:
        raise InvalidInput(Sentence("Le document est vide"), where=template)
    return made


def showable(value: Any, characters: frozenset[int] | None = None) -> Any:
    """Return a JSON value whose texts hold only characters that can be shown.

    By default those that the fonts have, upright and bold.
    """
    known = _characters() if characters is None else characters
    if isinstance(value, str):
        return "".join(c if ord(c) in known or c == "\n" else REPLACEMENT for c in value)
    if isinstance(value, Mapping):
        return {key: showable(each, known) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [showable(each, known) for each in value]
    return value


@cache
def _fonts() -> Any:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(_font_folder())],
    )


@cache
def _characters() -> frozenset[int]:
    """Return the code points that the fonts have, without those of private use: PDF/A has none."""
    upright, bold = (
        set(FT2Font(str(_font_folder() / name)).get_charmap()) for name in _WIDEST_FONTS
    )
    return frozenset(
        point for point in upright & bold if unicodedata.category(chr(point)) not in _UNSHOWN
    )


@cache
def _font_folder() -> Path:
    """Return the folder of DejaVu, which matplotlib brings; raises Misconfigured."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name in _WIDEST_FONTS:
        if not (folder / name).is_file():
            raise Misconfigured(
                Sentence("La police %(name)s manque", name=name), todo=Sentence("réinstallez Préau")
            )
    return folder
