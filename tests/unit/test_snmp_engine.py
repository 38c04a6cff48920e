"""The engine against agents that fail as real ones and other libraries were measured to fail."""

import socket
from collections.abc import Sequence
from itertools import pairwise

import pytest

from collectors.outcome import Outcome
from collectors.snmp.client import converse_many, get_many, walk_many
from collectors.snmp.engine import Conversation
from collectors.target import SnmpTarget
from inventory.errors import Garbled, Refused, Unreachable
from inventory.vendors.mib import MibView, Oid
from tests.snmp_agent import (
    END,
    GEN_ERR,
    GET,
    GET_BULK,
    GET_NEXT,
    NO_SUCH_NAME,
    TOO_BIG,
    Agent,
    Request,
    error,
    honest,
    response,
    running_agent,
)


def mute(agent: Agent, request: Request) -> Sequence[bytes]:
    """Answer nothing at all."""
    return []


def web_server(agent: Agent, request: Request) -> Sequence[bytes]:
    """Answer what is not SNMP."""
    return [b"HTTP/1.1 400 Bad Request"]


COLUMNS: tuple[Oid, ...] = tuple((1, 3, 6, 1, 9, column) for column in range(1, 13))
ROWS = 30
TABLE: dict[Oid, int | bytes] = {
    (*column, row): column[-1] * 1000 + row for column in COLUMNS for row in range(1, ROWS + 1)
}
# What follows the table, so that its last column does not end with the view.
AFTER: dict[Oid, int | bytes] = {(1, 3, 6, 1, 10, 1): b"after"}


def walked(agent: Agent, columns: Sequence[Oid] = COLUMNS, **target: object) -> MibView:
    return walk_many([agent.target(**target)], columns)[0].unwrap()


def assert_whole(view: MibView, columns: Sequence[Oid] = COLUMNS) -> None:
    for column in columns:
        expected = {(row,): column[-1] * 1000 + row for row in range(1, ROWS + 1)}
        assert view.column(column) == expected, column


def test_a_walk_of_many_columns_returns_every_row_of_each_and_nothing_else() -> None:
    with running_agent(TABLE | AFTER) as agent:
        view = walked(agent)
    assert_whole(view)
    assert len(view) == len(TABLE)
    assert view.problems == ()


def test_several_columns_share_a_request() -> None:
    with running_agent(TABLE | AFTER) as agent:
        walked(agent)
    assert max(len(request.names) for request in agent.requests) == 8
    assert len(agent.requests) < ROWS * len(COLUMNS) / 20


def test_the_last_column_ends_with_the_view() -> None:
    with running_agent(TABLE) as agent:
        assert_whole(walked(agent))


def test_an_absent_column_is_empty_and_no_problem() -> None:
    with running_agent(AFTER) as agent:
        view = walked(agent)
    assert len(view) == 0
    assert view.problems == ()


def test_a_get_returns_what_exists() -> None:
    with running_agent(TABLE) as agent:
        names = [(*COLUMNS[0], 1), (1, 3, 6, 1, 99), (*COLUMNS[3], 2)]
        view = get_many([agent.target()], names)[0].unwrap()
    assert list(view) == [(*COLUMNS[0], 1), (*COLUMNS[3], 2)]


def test_a_late_reply_to_the_first_sending_is_taken_and_both_carry_one_id() -> None:
    held: list[bytes] = []

    def late(agent: Agent, request: Request) -> Sequence[bytes]:
        held.append(response(request, agent.rows(request)))
        return [held[0]] if len(held) == 2 else []

    with running_agent(TABLE, late) as agent:
        view = get_many([agent.target(timeout_s=1.0)], [(*COLUMNS[0], 1)])[0].unwrap()
    assert view.integer((*COLUMNS[0], 1)) == 1001
    first, second = agent.requests[:2]
    assert first.request_id == second.request_id


def test_request_ids_are_drawn_at_random() -> None:
    with running_agent(TABLE) as agent:
        walked(agent)
    ids = [request.request_id for request in agent.requests]
    assert len(set(ids)) == len(ids)
    assert any(later - earlier != 1 for earlier, later in pairwise(ids))


