"""Health between two polls: a few figures of very many devices.

A poll reads all of a device. Between two of them it is asked for less: the columns that tell how it
does, and no other, read as a poll would. The first time they are walked; after that the same is
asked in one request or few, whose answers prove that a walk would find nothing else (see
`collectors.snmp.trail`). What a restart alone changes (names of ports, sysDescr) is then not asked
again, as long as the uptime goes on as the clock does.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from collectors.outcome import Outcome
from collectors.snmp.client import converse_many
from collectors.snmp.engine import Conversation
from collectors.snmp.trail import Changed, Trail
from collectors.target import SnmpTarget
from collectors.trails import Trails
from inventory.observation import Observation
from inventory.settings import Settings
from inventory.vendors.family import family
from inventory.vendors.mib import MibView, Oid, Value
from inventory.vendors.plausible import plausible
from inventory.vendors.reading import SYS_DESCR, SYS_NAME, SYS_OBJECT_ID, SYS_UPTIME, Reading
from inventory.vendors.standard import (
    addresses,
    bridging,
    entity,
    interfaces,
    neighbours,
    system,
)

# 100,000 devices in 200 s: spread over most of the five minutes between two rounds, not in one
# burst that fills the lines of the schools and one of our cores.
DEVICES_A_SECOND = 500.0
_TIMEOUT_S = 1.0  # a late answer to an earlier sending is welcome all the same

# What tells who a device is, what it is connected to and what it has counted, but not how it does.
_NO_HEALTH = {
    *system.COLUMNS,
    *entity.COLUMNS,
    *neighbours.COLUMNS,
    *bridging.COLUMNS,
    *addresses.COLUMNS,
    *interfaces.COLUMNS,
} - {*interfaces.NAMES}
_SYSTEM = tuple(name[:-1] for name in (SYS_DESCR, SYS_OBJECT_ID, SYS_UPTIME, SYS_NAME))
# What stays until the next restart.
_STAYS = frozenset((SYS_DESCR[:-1], *interfaces.NAMES)) - {interfaces.PHYS_ADDRESS}
_WALK_AGAIN_S = 3600.0
_MOST_CHANGES = 8  # of a device's columns, until it is walked each time
_MOST_HOPS = 400  # more are cheaper walked
# How far an uptime may be from what the clock says, for the agent's clock is not ours.
_UPTIME_TOLERANCE_S, _UPTIME_TOLERANCE = 30.0, 0.05
_HUNDREDTHS = 100  # TimeTicks


@cache
def health_columns(reading: Reading) -> tuple[Oid, ...]:
    """Return those of a family's columns that tell how a device does: its figures and radios.

    With the ports' names and addresses, by which radios are called and the device is known again;
    the family's own columns are all among them.
    """
    kept = (column for column in reading.columns if column not in _NO_HEALTH)
    return tuple(dict.fromkeys((*_SYSTEM, *kept)))


@dataclass(slots=True)
class _Remembered:
    """What is known of a device since it was walked at `walked_s`.

    `stays` are the values of what a restart alone changes, `moving` the columns whose rows were
    found to come and go. `uptime_s` is what the device told at `at_s`; both are of the last round.
    `plain`: what stands beside the columns is not as on other devices, no question may be left out.
    """

    trail: Trail
    stays: Mapping[Oid, Value]
    uptime_s: float
    at_s: float
    walked_s: float
    moving: tuple[Oid, ...] = ()
    plain: bool = False

    def note(self, changed: Changed) -> None:
        """Note what is not as it was."""
        if changed.column is None:  # it does not answer so many questions
            self.moving = self.trail.columns
        elif changed.beside and not self.plain:
            self.plain = True
        elif changed.column not in self.moving:
            self.moving = (*self.moving, changed.column)

    def goes_on(self, uptime_s: float, now_s: float) -> bool:
        """Tell whether the device was not restarted since, and is no other."""
        passed_s = now_s - self.at_s
        tolerance_s = _UPTIME_TOLERANCE_S + _UPTIME_TOLERANCE * passed_s
        return abs(uptime_s - self.uptime_s - passed_s) <= tolerance_s


_Key = tuple[str, str, int, str]
_REMEMBERED = 200_000
# By zone, host, port and family; a restart of ours walks again. Emptied when full.
_remembered: dict[_Key, _Remembered] = {}
_trails = Trails()


def observe_health_many(
    asked: Sequence[tuple[SnmpTarget, str]],
    *,
    settings: Settings,
    per_s: float | None = DEVICES_A_SECOND,
    on_done: Callable[[Outcome[SnmpTarget, Observation]], None] | None = None,
) -> list[Outcome[SnmpTarget, Observation]]:
    """Return for each (target, family's id), in their order, what it says of how it does.

    Its interfaces have names and addresses alone; what is no matter of health is not there at all.
    An outcome's error is Unreachable, Refused or Garbled. `on_done` is called as each one ends. At
    most `per_s` devices are asked in a second, None: as fast as they answer. A device is asked
    again after a second, and once more than its target says: a round is not to wait for those that
    are silent longer than it takes.
    """
    hurried = [(_hurried(target), family_id) for target, family_id in asked]
    families = dict(hurried)

    async def observe(conversation: Conversation) -> Observation:
        return await _observe(conversation, families[conversation.target])

    return converse_many(
        [target for target, _ in hurried],
        observe,
        max_in_flight=settings.snmp_max_devices_in_flight,
        per_s=per_s,
        on_done=on_done,
    )


def _hurried(target: SnmpTarget) -> SnmpTarget:
    return replace(target, timeout_s=min(_TIMEOUT_S, target.timeout_s), retries=target.retries + 1)


async def _observe(conversation: Conversation, family_id: str) -> Observation:
    reading, target = family(family_id).reading, conversation.target
    key = (target.zone, target.host, target.port, family_id)
    view = await _again(conversation, key)
    if view is None:
        conversation.values.clear()
        # So that silence to a large answer is told from a device that is not there.
        await conversation.get([SYS_UPTIME])
        view = await conversation.walk(health_columns(reading))
        _remember(key, reading, view)
    return plausible(reading.observe(view))


async def _again(conversation: Conversation, key: _Key) -> MibView | None:
    """Return what a walk would tell, without one; None where it must be done."""
    known, now_s = _remembered.get(key), time.monotonic()
    # Not all of a fleet at once: each has its own time within the hour.
    if known is None or now_s - known.walked_s > _WALK_AGAIN_S * (0.5 + hash(key) % 64 / 128):
        return None
    if len(known.moving) > _MOST_CHANGES:
        return None
    trail = known.trail if known.plain else known.trail.short or known.trail
    answers = await conversation.retrace(trail)
    if isinstance(answers, Changed):
        known.note(answers)
        return None
    uptime_s = _uptime_s(conversation.values)
    if uptime_s is None or not known.goes_on(uptime_s, now_s):
        del _remembered[key]
        return None
    known.uptime_s, known.at_s = uptime_s, now_s
    if known.trail.short is None:
        known.trail.shorten(answers)
    if known.moving:
        await conversation.walk(known.moving)
    conversation.values.update(known.stays)
    return conversation.view()


def _remember(key: _Key, reading: Reading, view: MibView) -> None:
    """Remember what a walk found, if it was whole."""
    known, now_s = _remembered.get(key), time.monotonic()
    before = known if known and now_s - known.walked_s < _WALK_AGAIN_S / 2 else None
    values = {name: value for name in view if (value := view.get(name)) is not None}
    uptime_s = _uptime_s(values)
    if view.problems or uptime_s is None or len(values) > _MOST_HOPS:
        _remembered.pop(key, None)
        return
    moving = before.moving if before else ()
    if len(_remembered) >= _REMEMBERED:
        _remembered.clear()
    columns = [c for c in health_columns(reading) if c not in _STAYS and c not in moving]
    trail, stays = _trails.of(columns, values, _STAYS)
    walked_s = before.walked_s if before else now_s
    plain = before.plain if before else False
    _remembered[key] = _Remembered(trail, stays, uptime_s, now_s, walked_s, moving, plain)


def _uptime_s(values: Mapping[Oid, Value]) -> float | None:
    ticks = values.get(SYS_UPTIME)
    return ticks / _HUNDREDTHS if isinstance(ticks, int) else None
