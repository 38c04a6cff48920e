"""An SNMP v1 and v2c agent over UDP; the BER is pysnmp's and pyasn1's, never the product's.

RFC 3416 (protocol operations), RFC 3584 section 4.2.2 (v1 has no exceptions and no Counter64).
A wrong community, an unknown version or a broken datagram gets silence, as from net-snmp.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Callable
from typing import Any, Protocol, cast

from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pyasn1.type import tag, univ
from pysnmp.proto import api, rfc1902, rfc1905
from pysnmp.proto.error import ProtocolError

from lab.mib import Kind, Oid, Tree, Value

V1, V2C = api.SNMP_VERSION_1, api.SNMP_VERSION_2C
TOO_BIG, NO_SUCH_NAME, READ_ONLY, NOT_WRITABLE = 1, 2, 4, 17
ENVELOPE_OCTETS = 80  # what a message holds around its varbinds, with a long community

_CLASSES: dict[Kind, Callable[[Any], Any]] = {
    Kind.INTEGER: rfc1902.Integer32,
    Kind.OCTETS: rfc1902.OctetString,
    Kind.OID: rfc1902.ObjectIdentifier,
    Kind.ADDRESS: rfc1902.IpAddress,
    Kind.COUNTER32: rfc1902.Counter32,
    Kind.GAUGE32: rfc1902.Gauge32,
    Kind.TICKS: rfc1902.TimeTicks,
    Kind.COUNTER64: rfc1902.Counter64,
}
_WRAPS = {Kind.COUNTER32: 2**32, Kind.TICKS: 2**32, Kind.COUNTER64: 2**64}
_RESPONSE_TAG = tag.Tag(tag.tagClassContext, tag.tagFormatConstructed, 2)


class Answerer(Protocol):
    """What the agent asks of a device."""

    @property
    def community(self) -> str:
        """The community that may read."""

    @property
    def max_message_octets(self) -> int:
        """The longest response that the device sends."""

    def answers_snmp(self) -> bool:
        """Whether a datagram reaches the agent now."""

    def snmp_delay_s(self) -> float:
        """How long the agent thinks before it answers."""

    def state_version(self) -> object:
        """Something that differs once the tree may differ."""

    def mib(self) -> Tree:
        """All that the device answers."""


class Agent(asyncio.DatagramProtocol):
    """The agent of one device, on its own socket."""

    def __init__(self, device: Answerer) -> None:
        self._device = device
        self._transport: asyncio.DatagramTransport | None = None
        self._view = _View({})
        self._version: object = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket to answer on."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Answer one request, or keep silent."""
        if not self._device.answers_snmp():
            return
        version = self._device.state_version()
        if version != self._version:
            self._view, self._version = _View(self._device.mib()), version
        reply = answer(self._view, self._device.community, data, self._device.max_message_octets)
        if reply is None or self._transport is None:
            return
        delay_s = self._device.snmp_delay_s()
        if delay_s:
            asyncio.get_running_loop().call_later(delay_s, self._send, reply, addr)
        else:
            self._send(reply, addr)

    def _send(self, reply: bytes, addr: tuple[str | Any, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(reply, addr)


class _View:
    """A tree in lexicographic order, with the varbinds that were encoded once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.oids = sorted(tree)
        self._encoded: dict[Oid, bytes] = {}

    def after(self, oid: Oid, *, v1: bool) -> Oid | None:
        """Return the next OID in the tree, for v1 the next that is no Counter64."""
        place = bisect_right(self.oids, oid)
        while v1 and place < len(self.oids) and self.is_counter64(self.oids[place]):
            place += 1
        return self.oids[place] if place < len(self.oids) else None

    def is_counter64(self, oid: Oid) -> bool:
        """Whether v1 cannot carry the value."""
        return self.tree[oid].kind is Kind.COUNTER64

    def varbind(self, oid: Oid) -> bytes:
        """Return the encoded varbind of an OID that exists."""
        known = self._encoded.get(oid)
        if known is not None:
            return known
        value = self.tree[oid]
        encoded = _varbind(oid, _encodable(value))
        if not callable(value.content):
            self._encoded[oid] = encoded
        return encoded


def answer(view: "_View | Tree", community: str, data: bytes, max_octets: int) -> bytes | None:
    """Return the response to one datagram, or None for silence."""
    if not isinstance(view, _View):
        view = _View(view)
    try:
        version = int(api.decodeMessageVersion(data))
        module = api.PROTOCOL_MODULES.get(version)
        if module is None:
            return None
        message, _ = decoder.decode(data, asn1Spec=module.Message())
        if bytes(module.apiMessage.get_community(message)) != community.encode():
            return None
        request = module.apiMessage.get_pdu(message)
        asked = [tuple(oid) for oid, _ in module.apiPDU.get_varbinds(request)]
    except (PyAsn1Error, ProtocolError):
        return None
    request_id = int(module.apiPDU.get_request_id(request))
    room = max_octets - ENVELOPE_OCTETS
    result = _result(view, version, request, asked, room)
    if result is None:
        return None
    if sum(map(len, result.varbinds)) > room:
        result = _Result(TOO_BIG, 0)
    if result.status and (version == V1 or result.status != TOO_BIG):
        # The request's own varbinds come back with an error (RFC 3416, 4.2.1; RFC 1157, 4.1.2).
        result.varbinds = [_varbind(oid, univ.Null("")) for oid in asked]
    return _message(version, community, request_id, result)


def _result(
    view: _View, version: int, request: Any, asked: list[Oid], room: int
) -> "_Result | None":
    """Return the answer to a request; None for a PDU that no manager sends to an agent."""
    module = api.PROTOCOL_MODULES[version]
    if version == V2C and request.isSameTypeWith(api.v2c.GetBulkRequestPDU()):
        non_repeaters = max(0, int(api.v2c.apiBulkPDU.get_non_repeaters(request)))
        repetitions = max(0, int(api.v2c.apiBulkPDU.get_max_repetitions(request)))
        return _bulk(view, asked, non_repeaters, repetitions, room)
    if request.isSameTypeWith(module.GetRequestPDU()):
        return _get(view, asked, v1=version == V1)
    if request.isSameTypeWith(module.GetNextRequestPDU()):
        return _get_next(view, asked, v1=version == V1)
    if request.isSameTypeWith(module.SetRequestPDU()):
        return _Result(READ_ONLY if version == V1 else NOT_WRITABLE, 1)
    return None


class _Result:
    def __init__(self, status: int = 0, index: int = 0, varbinds: list[bytes] | None = None):
        self.status = status
        self.index = index
        self.varbinds = varbinds if varbinds is not None else []


def _get(view: _View, asked: list[Oid], *, v1: bool) -> _Result:
    varbinds = []
    for position, oid in enumerate(asked, 1):
        if oid in view.tree and not (v1 and view.is_counter64(oid)):
            varbinds.append(view.varbind(oid))
        elif v1:
            return _Result(NO_SUCH_NAME, position)
        else:
            varbinds.append(_varbind(oid, _absence(view, oid)))
    return _Result(varbinds=varbinds)


def _absence(view: _View, oid: Oid) -> Any:
    """Return noSuchInstance where the object has other instances, else noSuchObject."""
    following = view.after(oid[:-1], v1=False)
    if following is not None and len(oid) > 1 and following[: len(oid) - 1] == oid[:-1]:
        return rfc1905.noSuchInstance
    return rfc1905.noSuchObject


def _get_next(view: _View, asked: list[Oid], *, v1: bool) -> _Result:
    varbinds = []
    for position, oid in enumerate(asked, 1):
        following = view.after(oid, v1=v1)
        if following is not None:
            varbinds.append(view.varbind(following))
        elif v1:
            return _Result(NO_SUCH_NAME, position)
        else:
            varbinds.append(_varbind(oid, rfc1905.endOfMibView))
    return _Result(varbinds=varbinds)


def _bulk(
    view: _View, asked: list[Oid], non_repeaters: int, repetitions: int, room: int
) -> _Result:
    """Answer as much of a GetBulkRequest as fits; tooBig only if not even one varbind does."""
    varbinds = _get_next(view, asked[:non_repeaters], v1=False).varbinds
    used = sum(map(len, varbinds))
    columns: list[Oid] = asked[non_repeaters:]
    for _ in range(repetitions if columns else 0):
        ended = True
        for place, oid in enumerate(columns):
            following = view.after(oid, v1=False)
            if following is None:
                encoded = _varbind(oid, rfc1905.endOfMibView)
            else:
                encoded, ended = view.varbind(following), False
                columns[place] = following
            used += len(encoded)
            if used > room:
                return _Result(varbinds=varbinds) if varbinds else _Result(TOO_BIG, 0)
            varbinds.append(encoded)
        if ended:
            break
    return _Result(varbinds=varbinds)


def _encodable(value: Value) -> Any:
    content = value.content() if callable(value.content) else value.content
    wrap = _WRAPS.get(value.kind)
    if wrap is not None and isinstance(content, int):
        content %= wrap
    return _CLASSES[value.kind](content)


def _varbind(oid: Oid, value: Any) -> bytes:
    pair = univ.Sequence()
    pair[0] = univ.ObjectIdentifier(oid)
    pair[1] = value
    encoded: bytes = encoder.encode(pair)
    return encoded


def _message(version: int, community: str, request_id: int, result: _Result) -> bytes:
    """Return the response message; varbinds that are encoded already go in as ANY."""
    pdu = univ.Sequence(tagSet=univ.Sequence.tagSet.tagImplicitly(_RESPONSE_TAG))
    for place, number in enumerate((request_id, result.status, result.index)):
        pdu[place] = univ.Integer(number)
    bindings = univ.SequenceOf(componentType=univ.Any())
    if result.varbinds:
        bindings[0] = univ.Any(b"".join(result.varbinds))
    else:
        bindings.clear()
    pdu[3] = bindings
    message = univ.Sequence()
    message[0] = univ.Integer(version)
    message[1] = univ.OctetString(community.encode())
    message[2] = pdu
    encoded: bytes = encoder.encode(message)
    return encoded
