"""The trail of a walk: what it found, and the questions that prove that nothing else is there.

A GETNEXT for what stands before an instance answers that instance, its value, and that nothing
stands between the two. Asked for every instance of a walk and for the beginning of every column,
all in one request or few, it tells just what the walk would tell again, or that something came or
went: then the walk itself must be done. Where an answer passes over the beginnings of other
columns, those need no question of their own.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from collectors.snmp import message
from collectors.snmp.ber import END_OF_MIB_VIEW, VarBind
from collectors.snmp.familiar import Question
from inventory.vendors.mib import Oid

NAMES_A_STEP = 32


class Hop(NamedTuple):
    """One name that is asked by GETNEXT, in `column`.

    The answer must be `found`; where that is None, something behind the column `passed`.
    """

    asked: Oid
    column: Oid
    found: Oid | None
    passed: Oid

    def is_right(self, name: Oid, tag: int) -> bool:
        """Tell whether the walk would find the same here."""
        if tag == END_OF_MIB_VIEW:
            return self.found is None
        if self.found is not None:
            return name == self.found
        return name > self.passed and name[: len(self.passed)] != self.passed


class Step(NamedTuple):
    """The names of one request; `found` are the places of those whose answer is an instance."""

    hops: tuple[Hop, ...]
    found: tuple[int, ...]
    question: Question


class Changed(NamedTuple):
    """A walk would find something else: in `column`, or None where the agent did not answer.

    `beside` tells that what was answered instead is in no column of the walk.
    """

    column: Oid | None
    beside: bool = False


class Trail:
    """The questions of one walk, in requests.

    `short` is the same with fewer of them, once an agent's answers told which are needed.
    """

    def __init__(self, columns: Sequence[Oid], hops: Sequence[Hop]) -> None:
        self.columns = tuple(columns)
        self.hops = tuple(hops)
        self.short: Trail | None = None
        self.steps = tuple(
            _step(self.hops[at : at + NAMES_A_STEP]) for at in range(0, len(hops), NAMES_A_STEP)
        )

    def changed(self, hop: Hop, name: Oid) -> Changed:
        """Return what it means that `name` was answered to a hop and not what was expected."""
        inside = next((each for each in self.columns if name[: len(each)] == each), None)
        return Changed(inside or hop.column, inside is None)

    def shorten(self, answers: Sequence[Oid]) -> None:
        """Find the questions that other answers pass over.

        `answers` are the names that were answered to all of its hops.
        """
        kept: list[Hop] = []
        reached: Oid = ()
        for hop, answer in zip(self.hops, answers, strict=True):
            if kept and hop.asked < reached:
                kept[-1] = kept[-1]._replace(found=hop.found, passed=hop.passed)
            else:
                kept.append(hop)
                reached = answer if answer > hop.asked else _BEHIND_ALL
        self.short = Trail(self.columns, kept)


_BEHIND_ALL: Oid = (2**32,)


def trail_of(columns: Iterable[Oid], names: Iterable[Oid]) -> Trail:
    """Return the trail of a walk of `columns`, none below another, that found `names`."""
    roots = sorted(columns)
    hops: list[Hop] = []
    left = sorted(names)
    at = 0
    for root in roots:
        asked = root
        while at < len(left) and left[at][: len(root)] == root:
            hops.append(Hop(asked, root, left[at], root))
            asked = left[at]
            at += 1
        hops.append(Hop(asked, root, None, root))
    return Trail(roots, hops)


def wrong_place(step: Step, varbinds: Sequence[VarBind]) -> int | None:
    """Return the first place where an answer is not the expected one, None where all are."""
    if len(varbinds) < len(step.hops):
        return len(varbinds)
    pairs = zip(step.hops, varbinds, strict=False)
    return next(
        (place for place, (hop, bind) in enumerate(pairs) if not hop.is_right(bind[0], bind[1])),
        None,
    )


def _step(hops: tuple[Hop, ...]) -> Step:
    found = tuple(place for place, hop in enumerate(hops) if hop.found is not None)
    tail = message.encode_tail(message.GET_NEXT, [hop.asked for hop in hops])
    return Step(hops, found, Question(tail))
