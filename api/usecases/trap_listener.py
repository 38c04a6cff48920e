"""The listener of an installation: its engine, its threads, and what it tells of itself.

One thread receives (`collectors.traps.receiver`), one writes. The figures go into the database
every few seconds: `preau traps status` and the metrics tell them from other processes.
"""

import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from api.usecases.trap_senders import Senders
from api.usecases.trap_status import NAME
from api.usecases.traps import ACTOR, TrapRecorder
from collectors.traps.engines import EngineClocks, KnownEngine
from collectors.traps.rate import SourceLimits
from collectors.traps.reading import NotificationReader
from collectors.traps.receiver import Listener, Receiver, dropped_before_decoding
from collectors.traps.sockets import ListenAt, listen_at
from collectors.traps.usm import NotificationUsm, OwnEngine
from inventory import clock
from inventory.database import Database
from inventory.errors import Misconfigured
from inventory.models import SnmpEngine, TrapListener
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.vendors.notification import notifications

log = structlog.get_logger()

_TELL_S = 5.0
_REFRESH_S = 30.0
_REFRESH_WHOLE_S = 600.0
_PAUSE_S = 0.05  # between two transactions: what comes together is written together
_WAIT_S = 1.0
# RFC 3411's SnmpEngineID, format 5 (octets), under the enterprise number 0, which nobody has.
_ENGINE_ID_HEAD = bytes.fromhex("8000000005")
_ENGINE_ID_OCTETS = 12


class TrapListening:
    """A listener that runs; `stop` ends it, and everything that was received is written then."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        vault: Vault,
        sockets: Sequence[socket.socket],
    ) -> None:
        self._database = database
        self._senders = Senders(database, vault)
        notifications()  # every family is imported here, and not while the first trap waits
        self._clocks = known_engines(database)
        self._row = begin_listener(database)
        own = OwnEngine(bytes.fromhex(self._row.engine_id), self._row.boots)
        reader = NotificationReader(
            NotificationUsm(own, self._clocks),
            self._clocks,
            self._senders,
            any_community=settings.traps_any_community,
        )
        self._recorder = TrapRecorder(database, self._clocks)
        self.receiver = Receiver(
            self._listeners(settings, sockets),
            reader,
            SourceLimits(per_second=settings.traps_per_second, burst=settings.traps_burst),
            deliver=self._recorder.deliver,
            limited=self._recorder.limited,
        )
        self._stop = threading.Event()
        self._writer = threading.Thread(target=self._write, name="traps-writer", daemon=True)
        self._told_at = 0.0
        self._refreshed_at = self._whole_at = time.monotonic()

    def run(self) -> None:
        """Receive in this thread until `stop`; then write what is left."""
        self._writer.start()
        log.info("traps_ready", engine_id=self._row.engine_id, boots=self._row.boots)
        try:
            self.receiver.run()
        finally:
            self._stop.set()
            self._recorder.wake()
            self._writer.join()
            log.info("traps_stopped", **self.figures()["received"])

    def stop(self) -> None:
        """End `run`; safe to call from a signal handler."""
        self.receiver.stop()

    def figures(self) -> dict[str, Any]:
        """Return what was received, dropped and written since it began."""
        received, recorder = self.receiver.figures, self._recorder
        # Copied by dict's own method, in one step: the receiving thread goes on counting.
        drops, strangers = dict.copy(received.drops), received.strangers.copy()
        not_understood = Counter(dict.copy(received.not_understood))
        return {
            "received": {
                "received": received.received,
                "dropped_before_decoding": dropped_before_decoding(received),
                "kernel_dropped": self.receiver.kernel_drops(),
                "events": recorder.events,
                "merged": recorder.merged,
                "acknowledged": recorder.acknowledged,
            },
            "dropped": {why.value: count for why, count in sorted(drops.items())},
            "unknown_sources": dict(reversed(strangers.items())),
            "unknown_notifications": dict(not_understood.most_common()),
        }

    def _listeners(self, settings: Settings, sockets: Sequence[socket.socket]) -> list[Listener]:
        places = [listen_at(text) for text in settings.traps_listen]
        return [
            Listener(each, _zone_id(self._senders, place))
            for each, place in zip(sockets, places, strict=True)
        ]

    def _write(self) -> None:
        while not self._stop.is_set():
            self._recorder.wait(_WAIT_S)
            try:
                safe = self._recorder.flush()
                self._keep_up()
            except Exception:  # the thread outlives whatever went wrong with one batch
                log.exception("traps_writer_failed")
                safe = False
            self._stop.wait(_PAUSE_S if safe else _WAIT_S)
        self._recorder.flush()
        self._tell()

    def _keep_up(self) -> None:
        now_s = time.monotonic()
        if now_s - self._told_at >= _TELL_S:
            self._told_at = now_s
            self._tell()
        if now_s - self._refreshed_at >= _REFRESH_S:
            whole = now_s - self._whole_at >= _REFRESH_WHOLE_S
            self._refreshed_at = now_s
            self._whole_at = now_s if whole else self._whole_at
            self._senders.refresh(whole=whole)

    def _tell(self) -> None:
        try:
            with self._database.write(ACTOR) as session:
                row = session.get_one(TrapListener, NAME)
                row.heartbeat_at = clock.now()
                row.figures = self.figures()
                session.add(row)
        except SQLAlchemyError as error:
            log.warning("traps_status_not_written", error=type(error).__name__)


@contextmanager
def listening(
    settings: Settings, database: Database, vault: Vault, sockets: Sequence[socket.socket]
) -> Iterator[TrapListening]:
    """Run a listener in a thread until the block ends."""
    running = TrapListening(settings, database, vault, sockets)
    thread = threading.Thread(target=running.run, name="traps", daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.stop()
        thread.join()


def begin_listener(database: Database) -> TrapListener:
    """Return the listener's row with one more boot: what was recorded before is then refused."""
    now = clock.now()
    with database.write(ACTOR) as session:
        row = session.get(TrapListener, NAME) or TrapListener(
            name=NAME,
            engine_id=(_ENGINE_ID_HEAD + secrets.token_bytes(_ENGINE_ID_OCTETS)).hex(),
            started_at=now,
            heartbeat_at=now,
        )
        row.boots += 1
        row.started_at = row.heartbeat_at = now
        row.figures = {}
        session.add(row)
    return row


def known_engines(database: Database) -> EngineClocks:
    """Return the SNMPv3 engines that were believed before."""
    clocks, now = EngineClocks(), clock.now()
    with database.read() as session:
        for row in session.exec(select(SnmpEngine)):
            clocks.recall(
                KnownEngine(
                    row.zone_id,
                    bytes.fromhex(row.engine_id),
                    row.boots,
                    row.time_s,
                    row.heard_at,
                    row.device_id,
                ),
                now,
            )
    return clocks


def _zone_id(senders: Senders, place: ListenAt) -> int | None:
    if place.zone is None:
        return None
    zone_id = senders.zone_id(place.zone)
    if zone_id is None:
        raise Misconfigured(
            f"there is no zone {place.zone}",
            where=f"traps_listen {place}",
            todo="run: preau zone list",
        )
    return zone_id
