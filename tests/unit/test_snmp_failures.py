"""More ways in which agents and paths fail; docs/decisions/0041-known-answers.md lists them all."""

import socket
from collections.abc import Sequence

import pytest

from collectors.snmp.client import converse_many, get_many, walk_many
from collectors.snmp.engine import Conversation
from inventory.errors import Garbled, Unreachable
from inventory.vendors.mib import MibView, Oid
from tests.snmp_agent import END, MISSING, Agent, Request, honest, response, running_agent

COLUMNS: tuple[Oid, ...] = tuple((1, 3, 6, 1, 9, column) for column in range(1, 5))
ROWS = 20
TABLE: dict[Oid, int | bytes] = {
    (*column, row): column[-1] * 1000 + row for column in COLUMNS for row in range(1, ROWS + 1)
}
NAME = (*COLUMNS[0], 1)


def test_a_reply_from_another_address_is_not_taken() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:

        def elsewhere(agent: Agent, request: Request) -> Sequence[bytes]:
            other.sendto(response(request, [(request.names[0], 666)]), request.source)
            return []

        with running_agent(TABLE, elsewhere) as agent:
            other.bind(("127.0.0.2", agent.port))
            outcome = get_many([agent.target(timeout_s=0.05)], [NAME])[0]
    assert isinstance(outcome.error, Unreachable)


def test_a_reply_that_was_cut_is_waited_over_and_the_whole_one_is_taken() -> None:
    def cut_first(agent: Agent, request: Request) -> Sequence[bytes]:
        whole = response(request, agent.rows(request))
        return [whole[: len(whole) * share // 4] for share in (1, 2, 3, 4)]

    with running_agent(TABLE, cut_first) as agent:
        view = walk_many([agent.target()], COLUMNS)[0].unwrap()
    assert len(view) == len(TABLE)
    assert view.problems == ()


def test_replies_that_are_always_cut_are_garbled() -> None:
    def cut(agent: Agent, request: Request) -> Sequence[bytes]:
        return [response(request, agent.rows(request))[:-7]]

    with running_agent(TABLE, cut) as agent:
        outcome = walk_many([agent.target(timeout_s=0.5)], COLUMNS)[0]
    assert isinstance(outcome.error, Garbled)


def test_the_end_of_the_view_in_the_middle_of_an_answer_ends_that_column_alone() -> None:
    ended = COLUMNS[1]

    def ends(agent: Agent, request: Request) -> Sequence[bytes]:
        rows = [
            (name, END) if name[: len(ended)] == ended and name[-1] > 5 else (name, value)
            for name, value in agent.rows(request)
        ]
        return [response(request, rows)]

    with running_agent(TABLE, ends) as agent:
        for _ in range(3):  # also once its answers are known
            view = walk_many([agent.target()], COLUMNS)[0].unwrap()
            assert [len(view.column(column)) for column in COLUMNS] == [ROWS, 5, ROWS, ROWS]
            assert view.problems == ()


def test_an_object_that_is_told_not_to_be_there_is_left_out_and_the_column_goes_on() -> None:
    missing = (*COLUMNS[2], 7)

    def absent(agent: Agent, request: Request) -> Sequence[bytes]:
        rows = [
            (name, MISSING if name == missing else value) for name, value in agent.rows(request)
        ]
        return [response(request, rows)]

    with running_agent(TABLE, absent) as agent:
        view = walk_many([agent.target()], COLUMNS)[0].unwrap()
    assert missing not in view
    assert len(view) == len(TABLE) - 1
    assert view.problems == ()


def test_a_table_that_grows_as_fast_as_it_is_read_ends_at_the_most_rows_of_a_column() -> None:
    def endless(agent: Agent, request: Request) -> Sequence[bytes]:
        (last,) = request.names
        step = last[-1] if len(last) > len(COLUMNS[0]) else 0
        return [
            response(
                request,
                [((*COLUMNS[0], step + row), 1) for row in range(1, request.max_repetitions + 1)],
            )
        ]

    async def talk(conversation: Conversation) -> MibView:
        return await conversation.walk(COLUMNS[:1], deadline_s=1.0)

    with running_agent(TABLE, endless) as agent:
        view = converse_many([agent.target()], talk)[0].unwrap()
    assert len(view.problems) == 1
    assert len(view) > 0


def test_a_late_reply_to_a_question_that_was_given_up_answers_no_later_one() -> None:
    held: list[bytes] = []

    def late(agent: Agent, request: Request) -> Sequence[bytes]:
        if request.names[0] == NAME:
            held.append(response(request, [(NAME, 666)]))
            return []
        return [*held, *honest(agent, request)]

    async def talk(conversation: Conversation) -> MibView:
        with pytest.raises(Unreachable):
            await conversation.get([NAME])
        return await conversation.get([(*COLUMNS[0], 3)])

    with running_agent(TABLE, late) as agent:
        view = converse_many([agent.target(timeout_s=0.2, retries=9)], talk)[0].unwrap()
    assert held
    assert dict.fromkeys(view) == {(*COLUMNS[0], 3): None}
