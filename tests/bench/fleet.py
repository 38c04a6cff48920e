"""A fleet of SNMP agents in a process of its own: `python -m tests.bench.fleet`.

One UDP socket on the loopback interface answers for every address of 127.0.0.0/8 (IP_PKTINFO tells
which one was asked, and answers from it). Each address is a device with an engine id of its own,
and the same table as others; those of 127.32.0.0/11 are access points with four ports; those of
127.96.0.0/11 number the rows of their tables each in its own way, so that no answer of one has the
names of another's; those of 127.128.0.0/9 are dead. What agents answer is encoded once and then
only given the request's id, so that the fleet is not what a benchmark measures. It prints its port
once it listens and runs until its standard input is closed.
"""

import os
import select
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from pyasn1.codec.ber import encoder
from pysnmp.proto.api import v2c

from collectors.snmp import ber, usm_privacy
from collectors.snmp.usm_keys import UserKeys, user_keys
from collectors.snmp.usm_message import (
    AUTHENTICATED,
    DIGEST_OCTETS,
    ENCRYPTED,
    REPORT,
    Incoming,
    Security,
    encode_message,
    encode_scoped_pdu,
    read_encrypted,
    read_message,
    signed,
)
from collectors.target import SnmpTarget, SnmpV3
from inventory.usm import AuthProtocol, PrivProtocol
from inventory.vendors.mib import Oid
from tests.snmp_agent import Agent, decode_request, encodable, response

