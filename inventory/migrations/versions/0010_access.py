"""Tokens that may less than their user, sessions that end idle, invitations, the audit log.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("api_token", sa.Column("grants", _JSON, nullable=True))
    op.add_column(
        "api_token",
        sa.Column("read_only", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("api_token", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "web_session", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("web_session", sa.Column("address", sa.String(), nullable=True))
    op.add_column("web_session", sa.Column("agent", sa.String(), nullable=True))
    op.add_column("app_user", sa.Column("oidc_subject", sa.String(), nullable=True))
    op.create_index("ix_app_user_oidc_subject", "app_user", ["oidc_subject"], unique=True)
    op.add_column("change", sa.Column("via", sa.String(), nullable=True))
    op.create_index("ix_change_actor", "change", ["actor", "id"])
    op.create_index("ix_change_action", "change", ["action", "id"])
    op.create_index("ix_change_at", "change", ["at"])
    op.create_index("ix_app_grant_scope", "app_grant", ["scope", "scope_key"])
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_invitation_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitation")),
    )
    op.create_index("ix_invitation_user_id", "invitation", ["user_id"], unique=True)
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("lines", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
