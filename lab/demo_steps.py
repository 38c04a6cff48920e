"""How the demo calls the product and tells what it does."""

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

_STARTED = time.monotonic()


class Failed(Exception):
    """The demo cannot go on; the text says why in one sentence."""


def say(step: str, text: str) -> None:
    """Print one line of the demo's story, with the seconds since its start."""
    print(
        f"[{time.monotonic() - _STARTED:5.1f} s] {step + ' ' if step else '    '}{text}", flush=True
    )


class Preau:
    """The product's command line on the demo's installation."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self.environment = {**os.environ, "PREAU_CONFIG": str(config)}
        self._binary = str(Path(sys.executable).parent / "preau")

    def command(self, *arguments: str) -> list[str]:
        """Return the command to run, for a process that goes on."""
        return [self._binary, *arguments]

    def __call__(self, *arguments: str, stdin: str | None = None, quiet: bool = False) -> None:
        """Run one command, with what it prints unless quiet; raises Failed when it is not done."""
        self._run(arguments, stdin=stdin, capture=quiet)

    def json(self, *arguments: str) -> dict[str, Any]:
        """Run one command with --json and return what it says; its progress is shown."""
        printed = self._run((*arguments, "--json"), stdin=None, capture=True)
        value: dict[str, Any] = json.loads(printed)
        return value

    def _run(self, arguments: tuple[str, ...], *, stdin: str | None, capture: bool) -> str:
        shown = shlex.join(["preau", *arguments])
        say("", f"$ {shown}")
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment,
            input=stdin if stdin is not None else "",
            stdout=subprocess.PIPE if capture else None,
            text=True,
            check=False,
        )
        # 1 is "done, with failures to look at": the demo judges the figures itself.
        if done.returncode not in {0, 1}:
            raise Failed(f"`{shown}` ended with status {done.returncode}: see the line above")
        return done.stdout or ""


def summary(results: dict[str, Any]) -> None:
    """Print the table of what was done and, in a line each, what was not."""
    table = Table(title="Préau: the demo in figures", title_justify="left")
    table.add_column("")
    table.add_column("count", justify="right")
    for name, key in _ROWS:
        value = results[key]
        table.add_row(name, ", ".join(value) if isinstance(value, list) else str(value))
    console = Console()
    console.print(table)
    for failure in results["failures"]:
        console.print(
            f"  {failure['device']}: {failure['state']}: {failure['error']}", markup=False
        )
    verdict = "all that is claimed was read back" if results["ok"] else "NOT as claimed"
    console.print(f"  Verdict: {verdict}", markup=False)


_ROWS = (
    ("sites", "sites"),
    ("devices found", "devices_found"),
    ("read over SNMP", "read"),
    ("configured", "configured"),
    ("verified by reading back", "verified"),
    ("failed, old configuration proven back", "rolled_back"),
    ("failed otherwise", "failed"),
    ("open findings", "findings"),
    ("schools whose page was seen", "pages"),
    ("dossiers now « configurée »", "dossiers_configured"),
    ("dossiers refused that step", "dossiers_refused"),
    ("rooms that the heat map finds without WiFi", "rooms_not_covered"),
    ("the map's error, cross-validated, dB", "map_error_db"),
    ("acceptance of that school", "acceptance"),
    ("reserves that it opened", "reserves"),
    ("pages of the report", "report_pages"),
    ("incidents after a plug was pulled", "incidents"),
    ("devices in its shadow", "shadowed"),
    ("seconds", "seconds"),
)
