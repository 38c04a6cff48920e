"""What the store holds, for the one who keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collectors.series import statements
from collectors.series.kinds import KINDS
from collectors.series.store import SeriesStore
from collectors.series.tiers import TIERS


@dataclass(frozen=True, slots=True)
class TierStatus:
    """What one tier holds. `oldest` is where its first chunk begins, None while it is empty.

    `behind` is how many of its buckets wait for their roll-up.
    """

    name: str
    oldest: datetime | None
    behind: int
    kept_days: float


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """Where the series live, what they take, and of how many subjects of each kind."""

    place: str
    size_bytes: int
    subjects: Mapping[str, int]
    tiers: tuple[TierStatus, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values; times in ISO 8601, UTC."""
        return {
            "place": self.place,
            "size_bytes": self.size_bytes,
            "subjects": dict(self.subjects),
            "tiers": [
                {
                    "name": tier.name,
                    "kept_days": tier.kept_days,
                    "oldest": tier.oldest.isoformat() if tier.oldest else None,
                    "behind": tier.behind,
                }
                for tier in self.tiers
            ],
        }


def status(store: SeriesStore) -> StoreStatus:
    """Return what the store holds; raises Misconfigured when it cannot be read."""
    store.prepare()
    with store.told_errors(), store.reading(None) as connection:

        def rows(statement: str) -> list[Any]:
            return list(connection.exec_driver_sql(store.words.spell(statement)))

        subjects = {str(kind): int(count) for kind, count in rows(statements.SUBJECT_COUNT)}
        behind = {str(tier): int(count) for tier, count in rows(statements.MARK_COUNT)}
        tiers = []
        for tier in TIERS:
            firsts = [rows(statements.oldest(kind, tier))[0][0] for kind in KINDS.values()]
            told = [first for first in firsts if first is not None]
            oldest = datetime.fromtimestamp(min(told) * tier.chunk_s, UTC) if told else None
            kept_days = store.retention.of(tier).total_seconds() / 86_400
            tiers.append(TierStatus(tier.name, oldest, behind.get(tier.name, 0), kept_days))
    return StoreStatus(store.place(), store.size_bytes(), subjects, tuple(tiers))
