"""The engine behind synchronous calls: many agents in, one typed outcome for each out.

The call runs an event loop of its own until all targets are done; it must not be made from inside
another event loop. One bad agent never stops the others.
"""

import asyncio
import ipaddress
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
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
    on_done: OnDone[Answer] | None = None,
) -> list[Outcome[SnmpTarget, Answer]]:
    """Return what `talk` made of each target, at most `max_in_flight` of them at a time."""
    return asyncio.run(_converse_all(targets, talk, max_in_flight, on_done))


async def _converse_all(
    targets: Sequence[SnmpTarget],
    talk: Callable[[Conversation], Awaitable[Answer]],
    max_in_flight: int,
    on_done: OnDone[Answer] | None,
) -> list[Outcome[SnmpTarget, Answer]]:
    transport = Transport()
    outcomes: dict[int, Outcome[SnmpTarget, Answer]] = {}
    # Two targets with the same address (two communities) take turns: one request at a time.
    turns: dict[Address, asyncio.Lock] = {}
    places = iter(enumerate(targets))

    async def work() -> None:
        for place, target in places:
            outcomes[place] = outcome = await _converse(transport, turns, target, talk)
            if on_done is not None:
                on_done(outcome)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(max_in_flight, len(targets))):
                group.create_task(work())
    finally:
        transport.close()
    return [outcomes[place] for place in range(len(targets))]


async def _converse(
    transport: Transport,
    turns: dict[Address, asyncio.Lock],
    target: SnmpTarget,
    talk: Callable[[Conversation], Awaitable[Answer]],
) -> Outcome[SnmpTarget, Answer]:
    started = time.monotonic()
    answer: Answer | None = None
    error: DeviceError | None = None
    rtt_s: float | None = None
    try:
        address = await _resolve(target)
        async with turns.setdefault(address, asyncio.Lock()):
            answer = await talk(Conversation(transport, target, address))
            rtt_s = transport.rtt_s.pop(address, None)
    except Exception as failure:
        error = as_device_error(failure)
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
