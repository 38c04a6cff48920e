"""From a datagram to a notification that is believed: who sent it, and may they.

The community or user is judged before anything else is looked at; what a stranger sends is never
taken apart further.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from collectors.snmp.ber import Malformed
from collectors.snmp.message import V1, V2C
from collectors.snmp.usm_message import V3, read_message
from collectors.target import SnmpV3
from collectors.traps.engines import EngineClocks
from collectors.traps.message import (
    Notice,
    encode_response,
    read_community_message,
    read_pdu,
    version_of,
)
from collectors.traps.outcome import Drop, Dropped
from collectors.traps.usm import NotificationUsm
from inventory.vendors.notification import Told, understand


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who may send: communities and SNMPv3 users."""

    communities: tuple[bytes, ...] = field(default=(), repr=False)
    users: tuple[SnmpV3, ...] = field(default=(), repr=False)


class Senders(Protocol):
    """Who is known by which address; a listener without a zone hears several."""

    def zones(self, listener_zone_id: int | None, host: str) -> Sequence[int]:
        """Return the zones that a datagram of `host` may come from."""

    def device(self, zone_id: int, host: str) -> int | None:
        """Return the device that has this address in the zone."""

    def credentials(self, zone_id: int, device_id: int | None) -> Credentials:
        """Return who may send there; None: what any device of the zone may use."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A notification that is believed, of a device that is known; `told` is what it says.

    An inform's sender waits for `answer`, which is made when the event is safe.
    """

    zone_id: int
    device_id: int
    source: str
    notice: Notice
    told: Told | None
    answer: Callable[[], bytes] | None = field(default=None, repr=False)


class NotificationReader:
    """Reads datagrams; everything that goes no further is `Dropped`, never anything else."""

    def __init__(
        self,
        usm: NotificationUsm,
        clocks: EngineClocks,
        senders: Senders,
        *,
        any_community: bool = False,
    ) -> None:
        self._usm = usm
        self._clocks = clocks
        self._any_community = any_community
        self.senders = senders

    def read(self, data: bytes, listener_zone_id: int | None, host: str) -> Heard:
        """Return what a datagram of `host` tells; raises Dropped."""
        try:
            version = version_of(data)
            zones = self.senders.zones(listener_zone_id, host)
            if version in (V1, V2C):
                return self._read_community(data, _only(zones), host)
            if version == V3:
                return self._read_v3(data, zones, host)
        except Malformed as error:
            raise Dropped(Drop.MALFORMED) from error
        raise Dropped(Drop.MALFORMED)

    def _read_community(self, data: bytes, zone_id: int, host: str) -> Heard:
        message = read_community_message(data)
        device_id = self.senders.device(zone_id, host)
        allowed = self.senders.credentials(zone_id, device_id).communities
        if not self._any_community and not _is_one_of(message.community, allowed):
            raise Dropped(Drop.WRONG_COMMUNITY)
        notice = read_pdu(message.pdu)
        response = notice.response
        answer = None if response is None else lambda: encode_response(message, response)
        return self._heard(zone_id, device_id, host, notice, answer)

    def _read_v3(self, data: bytes, zones: Sequence[int], host: str) -> Heard:
        if len(zones) > 1:
            # The same address in several zones: whose engine this is may tell.
            engine_id = read_message(data).security.engine_id
            zones = self._clocks.zones_of(engine_id, list(zones)) or zones
        zone_id = _only(zones)
        device_id = self.senders.device(zone_id, host)
        users = self.senders.credentials(zone_id, device_id).users
        opened = self._usm.open(data, zone_id, users)
        notice = read_pdu(opened.pdu)
        response = notice.response
        ours = opened.engine_id == self._usm.own.id
        if ours is not notice.is_inform:
            # RFC 3412 clause 7.1: a trap's engine is its sender's, an inform's its receiver's.
            raise Dropped(Drop.NOT_SECURE_ENOUGH)
        if not ours and opened.user.auth is not None:
            if device_id is None:
                device_id = self._clocks.owner(zone_id, opened.engine_id)
            elif notice.agent in (None, host):
                self._clocks.belongs(zone_id, opened.engine_id, device_id)
        answer = None if response is None else lambda: self._usm.answer(opened, response)
        return self._heard(zone_id, device_id, host, notice, answer)

    def _heard(
        self,
        zone_id: int,
        device_id: int | None,
        host: str,
        notice: Notice,
        answer: Callable[[], bytes] | None,
    ) -> Heard:
        """Return it as its device's: a proxy tells of whom it speaks (RFC 3584 clause 3.1)."""
        if notice.agent is not None and notice.agent != host:
            device_id = self.senders.device(zone_id, notice.agent) or device_id
        if device_id is None:
            raise Dropped(Drop.UNKNOWN_SOURCE)
        told = understand(notice.trap, notice.objects)
        return Heard(zone_id, device_id, host, notice, told, answer)


def _only(zones: Sequence[int]) -> int:
    if not zones:
        raise Dropped(Drop.UNKNOWN_SOURCE)
    if len(zones) > 1:
        raise Dropped(Drop.AMBIGUOUS_SOURCE)
    return zones[0]


def _is_one_of(community: bytes, allowed: Sequence[bytes]) -> bool:
    """Compare in constant time, with all of them."""
    found = False
    for each in allowed:
        found |= hmac.compare_digest(community, each)
    return found
