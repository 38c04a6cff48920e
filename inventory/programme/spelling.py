"""How names written by many hands are compared; what is shown always stays as it was written."""

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = str.maketrans("’‘ʼ´`′", "''''''")
_HYPHENS = str.maketrans("‐‑‒–—−", "------")
# NFKD leaves these whole, and they stand in the names of Belgian communes (Le Rœulx).
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"})
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=8192)
def same_form(text: str) -> str:
    """Return `text` with one kind of apostrophe, hyphen and space.

    Two spellings with the same form differ in typography only, which is no change of a name.
    """
    composed = unicodedata.normalize("NFKC", text)
    return " ".join(composed.translate(_APOSTROPHES).translate(_HYPHENS).split())


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return the words of `text`, unaccented, in lower case, one space between them."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    bare = "".join(part for part in decomposed if not unicodedata.combining(part))
    return " ".join(_WORD.findall(bare.lower()))


def bare(text: str) -> str:
    """Return the letters and digits of `text` alone, unaccented, in lower case: a serial's form."""
    return plain(text).replace(" ", "")
