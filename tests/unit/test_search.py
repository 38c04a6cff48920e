"""The search over everything: how things may be written, whose they are, and by which index."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy import text as sql
from sqlmodel import Session

from api.usecases.scope import HeldGrant, Viewer
from api.usecases.search import Hit, Hits, Kind, Place, search
from inventory.database import Database
from inventory.models import (
    Device,
    GrantScope,
    Interface,
    ManagementEndpoint,
    Protocol,
    UserRole,
    Zone,
)
from tests.seed import Seeded, seed, seed_network

FLEET = 30_000  # PostgreSQL chooses as for a hundred thousand


def _viewer(scope: GrantScope = GrantScope.ALL, key: str = "") -> Viewer:
    grant = HeldGrant(UserRole.SUPPORT_AGENT, scope, key)
    return Viewer(1, "alice", "Alice", None, (grant,))


EVERYWHERE = _viewer()


@pytest.fixture
def seeded(database: Database) -> Seeded:
    made = seed(database)
    seed_network(database, made)
    with database.write("test") as session:
        zone = Zone(name="tilleuls", site_id=made.site_ids[0])
        session.add(zone)
        session.flush()
        ap3 = session.get_one(Device, made.device_ids[4])
        ap3.base_mac, ap3.name = "02aabbcc0003", "École-AP3"
        session.add(Interface(device_id=made.device_ids[5], name="eth0", mac="02aabbcc0104"))
        session.add(
            ManagementEndpoint(
                zone_id=zone.id or 0,
                host="127.20.0.13",
                protocol=Protocol.SNMP,
                port=161,
                device_id=ap3.id,
            )
        )
    return made


def _titles(database: Database, text: str, kind: Kind, viewer: Viewer = EVERYWHERE) -> list[str]:
    with database.read() as session:
        return [hit.title for hit in search(session, viewer, text, kind).hits]


FOUND: tuple[tuple[str, Kind, list[str]], ...] = (
    ("ecole TILLEULS", Kind.SITES, ["École communale Les Tilleuls"]),
    ("95002", Kind.SITES, ["Institut Saint-Roch"]),
    ("charleroi", Kind.SITES, ["Athénée royal du Lac"]),
    ("pouvoir organisateur de liège", Kind.SITES, ["Institut Saint-Roch"]),
    ("ecole ap3", Kind.DEVICES, ["École-AP3"]),
    ("tilleuls sw1", Kind.DEVICES, ["sw1"]),
    ("lab-1-9", Kind.DEVICES, ["ap7"]),
    ("LAB 1 9", Kind.DEVICES, ["ap7"]),
    ("02:AA:BB:CC:00:03", Kind.DEVICES, ["École-AP3"]),
    ("02aa.bbcc.0003", Kind.DEVICES, ["École-AP3"]),
    ("02-aa-bb-cc-01-04", Kind.DEVICES, ["ap4"]),
    ("02aabbcc", Kind.DEVICES, ["ap4", "École-AP3"]),
    ("127.20.0.13", Kind.DEVICES, ["École-AP3"]),
    ("127.20.0.", Kind.DEVICES, ["École-AP3"]),
    ("127.20.0.1", Kind.DEVICES, []),
    ("en service", Kind.DOSSIERS, ["École communale Les Tilleuls"]),
    ("cadastre liege", Kind.DOSSIERS, ["Institut Saint-Roch"]),
    ("sw2", Kind.INCIDENTS, ["sw2"]),
    ("namur", Kind.INCIDENTS, ["sw2"]),
    ("liege", Kind.INCIDENTS, []),
    ("a", Kind.DEVICES, []),
    ("%", Kind.SITES, []),
    ("zzz", Kind.DEVICES, []),
)


def test_what_is_meant_is_found_however_it_is_written(database: Database, seeded: Seeded) -> None:
    told = [(text, kind, _titles(database, text, kind)) for text, kind, _ in FOUND]
    assert told == [(text, kind, found) for text, kind, found in FOUND]


def test_nobody_finds_what_they_may_not_see(database: Database, seeded: Seeded) -> None:
    liege = _viewer(GrantScope.PROVINCE, "Liège")
    nobody = Viewer(2, "x", "X", None, ())
    for viewer in (liege, nobody):
        for text, kind in (
            ("tilleuls", Kind.SITES),
            ("02aabbcc0003", Kind.DEVICES),
            ("127.20.0.13", Kind.DEVICES),
            ("ap4", Kind.DEVICES),
            ("tilleuls", Kind.DOSSIERS),
            ("sw2", Kind.INCIDENTS),
        ):
            assert _titles(database, text, kind, viewer) == []
    assert _titles(database, "saint-roch", Kind.SITES, liege) == ["Institut Saint-Roch"]


def test_page_by_page_everything_is_found_once(database: Database, seeded: Seeded) -> None:
    site_id = seeded.site_ids[0]
    with database.write("test") as session:
        # The first four are found by serial and again by name.
        for number in range(9):
            serial = f"DUP{number}" if number < 4 else None
            session.add(Device(site_id=site_id, name=f"dup{number % 3}", serial=serial))
    seen: list[Hit] = []
    place: Place | None = None
    with database.read() as session:
        for _ in range(5):
            page = search(session, EVERYWHERE, "dup", Kind.DEVICES, after=place, limit=2)
            seen += page.hits
            place = page.next
    assert place is None
    assert len(seen) == len({hit.id for hit in seen}) == 9


@pytest.fixture
def fleet(database: Database) -> Database:
    """Devices at a thousand sites, as plain rows."""
    with database.write("test") as session:
        kind = session.connection().dialect.name
        numbers = (
            "generate_series(1, {n}) AS numbers(n)"
            if kind == "postgresql"
            else "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {n}) "
            "SELECT n FROM c) AS numbers"
        )
        for statement in (
            "INSERT INTO site (id, name, search_key) SELECT n, 'École ' || n, 'ecole ' || n FROM "
            + numbers.format(n=1000),
            "INSERT INTO device (id, site_id, role, name, search_name, search_serial, base_mac, "
            "family, lifecycle, health, recent_readings, core, legacy_ssh) "
            "SELECT n, n % 1000 + 1, 'access_point', 'ap' || n, 'ap' || n, 'sn' || n, "
            "'02' || substr(CAST(10000000000 + n AS TEXT), 2), "
            "'openwrt', 'active', 'ok', '', FALSE, FALSE FROM " + numbers.format(n=FLEET),
        ):
            session.connection().execute(sql(statement))
        session.connection().exec_driver_sql("ANALYZE")
    return database


@contextmanager
def _statements(database: Database) -> Iterator[list[tuple[str, object]]]:
    said: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        said.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def _ask(session: Session, text: str, kind: Kind) -> Hits:
    return search(session, EVERYWHERE, text, kind)


def test_a_device_is_found_by_an_index_in_a_large_fleet(fleet: Database) -> None:
    questions = {
        "ap4242": 1,
        "sn777": 11,
        "02:00:00:00:00:07": 1,
        "10.1.2.3": 0,
        "ecole 12 ap": 20,
    }
    for text, count in questions.items():
        with _statements(fleet) as said, fleet.read() as session:
            assert len(_ask(session, text, Kind.DEVICES).hits) == count, text
        with fleet.engine.connect() as connection:
            words = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
            for statement, parameters in said:
                if "FROM device" not in statement:
                    continue
                if text.endswith(" ap") and "UNION ALL" in statement:
                    continue  # all names begin so, and the first hundred end it
                rows = connection.exec_driver_sql(f"{words} {statement}", parameters)  # type: ignore[arg-type]
                plan = [str(row[-1]) for row in rows]
                whole = [
                    step for step in plan if "Seq Scan on device" in step or step == "SCAN device"
                ]
                assert whole == [], (text, plan, statement)
