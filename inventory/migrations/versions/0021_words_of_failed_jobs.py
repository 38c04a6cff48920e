"""A job that failed says why in its reader's language.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    kept = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("job", sa.Column("error_wording", kept, nullable=True))


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
