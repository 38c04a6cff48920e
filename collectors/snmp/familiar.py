"""What one agent answered to a question, the next of its kind answers too, but for the values.

A walk's request is a question: where each column stands, and how many rows are wanted. Encoding it
and judging the names of its answer (which are in their column, which increase, where it ends) give
the same for the same names, so both are remembered. An answer that has another name in any place is
none of the remembered ones and is judged anew; the values are read from each answer, always.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from collectors.snmp import ber
from inventory.vendors.mib import Oid, Value

_REMEMBERED = 4_096  # questions and patterns; some 15 KB each where no two share a name
_PATTERNS_A_QUESTION = 4
_IN_VAIN = 16

Pick = Callable[[Sequence[Value]], tuple[Value, ...]]


@dataclass(slots=True)
class Column:
    """Where a walk stands in one column: the last name it took, and how many it took in all."""

    root: Oid
    last: Oid
    rows: int = 0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way in which a question was answered: the names, and what was made of them."""

    heads: tuple[tuple[Oid, int], ...]
    """The names, each with the octets of its binding's head."""
    kept: tuple[Oid, ...]
    pick: Pick
    """Takes the values of `kept` out of those of all names."""
    steps: tuple[tuple[Oid, int, bool], ...]
    """For each column: its last name now, the rows that came, whether it ended."""


class Known(NamedTuple):
    """An answer whose names were judged before."""

    pattern: Pattern
    values: Sequence[Value]


@dataclass(slots=True)
class Question:
    """A request of a walk. `tail` is its PDU behind the request id, encoded.

    `roots` are the columns that it asks, of which the answer has a row after the other.
    `enough` is how many rows of it were enough to see all its columns end. A device of the same
    kind is then asked for no more than those; where that was too few once, it is not done again.
    """

    tail: bytes
    repetitions: int = 0
    roots: tuple[ber.Root, ...] = ()
    enough: int | None = None
    shortens: "Question | None" = None
    _patterns: list[Pattern] = field(default_factory=list)
    _in_vain: int = 0
    """Answers since one was known."""
    _first: Hashable = None

    def recognise(self, data: bytes, at: int, end: int) -> Known | None:
        """Return what the variable bindings in `data[at:end]` hold, if they are a known answer."""
        for pattern in self._patterns:
            values = ber.read_values(data, at, end, pattern.heads)
            if values is not None:
                self._in_vain = 0
                return Known(pattern, values)
        self._in_vain += 1
        return None

    def learn(
        self, names: Sequence[Oid], kept: Sequence[int], steps: Sequence[Column], agent: Hashable
    ) -> None:
        """Remember an answer: its names, the places that were kept, and the columns' new rows.

        Not before a second agent gave it: what one alone answers is no pattern of others, and would
        be as much to remember as its whole table.
        Without `steps` the question is of no columns, and is asked as often as it was.
        """
        if steps:
            self._learn_enough(steps)
        if self._first is None:
            self._first = agent
        if self._first == agent:
            return
        # Learning costs more than reading: where every answer is another one, few are learnt.
        if self._in_vain > _IN_VAIN and self._in_vain % _IN_VAIN:
            return
        if len(kept) < 2:  # an itemgetter of one place gives no tuple, and little is won
            return
        del self._patterns[_PATTERNS_A_QUESTION - 1 :]
        pattern = Pattern(
            heads=tuple((name, ber.head_octets(name)) for name in names),
            kept=tuple(names[place] for place in kept),
            pick=itemgetter(*kept),
            steps=tuple((step.last, step.rows, step.ended) for step in steps),
        )
        self._patterns.insert(0, pattern)

    def _learn_enough(self, steps: Sequence[Column]) -> None:
        if self.shortens is not None:
            if not all(step.ended for step in steps):
                self.shortens.enough = self.shortens.repetitions
        elif self.enough is None and all(step.ended for step in steps):
            self.enough = 1 + max(step.rows for step in steps)


# What a question is told apart by: the PDU's type, how often each name repeats, and the columns.
Key = tuple[int, int, tuple[tuple[Oid, Oid], ...]]
_questions: dict[Key, Question] = {}


def question(key: Key, encode: Callable[[Key], bytes]) -> Question:
    """Return the question that `key` tells, or a shorter one that was enough for others.

    `encode` makes its tail where it is new.
    """
    known = _known(key, encode)
    if known.enough is None or known.enough >= known.repetitions:
        return known
    shorter = _known((key[0], known.enough, key[2]), encode)
    shorter.shortens = known
    return shorter


_encoded_root = cache(ber.encoded_root)


def _known(key: Key, encode: Callable[[Key], bytes]) -> Question:
    known = _questions.get(key)
    if known is None:
        if len(_questions) >= _REMEMBERED:
            _questions.clear()
        roots = tuple([_encoded_root(root) for root, _ in key[2]])
        _questions[key] = known = Question(encode(key), key[1], roots)
    return known
