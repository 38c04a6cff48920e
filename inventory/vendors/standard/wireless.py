"""What a family's own MIB tells of the air, as data: its tables and its figures.

A family hands `AIR.columns` and `AIR.refine` to its `profile.Profile`, which tells who the device
is and how it feels.
"""

from dataclasses import dataclass, replace

from inventory.observation import Metric, Observation
from inventory.vendors.mib import MibView, Oid
from inventory.vendors.standard.wireless_columns import Gauge
from inventory.vendors.standard.wireless_tables import AccessPointTable, RadioTable, WlanTable


@dataclass(frozen=True, kw_only=True)
class Air:
    """A family's radios, WLANs, access points and the figures that stand by themselves."""

    radios: RadioTable | None = None
    wlans: WlanTable | None = None
    access_points: AccessPointTable | None = None
    gauges: tuple[Gauge, ...] = ()

    @property
    def columns(self) -> tuple[Oid, ...]:
        """Return the columns to fetch."""
        tables = (self.radios, self.wlans, self.access_points)
        return (
            *(root for table in tables if table for root in table.columns),
            *(gauge.root for gauge in self.gauges),
        )

    def refine(self, view: MibView, read: Observation) -> Observation:
        """Return the observation with what the family's MIB tells of the air."""
        return replace(
            read,
            radios=self.radios.radios(view) if self.radios else read.radios,
            wlans=self.wlans.wlans(view) if self.wlans else read.wlans,
            access_points=(self.access_points.access_points(view) if self.access_points else ()),
            metrics=(*read.metrics, *self._metrics(view)),
        )

    def _metrics(self, view: MibView) -> list[Metric]:
        found = [metric for gauge in self.gauges for metric in gauge.metrics(view)]
        for table in (self.radios, self.wlans, self.access_points):
            found += table.metrics(view) if table else []
        return found
