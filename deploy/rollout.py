"""A rollout, decided: who is in which wave, who may start now, when to stop, what a resume does.

Values in, decisions out; no device, no database, no clock. A rollout goes in waves, each of which
must prove itself before the next one begins: one device, one site, some percent, the rest. Within a
site what others are reached through is changed first, one device at a time, and never more than
half of its access points at once, so that a pupil always has one to go to.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator

from inventory.errors import InvalidInput
from inventory.models import PushState
from inventory.naming import natural_order

SiteKey: TypeAlias = tuple[str, int]

_STEP = re.compile(r"(\d+) (devices?|sites?)|(\d+(?:\.\d+)?) ?%|rest")
_NOT_SENT = frozenset({"read", "read_again", "stand_down"})
_HARMED = (PushState.ROLLED_BACK, PushState.IN_DOUBT)
_PROVEN = (PushState.VERIFIED, PushState.UNCHANGED)


class OnFailure(StrEnum):
    """What happens to devices that were changed well when their wave did not prove itself."""

    HALT = "halt"
    UNDO_WAVE = "undo_wave"
    UNDO_PLAN = "undo_plan"


class RolloutOptions(BaseModel):
    """How a plan is rolled out; it is frozen with the plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    waves: str = Field("1 device, 1 site, 5 %, rest", description="what each wave takes")
    access_points_at_once: float = Field(0.5, gt=0, le=0.5, description="share of a site's")
    tolerated_percent: float = Field(
        2.0, ge=0, le=100, description="of a wave that may fail without stopping the plan"
    )
    on_failure: OnFailure = OnFailure.UNDO_WAVE
    clients_back: float = Field(
        0.5, ge=0, le=1, description="share of a device's clients that must be back after its wave"
    )
    now: str | None = Field(
        None, description="who lets it interrupt schools in their hours, and why"
    )
    gate_s: float = Field(300.0, ge=0, description="how long a wave may take to be well again")

    @field_validator("waves")
    @classmethod
    def _readable(cls, value: str) -> str:
        read_waves(value)
        return value


class Unit(StrEnum):
    """What a wave is measured in."""

    DEVICES = "device"
    SITES = "site"
    PERCENT = "%"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class WaveSize:
    """How much a wave takes; `amount` means nothing for the rest."""

    unit: Unit
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Member:
    """One device of a rollout. `leads`: others are reached through it, as through a switch."""

    push_id: int
    device_id: int
    name: str
    site_id: int | None = None
    leads: bool = False

    @property
    def site(self) -> SiteKey:
        """Return the site that limits count in; a device without one is a site by itself."""
        if self.site_id is None:
            return ("device", self.device_id)
        return ("site", self.site_id)


def read_waves(text: str) -> tuple[WaveSize, ...]:
    """Return the sizes of `1 device, 1 site, 5 %, rest`; raises InvalidInput."""
    return tuple(_wave_size(part.strip()) for part in text.lower().split(","))


def _wave_size(text: str) -> WaveSize:
    match = _STEP.fullmatch(text)
    if match is None:
        raise InvalidInput(f"« {text} » is no wave", todo="write: 1 device, 1 site, 5 %, rest")
    if match[1]:
        return WaveSize(Unit.DEVICES if match[2].startswith("d") else Unit.SITES, int(match[1]))
    return WaveSize(Unit.PERCENT, float(match[3])) if match[3] else WaveSize(Unit.REST)


def waves_of(members: Iterable[Member], sizes: Sequence[WaveSize]) -> list[tuple[Member, ...]]:
    """Return the members of each wave, in the order in which they are changed.

    The same members give the same waves. Small sites come first, where a mistake costs least; a
    site is finished before the next is begun, except for the wave of a few devices. What the sizes
    leave over is a last wave.
    """
    sites = _in_order(members)
    total = sum(len(site) for site in sites)
    waves: list[tuple[Member, ...]] = []
    for size in (*sizes, WaveSize(Unit.REST)):
        taken: list[Member] = []
        if size.unit is Unit.DEVICES:
            while sites and len(taken) < size.amount:
                taken.append(sites[0].pop(0))
                sites = [site for site in sites if site]
        else:
            wanted = math.ceil(total * size.amount / 100)
            while sites and not _enough(size, taken, wanted):
                taken += sites.pop(0)
        if taken:
            waves.append(tuple(taken))
    return waves


