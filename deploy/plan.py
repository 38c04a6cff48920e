"""What a plan says of one device: what would be sent, what undoes it, and what could go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from deploy.difference import Difference, difference
from deploy.render import intended_configuration
from inventory.intent import DeviceIntent
from inventory.vendors.configuration import Configuration


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """The change of one device, secrets masked. It is frozen: what was reviewed is what is sent."""

    running: str
    intended: str
    difference: Difference
    risk_reasons: tuple[str, ...]
    notes: tuple[str, ...]


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
    both = intended_configuration(configuration, intent, running, values, known)
    change = difference(configuration.grammar, both.running, both.intended)
    risk = configuration.risk(both.running, both.intended, intent.management_vlan)
    return PlannedChange(
        running=both.running,
        intended=both.intended,
        difference=change,
        risk_reasons=risk.reasons if change else (),
        notes=both.notes,
    )
