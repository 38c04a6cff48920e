"""UDP for many agents at once: one socket for each address family, retransmission, matching.

A reply counts only when it comes from the address and port that were asked and the one who asked
takes it for his: with the request id that was sent (RFC 3416 clause 4.1), in SNMPv3 also with the
message id and the digest that only the agent can make. A retransmission repeats
the same bytes, so the reply to the first sending is welcome however late it comes; a duplicate
finds nobody waiting and is dropped.
"""

import asyncio
import contextlib
import errno
import os
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from collectors.snmp.ber import Malformed

# What the kernel calls an address: (host, port), or (host, port, flow, scope) for IPv6.
Address = tuple[str, int] | tuple[str, int, int, int]
Reply = TypeVar("Reply")

_RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
_DATAGRAM_BYTES = 65_535
_DATAGRAMS_A_TURN = 512  # so that timers and sending get their turn under a flood
_RECVERR = {socket.AF_INET: (socket.IPPROTO_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}
_MSG_ERRQUEUE = 0x2000  # linux/socket.h


def random_id() -> int:
    """Return a request or message id that nobody can foresee (RFC 3416 and 3412: 0 to 2^31-1)."""
    return int.from_bytes(os.urandom(4), "big") >> 1


class NotOurs(Exception):
    """A datagram is no reply to what was asked; the text says why, after "it answered"."""


class NoAnswer(Exception):
    """The agent did not answer a request, retransmissions included.

    The text says what was seen instead; `garbled` tells that something came which is no answer.
    """

    def __init__(self, seen: str, *, garbled: bool = False) -> None:
        super().__init__(seen)
        self.garbled = garbled


@dataclass(slots=True)
class _Waiting:
    """One request that waits for its reply."""

    payload: bytes
    read: Callable[[bytes], Any]
    timeout_s: float
    sendings_left: int
    reply: "asyncio.Future[Any]"
    timer: asyncio.TimerHandle | None = None
    seen_instead: str | None = None
    sent_at_s: float | None = None


class Transport:
    """Sockets of the running event loop; one request at a time for each address.

    `rtt_s` holds the shortest time from sending to reply for each address, by the loop's clock; of
    what was sent once only (which sending of several was answered cannot be told: RFC 6298, 3).
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._sockets: dict[int, socket.socket] = {}
        self._waiting: dict[Address, _Waiting] = {}
        self.rtt_s: dict[Address, float] = {}

    async def exchange(
        self,
        address: Address,
        payload: bytes,
        read: Callable[[bytes], Reply],
        *,
        timeout_s: float,
        retries: int,
    ) -> Reply:
        """Send `payload` and return its reply; raises NoAnswer after 1 + `retries` sendings.

        `read` makes the reply of a datagram from that address, or raises Malformed or NotOurs: the
        true reply may still come. The caller sees to it that only one exchange with an address is
        under way.
        """
        assert address not in self._waiting
        waiting = _Waiting(payload, read, timeout_s, 1 + retries, self._loop.create_future())
        self._waiting[address] = waiting
        try:
            self._send(address, waiting)
            reply: Reply = await waiting.reply
            return reply
        finally:
            del self._waiting[address]
            if waiting.timer is not None:
                waiting.timer.cancel()

    def close(self) -> None:
        """Close the sockets."""
        for opened in self._sockets.values():
            self._loop.remove_reader(opened)
            opened.close()
        self._sockets.clear()

    def _send(self, address: Address, waiting: _Waiting) -> None:
        if waiting.reply.done():
            return
        if not waiting.sendings_left:
            seen = waiting.seen_instead
            waiting.reply.set_exception(NoAnswer(seen or "no answer", garbled=seen is not None))
            return
        waiting.sendings_left -= 1
        waiting.sent_at_s = self._loop.time() if waiting.timer is None else None
        waiting.timer = self._loop.call_later(waiting.timeout_s, self._send, address, waiting)
        opened = self._socket(socket.AF_INET if len(address) == 2 else socket.AF_INET6)
        try:
            opened.sendto(waiting.payload, address)
        except BlockingIOError:
            return  # the send buffer is full: as good as lost on the way, the timer sends it again
        except OSError as error:
            # An ICMP error about another address may surface here: take it off and try once more.
            self._read_errors(opened)
            self._send_again(opened, address, waiting, error)

    def _send_again(
        self, opened: socket.socket, address: Address, waiting: _Waiting, first: OSError
    ) -> None:
        try:
            opened.sendto(waiting.payload, address)
        except BlockingIOError:
            return
        except OSError:
            if not waiting.reply.done():
                waiting.reply.set_exception(NoAnswer(first.strerror or str(first)))

    def _socket(self, family: socket.AddressFamily) -> socket.socket:
        opened = self._sockets.get(family)
        if opened is None:
            opened = self._sockets[family] = _open_socket(family)
            self._loop.add_reader(opened, self._on_readable, opened)
        return opened

    def _on_readable(self, opened: socket.socket) -> None:
        for _ in range(_DATAGRAMS_A_TURN):
            try:
                data, address = opened.recvfrom(_DATAGRAM_BYTES)
            except BlockingIOError:
                break
            except OSError:
                self._read_errors(opened)
                continue
            self._on_datagram(data, address)
        self._read_errors(opened)

    def _on_datagram(self, data: bytes, address: Address) -> None:
        waiting = self._waiting.get(address)
        if waiting is None or waiting.reply.done():
            return
        try:
            reply = waiting.read(data)
        except (Malformed, NotOurs) as error:
            # Perhaps not from the agent at all: wait on, and tell it when nothing better comes.
            what = "" if isinstance(error, NotOurs) else "something that is not SNMP: "
            waiting.seen_instead = f"it answered {what}{error}"
            return
        if waiting.sent_at_s is not None:
            rtt_s = self._loop.time() - waiting.sent_at_s
            self.rtt_s[address] = min(rtt_s, self.rtt_s.get(address, rtt_s))
        waiting.reply.set_result(reply)

    def _read_errors(self, opened: socket.socket) -> None:
        """Tell those who wait that their port is closed (ICMP port unreachable)."""
        if sys.platform != "linux":
            return
        with contextlib.suppress(OSError):
            while True:
                _, control, _, address = opened.recvmsg(0, 512, _MSG_ERRQUEUE)
                waiting = self._waiting.get(address)
                # struct sock_extended_err begins with the errno.
                refused = any(
                    len(data) >= 4 and struct.unpack_from("=I", data)[0] == errno.ECONNREFUSED
                    for _, _, data in control
                )
                if refused and waiting is not None and not waiting.reply.done():
                    waiting.reply.set_exception(NoAnswer("nothing listens on that port"))


def _open_socket(family: socket.AddressFamily) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_DGRAM)
    opened.setblocking(False)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
    if sys.platform == "linux":
        opened.setsockopt(*_RECVERR[family], 1)
    return opened
