"""`preau series`, the hourly job, and what is asked of the series at once."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.jobs.functions import FUNCTIONS, JobContext
from api.jobs.schedule import make_schedule
from api.usecases.series import Span, part_histories, stretch_between, stretch_of
from collectors.series import Sample, Subject, SubjectKind, open_series
from inventory import clock
from inventory.database import Database, open_database, upgrade
from inventory.errors import InvalidInput
from inventory.secrets import open_vault
from inventory.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """SQLite alone: the stores are proven elsewhere."""
    monkeypatch.setenv("PREAU_DATA_DIR", str(tmp_path))
    made = Settings(data_dir=tmp_path, database_url=None)
    upgrade(made)
    open_vault(made, create=True)
    return made


@pytest.fixture
def database(settings: Settings) -> Database:
    opened = open_database(settings)
    with open_series(settings, opened) as store:
        at = clock.now() - timedelta(hours=3)
        store.write([Sample(Subject(SubjectKind.DEVICE, 1), at, {"reachable": 1})])
    return opened


def preau(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["series", *arguments])


def test_what_is_kept_is_told_and_compacted_by_hand_and_by_the_hourly_job(
    settings: Settings, database: Database
) -> None:
    told = preau("status").output
    assert "series.sqlite" in told
    assert "1 of kind device" in told
    assert "hour: kept 90 days, oldest nothing yet, 1 behind" in told
    done = preau("compact")
    assert (done.exit_code, done.output[:30]) == (0, "1 hours, 1 days rolled up in 0")
    held = json.loads(preau("status", "--json").output)
    assert [tier["behind"] for tier in held["tiers"]] == [0, 0, 0]
    context = JobContext(
        settings=settings,
        database=database,
        vault=open_vault(settings),
        actor="schedule",
        tell=lambda *_: None,
    )
    result = FUNCTIONS["series"].run(context, {})["series"]
    assert (result["hours"], result["days"]) == (0, 0)
    jobs = {job.id: str(job.trigger) for job in make_schedule(settings, database).get_jobs()}
    assert jobs["series"] == "cron[minute='7']"
    database.close()


def test_more_than_can_be_told_at_once_is_refused_with_what_to_ask_instead(
    settings: Settings, database: Database
) -> None:
    ports = [Subject(SubjectKind.INTERFACE, 1, f"1/1/{number}") for number in range(400)]
    with open_series(settings, database) as store, database.read() as session:
        assert part_histories(store, session, ports, stretch_of(Span.DAY)) == []
        with pytest.raises(InvalidInput, match="400 courbes"):
            part_histories(store, session, ports, stretch_of(Span.MONTH))
    with pytest.raises(InvalidInput, match="pas après"):
        stretch_between(clock.now(), clock.now() - timedelta(days=1), Span.DAY)
    database.close()
