"""From a few devices to all that are cabled to them: breadth first over what each one hears.

A crawl speaks only to addresses inside the bounds it is given, with the credentials of their zone;
what lies outside is told and left alone. It goes round no loop: a device is one by its serial or
its ports' addresses, at however many of its own addresses it is heard.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from collectors.outcome import Outcome
from collectors.recognise import recognise, recognition_names
from collectors.sightings import Bounds, Seen, Sighting, Sightings, Unread
from collectors.snmp.client import converse_many
from collectors.snmp.engine import Conversation
from collectors.target import SnmpTarget
from inventory.errors import Unreachable
from inventory.observation import Observation
from inventory.reconcile import marks
from inventory.settings import Settings
from inventory.vendors.plausible import plausible
from inventory.vendors.standard.heard import COLUMNS, Heard, address_book, heard
from inventory.vendors.standard.interfaces import Ports

OnStep = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Reached:
    """A device that was read, or a seed that was not. `way` is who told of it, None for a seed."""

    outcome: Outcome[SnmpTarget, Observation]
    way: Sighting | None
    depth: int


@dataclass(frozen=True)
class Crawl:
    """What a crawl found. `asked` and `answered` count addresses.

    `stations` counts the telephones, PCs and the like that are heard and do not answer.
    """

    reached: tuple[Reached, ...]
    seen: tuple[Seen, ...]
    asked: int
    answered: int
    stations: int


def crawl(
    seeds: Sequence[SnmpTarget],
    bounds: Bounds,
    *,
    settings: Settings,
    on_step: OnStep | None = None,
) -> Crawl:
    """Return the devices that are found from `seeds`, all of one zone, which are read first.

    A seed that cannot be read is among `reached`, with its error. `on_step` is told of each round,
    in the caller's thread: its name, how many of its addresses are done, and of how many.
    """
    state = Sightings(bounds)
    reached: list[Reached] = []
    wave: dict[str, tuple[Sighting | None, int]] = {seed.host: (None, 0) for seed in seeds}
    step = 0
    while wave:
        step += 1
        targets = [replace(seeds[0], host=host) for host in wave]
        for outcome in _read(targets, settings, f"crawl, round {step}", on_step):
            way, depth = wave[outcome.key.host]
            if _is_new(state, outcome, depth, is_seed=way is None):
                reached.append(Reached(_observation_of(outcome), way, depth))
        wave = dict(state.next())
    return Crawl(
        tuple(reached), tuple(state.seen()), state.asked, len(state.answers), state.stations
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    observation: Observation
    heard: tuple[Heard, ...]
    book: dict[str, str] = field(repr=False)


def _is_new(
    state: Sightings, outcome: Outcome[SnmpTarget, _Reading], depth: int, *, is_seed: bool
) -> bool:
    """Take an outcome into the state; tell whether it is one to report."""
    host, reading = outcome.key.host, outcome.value
    if reading is None:
        silent = isinstance(outcome.error, Unreachable)
        state.failed(host, Unread.SILENT if silent else Unread.FAILED, str(outcome.error))
        return is_seed
    return state.answered(host, marks(reading.observation), depth, reading.heard, reading.book)


def _observation_of(
    outcome: Outcome[SnmpTarget, _Reading],
) -> Outcome[SnmpTarget, Observation]:
    value = outcome.value.observation if outcome.value else None
    return Outcome(outcome.key, value, outcome.error, outcome.duration_s)


def _read(
    targets: Sequence[SnmpTarget], settings: Settings, step: str, on_step: OnStep | None
) -> list[Outcome[SnmpTarget, _Reading]]:
    done = 0

    def tell(_: object) -> None:
        nonlocal done
        done += 1
        if on_step is not None:
            on_step(step, done, len(targets))

    return converse_many(
        targets, _converse, max_in_flight=settings.snmp_max_devices_in_flight, on_done=tell
    )


async def _converse(conversation: Conversation) -> _Reading:
    told = await conversation.get(recognition_names())
    reading = recognise(told).reading
    view = await conversation.walk(dict.fromkeys((*reading.columns_of(told), *COLUMNS)))
    observation = plausible(reading.observe(view))
    return _Reading(observation, heard(view, Ports(observation.interfaces)), address_book(view))
