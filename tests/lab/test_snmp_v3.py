"""SNMPv3 against net-snmp's agent and pysnmp's, and against what an attacker makes of them."""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.observe import observe_many
from collectors.snmp.client import converse_many, get_many, walk_many
from collectors.snmp.engine import Conversation
from collectors.snmp.usm_message import (
    ENCRYPTED,
    Security,
    encode_message,
    encode_scoped_pdu,
    read_message,
)
from collectors.target import SnmpTarget, SnmpV3
from inventory.errors import DeviceError, Garbled, Refused, Unreachable
from inventory.settings import Settings
from inventory.usm import AuthProtocol, PrivProtocol
from lab.ports import free_port
from tests.snmp_v3 import (
    NET_SNMP_USERS,
    STRONG,
    SYS_DESCR,
    SYS_NAME,
    SYSTEM,
    V3Agent,
    net_snmp_agent,
    pysnmp_agent,
    relay,
    user,
)

pytestmark = pytest.mark.lab

PLAIN = user(AuthProtocol.SHA1)  # authenticated and not encrypted: a forger can read it
ENGINE_BOOTS = (1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0)  # SNMP-FRAMEWORK-MIB snmpEngineBoots


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[V3Agent]:
    with net_snmp_agent(tmp_path_factory.mktemp("snmpd")) as running:
        yield running


def _name(target: SnmpTarget) -> str | None:
    return get_many([target], [SYS_NAME])[0].unwrap().text(SYS_NAME)


def _error(target: SnmpTarget) -> DeviceError:
    error = get_many([target], [SYS_NAME])[0].error
    assert error is not None
    return error


@pytest.mark.parametrize("v3", NET_SNMP_USERS, ids=str)
def test_net_snmp_s_agent_is_read_with_every_protocol_it_has(agent: V3Agent, v3: SnmpV3) -> None:
    assert _name(agent.target(v3)) == "v3-agent"


def test_pysnmp_s_agent_is_read_with_every_pair_of_protocols() -> None:
    users = [user(auth, priv) for auth in AuthProtocol for priv in PrivProtocol]
    with pysnmp_agent() as agent:
        outcomes = get_many([agent.target(v3) for v3 in users], [SYS_DESCR])
        walked = walk_many([agent.target(users[-1])], [SYSTEM])[0].unwrap()
    told = {str(outcome.key.v3): outcome.unwrap().text(SYS_DESCR) for outcome in outcomes}
    assert len(told) == 36
    assert all("PySNMP" in (text or "") for text in told.values()), told
    assert walked.text(SYS_DESCR) == told[str(users[-1])]
    assert walked.problems == ()


def test_a_walk_is_the_same_at_every_security_level(agent: V3Agent) -> None:
    targets = [agent.target(v3) for v3 in (user(), PLAIN, STRONG)]
    views = [outcome.unwrap() for outcome in walk_many(targets, [SYSTEM])]
    assert len(views[0]) > 20
    assert list(views[0]) == list(views[1]) == list(views[2])


def test_a_device_is_observed_by_snmp_v3(agent: V3Agent) -> None:
    observed = observe_many([agent.target()], settings=Settings())[0].unwrap()
    assert observed.identity.sysname == "v3-agent"
    assert any(interface.name == "lo" for interface in observed.interfaces)


@pytest.mark.parametrize(
    ("v3", "said"),
    [
        (replace(STRONG, user="stranger"), "does not know the SNMPv3 user stranger"),
        (replace(STRONG, auth_passphrase="wrong-canary"), "refuses our authentication"),
        (replace(STRONG, auth=AuthProtocol.SHA512), "refuses our authentication"),
        (replace(STRONG, priv_passphrase="wrong-canary"), "cannot decrypt what we send"),
        (replace(STRONG, priv=PrivProtocol.DES), "cannot decrypt what we send"),
        (replace(STRONG, priv=PrivProtocol.AES256), "cannot decrypt what we send"),
        (replace(STRONG, priv=None), "refuses to let our user read"),
        (replace(PLAIN, priv=PrivProtocol.AES128, priv_passphrase="any-canary"), "security level"),
    ],
)
def test_credentials_that_are_wrong_are_refused_in_a_sentence_and_not_tried_again(
    agent: V3Agent, v3: SnmpV3, said: str
) -> None:
    with relay(agent) as between:
        error = _error(between.target(v3, timeout_s=5.0, retries=0))
    assert isinstance(error, Refused), error
    assert said in str(error)
    assert "canary" not in str(error)
    # Discovery, the request, and one more that tells a wrong privacy key from a dead agent.
    assert len(between.requests) <= 3


