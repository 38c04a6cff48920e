"""Texts and CSV tables: only text is in them."""

import csv
from pathlib import Path

from inventory.files.kinds import NotTaken, is_text
from inventory.sentences import Sentence

_STEP_BYTES = 64 * 1024
_DELIMITERS = (";", ",", "\t")
_LINES = 20


def refuse_hidden_bytes(path: Path) -> None:
    """Raise NotTaken when a text holds NUL or another control character."""
    with path.open("rb") as file:
        while part := file.read(_STEP_BYTES):
            if not is_text(part):
                raise NotTaken(Sentence("Ce fichier de texte contient autre chose que du texte"))


def looks_like_table(head: bytes) -> bool:
    """Return whether the first lines of a text, two at least, have the same number of columns."""
    lines = head.decode("utf-8-sig", errors="replace").splitlines()
    # The last line may be cut off.
    lines = [line for line in (lines[:-1] or lines)[:_LINES] if line.strip()]
    if len(lines) < 2:
        return False
    for delimiter in _DELIMITERS:
        try:
            widths = {len(row) for row in csv.reader(lines, delimiter=delimiter)}
        except csv.Error:
            continue
        if len(widths) == 1 and widths != {1}:
            return True
    return False
