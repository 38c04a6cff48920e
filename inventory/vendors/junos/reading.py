"""Reads Junos: JUNIPER-MIB for the box and its parts, JUNIPER-VIRTUALCHASSIS-MIB for members."""

from dataclasses import replace

from inventory.observation import Observation
from inventory.vendors.junos.vlans import COLUMNS as VLAN_COLUMNS
from inventory.vendors.junos.vlans import vlans
from inventory.vendors.mib import MibView, Oid, oid
from inventory.vendors.standard.health import Figure
from inventory.vendors.standard.profile import Profile, Units, reading
from inventory.vendors.standard.words import Sign, chassis, described, instance, recogniser

_JUNIPER = "1.3.6.1.4.1.2636"
# JUNIPER-MIB jnxBoxDescr, jnxBoxSerialNo.
_BOX_DESCR, _BOX_SERIAL = f"{_JUNIPER}.3.1.2.0", f"{_JUNIPER}.3.1.3.0"
# jnxOperatingTable: description, temperature (°C), CPU and buffer (per cent), memory (MB).
_OPERATING = f"{_JUNIPER}.3.1.13.1"
_DESCR, _TEMPERATURE, _CPU, _BUFFER, _MEMORY_MB = (
    oid(f"{_OPERATING}.{column}") for column in (5, 7, 8, 11, 15)
)
# jnxVirtualChassisMemberTable: serial, software, model; the index is the member, from 0.
_MEMBER = f"{_JUNIPER}.3.40.1.4.1.1.1"
_MEMBER_SERIAL, _MEMBER_SOFTWARE, _MEMBER_MODEL = (
    oid(f"{_MEMBER}.{column}") for column in (2, 5, 8)
)


def _refine(view: MibView, read: Observation) -> Observation:
    """Leave out the loads of parts without memory, which answer 0 for what they do not have."""
    sizes = view.integers(_MEMORY_MB)
    silent = {
        (*column, *index)
        for column in (_CPU, _BUFFER)
        for index in view.column(column)
        if not sizes.get(index)
    }
    metrics = tuple(metric for metric in read.metrics if _source(metric.oid) not in silent)
    return replace(read, vlans=vlans(view) or read.vlans, metrics=metrics)


def _source(written: str) -> Oid:
    return oid(written)


PROFILE = Profile(
    family="junos",
    vendor="Juniper",
    recognise=recogniser(Sign(roots=(_JUNIPER,)), Sign(words="kernel J(?:UNOS|unos)")),
    model=(
        instance(_BOX_DESCR),
        described(r"Juniper Networks, Inc\. (?:DELL )?(\S+)"),
        chassis("model", "description"),
    ),
    serial=(instance(_BOX_SERIAL), chassis("serial")),
    firmware=(
        instance(f"{_MEMBER}.5.0"),
        described(r"kernel (?i:junos) ([^, ]+)"),
        # HOST-RESOURCES-MIB hrSWInstalledName of the base package: "JUNOS Base OS Software [12.3]".
        instance("1.3.6.1.2.1.25.6.3.1.2.2", r"^JUNOS.*\[([^\]]+)\]"),
        # Junos Evolved: "junos-evo-install-acx-f-x86-64-22.3R1-S1-EVO".
        instance("1.3.6.1.2.1.25.6.3.1.2.1", r"^junos-evo.*?-(\d+\.\d+R\S*)"),
        chassis("software"),
    ),
    figures=(
        Figure("cpu_percent", _CPU, labels=_DESCR),
        Figure("memory_percent", _BUFFER, labels=_DESCR),
        Figure("temperature_celsius", _TEMPERATURE, "°C", labels=_DESCR, keep=bool),
    ),
    units=Units(serial=_MEMBER_SERIAL, model=_MEMBER_MODEL, firmware=_MEMBER_SOFTWARE),
    columns=(*VLAN_COLUMNS, _MEMORY_MB),
    refine=_refine,
)
READING = reading(PROFILE)
