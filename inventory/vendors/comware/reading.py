"""Reads Comware 5 and 7: HH3C-ENTITY-EXT-MIB for CPU, memory and heat, HH3C-POWER-ETH-EXT-MIB."""

import re
from dataclasses import replace

from inventory.observation import Identity, Observation
from inventory.vendors.mib import MibView, oid
from inventory.vendors.standard import figures, health
from inventory.vendors.standard.entity import ENT_PHYSICAL
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.vendor_discovery import ndp
from inventory.vendors.standard.words import (
    Sign,
    Word,
    chassis,
    described,
    first,
    recogniser,
    sys_descr,
)

_H3C = "1.3.6.1.4.1.25506"
# 3Com, HP and Huawei sold Comware below numbers of their own.
_OTHERS = ("1.3.6.1.4.1.43", "1.3.6.1.4.1.11.2.3.7.11", "1.3.6.1.4.1.2011")
# hh3cEntityExtStateTable, index entPhysicalIndex: CPU, memory (per cent), temperature (°C).
_STATE = f"{_H3C}.2.6.1.1.1.1"
_CPU, _MEMORY, _TEMPERATURE = (oid(f"{_STATE}.{column}") for column in (6, 8, 12))
_NAMES = (*ENT_PHYSICAL, 7)
# entPhysicalClass, and those without a sensor of their own: container, fan, port, stack.
_CLASS = (*ENT_PHYSICAL, 5)
_COLD = frozenset({5, 7, 10, 11})
# hh3cEntityExtManuSerialNum, index entPhysicalIndex.
_SERIAL = f"{_H3C}.2.6.1.2.1.1.2"
# HH3C-HGMP-MIB hh3cNDPPortNbEntry; the same module below 3Com's number.
_NDP = (ndp(f"{_H3C}.8.7.5.6.1"), ndp("1.3.6.1.4.1.43.45.1.6.7.5.6.1"))
# HH3C-POWER-ETH-EXT-MIB hh3cPsePortCurrentPower (mW), indexed as pethPsePortTable.
_PORT_POWER = oid(f"{_H3C}.2.14.1.1.5")
_MAKER = r"(?:HPE?|H3C|3Com|Hewlett Packard Enterprise)"
# "HP A5500-24G EI Switch …" on a line of its own; the same after the release, where the agent
# writes one line; "H3C Series Router MSR26-30"; "1920-24G-PoE+ (370W) Switch Software Version …".
_PRODUCTS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"^{_MAKER} (?!.*Software)(?:Series Router |Switch )?(?P<product>.+?)\s*$",
        rf"Release \S+\s+{_MAKER} (?P<product>.+?)(?:\s+Copyright|\s*$)",
        rf"^(?:{_MAKER} )?(?:Switch )?(?!.*Platform Software)(?P<product>.+?) Software Version ",
    )
)


def _product(view: MibView) -> str | None:
    """Return the product that sysDescr names, without its maker."""
    described = sys_descr(view) or ""
    found = next((match for one in _PRODUCTS if (match := one.search(described))), None)
    return found["product"] if found else None


def _measured(value: float) -> bool:
    return figures.percent(value) and value != 0


def _refine(view: MibView, read: Observation) -> Observation:
    """Add NDP's neighbours, and keep the figures that are of their part.

    That is the load of a part whose memory is in use: every other part answers 0 too, and so does
    a processor that is idle. And temperatures but those of containers, fans, ports and the stack,
    which answer that of the board beside them.
    """
    memory = view.integers(_MEMORY)
    silent = {
        (*_CPU, *index)
        for index, load in view.integers(_CPU).items()
        if not load and not _measured(memory.get(index, 0))
    }
    silent |= {
        (*_TEMPERATURE, *index) for index, kind in view.integers(_CLASS).items() if kind in _COLD
    }
    metrics = tuple(metric for metric in read.metrics if oid(metric.oid) not in silent)
    heard = (neighbour for table in _NDP for neighbour in table.neighbours(view, read.interfaces))
    return replace(
        read,
        identity=_branded(read.identity),
        neighbours=(*read.neighbours, *heard),
        metrics=metrics,
    )


def _branded(identity: Identity) -> Identity:
    return replace(identity, vendor="H3C") if "H3C" in (identity.sys_descr or "") else identity


PROFILE = Profile(
    family="comware",
    vendor="HPE",
    recognise=recogniser(
        Sign(roots=(_H3C,)),
        Sign(roots=_OTHERS, words="Comware"),
        Sign(words="Comware (?:Platform )?Software"),
    ),
    model=(Word(_product), chassis("model")),
    serial=(chassis("serial"), first(_SERIAL)),
    firmware=(described(r"\bVersion (\d[\w.]*)"), chassis("software")),
    figures=(
        health.Figure("cpu_percent", _CPU, labels=_NAMES),
        # 0 and 65535 are what a part without such a sensor answers.
        health.Figure("memory_percent", _MEMORY, labels=_NAMES, keep=bool),
        health.Figure("temperature_celsius", _TEMPERATURE, "°C", labels=_NAMES, keep=bool),
    ),
    port_power=_PORT_POWER,
    columns=tuple(column for table in _NDP for column in table.columns),
    refine=_refine,
)
READING = reading(PROFILE)
