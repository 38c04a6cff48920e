"""Radlan's switch software: Cisco Small Business, Dell 3500 to 5500 and OmniStack serve its MIBs.

RADLAN-rndMng, -Physicaldescription-MIB, -HWENVIROMENT and -POE-MIB below 1.3.6.1.4.1.89; Cisco has
the same modules as CISCOSB-… below 1.3.6.1.4.1.9.6.1.101.
"""

from dataclasses import dataclass

from inventory.vendors.mib import Oid, oid
from inventory.vendors.standard import health
from inventory.vendors.standard.profile import Units
from inventory.vendors.standard.words import Word, first


@dataclass(frozen=True)
class Radlan:
    """Radlan's MIBs below `root`.

    `temperature` is rlPhdUnitEnvParamTempSensorValue's column: 9 in the first editions, 10 since a
    sixth fan stands before it; None where the edition is not known, for the state of a fan is no
    temperature.
    """

    root: str
    temperature: int | None = None

    @property
    def _unit(self) -> str:
        """Return rlPhdUnitGenParamTable, index the unit."""
        return f"{self.root}.53.14.1"

    @property
    def model(self) -> Word:
        """Return where rlPhdUnitGenParamModelName stands, of the first unit."""
        return first(f"{self._unit}.11")

    @property
    def stack_product(self) -> Word:
        """Return where rlPhdStackProductID stands, of the first unit."""
        return first(f"{self.root}.53.4.1.6")

    @property
    def serial(self) -> Word:
        """Return where rlPhdUnitGenParamSerialNum stands, of the first unit."""
        return first(f"{self._unit}.5")

    @property
    def firmware(self) -> Word:
        """Return where rlPhdUnitGenParamSoftwareVersion stands, of the first unit."""
        return first(f"{self._unit}.2")

    @property
    def units(self) -> Units:
        """Return the units of a stack."""
        return Units(
            serial=oid(f"{self._unit}.5"),
            model=oid(f"{self._unit}.11"),
            firmware=oid(f"{self._unit}.2"),
        )

    @property
    def figures(self) -> tuple[health.Health, ...]:
        """Return rlCpuUtilDuringLastMinute (101: not measured) and the units' temperatures (°C)."""
        load = health.cpu(f"{self.root}.1.8")
        if self.temperature is None:
            return (load,)
        return (load, health.temperature(f"{self.root}.53.15.1.{self.temperature}"))

    @property
    def port_power(self) -> Oid:
        """Return rlPethPsePortOutputPower (mW), indexed as pethPsePortTable."""
        return oid(f"{self.root}.108.1.1.5")
