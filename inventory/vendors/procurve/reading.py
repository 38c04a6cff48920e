"""Reads ProCurve and ArubaOS-Switch: HP-ICF's MIBs, and the small ones by their sysDescr."""

import re

from inventory.vendors.mib import MibView, oid
from inventory.vendors.standard import entity, health
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import (
    Sign,
    Word,
    chassis,
    described,
    instance,
    recogniser,
    sys_descr,
)

_HP = "1.3.6.1.4.1.11.2"
# HP-ICF-OID: hpSwitch products, and hpicfSwitchStack, which a stack or its commander answers.
_PRODUCTS = (f"{_HP}.3.7.11", f"{_HP}.3.7.8.5")
# HP-httpManageable-MIB hpHttpMgSerialNumber; NETSWITCH-MIB hpSwitchOsVersion.
_SERIAL, _OS_VERSION = f"{_HP}.36.1.1.2.9.0", f"{_HP}.14.11.5.1.1.3.0"
# HP-SN-AGENT-MIB snChasSerNum, snAgImgVer: the routing switches 9304M to 9315M, made by Foundry.
_ROUTING_SERIAL, _ROUTING_IMAGE = f"{_HP}.3.7.11.12.1.1.1.2.0", f"{_HP}.3.7.11.12.1.2.1.11.0"
# STATISTICS-MIB hpSwitchCpuStat (per cent).
_CPU = f"{_HP}.14.11.5.1.9.6.1"
# NETSWITCH-MIB hpLocalMemTable, index slot: total, free and allocated octets.
_MEMORY_TOTAL, _MEMORY_USED = (oid(f"{_HP}.14.11.5.1.1.2.1.1.1.{column}") for column in (5, 7))
# POWERSUPPLY-MIB hpicfPsTemp (°C).
_PS_TEMPERATURE = f"{_HP}.14.11.5.1.55.1.1.1.4"
# HP-ICF-POE-MIB hpicfPoePethPsePortActualPower (mW), which augments pethPsePortTable.
_PORT_POWER = oid(f"{_HP}.14.11.1.9.1.1.1.8")

# The product before what follows it: ", revision …" of the managed switches; ", P….", of the smart
# ones; ", InstantOn_…"; " - …" of the oldest.
_PRODUCT = re.compile(
    r"^(?:HPE? |Hewlett-Packard Company |ProCurve |Aruba |PROCURVE |OfficeConnect |Networking "
    r"|Instant On )*"
    r"(?P<product>.+?)(?:, revision |, Software Version |, P\w?\.|, InstantOn_| - [A-Z]{1,2}\.)"
)
_REVISION = (
    described(r", (?:revision|Software Version) ([^,\s]+)"),
    described(r", InstantOn_\d+_([\d.]+)"),
    described(r"(?:, | - )([A-Z]{1,2}\.[\d.]+)"),
)


def _model(view: MibView) -> str | None:
    """Return sysDescr's product, without the word "Switch" that may stand anywhere in it."""
    found = _PRODUCT.match(sys_descr(view) or "")
    if not found:
        return None
    product = " ".join(word for word in found["product"].split() if word != "Switch")
    if product != "Stack":
        return product
    # A stack names no product: what its boxes are stands in ENTITY-MIB.
    boxes = entity.chassis(entity.entities(view))
    box = (boxes[0].model or boxes[0].description) if boxes else None
    return f"{box} Stack" if box else product


PROFILE = Profile(
    family="procurve",
    vendor="HPE",
    recognise=recogniser(Sign(roots=_PRODUCTS, without="Comware")),
    model=(Word(_model), chassis("model"), described(r"^(GbE2c\S*)")),
    serial=(instance(_SERIAL), chassis("serial"), instance(_ROUTING_SERIAL)),
    firmware=(
        instance(_OS_VERSION),
        chassis("software"),
        *_REVISION,
        instance(_ROUTING_IMAGE),
    ),
    figures=(
        health.cpu(_CPU),
        health.MemoryShare(total=_MEMORY_TOTAL, used=_MEMORY_USED),
        health.temperature(_PS_TEMPERATURE),
    ),
    port_power=_PORT_POWER,
)
READING = reading(PROFILE)
