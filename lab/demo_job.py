"""The main job of the demo, step by step, and what it claims at the end.

Every step is a `preau` command. Figures are what the commands said; `as_claimed` judges them.
"""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlmodel import Session

from api.usecases.intents import set_intent
from api.usecases.lookup import find_device, find_site
from inventory.database import open_database
from inventory.models import IntentScope
from inventory.programme.dossier import Status
from inventory.secrets import Vault, open_vault, store_secret
from inventory.settings import load_settings
from lab import acceptance, console, story, survey
from lab.demo_steps import Preau, say
from lab.dossiers import walk
from lab.history import write_synthetic_history

Figures = dict[str, Any]


def main_job(preau: Preau, district: dict[str, Any], login: str, password: str) -> Figures:
    """Run the product on the district from an empty database on; returns the figures."""
    say("1/10", "An empty database, an account and the secrets of the district")
    _prepare(preau, login, password)
    say("2/10", "The register of schools: shown first, then applied")
    _import_register(preau)
    say("3/10", "The address spaces of the three schools, two of them with the same addresses")
    _define_zones(preau, district)
    say("4/10", "Discovery over SNMP, then a reading of everything found")
    found = preau.json("discover")
    read = preau.json("poll")
    say("5/10", "What each school should have")
    _set_intents(preau, district)
    say("6/10", "The plan, then the push: guarded, and read back from a new session")
    plan = preau.json("deploy", "plan")
    number = str(plan["plan"])
    # So many devices at once need a second person: the account says so with its password.
    preau("deploy", "approve", number, "--login", login, stdin=password)
    pushed = preau.json("deploy", "run", number, *_ROLLOUT)
    say("7/10", "A reading of the new state, and the audit")
    again = preau.json("poll")
    audited = preau.json("audit", "run")
    _make_up_history(preau)
    states = pushed["states"]
    return {
        "sites": len(district["schools"]),
        "devices_expected": len(_devices(district)),
        "devices_found": found["new"] + found["known"],
        "read": read["read"],
        "configured": states.get("verified", 0) + states.get("unchanged", 0),
        "verified": states.get("verified", 0),
        "failed": states.get("failed", 0) + states.get("in_doubt", 0),
        "rolled_back": states.get("rolled_back", 0),
        "read_again": again["read"],
        "findings": sum(audited["open"].values()),
        "failures": pushed["failures"],
        **_walk_dossiers(preau, district),
        **_accept(preau),
        **_pull_a_plug(preau, district),
    }


_ROLLOUT = (
    "--waves", "1 device, 1 site, rest",
    # One access point refuses a line on purpose: the others go on.
    "--tolerate", "20", "--on-failure", "halt",
    "--now", "the demo: nobody is at school",
)  # fmt: skip


def as_claimed(results: Figures) -> bool:
    """Return whether everything that the summary claims was verified."""
    expected = results["devices_expected"]
    return bool(
        results["devices_found"] == results["read"] == results["read_again"] == expected
        # One access point refuses a line on purpose: its old configuration must be proven back.
        and results["verified"] == expected - 1
        and results["rolled_back"] == 1
        and results["failed"] == 0
        and results["dossiers_configured"] == results["sites"] - 1
        and results["dossiers_refused"] == 1
        # The lab's nursery rooms are behind concrete: a map that finds them good is wrong.
        and set(results["rooms_not_covered"]) >= set(survey.BAD_ROOMS)
        and results["reserves"] > 0
        and results["report_pages"] > 0
        and results["incidents"] == 1
        and results["incident_cause"] == story.UNPLUGGED_NAME
        and results["shadowed"] == results["behind_the_plug"]
        and results["pages"] == results["sites"]
    )


def _prepare(preau: Preau, login: str, password: str) -> None:
    preau("db", "upgrade")
    preau(
        "user", "add", login, "--name", "Démonstration", "--role", "network_engineer",
        stdin=password,
    )  # fmt: skip
    with _written(preau) as (session, vault):
        for name, value in story.SECRETS.items():
            store_secret(session, vault, name, value)


