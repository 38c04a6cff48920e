"""Rollouts: waves, approvals, what a person asked of a run, and what a resume must know.

Revision ID: 0002
Revises: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema to this revision."""
    _add("config_backup", sa.Column("first_read_by", sa.String(), nullable=True))
    _add("config_backup", sa.Column("first_read_for", sa.String(), nullable=True))
    _add("device", sa.Column("tags", _JSON, nullable=False, server_default="[]"))
    _add("lease", sa.Column("process", sa.String(), nullable=True))
    _add("push_step", sa.Column("sent_lines", sa.Integer(), nullable=True))
    plan: tuple[sa.Column[Any], ...] = (
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("risk", _JSON, nullable=False, server_default="{}"),
        sa.Column("options", _JSON, nullable=False, server_default="{}"),
        sa.Column("asked", sa.String(length=40), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=True),
        sa.Column("halt", _JSON, nullable=True),
        sa.Column("started_at", _MOMENT, nullable=True),
    )
    for column in plan:
        _add("deploy_plan", column)
    _add_reference("deploy_plan", "rolls_back_id", "deploy_plan")
    push: tuple[sa.Column[Any], ...] = (
        sa.Column("group_digest", sa.String(), nullable=True),
        sa.Column("wave", sa.Integer(), nullable=True),
        sa.Column("accepted_by", sa.String(), nullable=True),
        sa.Column("accepted_note", sa.String(), nullable=True),
        sa.Column("accepted_at", _MOMENT, nullable=True),
        sa.Column("guard_until", _MOMENT, nullable=True),
        sa.Column("health_before", _JSON, nullable=True),
    )
    for column in push:
        _add("push", column)
    _add_reference("push", "backup_id", "config_backup")
    op.create_table(
        "plan_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("approved_at", _MOMENT, nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["deploy_plan.id"], name=op.f("fk_plan_approval_plan_id_deploy_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_approval")),
        sa.UniqueConstraint(
            "plan_id", "approved_by", name=op.f("uq_plan_approval_plan_id_approved_by")
        ),
    )


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")


def _add(table: str, column: sa.Column[Any]) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(column)


def _add_reference(table: str, column: str, target: str) -> None:
    # As SQL, which both databases know: on SQLite Alembic would make the table anew, and dropping
    # the old one would take with it what refers to it.
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} INTEGER "
        f"CONSTRAINT fk_{table}_{column}_{target} REFERENCES {target} (id)"
    )
    op.create_index(f"ix_{table}_{column}", table, [column])
