"""SNMP v1 and v2c messages (RFC 3416 clause 3, RFC 1157 clause 4, RFC 1901 clause 3).

A request is encoded, a response decoded; the version's number tells which. SNMPv3 (RFC 3412) wraps
the same PDU in another message: `encode_pdu` and `decode_pdu` are its seam (see `usm_message`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from collectors.snmp import ber
from collectors.snmp.ber import Malformed, VarBind
from collectors.snmp.familiar import Known, Question
from inventory.vendors.mib import Oid

V1, V2C = 0, 1
GET, GET_NEXT, RESPONSE, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5

NO_ERROR, TOO_BIG, NO_SUCH_NAME, GEN_ERR = 0, 1, 2, 5
_NO_ERRORS = b"\x02\x01\x00\x02\x01\x00"
ERROR_WORDS = {
    1: "tooBig", 2: "noSuchName", 3: "badValue", 4: "readOnly", 5: "genErr", 6: "noAccess",
    13: "resourceUnavailable", 16: "authorizationError",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Response:
    """What an agent answered. `error_index` counts from 1; 0 points at no variable binding.

    An answer that its question knows stands in `known`, and `varbinds` is then empty. `octets` is
    the size of its variable bindings.
    """

    request_id: int
    error_status: int
    error_index: int
    varbinds: list[VarBind]
    known: Known | None = None
    octets: int = 0

    @property
    def bindings(self) -> int:
        """How many variable bindings it has."""
        return len(self.varbinds) if self.known is None else len(self.known.values)

    @property
    def error_word(self) -> str:
        """The error as RFC 3416 spells it."""
        return ERROR_WORDS.get(self.error_status, f"error {self.error_status}")


def encode_request(
    version: int,
    community: bytes,
    pdu_type: int,
    request_id: int,
    names: Sequence[Oid],
    *,
    max_repetitions: int = 0,
) -> bytes:
    """Return a GET, GETNEXT or GETBULK; with GETBULK every name repeats `max_repetitions` times."""
    pdu = encode_pdu(pdu_type, request_id, names, max_repetitions=max_repetitions)
    return encode_message(version, community, pdu)


def encode_message(version: int, community: bytes, pdu: bytes) -> bytes:
    """Return the v1 or v2c message around an encoded PDU."""
    return complete_message(encode_head(version, community), pdu)


def complete_message(head: bytes, pdu: bytes) -> bytes:
    """Return the v1 or v2c message of its head and its PDU."""
    return ber.encode(ber.SEQUENCE, head + pdu)


def encode_head(version: int, community: bytes) -> bytes:
    """Return what stands in a v1 or v2c message before its PDU."""
    return ber.encode_integer(version) + ber.encode(ber.OCTET_STRING, community)


def encode_pdu(
    pdu_type: int, request_id: int, names: Sequence[Oid], *, max_repetitions: int = 0
) -> bytes:
    """Return the PDU alone. GETBULK's non-repeaters are 0, other PDUs' error fields are 0."""
    tail = encode_tail(pdu_type, names, max_repetitions=max_repetitions)
    return complete_pdu(pdu_type, request_id, tail)


def complete_pdu(pdu_type: int, request_id: int, tail: bytes) -> bytes:
    """Return the PDU with its request id before an encoded tail."""
    return ber.encode(pdu_type, ber.encode_integer(request_id) + tail)


def encode_tail(pdu_type: int, names: Sequence[Oid], *, max_repetitions: int = 0) -> bytes:
    """Return what stands in a PDU behind its request id."""
    varbinds = b"".join(
        ber.encode(ber.SEQUENCE, ber.encode_oid(name) + b"\x05\x00") for name in names
    )
    return (
        ber.encode_integer(0)
        + ber.encode_integer(max_repetitions if pdu_type == GET_BULK else 0)
        + ber.encode(ber.SEQUENCE, varbinds)
    )


def decode_response(data: bytes, question: Question | None = None) -> Response:
    """Return the response that fills `data`; raises Malformed for anything else."""
    at, end = ber.read_expected(data, 0, len(data), ber.SEQUENCE)
    if end != len(data):
        raise Malformed("something follows the message")
    version, at = ber.read_integer(data, at, end)
    if version not in (V1, V2C):
        raise Malformed(f"the message is of version {version}, which was not asked")
    _, pdu_at = ber.read_expected(data, at, end, ber.OCTET_STRING)
    return decode_pdu(data, pdu_at, end, question=question)


def decode_pdu(
    data: bytes, at: int, end: int, pdu_type: int = RESPONSE, question: Question | None = None
) -> Response:
    """Return the PDU that fills `data[at:end]`; raises Malformed for one of another type.

    With `question` its answer is looked for among those that are known.
    """
    at, stop = ber.read_expected(data, at, end, pdu_type)
    if stop != end:
        raise Malformed("something follows the PDU")
    request_id, at = ber.read_integer(data, at, end)
    if data[at : at + 6] == _NO_ERRORS:
        error_status, error_index, at = NO_ERROR, 0, at + 6
    else:
        error_status, at = ber.read_integer(data, at, end)
        error_index, at = ber.read_integer(data, at, end)
    at, stop = ber.read_expected(data, at, end, ber.SEQUENCE)
    if stop != end:
        raise Malformed("something follows the variable bindings")
    if question is not None and error_status == NO_ERROR:
        known = question.recognise(data, at, end)
        if known is not None:
            return Response(request_id, error_status, error_index, [], known, end - at)
    varbinds = ber.read_varbinds(data, at, end, question.roots if question else None)
    return Response(request_id, error_status, error_index, varbinds, None, end - at)