def _import_register(preau: Preau) -> None:
    register = str(preau.config.parent / "lab/register.csv")
    preau("register", "import", register, "--dry-run")
    imported = preau.json("register", "import", register, "--yes")
    created, rejected = len(imported["created"]), len(imported["rejected"])
    say("", f"{created} implantations created, {rejected} lines rejected")


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


def _make_up_history(preau: Preau) -> None:
    settings = load_settings(preau.config)
    database = open_database(settings)
    try:
        write_synthetic_history(settings, database)
    finally:
        database.close()
    say("", "two days of figures before this one are made up, and the pages say so")


def _walk_dossiers(preau: Preau, district: dict[str, Any]) -> dict[str, int]:
    """Walk each school's dossier; returns how many came to the end, and how many were refused."""
    say("8/10", "The dossiers: installed schools become « configurée », the one with a failure not")
    reached = {"dossiers_configured": 0, "dossiers_refused": 0}
    database = open_database(load_settings(preau.config))
    try:
        for school in district["schools"]:
            with database.read() as session:
                site = find_site(session, school["fase"])
            walked = walk(database, site.id or 0, len(school["devices"]))
            reached["dossiers_configured"] += walked.status is Status.CONFIGURED
            reached["dossiers_refused"] += bool(walked.missing)
            say("", f"{site.name}: « {walked.status.label} » {' '.join(walked.missing)}".rstrip())
    finally:
        database.close()
    return reached


def _accept(preau: Preau) -> Figures:
    """Survey one school, draw its map, judge it and write its report; returns the figures."""
    say("9/10", "A radio survey of one school, its map, its acceptance run and the report")
    folder = preau.config.parent
    acceptance.prepare(preau)
    drawn = preau.json("survey", "map", story.SURVEYED_FASE, "--out", str(folder / "map.png"))
    run = preau.json("acceptance", "run", "--site", story.SURVEYED_FASE)
    report = folder / "recette.pdf"
    preau("acceptance", "report", "--site", story.SURVEYED_FASE, "--out", str(report))
    say("", f"the map is {folder / 'map.png'}, the report is {report}")
    bad = [room["name"] for room in drawn["rooms"] if room["to_cover"] and not room["covered"]]
    return {
        "map": str(folder / "map.png"),
        "map_error_db": drawn["rmse_db"],
        "rooms_not_covered": sorted(bad),
        "acceptance": run["verdict"],
        "reserves": run["open_blocking"] + run["open_minor"],
        "report": str(report),
        "report_pages": _pages_of(report),
    }


def _pages_of(report: Path) -> int:
    """Return how many pages the root of a PDF's page tree counts; 0 when it is no PDF."""
    content = report.read_bytes()
    told = re.search(rb"/Type\s*/Pages\s*/Count (\d+)", content)
    return int(told[1]) if told and content.startswith(b"%PDF-") else 0


def _pull_a_plug(preau: Preau, district: dict[str, Any]) -> Figures:
    """Switch one school's core off; returns how many incidents that is, and what is in shadow."""
    say("10/10", f"The plug of {story.UNPLUGGED}, the core of a school, is pulled")
    console.order(preau.config.parent / "lab", "power", story.UNPLUGGED, "off")
    (school,) = [each for each in district["schools"] if story.UNPLUGGED_NAME in _names(each)]
    # One missed reading makes a device degraded, two make it down: hysteresis.
    for _ in range(2):
        preau.json("poll", "--site", school["fase"])
    network = preau.json("topology", "show", school["fase"])
    incidents = network["incidents"]
    for incident in incidents:
        say("", f"one cause: {incident['cause']}; behind it: {', '.join(incident['shadowed'])}")
    return {
        "incidents": len(incidents),
        "incident_cause": incidents[0]["cause"] if incidents else None,
        "shadowed": sum(len(incident["shadowed"]) for incident in incidents),
        "behind_the_plug": len(school["devices"]) - 1,
    }


def _names(school: dict[str, Any]) -> list[str]:
    return [device["name"] for device in school["devices"]]


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
