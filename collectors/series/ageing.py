"""Ageing: hours and days are rolled up, and what is old is cut off.

It may be run at any time, by several at once, and be stopped anywhere: each bucket is made in one
transaction of its own, from all of its finer figures, and its mark is taken off in the same one.
What is old is cut off only after its roll-up, and refused from before that on.
"""

from dataclasses import dataclass, field
from datetime import datetime

from collectors.series import statements
from collectors.series.kinds import KINDS, SubjectKind
from collectors.series.rows import seconds
from collectors.series.store import SeriesStore
from collectors.series.tiers import DAY, HOUR, RAW, TIERS, Tier


@dataclass(frozen=True, slots=True)
class Aged:
    """What was done: how many buckets were made of each tier."""

    hours: int = 0
    days: int = 0
    cut_before: dict[str, int] = field(default_factory=dict)


def age(store: SeriesStore, now: datetime) -> Aged:
    """Roll up every bucket that is behind, then cut off what the retention no longer keeps.

    Raises Misconfigured when the store cannot be used.
    """
    store.prepare()
    with store.told_errors():
        floors = _refuse_old(store, now)
        hours = _roll_up(store, RAW, HOUR)
        days = _roll_up(store, HOUR, DAY)
        for tier in TIERS:
            _cut_off(store, tier, floors[tier])
            # Ahead of the need: at midnight nobody has to wait for a table to be made.
            store.make_room(tier, {seconds(now), seconds(now) + tier.partition_s})
    return Aged(hours, days, {tier.name: floor_s for tier, floor_s in floors.items()})


def _refuse_old(store: SeriesStore, now: datetime) -> dict[Tier, int]:
    """Set from when on each tier takes figures, and return it; it never goes back."""
    floors: dict[Tier, int] = {}
    with store.transaction() as connection:
        for tier in TIERS:
            unit_s = store.cut_unit_s(tier)
            wanted_s = seconds(now - store.retention.of(tier)) // unit_s * unit_s
            floors[tier] = max(wanted_s, store.floor_s(connection, tier))
            store.set_meta(connection, f"floor_{tier.name}", str(floors[tier]))
    return floors


def _roll_up(store: SeriesStore, finer: Tier, wider: Tier) -> int:
    statement = store.words.spell(statements.MARKS)
    with store.transaction() as connection:
        behind = list(connection.exec_driver_sql(statement, (wider.name,)))
    store.make_room(wider, {at_s for _, at_s in behind})
    for kind, at_s in behind:
        _make(store, SubjectKind(kind), at_s, finer, wider)
    return len(behind)


def _make(store: SeriesStore, kind: SubjectKind, at_s: int, finer: Tier, wider: Tier) -> None:
    with store.transaction() as connection:
        # The mark goes first: it waits for those who are writing to this bucket, and what they
        # wrote is seen by what follows.
        mark = (wider.name, kind.value, at_s)
        connection.exec_driver_sql(store.words.spell(statements.UNMARK), mark)
        if at_s < store.cut_s(connection, finer):
            return  # its finer figures are gone in part: the roll-up that stands is the better one
        connection.exec_driver_sql(
            store.words.spell(statements.roll_up(KINDS[kind], finer, wider)),
            (wider.chunk(at_s), at_s, finer.chunk(at_s)),
        )
        if wider is HOUR:
            day = (DAY.name, kind.value, DAY.bucket(at_s))
            connection.exec_driver_sql(store.words.spell(statements.MARK), day)


def _cut_off(store: SeriesStore, tier: Tier, before_s: int) -> None:
    with store.transaction() as connection:
        store.set_meta(connection, f"cut_{tier.name}", str(before_s))
    for kind in KINDS.values():
        store.cut_off(kind, tier, before_s)
