"""What `make demo-programme` walks, here without its devices; and the clock that it moves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app, context
from api.usecases.funding import define_funding
from api.usecases.lots import define_lot
from inventory import clock
from inventory.database import Database
from inventory.models import DeployPlan, Device, DeviceRole, Dossier, PlanState, Push, PushState
from inventory.settings import Settings
from lab import programme_steps as steps
from lab.programme import people
from lab.programme_cadastre import open_campaign
from lab.programme_people import Programme
from tests.seed import Seeded, seed
from tests.webapp import web_client


@pytest.fixture
def moved_clock(tmp_path: Path) -> Iterator[Path]:
    clock.follow_offset(tmp_path / "ahead-s")
    yield tmp_path / "ahead-s"
    clock.set_source(None)


@pytest.fixture
def seeded(database: Database) -> Seeded:
    made = seed(database)
    with database.write("test") as session:
        session.add(Dossier(site_id=made.site_ids[2], status="identified", updated_at=clock.now()))
        define_lot(session, "Lot 1")
        define_funding(session, "PRR", name="Plan de relance")
    return made


def test_a_school_comes_from_its_cadastre_to_final_acceptance_through_the_api(
    settings: Settings, database: Database, seeded: Seeded, moved_clock: Path
) -> None:
    site_id = seeded.site_ids[2]
    with (
        web_client(settings, database) as client,
        Programme(str(client.base_url), database, moved_clock) as programme,
    ):
        for person in people(database, site_id):
            programme.welcome(person)
        open_campaign(database, clock.now().date())
        dossier = steps.Dossier(programme, site_id, clock.now().date())
        steps.administration(dossier)
        steps.study(dossier)
        steps.works(dossier)
        _configured(database, site_id)
        steps.acceptance(dossier)
        assert dossier.status() == "in_service"
        steps.final(dossier)
        assert dossier.status() == "finally_accepted"
    claims = programme.claims
    assert claims.broken == []
    assert len(claims.refused) == 25


def _configured(database: Database, site_id: int) -> None:
    with database.write("test") as session:
        device = Device(site_id=site_id, name="lac-ap1", role=DeviceRole.ACCESS_POINT)
        plan = DeployPlan(created_at=clock.now(), created_by="test", selection={})
        plan.state = PlanState.DONE
        session.add_all([device, plan])
        session.flush()
        session.add(Push(plan_id=plan.id or 0, device_id=device.id or 0, state=PushState.VERIFIED))


def test_the_clock_is_ahead_by_what_a_file_says_at_the_moment(moved_clock: Path) -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    moved_clock.write_text("86400")
    assert clock.now() - datetime.now(UTC) > timedelta(hours=23)


def test_time_is_moved_on_loopback_alone(tmp_path: Path) -> None:
    config = tmp_path / "preau.toml"
    config.write_text(f'data_dir = "{tmp_path}"\nweb_host = "0.0.0.0"\ndemo_clock = "x"\n')
    try:
        told = CliRunner().invoke(app, ["--config", str(config), "db", "upgrade"])
        served = CliRunner().invoke(app, ["--config", str(config), "serve"])
    finally:
        context.use_settings_file(None)
        clock.set_source(None)
    for result in (told, served):
        assert "a demo on this machine alone" in str(result.exception)
