"""Any bytes at the trap listener are a notification or dropped: nothing breaks, nothing grows."""

import random
from functools import cache

from hypothesis import example, given
from hypothesis import strategies as st

from api.usecases.trap_senders import KnownSenders
from collectors.snmp import ber
from collectors.snmp.usm_message import Security, encode_message, encode_scoped_pdu
from collectors.target import SnmpV3
from collectors.traps.engines import EngineClocks
from collectors.traps.message import TRAP
from collectors.traps.outcome import Dropped
from collectors.traps.reading import Credentials, Heard, NotificationReader
from collectors.traps.usm import NotificationUsm, OwnEngine
from inventory.vendors.mib import oid
from tests.traps import (
    AUTH_PASSPHRASE,
    COMMUNITY,
    IF_INDEX,
    LINK_DOWN,
    PRIV_PASSPHRASE,
    community_inform,
    community_trap,
    notification_pdu,
    v3_user,
)

SPOILT = 4_000
_INDEX = ((*oid(IF_INDEX), 7), ber.encode_integer(7))
# Of an SNMPv1 agent: enterprise 1.3.6.1.4.1.9, agent 127.0.0.1, linkDown, no bindings.
_V1 = ber.encode(
    ber.SEQUENCE,
    ber.encode_integer(0)
    + ber.encode(ber.OCTET_STRING, COMMUNITY.encode())
    + ber.encode(
        0xA4,
        ber.encode_oid(oid("1.3.6.1.4.1.9"))
        + ber.encode(ber.IP_ADDRESS, bytes((127, 0, 0, 1)))
        + ber.encode_integer(2)
        + ber.encode_integer(0)
        + ber.encode_integer(4711, ber.TIME_TICKS)
        + ber.encode(ber.SEQUENCE, b""),
    ),
)
_DISCOVERY = bytes.fromhex(
    "303a020103300f02024a69020300ffe3040104020103"
    "0410300e0400020100020100040004000400301204000400a00c02020f150201000201003000"
)


@cache
def _reader() -> NotificationReader:
    clocks = EngineClocks()
    known = KnownSenders(
        {(1, "127.0.0.1"): 12},
        {"127.0.0.1": (1,)},
        {"a": 1},
        {1: Credentials((COMMUNITY.encode(),), (v3_user(), SnmpV3("open")))},
    )
    own = OwnEngine(b"\x80\0\0\0\x05our engine", boots=7)
    return NotificationReader(NotificationUsm(own, clocks), clocks, known)


def _read(data: bytes) -> Heard | Dropped:
    try:
        return _reader().read(data, None, "127.0.0.1")
    except Dropped as error:
        dropped = error
    for secret in (AUTH_PASSPHRASE, PRIV_PASSPHRASE, COMMUNITY):
        assert secret.encode() not in (dropped.report or b"")
    return dropped


_OPEN, _ = encode_message(
    4711,
    0,
    Security(b"an engine", 1, 1, b"open"),
    encode_scoped_pdu(b"an engine", b"", notification_pdu(TRAP, oid(LINK_DOWN), _INDEX)),
)
SAMPLES = (
    _OPEN,
    community_trap(oid(LINK_DOWN), _INDEX),
    community_inform(oid(LINK_DOWN), _INDEX),
    _V1,
    _DISCOVERY,
)


@given(st.binary(max_size=300))
@example(b"")
def test_any_bytes_are_a_notification_or_dropped(data: bytes) -> None:
    assert isinstance(_read(data), (Heard, Dropped))


def test_a_true_message_that_is_cut_or_changed_anywhere_breaks_nothing() -> None:
    chance = random.Random(20261122)
    assert [isinstance(_read(each), Heard) for each in SAMPLES] == [True] * 4 + [False]
    for number in range(SPOILT):
        spoilt = bytearray(SAMPLES[number % len(SAMPLES)])
        for _ in range(chance.randint(1, 4)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        cut = chance.randrange(len(spoilt)) if number % 3 == 0 else len(spoilt)
        outcome = _read(bytes(spoilt[:cut]))
        if isinstance(outcome, Heard) and outcome.answer is not None:
            assert outcome.answer()


def test_a_report_is_no_larger_than_a_few_octets_more_than_what_it_answers() -> None:
    dropped = _read(_DISCOVERY)
    assert isinstance(dropped, Dropped)
    assert dropped.report is not None
    assert len(dropped.report) < 3 * len(_DISCOVERY)  # no use to whoever forges a source
