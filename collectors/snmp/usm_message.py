"""The SNMPv3 message (RFC 3412 clause 6) with the User-based Security Model's part in it.

What comes in is taken apart here and nothing of it is believed yet: `usm` verifies it. Decoding is
total, as the codec's is: any bytes give a value or `Malformed`.
"""

import hmac
from dataclasses import dataclass

from collectors.snmp import ber
from collectors.snmp.ber import Malformed
from collectors.snmp.familiar import Question
from collectors.snmp.message import RESPONSE, Response, decode_pdu
from collectors.snmp.usm_keys import HASHES
from inventory.usm import AuthProtocol

V3 = 3
REPORT = 0xA8
AUTHENTICATED, ENCRYPTED, REPORTABLE = 0x01, 0x02, 0x04
_USM = 3
_LARGEST_MESSAGE = 65_507  # what one UDP datagram holds over IPv4
_VERSION, _LARGEST, _MODEL = map(ber.encode_integer, (V3, _LARGEST_MESSAGE, _USM))
_LATEST = 2**31 - 1  # of snmpEngineBoots and snmpEngineTime

# How much of the HMAC is sent (RFC 3414 clauses 6 and 7, RFC 7860 clause 4.1).
DIGEST_OCTETS = {
    AuthProtocol.MD5: 12,
    AuthProtocol.SHA1: 12,
    AuthProtocol.SHA224: 16,
    AuthProtocol.SHA256: 24,
    AuthProtocol.SHA384: 32,
    AuthProtocol.SHA512: 48,
}


@dataclass(frozen=True, slots=True)
class Security:
    """What the message says of its agent's engine and clock, and of the user."""

    engine_id: bytes
    boots: int
    time_s: int
    user: bytes


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that was taken apart and not yet verified. `body` is what follows its security.

    `digest_at` is where its digest begins in `data`.
    """

    data: bytes
    msg_id: int
    flags: int
    security: Security
    digest_at: int
    digest: bytes
    salt: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class ScopedPdu:
    """A PDU of type RESPONSE or REPORT with its context (RFC 3412 clause 6.8)."""

    engine_id: bytes
    context: bytes
    pdu_type: int
    response: Response


def encode_message(
    msg_id: int,
    flags: int,
    security: Security,
    body: bytes,
    *,
    digest_octets: int = 0,
    salt: bytes = b"",
) -> tuple[bytes, int]:
    """Return the message with a digest of zeros, and where that digest begins.

    `body` is encoded already: a scoped PDU, or an OCTET STRING of an encrypted one.
    """
    head = ber.encode(
        ber.SEQUENCE,
        ber.encode_integer(msg_id) + _LARGEST + b"\x04\x01" + bytes((flags,)) + _MODEL,
    )
    after = ber.encode(ber.OCTET_STRING, salt)
    parameters = ber.encode(
        ber.SEQUENCE,
        ber.encode(ber.OCTET_STRING, security.engine_id)
        + ber.encode_integer(security.boots)
        + ber.encode_integer(security.time_s)
        + ber.encode(ber.OCTET_STRING, security.user)
        + ber.encode(ber.OCTET_STRING, bytes(digest_octets))
        + after,
    )
    content = head + ber.encode(ber.OCTET_STRING, parameters) + body
    message = ber.encode(ber.SEQUENCE, _VERSION + content)
    return message, len(message) - len(body) - len(after) - digest_octets


def encode_scoped_pdu(engine_id: bytes, context: bytes, pdu: bytes) -> bytes:
    """Return a PDU with the engine and context that it is for."""
    head = ber.encode(ber.OCTET_STRING, engine_id) + ber.encode(ber.OCTET_STRING, context)
    return ber.encode(ber.SEQUENCE, head + pdu)


def signed(message: bytes, digest_at: int, auth: AuthProtocol, key: bytes) -> bytes:
    """Return `message`, whose digest is zeros until now, with its digest."""
    octets = DIGEST_OCTETS[auth]
    digest = hmac.digest(key, message, HASHES[auth])[:octets]
    return message[:digest_at] + digest + message[digest_at + octets :]


def is_authentic(incoming: Incoming, auth: AuthProtocol, key: bytes) -> bool:
    """Tell whether the digest is the one that only the key's owner can make, in constant time."""
    octets, at, data = DIGEST_OCTETS[auth], incoming.digest_at, incoming.data
    if len(incoming.digest) != octets:
        return False
    blank = data[:at] + bytes(octets) + data[at + octets :]
    expected = hmac.digest(key, blank, HASHES[auth])[:octets]
    return hmac.compare_digest(expected, incoming.digest)


