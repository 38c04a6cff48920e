"""The size of a walk's answers: what fits the path is asked, and what did not is remembered."""

from collections.abc import Iterator, Sequence

import pytest

from collectors.snmp import sizing
from collectors.snmp.client import converse_many, walk_many
from collectors.snmp.engine import Conversation
from collectors.snmp.sizing import FRAME_OCTETS
from inventory.vendors.mib import MibView, Oid
from tests.snmp_agent import GET, GET_BULK, TOO_BIG, Agent, Request, error, response, running_agent

COLUMNS: tuple[Oid, ...] = tuple((1, 3, 6, 1, 9, column) for column in range(1, 9))
ROWS = 60
TABLE: dict[Oid, int | bytes] = {
    (*column, row): column[-1] * 1000 + row for column in COLUMNS for row in range(1, ROWS + 1)
}


@pytest.fixture(autouse=True)
def nothing_is_learned() -> Iterator[None]:
    sizing._learned.clear()
    yield
    sizing._learned.clear()


def walked(agent: Agent, columns: Sequence[Oid] = COLUMNS, **target: object) -> MibView:
    view = walk_many([agent.target(**target)], columns)[0].unwrap()
    assert len(view) == ROWS * len(columns)
    assert view.problems == ()
    return view


@pytest.mark.parametrize("max_bytes", [484, 1400, 2800])
def test_answers_are_as_large_as_was_allowed_and_no_larger(max_bytes: int) -> None:
    sizes: list[int] = []

    def noting(agent: Agent, request: Request) -> Sequence[bytes]:
        datagram = response(request, agent.rows(request))
        sizes.append(len(datagram))
        return [datagram]

    with running_agent(TABLE, noting) as agent:
        walked(agent, max_bytes=max_bytes)
    assert 0.5 * max_bytes < max(sizes) <= max_bytes


def test_of_one_column_more_rows_are_asked_at_once_than_of_eight() -> None:
    with running_agent(TABLE) as agent:
        walked(agent, COLUMNS[:1])
        alone = agent.requests[0].max_repetitions
        agent.requests.clear()
        walked(agent)
        assert alone > agent.requests[0].max_repetitions


def test_where_fragments_are_lost_a_frame_is_asked_and_the_next_walk_begins_with_it() -> None:
    lost: list[int] = []

    def no_fragments(agent: Agent, request: Request) -> Sequence[bytes]:
        datagram = response(request, agent.rows(request))
        if len(datagram) <= FRAME_OCTETS:
            return [datagram]
        lost.append(len(datagram))
        return []

    async def talk(conversation: Conversation) -> MibView:
        await conversation.get([(*COLUMNS[0], 1)])  # it is there: what is silent now was too large
        return await conversation.walk(COLUMNS)

    with running_agent(TABLE, no_fragments) as agent:
        for _ in range(2):
            view = converse_many([agent.target(timeout_s=2.0, retries=1)], talk)[0].unwrap()
            assert len(view) == len(TABLE)
            assert view.problems == ()
    assert {each.kind for each in agent.requests} == {GET, GET_BULK}
    assert 1 <= len(lost) <= 2  # the first request and what repeated it; nothing in the second walk


def test_an_agent_for_which_answers_were_too_big_is_asked_for_smaller_ones_the_next_time() -> None:
    def small(agent: Agent, request: Request) -> Sequence[bytes]:
        rows = agent.rows(request)
        return [response(request, rows)] if len(rows) <= 24 else error(request, TOO_BIG)

    with running_agent(TABLE, small) as agent:
        walked(agent)
        assert agent.requests[0].max_repetitions * len(COLUMNS) > 24
        agent.requests.clear()
        walked(agent)
    assert all(len(each.names) * each.max_repetitions <= 24 for each in agent.requests)
    assert {each.kind for each in agent.requests} == {GET_BULK}
