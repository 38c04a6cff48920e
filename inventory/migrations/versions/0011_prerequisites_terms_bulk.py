"""Prerequisites, the clocks of terms, and moves of many dossiers.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "bulk_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("evidence", _JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_move")),
        sa.UniqueConstraint("request_id", name=op.f("uq_bulk_move_request_id")),
    )
    op.create_index(op.f("ix_bulk_move_actor"), "bulk_move", ["actor"], unique=False)
    op.create_table(
        "prerequisite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("organising_authority_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_note", sa.String(), nullable=True),
        sa.Column("lifted_upload_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lifted_upload_id"],
            ["upload.id"],
            name=op.f("fk_prerequisite_lifted_upload_id_upload"),
        ),
        sa.ForeignKeyConstraint(
            ["organising_authority_id"],
            ["organising_authority.id"],
            name=op.f("fk_prerequisite_organising_authority_id_organising_authority"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_prerequisite_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prerequisite")),
    )
    op.create_index(
        op.f("ix_prerequisite_lifted_upload_id"), "prerequisite", ["lifted_upload_id"], unique=False
    )
    op.create_index(
        op.f("ix_prerequisite_organising_authority_id"),
        "prerequisite",
        ["organising_authority_id"],
        unique=False,
    )
    op.create_index("ix_prerequisite_site_id_id", "prerequisite", ["site_id", "id"], unique=False)
    op.create_table(
        "deadline_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.String(), nullable=False),
        sa.Column("prerequisite_id", sa.Integer(), nullable=True),
        sa.Column("ball", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_deadline_clock_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(
            ["prerequisite_id"],
            ["prerequisite.id"],
            name=op.f("fk_deadline_clock_prerequisite_id_prerequisite"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_clock")),
    )
    op.create_index(
        "ix_deadline_clock_dossier_id", "deadline_clock", ["dossier_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_deadline_clock_prerequisite_id"),
        "deadline_clock",
        ["prerequisite_id"],
        unique=False,
    )
    op.create_index(
        "ix_deadline_clock_running",
        "deadline_clock",
        ["due_on", "id"],
        unique=False,
        sqlite_where=sa.text("closed_on IS NULL AND held_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL AND held_on IS NULL"),
    )
    op.create_table(
        "bulk_move_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bulk_move_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("wording", _JSON, nullable=True),
        sa.Column("transition_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bulk_move_id"],
            ["bulk_move.id"],
            name=op.f("fk_bulk_move_site_bulk_move_id_bulk_move"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_bulk_move_site_site_id_site")
        ),
        sa.ForeignKeyConstraint(
            ["transition_id"],
            ["dossier_transition.id"],
            name=op.f("fk_bulk_move_site_transition_id_dossier_transition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_move_site")),
        sa.UniqueConstraint(
            "bulk_move_id", "site_id", name=op.f("uq_bulk_move_site_bulk_move_id_site_id")
        ),
    )
    op.create_index(op.f("ix_bulk_move_site_site_id"), "bulk_move_site", ["site_id"], unique=False)
    op.create_index(
        op.f("ix_bulk_move_site_transition_id"), "bulk_move_site", ["transition_id"], unique=False
    )


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
