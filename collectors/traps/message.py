"""SNMPv1, v2c and v3 notifications as values (RFC 1157, RFC 3416; v1 translated as RFC 3584 says).

Decoding is total, as the codec's is: any bytes give a value or `Malformed`.
"""

from dataclasses import dataclass, field

from collectors.snmp import ber
from collectors.snmp.ber import Malformed, VarBind
from collectors.snmp.message import RESPONSE, V1, V2C, encode_head
from inventory.vendors.mib import MibView, Oid

V1_TRAP, INFORM, TRAP = 0xA4, 0xA6, 0xA7
_VERSIONED = ((V1, V1_TRAP), (V2C, INFORM), (V2C, TRAP))

_TRAP_OID: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)  # SNMPv2-MIB snmpTrapOID.0
_TRAP_ADDRESS: Oid = (1, 3, 6, 1, 6, 3, 18, 1, 3, 0)  # SNMP-COMMUNITY-MIB snmpTrapAddress.0
_SNMP_TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)
_ENTERPRISE_SPECIFIC = 6
_NO_ADDRESS = bytes(4)


@dataclass(frozen=True, slots=True)
class CommunityMessage:
    """A v1 or v2c message whose community was not judged yet; `pdu` is not taken apart."""

    version: int
    community: bytes = field(repr=False)
    pdu: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification. `agent` is the address that it tells of its sender, behind a proxy perhaps.

    An inform is answered with `response`, its own bindings in a Response-PDU.
    """

    trap: Oid
    objects: MibView
    request_id: int = 0
    agent: str | None = None
    response: bytes | None = field(default=None, repr=False)

    @property
    def is_inform(self) -> bool:
        """Whether its sender waits for an answer."""
        return self.response is not None


def version_of(data: bytes) -> int:
    """Return the version number of a message, without looking further; raises Malformed."""
    at, end = ber.read_expected(data, 0, len(data), ber.SEQUENCE)
    return ber.read_integer(data, at, end)[0]


def read_community_message(data: bytes) -> CommunityMessage:
    """Return the parts of the v1 or v2c message that fills `data`; raises Malformed."""
    at, end = ber.read_expected(data, 0, len(data), ber.SEQUENCE)
    if end != len(data):
        raise Malformed("something follows the message")
    version, at = ber.read_integer(data, at, end)
    at, stop = ber.read_expected(data, at, end, ber.OCTET_STRING)
    pdu = data[stop:end]
    if not pdu or (version, pdu[0]) not in _VERSIONED:
        raise Malformed("the message holds no notification")
    return CommunityMessage(version, data[at:stop], pdu)


def encode_response(message: CommunityMessage, response: bytes) -> bytes:
    """Return the message that acknowledges a v2c inform."""
    return ber.encode(ber.SEQUENCE, encode_head(message.version, message.community) + response)


def read_pdu(pdu: bytes) -> Notice:
    """Return the notification in a Trap-PDU, SNMPv2-Trap-PDU or InformRequest-PDU.

    Raises Malformed, also for a notification that does not say which it is.
    """
    if pdu[:1] == bytes((V1_TRAP,)):
        return _read_v1_trap(pdu)
    kind, at, end = ber.read_header(pdu, 0, len(pdu))
    if kind not in (TRAP, INFORM) or end != len(pdu):
        raise Malformed("the PDU is no notification")
    body = pdu[at:end]
    request_id, at = ber.read_integer(pdu, at, end)
    for _ in ("error-status", "error-index"):
        _, at = ber.read_integer(pdu, at, end)
    values = _values(_read_bindings(pdu, at, end))
    trap = values.get(_TRAP_OID)
    if not isinstance(trap, tuple):
        raise Malformed("the notification does not say which it is")
    return Notice(
        trap,
        MibView(values),
        request_id,
        _ipv4(values.get(_TRAP_ADDRESS)),
        ber.encode(RESPONSE, body) if kind == INFORM else None,
    )


def _read_v1_trap(pdu: bytes) -> Notice:
    """Return a v1 trap as a v2 one (RFC 3584 clause 3.1)."""
    at, end = ber.read_expected(pdu, 0, len(pdu), V1_TRAP)
    if end != len(pdu):
        raise Malformed("something follows the PDU")
    begin, at = ber.read_expected(pdu, at, end, ber.OBJECT_ID)
    enterprise = ber.decode_oid(pdu[begin:at])
    begin, at = ber.read_expected(pdu, at, end, ber.IP_ADDRESS)
    agent = pdu[begin:at]
    generic, at = ber.read_integer(pdu, at, end)
    specific, at = ber.read_integer(pdu, at, end)
    _, at = ber.read_expected(pdu, at, end, ber.TIME_TICKS)
    if not 0 <= generic <= _ENTERPRISE_SPECIFIC:
        raise Malformed("the trap is of a generic kind that does not exist")
    if generic == _ENTERPRISE_SPECIFIC:
        if specific < 0:
            raise Malformed("the trap's specific number is negative")
        trap = (*enterprise, 0, specific)
    else:
        trap = (*_SNMP_TRAPS, generic + 1)
    values = _values(_read_bindings(pdu, at, end))
    told = values.get(_TRAP_ADDRESS)
    return Notice(trap, MibView(values), agent=_ipv4(told) or _ipv4(agent))


def _read_bindings(pdu: bytes, at: int, end: int) -> list[VarBind]:
    at, stop = ber.read_expected(pdu, at, end, ber.SEQUENCE)
    if stop != end:
        raise Malformed("something follows the variable bindings")
    return ber.read_varbinds(pdu, at, end)


def _values(bindings: list[VarBind]) -> dict[Oid, int | bytes | Oid]:
    return {name: value for name, _, value in bindings if value is not None}


def _ipv4(value: object) -> str | None:
    if not isinstance(value, bytes) or len(value) != len(_NO_ADDRESS) or value == _NO_ADDRESS:
        return None
    return ".".join(map(str, value))
