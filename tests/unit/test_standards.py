"""Standards: checks by role, family and tag, in order or not, and the grace of a new version."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from api.usecases.audit import check_compliance, run_audit
from api.usecases.standards import keep_standard, standards_of
from deploy.backup import Reading, keep_backup
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput
from inventory.findings.finding import Severity, Subject, Use, judge, rules
from inventory.models import DeviceRole, FindingRow, Lifecycle
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.standards.standard import Standard, read_standard
from tests.network import add_device, school_in

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
SWITCH = {
    "hostname sw1": [],
    "ntp server 10.0.0.1": [],
    "interface 1/1/1": ["    no shutdown", "    storm-control broadcast 1"],
    "interface 1/1/2": ["    no shutdown"],
    "ip access-list extended invites": ["    deny ip any 10.0.0.0", "    permit ip any any"],
}
TEXT = """
id = "reseau"
version = 2
title = "Réseau des écoles 2027"
starts_on = 2027-01-15
grace_until = 2027-03-31

[[checks]]
id = "ntp"
title = "Heure"
roles = ["switch"]
require = ['ntp server 10\\.0\\.0\\.1']
forbid = ['telnet server.*']

[[checks]]
id = "ports"
title = "Ports des bornes"
severity = "minor"
section = 'interface 1/1/[1-8]'
require = ['storm-control broadcast \\d+']
"""


def _standard(*checks: dict[str, Any], version: int = 1, **more: Any) -> Standard:
    body = {
        "id": "reseau",
        "version": version,
        "title": "Réseau",
        "starts_on": "2027-01-01",
        "checks": [{"id": f"c{n}", "title": "Contrôle", **check} for n, check in enumerate(checks)],
        **more,
    }
    return Standard.model_validate(body)


def _subject(*versions: Standard, **more: Any) -> Subject:
    told: dict[str, Any] = {"sections": SWITCH, "standards": (versions,), "now": NOW, **more}
    return Subject(name="sw1", role="switch", family="arubaos_cx", lifecycle="active", **told)


def _found(*versions: Standard, **more: Any) -> list[str]:
    wanted = rules()["configuration.standard"].find(_subject(*versions, **more))
    return [finding.message for finding in wanted]


def test_a_standard_is_a_file_and_its_findings_say_what_and_where() -> None:
    standard = read_standard(TEXT, where="reseau.toml")
    subject = _subject(standard)
    (finding,) = rules()["configuration.standard"].find(subject)
    assert finding.severity is Severity.MINOR
    assert finding.message == (
        "sw1, Ports des bornes\u00a0: «\u00a0storm-control broadcast \\d+\u00a0» manque dans "
        "«\u00a0interface 1/1/2\u00a0»"
    )
    assert finding.evidence == {"standard": "reseau", "version": 2, "check": "ports"}
    assert finding in list(judge(subject, Use.COMPLIANCE))


@pytest.mark.parametrize(
    ("check", "count"),
    [
        ({"require": ["ntp server .*"]}, 0),
        ({"require": ["ntp server 10.0.0.9"]}, 1),
        ({"require": ["ntp"]}, 1),  # whole lines
        ({"forbid": ["ntp server .*"]}, 1),
        ({"section": "interface 1/1/.*", "require": ["no shutdown"]}, 0),
        ({"section": "interface 1/1/.*", "forbid": ["no shutdown"]}, 2),
        ({"section": "vlan 99", "require": ["name x"]}, 0),
        ({"section": "vlan 99", "needed": True}, 1),
        ({"section": "ip access-list .*", "require": ["deny .*", "permit .*"], "ordered": True}, 0),
        ({"section": "ip access-list .*", "require": ["permit .*", "deny .*"], "ordered": True}, 1),
        ({"section": "ip access-list .*", "require": ["permit .*", "deny .*"]}, 0),
        ({"require": ["x"], "roles": ["access_point"]}, 0),
        ({"require": ["x"], "families": ["arubaos_cx", "ios"]}, 1),
        ({"require": ["x"], "tags": ["coeur"]}, 0),
    ],
)
def test_each_kind_of_check(check: dict[str, Any], count: int) -> None:
    assert len(_found(_standard(check))) == count


def test_a_check_for_a_tag_judges_what_bears_it() -> None:
    assert len(_found(_standard({"require": ["x"], "tags": ["coeur"]}), tags=("coeur",))) == 1


def test_in_its_grace_the_version_before_counts_as_well_and_then_no_more() -> None:
    old = _standard({"require": ["ntp server .*"]})
    new = _standard(
        {"require": ["ntp server 10.0.0.9"]}, version=2, grace_until=NOW.date().isoformat()
    )
    assert _found(old, new) == []
    assert len(_found(old, new, now=NOW + timedelta(days=1))) == 1
    neither = _standard({"require": ["x"]})
    assert len(_found(neither, new)) == 1


def test_what_is_not_kept_is_not_judged() -> None:
    assert _found(_standard({"require": ["x"]}), sections=None) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("[[checks]]", "[[cheques]]"), "checks"),
        (("'telnet server.*'", "'telnet ('"), "is no pattern"),
        (('severity = "minor"', 'severity = "terrible"'), "severity"),
        (("grace_until = 2027-03-31", "grace_until = 2026-03-31"), "grace ends before"),
        (('id = "ports"', 'id = "ntp"'), "two checks have one id"),
        (("version = 2", "version = "), "is no TOML"),
    ],
)
def test_a_broken_file_is_told_with_its_place(change: tuple[str, str], why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as told:
        read_standard(TEXT.replace(*change), where="reseau.toml")
    assert "reseau.toml" in str(told.value)


@pytest.fixture
def switch(database: Database, vault: Vault) -> int:
    site_id = school_in(database).site_id
    with database.write("test") as session:
        device_id = add_device(
            session,
            name="sw1",
            site_id=site_id,
            role=DeviceRole.SWITCH,
            family="arubaos_cx",
            lifecycle=Lifecycle.ACTIVE,
            last_seen_at=clock.now(),
        )
        text = "hostname sw1\ninterface 1/1/1\n    no shutdown\n"
        keep_backup(session, vault, Reading(device_id, text, text))
    return device_id


def _rows(database: Database) -> list[FindingRow]:
    with database.read() as session:
        return [r for r in session.exec(select(FindingRow)) if r.resolved_at is None]


def test_a_version_is_kept_once_and_never_changed(database: Database) -> None:
    standard = read_standard(TEXT, where="x")
    with database.write("test") as session:
        assert keep_standard(session, standard, actor="test")
        assert not keep_standard(session, standard, actor="test")
        with pytest.raises(Conflict, match="version 2 of reseau is kept and says something else"):
            keep_standard(session, standard.model_copy(update={"title": "autre"}), actor="test")
        assert standards_of(session, NOW.date()) == ((standard,),)
        assert standards_of(session, datetime(2027, 1, 1, tzinfo=UTC).date()) == ()


def test_after_a_push_a_device_is_judged_by_compliance_alone(
    database: Database, settings: Settings, vault: Vault, switch: int
) -> None:
    standard = _standard({"require": ["ntp server .*"]}, starts_on="2020-01-01")
    with database.write("test") as session:
        keep_standard(session, standard, actor="test")
        session.add(
            FindingRow(
                rule_id="reachability.stale",
                subject="device:x",
                device_id=switch,
                severity=Severity.MINOR,
                message="vu il y a longtemps",
                first_seen_at=clock.now(),
                last_seen_at=clock.now(),
            )
        )
    result = check_compliance(database, settings, [switch], actor="test")
    assert (result.judged, result.opened, result.resolved) == (1, 1, 0)
    assert {row.rule_id for row in _rows(database)} == {
        "reachability.stale",
        "configuration.standard",
    }
    with database.write("test") as session:
        text = "hostname sw1\nntp server 10.0.0.1\n"
        keep_backup(session, vault, Reading(switch, text, text))
    assert check_compliance(database, settings, [switch], actor="test").resolved == 1
    # The audit judges by all, standards included.
    run_audit(database, settings, actor="test")
    assert "reachability.stale" not in {row.rule_id for row in _rows(database)}
