"""A reserve's own due day runs as a clock of its dossier.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    with op.batch_alter_table("deadline_clock") as table:
        table.add_column(sa.Column("reserve_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_deadline_clock_reserve_id_reserve"), "reserve", ["reserve_id"], ["id"]
        )
        table.create_index(op.f("ix_deadline_clock_reserve_id"), ["reserve_id"])


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
