"""Acceptance runs on a database: frozen, their reserves opened and lifted, their dossier moved."""

import hashlib
import json
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from api.jobs.functions import FUNCTIONS, JobContext
from api.usecases.acceptance import RunResult, run_acceptance
from api.usecases.acceptance_dossier import facts_of_run, move_after_run
from api.usecases.acceptance_record import digest
from api.usecases.acceptance_report import report_pdf
from api.usecases.acceptance_runs import (
    OrderLine,
    keep_order,
    list_runs,
    read_order,
    run_of_site,
    say_word,
)
from api.usecases.dossier_state import EvidenceFile
from api.usecases.dossiers import MoveRefused
from api.usecases.progress import quiet
from api.usecases.reserves import (
    UNPROVED,
    assign,
    lift,
    open_by_hand,
    open_reserves,
    reserves_of,
)
from api.usecases.surveys import import_survey, read_survey_files
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.leases import lease
from inventory.models import (
    AcceptanceMap,
    Change,
    Device,
    Dossier,
    Event,
    OrderedDevice,
    Reserve,
    ReserveSeverity,
)
from inventory.programme.dossier import EvidenceKind, Role, Status
from inventory.secrets import Vault
from inventory.settings import Settings
from lab import survey as lab_survey
from site_surveys.profile import load_profile
from tests.seed import Seeded, seed

WORD = "essayé en classe 3 avec trois appareils"


@pytest.fixture
def seeded(database: Database) -> Seeded:
    return seed(database)


def run(database: Database, vault: Vault, site_id: int = 1) -> RunResult:
    return run_acceptance(database, vault, site_id, actor="user:alice")


def say(database: Database, check_id: str, *, passed: bool = True, note: str = WORD) -> None:
    with database.write("user:alice") as session:
        say_word(session, 1, check_id, passed=passed, note=note, evidence=None,
                 actor="user:alice", profile=load_profile())  # fmt: skip


def move(database: Database, to: Status, *evidence: EvidenceFile) -> str:
    with database.write("user:eva") as session:
        return move_after_run(
            session, 1, to, actor="user:eva", role=Role.CONTRACT_OFFICER, evidence=evidence
        ).to_status


def reserve_of(session: Session, check_id: str, subject: str = UNPROVED) -> Reserve:
    found = select(Reserve).where(Reserve.check_id == check_id, Reserve.subject == subject)
    newest = session.exec(found.order_by(col(Reserve.number).desc())).first()
    assert newest is not None
    return newest


def test_a_run_is_frozen_with_its_maps_and_its_report_is_the_same_bytes(
    database: Database, vault: Vault, seeded: Seeded, tmp_path: Path
) -> None:
    plan, samples = lab_survey.write(tmp_path)
    with database.write("alice") as session:
        import_survey(session, "95001/9501", read_survey_files(plan, [samples]), actor="user:alice")
    result = run(database, vault)
    assert result.verdict == "failed"
    with database.read() as session:
        kept = run_of_site(session, 1)
        pdf = report_pdf(session, kept)
        picture = session.exec(select(AcceptanceMap)).one()
    record = kept.record
    assert digest(record) == kept.sha256 == result.sha256
    assert digest(record["inputs"]) == kept.inputs_sha256
    assert hashlib.sha256(picture.png).hexdigest() == record["maps"][0]["sha256"]
    assert record["site"]["implantations"][0]["fase"] == "95001/9501"
    assert [each["name"] for each in record["equipment"]][:3] == ["sw1", "sw2", "ap1"]
    assert {each["found"] for each in record["checks"][0]["results"]} != {""}
    assert pdf.startswith(b"%PDF-")
    # What happens to the site afterwards changes nothing of what was signed for.
    with database.write("user:bob") as session:
        session.get_one(Device, seeded.device_ids[2]).name = "renamed"
        for reserve in open_reserves(session, 1)[:3]:
            lift(session, 1, reserve.number, note=WORD, evidence=None, actor="user:bob")
    with database.read() as session:
        again = run_of_site(session, 1)
        assert digest(again.record) == result.sha256
        assert report_pdf(session, again) == pdf


def test_a_run_opens_each_reserve_once_and_lifts_what_is_proved_later(
    database: Database, vault: Vault, seeded: Seeded
) -> None:
    first = run(database, vault)
    assert first.verdict == "failed"
    assert first.opened == first.open_blocking + first.open_minor > 5
    assert run(database, vault).opened == 0
    say(database, "services.clients")
    third = run(database, vault)
    assert (third.opened, third.lifted) == (0, 1)
    with database.read() as session:
        proved = reserve_of(session, "services.clients")
        silent = reserve_of(session, "equipment.reachable", "ap8")
        event = session.exec(select(Event).where(Event.kind == "acceptance.run")).all()[-1]
        assert len(list_runs(session, 1)) == 3
    assert proved.lifted_by_run_id == third.run_id
    assert proved.lifted_note == f"prouvé par la recette n°\u00a0{third.run_id}"
    assert silent.lifted_at is None
    assert silent.severity is ReserveSeverity.BLOCKING
    assert silent.due_on is not None
    assert silent.responsible == "Prestataire"
    assert event.message.startswith(f"Recette n° {third.run_id}\u00a0: ")


