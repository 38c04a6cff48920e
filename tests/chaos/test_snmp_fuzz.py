"""A million malformed replies: nothing breaks, nothing grows, nothing false is taken."""

import random
from collections.abc import Callable

import pytest

from collectors.snmp import ber, familiar, message
from collectors.snmp.ber import Malformed
from tests.bench.poll import rss_mb
from tests.snmp_agent import Agent, Request, response

REPLIES = 1_000_000
_COLUMNS = tuple((1, 3, 6, 1, 9, column) for column in range(1, 5))
_OBJECTS: dict[tuple[int, ...], int | bytes] = {
    (*column, row): b"x" * row if column[-1] == 2 else row * 1000
    for column in _COLUMNS
    for row in range(1, 6)
}


def _cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def _changed(chance: random.Random, data: bytes) -> bytes:
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def _moved(chance: random.Random, data: bytes) -> bytes:
    first, second = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:first] + data[second:] + data[first:second]


def _noise(chance: random.Random, data: bytes) -> bytes:
    return chance.randbytes(chance.randrange(200))


SPOILERS: tuple[Callable[[random.Random, bytes], bytes], ...] = (_cut, _changed, _moved, _noise)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_million_malformed_replies_break_nothing_and_leave_nothing_behind() -> None:
    chance = random.Random(20261122)
    agent = Agent(_OBJECTS, lambda *_: [])
    request = Request(1, b"public", 5, 4711, _COLUMNS, 5, ("127.0.0.1", 0))
    true = response(request, agent.rows(request))
    question = familiar.Question(b"")
    varbinds = message.decode_response(true).varbinds
    places = [place for place, bind in enumerate(varbinds) if bind[0] in _OBJECTS]
    steps = [familiar.Column(column, (*column, 5), rows=5) for column in _COLUMNS]
    for asker in range(2):  # of the first one alone nothing is learned
        question.learn([name for name, _, _ in varbinds], places, steps, asker)
    for _ in range(3):
        known = message.decode_response(true, question).known
    assert known is not None
    first_mb = 0.0
    for number in range(REPLIES):
        spoilt = chance.choice(SPOILERS)(chance, true)
        try:
            read = message.decode_response(spoilt, question)
        except Malformed:
            continue
        finally:
            if number == REPLIES // 10:
                first_mb = rss_mb()
        assert len(read.varbinds) <= len(spoilt)
        if read.known is not None:  # the names, the lengths and the tags are those of a true reply
            assert ber.read_varbinds(spoilt, len(spoilt) - len(true) + _body_at(true), len(spoilt))
    assert rss_mb() < first_mb + 60


def _body_at(data: bytes) -> int:
    """Return where the content of a response's variable bindings begins."""
    at, end = ber.read_header(data, 0, len(data))[1:]
    at = ber.read_header(data, ber.read_header(data, at, end)[2], end)[2]
    at = ber.read_header(data, at, end)[1]
    for _ in range(3):
        at = ber.read_header(data, at, end)[2]
    return ber.read_header(data, at, end)[1]
