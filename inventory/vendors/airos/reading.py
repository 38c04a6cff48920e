"""Reads airOS: UBNT-AirMAX-MIB, and IEEE802dot11-MIB for who it is."""

from collections.abc import Mapping
from dataclasses import replace

from inventory.vendors.airos.airfiber import FIRMWARE
from inventory.vendors.mib import MibView, Oid, Value, decimal, oid
from inventory.vendors.reading import BY_PRODUCT, NOT_OURS, SYS_DESCR, under
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column, Gauge, scaled, told
from inventory.vendors.standard.wireless_tables import RadioTable, WlanTable

_AIRMAX = "1.3.6.1.4.1.41112.1.4"
_RADIO = f"{_AIRMAX}.1.1"  # ubntRadioTable
_STATUS = f"{_AIRMAX}.5.1"  # ubntWlStatTable, the same index
_POLLING = f"{_AIRMAX}.6.1"  # ubntAirMaxTable, the same index
_PRODUCT = "1.2.840.10036.3.1.2.1"  # IEEE802dot11-MIB dot11ResourceInfoTable
_AF60_ROLE = oid("1.3.6.1.4.1.41112.1.11.1.1.2.1")  # UI-AF60-MIB af60Role


def _recognise(view: MibView) -> int:
    """AirOS answers a Linux sysDescr; airFiber, airFiber 60 and old UniFi share its sysObjectID."""
    if not under(view, "1.3.6.1.4.1.10002.1", "1.3.6.1.4.1.41112.1.4"):
        return NOT_OURS
    if not (view.text(SYS_DESCR) or "").startswith("Linux"):
        return NOT_OURS
    others = view.get(FIRMWARE) is not None or view.get(_AF60_ROLE) is not None
    return NOT_OURS if others else BY_PRODUCT


def _below_zero(value: Value) -> float | None:
    """Return a level in dBm. The MIB says so of the RSSI, which firmware gives above the noise."""
    number = decimal(value)
    return number if number is not None and number < 0 else None


def _names(view: MibView) -> Mapping[Oid, str]:
    return {index: f"ath{index[-1] - 1}" for index in view.column(oid(f"{_RADIO}.4")) if index}


_AIR = Air(
    radios=RadioTable(
        names=_names,
        frequency=Column(oid(f"{_RADIO}.4")),
        tx_power=Column(oid(f"{_RADIO}.6")),
        noise=Column(oid(f"{_STATUS}.8"), told()),
        width=Column(oid(f"{_STATUS}.14")),
        clients=Column(oid(f"{_STATUS}.15")),
        utilisation=Column(oid(f"{_POLLING}.7"), scaled(0.1)),  # "in % multiplied by 10"
    ),
    wlans=WlanTable(
        ssid=oid(f"{_STATUS}.2"), bssid=oid(f"{_STATUS}.4"), security=oid(f"{_STATUS}.11")
    ),
    gauges=(
        Gauge("rssi_dbm", "signal", "dBm", oid(f"{_STATUS}.5"), told()),
        Gauge("rssi_dbm", "RSSI", "dBm", oid(f"{_STATUS}.6"), _below_zero),
        Gauge("rssi_dbm", "chain", "dBm", oid(f"{_AIRMAX}.2.1.2"), _below_zero),  # ubntRadioRssi
        Gauge("quality_percent", "CCQ", "%", oid(f"{_STATUS}.7")),
        Gauge("quality_percent", "airMAX", "%", oid(f"{_POLLING}.3")),
        Gauge("rate_bps", "tx", "bit/s", oid(f"{_STATUS}.9")),
        Gauge("rate_bps", "rx", "bit/s", oid(f"{_STATUS}.10")),
    ),
)

READING = replace(
    reading(
        Profile(
            family="airos",
            vendor="Ubiquiti",
            recognise=_recognise,
            model=(words.first(f"{_PRODUCT}.3"),),
            serial=(),
            firmware=(words.first(f"{_PRODUCT}.4", r"\.v(\d.*)$"),),  # XM.ar7240.v5.6.2.27929…
            figures=(
                health.cpu(f"{_AIRMAX}.8.3", scale=0.01),  # ubntHostCpuLoad
                health.temperature(f"{_AIRMAX}.8.4"),  # ubntHostTemperature
                # FROGFOOT-RESOURCES-MIB memTotal, memFree (kB)
                health.MemoryShare(
                    total=oid("1.3.6.1.4.1.10002.1.1.1.1.1"),
                    free=oid("1.3.6.1.4.1.10002.1.1.1.1.2"),
                ),
            ),
            columns=_AIR.columns,
            refine=_AIR.refine,
        )
    ),
    probes=(_AF60_ROLE,),
)
