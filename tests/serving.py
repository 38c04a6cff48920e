"""`preau serve` as its real processes, for tests."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from unittest import mock
from urllib.error import HTTPError
from urllib.request import urlopen

from inventory.log import configure_logging
from inventory.settings import Settings
from lab.ports import free_port
from tests.patience import PATIENCE_S, wait_until


@dataclass
class Served:
    """One running `preau serve`."""

    process: subprocess.Popen[str]
    address: str
    log: Path

    def children(self) -> dict[str, int]:
        """Return the process ids of the children that live, by their part."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_text().split("\0")
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == self.process.pid and "--only" in words:
                found[words[words.index("--only") + 1]] = int(entry.name)
        return found

    def answers(self) -> bool:
        """Return whether the web process answers, whatever it says of the others."""
        try:
            with urlopen(f"{self.address}/healthz", timeout=PATIENCE_S):
                return True
        except HTTPError:
            return True
        except (OSError, HTTPException):
            return False

    def healthy(self) -> bool:
        """Return whether both processes work."""
        # Asked ten times a second: httpx would read all certificate authorities each time.
        try:
            with urlopen(f"{self.address}/healthz", timeout=PATIENCE_S) as answer:
                return bool(answer.status == HTTPStatus.OK)
        except (OSError, HTTPException):
            return False


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment that gives a process these settings."""
    told = {"PREAU_DATA_DIR": str(settings.data_dir)}
    if settings.database_url:
        told["PREAU_DATABASE_URL"] = settings.database_url
    if settings.traps_listen:
        told["PREAU_TRAPS_LISTEN"] = ",".join(settings.traps_listen)
    return {**os.environ, **told}


def preau(settings: Settings, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments],
        env=environment(settings),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def preau_here(
    settings: Settings, *arguments: str, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end in this process: thirty of them would import for a minute."""
    from api.cli import main

    printed, complained = io.StringIO(), io.StringIO()
    status = 0
    with (
        mock.patch.dict(os.environ, environment(settings), clear=True),
        mock.patch.object(sys, "argv", ["preau", *arguments]),
        mock.patch.object(sys, "stdin", io.StringIO(typed)),
        redirect_stdout(printed),
        redirect_stderr(complained),
    ):
        try:
            main()
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    # The command told all of this process how to log; its threads may go on for a while.
    configure_logging(Settings(log_level="warning"), "tests")
    return subprocess.CompletedProcess(arguments, status, printed.getvalue(), complained.getvalue())


@contextmanager
def serving(settings: Settings) -> Iterator[Served]:
    """Run `preau serve` until the end of the block."""
    port = free_port()
    log = settings.data_dir / "serve.log"
    command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=environment(settings), stdout=output, stderr=output, text=True
        )
    served = Served(process, f"http://127.0.0.1:{port}", log)
    try:
        wait_until(lambda: served.healthy() or process.poll() is not None, "it is not healthy")
        assert process.poll() is None, log.read_text()
        yield served
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
