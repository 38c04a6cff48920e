"""Lots, contractors and funding sources, and what became of them as texts of older dossiers."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from alembic import command
from sqlalchemy import text
from sqlmodel import select
from typer.testing import CliRunner, Result

from api.cli import app
from api.usecases.contractors import list_contractors
from api.usecases.dossier_state import dossier_of_site, facts_of
from api.usecases.funding import define_funding, list_funding
from api.usecases.lots import define_lot, list_lots
from inventory.database import Database, make_engine, migrations_config, open_database
from inventory.errors import InvalidInput
from inventory.models import Change, Dossier, FundingSource
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.network import school_in

Run = Callable[..., Result]


@pytest.fixture
def run(
    settings: Settings, database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run the command line on the test's installation."""
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", settings.database_url)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_commands_make_and_list_lots_contractors_and_funding(run: Run) -> None:
    assert run("contractor", "add", "Proximus", "--company-number", "0202239951").exit_code == 0
    assert run("lot", "add", "Lot 1", "--contractor", "Proximus").exit_code == 0
    assert run("lot", "add", "Lot 1", "--sites-per-year", "120").exit_code == 0
    added = run("funding", "add", "PRR", "--ceiling", "2500000.50", "--ends-on", "2026-08-31")
    assert added.exit_code == 0, added.output
    (lot,) = json.loads(run("lot", "list", "--json").output)
    assert (lot["name"], lot["contractor"], lot["sites_per_year"], lot["dossiers"]) == (
        "Lot 1", "Proximus", 120, 0,
    )  # fmt: skip
    (source,) = json.loads(run("funding", "list", "--json").output)
    assert (source["code"], source["ceiling"], source["ends_on"]) == (
        "PRR", "2500000.50", "2026-08-31",
    )  # fmt: skip
    (contractor,) = json.loads(run("contractor", "list", "--json").output)
    assert contractor["lots"] == ["Lot 1"]
    assert "120 sites/year" in run("lot", "list").output
    assert "2500000.50 EUR" in run("funding", "list").output
    assert "0202239951" in run("contractor", "list").output


def test_an_amount_keeps_its_cents_and_its_change_record(database: Database) -> None:
    with database.write("test") as session:
        define_funding(session, "PRR", ceiling=Decimal("123456789.01"))
    with database.write("test") as session:
        define_funding(session, "PRR", ceiling=Decimal("0.10"), starts_on=date(2026, 1, 1))
    with database.read() as session:
        assert session.exec(select(FundingSource)).one().ceiling == Decimal("0.10")
        changes = session.exec(select(Change).where(Change.table_name == "funding_source")).all()
        assert [each.after["ceiling"] for each in changes if each.after] == ["123456789.01", "0.10"]
        assert list_funding(session)[0]["dossiers"] == 0


@pytest.mark.parametrize("amount", ["0.001", "-1", "NaN", "1e30"])
def test_what_is_no_amount_is_refused(database: Database, amount: str) -> None:
    with database.write("test") as session, pytest.raises(InvalidInput, match="deux décimales"):
        define_funding(session, "PRR", ceiling=Decimal(amount))


def test_bad_lots_and_sources_are_one_sentence(database: Database) -> None:
    with database.write("test") as session:
        with pytest.raises(InvalidInput, match="pas d’adjudicataire X"):
            define_lot(session, "L", contractor="X")
        with pytest.raises(InvalidInput, match="de 1 à 100 caractères"):
            define_lot(session, " ")
        with pytest.raises(InvalidInput, match="100000 sites"):
            define_lot(session, "L", sites_per_year=-1)
        with pytest.raises(InvalidInput, match="finit avant de commencer"):
            define_funding(session, "F", starts_on=date(2027, 1, 2), ends_on=date(2027, 1, 1))
    with database.read() as session:
        assert list_contractors(session) == []


def test_texts_of_older_dossiers_become_rows(settings: Settings) -> None:
    settings.data_dir.mkdir(exist_ok=True)
    url = settings.sqlalchemy_url()
    engine = make_engine(url)
    config = migrations_config(url)
    config.attributes["engine"] = engine
    command.upgrade(config, "0005")
    with engine.begin() as connection:
        for site_id, facts in enumerate(
            ({"lot": "Lot 2", "funding_source": "PRR", "visit_on": "2027-01-12"},
             {"lot": "Lot 2"}, {}, {"lot": "Été"}), start=1,
        ):  # fmt: skip
            connection.execute(
                text("insert into site (name, search_key) values (:name, 'x')"), {"name": site_id}
            )
            connection.execute(
                text(
                    "insert into dossier (site_id, status, measures, cabling_started, cabling_done,"
                    " delivery_done, facts, version, updated_at) values (:site, 'scheduled', '[]',"
                    " false, false, false, :facts, 4, '2027-01-01 00:00:00+00:00')"
                ),
                {"site": site_id, "facts": json.dumps(facts)},
            )
    command.upgrade(config, "head")
    engine.dispose()
    database = open_database(settings)
    with database.read() as session:
        told = [facts_of(session, dossier_of_site(session, each)) for each in (1, 2, 3, 4)]
        assert [(each.lot, each.funding_source) for each in told] == [
            ("Lot 2", "PRR"), ("Lot 2", None), (None, None), ("Été", None),
        ]  # fmt: skip
        assert str(told[0].visit_on) == "2027-01-12"
        assert {"lot", "funding_source"}.isdisjoint(dossier_of_site(session, 1).facts)
        assert [(each["name"], each["dossiers"]) for each in list_lots(session)] == [
            ("Lot 2", 2), ("Été", 1),
        ]  # fmt: skip
    database.close()


def test_a_lot_tells_how_many_dossiers_it_holds(database: Database) -> None:
    from inventory import clock

    site_id = school_in(database).site_id
    with database.write("test") as session:
        lot_id = define_lot(session, "Lot 1").id
        session.add(
            Dossier(site_id=site_id, status="scheduled", lot_id=lot_id, updated_at=clock.now())
        )
    with database.read() as session:
        assert [each["dossiers"] for each in list_lots(session)] == [1]
