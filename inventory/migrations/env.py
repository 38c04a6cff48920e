"""Alembic's entry: takes the engine or URL that inventory.database put into the configuration."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, Engine, Enum
from sqlmodel import AutoString

from inventory.database import make_engine
from inventory.models import metadata
from inventory.models.columns import UtcDateTime


def _render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as plain ones: a migration must not change when a model does."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    if isinstance(item, AutoString):
        return "sa.String()"
    if isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def _run(connection: Connection) -> None:
    # SQLite cannot alter a constraint in place; batch mode rebuilds the table instead.
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, render_item=_render
    )
    with context.begin_transaction():
        context.run_migrations()


engine: Engine = context.config.attributes.get("engine") or make_engine(
    context.config.attributes["url"]
)
with engine.connect() as connection:
    _run(connection)
    connection.commit()
