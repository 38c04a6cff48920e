"""Health figures as data: which columns of a vendor's MIB hold them, and in what unit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from inventory.observation import Metric
from inventory.vendors.mib import MibView, Oid, dotted, oid
from inventory.vendors.standard import figures


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of the vendor's MIB with one health figure in each row.

    `labels` is a column with the same index; `keep` judges the scaled value, beside the bounds of
    percentages and temperatures.
    """

    name: str
    root: Oid
    unit: str = "%"
    scale: float = 1.0
    labels: Oid | None = None
    keep: Callable[[float], bool] = lambda _: True

    @property
    def columns(self) -> tuple[Oid, ...]:
        """Return the columns that it needs."""
        return (self.root, self.labels) if self.labels else (self.root,)

    def metrics(self, view: MibView) -> list[Metric]:
        """Return the figure of each row that can be one."""
        labels = view.texts(self.labels) if self.labels else {}
        return figures.column(
            view, self.root, self.name, self.unit, scale=self.scale, labels=labels, keep=self._keep
        )

    def _keep(self, value: float) -> bool:
        if self.unit == "%" and not figures.percent(value):
            return False
        if self.name == "temperature_celsius" and not figures.celsius(value):
            return False
        return self.keep(value)


@dataclass(frozen=True, slots=True)
class MemoryShare:
    """Memory as two columns of one index, in equal units; the third is what they leave."""

    total: Oid | None = None
    used: Oid | None = None
    free: Oid | None = None
    labels: Oid | None = None

    @property
    def columns(self) -> tuple[Oid, ...]:
        """Return the columns that it needs."""
        return tuple(c for c in (self.total, self.used, self.free, self.labels) if c)

    def metrics(self, view: MibView) -> list[Metric]:
        """Return the share in use of each row, in per cent."""
        total, used, free = (
            view.integers(c) if c else {} for c in (self.total, self.used, self.free)
        )
        labels = view.texts(self.labels) if self.labels else {}
        found = []
        for index in {**used, **free}:
            in_use = _used_of(total.get(index), used.get(index), free.get(index))
            source = self.used if index in used else self.free
            if in_use is not None and source:
                name = dotted((*source, *index))
                found.append(Metric("memory_percent", labels.get(index), in_use, "%", name))
        return found


def _used_of(total: int | None, used: int | None, free: int | None) -> float | None:
    """Return the share in use in per cent; None where two of the three are not told."""
    if used is None and total is not None and free is not None:
        used = total - free
    elif total is None and used is not None and free is not None:
        total = used + free
    if used is None or not total or not 0 <= used <= total:
        return None
    return round(100.0 * used / total, 2)


Health: TypeAlias = Figure | MemoryShare


def cpu(column: str, *, scale: float = 1.0, labels: Oid | None = None) -> Figure:
    """Return a column of loads of processors."""
    return Figure("cpu_percent", oid(column), scale=scale, labels=labels)


def memory(column: str, *, scale: float = 1.0, labels: Oid | None = None) -> Figure:
    """Return a column of memory in use, in per cent."""
    return Figure("memory_percent", oid(column), scale=scale, labels=labels)


def temperature(
    column: str,
    *,
    scale: float = 1.0,
    labels: Oid | None = None,
    keep: Callable[[float], bool] = bool,
) -> Figure:
    """Return a column of temperatures; 0 is what a part without a sensor answers."""
    return Figure("temperature_celsius", oid(column), "°C", scale, labels, keep)


def figures_of(
    listed: tuple[Health, ...], view: MibView, known: tuple[Metric, ...]
) -> Iterator[Metric]:
    """Yield the vendor's figures; of several places for one figure the first that tells wins.

    Temperatures are of different sensors in different tables: all of them count.
    """
    seen: set[str] = set()
    for place in listed:
        found = place.metrics(view)
        name = found[0].name if found else ""
        if name in seen and name != "temperature_celsius":
            continue
        seen.add(name)
        yield from (metric for metric in found if metric not in known)