def test_a_reply_with_another_id_is_not_taken() -> None:
    def forged(agent: Agent, request: Request) -> Sequence[bytes]:
        return [response(request, [(request.names[0], 666)], request_id=request.request_id ^ 1)]

    with running_agent(TABLE, forged) as agent:
        outcome = get_many([agent.target(timeout_s=0.5)], [(*COLUMNS[0], 1)])[0]
    assert isinstance(outcome.error, Garbled)
    assert "request id" in str(outcome.error)


def test_a_reply_from_another_port_is_not_taken() -> None:
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def elsewhere(agent: Agent, request: Request) -> Sequence[bytes]:
        other.sendto(response(request, [(request.names[0], 666)]), request.source)
        return []

    with other, running_agent(TABLE, elsewhere) as agent:
        outcome = get_many([agent.target(timeout_s=0.05)], [(*COLUMNS[0], 1)])[0]
    assert isinstance(outcome.error, Unreachable)


def test_a_true_reply_is_taken_after_forged_and_broken_ones() -> None:
    def mixed(agent: Agent, request: Request) -> Sequence[bytes]:
        forged = response(request, [(request.names[0], 666)], request_id=request.request_id ^ 1)
        return [b"\x30\x80garbage", forged, response(request, agent.rows(request))]

    with running_agent(TABLE | AFTER, mixed) as agent:
        assert_whole(walked(agent))


def test_duplicated_replies_change_nothing() -> None:
    def twice(agent: Agent, request: Request) -> Sequence[bytes]:
        return [response(request, agent.rows(request))] * 3

    with running_agent(TABLE | AFTER, twice) as agent:
        view = walked(agent)
    assert_whole(view)
    assert view.problems == ()


def test_oids_that_go_backwards_end_their_column_with_a_problem_and_no_other() -> None:
    looping = COLUMNS[2]

    def loop(agent: Agent, request: Request) -> Sequence[bytes]:
        rows = [
            ((*looping, 1), 1)
            if name[: len(looping)] == looping and name[-1] >= 5
            else (name, value)
            for name, value in agent.rows(request)
        ]
        return [response(request, rows)]

    with running_agent(TABLE | AFTER, loop) as agent:
        view = walked(agent)
    assert_whole(view, [column for column in COLUMNS if column != looping])
    assert [problem.what for problem in view.problems] == ["1.3.6.1.9.3"]
    assert "do not increase" in view.problems[0].why


def test_an_agent_that_repeats_the_asked_oid_is_no_endless_loop() -> None:
    def stuck(agent: Agent, request: Request) -> Sequence[bytes]:
        return [response(request, [((*COLUMNS[0], 1), 1)] * len(request.names))]

    with running_agent(TABLE, stuck) as agent:
        view = walked(agent, COLUMNS[:1])
    assert view.column(COLUMNS[0]) == {(1,): 1}
    assert len(view.problems) == 1


@pytest.mark.parametrize("fits", [40, 8, 3, 1])
def test_too_big_answers_are_asked_in_smaller_pieces_until_all_is_read(fits: int) -> None:
    def small(agent: Agent, request: Request) -> Sequence[bytes]:
        rows = agent.rows(request)
        return [response(request, rows)] if len(rows) <= fits else error(request, TOO_BIG)

    with running_agent(TABLE | AFTER, small) as agent:
        view = walked(agent)
    assert_whole(view)
    assert view.problems == ()


def test_an_agent_for_which_everything_is_too_big_ends_with_problems() -> None:
    def never(agent: Agent, request: Request) -> Sequence[bytes]:
        return error(request, TOO_BIG)

    with running_agent(TABLE, never) as agent:
        view = walked(agent)
    assert len(view) == 0
    assert len(view.problems) == len(COLUMNS)


