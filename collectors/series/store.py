"""The store of the series: writing samples, reading histories. Ageing stands in `ageing`.

Two stores share this code and differ in a few steps: a SQLite file of its own, and the schema
`series` of the PostgreSQL database. A write is one short transaction and never meets a device. A
history is exact at any moment, whether or not its roll-up was made yet: buckets that are marked as
behind are made on the way from the finer figures.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from collectors.series import statements
from collectors.series.kinds import KINDS, Kind, SubjectKind
from collectors.series.points import History, Tallies, points_of
from collectors.series.rates import Counters, rates
from collectors.series.reader import Reader
from collectors.series.rows import Row, counter_row, counters_of_row, parts, seconds, stored
from collectors.series.samples import Sample, Subject
from collectors.series.tiers import HOUR, RAW, Retention, Tier
from inventory.errors import Misconfigured
from inventory.sentences import Sentence

_LOOK_AT_IT = Sentence("lancez\u00a0: preau series status")
_KINDS = {kind.value: kind for kind in SubjectKind}


@dataclass(frozen=True, slots=True)
class Written:
    """What became of samples. `too_late`: older than what is kept as told, so not added."""

    kept: int = 0
    too_late: int = 0


class SeriesStore(ABC):
    """Figures over time. Nothing is opened before the first use; every method is thread-safe.

    Every method raises Misconfigured when the store cannot be opened, read or written.
    """

    words: statements.Words

    def __init__(self, retention: Retention, *, max_interval_s: float) -> None:
        self.retention = retention
        self.max_interval_s = max_interval_s

    def close(self) -> None:  # noqa: B027 - a store that holds nothing open has nothing to close
        """Close what is open; the store may be used again."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What the two databases do each in their own way.

    @abstractmethod
    def place(self) -> str:
        """Return where the series live, for a person; without a password."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the tables, or give them the columns that this release adds."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Connection]:
        """Return a connection whose writes are kept together at the end of the block."""

    @abstractmethod
    def reading(self, session: Session | None) -> AbstractContextManager[Connection]:
        """Return a connection to read on; that of `session` where the series live in its database.

        A second connection for one request could wait for ever for the first.
        """

    @abstractmethod
    def make_room(self, tier: Tier, times_s: Iterable[int]) -> None:
        """See to it that rows of these moments have a table; call it outside of a transaction."""

    @abstractmethod
    def put(self, connection: Connection, kind: Kind, rows: Sequence[Row]) -> None:
        """Put rows into the table of what was told; what a moment told before is added to."""

    @abstractmethod
    def cut_unit_s(self, tier: Tier) -> int:
        """Return in what stretches of time a tier is cut off."""

    @abstractmethod
    def cut_off(self, kind: Kind, tier: Tier, before_s: int) -> None:
        """Remove what is wholly older than a moment, in steps that hold nobody up."""

    @abstractmethod
    def size_bytes(self) -> int:
        """Return what the series take on disk."""

    # Writing.

    def write(self, samples: Sequence[Sample]) -> Written:
        """Keep samples, all or none; a sample given again changes nothing."""
        if not samples:
            return Written()
        self.prepare()
        with self.told_errors():
            self.make_room(RAW, map(seconds, {sample.at for sample in samples}))
            return self._write(samples)

    def _write(self, samples: Sequence[Sample]) -> Written:
        with self.transaction() as connection:
            floor = datetime.fromtimestamp(self.floor_s(connection, RAW), UTC)
            in_time = [sample for sample in samples if sample.at >= floor]
            ids = self._subject_ids(connection, in_time)
            known = [sample for sample in in_time if sample.subject in ids]
            measured = self._with_rates(connection, known, ids)
            kept = self._keep(connection, known, ids, measured)
        return Written(kept, len(samples) - len(in_time))

    def _subject_ids(self, connection: Connection, samples: Sequence[Sample]) -> dict[Subject, int]:
        owners = sorted({sample.subject.owner_id for sample in samples})
        known = self._known(connection, owners)
        wanted = {sample.subject for sample in samples if sample.start}
        new = sorted(wanted - known.keys(), key=lambda each: (each.owner_id, each.kind, each.key))
        if not new:
            return known
        rows = [(each.owner_id, each.kind.value, each.key) for each in new]
        connection.exec_driver_sql(self.words.spell(statements.ADD_SUBJECT), rows)
        return self._known(connection, owners)

    def _known(self, connection: Connection, owners: Sequence[int]) -> dict[Subject, int]:
        known: dict[Subject, int] = {}
        for some in parts(owners):
            statement = self.words.spell(statements.subjects_of(len(some)))
            for row_id, owner_id, kind, key in connection.exec_driver_sql(statement, tuple(some)):
                if kind in _KINDS:  # an older release knows fewer
                    known[Subject(_KINDS[kind], owner_id, key)] = row_id
        return known

    def _with_rates(
        self, connection: Connection, samples: Sequence[Sample], ids: Mapping[Subject, int]
    ) -> dict[int, dict[str, float]]:
        """Return the rates by the place of the sample, and keep its counters for the next time."""
        counted = [(ids[s.subject], place) for place, s in enumerate(samples) if s.counters]
        before = self._counters(connection, [row_id for row_id, _ in counted])
        found: dict[int, dict[str, float]] = {}
        new: dict[int, Counters] = {}
        for row_id, place in counted:
            now = samples[place].counters
            assert now is not None
            last = new.get(row_id) or before.get(row_id)
            if last is not None:
                found[place] = rates(last, now, max_interval_s=self.max_interval_s)
            if last is None or now.at > last.at:
                new[row_id] = now
        if new:
            rows = [counter_row(row_id, counters) for row_id, counters in sorted(new.items())]
            connection.exec_driver_sql(self.words.spell(statements.KEEP_COUNTERS), rows)
        return found

    def _counters(self, connection: Connection, row_ids: Sequence[int]) -> dict[int, Counters]:
        found: dict[int, Counters] = {}
        for some in parts(row_ids):
            statement = self.words.spell(statements.counters_of(len(some)))
            for row in connection.exec_driver_sql(statement, tuple(some)):
                found[row[0]] = counters_of_row(row)
        return found

    def _keep(
        self,
        connection: Connection,
        samples: Sequence[Sample],
        ids: Mapping[Subject, int],
        measured: Mapping[int, Mapping[str, float]],
    ) -> int:
        rows: dict[SubjectKind, dict[tuple[int, int], Row]] = defaultdict(dict)
        for place, sample in enumerate(samples):
            kind = sample.subject.kind
            told = stored(KINDS[kind], {**sample.values, **measured.get(place, {})})
            if told is not None:
                at_s, row_id = seconds(sample.at), ids[sample.subject]
                rows[kind][row_id, at_s] = (RAW.chunk(at_s), row_id, at_s, *told)
        hours = {(kind, RAW.chunk(at_s)) for kind in rows for _, at_s in rows[kind]}
        marks = sorted((HOUR.name, kind.value, hour * RAW.chunk_s) for kind, hour in hours)
        if marks:
            connection.exec_driver_sql(self.words.spell(statements.MARK), marks)
        for kind, by_key in rows.items():
            self.put(connection, KINDS[kind], [by_key[key] for key in sorted(by_key)])
        return sum(len(by_key) for by_key in rows.values())

    # Reading.

    def subjects(self, session: Session | None, owner_ids: Sequence[int]) -> list[Subject]:
        """Return the subjects of devices or sites that have a history, by kind and name."""
        self.prepare()
        with self.told_errors(), self.reading(session) as connection:
            found = self._known(connection, owner_ids)
        return sorted(found, key=lambda each: (each.kind, each.owner_id, each.key))

    def histories(
        self,
        session: Session | None,
        subjects: Sequence[Subject],
        *,
        start: datetime,
        end: datetime,
        tier: Tier,
    ) -> list[History]:
        """Return the history of each subject from `start` until before `end`, in their order.

        The first bucket is the one that holds `start`. A subject that was never measured has no
        points.
        """
        self.prepare()
        first_s, end_s = tier.bucket(seconds(start)), seconds(end)
        with self.told_errors(), self.reading(session) as connection:
            owners = sorted({subject.owner_id for subject in subjects})
            ids = self._known(connection, owners)
            by_kind: dict[SubjectKind, list[int]] = defaultdict(list)
            for subject in subjects:
                if subject in ids:
                    by_kind[subject.kind].append(ids[subject])
            tallies: dict[int, Tallies] = {}
            for kind, row_ids in by_kind.items():
                reader = Reader(connection, self.words, KINDS[kind], row_ids, self.cut_s)
                tallies |= reader.tallies(tier, first_s, end_s)
        return [
            History(
                subject,
                tier,
                points_of(tallies.get(ids.get(subject, 0), {}), KINDS[subject.kind].by_name),
            )
            for subject in subjects
        ]

    def note_synthetic(self, until: datetime) -> None:
        """Remember that the figures before a moment were made up, to show; pages say so."""
        self.prepare()
        with self.told_errors(), self.transaction() as connection:
            self.set_meta(connection, "synthetic_until", str(seconds(until)))

    def synthetic_until(self, session: Session | None) -> datetime | None:
        """Return until when figures were made up; None: all are real."""
        self.prepare()
        with self.told_errors(), self.reading(session) as connection:
            until_s = self.meta(connection, "synthetic_until")
        return datetime.fromtimestamp(int(until_s), UTC) if until_s else None

    # What both writing and ageing ask.

    def floor_s(self, connection: Connection, tier: Tier) -> int:
        """Return the moment before which a tier takes nothing any more."""
        return int(self.meta(connection, f"floor_{tier.name}") or 0)

    def cut_s(self, connection: Connection, tier: Tier) -> int:
        """Return the moment before which a tier was cut off."""
        return int(self.meta(connection, f"cut_{tier.name}") or 0)

    def meta(self, connection: Connection, name: str) -> str | None:
        """Return what the store remembers of itself under a name."""
        statement = self.words.spell(statements.META)
        value = connection.exec_driver_sql(statement, (name,)).scalar()
        return None if value is None else str(value)

    def set_meta(self, connection: Connection, name: str, value: str) -> None:
        """Remember something of the store itself."""
        connection.exec_driver_sql(self.words.spell(statements.SET_META), (name, value))

    @contextmanager
    def told_errors(self, todo: str = _LOOK_AT_IT) -> Iterator[None]:
        """Raise Misconfigured, with what to do, for what the database refuses."""
        try:
            yield
        except SQLAlchemyError as error:
            told = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
            raise Misconfigured(
                Sentence(
                    "Les chiffres dans le temps ne peuvent servir\u00a0: %(told)s",
                    told=told.splitlines()[0],
                ),
                where=self.place(),
                todo=todo,
            ) from error
