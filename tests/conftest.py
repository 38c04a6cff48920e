"""Fixtures of all tests: settings and databases of their own, on SQLite and on PostgreSQL."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pwdlib import PasswordHash

from inventory.database import Database, open_database, upgrade
from inventory.log import configure_logging
from inventory.secrets import Vault, open_vault
from inventory.settings import Settings
from tests.passwords import cheap_hasher
from tests.postgres import PostgresServer, missing_postgres

DATABASES = ["sqlite", "postgresql"]

_RECOMMENDED = PasswordHash.recommended

pytest_plugins = ["tests.district", "tests.furnished"]

# Other tests share the machine: how long an example takes says nothing.
hypothesis_settings.register_profile(
    "preau", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
# make check asks for few examples on every commit; a search of hours asks for thousands.
hypothesis_settings.register_profile(
    "quick", hypothesis_settings.get_profile("preau"), max_examples=10
)
hypothesis_settings.register_profile(
    "thorough", hypothesis_settings.get_profile("preau"), max_examples=2000
)
hypothesis_settings.load_profile("preau")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --database: the fast half of the tests runs on one kind."""
    parser.addoption(
        "--database",
        choices=["both", *DATABASES],
        default="both",
        help="which database the tests that need one run on",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest our mark; those of pyproject.toml are about which run takes a test."""
    config.addinivalue_line(
        "markers", "one_database: its SQL is proven elsewhere on both kinds; one is enough here"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that needs an installation once for each kind of database asked for."""
    if "database_kind" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--database")
        kinds = DATABASES if asked == "both" else [asked]
        once = metafunc.definition.get_closest_marker("one_database") is not None
        metafunc.parametrize("database_kind", kinds[:1] if once else kinds)


def skip_or_fail(reason: str) -> None:
    """Skip aloud because a part is missing on this machine; in CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def _logs_as_the_product_writes_them() -> None:
    # structlog's own default draws traces with every local variable: seconds for one error.
    configure_logging(Settings(log_level="warning"), "tests")


@pytest.fixture(scope="session", autouse=True)
def _settings_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    # `make demo` leaves a preau.toml here, and who works on Preau has settings of their own.
    empty = tmp_path_factory.mktemp("settings") / "preau.toml"
    empty.touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREAU_")}
    with mock.patch.dict(os.environ, kept | {"PREAU_CONFIG": str(empty)}, clear=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_nothing() -> Iterator[None]:
    # As the product keeps them, one costs a quarter of a second: tests log in hundreds of times.
    with mock.patch.object(PasswordHash, "recommended", cheap_hasher):
        yield


@pytest.fixture
def costly_passwords() -> Iterator[None]:
    """Let this test keep passwords as the product does."""
    from api.usecases import access

    with mock.patch.object(PasswordHash, "recommended", _RECOMMENDED):
        access._hasher.cache_clear()
        yield
    access._hasher.cache_clear()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A real PostgreSQL server of this test process, on a socket in its own folder."""
    missing = missing_postgres()
    if missing:
        skip_or_fail(f"{missing}: run make lab-deps")
    with PostgresServer.started() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the newest schema, to copy."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("migrated"))
    upgrade(settings)
    return settings.data_dir / "preau.sqlite"


@pytest.fixture
def settings(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Settings]:
    """Settings of an installation of this test alone, once for each kind of database.

    A test that asks for `database` gets a copy of one that was migrated once: a thousand
    migrations would be most of the time of a run.
    """
    data_dir = tmp_path / "data"
    migrated = "database" in request.fixturenames
    if database_kind == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.new_database(migrated=migrated)
        yield Settings(data_dir=data_dir, database_url=url)
        server.drop(url)
        return
    if migrated:
        data_dir.mkdir()
        shutil.copy2(request.getfixturevalue("migrated_sqlite"), data_dir / "preau.sqlite")
    yield Settings(data_dir=data_dir)


@pytest.fixture
def vault(settings: Settings) -> Vault:
    """The vault of the test's installation."""
    return open_vault(settings, create=True)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """An empty database of this test alone, at the newest schema."""
    opened = open_database(settings)
    yield opened
    opened.close()
