"""Jump hosts, and how networks are protected as last read over SSH.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "jump_host",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("host_key", sa.String(), nullable=True),
        sa.Column("max_sessions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credential.id"], name=op.f("fk_jump_host_credential_id_credential")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jump_host")),
        sa.UniqueConstraint("name", name=op.f("uq_jump_host_name")),
    )
    with op.batch_alter_table("jump_host", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jump_host_credential_id"), ["credential_id"])
    op.create_table(
        "wlan_reading",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_wlan_reading_device_id_device")
        ),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_wlan_reading")),
    )
    with op.batch_alter_table("zone", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("ssh_via", sa.String(), nullable=False, server_default="direct")
        )


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