def test_what_bears_one_name_is_one_reserve(
    database: Database, vault: Vault, seeded: Seeded, tmp_path: Path
) -> None:
    with database.write("test") as session:
        for device_id in seeded.device_ids[2:4]:
            device = session.get_one(Device, device_id)
            device.name, device.last_error_kind = "borne", "Unreachable"
        for level in (0, 1):
            plan = tmp_path / f"{level}.json"
            room = {"name": "Local", "polygon_m": [[0, 0], [5, 0], [5, 5]]}
            floor = {"name": "Plan", "floor": level, "size_m": [5, 5], "rooms": [room]}
            plan.write_text(json.dumps(floor))
            samples = tmp_path / f"{level}.csv"
            heard = [f"{x},{x},{level},f09fc2a10010,36,-80" for x in (1, 2, 3)]
            samples.write_text("\n".join(["x_m,y_m,floor,bssid,channel,rssi_dbm", *heard]))
            import_survey(session, "95001/9501", read_survey_files(plan, [samples]), actor="a")
    run(database, vault)
    with database.read() as session:
        assert reserve_of(session, "equipment.reachable", "borne").lifted_at is None
        subjects = {each.subject for each in open_reserves(session, 1)}
    assert {"Local (Plan, niveau 0)", "Local (Plan, niveau 1)"} <= subjects


def test_a_run_that_a_page_asked_for_is_made_by_the_jobs_process(
    settings: Settings, database: Database, vault: Vault, seeded: Seeded
) -> None:
    here = JobContext(settings, database, vault, "user:alice", quiet)
    made = FUNCTIONS["acceptance"].run(here, {"site_id": 1})
    with database.read() as session:
        assert run_of_site(session, 1).id == made["acceptance"]["run_id"]
        assert run_of_site(session, 1).actor == "user:alice"


def test_what_is_gone_is_not_lifted_by_silence(
    database: Database, vault: Vault, seeded: Seeded
) -> None:
    run(database, vault)
    with database.write("test") as session:
        session.get_one(Device, seeded.device_ids[-1]).name = "ap8-bis"
    run(database, vault)
    with database.read() as session:
        assert reserve_of(session, "equipment.reachable", "ap8").lifted_at is None
        assert reserve_of(session, "equipment.reachable", "ap8-bis").lifted_at is None


def test_a_person_lifts_with_evidence_and_a_defect_that_is_there_is_opened_anew(
    database: Database, vault: Vault, seeded: Seeded
) -> None:
    run(database, vault)
    photo = EvidenceFile(EvidenceKind.RESERVE_LIST, "photo.jpg", "a" * 64, 10)
    with database.write("user:alice") as session:
        number = reserve_of(session, "equipment.reachable", "ap8").number
        assign(session, 1, number, responsible="Jean", severity=ReserveSeverity.MINOR)
        with pytest.raises(InvalidInput, match="avec une preuve"):
            lift(session, 1, number, note="ok", evidence=None, actor="user:alice")
        lifted = lift(session, 1, number, note="vu", evidence=photo, actor="user:alice")
        assert lifted.lifted_evidence_sha256 == "a" * 64
        with pytest.raises(Conflict, match="déjà levée"):
            lift(session, 1, number, note=WORD, evidence=photo, actor="user:alice")
        with pytest.raises(NotFound):
            lift(session, 1, 9999, note=WORD, evidence=photo, actor="user:alice")
        seen = open_by_hand(
            session, 1, "Goulotte non fixée", severity=ReserveSeverity.MINOR, actor="user:alice"
        )
        assert seen.number > number
    assert run(database, vault).opened == 1
    with database.read() as session:
        assert reserve_of(session, "equipment.reachable", "ap8").number > number
        assert [each.message for each in open_reserves(session, 1)].count("Goulotte non fixée") == 1


def test_only_what_people_can_prove_takes_their_word(database: Database, seeded: Seeded) -> None:
    with pytest.raises(InvalidInput, match="Aucune personne ne peut le prouver"):
        say(database, "radio.primary_coverage")
    with pytest.raises(InvalidInput, match="Ce contrôle n’existe pas"):
        say(database, "radio.nothing")
    with pytest.raises(InvalidInput, match="Dites ce qui a été essayé"):
        say(database, "services.clients", note="  ")


def test_two_runs_of_one_site_do_not_meet(database: Database, vault: Vault, seeded: Seeded) -> None:
    with (
        lease(database, "acceptance:1", holder="other", purpose="acceptance", ttl_s=60),
        pytest.raises(Conflict),
    ):
        run(database, vault)
    with pytest.raises(NotFound):
        run(database, vault, 999)