def test_an_agent_that_is_not_there_is_unreachable() -> None:
    error = _error(V3Agent(free_port()).target(timeout_s=0.2, retries=0))
    assert isinstance(error, Unreachable)
    assert "nothing listens" in str(error)


def test_an_agent_that_falls_silent_after_discovery_is_unreachable(agent: V3Agent) -> None:
    met: list[bytes] = []

    def deaf_after_the_first(data: bytes) -> list[bytes]:
        met.append(data)
        return [data] if len(met) == 1 else []

    with relay(agent, to_agent=deaf_after_the_first) as between:
        error = _error(between.target(timeout_s=2.0, retries=0))
    assert isinstance(error, Unreachable), error


def test_a_lost_reply_is_asked_for_again_with_the_same_message(agent: V3Agent) -> None:
    lost: set[int] = set()

    def lose_each_once(data: bytes) -> list[bytes]:
        msg_id = read_message(data).msg_id
        if msg_id in lost:
            return [data]
        lost.add(msg_id)
        return []

    with relay(agent, to_us=lose_each_once) as between:
        assert _name(between.target(timeout_s=1.0, retries=5)) == "v3-agent"
    assert between.requests[0] == between.requests[1]
    assert between.requests[2] == between.requests[3]


def test_replies_that_come_twice_do_no_harm(agent: V3Agent) -> None:
    with relay(agent, to_us=lambda data: [data, data]) as between:
        view = walk_many([between.target()], [SYSTEM])[0].unwrap()
    assert view.text(SYS_NAME) == "v3-agent"
    assert view.problems == ()


def test_an_old_reply_sent_again_is_not_believed(agent: V3Agent) -> None:
    kept: list[bytes] = []

    def replay(data: bytes) -> list[bytes]:
        kept.append(data)
        return [data] if len(kept) <= 2 else [kept[1]]

    async def twice(conversation: Conversation) -> str | None:
        await conversation.get([SYS_NAME])
        return (await conversation.get([SYS_DESCR])).text(SYS_DESCR)

    with relay(agent, to_us=replay) as between:
        outcome = converse_many([between.target(timeout_s=2.0, retries=0)], twice)[0]
    assert isinstance(outcome.error, Garbled)
    assert "message id that was not asked" in str(outcome.error)


def test_a_reply_that_was_changed_on_the_way_is_not_believed(agent: V3Agent) -> None:
    def change(data: bytes) -> list[bytes]:
        return [data[:-1] + bytes((data[-1] ^ 1,))]

    with relay(agent, to_us=change) as between:
        error = _error(between.target(PLAIN, timeout_s=2.0, retries=0))
    assert isinstance(error, Garbled)
    assert "digest" in str(error)


