"""One installation with a whole programme in it, and the questions that are asked of it."""

import json
import random
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from api.usecases.access import new_account
from api.usecases.tokens import new_token
from inventory import clock
from inventory.database import Database
from inventory.models import Change, Device, DossierTransition, Grant, GrantScope, Site, UserRole
from inventory.programme.dossier import Status
from inventory.programme.spelling import plain
from tests.bench.api.bulk import loading
from tests.bench.api.fleet import FAMILIES, TAGS, MadeDevice, load_devices
from tests.bench.api.history import MadeDossier, load_changes, load_dossiers, make_dossiers
from tests.bench.api.territory import BRABANT, MadeSite, load_register

_LOGIN = "gestionnaire"


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    sites: int = 4_000
    devices: int = 115_000
    transitions: int = 60_000
    changes: int = 2_000_000


@dataclass(frozen=True, slots=True)
class Words:
    """What people look for, all of it in the scope of the measured user."""

    provinces: list[str]
    communes: list[str]
    names: list[str]
    serials: list[str]
    macs: list[str]
    hosts: list[str]
    site_ids: list[int]
    families: list[str]
    tags: list[str]
    waiting: list[tuple[int, int]]
    """Sites that wait to be scheduled, with the version of their dossier."""

    def write(self, path: Path) -> None:
        """Keep them for the process that makes the load."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Words":
        """Return what `write` kept."""
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(**told)


def fill(database: Database, size: Size) -> tuple[Words, dict[str, int]]:
    """Fill an empty database; return what to ask for, and how many rows of what there are."""
    chance = random.Random(2027)
    now = clock.now() - timedelta(hours=1)
    with loading(database.engine) as loader:
        sites = load_register(loader, size.sites, chance)
        devices = load_devices(loader, sites, size.devices, now, chance)
        dossiers = make_dossiers(sites, size.transitions, now, chance)
        load_dossiers(loader, dossiers, chance)
        load_changes(loader, size.changes, devices=size.devices, dossiers=size.sites, now=now)
    with database.read() as session:
        counts = {
            name: session.exec(select(func.count()).select_from(table)).one()
            for name, table in (
                ("sites", Site),
                ("devices", Device),
                ("transitions", DossierTransition),
                ("changes", Change),
            )
        }
    return _words(sites, devices, dossiers, chance), counts


def make_user(database: Database) -> str:
    """Make a manager of four of the five provinces and return a token of theirs."""
    with database.write("bench") as session:
        user = new_account(session, _LOGIN, display_name="Gestionnaire")
        assert user.id is not None
        found = session.exec(select(Site.province).distinct().order_by(col(Site.province)))
        for province in found.all():
            if province and province != BRABANT:
                session.add(
                    Grant(
                        user_id=user.id,
                        role=UserRole.PROGRAMME_MANAGER,
                        scope=GrantScope.PROVINCE,
                        scope_key=province,
                    )
                )
        session.flush()
        return new_token(session, _LOGIN, name="bench", days=2)


def _words(
    sites: list[MadeSite],
    devices: list[MadeDevice],
    dossiers: list[MadeDossier],
    chance: random.Random,
) -> Words:
    seen = [each for each in devices if each.site.province != BRABANT]
    some = chance.sample(seen, min(500, len(seen)))
    return Words(
        provinces=sorted({each.province for each in sites} - {BRABANT}),
        communes=sorted({plain(each.site.commune) for each in some}),
        names=[each.name for each in some],
        serials=[each.serial for each in some],
        macs=[each.mac for each in some],
        hosts=[each.host for each in some],
        site_ids=[each.site.id for each in some],
        families=sorted({family for all_of in FAMILIES.values() for family in all_of}),
        tags=list(TAGS),
        waiting=[
            (each.site.id, each.state.version)
            for each in dossiers
            if each.state.status is Status.ENROLMENT_REQUESTED and each.site.province != BRABANT
        ],
    )