def test_an_order_is_kept_by_serial_and_compared(
    database: Database, vault: Vault, seeded: Seeded, tmp_path: Path
) -> None:
    order = tmp_path / "order.csv"
    order.write_text(
        "\ufeffSerial;Role;Name;Model\nLAB-1-3;access_point;ap1;\nX-9;access_point;ap2;MT6000\n",
        encoding="utf-8",
    )
    lines = read_order(order)
    with database.write("alice") as session:
        assert keep_order(session, 1, lines) == 2
        assert keep_order(session, 1, lines) == 2  # again: in the place of the same
    run(database, vault)
    with database.read() as session:
        record = run_of_site(session, 1).record
    check = next(each for each in record["checks"] if each["id"] == "equipment.order")
    # The seeded access points tell no serial: they answer, and that is all that is proved.
    assert [each["state"] for each in check["results"]] == ["not_proved", "not_proved"]


def test_what_is_taken_off_an_order_or_changed_in_it_has_its_record(
    database: Database, seeded: Seeded
) -> None:
    first = [OrderLine(f"CN00{place}", "switch", None, None) for place in range(1, 4)]
    second = [first[0], OrderLine("CN002", "access_point", "ap1", None)]
    for lines in (first, first, second):
        with database.write("user:alice") as session:
            keep_order(session, seeded.site_ids[0], lines)
    with database.read() as session:
        query = select(Change).where(Change.table_name == "ordered_device").order_by(col(Change.id))
        told = [(each.action, each.before, each.after) for each in session.exec(query)]
        kept = session.exec(select(OrderedDevice.serial).order_by(OrderedDevice.serial)).all()
    assert [action for action, _, _ in told] == ["create"] * 3 + ["update", "delete"]
    assert told[3][2] == {"role": "access_point", "name": "ap1"}
    assert (told[4][1] or {})["serial"] == "CN003"
    assert kept == ["CN001", "CN002"]


def test_a_serial_is_ordered_for_one_school_alone(database: Database, seeded: Seeded) -> None:
    namur, liege = seeded.site_ids[:2]
    lines = [OrderLine(f"CN00{place}", "switch", None, None) for place in range(1, 4)]
    with database.write("alice") as session:
        keep_order(session, namur, lines[:2])
    with pytest.raises(Conflict) as refused, database.write("alice") as session:
        keep_order(session, liege, lines[1:])
    assert refused.value.what == (
        "Le numéro CN002 est commandé pour une autre école\u00a0: École communale Les Tilleuls"
    )
    with database.read() as session:
        kept = session.exec(select(OrderedDevice.site_id, OrderedDevice.serial)).all()
    assert sorted(kept) == [(namur, "CN001"), (namur, "CN002")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("serial,name\nA,b\n", "no columns serial and role"),
        ("serial,role\n,switch\n", "line 2: a line of the order has no serial"),
        ("serial,role\nA1,lamp\n", "lamp is no role"),
        ("serial,role\nA1,switch\nA1,switch\n", "stands twice"),
        ("serial,role\n", "holds 1 to"),
        ('serial,role\n"A1,switch\n', "not CSV"),
    ],
)
def test_an_order_that_does_not_fit_is_one_sentence(
    text: str, sentence: str, tmp_path: Path
) -> None:
    order = tmp_path / "order.csv"
    order.write_text(text)
    with pytest.raises(InvalidInput, match=sentence):
        read_order(order)


def test_the_dossier_counts_reserves_itself_and_takes_the_report_as_its_document(
    database: Database, vault: Vault, seeded: Seeded
) -> None:
    run(database, vault)
    with database.write("test") as session:
        dossier = session.exec(select(Dossier).where(Dossier.site_id == 1)).one()
        dossier.status = Status.ACCEPTANCE_TESTING
        dossier.facts = {"blocking_reserves": 0, "open_reserves": 0}  # what somebody would say
        kept = run_of_site(session, 1)
    assert facts_of_run(kept)["machine_checks_passed"] == "false"
    pv = EvidenceFile(EvidenceKind.PROVISIONAL_ACCEPTANCE, "pv.pdf", "b" * 64, 100)
    with pytest.raises(MoveRefused) as refused:
        move(database, Status.PROVISIONALLY_ACCEPTED, pv)
    assert "bloquante" in " ".join(str(each) for each in refused.value.missing)
    assert move(database, Status.RESERVES_OPEN) == Status.RESERVES_OPEN
    with database.write("user:eva") as session:
        for reserve in reserves_of(session, 1):
            lift(session, 1, reserve.number, note=WORD, evidence=None, actor="user:eva")
    assert move(database, Status.PROVISIONALLY_ACCEPTED, pv) == Status.PROVISIONALLY_ACCEPTED
    with pytest.raises(InvalidInput, match="no acceptance run moves"):
        move(database, Status.IN_SERVICE)
