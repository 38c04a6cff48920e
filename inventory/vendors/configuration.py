"""What a family that can be configured over SSH declares: typed frozen data and pure functions.

A configuration is handled as one text: what the device shows, without what changes by itself. The
grammar knows that text's shape; `render` answers the whole text that the device should show, where
secrets stand by name. What is sent follows from the difference of the two, so that what nobody
intends is left as it is. Sockets are not known here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from inventory.intent import DeviceIntent, IntentLayer

MASK = "‹secret›"
NAMED = re.compile(r"‹secret:([^›]+)›")


class Dialect(StrEnum):
    """How a device tells that a command failed: by an exit status, or in words."""

    SHELL = "shell"
    CLI = "cli"


class Shape(StrEnum):
    """The two shapes of configuration that the differ knows."""

    RECORDS = "records"
    INDENTED = "indented"


@dataclass(frozen=True, slots=True)
class DisplayedValue:
    """Where a named secret shows in a configuration, and how the device displays it."""

    path: str
    secret_name: str
    displayed: str


class Grammar(Protocol):
    """What can be done with the text of a configuration without knowing what it means."""

    @property
    def shape(self) -> Shape:
        """Return which differ understands the text."""

    def sections(self, text: str) -> Mapping[str, Sequence[str]]:
        """Return the lines of each section by its header, for review by a person."""

    def scrub(self, text: str, names: Mapping[str, str]) -> str:
        """Return `text` with `‹secret:name›` for the values in `names`, `‹secret›` for others."""

    def unscrub(
        self, text: str, running: str, values: Mapping[str, str], names: Mapping[str, str] = ...
    ) -> str:
        """Return `text` with the values of named secrets, and `‹secret›` as `running` has it.

        `names` are those that `text` was scrubbed with, by value or displayed form. Raises KeyError
        for a name without a value, ValueError where `running` has no such place.
        """

    def displayed(self, scrubbed: str, shown: str) -> tuple[DisplayedValue, ...]:
        """Return how `shown` displays each secret that `scrubbed` names."""

    def hashed_forms(self, shown: str) -> Mapping[str, str]:
        """Return, by path, what is shown in place of each secret that is not shown as typed."""

    def as_shown(self, scrubbed: str, typed: str, shown: str) -> str:
        """Return `typed`, which is `scrubbed` with its values, as the device would show it.

        What is shown of a hashed secret is taken from `shown`.
        """


@dataclass(frozen=True, slots=True)
class Rendered:
    """The whole configuration that a device should show; `notes` are for a reviewer, in French."""

    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One command and how its answer is judged.

    It succeeds when the exit status is 0 (shell) or none of the family's error patterns is in the
    answer (CLI), and `accept`, where given, is found in it.
    """

    command: str
    accept: str | None = None
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Settled:
    """Whether a change has taken effect; `problem` says what is missing, in the device's terms."""

    done: bool
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """How to see that an accepted configuration is in use, beyond being shown."""

    command: str
    judge: Callable[[str, str], Settled]  # the answer, the intended configuration
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Guard:
    """How the device itself undoes a change that we do not confirm in time.

    `restore` undoes it at once from a session; empty: the rollback lines do. `settle_s` is what the
    device needs, after its timer ran out, to be back as it was. `reboots` says that the device
    restarts to undo it, which on a switch takes the power from every access point. `arm_undoing`
    arms it where `arm` would refuse: while what runs is a change of ours that is not saved and is
    being undone. `by_power` says
    that the device has no timer: its change is not saved until it is confirmed, and cutting its
    power at its switch port (`Configuration.power_cycle` of the switch) undoes it. `tidy` takes
    away what a guard leaves that has acted or was armed by half, and nothing of one that waits.
    """

    kind: str
    arm: Callable[[int], tuple[Exchange, ...]]  # seconds until it acts
    confirm: tuple[Exchange, ...]
    restore: tuple[Exchange, ...]
    waits_s: Callable[[int], int]  # seconds until it acts really, where the device rounds
    settle_s: int
    reboots: bool = False
    by_power: bool = False
    arm_undoing: Callable[[int], tuple[Exchange, ...]] | None = None
    tidy: tuple[Exchange, ...] = ()


