"""Health with hysteresis, and the root cause of a silence by topology. Pure: values in, values out.

The history of a device is a short text, one letter for each reading, the newest last. What a device
is follows from it alone (`health_of_history`):

- down after two silences in a row; one missed reading is degraded, as nobody knows yet;
- reachable as soon as it answers: degraded at first, ok after two good readings in a row.

A device that is silent behind another silent one says nothing of itself: it is `shadowed`, and what
it missed meanwhile does not count against it. NAV (Network Administration Visualized) has shown
for twenty years that an operator wants to hear of the one switch and not of all behind it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from inventory.models.device import Health
from inventory.topology import Tree

READINGS_KEPT = 8
SILENCES_TO_BE_DOWN = 2
ANSWERS_TO_BE_OK = 2


class Reading(StrEnum):
    """What came of one reading, as a letter of the history."""

    ANSWERED = "a"
    PARTLY = "p"
    SILENT = "s"
    SHADOWED = "x"
    UNREADABLE = "u"


_SILENCES = Reading.SILENT + Reading.SHADOWED


def remember(history: str, reading: Reading) -> str:
    """Return the history with one more reading, the oldest ones forgotten."""
    return (history + reading)[-READINGS_KEPT:]


def is_silent(history: str) -> bool:
    """Tell whether the last reading got no answer, whoever was to blame."""
    return history[-1:] in set(_SILENCES)


def answers(history: str) -> bool | None:
    """Tell whether the device answered last time; None when it cannot be told.

    One that answered what cannot be used (refused credentials, another device at its address) was
    perhaps reached, perhaps not.
    """
    if not history or history[-1] == Reading.UNREADABLE:
        return None
    return not is_silent(history)


def health_of_history(history: str) -> Health:
    """Return how a device does by its own readings; never shadowed, which the topology decides."""
    last = history[-1:]
    if not last or last == Reading.UNREADABLE:
        return Health.UNKNOWN
    if last in set(_SILENCES):
        own = len(history) - len(history.rstrip(Reading.SILENT))
        if own >= SILENCES_TO_BE_DOWN:
            return Health.DOWN
        never = not set(history) & {Reading.ANSWERED, Reading.PARTLY}
        return Health.UNKNOWN if never else Health.DEGRADED
    telling = [each for each in history if each in (Reading.ANSWERED, "p", "s")]
    good = set(telling[-ANSWERS_TO_BE_OK:]) == {Reading.ANSWERED}
    return Health.OK if good else Health.DEGRADED


def excused(history: str) -> str:
    """Return the history with the silences at its end blamed on what stands before the device."""
    own = history.rstrip(_SILENCES)
    return own + Reading.SHADOWED * (len(history) - len(own))


@dataclass(frozen=True, slots=True)
class Causes:
    """Why devices of a site are silent.

    `shadows` maps each cause to the devices that are silent because of it; every silent device is
    a cause or in the shadow of exactly one. `whole_site` tells that nothing at all answers.
    """

    shadows: Mapping[int, tuple[int, ...]]
    whole_site: bool = False

    def cause_of(self) -> dict[int, int]:
        """Return the cause of each device in a shadow."""
        return {device: cause for cause, behind in self.shadows.items() for device in behind}


def find_causes(
    tree: Tree, answering: Mapping[int, bool | None], known: Collection[int] = ()
) -> Causes:
    """Return the causes of silence: the silent devices nearest the root.

    A silent device is a cause when what stands before it passes traffic: it answers, or something
    behind it does, by cables that were heard of. Devices of which nothing is known are looked
    through. What no cable places is blamed on the root only when nothing at the site answers.
    `known` are causes already: one that failed before its parent did stays a cause.
    """
    passing = _passing(tree, answering)
    whole_site = not any(answering.values())
    cause_of: dict[int, int] = {}
    shadows: dict[int, list[int]] = {}
    for device_id in tree.devices():
        if answering.get(device_id) is not False:
            continue
        before = _before(tree, device_id, answering)
        placed = before is not None and (whole_site or _is_placed(tree, device_id, before))
        if before is None or not placed or before in passing or device_id in known:
            cause_of[device_id] = device_id
            shadows[device_id] = []
        else:
            cause_of[device_id] = cause_of[before]
            shadows[cause_of[before]].append(device_id)
    return Causes(
        {cause: tuple(behind) for cause, behind in shadows.items()}, whole_site and bool(shadows)
    )


def _before(tree: Tree, device_id: int, answering: Mapping[int, bool | None]) -> int | None:
    """Return the nearest device towards the root of which something is known."""
    parent = tree.parents.get(device_id)
    while parent is not None and answering.get(parent) is None:
        parent = tree.parents.get(parent)
    return parent


def _is_placed(tree: Tree, device_id: int, before: int) -> bool:
    """Tell whether cables lead from `device_id` to `before`, all the way."""
    while device_id != before:
        if device_id not in tree.cables:
            return False
        device_id = tree.parents[device_id]
    return True


def _passing(tree: Tree, answering: Mapping[int, bool | None]) -> set[int]:
    """Return the devices that answer or that a cable joins to something behind that does."""
    passing: set[int] = set()
    for device_id in reversed(list(tree.devices())):
        if answering.get(device_id):
            passing.add(device_id)
        if device_id in passing and device_id in tree.cables:
            passing.add(tree.parents[device_id])
    return passing


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows for one site: each device's health and history, and the incidents to be open.

    `open` maps the cause of each incident to the devices in its shadow.
    """

    health: Mapping[int, Health]
    history: Mapping[int, str]
    open: Mapping[int, tuple[int, ...]]
    whole_site: bool


def judge_site(tree: Tree, histories: Mapping[int, str], open_causes: Collection[int]) -> Judgement:
    """Return the judgement of a site by the readings of its devices.

    A cause is an incident once it is down. Until then, what is silent behind it waits as degraded:
    it is neither blamed nor excused.
    """
    causes = find_causes(
        tree,
        {device: answers(history) for device, history in histories.items()},
        known=[device for device in open_causes if is_silent(histories.get(device, ""))],
    )
    health = {device: health_of_history(history) for device, history in histories.items()}
    history = dict(histories)
    confirmed: dict[int, tuple[int, ...]] = {}
    for cause, behind in causes.shadows.items():
        if health[cause] is Health.DOWN:
            confirmed[cause] = behind
        for device in behind:
            if cause in confirmed:
                health[device] = Health.SHADOWED
                history[device] = excused(histories[device])
            elif health[device] is Health.DOWN:
                health[device] = Health.DEGRADED
    return Judgement(health, history, confirmed, causes.whole_site)
