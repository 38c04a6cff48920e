"""Reads FortiWLC: MERU-GLOBAL-STATISTICS-MIB."""

from inventory.vendors.mib import oid
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Gauge

_STATISTICS = "1.3.6.1.4.1.15983.1.1.3.1"
_GENERAL = f"{_STATISTICS}.13"  # mwSystemGeneral

_AIR = Air(
    gauges=(
        Gauge("ap_count", "connected", "", oid(f"{_GENERAL}.9")),  # …TotalOnlineAps
        Gauge("clients", "all SSIDs", "", oid(f"{_GENERAL}.11")),  # …TotalWirelessStations
    )
)

READING = reading(
    Profile(
        family="fortiwlc",
        vendor="Fortinet",
        recognise=words.recogniser(words.Sign(("1.3.6.1.4.1.15983.1.1",))),
        model=(words.instance(f"{_GENERAL}.2.0"), words.chassis("model")),
        serial=(words.chassis("serial"),),
        firmware=(words.instance(f"{_GENERAL}.3.0"), words.chassis("software")),
        figures=(  # mwSystemResourceCurCpuUsagePercentage, …CurMemUsagePercentage
            health.cpu(f"{_STATISTICS}.14.13"),
            health.memory(f"{_STATISTICS}.14.16"),
        ),
        columns=_AIR.columns,
        refine=_AIR.refine,
    )
)