# No guard but this: what is not saved yet does not outlive a restart that somebody orders.
UNSAVED = Guard(
    kind="unsaved_change",
    arm=lambda _seconds: (),
    confirm=(),
    restore=(),
    waits_s=lambda _seconds: 0,
    settle_s=120,  # for so long the lines that undo it are tried
)


@dataclass(frozen=True, slots=True)
class Risk:
    """Why a change could cut the path to the device, in French; empty: it should not."""

    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adoption:
    """What a running configuration says in the terms of intent, for a site that already exists.

    `secrets` are the values found, by the names that `layer` gives them; `notes`, in French, say
    what the intent has no words for.
    """

    layer: IntentLayer
    secrets: Mapping[str, str] = field(repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PowerCycle:
    """The lines that take the power from one port of a switch, and give it back; never saved."""

    off: tuple[Exchange, ...]
    on: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Configuration:
    """How the devices of one family are configured. `device_type` is netmiko's."""

    device_type: str
    dialect: Dialect
    prompt: str
    grammar: Grammar
    read: tuple[str, ...]
    unfinished: str | None  # answers with somebody's uncommitted changes, or with nothing
    normalise: Callable[[Sequence[str]], str]
    render: Callable[[DeviceIntent, str], Rendered]
    risk: Callable[[str, str, int | None], Risk]
    enter: tuple[str, ...]
    commands: Callable[[Sequence[str]], Sequence[str]]  # what is typed for remediation lines
    leave: tuple[str, ...]
    apply: Callable[[Sequence[str]], tuple[Exchange, ...]]
    discard: tuple[Exchange, ...]
    save: tuple[Exchange, ...]
    errors: tuple[str, ...]
    guard: Guard
    effect: Effect | None = None
    adopt: Callable[[str], Adoption] | None = None  # the running configuration, with its secrets
    power_cycle: Callable[[str], PowerCycle] | None = None  # the port's name
    default_port: int = 22
    # What the device asks within the answer to a command, and what is replied: patterns, texts.
    questions: tuple[tuple[str, str], ...] = ()
    guards: Callable[[str], Guard] | None = None  # which guard a running configuration allows
    # Whether a line may be sent a second time once the old configuration was read back: by itself
    # every line of configuration may; one that makes something anew each time may not.
    repeatable: Callable[[str], bool] = field(default=lambda _line: True)
    secret_form: re.Pattern[str] | None = None  # the values that a line of this CLI can hold
    # How a value stands within the quotes of a command line: an error must not show that either.
    spoken: Callable[[str], str] = field(default=lambda value: value.replace("'", "'\\''"))

    def guarded_for(self, running: str, *, touches_path: bool = True) -> "Configuration":
        """Return this configuration with the guard that a device with that `running` one has.

        A guard that restarts the device is not armed for a change that leaves the path alone, where
        nothing is saved before it was read back: a switch that restarts takes the power from all
        that hangs on it. A device that keeps each line as it is typed has no other way back.
        """
        own = self.guards(running) if self.guards else self.guard
        unsaved = own.reboots and bool(self.save) and not touches_path
        return replace(self, guard=UNSAVED if unsaved else own)


def secret_names(text: str) -> set[str]:
    """Return the names of the secrets that `text` refers to."""
    return set(NAMED.findall(text))


def hide(text: str, names: Mapping[str, str]) -> str:
    """Return any text with the values in `names` replaced by their names, the longest first."""
    values = [re.escape(value) for value in sorted(names, key=len, reverse=True) if value]
    if not values:
        return text
    return re.sub("|".join(values), lambda match: f"‹secret:{names[match[0]]}›", text)
