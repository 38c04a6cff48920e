"""Devices are found by what lists are filtered by, in the order of lists.

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_FILTERS = ("role", "family", "lifecycle", "health")


def upgrade() -> None:
    """Bring the schema to this revision."""
    for column in _FILTERS:
        op.create_index(f"ix_device_{column}_id", "device", [column, "id"])


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