def test_a_get_that_is_too_big_is_split() -> None:
    def small(agent: Agent, request: Request) -> Sequence[bytes]:
        rows = agent.rows(request)
        return [response(request, rows)] if len(rows) <= 3 else error(request, TOO_BIG)

    names = [(*COLUMNS[0], row) for row in range(1, 11)]
    with running_agent(TABLE, small) as agent:
        assert len(get_many([agent.target()], names)[0].unwrap()) == 10


def test_one_varbind_where_many_were_asked_loses_no_row() -> None:
    def one(agent: Agent, request: Request) -> Sequence[bytes]:
        return [response(request, agent.rows(request)[:1])]

    with running_agent(TABLE | AFTER, one) as agent:
        view = walked(agent, COLUMNS[:3])
    assert_whole(view, COLUMNS[:3])


def test_a_reply_cut_inside_a_row_loses_no_row() -> None:
    def cut(agent: Agent, request: Request) -> Sequence[bytes]:
        return [response(request, agent.rows(request)[: len(request.names) + 3])]

    with running_agent(TABLE | AFTER, cut) as agent:
        assert_whole(walked(agent))


def test_more_varbinds_than_asked_are_ignored() -> None:
    def more(agent: Agent, request: Request) -> Sequence[bytes]:
        return [response(request, [*agent.rows(request), ((1, 3, 6, 1, 9, 1, 999), 1)])]

    with running_agent(TABLE | AFTER, more) as agent:
        assert_whole(walked(agent))


def test_an_empty_answer_ends_the_column_with_a_problem() -> None:
    def empty(agent: Agent, request: Request) -> Sequence[bytes]:
        return [response(request, [])]

    with running_agent(TABLE, empty) as agent:
        view = walked(agent, COLUMNS[:2])
    assert len(view.problems) == 2


def test_an_agent_that_chokes_on_getbulk_is_read_by_getnext() -> None:
    def chokes(agent: Agent, request: Request) -> Sequence[bytes]:
        return error(request, GEN_ERR) if request.kind == GET_BULK else honest(agent, request)

    with running_agent(TABLE | AFTER, chokes) as agent:
        view = walked(agent, COLUMNS[:4])
    assert_whole(view, COLUMNS[:4])
    assert view.problems == ()


def test_an_agent_that_is_silent_to_getbulk_is_read_by_getnext() -> None:
    def silent(agent: Agent, request: Request) -> Sequence[bytes]:
        return [] if request.kind == GET_BULK else honest(agent, request)

    async def talk(conversation: Conversation) -> MibView:
        await conversation.get([(*COLUMNS[0], 1)])
        return await conversation.walk(COLUMNS[:2])

    with running_agent(TABLE | AFTER, silent) as agent:
        view = converse_many([agent.target(timeout_s=0.4, retries=4)], talk)[0].unwrap()
    assert_whole(view, COLUMNS[:2])


def test_a_column_at_which_the_agent_falls_silent_costs_only_that_column() -> None:
    def sulks(agent: Agent, request: Request) -> Sequence[bytes]:
        bad = any(name[:6] == COLUMNS[1] for name in request.names)
        return [] if bad else honest(agent, request)

    columns = [COLUMNS[0], COLUMNS[1], COLUMNS[2]]
    with running_agent(TABLE | AFTER, sulks) as agent:

        async def talk(conversation: Conversation) -> MibView:
            await conversation.get([(*COLUMNS[0], 1)])
            return await conversation.walk(columns)

        view = converse_many([agent.target(timeout_s=0.4, retries=4)], talk)[0].unwrap()
    assert_whole(view, [COLUMNS[0], COLUMNS[2]])
    assert [problem.what for problem in view.problems] == ["1.3.6.1.9.2"]


def test_an_agent_that_dies_half_way_gives_what_was_read() -> None:
    def dies(agent: Agent, request: Request) -> Sequence[bytes]:
        return honest(agent, request) if len(agent.requests) <= 2 else []

    with running_agent(TABLE | AFTER, dies) as agent:
        view = walked(agent, timeout_s=1.0, retries=1)
    assert len(view) > 0
    assert view.problems[-1].why == "the agent stopped answering"


