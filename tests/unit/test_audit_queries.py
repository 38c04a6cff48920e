"""The queries that every poll and every audit makes find their rows by an index."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session

from api.usecases.audit import run_audit
from api.usecases.audit_report import open_findings
from api.usecases.polling import poll
from api.usecases.proposal_decisions import ProposalFilter, list_proposals
from api.usecases.proposal_rules import rules_in_force
from api.usecases.proposals import Desk
from api.usecases.readings import record_observation
from api.usecases.targets import known_snmp_endpoint
from inventory.database import Database, open_database, upgrade
from inventory.models import Device, ProposalSource, Zone
from inventory.observation import Neighbour
from inventory.proposals import Place, found_device
from inventory.secrets import open_vault
from inventory.settings import Settings
from tests.network import add_device, add_school, seen

# Tables that grow with the fleet or with time; `device` is walked by its key, page by page.
GROWING = (
    "proposal",
    "observation",
    "interface",
    "radio",
    "link",
    "finding",
    "management_endpoint",
    "event",
    "push",
    "config_backup",
    "waiver",
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """SQLite alone: the plans of an empty PostgreSQL are scans whatever the indexes."""
    return Settings(data_dir=tmp_path / "data", database_url=None)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    upgrade(settings)
    opened = open_database(settings)
    yield opened
    opened.close()


@contextmanager
def _plans(database: Database) -> Iterator[dict[str, list[str]]]:
    """Yield, filled at the end, the plan of each query made in the block."""
    said: dict[str, object] = {}

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
            said[statement] = parameters

    event.listen(database.engine, "before_cursor_execute", note)
    plans: dict[str, list[str]] = {}
    try:
        yield plans
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        for statement, parameters in said.items():
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
            plans[statement] = [str(row[-1]) for row in rows]


def _scans(plans: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [
        (step, statement)
        for statement, steps in plans.items()
        for step in steps
        for table in GROWING
        if step.split()[:2] == ["SCAN", table] and " USING INDEX" not in step
    ]


def _school(session: Session) -> tuple[Device, Zone]:
    site_id = add_school(session).site_id
    device = session.get_one(Device, add_device(session, site_id=site_id))
    zone = Zone(name="z", site_id=site_id)
    session.add(zone)
    session.flush()
    return device, zone


def test_what_a_poll_and_an_audit_ask_is_found_by_an_index(
    database: Database, settings: Settings
) -> None:
    vault = open_vault(settings, create=True)
    heard = Neighbour("eth0", "lldp", "sw1", "1/1/1", "00:50:c2:00:00:01")
    with database.write("test") as session:
        device, zone = _school(session)
    with _plans(database) as plans:
        with database.write("test") as session:
            device, zone = session.get_one(Device, device.id), session.get_one(Zone, zone.id)
            other = seen(serial="SN2", mac="0a0000000002")
            found = found_device(Place(ProposalSource.RANGE), "127.1.1.1", other, "access_point")
            Desk(session, zone, rules_in_force(session), "test").consider(found)
            observation = seen(neighbours=(heard,))
            record_observation(session, device, observation, at=datetime.now(UTC), duration_s=0.1)
            known_snmp_endpoint(session, "127.1.1.1")
        poll(database, vault, settings, actor="test", site_ids=[404])
        run_audit(database, settings, actor="test")
        with database.read() as session:
            open_findings(session, site_ids=[1])
            list_proposals(session, None, ProposalFilter())
    assert len(plans) > 20
    assert _scans(plans) == []
