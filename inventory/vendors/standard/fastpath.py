"""FASTPATH, Broadcom's switch software, whose MIBs each vendor serves under a number of its own.

<vendor>-SWITCHING-MIB agentInventoryGroup and agentSwitchCpuProcessGroup, <vendor>-INVENTORY-MIB,
<vendor>-BOXSERVICES-PRIVATE-MIB, <vendor>-POWER-ETHERNET-MIB, <vendor>-ISDP-MIB.
"""

import re
from dataclasses import dataclass, replace

from inventory.observation import Metric, Observation
from inventory.vendors.mib import MibView, Oid, dotted, oid
from inventory.vendors.standard import figures, health
from inventory.vendors.standard.profile import Units
from inventory.vendors.standard.vendor_discovery import NeighbourTable
from inventory.vendors.standard.words import Word, instance

# agentSwitchCpuProcessTotalUtilization: "5 Sec (  6.51%),    1 Min (  7.00%),   5 Min (  6.90%)".
_FIVE_MINUTES = re.compile(r"(?:5 Min|300 Secs) *\( *(\d+(?:\.\d+)?) *%")
_ANY_LOAD = re.compile(r"\( *(\d+(?:\.\d+)?) *%")
_NOT_PRESENT = {6, 7}  # boxServicesTempSensorState notpresent, notfunctioning


@dataclass(frozen=True)
class FastPath:
    """FASTPATH's MIBs below one vendor's number, such as 4413.1.1 of Broadcom itself."""

    root: str

    @property
    def inventory(self) -> str:
        """Return agentInventoryGroup."""
        return f"{self.root}.1.1.1"

    @property
    def model(self) -> Word:
        """Return where agentInventoryMachineModel stands."""
        return instance(f"{self.inventory}.3.0")

    @property
    def serial(self) -> Word:
        """Return where agentInventorySerialNumber stands."""
        return instance(f"{self.inventory}.4.0")

    @property
    def firmware(self) -> Word:
        """Return where agentInventorySoftwareVersion stands."""
        return instance(f"{self.inventory}.13.0")

    @property
    def memory(self) -> health.MemoryShare:
        """Return agentSwitchCpuProcessMemAvailable, which is all of it, and -MemFree (kB)."""
        return health.MemoryShare(
            total=oid(f"{self.root}.1.1.4.2"), free=oid(f"{self.root}.1.1.4.1")
        )

    @property
    def units(self) -> Units:
        """Return agentInventoryUnitTable: description, serial number, code version."""
        entry = f"{self.root}.13.2.2.1"
        return Units(
            serial=oid(f"{entry}.19"), model=oid(f"{entry}.15"), firmware=oid(f"{entry}.12")
        )

    @property
    def port_power(self) -> Oid:
        """Return agentPethOutputPower (mW), which augments pethPsePortTable."""
        return oid(f"{self.root}.15.1.1.1.2")

    @property
    def _load(self) -> Oid:
        return oid(f"{self.root}.1.1.4.9")

    @property
    def _sensor(self) -> Oid:
        """Return boxServicesTempSensorsEntry: index (unit, sensor), or the sensor alone."""
        return oid(f"{self.root}.43.1.8.1")

    @property
    def _heard(self) -> NeighbourTable:
        """Return agentIsdpCacheEntry, index (ifIndex, neighbour): FASTPATH's CDP."""
        name, port, platform = (oid(f"{self.root}.39.1.2.1.1.{column}") for column in (6, 7, 8))
        return NeighbourTable(protocol="isdp", name=name, port=port, platform=platform)

    @property
    def columns(self) -> tuple[Oid, ...]:
        """Return what `refine` needs."""
        return (self._load, (*self._sensor, 4), (*self._sensor, 5), *self._heard.columns)

    def refine(self, view: MibView, read: Observation) -> Observation:
        """Return the observation with the processor's load, the temperatures and ISDP's devices."""
        return replace(
            read,
            neighbours=(
                *read.neighbours,
                *self._heard.neighbours(view, read.interfaces),
            ),
            metrics=(*read.metrics, *self._cpu(view), *self._temperatures(view)),
        )

    def _cpu(self, view: MibView) -> list[Metric]:
        written = view.text((*self._load, 0)) or ""
        found = _FIVE_MINUTES.search(written) or _ANY_LOAD.search(written)
        if not found or not figures.percent(float(found[1])):
            return []
        return [Metric("cpu_percent", None, float(found[1]), "%", dotted((*self._load, 0)))]

    def _temperatures(self, view: MibView) -> list[Metric]:
        states = view.integers((*self._sensor, 4))
        found = []
        for index, degrees in view.integers((*self._sensor, 5)).items():
            if degrees and figures.celsius(degrees) and states.get(index) not in _NOT_PRESENT:
                label = f"Sensor {'/'.join(map(str, index))}"
                source = dotted((*self._sensor, 5, *index))
                found.append(Metric("temperature_celsius", label, float(degrees), "°C", source))
        return found
