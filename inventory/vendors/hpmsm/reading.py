"""Reads MSM: sysDescr, COLUBRIS-SYSTEM-MIB, -USAGE-INFORMATION-MIB and -DEVICE-MIB."""

from inventory.vendors.mib import oid
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Gauge
from inventory.vendors.standard.wireless_tables import AccessPointTable

_COLUBRIS = "1.3.6.1.4.1.8744"
_DISCOVERED = f"{_COLUBRIS}.5.23.1.2.1.1"  # coDeviceDiscoveryTable
# COLUBRIS-SYSTEM-MIB systemProductName, systemFirmwareRevision, systemSerialNumber.
_PRODUCT, _FIRMWARE, _SERIAL = (f"{_COLUBRIS}.5.6.1.1.{number}.0" for number in (1, 2, 5))
_USAGE = f"{_COLUBRIS}.5.21.1.1"  # coUsageInformationGroup

_AIR = Air(
    access_points=AccessPointTable(
        serial=oid(f"{_DISCOVERED}.2"),
        mac=oid(f"{_DISCOVERED}.3"),
        ip=oid(f"{_DISCOVERED}.4"),
        status=oid(f"{_DISCOVERED}.5"),
        states={  # coDevDisState
            "1": "down",
            "2": "authorized",
            "3": "joining",
            "4": "upgrading firmware",
            "5": "security",
            "6": "configuring",
            "7": "up",
        },
        name=oid(f"{_DISCOVERED}.6"),
        counted=True,
    ),
    gauges=(Gauge("clients", "all SSIDs", "", oid(f"{_COLUBRIS}.5.25.1.7.2")),),
)

READING = reading(
    Profile(
        family="hpmsm",
        vendor="HPE",
        recognise=words.recogniser(words.Sign((f"{_COLUBRIS}.1",))),
        model=(
            words.described(r"\b(MSM\S+)"),
            words.instance(_PRODUCT),
            words.described(r"^(\S+)"),
        ),
        serial=(words.described(r"Serial number (\S+)"), words.instance(_SERIAL)),
        firmware=(words.described(r"Firmware version (\S+)"), words.instance(_FIRMWARE)),
        figures=(
            health.cpu(f"{_USAGE}.5"),  # coUsInfoCpuUseNow
            # coUsInfoRamTotal, coUsInfoRamFree
            health.MemoryShare(total=oid(f"{_USAGE}.9"), free=oid(f"{_USAGE}.10")),
        ),
        columns=_AIR.columns,
        refine=_AIR.refine,
    )
)
