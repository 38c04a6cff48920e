"""What no device of this world can mean is left out, and said: a false reading is worse than none.

Agents answer -1, 2147483647 or 4294967295 for "I do not know", and some forget the unit of a column
(ePMP tells ifHighSpeed in bit/s). The bounds are wide on purpose: they judge whether a figure can
be one at all, never whether it is a healthy one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from inventory.observation import (
    AccessPoint,
    Interface,
    Metric,
    Observation,
    Poe,
    PoePort,
    Problem,
    Radio,
    Wlan,
)

# The least and the most that a figure can be, by its name in an Observation (units in the names).
_BOUNDS: dict[str, tuple[float, float]] = {
    "clients": (0, 100_000),
    "ap_count": (0, 100_000),
    "channel": (1, 253),
    "frequency_mhz": (300, 80_000),
    "width_mhz": (1, 10_000),
    "utilisation_percent": (0, 100),
    "quality_percent": (0, 100),
    "cpu_percent": (0, 100),
    "memory_percent": (0, 100),
    "tx_power_dbm": (-60, 60),
    "eirp_dbm": (-60, 100),
    "antenna_gain_dbi": (-30, 60),
    "noise_floor_dbm": (-150, 0),
    "rssi_dbm": (-150, 30),
    "snr_db": (-50, 150),
    "rate_bps": (0, 1e13),
    "speed_bps": (0, 1e13),
    "mtu": (0, 2**31 - 1),
    "errors": (0, 2**64 - 1),
    "temperature_celsius": (-55, 200),
    "poe_w": (0, 100_000),
    "budget_w": (0, 100_000),
    "used_w": (0, 100_000),
    "power_w": (0, 1_000),
    "uptime_s": (0, 1e10),
}
_COUNTER = (0, 2**64 - 1)
_VLAN_ID = (1, 4095)  # IEEE 802.1Q keeps 4095, under which some makers have their management port
# The columns of each kind of row that have bounds.
_BOUNDED = {
    kind: tuple((one.name, _BOUNDS[one.name]) for one in fields(kind) if one.name in _BOUNDS)
    for kind in (Interface, Radio, Wlan, AccessPoint, Poe, PoePort)
}

Row = TypeVar("Row", Interface, Radio, Wlan, AccessPoint, Poe, PoePort)


@dataclass
class _LeftOut:
    """What was left out so far: how often, and its first value, by the figure's name."""

    found: dict[str, tuple[int, float]] = field(default_factory=dict)

    def can_be(self, name: str, value: float, bounds: tuple[float, float]) -> bool:
        """Tell whether the value is within bounds, and remember it where it is not."""
        if bounds[0] <= value <= bounds[1]:
            return True
        times, first = self.found.get(name, (0, value))
        self.found[name] = times + 1, first
        return False

    def problems(self) -> Iterator[Problem]:
        for name, (times, first) in sorted(self.found.items()):
            count = f"{times} value{'s' if times > 1 else ''}"
            yield Problem(name, f"{count} left out that cannot be; the first is {first:.15g}")


def plausible(seen: Observation) -> Observation:
    """Return the observation without the figures that cannot be; its problems name them."""
    left_out = _LeftOut()
    poe = seen.poe and replace(
        _row(seen.poe, left_out), ports=tuple(_row(port, left_out) for port in seen.poe.ports)
    )
    kept = replace(
        seen,
        interfaces=tuple(_interface(port, left_out) for port in seen.interfaces),
        radios=tuple(_row(radio, left_out) for radio in seen.radios),
        wlans=tuple(_row(wlan, left_out) for wlan in seen.wlans),
        access_points=tuple(_row(point, left_out) for point in seen.access_points),
        vlans=tuple(vlan for vlan in seen.vlans if left_out.can_be("vlan id", vlan.id, _VLAN_ID)),
        poe=poe,
        metrics=tuple(metric for metric in seen.metrics if _metric(metric, left_out)),
    )
    if not left_out.found:
        return seen
    return replace(kept, problems=(*seen.problems, *left_out.problems()))


def _metric(metric: Metric, left_out: _LeftOut) -> bool:
    bounds = _BOUNDS.get(metric.name)
    return bounds is None or left_out.can_be(metric.name, metric.value, bounds)


def _row(row: Row, left_out: _LeftOut) -> Row:
    impossible: dict[str, Any] = {}  # every column that has bounds may be None
    for name, bounds in _BOUNDED[type(row)]:
        value = getattr(row, name)
        if value is not None and not left_out.can_be(name, value, bounds):
            impossible[name] = None
    return replace(row, **impossible) if impossible else row


def _interface(port: Interface, left_out: _LeftOut) -> Interface:
    counters = {
        name: value
        for name, value in port.counters.items()
        if left_out.can_be(name, value, _COUNTER)
    }
    row = _row(port, left_out)
    return row if len(counters) == len(port.counters) else replace(row, counters=counters)
