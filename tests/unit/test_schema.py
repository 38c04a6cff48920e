"""The schema as migrated, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from inventory.database import (
    REVISION,
    Database,
    make_engine,
    migrations_config,
    open_database,
    upgrade,
)
from inventory.errors import Misconfigured
from inventory.models import metadata
from inventory.settings import Settings

WALLS = {
    "organising_authority", "school", "implantation", "site", "site_implantation",
    "building", "floor", "room", "zone", "management_endpoint", "device", "interface", "radio",
    "link", "intent_layer", "observation", "lease", "job", "event", "change", "finding", "dossier",
    "app_user", "app_grant",
}  # fmt: skip


def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
        tables = set(inspect(connection).get_table_names())
    assert differences == []
    assert tables >= WALLS


def test_the_release_names_the_newest_migration() -> None:
    config = migrations_config("sqlite://")
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_every_foreign_key_that_is_not_a_key_prefix_has_an_index(database: Database) -> None:
    inspector = inspect(database.engine)
    bare = []
    for table in inspector.get_table_names():
        leading: set[tuple[str | None, ...]] = {
            tuple(inspector.get_pk_constraint(table)["constrained_columns"])[:1]
        }
        leading |= {tuple(index["column_names"])[:1] for index in inspector.get_indexes(table)}
        leading |= {
            tuple(unique["column_names"])[:1] for unique in inspector.get_unique_constraints(table)
        }
        for key in inspector.get_foreign_keys(table):
            if tuple(key["constrained_columns"])[:1] not in leading:
                bare.append(f"{table}.{key['constrained_columns'][0]}")
    assert bare == []


def test_an_upgrade_of_the_newest_database_changes_nothing(settings: Settings) -> None:
    first = upgrade(settings)
    assert first[0] is None
    assert upgrade(settings) == (first[1], first[1])


def test_a_database_of_a_newer_release_is_refused_and_left_alone(settings: Settings) -> None:
    upgrade(settings)
    engine = make_engine(settings.sqlalchemy_url())
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    for use in (open_database, upgrade):
        with pytest.raises(Misconfigured, match="newer release of Préau \\(revision 9999\\)"):
            use(settings)
    with engine.connect() as connection:
        assert connection.scalar(text("select version_num from alembic_version")) == "9999"
    engine.dispose()


def test_a_file_that_is_no_database_is_one_sentence(settings: Settings) -> None:
    if settings.database_url is not None:
        settings = Settings(
            data_dir=settings.data_dir, database_url="postgresql://nobody@127.0.0.1:1/x"
        )
    else:
        settings.data_dir.mkdir()
        (settings.data_dir / "preau.sqlite").write_bytes(b"no database at all, but long enough" * 9)
    for use in (open_database, upgrade):
        with pytest.raises(Misconfigured, match=r"the database cannot be opened: .+") as error:
            use(settings)
        assert "\n" not in str(error.value)


def test_without_a_database_the_sentence_says_how_to_make_one(settings: Settings) -> None:
    with pytest.raises(Misconfigured, match="preau db upgrade"):
        open_database(settings)
