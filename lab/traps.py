"""Traps that the false devices send: SNMPv2c, encoded by pysnmp, from the device's own address.

RFC 3416 clause 4.2.6; SNMPv2-MIB (RFC 3418) coldStart, IF-MIB (RFC 2863) linkDown and linkUp.
"""

import socket

from pyasn1.codec.ber import encoder
from pysnmp.proto import api
from pysnmp.proto.rfc1902 import Integer32, ObjectIdentifier, TimeTicks

_V2C = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
_SNMP_TRAPS = (1, 3, 6, 1, 6, 3, 1, 1, 5)
COLD_START, LINK_DOWN, LINK_UP = ((*_SNMP_TRAPS, number) for number in (1, 3, 4))
_UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
_TRAP_OID = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
_IF_INDEX = (1, 3, 6, 1, 2, 1, 2, 2, 1, 1)


def encoded(
    notification: tuple[int, ...], community: str, hundredths: int, if_index: int | None = None
) -> bytes:
    """Return a trap, about a port where `if_index` is given."""
    bindings = [
        (_UPTIME, TimeTicks(hundredths % 2**32)),
        (_TRAP_OID, ObjectIdentifier(notification)),
    ]
    if if_index is not None:
        bindings.append(((*_IF_INDEX, if_index), Integer32(if_index)))
    pdu = _V2C.TrapPDU()
    _V2C.apiTrapPDU.set_defaults(pdu)
    _V2C.apiTrapPDU.set_varbinds(pdu, [(ObjectIdentifier(name), value) for name, value in bindings])
    message = _V2C.Message()
    _V2C.apiMessage.set_defaults(message)
    _V2C.apiMessage.set_community(message, community)
    _V2C.apiMessage.set_pdu(message, pdu)
    data: bytes = encoder.encode(message)
    return data


def send(host: str, to: tuple[str, int], data: bytes) -> None:
    """Send a datagram from `host`; like any trap, it is not known whether somebody hears it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((host, 0))
        sender.sendto(data, to)
