"""The lines of a recording: all of them checked, and those decoded that somebody asks for.

A recording may have hundreds of thousands of lines of which a reading wants a few thousand. One
regular expression runs over many lines at a time, as long as they are surely right and begin with
the same parts of an OID; only what it stops at is looked at line by line. Such a run is looked into
again only where a wanted column may stand in it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, TypeAlias

from inventory.vendors.mib import Oid, Rows, Value

# A run's lines share as many parts as stand before most tables' columns, or all that they have.
_SHARED = 9
# A number with zeros before it is looked at by itself, so that one OID has one text in runs.
_PART = rb"(?:0|[1-9]\d{0,8}+)"
_PARTS = rb"(?:\.(?:0|[1-9]\d{0,8}+))*+"
_LONG_PARTS = rb"(?:\.(?:(?:0|[1-9]\d{0,8}+)(?!\d)|[1-3]\d{9}(?!\d)))*+"
# What other expressions are made of: an OID, and the octets of an IPv4 address.
OID = _PART + _PARTS
_OCTET = rb"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
OCTETS_OF_IP = rb"%s(?:\.%s){3}" % (_OCTET, _OCTET)
_AFTER_DOT = b"/"


class Entry(NamedTuple):
    """An object that was read by itself; `value` None: the recording says that there is none."""

    name: Oid
    value: Value | None


@dataclass(frozen=True)
class Form:
    """How one kind of recording is written.

    `run` matches lines that are surely right and share the first parts of their OID, its group 1.
    `row` finds (OID, what is written for its value) of each in them, which `value` decodes, and
    `numbers` all of a column that is of one type of number: None where it is not.
    `goes_on` is the expression of what an entry has behind its first line. `read_next` reads by
    itself what begins at a place of the text: an Entry, None where the line is empty, or why it
    cannot be read; and where the next one begins.
    """

    run: re.Pattern[bytes]
    row: re.Pattern[bytes]
    value: Callable[[bytes], Value]
    numbers: Callable[[list[bytes]], list[int] | None]
    read_next: Callable[[bytes, int], tuple[Entry | str | None, int]]
    goes_on: bytes = b""


def run_of(tail: bytes) -> re.Pattern[bytes]:
    """Return the expression of a run whose lines go on with `tail` behind their OID."""
    line = rb"(?:%s%s|%s%s)" % (_PARTS, tail, _LONG_PARTS, tail)
    shared = rb"%s(?:\.%s){0,%d}+" % (_PART, _PART, _SHARED - 1)
    return re.compile(rb"\.?(%s)%s(?:\.?\1%s)*+" % (shared, line, line))


class _Run(NamedTuple):
    """Lines that begin with the same parts, from `begin` to `end` of the text."""

    shared: bytes
    begin: int
    end: int


class _Odd(NamedTuple):
    """An object that stands in no run."""

    name: Oid
    value: Value


_Piece: TypeAlias = _Run | _Odd


class Lines:
    """A recording's text, checked and not yet decoded.

    `readable` tells that at least one object stands in it. `unreadable` counts what cannot be read;
    `first_unreadable` is the number of the first such line, and why.
    """

    def __init__(self, raw: bytes, form: Form) -> None:
        self._raw = raw if raw.endswith(b"\n") else raw + b"\n"
        self._form = form
        self._pieces: list[_Piece] = []
        self.readable = False
        self.unreadable = 0
        self.first_unreadable: tuple[int, str] | None = None
        self._check()

    def _check(self) -> None:
        raw, form, at = self._raw, self._form, 0
        while at < len(raw):
            run = form.run.match(raw, at)
            if run is not None:
                self._pieces.append(_Run(run[1], at, run.end()))
                at = run.end()
                continue
            entry, following = form.read_next(raw, at)
            if isinstance(entry, str):
                self._note_unreadable(at, entry)
            elif entry is not None:
                self.readable = True
                if entry.value is not None:
                    self._pieces.append(_Odd(entry.name, entry.value))
            at = following
        self.readable = self.readable or bool(self._pieces)

    def _note_unreadable(self, at: int, why: str) -> None:
        self.unreadable += 1
        if self.first_unreadable is None:
            self.first_unreadable = self._raw.count(b"\n", 0, at) + 1, why

    def tables(self, roots: Iterable[Oid] | None) -> "dict[Oid, Table]":
        """Return the objects at or below each of `roots`, all where it is None.

        They stand by their root, of which none is below another, and by what follows it.
        """
        wanted = [()] if roots is None else _outermost(roots)
        tables = {root: Table(self._raw, self._form, len(root)) for root in wanted}
        # In the order of their texts, which is another than that of their numbers.
        words = sorted((_text(root), root) for root in wanted)
        index = _Roots([word for word, _ in words], [tables[root] for _, root in words])
        for piece in self._pieces:
            self._place(piece, index)
        return tables

    def _place(self, piece: _Piece, roots: "_Roots") -> None:
        """Add a piece to its table, or its parts to theirs."""
        word = _text(piece.name) if isinstance(piece, _Odd) else piece.shared + b"."
        table = roots.above(word)
        if table is not None:
            table.add(piece)
        elif not isinstance(piece, _Odd) and (depth := roots.depth_below(word)):
            for part in self._parts(piece, depth):
                self._place(part, roots)

    def _parts(self, run: _Run, depth: int) -> Iterator[_Run]:
        """Yield the parts of a run that share `depth` parts of their OID; shorter ones are none."""
        sharing, at = _sharing(depth, self._form.goes_on), run.begin
        while found := sharing.match(self._raw, at, run.end):
            if found[1]:
                yield _Run(found[1], at, found.end())
            at = found.end()


@dataclass(frozen=True, slots=True)
class _Roots:
    """Roots in the order of their texts, each text with a dot at its end, and their tables.

    With the dot, a text that begins with another is that of an OID below the other's.
    """

    words: list[bytes]
    tables: "list[Table]"

    def above(self, word: bytes) -> "Table | None":
        """Return the table whose root is `word` or above it."""
        place = bisect_right(self.words, word) - 1
        return self.tables[place] if place >= 0 and word.startswith(self.words[place]) else None

    def depth_below(self, word: bytes) -> int:
        """Return how many parts the shortest root below `word` has, 0 where there is none."""
        first = bisect_left(self.words, word)
        last = bisect_left(self.words, word[:-1] + _AFTER_DOT)
        return min((each.count(b".") for each in self.words[first:last]), default=0)


class Table(Rows):
    """What stands below one root, by what follows the root; decoded when it is looked at."""

    def __init__(self, raw: bytes, form: Form, width: int) -> None:
        self._raw, self._form, self._width = raw, form, width
        self._pieces: list[_Piece] = []
        self._decoded: dict[Oid, Value] | None = None
        self._numbered: dict[int, Value] | None = None

    def add(self, piece: _Piece) -> None:
        """Add what stands later in the recording."""
        self._pieces.append(piece)

    def __getitem__(self, rest: Oid) -> Value:
        return self.decoded()[rest]

    def __iter__(self) -> Iterator[Oid]:
        return iter(self.decoded())

    def __len__(self) -> int:
        return len(self.decoded())

    def decoded(self) -> dict[Oid, Value]:
        """Return all of it; of several lines for one object the last wins."""
        if self._decoded is None:
            decoded: dict[Oid, Value] = {}
            for piece in self._pieces:
                if isinstance(piece, _Odd):
                    decoded[piece.name[self._width :]] = piece.value
                else:
                    rests, written = self._columns(piece)
                    decoded.update(zip(_indexes(rests), self._decode(written), strict=True))
            self._decoded = decoded
        return self._decoded

    def numbered(self) -> dict[int, Value]:
        """Return the rows whose index is one number, by that number."""
        if self._numbered is None:
            numbered: dict[int, Value] = {}
            for piece in self._pieces:
                numbered.update(self._numbered_of(piece))
            self._numbered = numbered
        return self._numbered

    def _numbered_of(self, piece: _Piece) -> Iterable[tuple[int, Value]]:
        if isinstance(piece, _Odd):
            rest = piece.name[self._width :]
            return [(rest[0], piece.value)] if len(rest) == 1 else []
        rests, written = self._columns(piece)
        try:
            numbers = list(map(int, rests))
        except ValueError:  # some have longer indexes
            found = zip(rests, self._decode(written), strict=True)
            return [(int(rest), value) for rest, value in found if rest.isdigit()]
        return zip(numbers, self._decode(written), strict=True)

    def _decode(self, written: list[bytes]) -> Iterable[Value]:
        """Return the values of a column, nearly all of which are of one type."""
        return self._form.numbers(written) or map(self._form.value, written)

    def among(self, keys: Collection[Oid], lead: int) -> dict[Oid, Value]:
        """Return the rows whose index is one of `keys`, none of them empty, behind `lead` parts."""
        wanted = {b".".join(b"%d" % part for part in key) for key in keys}
        value, found = self._form.value, {}
        for piece in self._pieces:
            if isinstance(piece, _Odd):
                index = piece.name[self._width :]
                if index[lead:] in keys:
                    found[index] = piece.value
            else:
                for rest, written in zip(*self._columns(piece), strict=True):
                    parts = rest.split(b".", lead)
                    if parts[-1] in wanted and len(parts) > lead:
                        found[_numbers(rest)] = value(written)
        return found

    def told(self, wanted: Callable[[Value], bool]) -> dict[Oid, Value]:
        """Return the rows whose value is wanted."""
        found: dict[bytes, Value] = {}
        for piece in self._pieces:
            for rest, value in self._values(piece):
                if wanted(value):
                    found[rest] = value
                else:
                    found.pop(rest, None)  # of several lines for one object the last wins
        return {_numbers(rest): value for rest, value in found.items()}

    def _values(self, piece: _Piece) -> Iterator[tuple[bytes, Value]]:
        """Yield what follows the root, as text, and the value, of each of a piece's objects."""
        if isinstance(piece, _Odd):
            yield _text(piece.name[self._width :])[:-1], piece.value
            return
        rests, written = self._columns(piece)
        yield from zip(rests, self._decode(written), strict=True)

    def _columns(self, run: _Run) -> tuple[list[bytes], list[bytes]]:
        """Return what follows the root in each of a run's lines, and what is written for values."""
        skip = sum(len(part) + 1 for part in run.shared.split(b".")[: self._width])
        found = self._form.row.findall(self._raw, run.begin, run.end)
        return [name[skip:] for name, _ in found], [written for _, written in found]


