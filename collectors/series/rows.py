"""Rows and the values that they stand for. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from collectors.series.kinds import Kind
from collectors.series.points import Tally
from collectors.series.rates import Counters
from collectors.series.tiers import RAW, Tier

_AT_ONCE = 500  # values in one statement; SQLite takes 32,766
_SIGN_BIT, _WRAP = 2**63, 2**64
Row = tuple[int | None, ...]

_NARROW, _WIDE = 2**31, 2**53  # what PostgreSQL's integer holds; what a day's sum of bit/s fits in


def seconds(moment: datetime) -> int:
    """Return a moment in whole seconds since 1970 UTC."""
    return int(moment.timestamp())


def parts(values: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the values in parts that one statement takes."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def stored(kind: Kind, values: Mapping[str, float]) -> tuple[int | None, ...] | None:
    """Return the whole numbers to keep in the order of the metrics, or None when none is told."""
    numbers: list[int | None] = []
    some = False
    for metric in kind.metrics:
        value = values.get(metric.name)
        number = None
        if value is not None and math.isfinite(value):
            number = metric.stored(value)
            if abs(number) >= (_WIDE if metric.wide else _NARROW):
                number = None
        some = some or number is not None
        numbers.append(number)
    return tuple(numbers) if some else None


def tallies_of_row(kind: Kind, tier: Tier, row: Sequence[Any]) -> dict[str, Tally]:
    """Return what a row tells of each metric; what it does not tell is left out."""
    if tier is RAW:
        told = zip(kind.metrics, row, strict=True)
        return {m.name: Tally(1, value, value, value) for m, value in told if value is not None}
    found: dict[str, Tally] = {}
    for place, metric in enumerate(kind.metrics):
        count, total, low, high = row[4 * place : 4 * place + 4]
        if count:
            found[metric.name] = Tally(count, total, low, high)
    return found


def counter_row(row_id: int, counters: Counters) -> tuple[Any, ...]:
    """Return the row of the table `counter`."""
    octets = (_signed(counters.in_octets), _signed(counters.out_octets))
    return (
        row_id,
        # In microseconds: the interval between two readings is told by it.
        round(counters.at.timestamp() * 1e6),
        counters.uptime_s,
        counters.speed_bps,
        counters.octet_bits,
        *octets,
        counters.in_errors,
        counters.out_errors,
    )


def counters_of_row(row: Sequence[Any]) -> Counters:
    """Return the counters of a row of the table `counter`."""
    _, at_us, uptime_s, speed_bps, octet_bits, in_octets, out_octets, in_errors, out_errors = row
    return Counters(
        at=datetime.fromtimestamp(at_us / 1e6, UTC),
        uptime_s=uptime_s,
        speed_bps=speed_bps,
        octet_bits=octet_bits,
        in_octets=_unsigned(in_octets),
        out_octets=_unsigned(out_octets),
        in_errors=in_errors,
        out_errors=out_errors,
    )


def _signed(value: int | None) -> int | None:
    """Fold a 64-bit counter into the databases' signed 64 bits."""
    return value - _WRAP if value is not None and value >= _SIGN_BIT else value


def _unsigned(value: int | None) -> int | None:
    return value + _WRAP if value is not None and value < 0 else value
