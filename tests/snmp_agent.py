"""A small SNMP agent for tests, on a real socket, that can be told to misbehave.

Requests are decoded and responses encoded by pysnmp and pyasn1, never by our own codec.
"""

import socket
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from collectors.target import SnmpTarget
from inventory.vendors.mib import Oid

GET, GET_NEXT, GET_BULK = 0, 1, 5
TOO_BIG, NO_SUCH_NAME, GEN_ERR = 1, 2, 5
END = object()
MISSING = object()


@dataclass(frozen=True)
class Request:
    """One request as pysnmp read it; `kind` is the PDU's tag number."""

    version: int
    community: bytes
    kind: int
    request_id: int
    names: tuple[Oid, ...]
    max_repetitions: int
    source: tuple[str, int]


Answer = Callable[["Agent", Request], Sequence[bytes]]


@dataclass
class Agent:
    """Objects by OID: int and bytes values. `answer` makes the datagrams sent back."""

    objects: dict[Oid, int | bytes]
    answer: Answer
    requests: list[Request] = field(default_factory=list)
    port: int = 0
    socket: Any = None

    def target(self, **changes: Any) -> SnmpTarget:
        """Return this agent as a target; patient, for the machine may be busy with other tests."""
        given: dict[str, Any] = {"timeout_s": 5.0, "retries": 2, "community": "test", **changes}
        return SnmpTarget(zone="test", host="127.0.0.1", port=self.port, **given)

    def after(self, name: Oid) -> tuple[Oid, object]:
        """Return the object after `name`, or END."""
        names = sorted(self.objects)
        place = bisect_right(names, name)
        return (names[place], self.objects[names[place]]) if place < len(names) else (name, END)

    def rows(self, request: Request) -> list[tuple[Oid, object]]:
        """Return the variable bindings that an honest agent answers."""
        if request.kind == GET:
            return [(name, self.objects.get(name, MISSING)) for name in request.names]
        repetitions = request.max_repetitions if request.kind == GET_BULK else 1
        standing, found = list(request.names), []
        for _ in range(repetitions):
            row = [self.after(name) for name in standing]
            found += row
            standing = [name for name, _ in row]
        return found


def response(
    request: Request,
    rows: Sequence[tuple[Oid, object]],
    *,
    request_id: int | None = None,
    error: tuple[int, int] = (0, 0),
) -> bytes:
    """Return an encoded response with these variable bindings."""
    module = api.PROTOCOL_MODULES[request.version]
    pdu = module.GetResponsePDU()
    module.apiPDU.set_defaults(pdu)
    module.apiPDU.set_request_id(pdu, request.request_id if request_id is None else request_id)
    module.apiPDU.set_error_status(pdu, error[0])
    module.apiPDU.set_error_index(pdu, error[1])
    module.apiPDU.set_varbinds(pdu, [(name, encodable(module, value)) for name, value in rows])
    message = module.Message()
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, request.community)
    module.apiMessage.set_pdu(message, pdu)
    encoded: bytes = encoder.encode(message)
    return encoded


def encodable(module: Any, value: object) -> Any:
    """Return a value of an agent's as pysnmp encodes it."""
    if value is END:
        return module.EndOfMibView()
    if value is MISSING:
        return module.NoSuchInstance()
    if isinstance(value, bytes):
        return module.OctetString(value)
    return module.Integer(value) if type(value) is int else value


def honest(agent: Agent, request: Request) -> Sequence[bytes]:
    """Answer as an agent should."""
    return [response(request, agent.rows(request))]


def error(request: Request, status: int, index: int = 0) -> Sequence[bytes]:
    """Answer the request's own bindings with an error."""
    return [response(request, [(name, 0) for name in request.names], error=(status, index))]


@contextmanager
def running_agent(objects: dict[Oid, int | bytes], answer: Answer = honest) -> Iterator[Agent]:
    """Run an agent on a free port of 127.0.0.1 until the block ends."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", 0))
    agent = Agent(objects, answer, port=opened.getsockname()[1], socket=opened)
    thread = threading.Thread(target=_serve, args=(agent, opened), daemon=True)
    thread.start()
    try:
        yield agent
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", agent.port))
        thread.join()
        opened.close()


def _serve(agent: Agent, opened: socket.socket) -> None:
    while True:
        data, source = opened.recvfrom(65535)
        if not data:
            return
        request = decode_request(data, source)
        agent.requests.append(request)
        for datagram in agent.answer(agent, request):
            opened.sendto(datagram, source)


def decode_request(data: bytes, source: tuple[str, int]) -> Request:
    """Return a request as pysnmp reads it."""
    version = int(api.decodeMessageVersion(data))
    module = api.PROTOCOL_MODULES[version]
    message, rest = decoder.decode(data, asn1Spec=module.Message())
    assert not rest
    pdu = module.apiMessage.get_pdu(message)
    kind = int(pdu.tagSet.superTags[0].tagId)
    bulk = kind == GET_BULK
    reader = module.apiBulkPDU if bulk else module.apiPDU
    return Request(
        version=version,
        community=bytes(module.apiMessage.get_community(message)),
        kind=kind,
        request_id=int(reader.get_request_id(pdu)),
        names=tuple(tuple(name) for name, _ in reader.get_varbinds(pdu)),
        max_repetitions=int(reader.get_max_repetitions(pdu)) if bulk else 0,
        source=source,
    )
