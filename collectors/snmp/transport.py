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
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

from collectors.snmp.ber import Malformed

# What the kernel calls an address: (host, port), or (host, port, flow, scope) for IPv6.
Address = tuple[str, int] | tuple[str, int, int, int]
Reply = TypeVar("Reply")

_RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
_DATAGRAM_BYTES = 65_535
_DATAGRAMS_A_TURN = 512  # so that timers and sending get their turn under a flood
_TICK_S = 0.02  # how finely waiting is watched
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

    address: Address
    payload: bytes
    read: Callable[[bytes], Any]
    timeout_s: float
    sendings: int
    reply: "asyncio.Future[Any]"
    seen_instead: str | None = None
    sent_at_s: float = 0.0
    """When it was sent last, by the loop's clock."""
    sent: int = 0
    number: int = -1
    """Tells its last sending from all others of the transport."""


class Transport:
    """Sockets of the running event loop; one request at a time for each address.

    `rtt_s` holds the shortest time from sending to reply for each address, by the loop's clock; of
    what was sent once only (which sending of several was answered cannot be told: RFC 6298, 3).
    `on_silence` is told of each address to which something must be sent again.
    """

    def __init__(self, on_silence: Callable[[Address], None] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_silence = on_silence
        self._sockets: dict[int, socket.socket] = {}
        self._waiting: dict[Address, _Waiting] = {}
        # What was sent, oldest first, by how long it may wait: one timer watches all of them.
        self._sent: dict[float, deque[tuple[float, Address, int]]] = {}
        self._sendings = count()
        self._timer: asyncio.TimerHandle | None = None
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
        reply: asyncio.Future[Reply] = self._loop.create_future()
        waiting = _Waiting(address, payload, read, timeout_s, 1 + retries, reply)
        self._waiting[address] = waiting
        try:
            self._send(waiting)
            return await reply
        finally:
            del self._waiting[address]

    def close(self) -> None:
        """Close the sockets."""
        for opened in self._sockets.values():
            self._loop.remove_reader(opened)
            opened.close()
        self._sockets.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _send(self, waiting: _Waiting) -> None:
        address = waiting.address
        waiting.sent += 1
        waiting.number = next(self._sendings)
        waiting.sent_at_s = self._loop.time()
        self._watch(waiting)
        opened = self._socket(socket.AF_INET if len(address) == 2 else socket.AF_INET6)
        try:
            opened.sendto(waiting.payload, address)
        except BlockingIOError:
            return  # the send buffer is full: as good as lost on the way, the timer sends it again
        except OSError as error:
            # An ICMP error about another address may surface here: take it off and try once more.
            self._read_errors(opened)
            self._send_again(opened, waiting, error)

    def _watch(self, waiting: _Waiting) -> None:
        """See to it that what was sent just now is looked at when its time is over."""
        due_s = waiting.sent_at_s + waiting.timeout_s
        queue = self._sent.setdefault(waiting.timeout_s, deque())
        queue.append((due_s, waiting.address, waiting.number))
        if self._timer is None or due_s < self._timer.when():
            self._set_timer(due_s)

    def _set_timer(self, due_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(due_s, self._on_time)

    def _on_time(self) -> None:
        """Send again what has waited long enough, or give it up; then set the timer anew."""
        self._timer = None
        now_s = self._loop.time()
        for waiting in self._overdue(now_s):
            if waiting.sent < waiting.sendings:
                self._send(waiting)
                if self._on_silence is not None:
                    self._on_silence(waiting.address)
            else:
                seen = waiting.seen_instead
                waiting.reply.set_exception(NoAnswer(seen or "no answer", garbled=seen is not None))
        due_s = min((queue[0][0] for queue in self._sent.values() if queue), default=None)
        if due_s is not None:
            self._set_timer(max(due_s, now_s + _TICK_S))

    def _overdue(self, now_s: float) -> list[_Waiting]:
        """Take off what is answered, and what waited too long; return the latter."""
        found = []
        for queue in self._sent.values():
            while queue:
                due_s, address, number = queue[0]
                waiting = self._waiting.get(address)
                if waiting is None or waiting.number != number or waiting.reply.done():
                    queue.popleft()
                elif due_s <= now_s:
                    queue.popleft()
                    found.append(waiting)
                else:
                    break
        return found

    def _send_again(self, opened: socket.socket, waiting: _Waiting, first: OSError) -> None:
        try:
            opened.sendto(waiting.payload, waiting.address)
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
        for turn in range(_DATAGRAMS_A_TURN):
            try:
                data, address = opened.recvfrom(_DATAGRAM_BYTES)
            except BlockingIOError:
                if not turn:  # woken by nothing but an error
                    self._read_errors(opened)
                return
            except OSError:
                self._read_errors(opened)
                continue
            self._on_datagram(data, address)

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
        if waiting.sent == 1:
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
