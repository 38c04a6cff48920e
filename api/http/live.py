"""Following plans live: one reader for all who watch, no thread and no session held by any of them.

The reader asks the database a few times a second whether anything moved, in a thread that it gives
back at once, and only while somebody watches.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from api.usecases.plans import PlanProgress, journal_mark, progress_of
from inventory.database import Database
from inventory.errors import PreauError

log = structlog.get_logger()

Reader = Callable[[frozenset[int]], Mapping[int, PlanProgress]]


class TooManyStreams(PreauError):
    """As many follow plans live as this process can serve."""


class Watching:
    """Who watches which plan, and the last progress that was read of each."""

    def __init__(self, read: Reader, *, every_s: float = 0.5) -> None:
        self._read = read
        self._every_s = every_s
        self._watchers: Counter[int] = Counter()
        self._latest: dict[int, PlanProgress] = {}
        self._moved = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    @property
    def watchers(self) -> int:
        """Return how many watch now."""
        return self._watchers.total()

    @asynccontextmanager
    async def watch(self, plan_id: int) -> AsyncIterator[None]:
        """Have the plan read until the end of the block."""
        self._watchers[plan_id] += 1
        if self._reader is None:
            self._reader = asyncio.create_task(self._go_on())
        try:
            yield
        finally:
            self._watchers[plan_id] -= 1
            if not self._watchers[plan_id]:
                del self._watchers[plan_id]
                self._latest.pop(plan_id, None)
            if not self._watchers:
                await self._stop()

    async def after(
        self, plan_id: int, seen: PlanProgress | None, *, at_most_s: float
    ) -> PlanProgress | None:
        """Return the plan's progress once it is another than `seen`; None when time is up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                while True:
                    moved = self._moved
                    latest = self._latest.get(plan_id)
                    if latest is not None and latest != seen:
                        return latest
                    await moved.wait()
        return None

    async def _stop(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await reader

    async def _go_on(self) -> None:
        while True:
            try:
                read = await run_in_threadpool(self._read, frozenset(self._watchers))
            except SQLAlchemyError:
                log.exception("live_reading_failed")
                read = {}
            now = {each: progress for each, progress in read.items() if each in self._watchers}
            if any(self._latest.get(each) != progress for each, progress in now.items()):
                self._latest.update(now)
                self._moved.set()
                self._moved = asyncio.Event()
            await asyncio.sleep(self._every_s)


def database_reader(database: Database) -> Reader:
    """Return the reader of one installation; it reads devices only when the journal moved."""
    last_mark: tuple[object, ...] | None = None
    last_read: dict[int, PlanProgress] = {}

    def read(plan_ids: frozenset[int]) -> Mapping[int, PlanProgress]:
        nonlocal last_mark, last_read
        with database.read() as session:
            mark = journal_mark(session, plan_ids)
            if mark != last_mark or not plan_ids <= last_read.keys():
                last_read = progress_of(session, plan_ids)
                last_mark = mark
        return last_read

    return read
