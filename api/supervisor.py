"""The supervisor of `preau serve`: its child processes (web, jobs, traps), kept alive to the end.

Each child's standard input is a pipe that only the supervisor holds: when the supervisor dies,
however it dies, the pipe closes and the child ends too (see `die_with_supervisor`).
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog

log = structlog.get_logger()

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
STEADY_S = 60.0  # a child that lived this long starts over with the first wait
STOP_GRACE_S = 15.0
_LOOK_S = 0.2


@dataclass
class Child:
    """One process to keep alive. `pass_fds` are open sockets it inherits."""

    name: str
    command: Sequence[str]
    pass_fds: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    wait_s: float = FIRST_WAIT_S
    begun_at: float = 0.0
    due_at: float = field(default=0.0)

    def start(self) -> None:
        """Start the process, in a session of its own, so that Ctrl-C reaches the parent alone."""
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            pass_fds=self.pass_fds,
            start_new_session=True,
        )
        self.begun_at = time.monotonic()
        log.info("process_started", name=self.name, pid=self.process.pid)

    def look(self) -> None:
        """Start it again, after a pause that doubles, when it has died."""
        now = time.monotonic()
        if self.process is not None and (status := self.process.poll()) is not None:
            self.wait_s = FIRST_WAIT_S if now - self.begun_at > STEADY_S else self.wait_s
            log.error("process_died", name=self.name, status=status, again_in_s=self.wait_s)
            self._close()
            self.due_at = now + self.wait_s
            self.wait_s = min(self.wait_s * 2, LONGEST_WAIT_S)
        if self.process is None and now >= self.due_at:
            self.start()

    def end(self, deadline: float) -> None:
        """Wait for the process until `deadline` (monotonic), then kill it."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("process_killed", name=self.name, pid=self.process.pid)
            self.process.kill()
            self.process.wait()
        self._close()

    def terminate(self) -> None:
        """Ask the process to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def _close(self) -> None:
        assert self.process is not None
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None


def supervise(children: Sequence[Child]) -> None:
    """Keep `children` alive until SIGTERM or SIGINT, then end them all."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    try:
        while not stop.is_set():
            for child in children:
                child.look()
            stop.wait(_LOOK_S)
    finally:
        log.info("stopping")
        for child in children:
            child.terminate()
        deadline = time.monotonic() + STOP_GRACE_S
        for child in children:
            child.end(deadline)
        log.info("stopped")


def die_with_supervisor() -> None:
    """End this process as SIGTERM would when its standard input closes."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="supervisor-watch").start()
