"""Cursors: where the next page of a list begins, as an opaque text."""

import base64
import binascii
import json
from datetime import date

from api.usecases.deadlines import LatePlace
from api.usecases.search import Place
from api.usecases.sites import Position
from inventory.errors import InvalidInput
from inventory.sentences import Sentence

MAX_ROW_ID = 2**31 - 1  # an INTEGER of PostgreSQL
MAX_CURSOR_CHARACTERS = 2000


def site_cursor(position: Position | None) -> str | None:
    """Return the text that stands for `position`."""
    return None if position is None else _encode([position.search_key, position.site_id])


def read_site_cursor(text: str | None) -> Position | None:
    """Return the position that `site_cursor` gave; raises InvalidInput for any other text."""
    if not text:
        return None
    match _decode(text):
        case [str(search_key), int(site_id)] if "\0" not in search_key and _fits(site_id):
            return Position(search_key, site_id)
        case _:
            raise _unknown()


def id_cursor(row_id: int | None) -> str | None:
    """Return the text that stands for a list that goes on before the row `row_id`."""
    return None if row_id is None else _encode([row_id])


def read_id_cursor(text: str | None) -> int | None:
    """Return the row id that `id_cursor` gave; raises InvalidInput for any other text."""
    if not text:
        return None
    match _decode(text):
        case [int(row_id)] if _fits(row_id):
            return row_id
        case _:
            raise _unknown()


def name_cursor(name: str | None) -> str | None:
    """Return the text that stands for a list that goes on after `name`."""
    return None if name is None else _encode([name])


def read_name_cursor(text: str | None) -> str | None:
    """Return the name that `name_cursor` gave; raises InvalidInput for any other text."""
    if not text:
        return None
    match _decode(text):
        case [str(name)] if "\0" not in name:
            return name
        case _:
            raise _unknown()


def search_cursor(place: Place | None) -> str | None:
    """Return the text that stands for a place in a list of hits."""
    return None if place is None else _encode([place.step, place.key, place.row_id])


def read_search_cursor(text: str | None) -> Place | None:
    """Return the place that `search_cursor` gave; raises InvalidInput for any other text."""
    if not text:
        return None
    match _decode(text):
        case [int(step), str(key), int(row_id)] if "\0" not in key and _fits(row_id):
            return Place(key, row_id, step)
        case _:
            raise _unknown()


def late_cursor(place: LatePlace | None) -> str | None:
    """Return the text that stands for a place in the late list."""
    return None if place is None else _encode([place.due_on.isoformat(), place.clock_id])


def read_late_cursor(text: str | None) -> LatePlace | None:
    """Return the place that `late_cursor` gave; raises InvalidInput for any other text."""
    if not text:
        return None
    match _decode(text):
        case [str(day), int(clock_id)] if _fits(clock_id):
            try:
                return LatePlace(date.fromisoformat(day), clock_id)
            except ValueError:
                raise _unknown() from None
        case _:
            raise _unknown()


def _fits(row_id: int) -> bool:
    return not isinstance(row_id, bool) and 0 < row_id <= MAX_ROW_ID


def _encode(value: list[str | int]) -> str:
    packed = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _decode(text: str) -> object:
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        value: object = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise _unknown() from None
    if isinstance(value, list) and any(isinstance(v, str) and _unpaired(v) for v in value):
        raise _unknown()
    return value


def _unpaired(text: str) -> bool:
    # JSON can spell a lone surrogate, which no database takes.
    return any("\ud800" <= character <= "\udfff" for character in text)


def _unknown() -> InvalidInput:
    return InvalidInput(
        Sentence("Cette liste n’a pas donné ce curseur\u00a0; reprenez à la première page")
    )
