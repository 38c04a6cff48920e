"""SSH sessions kept open during a run, so that one login serves several questions.

A session is one thread's as long as it is used. One that nobody used for a while is closed, for
devices have few of them and a session that a firewall forgot looks open. A refused password is
remembered: the device is not asked again with it, by nobody, until the run ends.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from collectors.ssh import SshSession, open_session
from collectors.target import SshTarget
from inventory.errors import Refused

_IDLE_S = 30.0


@dataclass(slots=True)
class _Kept:
    session: SshSession
    closing: ExitStack
    used_at: float


class SshSessions:
    """The sessions of one run; leave its block to close them."""

    def __init__(self, *, idle_s: float = _IDLE_S) -> None:
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._idle: dict[SshTarget, list[_Kept]] = defaultdict(list)
        self._refused: dict[SshTarget, Refused] = {}

    def __enter__(self) -> "SshSessions":
        return self

    def __exit__(self, *_: object) -> None:
        self._close(self._taken_out(keep_after=None))

    @contextmanager
    def session(self, target: SshTarget) -> Iterator[SshSession]:
        """Yield a session with `target`, a kept one or a new one, which no other thread has.

        Raises as `open_session`; Refused also where this run was refused before. A session in which
        anything failed is closed: what it would answer next is not known.
        """
        self._close(self._taken_out(keep_after=time.monotonic() - self._idle_s))
        kept = self._free(target) or self._opened(target)
        try:
            yield kept.session
        except BaseException:
            kept.closing.close()
            raise
        kept.used_at = time.monotonic()
        with self._lock:
            self._idle[target].append(kept)

    def _free(self, target: SshTarget) -> _Kept | None:
        with self._lock:
            if target in self._refused:
                raise self._refused[target]
            while self._idle[target]:
                kept = self._idle[target].pop()
                if kept.session.is_open():
                    return kept
        return None

    def _opened(self, target: SshTarget) -> _Kept:
        closing = ExitStack()
        try:
            session = closing.enter_context(open_session(target))
        except Refused as error:
            with self._lock:
                self._refused[target] = error
            raise
        return _Kept(session, closing, time.monotonic())

    def _taken_out(self, *, keep_after: float | None) -> list[_Kept]:
        """Take out the sessions that were last used before `keep_after`, all of them for None."""
        old: list[_Kept] = []
        with self._lock:
            for target, listed in self._idle.items():
                young = [k for k in listed if keep_after is not None and k.used_at > keep_after]
                old += [kept for kept in listed if kept not in young]
                self._idle[target] = young
        return old

    def _close(self, sessions: list[_Kept]) -> None:
        for kept in sessions:
            kept.closing.close()
