"""Reads Zyxel's devices: ZYXEL-ES-COMMON, ZYXEL-ES-WIRELESS and ZYXEL-ES-CAPWAP."""

from inventory.vendors.mib import oid
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column, Gauge
from inventory.vendors.standard.wireless_tables import RadioTable

_ES = "1.3.6.1.4.1.890.1.15.3"  # ZYXEL-ES-SMI esMgmt
_PRODUCT = f"{_ES}.1"  # ZYXEL-ES-COMMON sysInfo
_RADIO = f"{_ES}.5.1.1"  # ZYXEL-ES-WIRELESS wlanRadioTable, index ifIndex
_CAPWAP = f"{_ES}.3.1"  # ZYXEL-ES-CAPWAP capwapInfo
_ZLD = "1.3.6.1.4.1.890.1.6.22.1"  # ZYXEL-ZYWALL-ZLD-COMMON-MIB
_ZYXEL = ("1.3.6.1.4.1.890.1.15", "1.3.6.1.4.1.890.1.6")

_MODEL = (words.instance(f"{_PRODUCT}.11.0"), words.described(r"^([A-Z]{3}\w+[\w-]*)"))
_SERIAL = (words.instance(f"{_PRODUCT}.12.0"),)
# The version and its date stand in sysSwVersionString with a bar between.
_FIRMWARE = (words.instance(f"{_PRODUCT}.6.0", r"^([^|]+)"),)

_NWA_AIR = Air(
    radios=RadioTable(
        band=oid(f"{_RADIO}.5"),  # wlanMode
        bands={"1": "2.4", "2": "5", "3": "6"},
        # wlanCurrentChannel; wlanChannel is the control, and all that some releases answer
        channel=Column(oid(f"{_RADIO}.1"), otherwise=Column(oid(f"{_RADIO}.6"))),
        clients=Column(oid(f"{_RADIO}.2")),
    ),
    gauges=(Gauge("clients", "all SSIDs", "", oid(f"{_ES}.5.15")),),  # wlanTotalStationCount
)
NWA_READING = reading(
    Profile(
        family="zyxelnwa",
        vendor="Zyxel",
        recognise=words.recogniser(words.Sign(_ZYXEL, r"^(NWA|WAC|WAX|WBE)")),
        model=_MODEL,
        serial=_SERIAL,
        firmware=_FIRMWARE,
        figures=(
            health.cpu(f"{_ZLD}.1"),
            health.memory(f"{_ZLD}.2"),
            health.cpu(f"{_ES}.2.4"),
            health.memory(f"{_ES}.2.5"),
        ),
        columns=_NWA_AIR.columns,
        refine=_NWA_AIR.refine,
    )
)

_CONTROLLER_AIR = Air(
    gauges=(
        Gauge("ap_count", "online", "", oid(f"{_CAPWAP}.1")),
        Gauge("clients", "all SSIDs", "", oid(f"{_CAPWAP}.4")),
    )
)
CONTROLLER_READING = reading(
    Profile(
        family="zyxelwlc",
        vendor="Zyxel",
        recognise=words.recogniser(words.Sign(_ZYXEL, r"^NXC")),
        model=_MODEL,
        serial=_SERIAL,
        firmware=_FIRMWARE,
        figures=(health.cpu(f"{_ES}.2.4"), health.memory(f"{_ES}.2.5")),
        columns=_CONTROLLER_AIR.columns,
        refine=_CONTROLLER_AIR.refine,
    )
)
