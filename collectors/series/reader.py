"""Reading the figures of some subjects of one kind, exact whether or not they are rolled up."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from collectors.series import statements
from collectors.series.kinds import Kind
from collectors.series.points import Tallies, Tally, merged, roll_up
from collectors.series.rows import parts, tallies_of_row
from collectors.series.tiers import DAY, HOUR, RAW, Tier


@dataclass(frozen=True, slots=True)
class Reader:
    """Some subjects of one kind, by their row ids, on an open connection.

    `cut_s` tells the moment before which a tier was cut off.
    """

    connection: Connection
    words: statements.Words
    kind: Kind
    row_ids: Sequence[int]
    cut_s: Callable[[Connection, Tier], int]

    def tallies(self, tier: Tier, start_s: int, end_s: int) -> dict[int, Tallies]:
        """Return the tallies by subject; those of buckets that are behind from the finer tier."""
        kept = self._rows(tier, start_s, end_s)
        if tier is RAW:
            return kept
        finer = RAW if tier is HOUR else HOUR
        for bucket_s in self._behind(tier, start_s, end_s):
            made = self.tallies(finer, bucket_s, bucket_s + tier.bucket_s)
            for row_id, part in made.items():
                kept[row_id] = merged((kept.get(row_id, {}), roll_up(part, tier.bucket_s)))
        return kept

    def _behind(self, tier: Tier, start_s: int, end_s: int) -> list[int]:
        """Return the buckets of `tier` whose roll-up does not hold all that was told.

        Not those whose finer figures were cut off already: their roll-up is all there is.
        """
        statement = self.words.spell(statements.MARKS_OF_KIND)
        behind: set[int] = set()
        for marked in (HOUR, DAY) if tier is DAY else (HOUR,):
            first_s = max(start_s, self.cut_s(self.connection, RAW if marked is HOUR else HOUR))
            values = (marked.name, self.kind.name.value, first_s, end_s)
            rows = self.connection.exec_driver_sql(statement, values)
            behind |= {tier.bucket(at_s) for (at_s,) in rows}
        return sorted(behind)

    def _rows(self, tier: Tier, start_s: int, end_s: int) -> dict[int, Tallies]:
        if end_s <= start_s:
            return {}
        chunks = range(tier.chunk(start_s), tier.chunk(end_s - 1) + 1)
        found: dict[int, dict[int, Mapping[str, Tally]]] = defaultdict(dict)
        for some in parts(self.row_ids):
            statement = statements.read(
                self.kind, tier, chunk_count=len(chunks), subject_count=len(some)
            )
            values = (*chunks, *some, start_s, end_s)
            for row in self.connection.exec_driver_sql(self.words.spell(statement), values):
                found[row[0]][row[1]] = tallies_of_row(self.kind, tier, row[2:])
        return dict(found)
