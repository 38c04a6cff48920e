"""`make demo ONCE=1` as a newcomer runs it, on ports and in a folder of the test's own."""

import json
import os
import random
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lab.ports import free_port

ROOT = Path(__file__).parents[2]


def _demo(folder: Path, web_port: int, port_offset: int = 0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable, "-m", "lab.demo", "--once", "--folder", str(folder),
            "--port-offset", str(port_offset),
        ],
        cwd=ROOT,
        env={**os.environ, "PREAU_WEB_PORT": str(web_port), "PREAU_DATABASE_URL": "not://used"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


@pytest.mark.timeout(900)
def test_the_demo_does_the_whole_job_and_claims_only_what_was_read_back(tmp_path: Path) -> None:
    # The district's highest port is 20161; from 32768 on the kernel gives ports to others.
    done = _demo(tmp_path, free_port(), random.randrange(300, 12_000))
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["ok"] is True
    assert figures["devices_found"] == figures["read"] == 30
    assert (figures["verified"], figures["rolled_back"], figures["failed"]) == (29, 1, 0)
    assert figures["pages"] == figures["sites"] == 3
    assert {"Maternelle 1", "Maternelle 2"} <= set(figures["rooms_not_covered"])
    assert Path(figures["map"]).read_bytes().startswith(b"\x89PNG")
    assert Path(figures["report"]).read_bytes().startswith(b"%PDF-")
    assert figures["reserves"] > 0
    assert figures["report_pages"] > 3
    assert (figures["incidents"], figures["shadowed"]) == (1, 9)
    (failure,) = figures["failures"]
    assert failure["device"].endswith("lac-ap3")
    assert "uci: Invalid argument" in failure["error"]
    for secret in ("correct horse battery staple", "lab-password", "lab-read"):
        assert secret not in done.stdout + done.stderr


def test_a_port_in_use_is_one_clear_sentence_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _demo(tmp_path / "demo", port)
    assert done.returncode == 2
    assert done.stderr.startswith(f"preau demo: port {port} of 127.0.0.1 is in use: ")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "demo").exists()


def test_a_port_that_is_none_is_one_clear_sentence(tmp_path: Path) -> None:
    done = _demo(tmp_path, -1)
    assert done.returncode == 2
    assert done.stderr == "preau demo: PREAU_WEB_PORT=-1 is no port: give one from 1 to 65535\n"
