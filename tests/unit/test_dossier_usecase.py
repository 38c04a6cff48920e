"""Moving dossiers in a database: history, evidence, lock, and what the product counts itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from api.usecases.dossier_state import (
    EvidenceFile,
    dossier_of_site,
    facts_of,
    measure,
    read_evidence,
    state_of,
)
from api.usecases.dossiers import (
    MoveRefused,
    advance,
    history,
    possible_moves,
)
from api.usecases.lots import define_lot, lot_named
from api.usecases.register import apply_import, parse_register
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotAllowed, NotFound
from inventory.models import (
    Change,
    DeployPlan,
    Device,
    DeviceRole,
    DossierTransition,
    Event,
    Lifecycle,
    PlanState,
    Push,
    PushState,
    Site,
)
from inventory.programme.dossier import (
    TOLD_BY,
    EvidenceKind,
    Facts,
    Measure,
    Measured,
    Role,
    Status,
    replay,
)
from tests.registers import as_json, row


@pytest.fixture
def site_id(database: Database) -> int:
    with database.write("tester") as session:
        apply_import(session, parse_register(as_json([row()]), "f"), actor="tester")
    with database.read() as session:
        found = session.exec(select(Site.id)).one()
    assert found is not None
    return found


def _document(kind: EvidenceKind) -> EvidenceFile:
    return EvidenceFile(kind, f"{kind}.pdf", "ab" * 32, 12)


def _move(database: Database, site_id: int, to: Status, role: Role, **given: Any) -> None:
    with database.write("tester") as session:
        advance(session, site_id, to, actor="tester", role=role, **given)


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """All moves of a test happen in one moment, so that nothing may rest on their times."""
    clock.set_source(lambda: datetime(2027, 1, 11, 9, tzinfo=UTC))
    yield
    clock.set_source(None)


def _submitted(database: Database, site_id: int) -> None:
    _move(database, site_id, Status.CADASTRE_PENDING, Role.SCHOOL_HEAD)
    evidence = [_document(EvidenceKind.CADASTRE_RESPONSE)]
    _move(database, site_id, Status.CADASTRE_SUBMITTED, Role.SCHOOL_HEAD, evidence=evidence)


def test_a_move_leaves_history_evidence_a_change_and_an_event(
    database: Database, site_id: int
) -> None:
    _submitted(database, site_id)
    with database.read() as session:
        steps = history(session, site_id)
        assert [(s.transition.from_status, s.transition.to_status) for s in steps] == [
            ("identified", "cadastre_pending"),
            ("cadastre_pending", "cadastre_submitted"),
        ]
        last = steps[-1]
        assert (last.transition.actor, last.transition.role) == ("tester", "school_head")
        assert [(e.kind, e.sha256, e.size_bytes) for e in last.evidence] == [
            ("cadastre_response", "ab" * 32, 12)
        ]
        assert steps[0].evidence == ()
        changed = session.exec(select(Change).where(Change.table_name == "dossier")).all()
        assert [each.action for each in changed] == ["create", "update", "update"]
        assert len(session.exec(select(Event).where(Event.kind == "dossier.moved")).all()) == 2


def test_the_history_replays_to_the_row(database: Database, site_id: int) -> None:
    _submitted(database, site_id)
    _move(database, site_id, Status.ON_HOLD, Role.ADVISER, reason="Déménagement")
    with database.read() as session:
        state = state_of(session, dossier_of_site(session, site_id))
        moves = [
            (Status(s.transition.from_status), Status(s.transition.to_status))
            for s in history(session, site_id)
        ]
    replayed = replay(moves, state.measures)
    assert replayed is not None
    assert (replayed.status, replayed.version, replayed.before_hold) == (
        state.status,
        state.version,
        state.before_hold,
    )
    assert state.before_hold is Status.CADASTRE_SUBMITTED


def test_a_refused_move_keeps_nothing(database: Database, site_id: int) -> None:
    with pytest.raises(MoveRefused) as raised:
        _move(
            database,
            site_id,
            Status.CADASTRE_SUBMITTED,
            Role.SCHOOL_HEAD,
            facts={"floor_plans_received_on": "2027-01-12"},
            evidence=[_document(EvidenceKind.CADASTRE_RESPONSE)],
        )
    assert raised.value.missing
    with database.read() as session:
        dossier = dossier_of_site(session, site_id)
        assert (dossier.version, "floor_plans_received_on" in dossier.facts) == (1, False)
        assert session.exec(select(DossierTransition)).all() == []


def test_two_people_cannot_move_the_same_version(database: Database, site_id: int) -> None:
    _move(database, site_id, Status.CADASTRE_PENDING, Role.SCHOOL_HEAD, version=1)
    with pytest.raises(Conflict, match="à la version 2, plus à la 1"):
        _move(database, site_id, Status.DECLINED, Role.SCHOOL_HEAD, version=1, reason="Non")


def test_a_role_without_the_right_is_not_allowed(database: Database, site_id: int) -> None:
    _submitted(database, site_id)
    with pytest.raises(NotAllowed, match="gestionnaire du cadastre"):
        _move(database, site_id, Status.CADASTRE_VALIDATED, Role.SCHOOL_HEAD)


def test_a_cadastre_sent_back_voids_its_response(database: Database, site_id: int) -> None:
    _submitted(database, site_id)
    _move(database, site_id, Status.CADASTRE_PENDING, Role.CADASTRE_MANAGER, reason="Plans ?")
    with pytest.raises(MoveRefused, match="réponse au cadastre"):
        _move(database, site_id, Status.CADASTRE_SUBMITTED, Role.SCHOOL_HEAD)


def test_facts_are_kept_checked_and_taken_back(database: Database, site_id: int) -> None:
    with database.write("tester") as session:
        define_lot(session, "3")
    _move(
        database,
        site_id,
        Status.ON_HOLD,
        Role.PROGRAMME_MANAGER,
        reason="x",
        facts={"visit_on": "2027-01-12", "lot": "3"},
    )
    with database.read() as session:
        dossier = dossier_of_site(session, site_id)
        told = facts_of(session, dossier)
        assert (str(told.visit_on), told.lot, told.funding_source) == ("2027-01-12", "3", None)
        assert dossier.lot_id == lot_named(session, "3")
        assert "lot" not in dossier.facts
    for wrong in ({"nonsense": "1"}, {"visit_on": "someday"}, {"eligibility": "yes"}):
        with pytest.raises(InvalidInput):
            _move(database, site_id, Status.IDENTIFIED, Role.ADVISER, facts=wrong)
    _move(database, site_id, Status.IDENTIFIED, Role.PROGRAMME_MANAGER, facts={"lot": ""})
    with database.read() as session:
        assert dossier_of_site(session, site_id).lot_id is None


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ({"lot": "4"}, "pas de lot 4 .il y a\u00a0: 1, 3."),
        ({"funding_source": "PRR"}, "pas de source de financement PRR .il n’y en a pas encore"),
    ],
)
def test_a_lot_or_funding_source_that_is_not_known_is_refused_with_those_that_are(
    database: Database, site_id: int, fact: dict[str, str], sentence: str
) -> None:
    with database.write("tester") as session:
        for name in ("3", "1"):
            define_lot(session, name)
    manager = Role.PROGRAMME_MANAGER
    with pytest.raises(InvalidInput, match=sentence):
        _move(database, site_id, Status.ON_HOLD, manager, reason="x", facts=fact)
    with database.read() as session:
        assert history(session, site_id) == ()


@pytest.mark.parametrize(
    ("role", "fact"),
    [
        (Role.ORGANISING_AUTHORITY, {"programme_signed_on": "2026-11-20"}),
        (Role.ADVISER, {"organising_authority_signed_on": "2026-11-20"}),
        (Role.ADVISER, {"lot": "3"}),
        (Role.ORGANISING_AUTHORITY, {"priority_score": "100"}),
        (Role.PROGRAMME_MANAGER, {"final_acceptance_drawn_up_on": "2026-11-20"}),
    ],
)
def test_nobody_tells_with_a_step_what_another_role_answers_for(
    database: Database, site_id: int, role: Role, fact: dict[str, str]
) -> None:
    """Who makes any step could sign for the others, or give the site to another lot."""
    with database.write("tester") as session:
        define_lot(session, "3")
    with pytest.raises(NotAllowed, match=f"Le fait {next(iter(fact))} revient à"):
        _move(database, site_id, Status.ON_HOLD, role, reason="x", facts=fact)
    with database.read() as session:
        assert history(session, site_id) == ()


def test_every_fact_that_people_tell_has_a_role_that_answers_for_it() -> None:
    assert set(TOLD_BY) == set(Facts.model_fields) - {"eligibility"}


def test_the_measures_are_chosen_with_the_enrolment(database: Database, site_id: int) -> None:
    only = frozenset({Measure.EQUIPMENT})
    with pytest.raises(MoveRefused, match="mesures"):
        _move(database, site_id, Status.CADASTRE_PENDING, Role.SCHOOL_HEAD, measures=only)
    _submitted(database, site_id)
    validation = [_document(EvidenceKind.CADASTRE_VALIDATION)]
    _move(database, site_id, Status.CADASTRE_VALIDATED, Role.CADASTRE_MANAGER, evidence=validation)
    form = [_document(EvidenceKind.ENROLMENT_FORM)]
    _move(
        database,
        site_id,
        Status.ENROLMENT_REQUESTED,
        Role.ORGANISING_AUTHORITY,
        evidence=form,
        measures=only,
    )
    with database.read() as session:
        assert dossier_of_site(session, site_id).measures == ["equipment"]
        ways = {move.to for move in possible_moves(session, site_id)}
    assert Status.ORDERED in ways
    assert Status.SCHEDULED not in ways


def test_possible_moves_say_what_each_misses(database: Database, site_id: int) -> None:
    _move(database, site_id, Status.CADASTRE_PENDING, Role.SCHOOL_HEAD)
    with database.read() as session:
        moves = {move.to: move for move in possible_moves(session, site_id, Role.SCHOOL_HEAD)}
    assert set(moves) == {Status.CADASTRE_SUBMITTED, Status.DECLINED}
    assert moves[Status.CADASTRE_SUBMITTED].missing == ("Il manque la réponse au cadastre.",)
    assert moves[Status.DECLINED].reason_needed


def _push(session: Session, device: Device, state: PushState, plan: PlanState) -> None:
    row_of_plan = DeployPlan(created_at=clock.now(), created_by="tester", selection={}, state=plan)
    session.add(row_of_plan)
    session.flush()
    assert row_of_plan.id is not None
    assert device.id is not None
    session.add(Push(plan_id=row_of_plan.id, device_id=device.id, state=state))
    session.flush()


def test_a_device_is_verified_by_its_last_push_alone(database: Database, site_id: int) -> None:
    with database.write("tester") as session:
        devices = [
            Device(site_id=site_id, name=f"ap{n}", role=DeviceRole.ACCESS_POINT) for n in range(6)
        ]
        devices[4].lifecycle = Lifecycle.RETIRED
        devices[5].role = DeviceRole.OTHER
        session.add_all(devices)
        session.flush()
        verified, unchanged, doubtful, never, _retired, _other = devices
        _push(session, verified, PushState.FAILED, PlanState.DONE)
        _push(session, verified, PushState.VERIFIED, PlanState.DONE)
        _push(session, verified, PushState.PLANNED, PlanState.CANCELLED)
        _push(session, unchanged, PushState.UNCHANGED, PlanState.DONE)
        _push(session, doubtful, PushState.VERIFIED, PlanState.DONE)
        _push(session, doubtful, PushState.IN_DOUBT, PlanState.DONE)
        assert never.id is not None
    with database.read() as session:
        assert measure(session, site_id) == Measured(4, ("ap2", "ap3"))


def test_final_acceptance_after_its_time_is_marked_late(database: Database, site_id: int) -> None:
    with database.write("tester") as session:
        dossier = dossier_of_site(session, site_id)
        dossier.status = "in_service"
        dossier.facts = {**dossier.facts, "guarantee_ends_on": "2028-03-15"}
    clock.set_source(lambda: datetime(2028, 5, 2, 9, tzinfo=UTC))
    _move(
        database,
        site_id,
        Status.FINALLY_ACCEPTED,
        Role.CONTRACT_OFFICER,
        evidence=[_document(EvidenceKind.FINAL_ACCEPTANCE)],
        facts={"final_acceptance_drawn_up_on": "2028-05-01"},
    )
    with database.read() as session:
        assert history(session, site_id)[-1].transition.late


def test_evidence_is_a_file_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").touch()
    (tmp_path / "form.pdf").write_bytes(b"abc")
    for wrong in ("absent.pdf", "empty.pdf", "."):
        with pytest.raises(InvalidInput):
            read_evidence(tmp_path / wrong, EvidenceKind.QUOTE)
    file = read_evidence(tmp_path / "form.pdf", EvidenceKind.QUOTE)
    assert (file.file_name, file.size_bytes, file.sha256[:8]) == ("form.pdf", 3, "ba7816bf")


def test_a_site_without_dossier_is_not_found(database: Database) -> None:
    with database.read() as session, pytest.raises(NotFound):
        possible_moves(session, 12)
