"""`make demo`: the false school district, and the product run on it as a newcomer would run it.

Every step is a `preau` command, shown as it is run. With `--once` the demo prints a summary and one
line of JSON and ends, with status 0 only if everything that it claims was read back.
"""

import argparse
import contextlib
import json
import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from api.usecases.intents import set_intent
from api.usecases.lookup import find_device, find_site
from inventory.database import open_database
from inventory.errors import PreauError
from inventory.models import IntentScope
from inventory.programme.dossier import Status
from inventory.secrets import Vault, open_vault, store_secret
from inventory.settings import load_settings
from lab import story
from lab.demo_servers import pages_show, refuse_taken_port, running_district, serving
from lab.demo_steps import Failed, Preau, say, summary
from lab.dossiers import walk

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
        preau = _installation(place)
        password = secrets.token_urlsafe(9)
        results = _main_job(preau, district, password)
        with serving(preau, place.web_port) as server:
            names = [school["name"] for school in district["schools"]]
            results["pages"] = pages_show(place.web_port, LOGIN, password, names)
            results["ok"] = results["ok"] and results["pages"] == len(names)
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


def _main_job(preau: Preau, district: dict[str, Any], password: str) -> dict[str, Any]:
    say("1/8", "An empty database, an account and the secrets of the district")
    preau("db", "upgrade")
    preau(
        "user", "add", LOGIN, "--name", "Démonstration", "--role", "network_engineer",
        stdin=password,
    )  # fmt: skip
    with _written(preau) as (session, vault):
        for name, value in story.SECRETS.items():
            store_secret(session, vault, name, value)

    say("2/8", "The register of schools: shown first, then applied")
    register = str(preau.config.parent / "lab/register.csv")
    preau("register", "import", register, "--dry-run")
    imported = preau.json("register", "import", register, "--yes")
    created, rejected = len(imported["created"]), len(imported["rejected"])
    say("", f"{created} implantations created, {rejected} lines rejected")

    say("3/8", "The address spaces of the three schools, two of them with the same addresses")
    _define_zones(preau, district)

    say("4/8", "Discovery over SNMP, then a reading of everything found")
    found = preau.json("discover")
    read = preau.json("poll")

    say("5/8", "What each school should have")
    _set_intents(preau, district)

    say("6/8", "The plan, then the push: guarded, and read back from a new session")
    plan = preau.json("deploy", "plan")
    pushed = preau.json("deploy", "run", str(plan["plan"]))

    say("7/8", "A reading of the new state, and the audit")
    again = preau.json("poll")
    audited = preau.json("audit", "run")

    say("8/8", "The dossiers: installed schools become « configurée », the one with a failure not")
    dossiers = _walk_dossiers(preau, district)
    return _results(
        district,
        found=found,
        read=read,
        pushed=pushed,
        again=again,
        audited=audited,
        dossiers=dossiers,
    )


def _define_zones(preau: Preau, district: dict[str, Any]) -> None:
    for school in district["schools"]:
        preau(
            "zone", "add", school["zone"], "--site", school["fase"],
            "--network", school["networks"][0],
            "--snmp-port", str(school["snmp_port"]), "--ssh-port", str(school["ssh_port"]),
            "--community-secret", "lab-snmp", "--ssh-user", "preau", "--ssh-secret", "lab-ssh",
            quiet=True,
        )  # fmt: skip
        preau(
            "zone", "login", school["zone"], "--family", "openwrt", "--user", "root",
            "--secret", "lab-ssh", quiet=True,
        )  # fmt: skip


def _walk_dossiers(preau: Preau, district: dict[str, Any]) -> dict[str, int]:
    """Walk each school's dossier, tell how far it came, and return how many came to the end."""
    reached = {"configured": 0, "refused": 0}
    database = open_database(load_settings(preau.config))
    try:
        for school in district["schools"]:
            with database.read() as session:
                site = find_site(session, school["fase"])
            walked = walk(database, site.id or 0, len(school["devices"]))
            reached["configured"] += walked.status is Status.CONFIGURED
            reached["refused"] += bool(walked.missing)
            say("", f"{site.name}: « {walked.status.label} » {' '.join(walked.missing)}".rstrip())
    finally:
        database.close()
    return reached


def _set_intents(preau: Preau, district: dict[str, Any]) -> None:
    with _written(preau) as (session, _):
        set_intent(session, IntentScope.PROGRAMME, "", story.PROGRAMME)
        lac = find_site(session, story.LAC_FASE)
        set_intent(session, IntentScope.SITE, str(lac.id), story.LAC)
        for device in _devices(district):
            short = device["id"].split("/")[1]
            number = int(short.removeprefix("ap").removeprefix("sw"))
            is_switch = device["role"] == "switch"
            layer = story.switch(number) if is_switch else story.access_point(number)
            row = find_device(session, device["name"])
            set_intent(session, IntentScope.DEVICE, str(row.id), layer)
    say("", f"intent for the programme, one school and {len(_devices(district))} devices")


@contextlib.contextmanager
def _written(preau: Preau) -> Iterator[tuple[Session, Vault]]:
    """Write to the demo's database in this process: thirty commands would take a minute."""
    settings = load_settings(preau.config)
    database = open_database(settings)
    try:
        with database.write("demo") as session:
            yield session, open_vault(settings)
    finally:
        database.close()


def _devices(district: dict[str, Any]) -> list[dict[str, Any]]:
    return [device for school in district["schools"] for device in school["devices"]]


def _results(
    district: dict[str, Any],
    *,
    found: dict[str, Any],
    read: dict[str, Any],
    pushed: dict[str, Any],
    again: dict[str, Any],
    audited: dict[str, Any],
    dossiers: dict[str, Any],
) -> dict[str, Any]:
    expected = len(_devices(district))
    states = pushed["states"]
    results = {
        "sites": len(district["schools"]),
        "devices_expected": expected,
        "devices_found": found["new"] + found["known"],
        "read": read["read"],
        "configured": states.get("verified", 0) + states.get("unchanged", 0),
        "verified": states.get("verified", 0),
        "failed": states.get("failed", 0) + states.get("in_doubt", 0),
        "rolled_back": states.get("rolled_back", 0),
        "read_again": again["read"],
        "findings": sum(audited["open"].values()),
        "dossiers_configured": dossiers["configured"],
        "dossiers_refused": dossiers["refused"],
        "failures": pushed["failures"],
    }
    # One access point refuses a line on purpose: its old configuration must be proven back.
    results["ok"] = (
        results["devices_found"] == results["read"] == results["read_again"] == expected
        and results["verified"] == expected - 1
        and results["rolled_back"] == 1
        and results["failed"] == 0
        and results["dossiers_configured"] == len(district["schools"]) - 1
        and results["dossiers_refused"] == 1
    )
    return results


def _installation(place: Place) -> Preau:
    data = place.folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    config = place.folder / "preau.toml"
    text = (
        f'{CONFIG_MARK}data_dir = "{{}}"\nweb_port = {place.web_port}\nguard_s = 60\n'
        'log_level = "warning"\n'
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
