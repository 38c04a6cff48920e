"""Reads BOSS (ERS 2500 to 5900): S5-CHASSIS-MIB, S5-AGENT-MIB and RC-VLAN-MIB."""

import re
from dataclasses import replace

from inventory.observation import Member, Observation
from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import SYS_DESCR
from inventory.vendors.standard import health, rapidcity
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import Sign, Word, chassis, described, instance, recogniser

_SYNOPTICS = "1.3.6.1.4.1.45"
# S5-CHASSIS-MIB s5ChasSerNum; S5-AGENT-MIB's version of the agent.
_SERIAL = f"{_SYNOPTICS}.1.6.3.1.6.0"
_AGENT_VERSION = f"{_SYNOPTICS}.1.6.4.2.1.10.0"
# RAPID-CITY rcSysVersion, which ERS serve too: "5.1.0.0 on …".
_RC_VERSION = "1.3.6.1.4.1.2272.1.1.7.0"
# s5ChasComTable, index (group, component, sub): group 8 is units of a stack.
_COM_DESCR, _COM_VERSION, _COM_SERIAL = (
    oid(f"{_SYNOPTICS}.1.6.3.3.1.1.{column}.8") for column in (5, 6, 7)
)
# s5ChasUtilTable: CPU in the last 10 minutes (per cent), memory (MB).
_UTIL = f"{_SYNOPTICS}.1.6.3.8.1.1"
# s5ChasTmpSnrTmpValue: half degrees Celsius.
_TEMPERATURE = f"{_SYNOPTICS}.1.6.3.7.1.1.5"


def _product(view: MibView) -> str | None:
    """Return the series' short name: "ERS-5520-48T-PWR" for an "Ethernet Routing Switch 5520…".

    The series before it have none: an "Ethernet Switch 470-48T" is called so.
    """
    words = view.text(SYS_DESCR) or ""
    older = re.match(r"(?:(?:Ethernet|Business Policy) Switch|BayStack) \S+", words)
    if older:
        return older[0]
    short = words.replace("Ethernet Routing Switch ", "ERS-").replace("ERS ", "ERS-")
    short = short.replace("Virtual Services Platform ", "VSP-")
    found = re.match(r"\S+", short)
    return found[0] if found else None


def _refine(view: MibView, read: Observation) -> Observation:
    return replace(
        read,
        identity=replace(read.identity, members=_members(view, read) or read.identity.members),
        vlans=rapidcity.vlans(view) or read.vlans,
    )


def _members(view: MibView, read: Observation) -> tuple[Member, ...]:
    serials, models = view.texts(_COM_SERIAL), view.texts(_COM_DESCR)
    versions = view.texts(_COM_VERSION)
    units = sorted(index for index in {*serials, *models} if len(index) == 2 and index[1] == 0)
    if len(units) < 2:
        return ()
    return tuple(
        Member(
            index=index[0],
            model=models.get(index),
            serial=serials.get(index),
            firmware=_software(versions.get(index)) or read.identity.firmware,
        )
        for index in units
    )


def _software(version: str | None) -> str | None:
    """Return the software's part of s5ChasComVer: "HW:02 FW:5.0.0.3 SW:v6.2.0.009"."""
    found = re.search(r"SW:v?(\S+)", version or "")
    return found[1] if found else None


PROFILE = Profile(
    family="boss",
    vendor="Extreme Networks",
    recognise=recogniser(
        Sign(
            roots=(_SYNOPTICS,),
            words=r"Ethernet (?:Routing )?Switch|Business Policy Switch|\bERS\b|BayStack"
            r"|Virtual Services Platform 7024",
        )
    ),
    model=(Word(_product), chassis("model", "description")),
    serial=(instance(_SERIAL), chassis("serial")),
    firmware=(
        described(r"SW:v?([^ ]+)"),
        instance(_RC_VERSION, r"^(\S+)"),
        instance(_AGENT_VERSION),
        chassis("software"),
    ),
    figures=(
        health.cpu(f"{_UTIL}.6"),
        health.MemoryShare(total=oid(f"{_UTIL}.12"), free=oid(f"{_UTIL}.13")),
        health.temperature(_TEMPERATURE, scale=0.5),
    ),
    columns=(_COM_DESCR, _COM_VERSION, _COM_SERIAL, *rapidcity.COLUMNS),
    refine=_refine,
)
READING = reading(PROFILE)