def _enough(size: WaveSize, taken: Sequence[Member], wanted: int) -> bool:
    if size.unit is Unit.SITES:
        return len({member.site for member in taken}) >= size.amount
    return size.unit is Unit.PERCENT and len(taken) >= wanted


def _in_order(members: Iterable[Member]) -> list[list[Member]]:
    sites: dict[SiteKey, list[Member]] = {}
    for member in members:
        sites.setdefault(member.site, []).append(member)
    for site in sites.values():
        site.sort(key=lambda each: (not each.leads, natural_order(each.name), each.push_id))
    return [sites[key] for key in sorted(sites, key=lambda key: (len(sites[key]), key))]


def may_start(
    waiting: Sequence[Member],
    running: Collection[Member],
    *,
    access_points: Mapping[SiteKey, int],
    share: float,
    at_once: int,
) -> list[Member]:
    """Return who of `waiting`, in its order, may be changed beside those that are `running`.

    `access_points` tells how many a site has in all, changed or not; `share` of them may be changed
    at once, one at least; `at_once` bounds the whole.
    """
    busy = Counter(member.site for member in running)
    led = {member.site for member in running if member.leads}
    first = {member.site for member in waiting if member.leads}
    started: list[Member] = []
    for member in waiting:
        if len(running) + len(started) >= at_once:
            break
        site = member.site
        if site in led:
            continue
        if member.leads:
            if busy[site]:
                continue
            led.add(site)
        elif site in first or busy[site] >= max(1, int(access_points.get(site, 0) * share)):
            continue
        busy[site] += 1
        started.append(member)
    return started


class Stop(StrEnum):
    """Why a wave does not lead to the next one."""

    TOO_MANY_FAILED = "too_many_failed"
    NOTHING_PROVEN = "nothing_proven"
    NOT_WELL = "not_well"


def harm(states: Iterable[PushState]) -> int:
    """Return how many devices of a wave were touched and did not end as intended."""
    return sum(state in _HARMED for state in states)


def must_stop(states: Iterable[PushState], size: int, tolerated_percent: float) -> bool:
    """Return whether a wave of `size` devices has already failed, so that no other may start.

    A device that was not touched, being silent or changed since the plan, is no failure of the
    change; one that had to be put back, or cannot be read back, is.
    """
    return harm(states) > int(size * tolerated_percent / 100)


def judge_wave(states: Sequence[PushState], tolerated_percent: float) -> Stop | None:
    """Return why a wave whose devices all ended is not followed by the next; None: go on."""
    if must_stop(states, len(states), tolerated_percent):
        return Stop.TOO_MANY_FAILED
    if not any(state in _PROVEN for state in states):
        return Stop.NOTHING_PROVEN
    return None


class Standing(StrEnum):
    """What is known of a device after its run was killed, by its state and its journal alone."""

    UNTOUCHED = "untouched"
    IN_DOUBT = "in_doubt"
    DONE = "done"
    RESTORED = "restored"


def standing(state: PushState, steps: Sequence[str]) -> Standing:
    """Return where a device stands; the journal tells each step before it is taken.

    A step that is in the journal may or may not have been taken. A run that only read has changed
    nothing; from the guard on, only the device itself can tell.
    """
    if state in (PushState.VERIFIED, PushState.UNCHANGED):
        return Standing.DONE
    if state is PushState.ROLLED_BACK:
        return Standing.RESTORED
    if state is PushState.IN_DOUBT:
        return Standing.IN_DOUBT
    if state is PushState.SENDING and not _NOT_SENT.issuperset(steps):
        return Standing.IN_DOUBT
    return Standing.UNTOUCHED


class Recovery(StrEnum):
    """What a resume does with a device that it read back."""

    STAND_DOWN = "stand_down"
    FINISH = "finish"
    UNDO = "undo"


def recovery(*, shows_old: bool, shows_new: bool, steps: Sequence[str]) -> Recovery:
    """Return what to do with a device in doubt by what it shows now.

    The old configuration needs only its guard to be taken off. The new one, complete, is finished
    as a push would, unless the run had already decided to undo it. Anything between is undone.
    """
    if shows_old:
        return Recovery.STAND_DOWN
    if shows_new and "roll_back" not in steps:
        return Recovery.FINISH
    return Recovery.UNDO
