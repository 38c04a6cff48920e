"""Who listens for traps and informs, and the SNMPv3 engines that were heard.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "trap_listener",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("engine_id", sa.String(), nullable=False),
        sa.Column("boots", sa.Integer(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("heartbeat_at", _MOMENT, nullable=False),
        sa.Column("figures", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_trap_listener")),
    )
    op.create_table(
        "snmp_engine",
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("engine_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("boots", sa.BigInteger(), nullable=False),
        sa.Column("time_s", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_snmp_engine_device_id_device")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_snmp_engine_zone_id_zone")),
        sa.PrimaryKeyConstraint("zone_id", "engine_id", name=op.f("pk_snmp_engine")),
    )
    with op.batch_alter_table("snmp_engine", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_snmp_engine_device_id"), ["device_id"])


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
