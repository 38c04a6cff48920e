"""Counters become rates, or nothing: a rate that could be wrong is not told. Pure.

A counter only grows, wraps at its width, and starts again when the device does (RFC 2578, clauses
7.1.6 and 7.1.10). Between two readings it is told by sysUpTime whether the device started again.
"""

from dataclasses import dataclass
from datetime import datetime

from inventory.reconcile import was_rebooted

_MIN_INTERVAL_S = 1.0
_SLACK = 1.1  # agents refresh their counters every few seconds, not at the moment they are asked
_HALF_32 = 2**31
_SYS_UPTIME_WRAP_S = 2**32 / 100  # TimeTicks are hundredths in 32 bits (RFC 2578, 7.1.8)


@dataclass(frozen=True, slots=True)
class Counters:
    """One reading of a port's counters. `octet_bits` is 64 (ifHCInOctets) or 32 (ifInOctets).

    `uptime_s` is sysUpTime of the same reading, `speed_bps` ifSpeed or ifHighSpeed; 0 is not told.
    """

    at: datetime
    uptime_s: float | None
    speed_bps: int | None = None
    octet_bits: int | None = None
    in_octets: int | None = None
    out_octets: int | None = None
    in_errors: int | None = None
    out_errors: int | None = None


def rates(before: Counters, after: Counters, *, max_interval_s: float) -> dict[str, float]:
    """Return `in_bps`, `out_bps`, `in_errors_per_h`, `out_errors_per_h`, those that are sure.

    Nothing when the device started again in between, when the readings are out of order or further
    apart than `max_interval_s` (a mean over an outage of ours would stand for one moment), or when
    sysUpTime was not told.
    """
    elapsed_s = _elapsed_s(before, after)
    if elapsed_s is None or not _MIN_INTERVAL_S <= elapsed_s <= max_interval_s:
        return {}
    found: dict[str, float] = {}
    for name, old, new in (
        ("in_bps", before.in_octets, after.in_octets),
        ("out_bps", before.out_octets, after.out_octets),
    ):
        octets = _octets(old, new, before, after, elapsed_s)
        if octets is not None:
            found[name] = octets * 8 / elapsed_s
    for name, old, new in (
        ("in_errors_per_h", before.in_errors, after.in_errors),
        ("out_errors_per_h", before.out_errors, after.out_errors),
    ):
        errors = _errors(old, new)
        if errors is not None:
            found[name] = errors * 3600 / elapsed_s
    return found


def _elapsed_s(before: Counters, after: Counters) -> float | None:
    """Return the seconds between two readings by the device's own clock; None: not to be told."""
    wall_s = (after.at - before.at).total_seconds()
    if wall_s <= 0 or before.uptime_s is None or after.uptime_s is None:
        return None
    rebooted = was_rebooted(before.uptime_s, before.at, after.uptime_s, after.at)
    if rebooted:
        return None
    if rebooted is None:
        # sysUpTime went back when it was due to wrap. A restart at that very moment looks the same
        # unless the uptime that it shows is another than the one that is due.
        due_s = (before.uptime_s + wall_s) % _SYS_UPTIME_WRAP_S
        return wall_s if abs(after.uptime_s - due_s) <= max(2.0, 0.02 * wall_s) else None
    elapsed_s = after.uptime_s - before.uptime_s
    # An agent whose clock stands still, or runs at another pace than ours, tells no interval.
    return elapsed_s if 0.5 * wall_s <= elapsed_s <= 2 * wall_s + 60 else None


def _octets(
    old: int | None, new: int | None, before: Counters, after: Counters, elapsed_s: float
) -> int | None:
    bits = after.octet_bits
    if old is None or new is None or bits is None or bits != before.octet_bits:
        return None
    # The faster of the two speeds: a link may have changed its own in between.
    speed_bps = max(before.speed_bps or 0, after.speed_bps or 0)
    possible = speed_bps / 8 * elapsed_s * _SLACK if speed_bps else None
    if bits < 64 and (possible is None or possible >= 2**bits):
        return None  # it may have wrapped unseen, once or more
    octets = new - old
    if octets < 0:
        if possible is None:
            return None
        octets += int(2**bits)  # wrapped, if a wire of this speed can carry that much
    sure = octets >= 0 and (possible is None or octets <= possible)
    return octets if sure else None


def _errors(old: int | None, new: int | None) -> int | None:
    """Return how many errors were counted; ifInErrors and ifOutErrors have 32 bits."""
    if old is None or new is None:
        return None
    if new >= old:
        return new - old
    # Cleared by a person, far more likely than a wrap, unless it was about to wrap.
    return new - old + 2**32 if old >= _HALF_32 > new else None
