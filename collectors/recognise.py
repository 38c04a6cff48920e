"""Which family a device is of, and what a view of it tells."""

from inventory.observation import Observation
from inventory.vendors.family import Family, families
from inventory.vendors.mib import MibView, Oid
from inventory.vendors.plausible import plausible
from inventory.vendors.reading import SYS_DESCR, SYS_NAME, SYS_OBJECT_ID, SYS_UPTIME


def recognition_names() -> list[Oid]:
    """Return the instances that tell every family apart, for one GET."""
    probes = [probe for family in families().values() for probe in family.reading.probes]
    return list(dict.fromkeys((SYS_DESCR, SYS_OBJECT_ID, SYS_UPTIME, SYS_NAME, *probes)))


def recognise(view: MibView) -> Family:
    """Return the family that is surest that the device is one of its own; at least `generic`."""
    return max(families().values(), key=lambda family: (family.reading.recognise(view), family.id))


def observe_view(view: MibView) -> Observation:
    """Return what a view tells, read by the family that it shows itself to be of.

    Figures that no device can mean are left out and stand in the observation's problems.
    """
    return plausible(recognise(view).reading.observe(view))
