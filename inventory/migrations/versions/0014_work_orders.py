"""Work orders: checks, photos, scanned devices, cable tests, reserves.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "work_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("installer_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("access_note", sa.String(), nullable=True),
        sa.Column("checklist", sa.String(), nullable=False),
        sa.Column("planned_by", sa.String(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installer_id"], ["app_user.id"], name=op.f("fk_work_order_installer_id_app_user")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_work_order_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
    )
    op.create_index(
        "ix_work_order_installer_id_id", "work_order", ["installer_id", "id"], unique=False
    )
    op.create_index("ix_work_order_site_id_id", "work_order", ["site_id", "id"], unique=False)
    op.create_table(
        "cable_test",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("handed_in_by", sa.String(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_cable_test_order_id_work_order")
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["upload.id"], name=op.f("fk_cable_test_upload_id_upload")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cable_test")),
        sa.UniqueConstraint("order_id", "client_id", name=op.f("uq_cable_test_order_id_client_id")),
    )
    op.create_index(op.f("ix_cable_test_upload_id"), "cable_test", ["upload_id"], unique=False)
    op.create_table(
        "scanned_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.Column("scanned_by", sa.String(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("room", sa.String(), nullable=True),
        sa.Column("switch", sa.String(), nullable=True),
        sa.Column("port", sa.String(), nullable=True),
        sa.Column("placed_order_id", sa.Integer(), nullable=True),
        sa.Column("placed_by", sa.String(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_scanned_device_order_id_work_order")
        ),
        sa.ForeignKeyConstraint(
            ["placed_order_id"],
            ["work_order.id"],
            name=op.f("fk_scanned_device_placed_order_id_work_order"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_scanned_device_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scanned_device")),
        sa.UniqueConstraint(
            "order_id", "client_id", name=op.f("uq_scanned_device_order_id_client_id")
        ),
        sa.UniqueConstraint("serial", name=op.f("uq_scanned_device_serial")),
    )
    op.create_index(
        op.f("ix_scanned_device_placed_order_id"),
        "scanned_device",
        ["placed_order_id"],
        unique=False,
    )
    op.create_index(
        "ix_scanned_device_site_id_id", "scanned_device", ["site_id", "id"], unique=False
    )
    op.create_table(
        "work_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_work_check_order_id_work_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_check")),
        sa.UniqueConstraint("order_id", "item_id", name=op.f("uq_work_check_order_id_item_id")),
    )
    op.create_table(
        "work_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("caption", sa.String(), nullable=True),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_work_photo_order_id_work_order")
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["upload.id"], name=op.f("fk_work_photo_upload_id_upload")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_photo")),
        sa.UniqueConstraint("order_id", "client_id", name=op.f("uq_work_photo_order_id_client_id")),
    )
    op.create_index(op.f("ix_work_photo_upload_id"), "work_photo", ["upload_id"], unique=False)
    op.create_table(
        "cable_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("test_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("length_m", sa.Float(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["test_id"], ["cable_test.id"], name=op.f("fk_cable_link_test_id_cable_test")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cable_link")),
        sa.UniqueConstraint("test_id", "label", name=op.f("uq_cable_link_test_id_label")),
    )
    op.create_table(
        "work_reserve",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("reserve_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_work_reserve_order_id_work_order")
        ),
        sa.ForeignKeyConstraint(
            ["reserve_id"], ["reserve.id"], name=op.f("fk_work_reserve_reserve_id_reserve")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_reserve")),
        sa.UniqueConstraint(
            "order_id", "client_id", name=op.f("uq_work_reserve_order_id_client_id")
        ),
    )
    op.create_index(
        op.f("ix_work_reserve_reserve_id"), "work_reserve", ["reserve_id"], unique=False
    )


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
