"""SNMPv3 notifications: who sent one, and whether it is believed (RFC 3414 clause 3.2).

The engine that a message names decides whose clock counts. A trap's is its sender's: what it proved
of its clock is remembered, and what runs back is an old message that somebody sends again. An
inform's is ours: its sender is told our engine id, boots and time by reports, and must be right.

A report says which of our counters went up, our engine id and our clock, and nothing else.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from collectors.snmp import ber, usm_privacy
from collectors.snmp.ber import OCTET_STRING, Malformed
from collectors.snmp.usm_keys import UserKeys, user_keys
from collectors.snmp.usm_message import (
    AUTHENTICATED,
    DIGEST_OCTETS,
    ENCRYPTED,
    REPORT,
    REPORTABLE,
    Incoming,
    Security,
    encode_message,
    encode_scoped_pdu,
    is_authentic,
    read_encrypted,
    read_message,
    signed,
)
from collectors.snmp.usm_reports import (
    DECRYPTION_ERRORS,
    NOT_IN_TIME_WINDOWS,
    UNKNOWN_ENGINE_IDS,
    UNKNOWN_USER_NAMES,
    UNSUPPORTED_SEC_LEVELS,
    WRONG_DIGESTS,
)
from collectors.target import SnmpV3
from collectors.traps.engines import EngineClocks
from collectors.traps.outcome import Drop, Dropped
from inventory.vendors.mib import Oid

WINDOW_S = 150  # RFC 3414 clause 3.2, step 7
_LATEST = 2**31 - 1  # of snmpEngineBoots and snmpEngineTime


@dataclass(frozen=True, slots=True)
class OwnEngine:
    """Our own engine: its id, its boots, and the monotonic time at which it began."""

    id: bytes
    boots: int
    begun_s: float = field(default_factory=time.monotonic)

    def time_s(self) -> int:
        """Return our snmpEngineTime."""
        return min(int(time.monotonic() - self.begun_s), _LATEST)


@dataclass(frozen=True, slots=True)
class Opened:
    """A message that is believed: its PDU, and what an answer to it needs."""

    incoming: Incoming
    user: SnmpV3
    keys: UserKeys = field(repr=False)
    context_engine: bytes
    context: bytes
    pdu: bytes = field(repr=False)

    @property
    def engine_id(self) -> bytes:
        """The engine that the message names as the authoritative one."""
        return self.incoming.security.engine_id


class NotificationUsm:
    """Opens SNMPv3 notifications, and answers informs."""

    def __init__(self, own: OwnEngine, clocks: EngineClocks) -> None:
        self.own = own
        self._clocks = clocks
        self._reports = 0

    def open(self, data: bytes, zone_id: int, users: Iterable[SnmpV3]) -> Opened:
        """Return what `data` holds, once it is believed to come from one of `users`.

        Raises Malformed for what is no SNMPv3 message and Dropped for one that is not believed,
        with the report that its sender waits for.
        """
        incoming = read_message(data)
        said = incoming.security
        ours = said.engine_id == self.own.id
        if not ours and incoming.flags & REPORTABLE:
            # It waits for an answer, so the engine must be its receiver's: discovery (clause 4).
            raise self._dropped(Drop.UNKNOWN_USER, incoming, UNKNOWN_ENGINE_IDS)
        named = [user for user in users if user.user.encode() == said.user]
        if not named:
            raise self._dropped(Drop.UNKNOWN_USER, incoming, UNKNOWN_USER_NAMES)
        user, keys = self._authenticated(incoming, named)
        if user.auth is not None:
            self._check_time(incoming, zone_id, user, keys, ours=ours)
        context_engine, context, pdu = self._scoped(incoming, user, keys)
        return Opened(incoming, user, keys, context_engine, context, pdu)

    def answer(self, opened: Opened, response: bytes) -> bytes:
        """Return the message that acknowledges an inform, as secure as it was itself."""
        level = opened.incoming.flags & (AUTHENTICATED | ENCRYPTED)
        body = encode_scoped_pdu(opened.context_engine, opened.context, response)
        return self._encode(opened.incoming, level, body, opened.user, opened.keys)

    def _authenticated(
        self, incoming: Incoming, users: Sequence[SnmpV3]
    ) -> tuple[SnmpV3, UserKeys]:
        """Return the one of `users` whose key made the digest (clause 3.2, steps 5 and 6)."""
        if not incoming.flags & AUTHENTICATED:
            for user in users:
                if user.auth is None:
                    return user, UserKeys(None, None)
            raise self._dropped(Drop.NOT_SECURE_ENOUGH, incoming, UNSUPPORTED_SEC_LEVELS)
        able = [user for user in users if user.auth is not None]
        if incoming.flags & ENCRYPTED:
            able = [user for user in able if user.priv is not None]
        if not able:
            raise self._dropped(Drop.NOT_SECURE_ENOUGH, incoming, UNSUPPORTED_SEC_LEVELS)
        for user in able:
            try:
                keys = user_keys(user, incoming.security.engine_id)
            except ValueError:  # an empty passphrase
                continue
            if user.auth and keys.auth and is_authentic(incoming, user.auth, keys.auth):
                return user, keys
        raise self._dropped(Drop.WRONG_KEY, incoming, WRONG_DIGESTS)

    def _check_time(
        self, incoming: Incoming, zone_id: int, user: SnmpV3, keys: UserKeys, *, ours: bool
    ) -> None:
        said = incoming.security
        if ours:
            late_s = abs(said.time_s - self.own.time_s())
            if said.boots == self.own.boots != _LATEST and late_s <= WINDOW_S:
                return
            # The one report that is authenticated: its sender takes our clock from it.
            report = self._report(incoming, NOT_IN_TIME_WINDOWS, user, keys)
            raise Dropped(Drop.OUTSIDE_TIME_WINDOW, report)
        if not self._clocks.is_timely(zone_id, said.engine_id, said.boots, said.time_s):
            raise Dropped(Drop.OUTSIDE_TIME_WINDOW)

    def _scoped(
        self, incoming: Incoming, user: SnmpV3, keys: UserKeys
    ) -> tuple[bytes, bytes, bytes]:
        """Return (contextEngineID, contextName, the PDU), decrypted where it was encrypted."""
        if not incoming.flags & ENCRYPTED:
            return _read_scoped(incoming.body, padded=False)
        said = incoming.security
        if user.priv is None or keys.priv is None:
            raise self._dropped(Drop.NOT_SECURE_ENOUGH, incoming, UNSUPPORTED_SEC_LEVELS)
        try:
            plain = usm_privacy.decrypt(
                user.priv,
                keys.priv,
                read_encrypted(incoming.body),
                boots=said.boots,
                time_s=said.time_s,
                salt=incoming.salt,
            )
            return _read_scoped(plain, padded=True)
        except Malformed as error:
            raise self._dropped(Drop.WRONG_KEY, incoming, DECRYPTION_ERRORS) from error

    def _dropped(self, why: Drop, incoming: Incoming, counter: Oid) -> Dropped:
        return Dropped(why, self._report(incoming, counter))

    def _report(
        self,
        incoming: Incoming,
        counter: Oid,
        user: SnmpV3 | None = None,
        keys: UserKeys | None = None,
    ) -> bytes | None:
        """Return the report for a message whose sender waits for one, None for any other.

        It is authenticated only where `user` proved to be that user (clause 3.2, step 7a).
        """
        if not incoming.flags & REPORTABLE:
            return None
        self._reports = min(self._reports + 1, _LATEST)
        count = ber.encode_integer(self._reports, ber.COUNTER32)
        binding = ber.encode(ber.SEQUENCE, ber.encode_oid(counter) + count)
        # The request id of what was asked is not known: it may be encrypted (RFC 3412, 7.1.3).
        head = b"".join(ber.encode_integer(0) for _ in range(3))
        pdu = ber.encode(REPORT, head + ber.encode(ber.SEQUENCE, binding))
        body = encode_scoped_pdu(self.own.id, b"", pdu)
        level = AUTHENTICATED if user is not None and keys is not None else 0
        return self._encode(incoming, level, body, user, keys)

    def _encode(
        self,
        incoming: Incoming,
        level: int,
        body: bytes,
        user: SnmpV3 | None,
        keys: UserKeys | None,
    ) -> bytes:
        boots, time_s = self.own.boots, self.own.time_s()
        security = Security(self.own.id, boots, time_s, incoming.security.user)
        salt = b""
        if level & ENCRYPTED and user and user.priv and keys and keys.priv:
            salt, encrypted = usm_privacy.encrypt(
                user.priv, keys.priv, body, boots=boots, time_s=time_s
            )
            body = ber.encode(OCTET_STRING, encrypted)
        auth = user.auth if level & AUTHENTICATED and user else None
        message, digest_at = encode_message(
            incoming.msg_id,
            level,
            security,
            body,
            digest_octets=DIGEST_OCTETS[auth] if auth else 0,
            salt=salt,
        )
        if auth is None or keys is None or keys.auth is None:
            return message
        return signed(message, digest_at, auth, keys.auth)


def _read_scoped(plain: bytes, *, padded: bool) -> tuple[bytes, bytes, bytes]:
    at, end = ber.read_expected(plain, 0, len(plain), ber.SEQUENCE)
    if end != len(plain) and not padded:
        raise Malformed("something follows the scoped PDU")
    parts = []
    for _ in ("contextEngineID", "contextName"):
        at, stop = ber.read_expected(plain, at, end, OCTET_STRING)
        parts.append(plain[at:stop])
        at = stop
    return parts[0], parts[1], plain[at:end]
