"""`make demo`: the false school district, and the product run on it as a newcomer would run it.

Every step is a `preau` command, shown as it is run. With `--once` the demo prints a summary and one
line of JSON and ends, with status 0 only if everything that it claims was read back.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from inventory.errors import PreauError
from lab import story
from lab.demo_job import as_claimed, main_job
from lab.demo_servers import pages_show, refuse_taken_port, running_district, serving
from lab.demo_steps import Failed, Preau, say, summary

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "var/demo"
CONFIG_MARK = "# Written by `make demo`: its installation. Delete or change it as you like.\n"
DEFAULT_PORT = "8000"
LOGIN = "demo"


@dataclass(frozen=True)
class Place:
    """Where one demo runs: its folder, the port of its pages, what is added to the lab's ports."""

    folder: Path
    web_port: int
    port_offset: int


def main() -> None:
    """Run the demo; exit 0 when all it claims was verified, 1 when not, 2 when it cannot run."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="print a summary and end")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where it keeps its files")
    parser.add_argument("--port-offset", type=int, default=0, help="added to the lab's ports")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    started = time.monotonic()
    try:
        place = Place(asked.folder.absolute(), _web_port(), asked.port_offset)
        ok = _run(place, once=asked.once, started=started)
    except (Failed, PreauError) as failure:
        print(f"preau demo: {failure}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("\nThe demo was stopped.")
        sys.exit(2 if asked.once else 0)
    sys.exit(0 if ok else 1)


def _web_port() -> int:
    """Return the port of the pages; settings of another installation are put out of the way."""
    given = os.environ.get("PREAU_WEB_PORT", DEFAULT_PORT)
    for name in [name for name in os.environ if name.startswith("PREAU_")]:
        del os.environ[name]
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
        raise Failed(f"PREAU_WEB_PORT={given} is no port: give one from 1 to 65535")
    return int(given)


def _run(place: Place, *, once: bool, started: float) -> bool:
    refuse_taken_port(place.web_port)
    say("", "The false school district: 3 schools, 6 switches, 24 access points, on loopback")
    fault = f"{story.BAD_DEVICE}=refuse_line:{story.REFUSED_LINE}"
    with running_district(place.folder / "lab", place.port_offset, fault) as district:
        preau = _installation(place, [school["traps_listen"] for school in district["schools"]])
        password = secrets.token_urlsafe(9)
        results = main_job(preau, district, LOGIN, password)
        with serving(preau, place.web_port) as server:
            names = [school["name"] for school in district["schools"]]
            results["pages"] = pages_show(place.web_port, LOGIN, password, names)
            results["ok"] = as_claimed(results)
            results["seconds"] = round(time.monotonic() - started, 1)
            summary(results)
            if not once:
                _invite(place.web_port, password)
                server.wait()
        if once:
            print(json.dumps(results, ensure_ascii=False))
        return bool(results["ok"])


def _invite(port: int, password: str) -> None:
    say("", f"The pages are at http://127.0.0.1:{port}/")
    say("", f"Log in as {LOGIN} with the password {password}")
    say("", "Ctrl-C ends the demo. Other commands, in another terminal:")
    for command in ("observe 127.30.0.11 --json", "deploy show 1", "audit report"):
        say("", f"  .venv/bin/preau {command}")
    say("", "  .venv/bin/python -m lab power lac/ap3 off    (its switch says so at once)")


def _installation(place: Place, traps_listen: list[str]) -> Preau:
    data = place.folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    config = place.folder / "preau.toml"
    text = (
        f'{CONFIG_MARK}data_dir = "{{}}"\nweb_port = {place.web_port}\nguard_s = 60\n'
        f'log_level = "warning"\ntraps_listen = {json.dumps(traps_listen)}\n'
    )
    config.write_text(text.format("data"), encoding="utf-8")
    here = ROOT / "preau.toml"  # so that plain commands in the tree find the demo
    if place.folder != FOLDER:
        return Preau(config)
    if not here.exists() or here.read_text(encoding="utf-8").startswith(CONFIG_MARK):
        here.write_text(text.format("var/demo/data"), encoding="utf-8")
    else:
        say("", f"{here} is yours and stays; the demo's settings are in {config}")
    return Preau(config)


if __name__ == "__main__":
    main()
