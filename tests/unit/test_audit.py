from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.usecases.audit import AuditResult, run_audit
from api.usecases.audit_report import OpenFinding, count_grave, open_findings
from api.usecases.readings import record_failure, record_observation
from api.usecases.waivers import waive
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, Unreachable
from inventory.findings.finding import Finding, Severity, Subject
from inventory.leases import lease
from inventory.models import (
    ConfigBackup,
    Credential,
    CredentialKind,
    DeployPlan,
    Device,
    DeviceRole,
    Event,
    FindingRow,
    Lifecycle,
    ManagementEndpoint,
    Protocol,
    Push,
    PushState,
    Zone,
)
from inventory.observation import Interface, Neighbour, Observation, Poe
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from tests.network import add_device, add_school, seen

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
Audit = Callable[..., AuditResult]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    clock.set_source(lambda: NOW)
    yield
    clock.set_source(None)


@pytest.fixture
def audit(database: Database, settings: Settings, vault: Vault) -> Audit:
    def call(**more: Any) -> AuditResult:
        return run_audit(database, settings, actor="test", **more)

    return call


def _see(session: Session, device_id: int, observation: Observation) -> None:
    device = session.get_one(Device, device_id)
    record_observation(session, device, observation, at=NOW, duration_s=0.1)


@pytest.fixture
def switch_id(database: Database) -> int:
    """A switch at a site, whose power is nearly used up."""
    with database.write("test") as session:
        site_id = add_school(session).site_id
        device_id = add_device(session, name="sw1", role=DeviceRole.SWITCH, site_id=site_id)
        _see(session, device_id, seen(sysname="sw1", poe=Poe(budget_w=100.0, used_w=95.0)))
    return device_id


def _rows(database: Database) -> list[FindingRow]:
    with database.read() as session:
        return list(session.exec(select(FindingRow).order_by(col(FindingRow.id))).all())


def _open(database: Database, **more: Any) -> list[OpenFinding]:
    with database.read() as session:
        return open_findings(session, **more)


def test_a_finding_is_kept_with_its_site_its_device_and_its_figures(
    database: Database, switch_id: int, audit: Audit
) -> None:
    result = audit()
    assert (result.judged, result.opened, result.open["minor"]) == (1, 1, 1)
    (found,) = _open(database)
    assert (found.row.rule_id, found.device, found.site) == (
        "poe.little_spare",
        "sw1",
        "Les Tilleuls",
    )
    assert found.row.evidence == {"used_w": 95.0, "budget_w": 100.0, "spare_percent": 5.0}
    assert found.to_json()["first_seen_at"] == NOW.isoformat()


def test_a_second_run_changes_nothing(database: Database, switch_id: int, audit: Audit) -> None:
    audit()
    first = _rows(database)
    again = audit()
    assert (again.opened, again.resolved, again.reopened) == (0, 0, 0)
    assert _rows(database) == first


def test_a_finding_is_resolved_and_opens_again_as_the_same(
    database: Database, switch_id: int, audit: Audit
) -> None:
    audit()
    with database.write("test") as session:
        _see(session, switch_id, seen(sysname="sw1", poe=Poe(budget_w=100.0, used_w=50.0)))
    clock.set_source(lambda: NOW + timedelta(hours=1))
    assert audit().resolved == 1
    (row,) = _rows(database)
    assert row.resolved_at == NOW + timedelta(hours=1)
    assert _open(database) == []
    with database.write("test") as session:
        _see(session, switch_id, seen(sysname="sw1", poe=Poe(budget_w=100.0, used_w=99.0)))
    clock.set_source(lambda: NOW + timedelta(hours=2))
    assert audit().reopened == 1
    (row,) = _rows(database)
    assert (row.first_seen_at, row.resolved_at) == (NOW, None)
    assert "99\u00a0W sur 100\u00a0W" in row.message


