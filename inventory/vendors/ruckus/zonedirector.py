"""Reads ZoneDirector and Unleashed: RUCKUS-ZD-SYSTEM-MIB, RUCKUS-ZD-WLAN-MIB and Unleashed's own.

Both answer sysObjectIDs of ruckusWirelessControllerProducts, some of them the same; some releases
of Unleashed answer the access point's own (ruckusWirelessHotzoneProducts) or zeroDotZero. Which one
a device is, its own system MIB tells, or sysDescr.
"""

import re
from dataclasses import replace

from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import (
    BY_ITS_OWN_WORD,
    BY_PRODUCT,
    NOT_OURS,
    SYS_DESCR,
    under,
)
from inventory.vendors.ruckus.access_point_table import (
    NAME_COLUMNS,
    access_points,
    named,
    radio_names,
)
from inventory.vendors.ruckus.standalone import HOTZONE, HOTZONE_MODEL
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column, Gauge
from inventory.vendors.standard.wireless_tables import RadioTable, WlanTable

_CONTROLLERS = "1.3.6.1.4.1.25053.3.1.5"  # ruckusWirelessControllerProducts
_ZERO_DOT_ZERO = "0.0"  # SNMPv2-SMI zeroDotZero
_SURER_THAN_HOTZONE = BY_PRODUCT + 5
_ZD = "1.3.6.1.4.1.25053.1.2.1.1.1"  # ruckusZDSystemObjects
_ZD_WLAN = "1.3.6.1.4.1.25053.1.2.2.1.1"  # ruckusZDWLANObjects
_UNLEASHED = "1.3.6.1.4.1.25053.1.15.1.1.1"  # ruckusUnleashedSystemObjects
_ZD_MODEL = oid(f"{_ZD}.1.9.0")
# ruckusUnleashedSystemModel, -SystemSerialNumber, -SystemVersion
_UNLEASHED_WORDS = tuple(oid(f"{_UNLEASHED}.1.{column}.0") for column in (9, 15, 18))
_ZONEDIRECTOR = re.compile(r"\bZD\d", re.IGNORECASE)
# Unleashed says its model; the same access point with another firmware says `… Inc (C) 2006`.
_UNLEASHED_DESCR = re.compile(r"^Ruckus Wireless (?:Inc )?[A-Z]\d{3}")


def _is_zonedirector(view: MibView) -> int:
    if not under(view, _CONTROLLERS):
        return NOT_OURS
    if _ZONEDIRECTOR.match(view.text(_ZD_MODEL) or ""):
        return BY_ITS_OWN_WORD
    return BY_PRODUCT if _ZONEDIRECTOR.search(view.text(SYS_DESCR) or "") else NOT_OURS


def _is_unleashed(view: MibView) -> int:
    if any(view.text(word) for word in _UNLEASHED_WORDS):
        return BY_ITS_OWN_WORD
    if under(view, _CONTROLLERS):
        return NOT_OURS if _is_zonedirector(view) else BY_PRODUCT
    if view.text(HOTZONE_MODEL) or not _UNLEASHED_DESCR.match(view.text(SYS_DESCR) or ""):
        return NOT_OURS
    return _SURER_THAN_HOTZONE if under(view, HOTZONE, _ZERO_DOT_ZERO) else NOT_OURS


_RADIO = f"{_ZD_WLAN}.2.2.1"  # ruckusZDWLANAPRadioStatsTable, index address and radio
_ACCESS_POINTS = access_points(f"{_ZD_WLAN}.2.1.1")  # ruckusZDWLANAPTable

_ZD_AIR = Air(
    radios=RadioTable(
        names=radio_names(oid(f"{_ZD_WLAN}.2.1.1.2"), oid(f"{_RADIO}.4")),
        channel=Column(oid(f"{_RADIO}.4")),
        clients=Column(oid(f"{_RADIO}.8")),
    ),
    wlans=WlanTable(
        ssid=oid(f"{_ZD_WLAN}.1.1.1.1"),
        security=oid(f"{_ZD_WLAN}.1.1.1.3"),  # ruckusZDWLANAuthentication
        clients=oid(f"{_ZD_WLAN}.1.1.1.12"),
        each_row=True,
    ),
    access_points=_ACCESS_POINTS,
    gauges=(
        Gauge("ap_count", "connected", "", oid(f"{_ZD}.15.1")),  # ruckusZDSystemStatsNumAP
        Gauge("ap_count", "registered", "", oid(f"{_ZD}.15.15")),  # …NumRegisteredAP
        Gauge("clients", "all SSIDs", "", oid(f"{_ZD}.15.2")),  # …NumSta
    ),
)
ZONEDIRECTOR_READING = replace(
    reading(
        Profile(
            family="ruckuswireless",
            vendor="Ruckus",
            recognise=_is_zonedirector,
            model=(words.instance(f"{_ZD}.1.9.0"), words.described(r"\b(ZD\d\w*)")),
            serial=(words.instance(f"{_ZD}.1.15.0"),),
            firmware=(words.instance(f"{_ZD}.1.18.0"),),
            # ruckusZDSystemCPUUtil, ruckusZDSystemMemoryUtil
            figures=(health.cpu(f"{_ZD}.5.58"), health.memory(f"{_ZD}.5.59")),
            columns=(*_ZD_AIR.columns, *NAME_COLUMNS),
            refine=lambda view, read: named(view, _ZD_AIR.refine(view, read)),
        )
    ),
    probes=(_ZD_MODEL,),
)

_UNLEASHED_AIR = Air(
    gauges=(
        Gauge("ap_count", "connected", "", oid(f"{_UNLEASHED}.15.1")),
        Gauge("ap_count", "registered", "", oid(f"{_UNLEASHED}.15.15")),
        Gauge("clients", "all SSIDs", "", oid(f"{_UNLEASHED}.15.2")),
    )
)
UNLEASHED_READING = replace(
    reading(
        Profile(
            family="ruckuswireless_unleashed",
            vendor="Ruckus",
            recognise=_is_unleashed,
            model=(
                words.instance(f"{_UNLEASHED}.1.9.0"),
                words.described(r"^Ruckus Wireless (?:Inc )?(\S+)"),
            ),
            serial=(words.instance(f"{_UNLEASHED}.1.15.0"),),
            firmware=(words.instance(f"{_UNLEASHED}.1.18.0"),),
            figures=(health.cpu(f"{_UNLEASHED}.15.13"), health.memory(f"{_UNLEASHED}.15.14")),
            columns=_UNLEASHED_AIR.columns,
            refine=_UNLEASHED_AIR.refine,
        )
    ),
    probes=(*_UNLEASHED_WORDS, HOTZONE_MODEL),
)
