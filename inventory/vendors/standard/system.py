"""SNMPv2-MIB's system group (RFC 3418): who the device says it is."""

from inventory.observation import Identity, Member, Metric
from inventory.vendors.mib import MibView, dotted, oid
from inventory.vendors.reading import SYS_DESCR, SYS_NAME, SYS_OBJECT_ID, SYS_UPTIME

COLUMNS = (oid("1.3.6.1.2.1.1"),)

_HUNDREDTHS = 100  # TimeTicks


def uptime_s(view: MibView) -> float | None:
    """Return sysUpTime in seconds; it starts anew after 497 days."""
    ticks = view.integer(SYS_UPTIME)
    return None if ticks is None else ticks / _HUNDREDTHS


def identity(
    view: MibView,
    family: str,
    *,
    vendor: str | None = None,
    model: str | None = None,
    serial: str | None = None,
    firmware: str | None = None,
    members: tuple[Member, ...] = (),
) -> Identity:
    """Return the identity: the system group as it is, the rest as the family read it."""
    object_id = view.get(SYS_OBJECT_ID)
    return Identity(
        family=family,
        vendor=vendor,
        model=model,
        serial=serial,
        firmware=firmware,
        sysname=view.text(SYS_NAME),
        sys_object_id=dotted(object_id) if isinstance(object_id, tuple) else None,
        sys_descr=view.text(SYS_DESCR),
        uptime_s=uptime_s(view),
        members=members,
    )


def metrics(view: MibView) -> list[Metric]:
    """Return the uptime as a figure."""
    seconds = uptime_s(view)
    return [] if seconds is None else [Metric("uptime_s", None, seconds, "s", dotted(SYS_UPTIME))]
