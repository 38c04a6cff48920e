"""The engine behind synchronous calls: many agents in, one typed outcome for each out.

The call runs an event loop of its own until all targets are done; it must not be made from inside
another event loop. One bad agent never stops the others.
"""

import asyncio
import ipaddress
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar, cast

from collectors.outcome import Outcome, as_device_error
from collectors.snmp.engine import Conversation
from collectors.snmp.transport import Address, Transport
from collectors.target import SnmpTarget
from inventory.errors import DeviceError, Unreachable
from inventory.vendors.mib import MibView, Oid

Answer = TypeVar("Answer")
OnDone = Callable[[Outcome[SnmpTarget, Answer]], None]

MAX_IN_FLIGHT = 200
_WAITED_FOR = 8
_PACE_S = 0.02  # how finely a pace is kept: a timer for each device would cost more than it gives


def get_many(
    targets: Sequence[SnmpTarget],
    oids: Sequence[Oid],
    *,
    max_in_flight: int = MAX_IN_FLIGHT,
    on_done: OnDone[MibView] | None = None,
) -> list[Outcome[SnmpTarget, MibView]]:
    """Return for each target, in their order, a view of those of `oids` that it has.

    An outcome's error is Unreachable, Refused or Garbled. `on_done` is called as each one ends.
    """

    async def get(conversation: Conversation) -> MibView:
        return await conversation.get(oids)

    return converse_many(targets, get, max_in_flight=max_in_flight, on_done=on_done)


def walk_many(
    targets: Sequence[SnmpTarget],
    columns: Sequence[Oid],
    *,
    max_in_flight: int = MAX_IN_FLIGHT,
    on_done: OnDone[MibView] | None = None,
) -> list[Outcome[SnmpTarget, MibView]]:
    """Return for each target, in their order, a view of all that it has under `columns`.

    A column that could not be read to its end stands in the view's `problems`. An outcome's error
    is Unreachable, Refused or Garbled. `on_done` is called as each one ends.
    """

    async def walk(conversation: Conversation) -> MibView:
        return await conversation.walk(columns)

    return converse_many(targets, walk, max_in_flight=max_in_flight, on_done=on_done)


def converse_many(
    targets: Sequence[SnmpTarget],
    talk: Callable[[Conversation], Awaitable[Answer]],
    *,
    max_in_flight: int = MAX_IN_FLIGHT,
    per_s: float | None = None,
    on_done: OnDone[Answer] | None = None,
) -> list[Outcome[SnmpTarget, Answer]]:
    """Return what `talk` made of each target, at most `max_in_flight` of them at a time.

    With `per_s` no more of them are begun in a second.
    """
    outcomes: dict[int, Outcome[SnmpTarget, Answer]] = {}

    def keep(place: int, outcome: Outcome[SnmpTarget, Answer]) -> None:
        outcomes[place] = outcome
        if on_done is not None:
            on_done(outcome)

    asyncio.run(_converse_all(targets, talk, max_in_flight, keep, per_s))
    return [outcomes[place] for place in range(len(targets))]


class _Window:
    """How many devices are spoken to at once.

    One that does not answer gives its place to another while it is waited for, else a few dead
    ones would hold up a fleet; but `_WAITED_FOR` times as many are the most in all.
    """

    def __init__(self, devices: int) -> None:
        self._speaking = asyncio.Semaphore(devices)
        self._all = asyncio.Semaphore(devices * _WAITED_FOR)
        self._silent: set[Address] = set()

    async def enter(self) -> None:
        """Wait for a place."""
        await self._all.acquire()
        await self._speaking.acquire()

    def silent(self, address: Address) -> None:
        """Give the place of a device that was sent its request again to another."""
        if address not in self._silent:
            self._silent.add(address)
            self._speaking.release()

    def leave(self, address: Address | None) -> None:
        """Give the place back."""
        self._all.release()
        if address in self._silent:
            self._silent.discard(address)
        else:
            self._speaking.release()


async def _converse_all(
    targets: Iterable[SnmpTarget],
    talk: Callable[[Conversation], Awaitable[Answer]],
    max_in_flight: int,
    on_done: Callable[[int, Outcome[SnmpTarget, Answer]], None],
    per_s: float | None = None,
) -> None:
    started_s = time.monotonic()
    window = _Window(max_in_flight)
    transport = Transport(on_silence=window.silent)
    turns = _Turns()

    async def work(place: int, target: SnmpTarget) -> None:
        on_done(place, await _converse(transport, turns, window, target, talk))

    try:
        async with asyncio.TaskGroup() as group:
            for place, target in enumerate(targets):
                if per_s is not None:
                    early_s = started_s + place / per_s - time.monotonic()
                    if early_s > _PACE_S:
                        await asyncio.sleep(early_s)
                await window.enter()
                group.create_task(work(place, target))
    finally:
        transport.close()


class _Turns:
    """Two targets with the same address (two communities) take turns: one request at a time."""

    def __init__(self) -> None:
        self._locks: dict[Address, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, address: Address) -> AsyncIterator[None]:
        lock, waiting = self._locks.get(address) or (asyncio.Lock(), 0)
        self._locks[address] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks[address]
            if waiting == 1:
                del self._locks[address]
            else:
                self._locks[address] = (lock, waiting - 1)


async def _converse(
    transport: Transport,
    turns: _Turns,
    window: _Window,
    target: SnmpTarget,
    talk: Callable[[Conversation], Awaitable[Answer]],
) -> Outcome[SnmpTarget, Answer]:
    started = time.monotonic()
    answer: Answer | None = None
    error: DeviceError | None = None
    rtt_s: float | None = None
    address: Address | None = None
    try:
        address = await _resolve(target)
        async with turns.of(address):
            try:
                answer = await talk(Conversation(transport, target, address))
                rtt_s = transport.rtt_s.pop(address, None)
            finally:
                window.leave(address)
    except Exception as failure:
        error = as_device_error(failure)
        if address is None:
            window.leave(None)
    return Outcome(target, answer, error, time.monotonic() - started, rtt_s=rtt_s)


async def _resolve(target: SnmpTarget) -> Address:
    try:
        literal = ipaddress.ip_address(target.host)
    except ValueError:
        pass
    else:
        if literal.version == 4:
            return (str(literal), target.port)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            target.host, target.port, type=socket.SOCK_DGRAM
        )
    except (OSError, UnicodeError) as error:
        raise Unreachable(
            "the name does not resolve to an address", where=str(target), todo="check the name"
        ) from error
    return cast(Address, found[0][4])
