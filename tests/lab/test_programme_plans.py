"""Plans of the programme in a database: proposed, changed by people, compared, priced, applied."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from api.cli import app
from api.usecases.dossier_state import dossier_of_site, facts_of
from api.usecases.dossiers import history
from api.usecases.funding import define_funding
from api.usecases.lots import define_lot
from api.usecases.programme_plan_decision import apply_plan, decision, outcomes
from api.usecases.programme_plan_edits import copy_plan, differences, discard, exclude, free, pin
from api.usecases.programme_plans import (
    RowFilter,
    Wanted,
    list_plans,
    list_rows,
    make_plan,
    rows_of,
    solve_plan,
    summary,
)
from api.usecases.programme_prices import price_plan
from api.usecases.programme_problem import problem_of, slot_of
from api.usecases.site_priorities import facts_of_sites, import_priorities, tell_priority
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import Change, Dossier, ProgrammePlan
from inventory.models.planning import DraftState
from inventory.programme.dossier import Status
from inventory.programme.planning.facts import Connection, SiteFacts
from inventory.programme.planning.problem import Quarter, Slot
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.network import school_in

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    clock.set_source(lambda: datetime(2026, 12, 1, 9, tzinfo=UTC))
    yield
    clock.set_source(None)


@pytest.fixture
def site_ids(database: Database) -> list[int]:
    """Six schools that asked to take part, the first the neediest; a lot and a source for them."""
    found = []
    for number in range(6):
        site_id = school_in(database, fase=95001 + number, name=f"École {number + 1}").site_id
        found.append(site_id)
        with database.write("test") as session:
            session.add(
                Dossier(
                    site_id=site_id,
                    status=Status.ENROLMENT_REQUESTED,
                    measures=["connectivity"],
                    updated_at=clock.now(),
                )
            )
            told = {"ise_class": str(1 + 3 * number), "connection": "poor", "pupils": "100"}
            tell_priority(session, site_id, told, actor="test")
    with database.write("test") as session:
        define_lot(session, "Lot 1", sites_per_year=3)
        define_funding(session, "PRR", ceiling=Decimal(500_000), ends_on=date(2030, 1, 1))
    return found


def _proposed(database: Database, **more: int) -> int:
    with database.write("test") as session:
        plan = make_plan(session, Wanted("Projet", 2027, more.get("years", 2)), actor="test")
        plan_id = plan.id
    assert plan_id is not None
    solve_plan(database, plan_id, actor="test")
    return plan_id


def _years(database: Database, plan_id: int) -> dict[int, int | None]:
    with database.read() as session:
        return {row.site_id: row.year for row in rows_of(session, plan_id)}


def test_a_plan_is_proposed_with_its_gap_and_read_by_year_and_source(
    database: Database, site_ids: list[int]
) -> None:
    plan_id = _proposed(database)
    with database.read() as session:
        found = summary(session, plan_id)
        assert found.plan.state is DraftState.DRAFT
        assert (found.plan.method, found.placed, found.unplaced) == ("milp", 6, 0)
        assert found.plan.gap is not None
        assert found.plan.gap < 0.05  # the bound is a relaxation, which places half a commune
        assert [(each.year, each.sites, each.by_lot) for each in found.years] == [
            (2027, 3, {"Lot 1": 3}), (2028, 3, {"Lot 1": 3}),
        ]  # fmt: skip
        [source] = found.sources
        assert source.used == sum(row.cost for row in rows_of(session, plan_id))
        assert source.left == Decimal(500_000)
        assert found.breaches == ()
        assert found.provisional_years == ("2027-2028", "2028-2029")
    years = _years(database, plan_id)
    assert {each for each, year in years.items() if year == 2027} == set(site_ids[:3])


def test_scores_are_kept_with_their_parts(database: Database, site_ids: list[int]) -> None:
    plan_id = _proposed(database)
    with database.read() as session:
        row = rows_of(session, plan_id)[0]
        parts = {part["criterion"]: part for part in row.score_parts}
    assert row.site_id == site_ids[0]
    assert parts["ise_class"]["points"] == 20
    assert parts["adviser_urgency"]["told"] is None
    assert row.score == sum(part["points"] for part in row.score_parts)


def test_a_person_moves_a_site_and_sees_what_breaks_at_once(
    database: Database, site_ids: list[int]
) -> None:
    plan_id = _proposed(database)
    with database.write("user:anne") as session:
        row = rows_of(session, plan_id)[-1]
        slot = slot_of(row)
        assert slot is not None
        edited = pin(
            session,
            plan_id,
            row.site_id,
            Slot(Quarter(2027, 1), slot.lot_id, slot.funding_id),
            version=1,
            reason="chantier en 2028",
        )
        assert edited.version == 2
        assert any(
            each.sentence == "Lot 1\u00a0: 4 sites en 2027, pour 3 au plus."
            for each in edited.broken
        )
    with database.read() as session:
        changes = session.exec(
            select(Change).where(
                Change.table_name == "programme_plan_site", Change.actor == "user:anne"
            )
        ).all()
        assert [each.after and each.after["reason"] for each in changes] == ["chantier en 2028"]
    with pytest.raises(Conflict, match="Lot 1"):
        apply_plan(database, plan_id, actor="user:anne")
    with (
        pytest.raises(Conflict, match="à la version 2, non plus à la 1"),
        database.write("user:anne") as session,
    ):
        free(session, plan_id, site_ids[0], version=1)


def test_a_copy_keeps_decisions_and_the_optimiser_works_around_them(
    database: Database, site_ids: list[int]
) -> None:
    first = _proposed(database)
    with database.write("test") as session:
        with pytest.raises(InvalidInput, match="Dites pourquoi"):
            exclude(session, first, site_ids[0], reason=" ")
        exclude(session, first, site_ids[0], reason="école en travaux")
        rows = {row.site_id: row for row in rows_of(session, first)}
        was = slot_of(rows[site_ids[5]])
        assert was is not None
        pinned = Slot(Quarter(2027, 2), was.lot_id, was.funding_id)
        pin(session, first, site_ids[5], pinned)
        second = copy_plan(session, first, "Variante", actor="test").id
    assert second is not None
    solve_plan(database, second, actor="test")
    with database.read() as session:
        rows = {row.site_id: row for row in rows_of(session, second)}
        assert slot_of(rows[site_ids[0]]) is None
        assert slot_of(rows[site_ids[5]]) == pinned
        assert summary(session, second).breaches == ()
        assert session.get(ProgrammePlan, second).based_on_id == first  # type: ignore[union-attr]
        changed = differences(session, first, second)
        assert all(each.moved.before != each.moved.after for each in changed)
        assert differences(session, first, first) == ()


def test_pins_in_conflict_fail_with_a_sentence(database: Database, site_ids: list[int]) -> None:
    first = _proposed(database)
    with database.write("test") as session:
        for row in rows_of(session, first):
            slot = slot_of(row)
            assert slot is not None
            pin(session, first, row.site_id, Slot(Quarter(2028, 1), slot.lot_id, slot.funding_id))
        second = copy_plan(session, first, "Variante", actor="test").id
    assert second is not None
    failed = solve_plan(database, second, actor="test")
    assert failed.state is DraftState.FAILED
    assert failed.message == (
        "Les décisions épinglées se contredisent\u00a0: "
        "Lot 1\u00a0: 6 sites en 2028, pour 3 au plus. "
        "Lot 1\u00a0: 6 sites en 2028-T1, pour 1 au plus."
    )


def test_an_applied_plan_schedules_dossiers_through_the_machine_and_tells_the_others(
    database: Database, site_ids: list[int]
) -> None:
    plan_id = _proposed(database)
    with database.write("test") as session:
        dossier_of_site(session, site_ids[1]).status = Status.ON_HOLD
    found = {each.site_id: each for each in apply_plan(database, plan_id, actor="user:anne")}
    assert [found[each].scheduled for each in site_ids] == [True, False, True, True, True, True]
    assert found[site_ids[1]].sentence == (
        "Le dossier n’attend plus d’être programmé\u00a0; il reste où il est."
    )
    with database.read() as session:
        dossier = dossier_of_site(session, site_ids[0])
        told = facts_of(session, dossier)
        assert dossier.status == Status.SCHEDULED
        assert (told.lot, told.funding_source) == ("Lot 1", "PRR")
        assert told.priority_score is not None
        assert told.priority_score > 50
        [step] = history(session, site_ids[0])
        assert (step.transition.actor, step.transition.role) == ("user:anne", "programme_manager")
        import hashlib

        document = decision(session, plan_id)
        assert step.evidence[0].sha256 == hashlib.sha256(document).hexdigest()
        assert document.startswith(b"plan;version;site;score;trimestre;lot;source;montant\r\n")
        assert len(outcomes(session, plan_id)) == 6
        assert dossier_of_site(session, site_ids[1]).status == Status.ON_HOLD
    with pytest.raises(Conflict, match="est «\u00a0Appliqué"):
        apply_plan(database, plan_id, actor="user:anne")
    with database.write("test") as session, pytest.raises(Conflict, match="a été appliqué"):
        discard(session, plan_id)


def test_an_application_that_was_interrupted_goes_on(
    database: Database, site_ids: list[int]
) -> None:
    plan_id = _proposed(database)
    apply_plan(database, plan_id, actor="user:anne")
    with database.write("test") as session:
        row = next(row for row in rows_of(session, plan_id) if row.site_id == site_ids[2])
        row.outcome, row.scheduled = None, False
        dossier_of_site(session, site_ids[2]).status = Status.ENROLMENT_REQUESTED
    again = apply_plan(database, plan_id, actor="user:anne")
    assert [(each.site_id, each.scheduled) for each in again] == [(site_ids[2], True)]


def test_what_an_applied_plan_took_is_taken_from_the_next(
    database: Database, site_ids: list[int]
) -> None:
    plan_id = _proposed(database)
    apply_plan(database, plan_id, actor="test")
    extra = school_in(database, fase=95020, name="École 7").site_id
    with database.write("test") as session:
        session.add(
            Dossier(
                site_id=extra,
                status=Status.ENROLMENT_REQUESTED,
                measures=["connectivity"],
                updated_at=clock.now(),
            )
        )
        next_id = make_plan(session, Wanted("Suite", 2027, 3), actor="test").id
    assert next_id is not None
    solve_plan(database, next_id, actor="test")
    with database.read() as session:
        problem = problem_of(session, session.get_one(ProgrammePlan, next_id))
        assert sum(problem.load.values()) == 6
        left = problem.funding[0].left
        assert left is not None
        assert left < Decimal(500_000)
    assert _years(database, next_id) == {extra: 2029}


def test_the_price_of_each_constraint_is_kept_with_the_draft(
    database: Database, site_ids: list[int]
) -> None:
    plan_id = _proposed(database)
    plan = price_plan(database, plan_id, actor="test")
    assert plan.prices is not None
    by_name = {each["constraint"]: each for each in plan.prices}
    lot = next(each for name, each in by_name.items() if name.startswith("lot:"))
    assert lot["message"] == "La capacité de Lot 1"
    assert lot["earlier"] == 3
    assert plan.prices_version == plan.version


def test_rows_are_paged_by_key_and_filtered(database: Database, site_ids: list[int]) -> None:
    plan_id = _proposed(database)
    with database.read() as session:
        first, after = list_rows(session, plan_id, RowFilter(), limit=4)
        rest, end = list_rows(session, plan_id, RowFilter(), after=after, limit=4)
        assert [row.site_id for row, _ in [*first, *rest]] == site_ids
        assert end is None
        of_2028, _ = list_rows(session, plan_id, RowFilter(year=2028))
        assert len(of_2028) == 3
        assert list_rows(session, plan_id, RowFilter(state="unplaced"))[0] == []
        named, _ = list_rows(session, plan_id, RowFilter(text="ecole 3"))
        assert [site.name for _, site in named] in ([], ["École 3"])
        assert [plan.id for plan in list_plans(session)[0]] == [plan_id]


def test_facts_are_told_checked_and_taken_back(
    database: Database, site_ids: list[int], tmp_path: Path
) -> None:
    site_id = site_ids[0]
    with database.write("test") as session:
        for wrong in (
            {"ise_class": "21"}, {"pupils": "-1"}, {"connection": "great"},
            {"holidays_only": "peut-être"}, {"nonsense": "1"}, {"adviser_note": "x" * 1001},
        ):  # fmt: skip
            with pytest.raises(InvalidInput):
                tell_priority(session, site_id, wrong, actor="test")
        tell_priority(session, site_id, {"ise_class": "", "holidays_only": "oui"}, actor="test")
    file = tmp_path / "ise.csv"
    file.write_text("\ufeffsite;ise_class\n95002/9502;7\n", encoding="utf-8")
    with database.write("test") as session:
        assert import_priorities(session, file, actor="test") == 1
    file.write_text("site;ise_class\n95002/9502;8\n9/9;7\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="line 3: Aucun site"), database.write("test") as session:
        import_priorities(session, file, actor="test")
    with database.read() as session:
        told = facts_of_sites(session, site_ids)
    assert told[site_id] == SiteFacts(pupils=100, connection=Connection.POOR, holidays_only=True)
    assert told[site_ids[1]].ise_class == 7


def test_what_cannot_be_planned_is_one_sentence(database: Database) -> None:
    with database.write("test") as session:
        for wanted in (
            Wanted("x", 1999), Wanted("x", 2027, 11), Wanted("x", 2027, sites_per_year=0),
            Wanted("x", 2027, statuses=(Status.IN_SERVICE,)), Wanted(" ", 2027),
        ):  # fmt: skip
            with pytest.raises(InvalidInput):
                make_plan(session, wanted, actor="test")
        with pytest.raises(NotFound, match="Le plan 9"):
            summary(session, 9)
    plan_id = _proposed(database)
    with database.read() as session:
        plan = session.get_one(ProgrammePlan, plan_id)
        assert (plan.state, plan.message) == (
            DraftState.FAILED, "Aucune école n’attend d’être programmée.",
        )  # fmt: skip


def test_the_commands_propose_show_pin_price_and_apply(
    settings: Settings,
    database: Database,
    vault: Vault,
    site_ids: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["programme", *arguments])

    proposed = run("plan", "propose", "2027", "--years", "2")
    assert proposed.exit_code == 0, proposed.output
    assert "of quarters and lots 0.00%" in proposed.output
    assert "6 placed, 0 not placed" in proposed.output
    assert "provisional school calendars: 2027-2028" in proposed.output
    assert run("plan", "pin", "1", "École 1", "--reason", "promis").output == "version 2\n"
    moved = run(
        "plan", "pin", "1", "École 2", "--at", "2028-T4", "--lot", "Lot 1", "--funding", "PRR"
    )
    assert moved.exit_code == 0, moved.output
    assert run("plan", "free", "1", "École 2").exit_code == 0
    assert run("plan", "exclude", "1", "École 6", "--reason", "désistement").exit_code == 0
    shown = json.loads(run("plan", "show", "1", "--json").output)
    assert (shown["version"], shown["excluded"], shown["pinned"]) == (5, 1, 1)
    assert "La capacité de Lot 1" in run("plan", "cost", "1").output
    copied = run("plan", "copy", "1", "Variante")
    assert copied.exit_code == 0, copied.output
    assert run("plan", "compare", "1", "2").exit_code == 0
    applied = run("plan", "apply", "2", "--json")
    assert applied.exit_code == 0, applied.output
    assert len(json.loads(applied.output)) == 5
    assert "applied" in run("plan", "list").output
    assert run("plan", "discard", "1").exit_code == 0
    score = json.loads(run("priority", "show", "École 1", "--json").output)
    assert score["missing"] == ["adviser_urgency"]
    assert run("priority", "set", "École 1", "adviser_urgency=3").exit_code == 0
    assert "adviser_urgency: 15.0 of 15.0 (3)" in run("priority", "show", "École 1").output
