"""Notifications become events: merged, written in batches, and informs acknowledged once safe."""

import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from api.jobs import queue
from api.usecases.trap_events import write_entries
from collectors.traps.engines import EngineClocks, KnownEngine
from collectors.traps.episodes import Entry, Episodes
from collectors.traps.receiver import Arrival
from inventory import clock
from inventory.database import Database
from inventory.models import SnmpEngine

log = structlog.get_logger()

ACTOR = "traps"
_BATCH = 200  # events in one transaction
_ARRIVALS = 2_000  # that are merged at once
_WAITING = 50_000  # arrivals that may wait while the database does not answer
_INFORMS = 20_000
_INFORM_AGAIN_S = 120.0  # how long a sender may go on asking for one answer
_READ_AGAIN_S = 60.0
_SITES = 10_000


class TrapRecorder:
    """Takes what the receiver believes, from its thread, and writes it from another one."""

    def __init__(self, database: Database, clocks: EngineClocks) -> None:
        self.events = self.merged = self.acknowledged = self.refused = 0
        self._database = database
        self._clocks = clocks
        self._episodes = Episodes()
        self._arrivals: deque[Arrival] = deque()
        self._limited: Counter[tuple[int, str]] = Counter()
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._informs: OrderedDict[tuple[object, ...], float] = OrderedDict()
        self._to_acknowledge: list[Arrival] = []
        self._read_at: OrderedDict[int, float] = OrderedDict()

    def deliver(self, arrival: Arrival) -> None:
        """Take an arrival; one that finds no room is lost, and an inform's sender asks again."""
        if len(self._arrivals) >= _WAITING:
            self.refused += 1
            return
        self._arrivals.append(arrival)
        self._news.set()

    def limited(self, device_id: int, host: str, count: int) -> None:
        """Take note of datagrams of a device that were thrown away unread."""
        with self._lock:
            self._limited[device_id, host] += count
        self._news.set()

    def wake(self) -> None:
        """End a `wait`."""
        self._news.set()

    def wait(self, timeout_s: float) -> None:
        """Wait until there is something to write, at most `timeout_s`."""
        self._news.wait(timeout_s)

    def flush(self) -> bool:
        """Write what waits and acknowledge what is safe; returns False when it could not."""
        self._news.clear()
        self._merge(time.monotonic())
        entries = self._episodes.take()
        engines = self._clocks.take_unsaved(clock.now())
        for start in range(0, max(len(entries), 1), _BATCH):
            batch = entries[start : start + _BATCH]
            try:
                self._write(batch, engines)
            except SQLAlchemyError as error:
                # Nothing is lost: it is written as soon as the database takes it.
                log.warning("traps_not_written", error=type(error).__name__, events=len(entries))
                self._episodes.put_back(entries[start:])
                self._clocks.put_back(engines)
                return False
            engines = []
        self._acknowledge()
        if self._arrivals:
            self._news.set()
        return True

    def _merge(self, now_s: float) -> None:
        for _ in range(min(len(self._arrivals), _ARRIVALS)):
            arrival = self._arrivals.popleft()
            heard = arrival.heard
            if arrival.acknowledge is not None:
                if len(self._to_acknowledge) < _INFORMS:  # or its sender asks again
                    self._to_acknowledge.append(arrival)
                if self._is_sent_again(arrival, now_s):
                    continue
            if heard.told is not None and not self._episodes.hear(
                heard.device_id, heard.source, heard.told, now_s
            ):
                self.merged += 1
        with self._lock:
            limited, self._limited = self._limited, Counter()
        for (device_id, host), count in limited.items():
            self._episodes.limited(device_id, host, count, now_s)

    def _is_sent_again(self, arrival: Arrival, now_s: float) -> bool:
        """Tell whether an inform came before: its answer was lost on the way, or is still due."""
        heard = arrival.heard
        key = (heard.zone_id, heard.source, heard.notice.request_id, heard.notice.trap)
        while self._informs and next(iter(self._informs.values())) < now_s - _INFORM_AGAIN_S:
            self._informs.popitem(last=False)
        if key in self._informs:
            return True
        if len(self._informs) >= _INFORMS:
            self._informs.popitem(last=False)
        self._informs[key] = now_s
        return False

    def _write(self, entries: Sequence[Entry], engines: Sequence[KnownEngine]) -> None:
        if not entries and not engines:
            return
        with self._database.write(ACTOR) as session:
            written = write_entries(session, entries)
            for site_id in self._worth_reading(written.site_ids):
                queue.enqueue(session, "poll", {"site_id": site_id}, ACTOR)
            for engine in engines:
                keep_engine(session, engine)
        # Only now do they stand: a transaction that was undone left no row behind.
        for entry, row in written.rows:
            self.events += entry.is_new
            entry.row_id = row.id

    def _worth_reading(self, site_ids: set[int]) -> list[int]:
        """Return those of the sites that were not hastened just before."""
        now_s = time.monotonic()
        chosen = []
        for site_id in sorted(site_ids):
            if now_s - self._read_at.get(site_id, -_READ_AGAIN_S) >= _READ_AGAIN_S:
                self._read_at[site_id] = now_s
                self._read_at.move_to_end(site_id)
                chosen.append(site_id)
        while len(self._read_at) > _SITES:
            self._read_at.popitem(last=False)
        return chosen

    def _acknowledge(self) -> None:
        for arrival in self._to_acknowledge:
            if arrival.acknowledge is not None:
                arrival.acknowledge()
                self.acknowledged += 1
        self._to_acknowledge.clear()


def keep_engine(session: Session, engine: KnownEngine) -> None:
    """Keep what an engine proved of its clock, and whose it is."""
    key = (engine.zone_id, engine.engine_id.hex())
    row = session.get(SnmpEngine, key) or SnmpEngine(
        zone_id=key[0], engine_id=key[1], boots=0, time_s=0, heard_at=engine.heard_at
    )
    row.boots, row.time_s, row.heard_at = engine.boots, engine.time_s, engine.heard_at
    row.device_id = engine.device_id or row.device_id
    session.add(row)
