"""The web process: uvicorn on a socket that is already open."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from api.http.application import make_application
from inventory.database import Database
from inventory.processes import settle
from inventory.settings import Settings

log = structlog.get_logger()

_STOP_GRACE_S = 5
_CHECKPOINT_EVERY_S = 2.0


def answer_at_once(listening: socket.socket) -> socket.socket:
    """Return `listening`, whose connections now send what they are given without waiting for more.

    An answer is written in two pieces, its head and its body. By Nagle's algorithm (RFC 9293,
    3.7.4) the second waits until the first is acknowledged, which the other end puts off by 40 ms.
    asyncio sees to it by itself only where the socket was made with TCP's number.
    """
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # those it accepts inherit it
    return listening


def serve_web(settings: Settings, database: Database, listening: socket.socket) -> None:
    """Serve the pages and the API on `listening` until SIGTERM or SIGINT."""
    application = make_application(settings, database)
    settle()  # or the collector stops every request for a fifth of a second, again and again
    config = uvicorn.Config(
        application,
        log_config=None,  # our own logging is set up already
        access_log=False,  # api.http.middleware writes one line a request
        server_header=False,
        timeout_graceful_shutdown=_STOP_GRACE_S,
    )
    with _checkpoints(database):
        uvicorn.Server(config).run(sockets=[answer_at_once(listening)])


@contextmanager
def _checkpoints(database: Database) -> Iterator[None]:
    """Copy SQLite's journal into its file in the block, so that no request waits for the disk."""
    end = threading.Event()

    def copy() -> None:
        while not end.wait(_CHECKPOINT_EVERY_S):
            try:
                database.checkpoint()
            except (SQLAlchemyError, sqlite3.Error):
                log.exception("checkpoint_failed")  # a commit does it, once the journal is long

    thread = threading.Thread(target=copy, name="checkpoints", daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()
