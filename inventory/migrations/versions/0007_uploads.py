"""Files that people hand in, and the evidence whose bytes are kept.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_upload_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index("ix_upload_sha256", "upload", ["sha256"])
    op.create_index("ix_upload_site_id", "upload", ["site_id", "id"])
    # As SQL, which both databases know: on SQLite Alembic would make the table anew, and dropping
    # the old one would take with it what refers to it.
    op.execute(
        "ALTER TABLE evidence ADD COLUMN upload_id INTEGER "
        "CONSTRAINT fk_evidence_upload_id_upload REFERENCES upload (id)"
    )
    op.create_index("ix_evidence_upload_id", "evidence", ["upload_id"])


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
