"""The sockets: a storm is thrown away by its source's address, the rest is read in slices.

One thread does all of it. It empties the sockets before it decodes anything, and decodes for a few
milliseconds before it empties them again: the kernel keeps some hundred datagrams only, and what it
throws away may be anybody's.
"""

import contextlib
import selectors
import socket
import struct
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from collectors.traps.outcome import BEFORE_DECODING, Drop, Dropped
from collectors.traps.rate import SourceLimits
from collectors.traps.reading import Heard, NotificationReader

log = structlog.get_logger()

_LARGEST = 65_535
_AT_ONCE = 4_096  # datagrams that are taken from a socket before others have their turn
_SLICE_S = 0.005
_QUEUE = 20_000
_WAIT_S = 0.2
_STRANGERS_KEPT = 50
_STRANGERS = "strangers"
_BUFFER_OCTETS = 8 * 1024 * 1024
_SO_RCVBUFFORCE = 33  # asm-generic/socket.h; Python names neither
_SO_MEMINFO, _SK_MEMINFO_DROPS, _SK_MEMINFO_VARS = 55, 8, 9


@dataclass(frozen=True, slots=True)
class Listener:
    """A bound UDP socket and the zone whose devices it hears; None: whichever knows the sender."""

    socket: socket.socket
    zone_id: int | None = None


@dataclass(slots=True)
class Received:
    """Figures of a receiver since it began; `strangers` counts sources that no zone knows."""

    received: int = 0
    drops: Counter[Drop] = field(default_factory=Counter)
    not_understood: Counter[str] = field(default_factory=Counter)
    strangers: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def stranger(self, host: str) -> None:
        """Count a source that is not known; only the last ones are kept by name."""
        self.strangers[host] = self.strangers.pop(host, 0) + 1
        if len(self.strangers) > _STRANGERS_KEPT:
            self.strangers.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Datagram:
    listener: Listener
    host: str
    address: tuple[Any, ...]
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A notification with the way back to its sender; `acknowledge` sends an inform's answer."""

    heard: Heard
    acknowledge: Callable[[], None] | None = None


class Receiver:
    """Receives on its sockets until it is told to stop, and hands on what is believed.

    `deliver` is given every arrival, `limited` the zone, device and address of each datagram that
    was thrown away unread. Both are called in the receiving thread and must be quick.
    """

    def __init__(
        self,
        listeners: Sequence[Listener],
        reader: NotificationReader,
        limits: SourceLimits,
        *,
        deliver: Callable[[Arrival], None],
        limited: Callable[[int, str], None],
    ) -> None:
        self.figures = Received()
        self._listeners = listeners
        self._reader = reader
        self._limits = limits
        self._deliver = deliver
        self._limited = limited
        self._queue: deque[_Datagram] = deque()
        self._stop = threading.Event()

    def stop(self) -> None:
        """End `run` soon; safe to call from a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Receive until `stop`."""
        with selectors.DefaultSelector() as selector:
            for listener in self._listeners:
                enlarge_buffer(listener.socket)
                listener.socket.setblocking(False)
                selector.register(listener.socket, selectors.EVENT_READ, listener)
            while not self._stop.is_set():
                ready = selector.select(0 if self._queue else _WAIT_S)
                for key, _ in ready:
                    self._drain(key.data)
                self._read_some()

    def kernel_drops(self) -> int:
        """Return how many datagrams the kernel threw away because we were too slow."""
        return sum(_kernel_drops(listener.socket) for listener in self._listeners)

    def _drain(self, listener: Listener) -> None:
        receive, figures, queue = listener.socket.recvfrom, self.figures, self._queue
        now_s = time.monotonic()
        for _ in range(_AT_ONCE):
            try:
                data, address = receive(_LARGEST)
            except BlockingIOError:
                return
            except OSError as error:  # an ICMP error of an answer of ours
                log.debug("trap_socket", error=str(error))
                continue
            figures.received += 1
            host = _host(address[0])
            if not self._admits(listener, host, now_s):
                continue
            if len(queue) >= _QUEUE:
                figures.drops[Drop.QUEUE_FULL] += 1
                continue
            queue.append(_Datagram(listener, host, address, data))

    def _admits(self, listener: Listener, host: str, now_s: float) -> bool:
        device_id = self._device(listener, host)
        # All addresses that nobody knows share one bucket; a device has one for all of its own.
        if self._limits.admits(device_id or _STRANGERS, now_s):
            return True
        self.figures.drops[Drop.RATE_LIMITED] += 1
        if device_id is not None:
            self._limited(device_id, host)
        return False

    def _device(self, listener: Listener, host: str) -> int | None:
        """Return the device of an address; None for one that no zone, or several, know."""
        zones = self._reader.senders.zones(listener.zone_id, host)
        return self._reader.senders.device(zones[0], host) if len(zones) == 1 else None

    def _read_some(self) -> None:
        until_s = time.monotonic() + _SLICE_S
        while self._queue and time.monotonic() < until_s:
            self._read_one(self._queue.popleft())

    def _read_one(self, datagram: _Datagram) -> None:
        host = datagram.host
        try:
            heard = self._reader.read(datagram.data, datagram.listener.zone_id, host)
        except Dropped as dropped:
            self.figures.drops[dropped.why] += 1
            if dropped.why in (Drop.UNKNOWN_SOURCE, Drop.AMBIGUOUS_SOURCE):
                self.figures.stranger(host)
            if dropped.report is not None:
                _send(datagram, dropped.report)
            return
        acknowledge = None
        if heard.answer is not None:
            answer = heard.answer
            acknowledge = lambda: _send(datagram, answer())  # noqa: E731 - it closes over both
        if heard.told is None:
            self._note_unknown(heard)
            if acknowledge is not None:  # or it would be sent again for ever
                acknowledge()
            return
        self._deliver(Arrival(heard, acknowledge))

    def _note_unknown(self, heard: Heard) -> None:
        figures = self.figures
        figures.drops[Drop.NOT_UNDERSTOOD] += 1
        name = ".".join(map(str, heard.notice.trap))
        if name in figures.not_understood or len(figures.not_understood) < _STRANGERS_KEPT:
            figures.not_understood[name] += 1


def dropped_before_decoding(figures: Received) -> int:
    """Return how many datagrams were thrown away by their source's address alone."""
    return sum(figures.drops[why] for why in BEFORE_DECODING)


def enlarge_buffer(bound: socket.socket) -> None:
    """Ask the kernel to keep more datagrams; without rights it gives net.core.rmem_max at most."""
    with contextlib.suppress(OSError):
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_OCTETS)
    with contextlib.suppress(OSError):
        bound.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_OCTETS)


def _send(datagram: _Datagram, data: bytes) -> None:
    try:
        datagram.listener.socket.sendto(data, datagram.address)
    except OSError as error:  # its sender asks again
        log.debug("trap_answer", host=datagram.host, error=str(error))


def _kernel_drops(bound: socket.socket) -> int:
    size = struct.calcsize(f"{_SK_MEMINFO_VARS}I")
    try:
        told = bound.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, size)
    except OSError:  # Linux before 4.12
        return 0
    values = struct.unpack(f"{len(told) // 4}I", told)
    return values[_SK_MEMINFO_DROPS] if len(values) > _SK_MEMINFO_DROPS else 0


def _host(host: str) -> str:
    """Return an address as endpoints write it: IPv4 on a socket of both kinds is IPv4."""
    return host.removeprefix("::ffff:") if "." in host else host
