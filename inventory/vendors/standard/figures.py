"""Columns of vendors' MIBs that hold one health figure in each row."""

from collections.abc import Callable, Mapping

from inventory.observation import Metric
from inventory.vendors.mib import MibView, Oid, decimal, dotted

_DECIMALS = 9  # 991 tenths are 99.1, not 99.10000000000001


def column(
    view: MibView,
    root: Oid,
    name: str,
    unit: str,
    *,
    labels: Mapping[Oid, str] | None = None,
    scale: float = 1.0,
    keep: Callable[[float], bool] = lambda _: True,
) -> list[Metric]:
    """Return each row of `root` as a figure, times `scale`; `keep` judges the scaled value.

    `labels` tells by the row's index what the figure is of.
    """
    found = []
    for index, value in view.column(root).items():
        told = decimal(value)
        if told is None:
            continue
        number = told if scale == 1.0 else round(told * scale, _DECIMALS)
        if keep(number):
            label = (labels or {}).get(index)
            found.append(Metric(name, label, number, unit, dotted((*root, *index))))
    return found


def percent(value: float) -> bool:
    """Tell whether a figure can be a percentage."""
    return 0.0 <= value <= 100.0


def celsius(value: float) -> bool:
    """Tell whether a figure can be the temperature of a part of a network device."""
    return -55.0 <= value <= 200.0
