"""Plans of the programme, what is told of a site's priority, and advisers' visits.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "site_priority",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=True),
        sa.Column("classes", sa.Integer(), nullable=True),
        sa.Column("connection", sa.String(), nullable=True),
        sa.Column("ise_class", sa.Integer(), nullable=True),
        sa.Column("adviser_urgency", sa.Integer(), nullable=True),
        sa.Column("adviser_note", sa.String(), nullable=True),
        sa.Column("holidays_only", sa.Boolean(), nullable=True),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_site_priority_site_id_site")
        ),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_priority")),
    )
    op.create_table(
        "programme_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("rules_version", sa.String(), nullable=False),
        sa.Column("sites_per_year", sa.Integer(), nullable=False),
        sa.Column("based_on_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("points", sa.Float(), nullable=True),
        sa.Column("bound", sa.Float(), nullable=True),
        sa.Column("gap", sa.Float(), nullable=True),
        sa.Column("lots_gap", sa.Float(), nullable=True),
        sa.Column("solved_in_s", sa.Float(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("wording", _JSON, nullable=True),
        sa.Column("prices", _JSON, nullable=True),
        sa.Column("prices_version", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["based_on_id"],
            ["programme_plan.id"],
            name=op.f("fk_programme_plan_based_on_id_programme_plan"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_plan")),
    )
    with op.batch_alter_table("programme_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_programme_plan_based_on_id"), ["based_on_id"])
    op.create_table(
        "programme_plan_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("score_parts", _JSON, nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("cost_assumed", sa.Boolean(), nullable=False),
        sa.Column("open_quarters", _JSON, nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("quarter", sa.Integer(), nullable=True),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("funding_source_id", sa.Integer(), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("scheduled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["programme_plan.id"],
            name=op.f("fk_programme_plan_site_plan_id_programme_plan"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_programme_plan_site_site_id_site")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_programme_plan_site_lot_id_lot")
        ),
        sa.ForeignKeyConstraint(
            ["funding_source_id"],
            ["funding_source.id"],
            name=op.f("fk_programme_plan_site_funding_source_id_funding_source"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_plan_site")),
        sa.UniqueConstraint(
            "plan_id", "site_id", name=op.f("uq_programme_plan_site_plan_id_site_id")
        ),
    )
    with op.batch_alter_table("programme_plan_site", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_programme_plan_site_funding_source_id"), ["funding_source_id"]
        )
        batch_op.create_index(batch_op.f("ix_programme_plan_site_lot_id"), ["lot_id"])
        batch_op.create_index(batch_op.f("ix_programme_plan_site_site_id"), ["site_id"])
    op.create_table(
        "adviser_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("funding_source_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_adviser_visit_user_id_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_adviser_visit_site_id_site")
        ),
        sa.ForeignKeyConstraint(
            ["funding_source_id"],
            ["funding_source.id"],
            name=op.f("fk_adviser_visit_funding_source_id_funding_source"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adviser_visit")),
    )
    with op.batch_alter_table("adviser_visit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_adviser_visit_funding_source_id"), ["funding_source_id"]
        )
        batch_op.create_index(batch_op.f("ix_adviser_visit_on"), ["on"])
        batch_op.create_index(batch_op.f("ix_adviser_visit_site_id"), ["site_id"])
        batch_op.create_index(batch_op.f("ix_adviser_visit_user_id"), ["user_id"])
    op.create_table(
        "adviser_month",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_adviser_month_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adviser_month")),
        sa.UniqueConstraint("user_id", "month", name=op.f("uq_adviser_month_user_id_month")),
    )


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
