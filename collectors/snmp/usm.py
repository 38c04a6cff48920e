"""One conversation's SNMPv3 half: who the agent is, what its clock says, what of it is believed.

RFC 3414. An agent is discovered by an empty request (clause 4); what it tells of its clock then is
not authenticated, so it is used for sending and never for judging. A reply is believed when its
message id is ours, its digest is right, its clock does not run back and its security level is the
one that was asked; then only it is decrypted. What is known of an agent ends with the conversation:
two agents that share an engine id never share a clock, and one whose boots were reset is read.
"""

import secrets
import time
from dataclasses import dataclass
from functools import partial

from collectors.snmp import message, usm_privacy
from collectors.snmp.ber import OCTET_STRING, Malformed, encode
from collectors.snmp.familiar import Question
from collectors.snmp.message import Response
from collectors.snmp.transport import Address, NoAnswer, NotOurs, Transport
from collectors.snmp.usm_keys import UserKeys, user_keys
from collectors.snmp.usm_message import (
    AUTHENTICATED,
    DIGEST_OCTETS,
    ENCRYPTED,
    REPORT,
    REPORTABLE,
    Incoming,
    ScopedPdu,
    Security,
    encode_message,
    encode_scoped_pdu,
    is_authentic,
    read_encrypted,
    read_message,
    read_scoped_pdu,
    signed,
)
from collectors.snmp.usm_reports import (
    DECRYPTION_ERRORS,
    NOT_IN_TIME_WINDOWS,
    counter_of,
    report_error,
)
from collectors.target import SnmpTarget, SnmpV3
from inventory.errors import Refused

_WINDOW_S = 150  # RFC 3414 clause 3.2.7
_BOOTS_RUN_OUT = 2**31 - 1  # RFC 3414 clause 2.2.2: such an agent must be given a new engine id
_ENGINE_ID_OCTETS = 32  # SNMP-FRAMEWORK-MIB SnmpEngineID; agents with fewer than its 5 exist


@dataclass(frozen=True, slots=True)
class _Clock:
    """The agent's snmpEngineBoots, and its snmpEngineTime when it was `heard_s` here."""

    boots: int
    time_s: int
    heard_s: float

    def now_s(self) -> int:
        """Return its snmpEngineTime now."""
        return min(self.time_s + int(time.monotonic() - self.heard_s), _BOOTS_RUN_OUT)


@dataclass(frozen=True, slots=True)
class _Engine:
    """An agent that was discovered, and our user's keys there."""

    id: bytes
    keys: UserKeys


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a reply is held against; `level` is the security level's flags."""

    msg_id: int
    request_id: int
    level: int
    question: Question | None = None


