"""What a plan says of one device: what would be sent, what undoes it, and what could go wrong."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from types import MappingProxyType
from typing import Generic, TypeVar

from deploy.difference import Difference, difference
from deploy.render import intended_configuration
from inventory.intent import DeviceIntent
from inventory.vendors.configuration import Configuration

_REMEMBERED_CHANGES = 250  # each with its two texts
_REMEMBERED_DIFFERENCES = 1000

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """The change of one device, secrets masked. It is frozen: what was reviewed is what is sent.

    `group` is equal for devices of one family that are sent the same lines.
    """

    running: str
    intended: str
    difference: Difference
    risk_reasons: tuple[str, ...]
    notes: tuple[str, ...]
    group: str


class Planner:
    """Plans many devices: what differs in the same way is compared once.

    Schools are built alike, and comparing is nearly all of the work. What is alike is known by
    digests, so that a long plan does not hold every configuration.
    """

    def __init__(self) -> None:
        self._changes: _Newest[PlannedChange] = _Newest(_REMEMBERED_CHANGES)
        self._compared: _Newest[Difference] = _Newest(_REMEMBERED_DIFFERENCES)

    def change(
        self,
        configuration: Configuration,
        intent: DeviceIntent,
        running: str,
        values: Mapping[str, str],
        known: Mapping[str, str] = MappingProxyType({}),
    ) -> PlannedChange:
        """Return the change of one device, as `plan_change` does."""
        # Which layer said what changes nothing in what is said.
        said = repr(replace(intent, origins={}))
        secrets = repr((sorted(values.items()), sorted(known.items())))
        return self._changes.get(
            _key(configuration, said, secrets, running),
            lambda: self._planned(configuration, intent, running, values, known),
        )

    def _planned(
        self,
        configuration: Configuration,
        intent: DeviceIntent,
        running: str,
        values: Mapping[str, str],
        known: Mapping[str, str],
    ) -> PlannedChange:
        both = intended_configuration(configuration, intent, running, values, known)
        change = self._compared.get(
            _key(configuration, both.running, both.intended),
            lambda: difference(configuration.grammar, both.running, both.intended),
        )
        risk = configuration.risk(both.running, both.intended, intent.management_vlan)
        return PlannedChange(
            running=both.running,
            intended=both.intended,
            difference=change,
            risk_reasons=risk.reasons if change else (),
            notes=both.notes,
            group=group_digest(configuration, change),
        )


class _Newest(Generic[Value]):
    """What was worked out, by its key; beyond so many, what was not asked for the longest goes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable, work_out: Callable[[], Value]) -> Value:
        """Return what is kept under `key`, worked out where it is not."""
        found = self._kept.pop(key) if key in self._kept else work_out()
        self._kept[key] = found
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return found


def _key(configuration: Configuration, *texts: str) -> Hashable:
    return id(configuration), blake2b("\0".join(texts).encode(), digest_size=16).digest()


def plan_change(
    configuration: Configuration,
    intent: DeviceIntent,
    running: str,
    values: Mapping[str, str],
    known: Mapping[str, str] = MappingProxyType({}),
) -> PlannedChange:
    """Return the change that makes `running`, as the device shows it, into what is intended.

    `known` are the names of secrets by the forms that the device shows of them. Raises InvalidInput
    when the intent cannot be put on the device.
    """
    return Planner().change(configuration, intent, running, values, known)


def group_digest(configuration: Configuration, change: Difference) -> str:
    """Return what is equal for devices of one family that are sent the same lines."""
    said = "\n".join((configuration.device_type, *change.remediation))
    return blake2b(said.encode(), digest_size=16).hexdigest()
