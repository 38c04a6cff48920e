"""Reads Peplink's devices: DEVICE, WLC and CELLULAR, the modules of the Peplink MIB.

Pepwave's enterprise number holds the same objects as Peplink's; a device answers one or both.
"""

from inventory.vendors.mib import Value, decimal, oid
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Gauge

_PEPLINK, _PEPWAVE = "1.3.6.1.4.1.23695", "1.3.6.1.4.1.27662"
_DEVICE = "200.1.1.1.1"  # DEVICE deviceInfo
_WLC = oid(f"{_PEPWAVE}.4.1.1")  # WLC wlcInfo
_CELLULAR = f"{_PEPLINK}.200.1.12.1.1.1"  # CELLULAR cellularSignalTable
_NOT_TOLD = -9999


def _signal(value: Value) -> float | None:
    number = decimal(value)
    return None if number == _NOT_TOLD else number


_AIR = Air(
    gauges=(
        Gauge("ap_count", "online", "", (*_WLC, 7)),  # wlcNumApOnline
        Gauge("clients", "all SSIDs", "", (*_WLC, 8)),  # wlcNumAssocSta
        Gauge("rssi_dbm", "cellular", "dBm", oid(f"{_CELLULAR}.3"), _signal),
        Gauge("snr_db", "cellular", "dB", oid(f"{_CELLULAR}.4"), _signal),
    )
)


def _device(column: int) -> tuple[words.Word, ...]:
    return tuple(words.instance(f"{root}.{_DEVICE}.{column}.0") for root in (_PEPLINK, _PEPWAVE))


READING = reading(
    Profile(
        family="pepwave",
        vendor="Peplink",
        recognise=words.recogniser(words.Sign((_PEPLINK, _PEPWAVE))),
        model=(*_device(1), words.described(r"(.+)")),
        serial=_device(2),
        firmware=_device(3),
        figures=(  # deviceTemperatureCelsius, thousandths
            health.temperature(f"{_PEPLINK}.200.1.1.1.4.4.1", scale=0.001),
        ),
        columns=_AIR.columns,
        refine=_AIR.refine,
    )
)
