"""Reads Comware 5 and 7: the standard MIBs, and HH3C-ENTITY-EXT-MIB for CPU, memory and heat."""

import re
from collections.abc import Mapping
from dataclasses import replace

from inventory.observation import Identity, Metric, Observation
from inventory.vendors.mib import MibView, Oid, dotted, oid
from inventory.vendors.reading import BY_PRODUCT, NOT_OURS, SYS_DESCR, Reading, under
from inventory.vendors.standard import entity, figures, observation, system

_VENDORS = ("1.3.6.1.4.1.25506", "1.3.6.1.4.1.43", "1.3.6.1.4.1.11.2.3.7.11", "1.3.6.1.4.1.2011")
# hh3cEntityExtStateTable, index entPhysicalIndex: CPU, memory (per cent), temperature (°C).
_CPU, _MEMORY, _TEMPERATURE = (
    oid(f"1.3.6.1.4.1.25506.2.6.1.1.1.1.{column}") for column in (6, 8, 12)
)
_COLUMNS = (*observation.COLUMNS, _CPU, _MEMORY, _TEMPERATURE)

_VERSION = re.compile(r"\bVersion (\d[\w.]*)")
_MAKER = re.compile(r"^(?:HPE?|H3C|3Com|Hewlett Packard Enterprise) ")


def _recognise(view: MibView) -> int:
    named = "Comware" in (view.text(SYS_DESCR) or "")
    return BY_PRODUCT if named and under(view, *_VENDORS) else NOT_OURS


def _observe(view: MibView) -> Observation:
    read = observation.observe(view, _identity(view))
    labels = view.texts((*entity.ENT_PHYSICAL, 7))

    # 0 and 65535 are what a part without such a sensor answers.
    own = (
        *_cpu(view, labels),
        *figures.column(view, _MEMORY, "memory_percent", "%", labels=labels, keep=_measured),
        *figures.column(view, _TEMPERATURE, "temperature_celsius", "°C", labels=labels,
                        keep=lambda degrees: figures.celsius(degrees) and degrees != 0),
    )  # fmt: skip
    return replace(read, metrics=(*read.metrics, *own))


def _cpu(view: MibView, labels: Mapping[Oid, str]) -> list[Metric]:
    """Return the load of each part that has a processor: one whose memory is in use.

    Every other part answers 0 too, and so does a processor that is idle.
    """
    found = []
    memory = view.integers(_MEMORY)
    for index, load in view.integers(_CPU).items():
        if figures.percent(load) and (load or _measured(memory.get(index, 0))):
            source = dotted((*_CPU, *index))
            found.append(Metric("cpu_percent", labels.get(index), float(load), "%", source))
    return found


def _measured(value: float) -> bool:
    return figures.percent(value) and value != 0


def _identity(view: MibView) -> Identity:
    boxes = entity.chassis(entity.entities(view))
    first = boxes[0] if boxes else None
    words = view.text(SYS_DESCR) or ""
    lines = [line.strip() for line in words.splitlines()]
    # The product stands on a line of its own, before the copyright.
    product = next((_MAKER.sub("", line) for line in lines[1:] if _MAKER.match(line)), None)
    version = _VERSION.search(words)
    return system.identity(
        view,
        "comware",
        vendor="H3C" if "H3C" in words else "HPE",
        model=product or (first.model if first else None),
        serial=first.serial if first else None,
        firmware=version[1] if version else (first.software if first else None),
        members=entity.members(boxes),
    )


READING = Reading(recognise=_recognise, columns=_COLUMNS, observe=_observe)