def numbers_behind(prefixes: Iterable[bytes], written: list[bytes]) -> list[int] | None:
    """Return the numbers where all that is written begins with the same one of `prefixes`.

    None where it does not, or is no number behind it.
    """
    first = written[0] if written else b""
    prefix = next((each for each in prefixes if first.startswith(each)), None)
    if prefix is None:
        return None
    whole = b"\n".join(written)
    if whole.count(b"\n" + prefix) != len(written) - 1:
        return None
    bodies = whole[len(prefix) :].split(b"\n" + prefix)
    try:
        return list(map(int, bodies))
    except ValueError:
        return None


def _text(name: Oid) -> bytes:
    return b"".join(b"%d." % part for part in name)


def _indexes(rests: list[bytes]) -> list[Oid]:
    try:
        return [(int(rest),) for rest in rests]  # most indexes are one number
    except ValueError:
        return [_numbers(rest) for rest in rests]


def _numbers(rest: bytes) -> Oid:
    return tuple(map(int, rest.split(b"."))) if rest else ()


def _outermost(roots: Iterable[Oid]) -> list[Oid]:
    """Return the roots that are below no other: then one comparison tells."""
    kept: list[Oid] = []
    for root in sorted(set(roots)):
        if not kept or root[: len(kept[-1])] != kept[-1]:
            kept.append(root)
    return kept


@cache
def _sharing(depth: int, goes_on: bytes) -> re.Pattern[bytes]:
    """Return the expression of lines that share `depth` parts, its group 1; or of another line."""
    line = rb"[^\n]*+\n" + goes_on
    return re.compile(
        rb"\.?((?:\d++\.){%d}\d++)%s(?:\.?\1(?!\d)%s)*+|%s" % (depth - 1, line, line, line)
    )