def test_an_error_for_one_column_by_getnext_costs_only_that_column() -> None:
    def hurts(agent: Agent, request: Request) -> Sequence[bytes]:
        if request.kind == GET_BULK:
            return error(request, GEN_ERR)
        bad = [place for place, name in enumerate(request.names, 1) if name[:6] == COLUMNS[1]]
        return error(request, GEN_ERR, bad[0]) if bad else honest(agent, request)

    with running_agent(TABLE | AFTER, hurts) as agent:
        view = walked(agent, COLUMNS[:3])
    assert_whole(view, [COLUMNS[0], COLUMNS[2]])
    assert [(problem.what, problem.why) for problem in view.problems] == [("1.3.6.1.9.2", "genErr")]


def version_1(agent: Agent, request: Request) -> Sequence[bytes]:
    """Answer as an SNMPv1 agent: no GETBULK, noSuchName where there is nothing."""
    assert request.version == 0
    assert request.kind in (GET, GET_NEXT)
    rows = agent.rows(request)
    missing = [place for place, (_, value) in enumerate(rows, 1) if not isinstance(value, int)]
    return error(request, NO_SUCH_NAME, missing[0]) if missing else [response(request, rows)]


def test_a_version_1_agent_is_walked_by_getnext() -> None:
    with running_agent(TABLE, version_1) as agent:
        view = walked(agent, COLUMNS, version="1")
    assert_whole(view)
    assert view.problems == ()


def test_a_version_1_get_returns_what_exists() -> None:
    with running_agent(TABLE, version_1) as agent:
        names = [(1, 3, 6, 1, 99), (*COLUMNS[0], 1), (1, 3, 6, 1, 98), (*COLUMNS[3], 2)]
        view = get_many([agent.target(version="1")], names)[0].unwrap()
    assert list(view) == [(*COLUMNS[0], 1), (*COLUMNS[3], 2)]


def test_a_closed_port_is_told_without_waiting_for_the_timeout() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    target = SnmpTarget("test", "127.0.0.1", port, timeout_s=60)
    outcome = get_many([target], [(1, 3)])[0]
    assert isinstance(outcome.error, Unreachable)
    assert "nothing listens" in str(outcome.error)


def test_an_agent_that_refuses_our_community_is_refused_and_not_asked_again() -> None:
    def refuses(agent: Agent, request: Request) -> Sequence[bytes]:
        return error(request, 16)

    with running_agent(TABLE, refuses) as agent:
        outcome = get_many([agent.target()], [(1, 3)])[0]
    assert isinstance(outcome.error, Refused)
    assert len(agent.requests) == 1


def test_what_is_not_snmp_is_garbled() -> None:
    with running_agent(TABLE, web_server) as agent:
        outcome = get_many([agent.target(timeout_s=0.5)], [(1, 3)])[0]
    assert isinstance(outcome.error, Garbled)


def test_a_name_that_does_not_resolve_is_unreachable() -> None:
    outcome = get_many([SnmpTarget("test", "no such host")], [(1, 3)])[0]
    assert isinstance(outcome.error, Unreachable)


def test_an_endless_column_is_cut_at_the_deadline_and_what_was_read_is_kept() -> None:
    def endless(agent: Agent, request: Request) -> Sequence[bytes]:
        last = request.names[0]
        rows: list[tuple[Oid, object]] = [
            ((*COLUMNS[0], len(agent.requests), step), 1) for step in range(1, 5)
        ]
        return [response(request, rows if last else [(last, END)])]

    async def talk(conversation: Conversation) -> MibView:
        return await conversation.walk(COLUMNS[:1], deadline_s=0.5)

    with running_agent(TABLE, endless) as agent:
        view = converse_many([agent.target()], talk)[0].unwrap()
    assert len(view) > 0
    assert "not finished after" in view.problems[-1].why