class UsmSession:
    """What is known of one agent under SNMPv3 while it is read."""

    def __init__(
        self, transport: Transport, target: SnmpTarget, user: SnmpV3, address: Address
    ) -> None:
        self._transport = transport
        self._target = target
        self._user = user
        self._address = address
        self._engine: _Engine | None = None
        self._told: _Clock | None = None  # at discovery, by whomever
        self._proven: _Clock | None = None  # in an authenticated message
        self._answered = False
        self._context = user.context.encode()
        self._level = (AUTHENTICATED if user.auth else 0) | (ENCRYPTED if user.priv else 0)

    async def exchange(
        self, pdu: bytes, request_id: int, question: Question | None = None
    ) -> Response:
        """Send an encoded PDU and return the agent's response.

        Raises Refused when the agent reports that it does not accept us, Garbled for any other
        report, NoAnswer as the transport does. A report that our clock is wrong is answered by one
        more try with the time that it tells.
        """
        engine = self._engine or await self._discover()
        try:
            reply = await self._send(engine, pdu, request_id, self._level, question)
            if _reports(reply) == NOT_IN_TIME_WINDOWS:
                reply = await self._send(engine, pdu, request_id, self._level, question)
        except NoAnswer as silence:
            if not silence.garbled:
                await self._check_privacy(engine)
            raise
        if reply.pdu_type == REPORT:
            raise report_error(counter_of(reply.response), self._user, where=str(self._target))
        return reply.response

    async def _discover(self) -> _Engine:
        msg_id = secrets.randbits(31)
        nobody = Security(b"", 0, 0, b"")
        pdu = message.encode_pdu(message.GET, secrets.randbits(31), ())
        payload, _ = encode_message(msg_id, REPORTABLE, nobody, encode_scoped_pdu(b"", b"", pdu))
        told = await self._transport.exchange(
            self._address,
            payload,
            partial(_read_discovery, msg_id),
            timeout_s=self._target.timeout_s,
            retries=self._target.retries,
        )
        try:
            keys = user_keys(self._user, told.engine_id)
        except ValueError as error:
            raise Refused(str(error), where=str(self._target)) from error
        self._told = _Clock(told.boots, told.time_s, time.monotonic())
        self._engine = _Engine(told.engine_id, keys)
        return self._engine

    async def _check_privacy(self, engine: _Engine) -> None:
        """Raise Refused when the agent answers us, but nothing that we encrypt.

        Agents say nothing to what they cannot decrypt, which looks as if they were gone. So an
        empty request is sent that is only authenticated; it gives nothing away.
        """
        if self._user.priv is None or self._answered:
            return
        request_id = secrets.randbits(31)
        pdu = message.encode_pdu(message.GET, request_id, ())
        try:
            reply = await self._send(engine, pdu, request_id, AUTHENTICATED)
        except NoAnswer:
            return
        counter = _reports(reply)
        known = DECRYPTION_ERRORS if counter in (None, NOT_IN_TIME_WINDOWS) else counter
        raise report_error(known, self._user, where=str(self._target))

    async def _send(
        self,
        engine: _Engine,
        pdu: bytes,
        request_id: int,
        level: int,
        question: Question | None = None,
    ) -> ScopedPdu:
        msg_id = secrets.randbits(31)
        return await self._transport.exchange(
            self._address,
            self._encode(engine, msg_id, pdu, level),
            partial(self._read, engine, _Asked(msg_id, request_id, level, question)),
            timeout_s=self._target.timeout_s,
            retries=self._target.retries,
        )

    def _encode(self, engine: _Engine, msg_id: int, pdu: bytes, level: int) -> bytes:
        user, keys = self._user, engine.keys
        clock = self._proven or self._told
        boots, time_s = (clock.boots, clock.now_s()) if clock and user.auth else (0, 0)
        body, salt = encode_scoped_pdu(engine.id, self._context, pdu), b""
        if level & ENCRYPTED and user.priv is not None and keys.priv is not None:
            salt, encrypted = usm_privacy.encrypt(
                user.priv, keys.priv, body, boots=boots, time_s=time_s
            )
            body = encode(OCTET_STRING, encrypted)
        security = Security(engine.id, boots, time_s, user.user.encode())
        payload, digest_at = encode_message(
            msg_id,
            level | REPORTABLE,
            security,
            body,
            digest_octets=DIGEST_OCTETS[user.auth] if user.auth else 0,
            salt=salt,
        )
        if user.auth is not None and keys.auth is not None:
            return signed(payload, digest_at, user.auth, keys.auth)
        return payload

    def _read(self, engine: _Engine, asked: _Asked, data: bytes) -> ScopedPdu:
        """Return what a datagram says, once it is believed; raises Malformed and NotOurs."""
        incoming = read_message(data)
        if incoming.msg_id != asked.msg_id:
            raise NotOurs("with a message id that was not asked")
        if incoming.security.engine_id != engine.id:
            raise NotOurs("as another engine than the one that was discovered")
        clock = self._verify(engine, incoming) if incoming.flags & AUTHENTICATED else None
        scoped = self._open(engine, incoming, asked.question)
        self._check(engine, incoming, scoped, asked)
        self._proven = clock or self._proven
        return scoped

    def _verify(self, engine: _Engine, incoming: Incoming) -> _Clock:
        """Return the clock that an authenticated message proves (RFC 3414 clause 3.2)."""
        user, said = self._user, incoming.security
        if user.auth is None or engine.keys.auth is None:
            raise NotOurs("with an authentication that was not asked")
        if said.user != user.user.encode():
            raise NotOurs("in the name of another user")
        if not is_authentic(incoming, user.auth, engine.keys.auth):
            raise NotOurs("with a digest that our passphrase does not make")
        if said.boots == _BOOTS_RUN_OUT:
            raise NotOurs("that its count of boots has run out: it needs a new engine id")
        known = self._proven
        heard = _Clock(said.boots, said.time_s, time.monotonic())
        if known is None or said.boots > known.boots:
            return heard
        if said.boots < known.boots or said.time_s < known.now_s() - _WINDOW_S:
            raise NotOurs("with a clock that runs back: an old reply, sent again")
        return heard if said.time_s > known.time_s else known

    def _open(self, engine: _Engine, incoming: Incoming, question: Question | None) -> ScopedPdu:
        if not incoming.flags & ENCRYPTED:
            return read_scoped_pdu(incoming.body, padded=False, question=question)
        user, said = self._user, incoming.security
        if user.priv is None or engine.keys.priv is None:
            raise NotOurs("with an encryption that was not asked")
        plain = usm_privacy.decrypt(
            user.priv,
            engine.keys.priv,
            read_encrypted(incoming.body),
            boots=said.boots,
            time_s=said.time_s,
            salt=incoming.salt,
        )
        try:
            return read_scoped_pdu(plain, padded=True, question=question)
        except Malformed as error:
            raise NotOurs("what our privacy passphrase does not decrypt") from error

    def _check(self, engine: _Engine, incoming: Incoming, scoped: ScopedPdu, asked: _Asked) -> None:
        level = incoming.flags & (AUTHENTICATED | ENCRYPTED)
        if scoped.pdu_type == REPORT:
            # RFC 3414 clause 3.2: all but this one come from agents that cannot authenticate to us.
            if _reports(scoped) == NOT_IN_TIME_WINDOWS and not level & AUTHENTICATED:
                raise NotOurs("that our clock is wrong, and did not prove who says so")
            return
        # RFC 3412 clause 7.2.10.
        if level != asked.level:
            raise NotOurs("with another security level than was asked")
        if (scoped.engine_id, scoped.context) != (engine.id, self._context):
            raise NotOurs("for another context than was asked")
        if scoped.response.request_id != asked.request_id:
            raise NotOurs("with a request id that was not asked")
        self._answered = True


def _reports(scoped: ScopedPdu) -> tuple[int, ...] | None:
    """Return the counter that a report names, None for a response."""
    return counter_of(scoped.response) if scoped.pdu_type == REPORT else None


def _read_discovery(msg_id: int, data: bytes) -> Security:
    """Return what an agent tells of itself to whom it does not know; raises Malformed, NotOurs."""
    incoming = read_message(data)
    if incoming.msg_id != msg_id:
        raise NotOurs("with a message id that was not asked")
    if incoming.flags & AUTHENTICATED:
        raise NotOurs("with an authentication that was not asked")
    if read_scoped_pdu(incoming.body, padded=False).pdu_type != REPORT:
        raise NotOurs("what is no report")
    if not 1 <= len(incoming.security.engine_id) <= _ENGINE_ID_OCTETS:
        raise NotOurs("with an engine id that is empty or longer than 32 octets")
    return incoming.security
