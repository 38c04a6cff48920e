"""Reads Dell PowerConnect and N series: Dell-Vendor-MIB, and Radlan's or FASTPATH's MIBs."""

from inventory.vendors.mib import MibView, oid
from inventory.vendors.standard import health
from inventory.vendors.standard.fastpath import FastPath
from inventory.vendors.standard.profile import Profile, Units, reading
from inventory.vendors.standard.radlan import Radlan
from inventory.vendors.standard.words import (
    Sign,
    Word,
    chassis,
    described,
    first,
    instance,
    recogniser,
)

_DELL_LAN = "1.3.6.1.4.1.674.10895"
# Dell-Vendor-MIB productIdentification: display name, description, version; then, by unit, serial
# number and service tag, by which Dell knows a device.
_PRODUCT = f"{_DELL_LAN}.3000.1.2.100"
_SERIAL_NUMBER, _SERVICE_TAG = f"{_PRODUCT}.8.1.2", f"{_PRODUCT}.8.1.4"
_FASTPATH = FastPath(f"{_DELL_LAN}.5000.2.6132.1.1")
# 3500, 5400 and 5500 series, X1000: Radlan's software; RADLAN-rndMng rlCpuUtilDuringLast5Minutes.
_RADLAN = Radlan("1.3.6.1.4.1.89")
_RADLAN_CPU = "1.3.6.1.4.1.89.1.9"


def _display_name(view: MibView) -> str | None:
    """Return productIdentificationDisplayName; some releases write what it is there, not which.

    "Ethernet Switch" then has its product in productIdentificationDescription.
    """
    name = view.text(oid(f"{_PRODUCT}.1.0"))
    if name != "Ethernet Switch":
        return name
    return " ".join((view.text(oid(f"{_PRODUCT}.2.0")) or "", name)).strip()


PROFILE = Profile(
    family="powerconnect",
    vendor="Dell",
    # Dell sold controllers of Aruba's and switches of Brocade's below its number too.
    recognise=recogniser(Sign(roots=(_DELL_LAN,), without="ArubaOS|IronWare")),
    model=(
        Word(_display_name, (oid(f"{_PRODUCT}.1"), oid(f"{_PRODUCT}.2"))),
        # "PowerConnect M8024-k", but not "Neyland 24T", the first 5324's name at its maker's
        described(r"((?:Power[Cc]onnect |Dell (?:EMC )?Networking )?[A-Z]?\d{3,}[A-Za-z-]*)"),
        _RADLAN.model,
        chassis("model", "description"),
    ),
    serial=(
        first(_SERVICE_TAG),
        first(_SERIAL_NUMBER),
        _FASTPATH.serial,
        _RADLAN.serial,
        chassis("serial"),
    ),
    firmware=(
        instance(f"{_PRODUCT}.4.0"),
        described(r", (\d+\.[\d.]+)"),
        _FASTPATH.firmware,
        _RADLAN.firmware,
        chassis("software"),
    ),
    figures=(health.cpu(_RADLAN_CPU), _FASTPATH.memory),
    units=Units(serial=oid(_SERVICE_TAG)),
    port_power=_FASTPATH.port_power,
    columns=_FASTPATH.columns,
    refine=_FASTPATH.refine,
)
READING = reading(PROFILE)
