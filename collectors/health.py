"""Health between two polls: a few figures of very many devices, kept over time.

A poll reads all of a device. Between two of them it is asked for less, in one of two ways:

- `observe_health_many` walks the columns that tell how a device does, and no other, and reads them
  as a poll would: any family, a few requests a device.
- `health_round` asks in one request for instances that are known to hold its figures, and hands
  them to the store as they come: no round is ever in memory as a whole.

What a device does not tell is left out; a device that is silent is kept as such.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from collectors.outcome import Outcome
from collectors.series import Sample, SeriesStore, Subject
from collectors.series.sampling import answered_sample, unreachable_sample
from collectors.snmp.client import converse_each, converse_many
from collectors.snmp.engine import Conversation
from collectors.target import SnmpTarget
from inventory.errors import Garbled, Unreachable
from inventory.observation import Observation
from inventory.settings import Settings
from inventory.vendors.family import family
from inventory.vendors.mib import MibView, Oid, decimal
from inventory.vendors.plausible import plausible
from inventory.vendors.reading import SYS_UPTIME, Reading
from inventory.vendors.standard import addresses, bridging, entity, interfaces, neighbours

# 100,000 devices in 250 s: spread over the five minutes between two rounds, not in one burst that
# fills the lines of the schools and one of our cores.
DEVICES_A_SECOND = 400.0
_TIMEOUT_S = 1.0
_SAMPLES_AT_ONCE = 1_500  # in one transaction of the store


# What tells who a device is, what it is connected to and what it has counted, but not how it does.
_NO_HEALTH = {
    *entity.COLUMNS,
    *neighbours.COLUMNS,
    *bridging.COLUMNS,
    *addresses.COLUMNS,
    *interfaces.COLUMNS,
} - {*interfaces.NAMES}


def health_columns(reading: Reading) -> tuple[Oid, ...]:
    """Return those of a family's columns that tell how a device does: its figures and radios.

    With the ports' names and addresses, by which radios are called and the device is known again;
    the family's own columns are all among them.
    """
    return tuple(column for column in reading.columns if column not in _NO_HEALTH)


def observe_health_many(
    asked: Sequence[tuple[SnmpTarget, str]],
    *,
    settings: Settings,
    on_done: Callable[[Outcome[SnmpTarget, Observation]], None] | None = None,
) -> list[Outcome[SnmpTarget, Observation]]:
    """Return for each (target, family's id), in their order, what it says of how it does.

    Its interfaces have names and addresses alone; what is no matter of health is not there at all.
    An outcome's error is Unreachable, Refused or Garbled. `on_done` is called as each one ends.
    """
    readings = {target: family(family_id).reading for target, family_id in asked}

    async def observe(conversation: Conversation) -> Observation:
        reading = readings[conversation.target]
        # So that silence to a large answer is told from a device that is not there.
        await conversation.get([SYS_UPTIME])
        view = await conversation.walk(health_columns(reading))
        return plausible(reading.observe(view))

    return converse_many(
        [target for target, _ in asked],
        observe,
        max_in_flight=settings.snmp_max_devices_in_flight,
        on_done=on_done,
    )


class Source(NamedTuple):
    """Where a device tells one figure: the instance, whose figure it is, and its unit's share."""

    name: Oid
    subject: Subject
    metric: str
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Watched:
    """A device of a round, and its figures; a figure's subject may be a part of it."""

    device_id: int
    target: SnmpTarget
    figures: Sequence[Source]


@dataclass
class Round:
    """What came of a round, in devices. `refused` tells nothing of their health."""

    answered: int = 0
    silent: int = 0
    refused: int = 0
    samples: int = 0


def health_round(
    devices: Iterable[Watched],
    store: SeriesStore,
    *,
    per_s: float | None = DEVICES_A_SECOND,
    max_in_flight: int = 200,
) -> Round:
    """Read the figures of `devices`, keep them in `store`, and return the counts.

    At most `per_s` devices are asked in a second, None: as fast as they answer. A device is waited
    for one second and asked again as often as its target says: the next round is not far. Each
    target must be another one. Raises Misconfigured when the store cannot be written.
    """
    done = Round()
    waiting: list[Sample] = []
    under_way: dict[SnmpTarget, Watched] = {}

    def targets() -> Iterator[SnmpTarget]:
        for device in devices:
            target = replace(device.target, timeout_s=min(_TIMEOUT_S, device.target.timeout_s))
            under_way[target] = device
            yield target

    async def ask(conversation: Conversation) -> MibView:
        figures = under_way[conversation.target].figures
        return await conversation.get([figure.name for figure in figures])

    def note(outcome: Outcome[SnmpTarget, MibView]) -> None:
        device = under_way.pop(outcome.key)
        waiting.extend(_samples(device, outcome, done))
        if len(waiting) >= _SAMPLES_AT_ONCE:
            keep()

    def keep() -> None:
        done.samples += store.write(waiting).kept
        waiting.clear()

    converse_each(targets(), ask, note, max_in_flight=max_in_flight, per_s=per_s)
    keep()
    return done


def _samples(
    device: Watched, outcome: Outcome[SnmpTarget, MibView], done: Round
) -> Sequence[Sample]:
    if outcome.error is None:
        done.answered += 1
        return list(_told(device, outcome))
    if isinstance(outcome.error, Unreachable):
        done.silent += 1
        return [unreachable_sample(device.device_id, outcome.at)]
    if isinstance(outcome.error, Garbled):
        done.answered += 1
        return [answered_sample(device.device_id, outcome.at)]
    done.refused += 1
    return []


def _told(device: Watched, outcome: Outcome[SnmpTarget, MibView]) -> Iterator[Sample]:
    view = outcome.unwrap()
    answered = answered_sample(device.device_id, outcome.at)
    values: dict[Subject, dict[str, float]] = {answered.subject: {"reachable": 1}}
    if outcome.rtt_s is not None:
        values[answered.subject]["rtt_ms"] = 1000 * outcome.rtt_s
    for figure in device.figures:
        value = decimal(view.get(figure.name))
        if value is not None:
            values.setdefault(figure.subject, {})[figure.metric] = figure.factor * value
    for subject, told in values.items():
        yield Sample(subject, outcome.at, told)
