"""Reads VRP: HUAWEI-ENTITY-EXTENT-MIB for the boards; access controllers tell their APs besides."""

import re
from dataclasses import replace

from inventory.observation import Observation
from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import BY_PRODUCT, NOT_OURS, under
from inventory.vendors.standard import health
from inventory.vendors.standard.entity import ENT_PHYSICAL
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.vendor_discovery import ndp
from inventory.vendors.standard.words import (
    Sign,
    Word,
    chassis,
    described,
    first,
    instance,
    recogniser,
    sys_descr,
)
from inventory.vendors.vrp import power, wlan

_HUAWEI = "1.3.6.1.4.1.2011"
# HUAWEI-ENTITY-EXTENT-MIB hwEntityStateTable, index entPhysicalIndex: CPU, memory (per cent),
# temperature (°C). Every part has a row; one whose memory is not in use has no processor.
_STATE = f"{_HUAWEI}.5.25.31.1.1.1.1"
_CPU, _MEMORY, _TEMPERATURE = (oid(f"{_STATE}.{column}") for column in (5, 7, 11))
_NAMES = (*ENT_PHYSICAL, 7)
# hwEntitySystemModel; HUAWEI-DEVICE-EXT-MIB hwProductName, hwDeviceEsn.
_SYSTEM_MODEL = f"{_HUAWEI}.5.25.31.6.5.0"
_PRODUCT, _ESN = f"{_HUAWEI}.5.25.188.1.4.0", f"{_HUAWEI}.5.25.188.1.1"

# HUAWEI-HGMP-MIB hwNDPPortNbEntry.
_NDP = ndp(f"{_HUAWEI}.6.7.5.6.1")
# sysDescr has the series and the release in brackets, as in: (S5720 V200R011C10SPC600).
_RELEASE = r"\b(V\d{3}R\d{3}\w*)"
_MADE_BY = re.compile(
    r"(?:^|(?i:ltd)\.? )(?:HUAWEI|Huawei|Quidway|FutureMatrix|Futurematrix) "
    r"(?P<product>[A-Z]+\S*\d\S*)",
    re.MULTILINE,
)
_FIRST_WORD = re.compile(r"(?P<product>[A-Z]+\d\S*)\s+Huawei Versatile")
_WORDS = r"VRP|Versatile Routing Platform|YunShan OS|Huawei.*V\d{3}R\d{3}"
_NOT_VRP = "Comware|Integrated Access"
_BY_WORDS = recogniser(
    Sign(roots=(_HUAWEI,), words=_WORDS, without="Comware"),
    Sign(words="Huawei (?:Versatile Routing Platform|YunShan OS)"),
)


def _recognise(view: MibView) -> int:
    """Tell VRP by its words, else by a model in HUAWEI-ENTITY-EXTENT-MIB below Huawei's number.

    Some switches answer their product and no more as sysDescr.
    """
    sure = _BY_WORDS(view)
    if sure or not under(view, _HUAWEI) or not view.text(oid(_SYSTEM_MODEL)):
        return sure
    return NOT_OURS if re.search(_NOT_VRP, sys_descr(view) or "") else BY_PRODUCT


def _product(view: MibView) -> str | None:
    """Return the product that sysDescr names beside its series: an "S5720-28X-PWR-SI-AC" of S5720.

    It stands before "Huawei Versatile Routing Platform", or behind the maker, on a line of its own
    or after the copyright.
    """
    described = sys_descr(view) or ""
    found = _MADE_BY.search(described) or _FIRST_WORD.match(described)
    return found["product"] if found else None


def _serial(view: MibView) -> str | None:
    """Return the first serial number of ENTITY-MIB: that of the chassis or its main board."""
    serials = view.texts((*ENT_PHYSICAL, 11))
    return next(iter(serials.values()), None)


def _software(view: MibView) -> str | None:
    """Return the product's release in entPhysicalSoftwareRev, all of it where none stands there."""
    written = chassis("software").read(view) or ""
    found = re.search(_RELEASE, written)
    return (found[1] if found else written) or None


def _refine(view: MibView, read: Observation) -> Observation:
    """Leave out the loads of parts without a processor; add NDP's neighbours, power and a WLAN."""
    silent = {
        (*column, *index)
        for column in (_CPU, _MEMORY)
        for index in view.column(column)
        if not view.integer((*_MEMORY, *index))
    }
    metrics = tuple(metric for metric in read.metrics if oid(metric.oid) not in silent)
    heard = (*read.neighbours, *_NDP.neighbours(view, read.interfaces))
    own = replace(read, neighbours=heard, metrics=metrics, poe=power.poe(view, read.poe))
    return wlan.add(view, own)


PROFILE = Profile(
    family="vrp",
    vendor="Huawei",
    recognise=_recognise,
    model=(
        instance(_SYSTEM_MODEL),
        instance(_PRODUCT),
        Word(_product),
        described(r"\(([^)\s]+) V\d{3}R\d{3}"),
        chassis("name", "model"),
    ),
    serial=(first(_ESN), chassis("serial"), Word(_serial)),
    firmware=(described(_RELEASE), described(r"Version (\S+?)[,\s]"), Word(_software)),
    figures=(
        health.Figure("cpu_percent", _CPU, labels=_NAMES),
        health.Figure("memory_percent", _MEMORY, labels=_NAMES),
        health.Figure("temperature_celsius", _TEMPERATURE, "°C", labels=_NAMES, keep=bool),
    ),
    columns=(*wlan.COLUMNS, *_NDP.columns, *power.COLUMNS),
    refine=_refine,
)
READING = replace(reading(PROFILE), probes=(oid(_SYSTEM_MODEL),))
