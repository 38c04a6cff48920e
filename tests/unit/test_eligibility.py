"""Eligibility: versioned rules as data, every reason, and runs that show before they change."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner

from api.cli import app
from api.usecases.brussels import today
from api.usecases.cadastre_decisions import validate
from api.usecases.cadastre_editions import edition_of
from api.usecases.eligibility import Outcome, judge_sites, preview_run
from api.usecases.eligibility_runs import apply_run, outcomes_of
from api.usecases.register import apply_import, parse_register, read_register_file
from api.usecases.rule_sets import find_rules, keep_rules, known_rules, rules_in_force
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.models import Dossier, EligibilityRun, School, Site, SiteImplantation
from inventory.models import Implantation as Place
from inventory.programme.dossier import Status
from inventory.programme.eligibility import (
    Offer,
    RuleSet,
    Verdict,
    judge_site,
    read_rule_set,
    rule_set,
    shipped_rule_sets,
)
from inventory.secrets import Vault
from inventory.sentences import Sentence, worded
from inventory.settings import Settings
from tests.cadastre import campaign, fill, sign
from tests.conftest import skip_or_fail
from tests.registers import as_json, row

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "register_wallonia.json"
NARROW = "2026-1-adultes-secondaire"


def _rules(version: str = "essai-1", **changes: object) -> RuleSet:
    return rule_set("2026-1").model_copy(update={"version": version, **changes})


@pytest.fixture
def schools(database: Database) -> dict[str, int]:
    """A primary school, adult education, a work-study centre, one in Brussels, one of nowhere."""
    rows = [
        row(1, 11),
        row(2, 21, type_d_enseignement="Promotion sociale supérieur", niveau="Supérieur"),
        row(3, 31, type_d_enseignement="Secondaire CEFA", niveau="Secondaire"),
        row(4, 41, commune_de_l_implantation="Ixelles", bassin="Bruxelles"),
        row(5, 51, commune_de_l_implantation=None, bassin=None),
        row(2, 22, type_d_enseignement="Haute École", niveau="Supérieur"),
    ]
    with database.write("test") as session:
        apply_import(session, parse_register(as_json(rows), "f"), actor="test")
        found = session.exec(
            select(School.fase, Place.fase, SiteImplantation.site_id)
            .join(Place, col(Place.school_id) == col(School.id))
            .join(SiteImplantation, col(SiteImplantation.implantation_id) == col(Place.id))
        ).all()
    return {f"{school}/{place}": site_id for school, place, site_id in found}


def _dossier(database: Database, site_id: int) -> Dossier:
    with database.read() as session:
        return session.exec(select(Dossier).where(Dossier.site_id == site_id)).one()


def test_the_rules_are_data_and_a_file_that_is_wrong_is_told_by_its_field() -> None:
    assert set(shipped_rule_sets()) == {"2026-1", NARROW}
    assert "promotion sociale superieur" in rule_set(NARROW).excluded_kinds
    with pytest.raises(InvalidInput, match="regions"):
        read_rule_set('version = "x"\nin_force_from = 2026-01-01\nsource = "s"\n', where="f")
    with pytest.raises(InvalidInput, match="pas du TOML"):
        read_rule_set("[", where="f")
    with pytest.raises(NotFound):
        rule_set("nope")


def test_an_answer_tells_every_reason_and_the_one_that_decided() -> None:
    offers = [
        Offer("Primaire ordinaire", "Fondamental"),
        Offer("Université", "Supérieur"),
        Offer("École du cirque", None),
    ]
    found = judge_site(rule_set("2026-1"), commune="Namur", basin=None, offers=offers)
    assert found.verdict is Verdict.ELIGIBLE
    assert found.reason == "Enseignement visé par le programme\u00a0: Primaire ordinaire."
    assert found.reasons == (
        "Le site est situé en Région wallonne.",
        "Enseignement visé par le programme\u00a0: Primaire ordinaire.",
        "Type d’enseignement que les règles ne connaissent pas\u00a0: École du cirque.",
        "Enseignement non visé par le programme\u00a0: Université.",
    )
    assert all(isinstance(reason, Sentence) for reason in found.reasons)


@pytest.mark.parametrize(
    ("pupils", "verdict"),
    [(None, Verdict.ELIGIBLE), (20, Verdict.ELIGIBLE), (19, Verdict.INELIGIBLE)],
)
def test_a_rule_may_ask_for_pupils_of_a_validated_cadastre(
    pupils: int | None, verdict: Verdict
) -> None:
    found = judge_site(
        _rules(minimum_pupils=20),
        commune="Namur",
        basin=None,
        offers=[Offer("Primaire ordinaire", "Fondamental")],
        pupils=pupils,
    )
    assert found.verdict is verdict
    if verdict is Verdict.INELIGIBLE:
        assert found.reason == (
            "Le cadastre validé déclare 19 élèves\u00a0; il en faut au moins 20."
        )


def test_the_rules_that_began_last_are_in_force_and_a_version_says_one_thing(
    database: Database,
) -> None:
    with database.write("test") as session:
        assert rules_in_force(session).version == "2026-1"
        assert keep_rules(session, rule_set(NARROW), actor="test")
        assert not keep_rules(session, rule_set(NARROW), actor="test")
        later = _rules("2999-1", in_force_from=date(2999, 1, 1))
        keep_rules(session, later, actor="test")
        assert rules_in_force(session).version == NARROW
        keep_rules(session, later, actor="test", valid_from=today())
        assert rules_in_force(session).version == "2999-1"
        with pytest.raises(Conflict, match="dit autre chose"):
            keep_rules(session, _rules("2999-1"), actor="test")
        with pytest.raises(Conflict, match="dit autre chose"):
            keep_rules(session, _rules("2026-1", minimum_pupils=5), actor="test")
        assert [each.rules.version for each in known_rules(session)][-1] == "2026-1"
        with pytest.raises(NotFound):
            find_rules(session, "nope")


def test_the_dry_run_tells_every_change_and_writes_nothing(
    database: Database, schools: dict[str, int]
) -> None:
    with database.read() as session:
        assert preview_run(session, rule_set("2026-1")).changes == ()
        preview = preview_run(session, rule_set(NARROW))
    told = {change.site_id: change for change in preview.changes}
    adults = told[schools["2/21"]]
    assert (adults.outcome, adults.status, adults.to) == (
        Outcome.MOVED,
        Status.IDENTIFIED,
        Status.INELIGIBLE,
    )
    assert adults.before is not None
    assert (adults.before.verdict, adults.eligibility.verdict) == (
        Verdict.ELIGIBLE,
        Verdict.INELIGIBLE,
    )
    assert told[schools["1/11"]].outcome is Outcome.NOTED
    assert preview.counts == {"moved": 1, "noted": 5, "refused": 0, "same": 0}
    assert _dossier(database, schools["2/21"]).status == Status.IDENTIFIED


def test_applying_moves_through_the_machine_and_tells_of_each_and_of_what_it_refuses(
    database: Database, schools: dict[str, int]
) -> None:
    ordered = schools["3/31"]
    narrower = _rules(
        kinds=rule_set("2026-1").kinds - {"secondaire cefa"},
        excluded_kinds=frozenset({"secondaire cefa", "promotion sociale superieur"}),
    )
    with database.write("test") as session:
        session.exec(select(Dossier).where(Dossier.site_id == ordered)).one().status = "ordered"
    run = apply_run(database, narrower, actor="user:paul")
    assert run.counts["refused"] == 1
    assert _dossier(database, ordered).status == "ordered"
    assert _dossier(database, ordered).facts["eligibility"]["verdict"] == "ineligible"
    with database.read() as session:
        rows = {row.site_id: row for row, _ in outcomes_of(session, run.id or 0)}
    assert rows[ordered].outcome == "refused"
    assert "On ne passe pas de" in str(worded("", rows[ordered].missing[0]))
    assert rows[ordered].reasons[1]["values"] == {"kinds": "Secondaire CEFA"}
    # The same again changes nothing, also where it was refused.
    again = apply_run(database, narrower, actor="user:paul")
    assert (again.counts["moved"], again.counts["noted"], again.counts["refused"]) == (0, 0, 0)


def test_a_wider_rule_set_reopens_what_the_rules_had_refused(
    database: Database, schools: dict[str, int]
) -> None:
    apply_run(database, rule_set(NARROW), actor="user:paul")
    assert _dossier(database, schools["2/21"]).status == Status.INELIGIBLE
    run = apply_run(database, rule_set("2026-1"), actor="user:paul")
    assert run.counts["moved"] == 1
    assert _dossier(database, schools["2/21"]).status == Status.CADASTRE_PENDING


def test_changes_that_are_no_longer_those_shown_are_not_made(
    database: Database, schools: dict[str, int]
) -> None:
    with database.read() as session:
        shown = preview_run(session, rule_set(NARROW)).digest
    with database.write("test") as session:
        session.exec(
            select(Dossier).where(Dossier.site_id == schools["2/21"])
        ).one().status = "declined"
    with pytest.raises(Conflict, match="n’est plus ce qui a été montré"):
        apply_run(database, rule_set(NARROW), actor="user:paul", expected=shown)
    with database.read() as session:
        assert session.exec(select(EligibilityRun)).all() == []


def test_an_import_judges_by_the_rules_in_force_and_its_run_is_told(database: Database) -> None:
    adults = row(2, 21, type_d_enseignement="Promotion sociale supérieur", niveau="Supérieur")
    with database.write("test") as session:
        apply_import(session, parse_register(as_json([row(1, 11)]), "f"), actor="test")
        keep_rules(session, rule_set(NARROW), actor="test")
        apply_import(session, parse_register(as_json([row(1, 11), adults]), "f"), actor="test")
        statuses = sorted(session.exec(select(Dossier.status)).all())
        runs = session.exec(select(EligibilityRun)).all()
    assert statuses == ["identified", "ineligible"]
    # The school that was there is judged by the new rules as well.
    assert [(run.cause, run.counts["noted"]) for run in runs] == [("register", 1)]


def test_a_validated_cadastre_is_judged_again_in_the_same_step(
    database: Database, schools: dict[str, int]
) -> None:
    site_id = schools["1/11"]
    with database.write("user:denise") as session:
        campaign(session)
        keep_rules(session, _rules(minimum_pupils=300), actor="test", valid_from=today())
        fill(session, site_id)
        sign(session, site_id)
        validate(session, edition_of(session, "INCOR26"), site_id, actor="user:carla")
        run = session.exec(select(EligibilityRun)).one()
    assert (run.cause, run.counts["moved"]) == ("cadastre", 1)
    assert _dossier(database, site_id).status == Status.INELIGIBLE


def test_the_command_lists_shows_and_applies(
    database: Database,
    schools: dict[str, int],
    settings: Settings,
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url)
    runner = CliRunner()
    listed = runner.invoke(app, ["eligibility", "rules", "--add", NARROW]).output
    assert f"* {NARROW}" in listed
    shown = runner.invoke(app, ["eligibility", "run"]).output
    assert "1 moved, 5 noted" in shown
    assert "identified → ineligible" in shown
    assert "Nothing was changed" in shown
    applied = runner.invoke(app, ["eligibility", "run", "--apply", "--json"])
    assert applied.exit_code == 0
    assert json.loads(applied.output)["counts"]["moved"] == 1
    assert _dossier(database, schools["2/21"]).status == Status.INELIGIBLE


def test_the_real_register_is_judged_whole(database: Database) -> None:
    if not SAMPLE.exists():
        skip_or_fail(f"the register's sample is not on this machine: {SAMPLE}")
    with database.write("test") as session:
        apply_import(session, read_register_file(SAMPLE), actor="test")
    with database.read() as session:
        judged = list(judge_sites(session, rule_set("2026-1")))
        sites = session.exec(select(Site.id)).all()
        narrow = preview_run(session, rule_set(NARROW))
    assert len(judged) == len(sites) > 2000
    assert {each.outcome for each in judged} == {Outcome.SAME}
    assert all(each.eligibility.reasons for each in judged)
    assert narrow.counts["moved"] == 0
    assert narrow.counts["noted"] == len(sites)


def test_a_closed_site_is_not_judged(database: Database, schools: dict[str, int]) -> None:
    with database.write("test") as session:
        session.get_one(Site, schools["2/21"]).closed_on = today() - timedelta(days=1)
    with database.read() as session:
        changed = {each.site_id for each in preview_run(session, rule_set(NARROW)).changes}
    assert schools["2/21"] not in changed
