"""Reads Cisco Small Business switches: the standard MIBs tell nearly all."""

import re
from dataclasses import replace

from inventory.observation import Observation
from inventory.vendors.generic import identify
from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import BY_PRODUCT, NOT_OURS, SYS_DESCR, Reading, under
from inventory.vendors.standard import figures, observation

_CISCO = "1.3.6.1.4.1.9"
# CISCO-SMI's linksys (9.6.1) holds other products too: routers, access points, controllers.
_SMALL_BUSINESS = "1.3.6.1.4.1.9.6.1"
_SWITCH = re.compile(r"\bswitch\b", re.IGNORECASE)
_CATALYST_1000S = re.compile(r"Catalyst 1[23]00 Series")
# CISCOSB-rndMng rlCpuUtilDuringLastMinute: per cent; 101 says that it is not measured.
_CPU = oid("1.3.6.1.4.1.9.6.1.101.1.8")


def _recognise(view: MibView) -> int:
    words = view.text(SYS_DESCR) or ""
    small_business = under(view, _SMALL_BUSINESS) and _SWITCH.search(words)
    small_catalyst = under(view, _CISCO) and _CATALYST_1000S.search(words)
    return BY_PRODUCT if small_business or small_catalyst else NOT_OURS


def _observe(view: MibView) -> Observation:
    read = observation.observe(view, replace(identify(view, "ciscosb"), vendor="Cisco"))
    cpu = figures.column(view, _CPU, "cpu_percent", "%", keep=figures.percent)
    return replace(read, metrics=(*read.metrics, *cpu))


READING = Reading(recognise=_recognise, columns=(*observation.COLUMNS, _CPU), observe=_observe)
