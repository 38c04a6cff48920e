"""What a rule finds, and the registry of rules.

A rule is a pure function from what is intended and observed about one device to findings. A module
in this package that decorates functions with `@rule` is a rule module; `rules()` imports them all,
so adding a rule is adding a module and its test.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

import inventory.findings
from inventory.intent import DeviceIntent
from inventory.observation import Observation

if TYPE_CHECKING:  # a standard's checks have a severity, which is ours
    from inventory.standards.standard import Standard


class Severity(StrEnum):
    """How much a finding matters; `blocking` stops an acceptance."""

    BLOCKING = "blocking"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"


class Use(StrEnum):
    """Who asks for a rule."""

    HEALTH = "health"
    COMPLIANCE = "compliance"
    AUDIT = "audit"
    ACCEPTANCE = "acceptance"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a subject breaks. `label` tells two findings of one rule on one subject apart.

    `message` is what a person reads, in French; `evidence` holds the figures it rests on.
    """

    rule_id: str
    severity: Severity
    message: str
    label: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """All that a rule may look at about one device. None is "not known".

    `access_point_ports` tells which of a switch's ports leads to which access point, by names;
    `firmwares` how many devices of the same model at the same site run each version; `shadowed`
    that it cannot be reached because of another device; `sections` are those of its newest kept
    configuration, by header, secrets masked, and `standards` the started versions of each standard.
    """

    name: str
    role: str
    family: str
    lifecycle: str
    now: datetime
    serial: str | None = None
    model: str | None = None
    firmware: str | None = None
    last_seen_at: datetime | None = None
    last_error_kind: str | None = None
    last_error: str | None = None
    shadowed: bool = False
    intent: DeviceIntent | None = None
    intent_error: str | None = None
    observation: Observation | None = None
    access_point_ports: Mapping[str, str] = field(default_factory=dict)
    firmwares: Mapping[str, int] = field(default_factory=dict)
    config_matches_last_push: bool | None = None
    default_community: bool | None = None
    legacy_ssh: bool = False
    tags: tuple[str, ...] = ()
    sections: Mapping[str, Sequence[str]] | None = None
    standards: tuple[tuple["Standard", ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the registry; `title` is shown in lists, in French."""

    id: str
    title: str
    uses: frozenset[Use]
    find: Callable[[Subject], Iterable[Finding]]


_RULES: dict[str, Rule] = {}

RuleFunction = Callable[[Subject], Iterable[Finding]]


def rule(rule_id: str, title: str, *uses: Use) -> Callable[[RuleFunction], RuleFunction]:
    """Register the decorated function as the rule `rule_id`."""

    def register(function: RuleFunction) -> RuleFunction:
        if rule_id in _RULES:
            raise ValueError(f"two rules are called {rule_id}")
        _RULES[rule_id] = Rule(rule_id, title, frozenset(uses), function)
        return function

    return register


@cache
def rules() -> dict[str, Rule]:
    """Return every rule of the registry by its id."""
    for module in pkgutil.iter_modules(inventory.findings.__path__):
        importlib.import_module(f"inventory.findings.{module.name}")
    return dict(sorted(_RULES.items()))


def judge(subject: Subject, use: Use) -> Iterator[Finding]:
    """Yield what the rules of one use find about `subject`."""
    for each in rules().values():
        if use in each.uses:
            yield from each.find(subject)