def test_one_bad_device_stops_nobody_and_outcomes_keep_the_order_of_the_targets() -> None:
    done: list[Outcome[SnmpTarget, MibView]] = []
    with (
        running_agent(TABLE) as good,
        running_agent(TABLE, mute) as silent,
        running_agent(TABLE) as other,
    ):
        targets = [good.target(), silent.target(timeout_s=0.05), other.target()]
        outcomes = walk_many(targets, COLUMNS, on_done=done.append)
    assert [outcome.key for outcome in outcomes] == targets
    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert len(done) == 3


def test_an_agent_named_twice_is_asked_one_request_at_a_time() -> None:
    with running_agent(TABLE) as agent:
        outcomes = walk_many([agent.target(), agent.target(community="other")], COLUMNS)
    for outcome in outcomes:
        assert_whole(outcome.unwrap())


def test_the_window_limits_the_devices_in_flight() -> None:
    with running_agent(TABLE) as first, running_agent(TABLE) as second:
        targets = [first.target(), second.target()] * 5
        outcomes = get_many(targets, [(*COLUMNS[0], 1)], max_in_flight=1)
    assert all(outcome.error is None for outcome in outcomes)


def test_a_community_never_stands_in_an_error_or_a_representation() -> None:
    target = SnmpTarget("test", "127.0.0.1", 1, community="s3cret-community", timeout_s=0.05)
    outcome = get_many([target], [(1, 3)])[0]
    assert "s3cret" not in f"{outcome!r} {outcome.error}"


def other_values(agent: Agent, request: Request) -> Sequence[bytes]:
    """Answer with the names of the table, and values that no other agent here has."""
    rows = [
        (name, value + 7_000_000 if isinstance(value, int) else value)
        for name, value in agent.rows(request)
    ]
    return [response(request, rows)]


def test_of_devices_that_are_alike_each_one_s_own_values_are_read() -> None:
    with running_agent(TABLE | AFTER) as first, running_agent(TABLE | AFTER, other_values) as twin:
        outcomes = walk_many(
            [first.target(), first.target(), twin.target(), twin.target()], COLUMNS
        )
    for outcome in outcomes[:2]:
        assert_whole(outcome.unwrap())
    for outcome in outcomes[2:]:
        view = outcome.unwrap()
        assert view.problems == ()
        assert view.column(COLUMNS[2]) == {(row,): 7_003_000 + row for row in range(1, ROWS + 1)}


@pytest.mark.parametrize("row", [1, 7, 13, ROWS])
def test_a_device_that_differs_in_one_row_from_those_read_before_is_read_truly(row: int) -> None:
    lacking = {name: value for name, value in TABLE.items() if name != (*COLUMNS[4], row)}
    with running_agent(TABLE | AFTER) as first, running_agent(lacking | AFTER) as other:
        views = [walked(agent) for agent in (first, first, other, other, first)]
    for view in (views[0], views[1], views[4]):
        assert_whole(view)
    for view in views[2:4]:
        assert (*COLUMNS[4], row) not in view
        assert len(view) == len(TABLE) - 1
        assert view.problems == ()


def test_oids_that_go_backwards_are_told_also_where_the_answer_before_was_right() -> None:
    def loop(agent: Agent, request: Request) -> Sequence[bytes]:
        rows = agent.rows(request)
        rows[-1] = (request.names[-1], 1)
        return [response(request, rows)]

    with running_agent(TABLE | AFTER) as right, running_agent(TABLE | AFTER, loop) as wrong:
        walked(right)
        walked(right)
        for _ in range(2):
            assert any("do not increase" in problem.why for problem in walked(wrong).problems)


def test_a_silent_device_gives_its_place_to_another_while_it_is_waited_for() -> None:
    done: list[SnmpTarget] = []
    with running_agent(TABLE, mute) as silent, running_agent(TABLE) as good:
        targets = [silent.target(timeout_s=0.5), *[good.target()] * 3]
        get_many(
            targets,
            [(*COLUMNS[0], 1)],
            max_in_flight=1,
            on_done=lambda outcome: done.append(outcome.key),
        )
    assert [target.port for target in done] == [good.port] * 3 + [silent.port]