def test_a_waived_finding_does_not_count_until_the_waiver_ends(
    database: Database, switch_id: int, audit: Audit
) -> None:
    with database.write("test") as session:
        device = session.get_one(Device, switch_id)
        record_failure(session, device, Unreachable("no answer"))
    audit()
    assert count_grave(_open(database)) == 1
    with database.write("test") as session:
        waive(
            session,
            session.get_one(Device, switch_id),
            "reachability.silent",
            reason="Travaux jusque mardi",
            ends_at=NOW + timedelta(days=2),
            actor="alice",
        )
    result = audit()
    assert (result.waived, result.open["blocking"]) == (1, 0)
    assert count_grave(_open(database)) == 0
    assert "Travaux jusque mardi" in [found.waiver for found in _open(database)]
    clock.set_source(lambda: NOW + timedelta(days=3))
    assert audit().open["blocking"] == 1
    assert count_grave(_open(database)) == 1


@pytest.mark.parametrize(
    ("rule_id", "reason", "days", "said"),
    [
        ("no.such", "why", 1, "La règle .* n’existe pas"),
        ("reachability.silent", "  ", 1, "demande une raison"),
        ("reachability.silent", "why", 0, "dans le futur"),
    ],
)
def test_a_waiver_that_cannot_be_is_refused(
    database: Database, switch_id: int, *, rule_id: str, reason: str, days: int, said: str
) -> None:
    with database.write("test") as session, pytest.raises(InvalidInput, match=said):
        waive(
            session,
            session.get_one(Device, switch_id),
            rule_id,
            reason=reason,
            ends_at=NOW + timedelta(days=days),
            actor="alice",
        )


def test_a_retired_device_is_no_longer_judged(
    database: Database, switch_id: int, audit: Audit
) -> None:
    audit()
    with database.write("test") as session:
        session.get_one(Device, switch_id).lifecycle = Lifecycle.RETIRED
    result = audit()
    assert (result.judged, result.resolved) == (0, 1)


def test_only_the_sites_asked_for_are_judged(
    database: Database, switch_id: int, audit: Audit
) -> None:
    assert audit(site_ids=[404]).judged == 0
    assert audit(site_ids=[1]).judged == 1
    assert len(_open(database, site_ids=[1])) == 1
    assert _open(database, site_ids=[404]) == []


