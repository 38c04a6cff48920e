"""How a family is told and read: what a family's folder declares for reading.

`Reading` is knowledge, not action: a pure function that tells the family, the columns to fetch, and
a pure function from what was fetched to an Observation. A recording goes the same way.
"""

from collections.abc import Callable
from dataclasses import dataclass

from inventory.observation import Observation
from inventory.vendors.mib import MibView, Oid, oid

SYS_DESCR = oid("1.3.6.1.2.1.1.1.0")
SYS_OBJECT_ID = oid("1.3.6.1.2.1.1.2.0")
SYS_UPTIME = oid("1.3.6.1.2.1.1.3.0")
SYS_NAME = oid("1.3.6.1.2.1.1.5.0")

# Recognition answers how sure it is; the surest family reads the device.
NOT_OURS = 0
ANY_DEVICE = 1
BY_VENDOR = 50
BY_PRODUCT = 80
BY_ITS_OWN_WORD = 100


@dataclass(frozen=True)
class Reading:
    """How one family is recognised and read.

    `recognise` gets the objects of SNMPv2-MIB's system group and those of every family's `probes`,
    and returns one of the figures above. `columns` are the subtrees that `observe` needs; `observe`
    must stand a view that holds nothing at all. `below_product` are subtrees of a MIB that each
    product has of its own, without the sysObjectID below which they stand.
    """

    recognise: Callable[[MibView], int]
    columns: tuple[Oid, ...]
    observe: Callable[[MibView], Observation]
    probes: tuple[Oid, ...] = ()
    below_product: tuple[Oid, ...] = ()

    def columns_of(self, view: MibView) -> tuple[Oid, ...]:
        """Return the subtrees to fetch of the device whose system group stands in `view`."""
        own = (of_product(view, below) for below in self.below_product)
        return (*self.columns, *(column for column in own if column))


def of_product(view: MibView, below: Oid) -> Oid:
    """Return the OID that is the device's sysObjectID with `below` behind it, () without one."""
    answered = view.get(SYS_OBJECT_ID)
    return (*answered, *below) if isinstance(answered, tuple) else ()


def under(view: MibView, *roots: str) -> bool:
    """Tell whether sysObjectID is one of `roots` or below one."""
    answered = view.get(SYS_OBJECT_ID)
    if not isinstance(answered, tuple):
        return False
    return any(answered[: len(root)] == root for root in map(oid, roots))
