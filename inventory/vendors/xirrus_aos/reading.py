"""Reads Xirrus: XIRRUS-MIB realtimeMonitorTable, one row for each radio (IAP)."""

from inventory.vendors.mib import oid
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column, Gauge, told
from inventory.vendors.standard.wireless_tables import RadioTable

_XIRRUS = "1.3.6.1.4.1.21013"
_MONITOR = f"{_XIRRUS}.1.2.24.7.1"  # realtimeMonitorTable

_AIR = Air(
    radios=RadioTable(
        name=oid(f"{_MONITOR}.2"),  # realtimeMonitorIfaceName
        channel=Column(oid(f"{_MONITOR}.3")),
        noise=Column(oid(f"{_MONITOR}.10"), told()),
        utilisation=Column(oid(f"{_MONITOR}.11")),  # realtimeMonitorDot11Busy
    ),
    gauges=(
        Gauge("clients", "all SSIDs", "", oid(f"{_XIRRUS}.1.2.12.1.2.22")),  # globalNumStations
        Gauge("rate_bps", "average", "bit/s", oid(f"{_MONITOR}.7")),
        Gauge("rssi_dbm", "average", "dBm", oid(f"{_MONITOR}.8"), told()),
        Gauge("snr_db", "average", "dB", oid(f"{_MONITOR}.9")),
    ),
)

READING = reading(
    Profile(
        family="xirrus_aos",
        vendor="Xirrus",
        recognise=words.recogniser(words.Sign((_XIRRUS,)), words.Sign(words=r"Xirrus|ArrayOS")),
        model=(words.described(r"\b(X[NRSDA][A-Z]*-?\d\w*)"), words.chassis("model")),
        serial=(words.chassis("serial"),),
        firmware=(words.described(r"(?i)version:? ([\w.-]+)"), words.chassis("software")),
        figures=(health.temperature(f"{_XIRRUS}.1.2.28.21.1.3"),),  # systemTempCelsius
        columns=_AIR.columns,
        refine=_AIR.refine,
    )
)
