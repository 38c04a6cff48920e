"""Reads airFiber: UBNT-AirFIBER-MIB. It answers the sysObjectID of airOS."""

from dataclasses import replace

from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import BY_ITS_OWN_WORD, NOT_OURS
from inventory.vendors.standard import words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Gauge

_CONFIG = "1.3.6.1.4.1.41112.1.3.1.1"  # airFiberConfigEntry
_STATUS = "1.3.6.1.4.1.41112.1.3.2.1"  # airFiberStatEntry
FIRMWARE = oid(f"{_STATUS}.40.1")  # fwVersion


def _recognise(view: MibView) -> int:
    return BY_ITS_OWN_WORD if view.text(FIRMWARE) else NOT_OURS


_AIR = Air(
    gauges=(
        Gauge("frequency_mhz", "tx", "MHz", oid(f"{_CONFIG}.5")),
        Gauge("frequency_mhz", "rx", "MHz", oid(f"{_CONFIG}.6")),
        Gauge("tx_power_dbm", None, "dBm", oid(f"{_CONFIG}.9")),
        Gauge("rssi_dbm", "chain 0", "dBm", oid(f"{_STATUS}.11")),
        Gauge("rssi_dbm", "chain 1", "dBm", oid(f"{_STATUS}.14")),
        Gauge("rate_bps", "rx capacity", "bit/s", oid(f"{_STATUS}.5")),
        Gauge("rate_bps", "tx capacity", "bit/s", oid(f"{_STATUS}.6")),
    )
)

AIRFIBER_READING = replace(
    reading(
        Profile(
            family="airos_af",
            vendor="Ubiquiti",
            recognise=_recognise,
            # IEEE802dot11-MIB dot11manufacturerProductName
            model=(words.first("1.2.840.10036.3.1.2.1.3"),),
            serial=(),
            firmware=(words.instance(f"{_STATUS}.40.1"),),
            columns=_AIR.columns,
            refine=_AIR.refine,
        )
    ),
    probes=(FIRMWARE,),
)
