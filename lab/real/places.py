"""Where a real daemon runs: a network namespace, or the loopback of this machine.

A place has a folder of its own, knows how to run a command inside and starts daemons, which end
with it.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inventory.errors import Misconfigured
from lab.ports import free_port

COMMAND_TIMEOUT_S = 60
START_TIMEOUT_S = 60  # a busy machine is slow, not wrong
END_TIMEOUT_S = 30
_LOOK_AGAIN_S = 0.05
# Debian's daemons are not on an ordinary user's path.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/frr"


class RealPartFailed(Exception):
    """A real part of the lab did not do what the lab asked; the message ends with its own words."""


def binary(name: str) -> str | None:
    """Return the path of an installed program, None when it is not installed."""
    return shutil.which(name, path=_PATH)


def missing(*names: str) -> str | None:
    """Return one sentence that names the programs that are not installed, or None."""
    absent = [name for name in names if binary(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else None


def run(*command: str, stdin: str | None = None) -> str:
    """Run a command to its end and return its output.

    Raises Misconfigured when it is not installed and RealPartFailed when it fails.
    """
    try:
        done = subprocess.run(
            command,
            input=stdin or "",
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_TIMEOUT_S,
            env=_environment(),
        )
    except FileNotFoundError as error:
        raise Misconfigured(
            f"{command[0]} is not installed", where="lab", todo="run: make lab-deps"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise RealPartFailed(f"{' '.join(command)} did not end") from error
    if done.returncode != 0:
        raise RealPartFailed(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def wait_until(ready: Callable[[], bool], what: str, *, timeout_s: float = START_TIMEOUT_S) -> None:
    """Return once `ready` is true; raises RealPartFailed with `what` when it never is."""
    deadline = time.monotonic() + timeout_s
    while not ready():
        if time.monotonic() > deadline:
            raise RealPartFailed(f"{what}: not within {timeout_s:g} s")
        time.sleep(_LOOK_AGAIN_S)


def _environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    return {"PATH": _PATH, "LC_ALL": "C.UTF-8", **(more or {})}


@dataclass
class Daemon:
    """A program that runs in the foreground of its own session."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait_for(self, ready: Callable[[], bool]) -> None:
        """Return once `ready` is true; raises RealPartFailed when the daemon ends before."""

        def alive_and_ready() -> bool:
            if self.process.poll() is not None:
                raise RealPartFailed(f"{self.name} ended: {self.tail()}")
            return ready()

        try:
            wait_until(alive_and_ready, f"{self.name} does not answer")
        except RealPartFailed as failure:
            raise RealPartFailed(f"{failure}; its log ends: {self.tail()}") from None

    def tail(self) -> str:
        """Return the end of what the daemon wrote."""
        return self.log.read_text(errors="replace")[-800:].strip()

    def end(self) -> None:
        """End the daemon, by force if it does not hear."""
        self.process.terminate()
        try:
            self.process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(END_TIMEOUT_S)


@dataclass
class Place:
    """Where daemons run. `address` is the one that the product speaks to."""

    name: str
    folder: Path
    prefix: tuple[str, ...] = ()
    address: str = ""
    daemons: list[Daemon] = field(default_factory=list)

    @property
    def isolated(self) -> bool:
        """Whether the place is a network of its own, with ports of its own."""
        return bool(self.prefix)

    def port(self, standard: int) -> int:
        """Return the standard port in a network of its own, else one that is free here."""
        if self.isolated:
            return standard
        return free_port(self.address)

    def subfolder(self, name: str) -> Path:
        """Return a new folder of this place, for one daemon."""
        made = self.folder / name
        made.mkdir(mode=0o755)
        return made

    def run(self, *command: str, stdin: str | None = None) -> str:
        """Run a command inside and return its output; raises as `run` does."""
        return run(*self.prefix, *command, stdin=stdin)

    def links(self) -> list[dict[str, Any]]:
        """Return the interfaces of the place as `ip -json link` tells them."""
        told: list[dict[str, Any]] = json.loads(self.run("ip", "-json", "link"))
        return told

    def start(self, *command: str, environment: Mapping[str, str] | None = None) -> Daemon:
        """Start a daemon that stays in the foreground; it ends with the place."""
        name = Path(command[0]).name
        log = self.folder / f"{name}-{len(self.daemons)}.log"
        path = binary(command[0])
        if path is None:
            raise Misconfigured(f"{name} is not installed", where="lab", todo="run: make lab-deps")
        with log.open("wb") as written:
            process = subprocess.Popen(
                [*self.prefix, path, *command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/",
                env=_environment(environment),
            )
        daemon = Daemon(name, process, log)
        self.daemons.append(daemon)
        return daemon

    def end(self) -> None:
        """End the daemons, the last one first."""
        while self.daemons:
            self.daemons.pop().end()


@contextmanager
def own_folder(name: str) -> Iterator[Path]:
    """Make a folder that daemons of other users can enter, and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def loopback(address: str = "127.0.0.1") -> Iterator[Place]:
    """Give the place without root: an address of this machine's loopback, with free ports."""
    print(
        f"lab: on {address} with other ports, not in a network of its own (that needs root)",
        file=sys.stderr,
    )
    with own_folder("preau-loopback") as folder:
        place = Place("loopback", folder, address=address)
        try:
            yield place
        finally:
            place.end()
