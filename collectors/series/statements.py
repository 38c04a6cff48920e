"""The SQL of the series, the same on both databases; what differs stands in their own modules.

Tables are named `<kind>_<tier>`. `{s}` stands for the schema, `?` for a value; both are put in by
`Words`. Nothing that a person or a device gives is ever put into a statement.
"""
# ruff: noqa: S608 - statements are made of our own names alone

from collections.abc import Iterable
from dataclasses import dataclass

from collectors.series.kinds import KINDS, Kind
from collectors.series.tiers import RAW, TIERS, Tier

PARTS = ("n", "sum", "min", "max")
KEY = ("chunk", "subject_id", "at")
COUNTER_COLUMNS = (
    "subject_id", "at", "uptime_s", "speed_bps", "octet_bits",
    "in_octets", "out_octets", "in_errors", "out_errors",
)  # fmt: skip


def table(kind: Kind, tier: Tier) -> str:
    """Return the name of the table of one kind and age."""
    return f"{kind.name}_{tier.name}"


def columns(kind: Kind, tier: Tier) -> tuple[str, ...]:
    """Return the columns of figures: each metric once as told, in four parts once rolled up."""
    if tier is RAW:
        return tuple(metric.name for metric in kind.metrics)
    return tuple(f"{metric.name}_{part}" for metric in kind.metrics for part in PARTS)


def form() -> str:
    """Return the form of this release's tables in one line; the store remembers its own."""
    return "; ".join(
        f"{table(kind, tier)} {' '.join(columns(kind, tier))}"
        for kind in KINDS.values()
        for tier in TIERS
    )


def holes(count: int) -> str:
    """Return that many places for values."""
    return ", ".join("?" * count)


@dataclass(frozen=True, slots=True)
class Words:
    """How one database spells a statement: its schema's prefix and its place for a value."""

    schema: str
    hole: str

    def spell(self, statement: str) -> str:
        """Return `statement` as this database takes it."""
        return statement.replace("{s}", self.schema).replace("?", self.hole)


# The subjects of an owner are found by the owner: one look for all that a device has.
CREATE_SHARED = (
    "CREATE TABLE IF NOT EXISTS {s}meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    # Buckets whose roll-up no longer holds all that was told since.
    """CREATE TABLE IF NOT EXISTS {s}mark (
        tier TEXT NOT NULL, kind TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (tier, kind, at))
    """,
    """CREATE TABLE IF NOT EXISTS {s}counter (
        subject_id INTEGER PRIMARY KEY, at BIGINT NOT NULL, uptime_s DOUBLE PRECISION,
        speed_bps BIGINT, octet_bits INTEGER, in_octets BIGINT, out_octets BIGINT,
        in_errors BIGINT, out_errors BIGINT)
    """,
)

META = "SELECT value FROM {s}meta WHERE name = ?"
SET_META = (
    "INSERT INTO {s}meta (name, value) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
# An update even where the row stands: it is the lock that holds off a roll-up until we are done.
MARK = (
    "INSERT INTO {s}mark (tier, kind, at) VALUES (?, ?, ?)"
    " ON CONFLICT (tier, kind, at) DO UPDATE SET kind = excluded.kind"
)
UNMARK = "DELETE FROM {s}mark WHERE tier = ? AND kind = ? AND at = ?"
MARKS = "SELECT kind, at FROM {s}mark WHERE tier = ? ORDER BY at, kind"
MARKS_OF_KIND = (
    "SELECT at FROM {s}mark WHERE tier = ? AND kind = ? AND at >= ? AND at < ? ORDER BY at"
)
MARK_COUNT = "SELECT tier, count(*) FROM {s}mark GROUP BY tier"
ADD_SUBJECT = (
    "INSERT INTO {s}subject (owner_id, kind, key) VALUES (?, ?, ?)"
    " ON CONFLICT (owner_id, kind, key) DO NOTHING"
)
SUBJECT_COUNT = "SELECT kind, count(*) FROM {s}subject GROUP BY kind"


def subjects_of(owner_count: int) -> str:
    """Return the statement that finds all subjects of so many owners."""
    return (
        "SELECT id, owner_id, kind, key FROM {s}subject"
        f" WHERE owner_id IN ({holes(owner_count)}) ORDER BY id"
    )


def counters_of(subject_count: int) -> str:
    """Return the statement that finds the last counters of so many subjects."""
    return (
        f"SELECT {', '.join(COUNTER_COLUMNS)} FROM {{s}}counter"
        f" WHERE subject_id IN ({holes(subject_count)})"
    )


KEEP_COUNTERS = (
    f"INSERT INTO {{s}}counter ({', '.join(COUNTER_COLUMNS)})"
    f" VALUES ({holes(len(COUNTER_COLUMNS))}) ON CONFLICT (subject_id) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in COUNTER_COLUMNS[1:])
    + " WHERE counter.at <= excluded.at"
)


def keep(kind: Kind, source: str | None = None) -> str:
    """Return what puts rows into the table of what was told, from `source` or row by row.

    A moment that is told again is added to: a rate is told once, by the reading that came next.
    """
    names, whole = columns(kind, RAW), table(kind, RAW)
    added = ", ".join(f"{name} = coalesce(excluded.{name}, {whole}.{name})" for name in names)
    return (
        f"INSERT INTO {{s}}{whole} ({', '.join((*KEY, *names))})"
        f" {source or f'VALUES ({holes(len(KEY) + len(names))})'}"
        f" ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {added}"
    )


def roll_up(kind: Kind, finer: Tier, wider: Tier) -> str:
    """Return what makes one bucket of `wider` from all of `finer`; again, and nothing changes.

    Values: the wider bucket's chunk and start, and the finer tier's chunk that is this bucket. Its
    rows stand in the order of the subjects, so that they are added up without being sorted.
    """
    sums = (
        ("count({m})", "sum({m})", "min({m})", "max({m})")
        if finer is RAW
        else ("sum({m}_n)", "sum({m}_sum)", "min({m}_min)", "max({m}_max)")
    )
    made = ", ".join(
        f"CAST({each.format(m=metric.name)} AS BIGINT)" for metric in kind.metrics for each in sums
    )
    names = columns(kind, wider)
    return (
        f"INSERT INTO {{s}}{table(kind, wider)} ({', '.join((*KEY, *names))})"
        f" SELECT CAST(? AS INTEGER), subject_id, CAST(? AS BIGINT), {made}"
        f" FROM {{s}}{table(kind, finer)} WHERE chunk = ?"
        f" GROUP BY subject_id ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {_excluded(names)}"
    )


def read(kind: Kind, tier: Tier, *, chunk_count: int, subject_count: int) -> str:
    """Return what reads some subjects over some chunks.

    Values: the chunks, the subjects' ids, the start and the end.
    """
    return (
        f"SELECT subject_id, at, {', '.join(columns(kind, tier))} FROM {{s}}{table(kind, tier)}"
        f" WHERE chunk IN ({holes(chunk_count)}) AND subject_id IN ({holes(subject_count)})"
        " AND at >= ? AND at < ?"
    )


def oldest(kind: Kind, tier: Tier) -> str:
    """Return what tells the first chunk of a table."""
    return f"SELECT min(chunk) FROM {{s}}{table(kind, tier)}"


def _excluded(names: Iterable[str]) -> str:
    return ", ".join(f"{name} = excluded.{name}" for name in names)
