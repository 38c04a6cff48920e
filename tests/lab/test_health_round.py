"""Health rounds against agents on real sockets: the second asks little, and tells no less."""

from collections.abc import Callable, Sequence

import pytest

from collectors.health import observe_health_many
from collectors.target import SnmpTarget
from inventory.errors import Refused, Unreachable
from inventory.observation import Observation
from inventory.settings import Settings
from inventory.vendors.mib import Oid, oid
from tests.snmp_agent import (
    GET_BULK,
    GET_NEXT,
    TOO_BIG,
    Agent,
    Request,
    error,
    honest,
    running_agent,
)

pytestmark = pytest.mark.lab

RADIO = "1.3.6.1.4.1.890.1.15.3.5.1.1"  # ZYXEL-ES-WIRELESS wlanRadioTable
UPTIME, IF_NAME = oid("1.3.6.1.2.1.1.3.0"), oid("1.3.6.1.2.1.31.1.1.1.1")
Ask = Callable[..., Observation]


def access_point() -> dict[Oid, int | bytes]:
    """Return what an access point with two radios answers."""
    told: dict[str, int | bytes] = {
        "1.3.6.1.2.1.1.1.0": b"NWA1123-ACv2",
        "1.3.6.1.2.1.1.3.0": 100_000_00,
        "1.3.6.1.2.1.1.5.0": b"ap1",
        "1.3.6.1.2.1.1.6.0": b"somewhere",
        "1.3.6.1.2.1.2.2.1.2.1": b"eth0",
        "1.3.6.1.2.1.2.2.1.6.1": bytes.fromhex("0c00aa010203"),
        "1.3.6.1.2.1.31.1.1.1.1.1": b"eth0",
        "1.3.6.1.4.1.890.1.15.3.2.4.0": 17,
        "1.3.6.1.4.1.890.1.15.3.2.5.0": 41,
        f"{RADIO}.2.1": 5,
        f"{RADIO}.2.2": 7,
        f"{RADIO}.6.1": 6,
        f"{RADIO}.6.2": 36,
        "1.3.6.1.4.1.890.1.15.3.5.15.0": 12,
        "1.3.6.1.4.1.890.1.15.3.99.0": 0,
    }
    return {oid(name): value for name, value in told.items()}


@pytest.fixture
def ask(settings: Settings) -> Ask:
    """Run a round of one device and return what it tells."""

    def call(agent: Agent, **changes: object) -> Observation:
        agent.requests.clear()
        target: SnmpTarget = agent.target(**changes)
        [outcome] = observe_health_many([(target, "zyxelnwa")], settings=settings)
        return outcome.unwrap()

    return call


def kinds(agent: Agent) -> set[int]:
    return {request.kind for request in agent.requests}


def figures(seen: Observation) -> dict[tuple[str, str | None], float]:
    return {(metric.name, metric.label): metric.value for metric in seen.metrics}


def test_the_second_round_asks_once_and_tells_what_is_now(ask: Ask) -> None:
    with running_agent(access_point()) as agent:
        walked = ask(agent)
        assert GET_BULK in kinds(agent)
        assert figures(walked)["clients", "radio 2"] == 7
        assert ask(agent) == walked  # every question, to see which are needed
        agent.objects[oid(f"{RADIO}.2.2")] = 9
        again = ask(agent)
        assert [request.kind for request in agent.requests] == [GET_NEXT]
        assert len(agent.requests[0].names) < 20
    assert figures(again) == {**figures(walked), ("clients", "radio 2"): 9}
    assert again.identity == walked.identity
    assert [port.name for port in again.interfaces] == ["eth0"]
    assert again.problems == ()


@pytest.mark.parametrize("gone", [True, False])
def test_what_comes_or_goes_is_told_at_once(ask: Ask, gone: bool) -> None:
    objects = access_point()
    third: dict[Oid, int | bytes] = {oid(f"{RADIO}.2.3"): 4, oid(f"{RADIO}.6.3"): 11}
    with running_agent(objects | third if gone else objects) as agent:
        before = [ask(agent) for _ in range(3)][-1]
        for name, value in third.items():
            if gone:
                del agent.objects[name]
            else:
                agent.objects[name] = value
        after = ask(agent)
        assert ask(agent) == after
        assert len(after.radios) - len(before.radios) == (-1 if gone else 1)


def test_a_table_whose_rows_come_and_go_is_walked_and_the_rest_is_not(ask: Ask) -> None:
    with running_agent(access_point()) as agent:
        for _ in range(3):
            ask(agent)
        for count in range(3, 9):
            agent.objects[oid(f"{RADIO}.2.{count}")] = count
            seen = ask(agent)
            assert figures(seen)["clients", f"radio {count}"] == count
        walked = [request.names for request in agent.requests if request.kind == GET_BULK]
        assert {name[: len(oid(RADIO)) + 1] for names in walked for name in names} == {
            oid(f"{RADIO}.2")
        }


def test_after_a_restart_all_is_walked_again(ask: Ask) -> None:
    with running_agent(access_point()) as agent:
        for _ in range(2):
            ask(agent)
        agent.objects[(*IF_NAME, 1)] = b"lan1"
        assert [port.name for port in ask(agent).interfaces] == ["eth0"]  # names stay till then
        agent.objects[UPTIME] = 500
        seen = ask(agent)
    assert [port.name for port in seen.interfaces] == ["lan1"]
    assert seen.identity.uptime_s == 5


def test_an_agent_that_cannot_answer_so_many_names_is_walked(ask: Ask) -> None:
    def small(agent: Agent, request: Request) -> Sequence[bytes]:
        if request.kind == GET_NEXT and len(request.names) > 8:
            return error(request, TOO_BIG)
        return honest(agent, request)

    with running_agent(access_point(), small) as agent:
        walked = ask(agent)
        assert ask(agent) == walked
        assert ask(agent) == walked
        assert GET_NEXT not in kinds(agent)


def test_what_stands_beside_may_differ_between_devices_that_are_alike(ask: Ask) -> None:
    other = access_point()
    del other[oid("1.3.6.1.4.1.890.1.15.3.99.0")]
    other[oid("1.3.6.1.4.1.5.1")] = 1  # before the families' own columns
    with running_agent(access_point()) as first, running_agent(other) as second:
        expected = ask(first)
        for agent in (first, second, first, second, second):
            assert figures(ask(agent)) == figures(expected)
        assert GET_BULK not in kinds(second)


def test_a_device_that_falls_silent_or_refuses_is_told(ask: Ask) -> None:
    def mute(agent: Agent, request: Request) -> Sequence[bytes]:
        return []

    def refuse(agent: Agent, request: Request) -> Sequence[bytes]:
        return error(request, 16)

    with running_agent(access_point()) as agent:
        for _ in range(2):
            ask(agent)
        agent.answer = mute
        with pytest.raises(Unreachable):
            ask(agent, timeout_s=0.1, retries=0)
        agent.answer = refuse
        with pytest.raises(Refused):
            ask(agent)
        agent.answer = honest
        assert len(ask(agent).radios) == 2
