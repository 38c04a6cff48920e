"""Reads Ruckus access points that stand alone.

RUCKUS-HWINFO-MIB, RUCKUS-SWINFO-MIB, RUCKUS-SYSTEM-MIB and RUCKUS-RADIO-MIB.
"""

from inventory.vendors.mib import oid
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column, Gauge, told
from inventory.vendors.standard.wireless_tables import RadioTable

_COMMON = "1.3.6.1.4.1.25053.1.1"
_RADIO = f"{_COMMON}.12.1.1.1.2.1"  # ruckusRadioTable
_STATS = f"{_COMMON}.12.1.1.1.3.1"  # ruckusRadioStatsTable, the same index
_HARDWARE = f"{_COMMON}.2.1.1.1"  # ruckusHwInfo
HOTZONE = "1.3.6.1.4.1.25053.3.1.4"  # ruckusWirelessHotzoneProducts
HOTZONE_MODEL = oid(f"{_HARDWARE}.1.0")  # ruckusHwInfoModelNumber

_AIR = Air(
    radios=RadioTable(
        band=oid(f"{_RADIO}.1"),  # ruckusRadioMode: g, b, ng; na, a, ac. ax tells no band.
        bands={"1": "2.4", "2": "2.4", "3": "2.4", "4": "5", "5": "5", "6": "5"},
        channel=Column(oid(f"{_RADIO}.4")),
        noise=Column(oid(f"{_RADIO}.8"), told()),
        clients=Column(oid(f"{_STATS}.2")),
        utilisation=Column(oid(f"{_STATS}.50")),  # ruckusRadioStatsTotalAirtime
    ),
    gauges=(Gauge("errors", "received", "", oid(f"{_STATS}.21")),),
)

HOTZONE_READING = reading(
    Profile(
        family="ruckuswireless_hotzone",
        vendor="Ruckus",
        # ruckusWirelessHotzoneProducts; the older products below are access points too.
        recognise=words.recogniser(
            words.Sign(tuple(f"1.3.6.1.4.1.25053.3.1.{number}" for number in (1, 2, 3, 4))),
        ),
        model=(words.instance(f"{_HARDWARE}.1.0"), words.described(r"^Ruckus Wireless (\S+)")),
        serial=(words.instance(f"{_HARDWARE}.2.0"),),
        firmware=(words.first(f"{_COMMON}.3.1.1.1.1.1.3"),),  # ruckusSwRevision
        # ruckusSystemCPUUtil, ruckusSystemMemoryUtil
        figures=(health.cpu(f"{_COMMON}.11.1.1.1.1"), health.memory(f"{_COMMON}.11.1.1.1.2")),
        columns=_AIR.columns,
        refine=_AIR.refine,
    )
)
