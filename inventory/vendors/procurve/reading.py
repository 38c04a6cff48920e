"""Reads ProCurve and ArubaOS-Switch: the standard MIBs, HP-ICF's serial number and CPU."""

import re
from dataclasses import replace

from inventory.observation import Identity, Observation
from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import BY_PRODUCT, NOT_OURS, SYS_DESCR, Reading, under
from inventory.vendors.standard import entity, figures, observation, system

# HP-ICF-OID: hpSwitch products, and hpicfSwitchStack, which a stack or its commander answers.
_PRODUCTS = ("1.3.6.1.4.1.11.2.3.7.11", "1.3.6.1.4.1.11.2.3.7.8")
# HP-httpManageable-MIB hpHttpMgSerialNumber.
_SERIAL = oid("1.3.6.1.4.1.11.2.36.1.1.2.9.0")
# STATISTICS-MIB hpSwitchCpuStat: per cent.
_CPU = oid("1.3.6.1.4.1.11.2.14.11.5.1.9.6.1")
_COLUMNS = (*observation.COLUMNS, oid("1.3.6.1.4.1.11.2.36.1.1.2.9"), _CPU)

# "ProCurve J9019B Switch 2510-24, revision Q.11.57, ROM Q.10.02": product, then revision.
_DESCR = re.compile(
    r"(?:HPE? |ProCurve |Aruba )*(?P<product>[^,]+), revision (?P<revision>[^,\s]+)"
)


def _recognise(view: MibView) -> int:
    named = re.search(r"ProCurve|, revision [A-Z]{1,2}\.", view.text(SYS_DESCR) or "")
    return BY_PRODUCT if under(view, *_PRODUCTS) and named else NOT_OURS


def _observe(view: MibView) -> Observation:
    read = observation.observe(view, _identity(view))
    cpu = figures.column(view, _CPU, "cpu_percent", "%", keep=figures.percent)
    return replace(read, metrics=(*read.metrics, *cpu))


def _identity(view: MibView) -> Identity:
    boxes = entity.chassis(entity.entities(view))
    first = boxes[0] if boxes else None
    found = _DESCR.search(view.text(SYS_DESCR) or "")
    product = found["product"].strip() if found else None
    if product == "Stack":  # no product: what the boxes are stands in ENTITY-MIB
        product = (first.model or first.description) if first else product
    return system.identity(
        view,
        "procurve",
        vendor="HPE",
        model=product or (first.model if first else None),
        serial=(first.serial if first else None) or view.text(_SERIAL),
        firmware=(first.software if first else None) or (found["revision"] if found else None),
        members=entity.members(boxes),
    )


READING = Reading(recognise=_recognise, columns=_COLUMNS, observe=_observe)
