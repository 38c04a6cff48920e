"""Why a dossier was moved, and what a cable test found, is said in its reader's language.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    kept = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("dossier_transition", sa.Column("reason_wording", kept, nullable=True))
    op.add_column("cable_link", sa.Column("fault_wording", kept, nullable=True))


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
