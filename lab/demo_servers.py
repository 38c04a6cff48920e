"""The processes of the demo: the lab, the served product, and a look at its pages."""

import contextlib
import http.cookiejar
import json
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lab.demo_steps import Failed, Preau

ROOT = Path(__file__).parents[1]
START_S = 30.0
END_S = 15.0


def refuse_taken_port(port: int) -> None:
    """Raise Failed, with what to do, when the port of the pages is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failed(
                f"port {port} of 127.0.0.1 is in use: stop what listens there, or choose another"
                f" with PREAU_WEB_PORT={port + 1} make demo"
            ) from error


@contextlib.contextmanager
def running_district(folder: Path, port_offset: int, fault: str) -> Iterator[dict[str, Any]]:
    """Run the lab's district and yield its description; raises Failed when it cannot start."""
    described = folder / "district.json"  # the lab writes it once every device answers
    described.unlink(missing_ok=True)
    command = [
        sys.executable, "-m", "lab", "serve", "--manifest", str(folder),
        "--port-offset", str(port_offset), "--traps", *(["--fault", fault] if fault else []),
    ]  # fmt: skip
    with _process(command) as process:
        _wait(process, described.exists, "the lab did not start: see the line above")
        yield json.loads(described.read_text(encoding="utf-8"))


@contextlib.contextmanager
def serving(preau: Preau, port: int) -> Iterator[subprocess.Popen[str]]:
    """Run `preau serve` and yield its process once it answers; raises Failed when it does not."""
    with _process(preau.command("serve"), env=preau.environment) as process:
        _wait(process, lambda: _answers(port), "the pages did not come up: see the lines above")
        yield process


def pages_show(port: int, login: str, password: str, names: Sequence[str]) -> int:
    """Log in as a browser does and return how many of `names` have their own page that shows."""
    address = f"http://127.0.0.1:{port}"
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(cookies)

    def get(path: str, form: dict[str, str] | None = None) -> str:
        data = urllib.parse.urlencode(form).encode() if form else None
        with browser.open(address + path, data, timeout=10) as answer:
            return str(answer.read().decode())

    with contextlib.suppress(OSError):
        token = re.search(r'name="csrf" value="([^"]+)"', get("/connexion"))
        form = {"identifiant": login, "mot_de_passe": password, "csrf": token[1] if token else ""}
        get("/connexion", form)
        shown = 0
        for name in names:
            found = get("/?" + urllib.parse.urlencode({"q": name}))
            page = re.search(r'href="(/sites/\d+)"', found)
            shown += page is not None and f"<h1>{name}</h1>" in get(page[1])
        return shown
    return 0


def _answers(port: int) -> bool:
    address = f"http://127.0.0.1:{port}/healthz"
    with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def _wait(process: subprocess.Popen[str], ready: Any, otherwise: str) -> None:
    deadline = time.monotonic() + START_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise Failed(otherwise)
        time.sleep(0.1)


@contextlib.contextmanager
def _process(
    command: list[str], env: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run a process of ours and end it afterwards."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, text=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
