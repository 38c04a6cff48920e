"""`make demo-programme`: one school from its cadastre to its final acceptance, by the API.

Its people act with a token each; time is moved by the one clock. It prints each step, who made it
and what was refused, ends with one line of JSON, and exits 0 only if all was as claimed.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.contractors import define_contractor
from api.usecases.funding import define_funding
from api.usecases.intents import set_intent
from api.usecases.lookup import find_device, find_site
from api.usecases.lots import define_lot
from inventory import clock
from inventory.database import Database, open_database
from inventory.errors import PreauError
from inventory.models import (
    GrantScope,
    Implantation,
    IntentScope,
    Lot,
    School,
    SiteImplantation,
    UserRole,
)
from inventory.secrets import open_vault, store_secret
from inventory.settings import load_settings
from lab import programme_steps as steps
from lab import story
from lab.demo_servers import refuse_taken_port, running_district, serving
from lab.demo_steps import Failed, Preau, say
from lab.programme_cadastre import open_campaign
from lab.programme_people import Person, Programme

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "var/demo-programme"
DEFAULT_PORT = 8030
SCHOOL = "lac"
PORT_OFFSET = 700


def main() -> None:
    """Run the demo; exit 0 when all was as claimed, 1 when not, 2 when it cannot run."""
    parser = argparse.ArgumentParser(prog="make demo-programme", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where it keeps its files")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="of its pages and API")
    parser.add_argument("--port-offset", type=int, default=PORT_OFFSET, help="of the lab's ports")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    for name in [name for name in os.environ if name.startswith("PREAU_")]:
        del os.environ[name]
    started = time.monotonic()
    try:
        results = _run(asked.folder.absolute(), asked.port, asked.port_offset)
    except (Failed, PreauError) as failure:
        print(f"preau demo-programme: {failure}", file=sys.stderr)
        sys.exit(2)
    results["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(results, ensure_ascii=False))
    sys.exit(0 if results["ok"] else 1)


def _run(folder: Path, port: int, port_offset: int) -> dict[str, Any]:
    refuse_taken_port(port)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    clock_file = folder / "ahead-s"
    clock.follow_offset(clock_file)
    config = folder / "preau.toml"
    config.write_text(
        f'data_dir = "data"\nweb_port = {port}\ndemo_clock = {json.dumps(str(clock_file))}\n'
        'guard_s = 60\nlog_level = "warning"\n',
        encoding="utf-8",
    )
    preau = Preau(config)
    with running_district(folder / "lab", port_offset, "") as district:
        school = next(each for each in district["schools"] if each["zone"] == SCHOOL)
        site_id = _installed(preau, folder, school)
        with (
            _database(preau) as database,
            serving(preau, port),
            Programme(f"http://127.0.0.1:{port}", database, clock_file) as programme,
        ):
            for person in people(database, site_id):
                programme.welcome(person)
            open_campaign(database, clock.now().date())
            return _walk(programme, preau, school, site_id)


def _walk(
    programme: Programme, preau: Preau, school: dict[str, Any], site_id: int
) -> dict[str, Any]:
    dossier = steps.Dossier(programme, site_id, clock.now().date())
    say("1/6", f"{school['name']}: the cadastre and a place in the programme")
    steps.administration(dossier)
    say("2/6", "The study, and what the organising authority must do first")
    steps.study(dossier)
    say("3/6", "The order, the two tracks, and the installer's visits")
    steps.works(dossier)
    say("4/6", "The configuration: pushed under a guard, and read back from a new session")
    pushed = _configure(preau, school)
    say("5/6", "The tests, a reserve, a refusal, the handover")
    steps.acceptance(dossier)
    programme.claim(dossier.status() == "in_service", "it is in service")
    say("6/6", "The guarantee, and the final acceptance")
    steps.final(dossier)
    history = programme.ask("mona", "GET", f"/sites/{site_id}/dossier", "reads its history")
    roles = sorted({step["role"] for step in history["history"]})
    claims = programme.claims
    for broken in claims.broken:
        say("", f"NOT as claimed: {broken}")
    return {
        "status": history["status"],
        "steps": claims.steps,
        "transitions": len(history["history"]),
        "people": roles,
        "refused": len(claims.refused),
        "pushed_and_read_back": pushed,
        "broken": claims.broken,
        "ok": not claims.broken and pushed == 1 and history["status"] == "finally_accepted",
    }


def _installed(preau: Preau, folder: Path, school: dict[str, Any]) -> int:
    """Make the installation with its schools, one access point and what it should have."""
    preau("db", "upgrade", quiet=True)
    preau("register", "import", str(folder / "lab/register.csv"), "--yes", "--json", quiet=True)
    with _database(preau) as database, database.write("demo") as session:
        vault = open_vault(load_settings(preau.config))
        for name, value in story.SECRETS.items():
            store_secret(session, vault, name, value)
        define_contractor(session, "Réseaux de Meuse SA")
        define_lot(session, "Lot 1", contractor="Réseaux de Meuse SA")
        define_funding(session, "PRR", name="Plan de relance")
        return find_site(session, school["fase"]).id or 0


def _configure(preau: Preau, school: dict[str, Any]) -> int:
    """Find one access point, give it its configuration and return how many were verified."""
    point = next(each for each in school["devices"] if each["role"] == "access_point")
    preau(
        "zone", "add", school["zone"], "--site", school["fase"],
        "--network", f"{point['host']}/32",
        "--snmp-port", str(school["snmp_port"]), "--ssh-port", str(school["ssh_port"]),
        "--community-secret", "lab-snmp", "--ssh-user", "preau", "--ssh-secret", "lab-ssh",
        quiet=True,
    )  # fmt: skip
    preau(
        "zone", "login", school["zone"], "--family", "openwrt", "--user", "root",
        "--secret", "lab-ssh", quiet=True,
    )  # fmt: skip
    preau.json("discover")
    preau.json("poll")
    number = int(point["id"].split("/")[1].removeprefix("ap"))
    with _database(preau) as database, database.write("demo") as session:
        set_intent(session, IntentScope.PROGRAMME, "", story.PROGRAMME)
        device = find_device(session, point["name"])
        set_intent(session, IntentScope.DEVICE, str(device.id), story.access_point(number))
    plan = str(preau.json("deploy", "plan")["plan"])
    pushed = preau.json("deploy", "run", plan, "--now", "the demo: nobody is at school")
    return int(pushed["states"].get("verified", 0))


def people(database: Database, site_id: int) -> list[Person]:
    """Return the people of one school's dossier, each with the scope that is theirs."""
    with database.read() as session:
        fase = _authority(session, site_id)
        lot = _lot(session)
    return [
        Person("mona", "Mona Claes, SPW", UserRole.PROGRAMME_MANAGER),
        Person("carl", "Carl Dupuis, AdN", UserRole.CADASTRE_MANAGER),
        Person(
            "hugo", "Hugo Petit, direction", UserRole.SCHOOL_HEAD, GrantScope.SITE, str(site_id)
        ),
        Person(
            "ivan",
            "Ivan Roche, personne de contact",
            UserRole.SCHOOL_IT_CONTACT,
            GrantScope.SITE,
            str(site_id),
        ),
        Person(
            "olga",
            "Olga Maes, pouvoir organisateur",
            UserRole.ORGANISING_AUTHORITY,
            GrantScope.ORGANISING_AUTHORITY,
            fase,
        ),
        Person("cora", "Cora Leroy, prestataire", UserRole.CONTRACTOR, GrantScope.LOT, lot),
        Person("ines", "Inès Diallo, installatrice", UserRole.INSTALLER, GrantScope.LOT, lot),
        Person("otto", "Otto Simon, fonctionnaire dirigeant", UserRole.CONTRACT_OFFICER),
        Person("nina", "Nina Lenoir, réseau", UserRole.NETWORK_ENGINEER),
    ]


def _authority(session: Session, site_id: int) -> str:
    """Return the row id of the organising authority of a site, as a grant names it."""
    found = session.exec(
        select(School.organising_authority_id)
        .join(Implantation, col(Implantation.school_id) == col(School.id))
        .join(SiteImplantation, col(SiteImplantation.implantation_id) == col(Implantation.id))
        .where(SiteImplantation.site_id == site_id)
    ).first()
    return str(found or 0)


def _lot(session: Session) -> str:
    return str(session.exec(select(Lot.id)).one())


@contextlib.contextmanager
def _database(preau: Preau) -> Iterator[Database]:
    database = open_database(load_settings(preau.config))
    try:
        yield database
    finally:
        database.close()


if __name__ == "__main__":
    main()
