"""The sockets: a storm is thrown away by its source's address, the rest is read in slices.

One thread does all of it. As long as datagrams pour in it only empties the sockets, and otherwise
it decodes for a millisecond before it looks again: a kernel as it is installed keeps some 500
datagrams, and what it throws away may be anybody's.
"""

import selectors
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from collectors.traps.outcome import BEFORE_DECODING, Drop, Dropped
from collectors.traps.rate import SourceLimits
from collectors.traps.reading import Heard, NotificationReader
from collectors.traps.sockets import enlarge_buffer, kernel_drops

log = structlog.get_logger()

_LARGEST = 65_535
_AT_ONCE = 4_096  # datagrams that are taken from a socket before others have their turn
_SLICE_S = 0.001
_POURING = 64  # datagrams found at once: more are on their way, and decoding waits
_POURING_WAIT_S = 0.002
_POURING_MOST_S = 0.25
_QUEUE = 20_000
_WAIT_S = 0.2
_STRANGERS_KEPT = 50
_RELAYS = 1_000
_STRANGERS = "strangers"


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
    strangers: dict[str, int] = field(default_factory=dict)

    def stranger(self, host: str) -> None:
        """Count a source that is not known; only the last ones are kept by name."""
        self.strangers[host] = self.strangers.pop(host, 0) + 1
        if len(self.strangers) > _STRANGERS_KEPT:
            del self.strangers[next(iter(self.strangers))]


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

    `deliver` is given every arrival; `limited` a device, its address, and how many of its datagrams
    were thrown away unread. Both are called in the receiving thread and must be quick.
    """

    def __init__(
        self,
        listeners: Sequence[Listener],
        reader: NotificationReader,
        limits: SourceLimits,
        *,
        deliver: Callable[[Arrival], None],
        limited: Callable[[int, str, int], None],
    ) -> None:
        self.figures = Received()
        self._listeners = listeners
        self._reader = reader
        self._limits = limits
        self._deliver = deliver
        self._limited = limited
        self._queue: deque[_Datagram] = deque()
        self._relays: dict[str, None] = {}  # proxies that were believed, the last ones
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
                found = self._take(selector, 0 if self._queue else _WAIT_S)
                until_s = time.monotonic() + _POURING_MOST_S
                while found >= _POURING and time.monotonic() < until_s:
                    found = self._take(selector, _POURING_WAIT_S)
                self._read_some()

    def kernel_drops(self) -> int:
        """Return how many datagrams the kernel threw away because we were too slow."""
        return sum(kernel_drops(listener.socket) for listener in self._listeners)

    def _take(self, selector: selectors.BaseSelector, wait_s: float) -> int:
        """Empty the sockets that have something; return how many datagrams there were."""
        before = self.figures.received
        for key, _ in selector.select(wait_s):
            self._drain(key.data)
        return self.figures.received - before

    def _drain(self, listener: Listener) -> None:
        receive, queue = listener.socket.recvfrom, self._queue
        now_s = time.monotonic()
        shut: Counter[str] = Counter()  # sources of which no more is looked at in this turn
        received = 0
        for _ in range(_AT_ONCE):
            try:
                data, address = receive(_LARGEST)
            except BlockingIOError:
                break
            except OSError as error:  # an ICMP error of an answer of ours
                log.debug("trap_socket", error=str(error))
                continue
            received += 1
            source = address[0]
            if source in shut:
                shut[source] += 1
            elif not self._limits.admits(self._bucket(listener, source), now_s):
                shut[source] = 1
            elif len(queue) >= _QUEUE:
                self.figures.drops[Drop.QUEUE_FULL] += 1
            else:
                queue.append(_Datagram(listener, _host(source), address, data))
        self.figures.received += received
        for source, count in shut.items():
            self._note_limited(listener, source, count)

    def _bucket(self, listener: Listener, source: str) -> int | str:
        """Return whose bucket it is: a device has one for all of its addresses.

        A proxy that was believed has its own; all other sources that nobody knows share one.
        """
        host = _host(source)
        return self._device(listener, host) or (host if host in self._relays else _STRANGERS)

    def _note_limited(self, listener: Listener, source: str, count: int) -> None:
        self.figures.drops[Drop.RATE_LIMITED] += count
        device_id = self._device(listener, _host(source))
        if device_id is not None:
            self._limited(device_id, _host(source), count)

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
        except Exception:  # a defect of ours must not let one datagram end the listener
            log.exception("trap_not_read")
            self.figures.drops[Drop.MALFORMED] += 1
            return
        if self._device(datagram.listener, host) is None:
            self._remember_relay(host)
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

    def _remember_relay(self, host: str) -> None:
        self._relays.pop(host, None)
        self._relays[host] = None
        if len(self._relays) > _RELAYS:
            del self._relays[next(iter(self._relays))]

    def _note_unknown(self, heard: Heard) -> None:
        figures = self.figures
        figures.drops[Drop.NOT_UNDERSTOOD] += 1
        name = ".".join(map(str, heard.notice.trap))
        if name in figures.not_understood or len(figures.not_understood) < _STRANGERS_KEPT:
            figures.not_understood[name] += 1


def dropped_before_decoding(figures: Received) -> int:
    """Return how many datagrams were thrown away by their source's address alone."""
    return sum(figures.drops[why] for why in BEFORE_DECODING)


def _send(datagram: _Datagram, data: bytes) -> None:
    try:
        datagram.listener.socket.sendto(data, datagram.address)
    except OSError as error:  # its sender asks again
        log.debug("trap_answer", host=datagram.host, error=str(error))


def _host(host: str) -> str:
    """Return an address as endpoints write it: IPv4 on a socket of both kinds is IPv4."""
    return host.removeprefix("::ffff:") if "." in host else host