def test_all_devices_are_judged_over_pages(
    database: Database, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.usecases.audit._PAGE", 2)
    with database.write("test") as session:
        for number in range(5):
            add_device(session, name=f"ap{number}")
    told: list[tuple[str, int, int]] = []
    assert audit(on_progress=lambda *step: told.append(step)).judged == 5
    assert told[-1] == ("devices judged", 5, 5)
    assert {row.rule_id for row in _rows(database)} == {"reachability.stale"}


def test_a_rule_with_a_defect_takes_nobody_else_along(
    database: Database, switch_id: int, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit()
    with database.write("test") as session:
        add_device(session, name="broken")

    def judge_badly(subject: Subject, use: object) -> list[Finding]:
        if subject.name == "sw1":
            raise ZeroDivisionError
        return [Finding("x.y", Severity.INFO, "rien")]

    monkeypatch.setattr("api.usecases.audit.judge", judge_badly)
    result = audit()
    assert (result.failed, result.judged, result.opened, result.resolved) == (["sw1"], 1, 1, 0)


def test_one_audit_runs_at_a_time(database: Database, audit: Audit) -> None:
    with (
        lease(database, "audit", holder="night", purpose="audit", ttl_s=60),
        pytest.raises(Conflict, match="held by night"),
    ):
        audit()


def test_its_end_is_told(database: Database, switch_id: int, audit: Audit) -> None:
    audit()
    with database.read() as session:
        event = session.exec(select(Event).where(Event.kind == "audit.finished")).one()
    assert event.message == (
        "Audit terminé\u00a0: équipements contrôlés\u00a0: 1, constats graves ouverts\u00a0: 0"
    )


def test_an_access_point_s_port_is_known_by_its_link(
    database: Database, switch_id: int, audit: Audit
) -> None:
    slow = Interface(index=1, name="1/1/1", oper="up", speed_bps=100_000_000)
    heard = Neighbour("1/1/1", "lldp", "ap1", "eth0")
    with database.write("test") as session:
        site_id = session.get_one(Device, switch_id).site_id
        add_device(session, name="ap1", site_id=site_id, last_seen_at=NOW)
        _see(session, switch_id, seen(sysname="sw1", interfaces=(slow,), neighbours=(heard,)))
    audit()
    messages = [found.row.message for found in _open(database)]
    assert (
        "ap1 est raccordée à 100\u00a0Mbit/s au port 1/1/1 de sw1 (attendu\u00a0: 1\u00a0Gbit/s)"
        in messages
    )


def test_a_firmware_that_differs_from_its_like_at_the_site(
    database: Database, audit: Audit
) -> None:
    with database.write("test") as session:
        site_id = add_school(session).site_id
        for number, firmware in enumerate(["2.0", "2.0", "1.0"]):
            add_device(
                session,
                name=f"ap{number}",
                site_id=site_id,
                model="M",
                firmware=firmware,
                last_seen_at=NOW,
            )
    audit()
    (found,) = _open(database)
    assert (found.device, found.row.evidence["usual"]) == ("ap2", "2.0")


@pytest.mark.parametrize(("community", "found"), [("Public", 1), ("b7-Gx", 0)])
def test_a_community_that_everyone_knows_is_found_and_not_written_anywhere(
    database: Database, vault: Vault, audit: Audit, *, community: str, found: int
) -> None:
    with database.write("test") as session:
        store_secret(session, vault, "snmp", community)
        credential = Credential(name="c", kind=CredentialKind.SNMP_COMMUNITY, secret_name="snmp")
        session.add(credential)
        session.flush()
        zone = Zone(name="z", snmp_credential_id=credential.id)
        session.add(zone)
        session.flush()
        device_id = add_device(session, last_seen_at=NOW)
        session.add(
            ManagementEndpoint(
                zone_id=zone.id or 0,
                host="127.1.1.1",
                protocol=Protocol.SNMP,
                port=161,
                device_id=device_id,
            )
        )
    audit()
    rows = _rows(database)
    assert [row.rule_id for row in rows] == ["security.default_community"] * found
    assert not [row for row in rows if community in str(row.model_dump())]


@pytest.mark.parametrize(
    ("state", "read_later", "drift"),
    [
        (PushState.VERIFIED, None, False),
        (PushState.VERIFIED, "verified", False),
        (PushState.VERIFIED, "by hand", True),
        (PushState.UNCHANGED, "running", False),
        (PushState.UNCHANGED, "by hand", True),
        (PushState.ROLLED_BACK, "by hand", False),
    ],
)
def test_a_text_that_nobody_pushed_is_drift(
    database: Database, audit: Audit, *, state: PushState, read_later: str | None, drift: bool
) -> None:
    def backup(digest: str, hours: int) -> ConfigBackup:
        at = NOW + timedelta(hours=hours)
        return ConfigBackup(
            device_id=device_id,
            digest=digest,
            scrubbed_text="",
            sealed_text=b"",
            first_read_at=at,
            last_read_at=at,
        )

    with database.write("test") as session:
        device_id = add_device(session, last_seen_at=NOW)
        plan = DeployPlan(created_at=NOW, created_by="alice", selection={})
        session.add(plan)
        session.flush()
        push = Push(
            plan_id=plan.id or 0, device_id=device_id, state=state, running_digest="running"
        )
        if state is PushState.VERIFIED:
            push.verified_digest = "verified"
        session.add_all([push, backup(push.verified_digest or "running", 0)])
        if read_later not in (None, push.verified_digest, "running"):
            session.add(backup(read_later or "", 1))
    audit()
    assert ["configuration.drift"] * drift == [row.rule_id for row in _rows(database)]