ROWS = 52
_IF_ENTRY, _IF_X_ENTRY = (1, 3, 6, 1, 2, 1, 2, 2, 1), (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
# IF-MIB: ifOperStatus, ifInErrors, ifOutErrors; ifName, ifHCInOctets, ifHCOutOctets, ifHighSpeed,
# and ifConnectorPresent.
COLUMNS: tuple[Oid, ...] = (
    (*_IF_ENTRY, 8),
    (*_IF_ENTRY, 14),
    (*_IF_ENTRY, 20),
    *((*_IF_X_ENTRY, column) for column in (1, 6, 10, 15, 17)),
)
USER = SnmpV3(
    "bench", AuthProtocol.SHA1, "bench-authentication", PrivProtocol.AES128, "bench-privacy"
)
# The first address of each part of the fleet.
POINTS, ALIKE, UNLIKE, DEAD = 0x7F20_0101, 0x7F40_0101, 0x7F60_0101, 0x7F80_0101
FAMILY = "airos"  # of the access points of the fleet
_SYSTEM = (1, 3, 6, 1, 2, 1, 1)
_ASKS_SYSTEM = b"\x2b\x06\x01\x02\x01\x01"
_UPTIME_STEP_S = 5  # an uptime that went on all the time would be encoded anew all the time
_VARIANTS = 16
_ROWS_APART = 100
_PKTINFO = 8  # IP_PKTINFO of linux/in.h, which Python 3.11 does not name
_BOOTS, _TIME_S = 3, 100_000
_DISCOVERY_COUNTER = (1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0)  # usmStatsUnknownEngineIDs


def host_of(number: int, first: int = ALIKE) -> str:
    """Return the address of a device of a part of the fleet; numbers go to two million."""
    return socket.inet_ntoa(struct.pack("!I", first + number))


def target_of(number: int, port: int, first: int = ALIKE, *, v3: bool = False) -> SnmpTarget:
    """Return a device of a part of the fleet as a target."""
    return SnmpTarget("bench", host_of(number, first), port, v3=USER if v3 else None)


@contextmanager
def running_fleet() -> Iterator[int]:
    """Run a fleet until the block ends; gives its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.fleet"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.stdin.close()


def _objects(variant: int) -> dict[Oid, Any]:
    """Return one device's tables, with something behind the last column as on any real device."""
    kinds: list[Any] = [
        lambda row: 1 + (row + variant) % 2,
        lambda row: v2c.Counter32(row * variant * 977),
        lambda row: v2c.Counter32(row * 13),
        lambda row: b"GigabitEthernet1/0/%d" % row,
        lambda row: v2c.Counter64(row * 7_919 * 10 ** (variant % 9)),
        lambda row: v2c.Counter64(row * 104_729 * 10 ** (variant % 9)),
        lambda _: v2c.Gauge32(1000),
        lambda _: 1,
    ]
    table = {
        (*column, row): kind(row)
        for column, kind in zip(COLUMNS, kinds, strict=True)
        for row in range(1, ROWS + 1)
    }
    behind = {(*column[:-1], column[-1] + 1, 1): 0 for column in COLUMNS}
    return {**behind, **table, (1, 3, 6, 1, 2, 1, 99, 1): 0}


def _access_point(variant: int) -> dict[Oid, Any]:
    """Return what an access point of FAMILY answers: 10 figures, its ports, and who it is.

    UBNT-AirMAX-MIB's load; FROGFOOT-RESOURCES-MIB's memory, total and free; of each of two radios
    the frequency (MHz), transmit power and noise floor (dBm), clients, and airtime in tenths of a
    per cent.
    """
    airmax, memory = (1, 3, 6, 1, 4, 1, 41112, 1, 4), (1, 3, 6, 1, 4, 1, 10002, 1, 1, 1, 1)
    told: dict[Oid, Any] = {
        (*_SYSTEM, 1, 0): b"Linux 2.6.33 #1 mips",
        (*_SYSTEM, 2, 0): v2c.ObjectIdentifier((1, 3, 6, 1, 4, 1, 10002, 1)),
        (*_SYSTEM, 5, 0): b"ap",
        (*memory, 1, 0): 64_000,
        (*memory, 2, 0): 20_000 + 100 * variant,
        (*airmax, 8, 3, 0): 700 + variant,
    }
    for radio, mhz in ((1, 2412), (2, 5180)):
        told |= {
            (*airmax, 1, 1, 4, radio): mhz,
            (*airmax, 1, 1, 6, radio): 20,
            (*airmax, 5, 1, 8, radio): -90 - variant,
            (*airmax, 5, 1, 15, radio): radio + variant,
            (*airmax, 6, 1, 7, radio): 100 + variant,
        }
    for port, name in enumerate((b"lo", b"eth0", b"ath0", b"ath1"), 1):
        told |= {
            (*_IF_ENTRY, 2, port): name,
            (*_IF_ENTRY, 3, port): 24 if name == b"lo" else 6,
            (*_IF_ENTRY, 6, port): b"" if name == b"lo" else bytes((4, 24, 214, 0, variant, port)),
            (*_IF_ENTRY, 10, port): v2c.Counter32(port * 977),
            (*_IF_X_ENTRY, 1, port): name,
        }
    return told


class _Fleet:
    """The answers, by what was asked; only ids, clocks and ciphers are made anew each time."""

    def __init__(self) -> None:
        every = [*map(_objects, range(_VARIANTS)), *map(_access_point, range(_VARIANTS))]
        self._agents = [Agent(objects, lambda *_: []) for objects in every]
        self._tails: dict[tuple[int, bytes], bytes] = {}
        self._values: dict[tuple[int, Oid, int], bytes] = {}
        self._with_uptime: dict[tuple[int, bytes], bytes] = {}
        self._uptime = -1

    def answer(self, data: bytes, device: bytes) -> bytes:
        """Return what the device at this address (4 octets) answers."""
        end = ber.read_header(data, 0, len(data))[2]
        version, at = ber.read_integer(data, ber.read_header(data, 0, end)[1], end)
        if version == 3:
            return self._answer_v3(data, device)
        pdu_at = ber.read_header(data, at, end)[2]
        head = data[ber.read_header(data, 0, end)[1] : pdu_at]
        return ber.encode(ber.SEQUENCE, head + self._pdu(data[pdu_at:end], device))

    def _pdu(self, pdu: bytes, device: bytes) -> bytes:
        id_at = ber.read_header(pdu, 0, len(pdu))[1]
        tail_at = ber.read_header(pdu, id_at, len(pdu))[2]
        number = int.from_bytes(device, "big")
        unlike = number >= UNLIKE
        variant = number % _VARIANTS + (_VARIANTS if number < ALIKE else 0)
        key = (number if unlike else variant, pdu[:1] + pdu[tail_at:])
        tails = self._tails
        if _ASKS_SYSTEM in key[1]:
            self._go_on()
            tails = self._with_uptime
        tail = tails.get(key)
        if tail is None:
            tail = self._unlike(pdu, tail_at, number) if unlike else self._tail(pdu, key[0])
            tails[key] = tail
        return ber.encode(0xA2, pdu[id_at:tail_at] + tail)

    def _go_on(self) -> None:
        """Let the uptime go on as the clock does."""
        now = int(time.monotonic()) // _UPTIME_STEP_S
        if now == self._uptime:
            return
        self._uptime = now
        self._with_uptime.clear()
        for agent in self._agents:
            agent.objects[*_SYSTEM, 3, 0] = v2c.TimeTicks(100 * _UPTIME_STEP_S * now)

    def _tail(self, pdu: bytes, variant: int) -> bytes:
        message = ber.encode(ber.SEQUENCE, b"\x02\x01\x01\x04\x01x" + pdu)
        request = decode_request(message, ("", 0))
        made = response(request, self._agents[variant].rows(request))
        at = ber.read_header(made, 0, len(made))[1] + 3 + 3
        at = ber.read_header(made, at, len(made))[1]
        return made[ber.read_header(made, at, len(made))[2] :]

    def _unlike(self, pdu: bytes, at: int, number: int) -> bytes:
        """Return what a device answers whose rows are numbered from a number of its own on."""
        first = _ROWS_APART * (number - UNLIKE)
        standing, repetitions = _asked(pdu, at)
        binds = []
        for _ in range(repetitions):
            standing = [_next(column, row, first) for column, row in standing]
            for column, row in standing:
                value = self._encoded(number % _VARIANTS, column, row - first)
                binds.append(ber.encode(ber.SEQUENCE, ber.encode_oid((*column, row)) + value))
        return ber.encode_integer(0) * 2 + ber.encode(ber.SEQUENCE, b"".join(binds))

    def _encoded(self, variant: int, column: Oid, row: int) -> bytes:
        key = variant, column, row
        if key not in self._values:
            value = self._agents[variant].objects.get((*column, row), 0)
            encoded = encoder.encode(encodable(v2c, value))
            self._values[key] = encoded
        return self._values[key]

    def _answer_v3(self, data: bytes, device: bytes) -> bytes:
        asked = read_message(data)
        engine_id = b"\x80\x00\x1f\x88\x04" + device
        if asked.security.engine_id != engine_id:
            return _report(asked, engine_id)
        keys = _keys(engine_id)
        assert USER.auth is not None
        assert USER.priv is not None
        assert keys.auth is not None
        assert keys.priv is not None
        said = asked.security
        plain = usm_privacy.decrypt(
            USER.priv, keys.priv, read_encrypted(asked.body),
            boots=said.boots, time_s=said.time_s, salt=asked.salt,
        )  # fmt: skip
        at, end = ber.read_expected(plain, 0, len(plain), ber.SEQUENCE)
        for _ in range(2):
            at = ber.read_header(plain, at, end)[2]
        scoped = encode_scoped_pdu(engine_id, b"", self._pdu(plain[at:end], device))
        salt, body = usm_privacy.encrypt(USER.priv, keys.priv, scoped, boots=_BOOTS, time_s=_TIME_S)
        payload, digest_at = encode_message(
            asked.msg_id,
            AUTHENTICATED | ENCRYPTED,
            Security(engine_id, _BOOTS, _TIME_S, said.user),
            ber.encode(ber.OCTET_STRING, body),
            digest_octets=DIGEST_OCTETS[USER.auth],
            salt=salt,
        )
        return signed(payload, digest_at, USER.auth, keys.auth)


def _next(column: Oid, row: int, first: int) -> tuple[Oid, int]:
    """Return what follows a row of a table whose rows are numbered from `first` on."""
    if column not in COLUMNS or row >= first + ROWS:
        return (*column[:-1], column[-1] + 1), 1  # what is behind it
    return column, max(row, first) + 1


def _asked(pdu: bytes, at: int) -> tuple[list[tuple[Oid, int]], int]:
    """Return (column, row) of each name of a GETBULK, row 0 for a whole column, and how often."""
    end = len(pdu)
    _, at = ber.read_integer(pdu, at, end)
    repetitions, at = ber.read_integer(pdu, at, end)
    names = [name for name, _, _ in ber.read_varbinds(pdu, ber.read_header(pdu, at, end)[1], end)]
    return [(name, 0) if name in COLUMNS else (name[:-1], name[-1]) for name in names], repetitions


@cache
def _keys(engine_id: bytes) -> UserKeys:
    return user_keys(USER, engine_id)


def _report(asked: Incoming, engine_id: bytes) -> bytes:
    bind = ber.encode(
        ber.SEQUENCE, ber.encode_oid(_DISCOVERY_COUNTER) + ber.encode_integer(1, ber.COUNTER32)
    )
    zeros = ber.encode_integer(0) * 3
    report = ber.encode(REPORT, zeros + ber.encode(ber.SEQUENCE, bind))
    scoped = encode_scoped_pdu(engine_id, b"", report)
    return encode_message(asked.msg_id, 0, Security(engine_id, _BOOTS, _TIME_S, b""), scoped)[0]


def serve(opened: socket.socket) -> None:
    """Answer until standard input is closed."""
    fleet = _Fleet()
    poll = select.poll()
    poll.register(opened, select.POLLIN)
    poll.register(0, select.POLLIN | select.POLLHUP)
    while True:
        if any(number == 0 for number, _ in poll.poll()):
            return
        try:
            while True:
                _answer_one(fleet, opened)
        except BlockingIOError:
            continue


def _answer_one(fleet: _Fleet, opened: socket.socket) -> None:
    data, control, _, source = opened.recvmsg(65_535, 64)
    device = control[0][2][8:12]  # struct in_pktinfo: the interface, our address, the asked one
    if device[0] != 127 or device[1] >= 128:
        return
    answer = fleet.answer(data, device)
    information = struct.pack("=i4s4s", 0, device, b"\0" * 4)
    try:
        opened.sendmsg([answer], [(socket.IPPROTO_IP, _PKTINFO, information)], 0, source)
    except BlockingIOError:
        return  # as lost on the way


def _main() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * 1024 * 1024)
        opened.setsockopt(socket.IPPROTO_IP, _PKTINFO, 1)
        opened.bind(("0.0.0.0", 0))
        opened.setblocking(False)
        print(opened.getsockname()[1], flush=True)
        serve(opened)
    os._exit(0)


if __name__ == "__main__":
    _main()
