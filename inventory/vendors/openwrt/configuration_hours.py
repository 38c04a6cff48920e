"""Hours of radios as lines of the crontab: OpenWrt's `wifi up` and `wifi down` of one radio.

Source: OpenWrt user guide, "Scheduling tasks with cron" and "Wi-Fi on/off" (openwrt.org/docs/
guide-user): BusyBox's crond reads /etc/crontabs/root; the day of the week 0 is Sunday. BusyBox
hands what follows the five fields to a shell, for which our mark at the end is a comment.

Edges alone would not do: a restart, or a push at night, puts a radio on the air that should be
silent until the next edge. So twice an hour `wifi down` is said again while it should be off.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache

from inventory.intent import Window, is_on

_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 - hours are local, whatever the day
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
_HOLD_MINUTES = (25, 55)
# Where hours are kept by the clock, the clock is Belgium's (tz database; TZ as POSIX writes it).
TIME_ZONE = (("timezone", "CET-1CEST,M3.5.0,M10.5.0/3"), ("zonename", "Europe/Brussels"))


def crontab_lines(radio: str, windows: Sequence[Window]) -> list[tuple[str, str]]:
    """Return (name, line) pairs that keep a radio on within its windows and off outside."""
    schedule = _schedule(tuple(windows))
    return [(name, f"{when} wifi {action} {radio}") for name, when, action in schedule]


@cache
def _schedule(windows: tuple[Window, ...]) -> list[tuple[str, str, str]]:
    on = [is_on(windows, _MONDAY + timedelta(minutes=minute)) for minute in range(_WEEK_MINUTES)]
    edges: dict[tuple[str, int], list[int]] = {}
    for minute, is_now_on in enumerate(on):
        if is_now_on != on[minute - 1]:
            day, time = divmod(minute, _DAY_MINUTES)
            edges.setdefault(("up" if is_now_on else "down", time), []).append(day)
    lines = [
        (f"{action}_{time // 60:02}{time % 60:02}", _when(time % 60, [time // 60], days), action)
        for (action, time), days in sorted(edges.items())
    ]
    for minute in _HOLD_MINUTES:
        silent: dict[tuple[int, ...], list[int]] = {}
        for day in range(7):
            hours = tuple(h for h in range(24) if not on[day * _DAY_MINUTES + h * 60 + minute])
            if hours:
                silent.setdefault(hours, []).append(day)
        lines += [
            (f"hold_{minute}_{days[0]}", _when(minute, hours, days), "down")
            for hours, days in silent.items()
        ]
    return lines


def _when(minute: int, hours: Sequence[int], days: Iterable[int]) -> str:
    cron_days = ",".join(str(day) for day in sorted((day + 1) % 7 for day in days))
    return f"{minute} {','.join(map(str, hours))} * * {cron_days}"