def read_message(data: bytes) -> Incoming:
    """Return the parts of the message that fills `data`; raises Malformed for anything else."""
    at, end = ber.read_expected(data, 0, len(data), ber.SEQUENCE)
    if end != len(data):
        raise Malformed("something follows the message")
    version, at = ber.read_integer(data, at, end)
    if version != V3:
        raise Malformed(f"the message has the version number {version}, and SNMPv3 was asked")
    msg_id, flags, at = _read_head(data, at, end)
    at, body_at = ber.read_expected(data, at, end, ber.OCTET_STRING)
    at, stop = ber.read_expected(data, at, body_at, ber.SEQUENCE)
    if stop != body_at:
        raise Malformed("something follows the security parameters")
    engine_id, at = _read_octets(data, at, stop)
    boots, at = ber.read_integer(data, at, stop)
    time_s, at = ber.read_integer(data, at, stop)
    if not (0 <= boots <= _LATEST and 0 <= time_s <= _LATEST):
        raise Malformed("the engine's boots or time is out of range")
    user, at = _read_octets(data, at, stop)
    digest, at = _read_octets(data, at, stop)
    digest_at = at - len(digest)
    salt, at = _read_octets(data, at, stop)
    if at != stop:
        raise Malformed("something follows the privacy parameters")
    security = Security(engine_id, boots, time_s, user)
    return Incoming(data, msg_id, flags, security, digest_at, digest, salt, data[body_at:])


def _read_head(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return (msgID, msgFlags, where the security parameters begin)."""
    at, stop = ber.read_expected(data, at, end, ber.SEQUENCE)
    msg_id, at = ber.read_integer(data, at, stop)
    _, at = ber.read_integer(data, at, stop)
    flags, at = _read_octets(data, at, stop)
    model, at = ber.read_integer(data, at, stop)
    if at != stop or len(flags) != 1:
        raise Malformed("the message's header is not one of SNMPv3")
    if model != _USM:
        raise Malformed(f"the message is of the security model {model}, which was not asked")
    if flags[0] & ENCRYPTED and not flags[0] & AUTHENTICATED:
        raise Malformed("the message is encrypted and not authenticated")
    return msg_id, flags[0], stop


def read_encrypted(body: bytes) -> bytes:
    """Return the ciphertext that a message's body holds; raises Malformed."""
    encrypted, end = _read_octets(body, 0, len(body))
    if end != len(body):
        raise Malformed("something follows the encrypted part")
    return encrypted


def read_scoped_pdu(plain: bytes, *, padded: bool, question: Question | None = None) -> ScopedPdu:
    """Return the scoped PDU in `plain`, a response or a report; raises Malformed.

    With `padded`, what follows it is a cipher's padding.
    """
    at, end = ber.read_expected(plain, 0, len(plain), ber.SEQUENCE)
    if end != len(plain) and not padded:
        raise Malformed("something follows the scoped PDU")
    engine_id, at = _read_octets(plain, at, end)
    context, at = _read_octets(plain, at, end)
    pdu_type = plain[at] if at < end else 0
    if pdu_type not in (RESPONSE, REPORT):
        raise Malformed("the PDU is neither a response nor a report")
    return ScopedPdu(engine_id, context, pdu_type, decode_pdu(plain, at, end, pdu_type, question))


def _read_octets(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    begin, stop = ber.read_expected(data, at, end, ber.OCTET_STRING)
    return data[begin:stop], stop
