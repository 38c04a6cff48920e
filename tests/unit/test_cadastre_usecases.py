"""A campaign in a database: filling beside others, signing, deciding, and the dossier."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from api.usecases.brussels import today
from api.usecases.cadastre_decisions import Signer, reopen, send_back, submit, validate
from api.usecases.cadastre_editions import add_edition, edition_of, list_editions, shipped_edition
from api.usecases.cadastre_filling import FieldWrite, UnreadableAnswers, write_fields
from api.usecases.cadastre_lists import (
    NOT_STARTED,
    Grouping,
    ResponseFilter,
    list_responses,
    next_submitted,
    progress,
    total,
)
from api.usecases.cadastre_opening import open_edition
from api.usecases.cadastre_remarks import add_remark, settle_remark
from api.usecases.cadastre_responses import CadastreRefused, read_form
from api.usecases.dossiers import MoveRefused, advance, history
from api.usecases.scope import HeldGrant, Viewer
from inventory.database import Database
from inventory.errors import Conflict, NotFound
from inventory.models import (
    CadastreAnswer,
    Change,
    Dossier,
    GrantScope,
    UserRole,
)
from inventory.programme.cadastre.documents import sha256_of
from inventory.programme.cadastre.observing import Source
from inventory.programme.cadastre.states import ResponseState
from inventory.programme.cadastre.values import Kind
from inventory.programme.dossier import Role, Status
from tests.cadastre import COMPLETE, campaign, fill, sign
from tests.seed import Seeded, seed

MANAGER = Viewer(1, "carla", "Carla", None, (HeldGrant(UserRole.CADASTRE_MANAGER, GrantScope.ALL),))


@pytest.fixture
def seeded(database: Database) -> Seeded:
    made = seed(database)
    with database.write("test") as session:
        campaign(session)
    return made


def _status(database: Database, site_id: int) -> str:
    with database.read() as session:
        return session.exec(select(Dossier.status).where(Dossier.site_id == site_id)).one()


def _state(database: Database, site_id: int) -> ResponseState:
    with database.read() as session:
        return read_form(session, edition_of(session, "INCOR26"), site_id).state


def test_a_response_goes_from_the_first_answer_to_validation_with_its_dossier(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[1]
    with database.write("user:denise") as session:
        fill(session, site_id)
    assert (_state(database, site_id), _status(database, site_id)) == ("draft", "cadastre_pending")
    with database.write("user:denise") as session:
        sign(session, site_id)
    assert _status(database, site_id) == "cadastre_submitted"
    with database.write("user:carla") as session:
        validate(session, edition_of(session, "INCOR26"), site_id, actor="user:carla")
    assert (_state(database, site_id), _status(database, site_id)) == (
        "validated",
        "cadastre_validated",
    )
    with database.read() as session:
        signed = read_form(session, edition_of(session, "INCOR26"), site_id).submissions[-1]
        documents = [each for step in history(session, site_id) for each in step.evidence]
    assert signed.validation is not None
    assert [(each.kind, each.sha256) for each in documents] == [
        ("cadastre_response", sha256_of(signed.document)),
        ("cadastre_validation", sha256_of(signed.validation)),
    ]
    assert '"site":"95002/9502"' in signed.document
    assert (signed.signed_by, signed.decided_by) == ("user:denise", "user:carla")


def test_who_filled_a_field_when_is_kept_with_it_and_in_the_changes(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[1]
    for actor, answers in (("user:denise", {"pupils": 240}), ("user:ivan", {"switches": 2})):
        with database.write(actor) as session:
            fill(session, site_id, answers, actor=actor)
    with database.read() as session:
        form = read_form(session, edition_of(session, "INCOR26"), site_id)
        changes = session.exec(select(Change).where(Change.table_name == "cadastre_answer")).all()
    assert {name: given.by for name, given in form.given.items()} == {
        "pupils": "user:denise",
        "switches": "user:ivan",
    }
    assert {(each.actor, each.row_key.split("/")[1]) for each in changes} == {
        ("user:denise", "pupils"),
        ("user:ivan", "switches"),
    }


def test_the_last_writer_of_a_field_wins_and_is_told_of_the_other(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[1]
    with database.write("user:denise") as session:
        fill(session, site_id, {"pupils": 240, "staff": 20})
    with database.write("user:ivan") as session:
        edition = edition_of(session, "INCOR26")
        seen = read_form(session, edition, site_id).version
        write_fields(
            session, edition, site_id, [FieldWrite("pupils", 250, seen)], actor="user:ivan"
        )
    with database.write("user:denise") as session:
        edition = edition_of(session, "INCOR26")
        told = write_fields(
            session,
            edition,
            site_id,
            [FieldWrite("pupils", 260, seen), FieldWrite("staff", 21, seen)],
            actor="user:denise",
        )
        assert read_form(session, edition, site_id).answers["pupils"] == 260
    assert [(each.field_id, each.by, each.value) for each in told.conflicts] == [
        ("pupils", "user:ivan", 250)
    ]
    assert told.changed == ("pupils", "staff")


def test_an_unreadable_answer_changes_nothing_and_a_wrong_one_waits_in_the_draft(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[1]
    writes = [FieldWrite("pupils", "beaucoup"), FieldWrite("staff", 20)]
    with database.write("user:denise") as session:
        edition = edition_of(session, "INCOR26")
        with pytest.raises(UnreadableAnswers) as refused:
            write_fields(session, edition, site_id, writes, actor="user:denise")
        assert [problem.path for problem in refused.value.problems] == ["pupils"]
        assert read_form(session, edition, site_id).row is None
        written = write_fields(
            session, edition, site_id, writes, actor="user:denise", all_or_nothing=False
        )
        assert (written.changed, [each.path for each in written.unread]) == (("staff",), ["pupils"])
        fill(session, site_id, {"staff": 5000})
        problems = {each.path: each.kind for each in read_form(session, edition, site_id).blocking}
        assert problems["staff"] is Kind.TOO_LARGE
        with pytest.raises(NotFound):
            write_fields(session, edition, site_id, [FieldWrite("nope", 1)], actor="x")


def test_a_response_that_moved_on_is_not_written_under_an_old_version(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[1]
    with database.write("user:denise") as session:
        fill(session, site_id, {"pupils": 240})
        edition = edition_of(session, "INCOR26")
        with pytest.raises(Conflict, match="à la version 2, non plus à la 1"):
            write_fields(
                session,
                edition,
                site_id,
                [FieldWrite("pupils", 1)],
                actor="user:ivan",
                expected_version=1,
            )


def test_a_response_begins_with_the_inventory_and_the_edition_before(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[0]
    with database.write("test") as session:
        days = {"opens_on": today() - timedelta(900), "closes_on": today() + timedelta(1)}
        add_edition(session, shipped_edition("INCOR24").model_copy(update=days), actor="test")
        fill(session, site_id, {"pupils": 233}, code="INCOR24")
        edition = edition_of(session, "INCOR26")
        before = read_form(session, edition, site_id)
        assert before.row is None
        assert (before.answers["access_points"], before.answers["pupils"]) == (8, 233)
        fill(session, site_id, {"staff": 3})
        sources = {
            name: given.source for name, given in read_form(session, edition, site_id).given.items()
        }
    assert sources["access_points"] is Source.INVENTORY
    assert sources["pupils"] is Source.LAST_EDITION
    assert sources["staff"] is Source.PERSON


def test_what_misses_is_told_and_nothing_is_sent(database: Database, seeded: Seeded) -> None:
    site_id = seeded.site_ids[1]
    with database.write("user:denise") as session:
        fill(session, site_id, {**COMPLETE, "pupils": None})
        with pytest.raises(CadastreRefused, match="Une réponse manque") as refused:
            sign(session, site_id)
        assert [problem.path for problem in refused.value.problems] == ["pupils"]
    assert _status(database, site_id) == "cadastre_pending"


def test_answers_that_changed_since_they_were_shown_are_not_signed(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[1]
    with database.write("user:denise") as session:
        fill(session, site_id)
        edition = edition_of(session, "INCOR26")
        with pytest.raises(Conflict, match="ont changé depuis leur lecture"):
            submit(session, edition, site_id, Signer("user:denise", "D"), sha256="0" * 64)


def test_a_response_is_sent_back_with_remarks_mended_and_sent_again(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[1]
    with database.write("user:denise") as session:
        fill(session, site_id)
        sign(session, site_id)
    with database.write("user:carla") as session:
        edition = edition_of(session, "INCOR26")
        with pytest.raises(CadastreRefused, match="une remarque ou un motif"):
            send_back(session, edition, site_id, actor="user:carla")
        add_remark(
            session, edition, site_id, "Combien d’élèves ?", actor="user:carla", field_id="pupils"
        )
        send_back(session, edition, site_id, actor="user:carla")
    assert (_state(database, site_id), _status(database, site_id)) == (
        "sent_back",
        "cadastre_pending",
    )
    with database.write("user:denise") as session:
        fill(session, site_id, {"pupils": 241})
        sign(session, site_id)
        edition = edition_of(session, "INCOR26")
        form = read_form(session, edition, site_id)
        assert [each.field_id for each in form.open_remarks] == ["pupils"]
        settle_remark(session, edition, site_id, form.open_remarks[0].id or 0, actor="user:carla")
        assert read_form(session, edition, site_id).open_remarks == ()
        assert len(form.submissions) == 2
    with database.read() as session:
        steps = history(session, site_id)
    assert steps[-2].transition.reason == "Combien d’élèves ?"
    assert steps[-3].evidence[0].voided_at is not None


def test_a_submitted_response_does_not_change(database: Database, seeded: Seeded) -> None:
    site_id = seeded.site_ids[1]
    with database.write("user:denise") as session:
        fill(session, site_id)
        sign(session, site_id)
        with pytest.raises(CadastreRefused, match="elle ne change plus, sauf si elle est renvoyée"):
            fill(session, site_id, {"pupils": 1})
        with pytest.raises(CadastreRefused, match="déjà soumise"):
            sign(session, site_id)


def test_a_held_dossier_keeps_its_cadastre_from_being_decided(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[1]
    with database.write("user:denise") as session:
        fill(session, site_id)
        sign(session, site_id)
        advance(session, site_id, Status.ON_HOLD, actor="x", role=Role.ADVISER, reason="travaux")
    with database.write("user:carla") as session, pytest.raises(MoveRefused):
        validate(session, edition_of(session, "INCOR26"), site_id, actor="user:carla")
    assert _state(database, site_id) == "submitted"


def test_a_school_in_service_answers_a_later_edition_and_its_dossier_stays(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[0]
    with database.write("user:denise") as session:
        fill(session, site_id)
        sign(session, site_id)
        edition = edition_of(session, "INCOR26")
        validate(session, edition, site_id, actor="user:carla")
        reopen(session, edition, site_id, actor="user:carla", reason="nouvelle aile")
    assert (_state(database, site_id), _status(database, site_id)) == ("sent_back", "in_service")


def test_a_declined_school_is_told_that_no_cadastre_is_awaited(
    database: Database, seeded: Seeded
) -> None:
    site_id = seeded.site_ids[1]
    with database.write("user:denise") as session:
        fill(session, site_id)
        advance(session, site_id, Status.DECLINED, actor="x", role=Role.SCHOOL_HEAD, reason="non")
        with pytest.raises(CadastreRefused, match="il n’attend pas de cadastre"):
            sign(session, site_id)


def test_an_edition_is_filled_between_its_days_and_what_was_sent_back_after_them(
    database: Database, seeded: Seeded
) -> None:
    site_id, other = seeded.site_ids[1], seeded.site_ids[0]
    with database.write("user:denise") as session:
        fill(session, site_id)
        sign(session, site_id)
        edition = edition_of(session, "INCOR26")
        send_back(session, edition, site_id, actor="user:carla", reason="à revoir")
        edition.closes_on = today() - timedelta(days=1)
        session.flush()
        fill(session, site_id, {"pupils": 238})
        with pytest.raises(CadastreRefused, match="close depuis le"):
            fill(session, other, {"pupils": 238})
        edition.opens_on = edition.closes_on = today() + timedelta(days=1)
        session.flush()
        with pytest.raises(CadastreRefused, match="ouvre le"):
            fill(session, other, {"pupils": 238})


def test_opening_an_edition_asks_every_identified_site_and_tells_of_each(
    database: Database, seeded: Seeded
) -> None:
    with database.write("test") as session:
        for site_id in seeded.site_ids[1:]:
            dossier = session.exec(select(Dossier).where(Dossier.site_id == site_id)).first()
            if dossier is None:
                dossier = Dossier(site_id=site_id, status="x", updated_at=_now())
                session.add(dossier)
            dossier.status = Status.IDENTIFIED
        refused = session.exec(select(Dossier).where(Dossier.site_id == seeded.site_ids[2])).one()
        refused.facts = {
            "eligibility": {"verdict": "ineligible", "reason": "Hors zone.", "rule_set": "t"}
        }
    done, _ = open_edition(database, "INCOR26", actor="user:carla")
    assert {each.site_id: each.refused for each in done} == {
        seeded.site_ids[1]: (),
        seeded.site_ids[2]: ("Le site n’est pas éligible\u00a0: Hors zone.",),
    }
    assert _status(database, seeded.site_ids[1]) == "cadastre_pending"
    again, left = open_edition(database, "INCOR26", actor="user:carla", limit=5)
    assert ([each.site_id for each in again], left) == ([seeded.site_ids[2]], 0)
    assert open_edition(database, "INCOR26", actor="user:carla", limit=0) == ([], 1)


def test_an_edition_does_not_open_before_its_day(database: Database) -> None:
    with database.write("test") as session:
        days = {"opens_on": date(2999, 1, 1), "closes_on": date(2999, 2, 1)}
        add_edition(session, shipped_edition("INCOR26").model_copy(update=days), actor="test")
    with pytest.raises(Conflict, match="ouvre le 01/01/2999"):
        open_edition(database, "INCOR26", actor="x")


def test_an_edition_takes_new_days_and_keeps_its_questions(
    database: Database, seeded: Seeded
) -> None:
    with database.write("test") as session:
        shipped = shipped_edition("INCOR26")
        assert add_edition(session, shipped, actor="test")
        assert not add_edition(session, shipped, actor="test")
        other = shipped.model_copy(update={"questionnaire": "2024-1"})
        with pytest.raises(Conflict, match="asks the questionnaire 2026-1"):
            add_edition(session, other, actor="test")
        assert [each.closes_on for each in list_editions(session)] == [shipped.closes_on]


def test_progress_counts_each_state_by_province_and_by_education_network(
    database: Database, seeded: Seeded
) -> None:
    with database.write("user:denise") as session:
        fill(session, seeded.site_ids[1])
        sign(session, seeded.site_ids[1])
        edition = edition_of(session, "INCOR26")
        by_province = progress(session, MANAGER, edition, Grouping.PROVINCE)
        by_network = progress(session, MANAGER, edition, Grouping.EDUCATION_NETWORK)
    assert [(each.name, each.counts) for each in by_province] == [
        ("Liège", {"submitted": 1}),
        ("Namur", {NOT_STARTED: 1}),
    ]
    assert [(each.name, each.sent, each.total) for each in by_network] == [
        ("Libre confessionnel", 1, 1),
        ("Subventionné communal", 0, 1),
    ]
    assert total(by_province).counts == {"submitted": 1, NOT_STARTED: 1}


def test_the_queue_is_within_the_scope_and_goes_round(database: Database, seeded: Seeded) -> None:
    namur, liege, _ = seeded.site_ids
    with database.write("user:denise") as session:
        for site_id in (namur, liege):
            fill(session, site_id)
            sign(session, site_id)
        edition = edition_of(session, "INCOR26")
        waiting = ResponseFilter(state=ResponseState.SUBMITTED)
        first = list_responses(session, MANAGER, edition, waiting, limit=1)
        second = list_responses(session, MANAGER, edition, waiting, after=first.next, limit=1)
        assert [line.site_id for line in (*first.lines, *second.lines)] == [namur, liege]
        assert second.next is None
        assert next_submitted(session, MANAGER, edition, namur) == liege
        assert next_submitted(session, MANAGER, edition, liege) == namur
        grant = HeldGrant(UserRole.CADASTRE_MANAGER, GrantScope.PROVINCE, "Liège")
        local = Viewer(2, "leo", "Leo", None, (grant,))
        assert [
            line.site_id for line in list_responses(session, local, edition, waiting).lines
        ] == [liege]
        blind = Viewer(3, "ines", "Ines", None, (HeldGrant(UserRole.INSTALLER, GrantScope.ALL),))
        assert list_responses(session, blind, edition, ResponseFilter()).lines == ()


def test_every_answer_row_is_of_a_question_that_is_asked(
    database: Database, seeded: Seeded
) -> None:
    with database.write("user:denise") as session:
        fill(session, seeded.site_ids[1])
        kept = session.exec(select(CadastreAnswer.field_id)).all()
    assert set(kept) == set(COMPLETE)


def _now() -> datetime:
    from inventory import clock

    return clock.now()
