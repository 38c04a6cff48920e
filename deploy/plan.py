"""What a plan says of one device: what would be sent, what undoes it, and what could go wrong."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType

from deploy.difference import Difference, difference
from deploy.render import Intended, intended_configuration
from inventory.intent import DeviceIntent
from inventory.vendors.configuration import Configuration

_REMEMBERED = 1000


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

    Schools are built alike, and comparing is nearly all of the work. What was compared is known by
    the digests of the two masked texts, so that a long plan does not hold every configuration.
    """

    def __init__(self) -> None:
        self._compared: OrderedDict[tuple[int, bytes], Difference] = OrderedDict()

    def change(
        self,
        configuration: Configuration,
        intent: DeviceIntent,
        running: str,
        values: Mapping[str, str],
        known: Mapping[str, str] = MappingProxyType({}),
    ) -> PlannedChange:
        """Return the change of one device, as `plan_change` does."""
        both = intended_configuration(configuration, intent, running, values, known)
        change = self._difference(configuration, both)
        risk = configuration.risk(both.running, both.intended, intent.management_vlan)
        return PlannedChange(
            running=both.running,
            intended=both.intended,
            difference=change,
            risk_reasons=risk.reasons if change else (),
            notes=both.notes,
            group=group_digest(configuration, change),
        )

    def _difference(self, configuration: Configuration, both: Intended) -> Difference:
        texts = f"{both.running}\0{both.intended}".encode()
        key = id(configuration), blake2b(texts, digest_size=16).digest()
        found = self._compared.pop(key, None)
        if found is None:
            found = difference(configuration.grammar, both.running, both.intended)
        self._compared[key] = found
        if len(self._compared) > _REMEMBERED:
            self._compared.popitem(last=False)
        return found


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