def test_the_true_reply_is_taken_after_a_cut_one(agent: V3Agent) -> None:
    with relay(agent, to_us=lambda data: [data[: len(data) // 2], data]) as between:
        assert _name(between.target()) == "v3-agent"


def test_replies_that_are_cut_are_told_as_garbled(agent: V3Agent) -> None:
    with relay(agent, to_us=lambda data: [data[:-3]]) as between:
        error = _error(between.target(timeout_s=2.0, retries=0))
    assert isinstance(error, Garbled)
    assert "not SNMP" in str(error)


@pytest.mark.parametrize("v3", [PLAIN, STRONG], ids=str)
def test_spoilt_replies_before_the_true_one_change_nothing(agent: V3Agent, v3: SnmpV3) -> None:
    chance = random.Random(3414)

    def spoil(data: bytes) -> list[bytes]:
        if not read_message(data).digest:
            return [data]
        spoilt = []
        for _ in range(100):
            place, end = chance.randrange(len(data)), chance.randrange(len(data))
            changed = bytes((data[place] ^ chance.randrange(1, 256),))
            spoilt += [data[:place] + changed + data[place + 1 :], data[:end]]
        return [each for each in spoilt if each] + [data]

    honest = walk_many([agent.target(v3)], [SYSTEM])[0].unwrap()
    with relay(agent, to_us=spoil) as between:
        view = walk_many([between.target(v3)], [SYSTEM])[0].unwrap()
    assert list(view) == list(honest)
    assert view.text(SYS_NAME) == "v3-agent"
    assert view.problems == ()


def _without_proof(data: bytes) -> bytes:
    """Return an authenticated reply as a forger without the key can send it."""
    read = read_message(data)
    body = read.body.replace(b"v3-agent", b"a-forger")
    return encode_message(read.msg_id, 0, read.security, body)[0]


def test_a_reply_without_the_proof_that_was_asked_is_not_believed(agent: V3Agent) -> None:
    with relay(agent, to_us=lambda data: [_without_proof(data), data]) as between:
        assert _name(between.target(PLAIN)) == "v3-agent"
    with relay(agent, to_us=lambda data: [_without_proof(data)]) as between:
        error = _error(between.target(PLAIN, timeout_s=2.0, retries=0))
    assert isinstance(error, Garbled)
    assert "another security level" in str(error)


def test_a_report_that_our_clock_is_wrong_must_prove_who_says_so(agent: V3Agent) -> None:
    not_in_time = bytes.fromhex(
        "a81e020100020100020100"  # Report, request id 0, no error
        "3013301106 0a2b060106030f0101020041030f4240".replace(" ", "")  # usmStatsNotInTimeWindows.0
    )

    def lie(data: bytes) -> list[bytes]:
        read = read_message(data)
        engine_id = read.security.engine_id
        if not read.digest:
            return [data]
        claimed = Security(engine_id, 2**31 - 1, 1, b"")
        body = encode_scoped_pdu(engine_id, b"", not_in_time)
        return [encode_message(read.msg_id, 0, claimed, body)[0], data]

    with relay(agent, to_us=lie) as between:
        assert _name(between.target()) == "v3-agent"
    assert len(between.requests) == 2


@pytest.mark.parametrize("v3", [PLAIN, STRONG], ids=str)
def test_a_wrong_time_at_discovery_is_put_right_once(agent: V3Agent, v3: SnmpV3) -> None:
    def wrong_time(data: bytes) -> list[bytes]:
        read = read_message(data)
        if read.digest:
            return [data]
        told = replace(read.security, boots=0, time_s=0)
        return [encode_message(read.msg_id, 0, told, read.body)[0]]

    with relay(agent, to_us=wrong_time) as between:
        view = walk_many([between.target(v3)], [SYSTEM])[0].unwrap()
    assert view.text(SYS_NAME) == "v3-agent"
    asked = [read_message(data).security for data in between.requests[1:]]
    assert (asked[0].boots, asked[0].time_s) == (0, 0)
    assert all(security.boots == 1 for security in asked[1:])


def test_nothing_that_is_asked_or_answered_can_be_read_on_the_way(agent: V3Agent) -> None:
    with relay(agent) as between:
        assert _name(between.target()) == "v3-agent"
    passed = [read_message(data) for data in between.requests[1:] + between.replies[1:]]
    assert all(message.flags & ENCRYPTED for message in passed)
    assert not any(b"v3-agent" in data for data in between.replies)
    salts = [message.salt for message in passed]
    assert len(set(salts)) == len(salts)


def test_an_agent_that_reboots_while_it_is_read_is_read_on(tmp_path: Path) -> None:
    assert _boots_across(tmp_path, 3, 4) == [3, 4]


def test_a_clock_that_runs_back_is_not_believed(tmp_path: Path) -> None:
    with pytest.raises(Garbled, match="a clock that runs back"):
        _boots_across(tmp_path, 3, 2)


def _boots_across(folder: Path, before: int, after: int) -> list[int | None]:
    """Return the boots that an agent tells before and after it booted again."""
    port = free_port()
    with ExitStack() as first, ExitStack() as second:
        agent = first.enter_context(net_snmp_agent(folder, port=port, boots=before))

        async def across(conversation: Conversation) -> list[int | None]:
            told = (await conversation.get([ENGINE_BOOTS])).integer(ENGINE_BOOTS)
            first.close()
            second.enter_context(net_snmp_agent(folder, port=port, boots=after))
            return [told, (await conversation.get([ENGINE_BOOTS])).integer(ENGINE_BOOTS)]

        target = agent.target(timeout_s=5.0, retries=1)
        return converse_many([target], across)[0].unwrap()


def test_two_agents_that_share_an_engine_id_are_both_read(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    with net_snmp_agent(one, boots=1) as first, net_snmp_agent(two, boots=7) as second:
        targets = [each.target() for each in (second, first, second, first)]
        views = [outcome.unwrap() for outcome in get_many(targets, [ENGINE_BOOTS])]
    assert [view.integer(ENGINE_BOOTS) for view in views] == [7, 1, 7, 1]


def test_an_agent_whose_boots_have_run_out_is_not_believed(tmp_path: Path) -> None:
    with net_snmp_agent(tmp_path, boots=2**31 - 1) as agent:
        error = _error(agent.target(PLAIN, timeout_s=2.0, retries=0))
    assert isinstance(error, Garbled)
    assert "boots" in str(error)
