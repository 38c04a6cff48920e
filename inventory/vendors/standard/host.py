"""CPU and memory: HOST-RESOURCES-MIB (RFC 2790) and net-snmp's UCD-SNMP-MIB."""

from inventory.observation import Metric
from inventory.vendors.mib import MibView, Oid, dotted, oid

_PROCESSOR_LOAD = oid("1.3.6.1.2.1.25.3.3.1.2")
_STORAGE = oid("1.3.6.1.2.1.25.2.3.1")
_TYPE, _DESCR, _SIZE, _USED = 2, 3, 5, 6
_RAM = oid("1.3.6.1.2.1.25.2.1.2")
_CPU_IDLE = oid("1.3.6.1.4.1.2021.11.11.0")
_UCD_MEMORY = oid("1.3.6.1.4.1.2021.4")
_TOTAL_REAL, _AVAILABLE_REAL, _BUFFER, _CACHED = (
    (*_UCD_MEMORY, column, 0) for column in (5, 6, 14, 15)
)
COLUMNS = (
    _PROCESSOR_LOAD,
    *((*_STORAGE, column) for column in (_TYPE, _DESCR, _SIZE, _USED)),
    oid("1.3.6.1.4.1.2021.11.11"),
    _UCD_MEMORY,
)


def metrics(view: MibView) -> list[Metric]:
    """Return the load of each processor and the memory in use, in per cent."""
    return [*_cpu(view), *_memory(view)]


def _cpu(view: MibView) -> list[Metric]:
    loads = view.integers(_PROCESSOR_LOAD)
    if loads:
        return [
            _percent("cpu_percent", f"CPU {place}", float(load), (*_PROCESSOR_LOAD, *index))
            for place, (index, load) in enumerate(loads.items(), 1)
        ]
    idle = view.integer(_CPU_IDLE)
    return [] if idle is None else [_percent("cpu_percent", None, 100.0 - idle, _CPU_IDLE)]


def _memory(view: MibView) -> list[Metric]:
    total, free = view.integer(_TOTAL_REAL), view.integer(_AVAILABLE_REAL)
    if total and free is not None:
        reclaimable = (view.integer(_BUFFER) or 0) + (view.integer(_CACHED) or 0)
        used = total - free - reclaimable
        return [_percent("memory_percent", None, 100.0 * used / total, _AVAILABLE_REAL)]
    sizes, used_units = (view.integers((*_STORAGE, column)) for column in (_SIZE, _USED))
    labels = view.texts((*_STORAGE, _DESCR))
    found = []
    for index, kind in view.column((*_STORAGE, _TYPE)).items():
        label = labels.get(index)
        if kind != _RAM or not sizes.get(index) or index not in used_units:
            continue
        if label in ("Memory buffers", "Cached memory", "Shared memory"):
            continue
        used = used_units[index] - (_reclaimable(labels, used_units) if _linux(label) else 0)
        share = 100.0 * (used if used > 0 else used_units[index]) / sizes[index]
        found.append(_percent("memory_percent", label, share, (*_STORAGE, _USED, *index)))
    return found


def _linux(label: str | None) -> bool:
    return label == "Physical memory"  # net-snmp's words


def _reclaimable(labels: dict[Oid, str], used: dict[Oid, int]) -> int:
    """Return what net-snmp counts as used though Linux gives it back: buffers and page cache.

    Newer releases count it as free; then taking it off leaves less than nothing.
    """
    return sum(
        used.get(index, 0)
        for index, label in labels.items()
        if label in ("Memory buffers", "Cached memory")
    )


def _percent(name: str, label: str | None, value: float, source: Oid) -> Metric:
    return Metric(name, label, round(min(max(value, 0.0), 100.0), 2), "%", dotted(source))
