"""Cadastre campaigns, and rule sets of eligibility as versions.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema to this revision."""
    _campaigns()
    _responses()
    _rules()


def _campaigns() -> None:
    op.create_table(
        "cadastre_questionnaire",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadastre_questionnaire")),
        sa.UniqueConstraint("version", name=op.f("uq_cadastre_questionnaire_version")),
    )
    op.create_table(
        "cadastre_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("questionnaire_version", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["questionnaire_version"],
            ["cadastre_questionnaire.version"],
            name=op.f("fk_cadastre_edition_questionnaire_version_cadastre_questionnaire"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadastre_edition")),
        sa.UniqueConstraint("code", name=op.f("uq_cadastre_edition_code")),
    )
    op.create_index(
        op.f("ix_cadastre_edition_questionnaire_version"),
        "cadastre_edition",
        ["questionnaire_version"],
    )


def _responses() -> None:
    op.create_table(
        "cadastre_response",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("started_at", _AT, nullable=False),
        sa.Column("updated_at", _AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["cadastre_edition.id"],
            name=op.f("fk_cadastre_response_edition_id_cadastre_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_cadastre_response_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadastre_response")),
        sa.UniqueConstraint(
            "edition_id", "site_id", name=op.f("uq_cadastre_response_edition_id_site_id")
        ),
    )
    op.create_index(op.f("ix_cadastre_response_site_id"), "cadastre_response", ["site_id"])
    op.create_index(
        "ix_cadastre_response_edition_state_id", "cadastre_response", ["edition_id", "state", "id"]
    )
    op.create_table(
        "cadastre_answer",
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.String(), nullable=False),
        sa.Column("value", _JSON, nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["cadastre_response.id"],
            name=op.f("fk_cadastre_answer_response_id_cadastre_response"),
        ),
        sa.PrimaryKeyConstraint("response_id", "field_id", name=op.f("pk_cadastre_answer")),
    )
    op.create_table(
        "cadastre_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.String(), nullable=True),
        sa.Column("field_id", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.Column("settled_at", _AT, nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["cadastre_response.id"],
            name=op.f("fk_cadastre_remark_response_id_cadastre_response"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadastre_remark")),
    )
    op.create_index("ix_cadastre_remark_response_id", "cadastre_remark", ["response_id", "id"])
    op.create_table(
        "cadastre_submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signed_name", sa.String(), nullable=False),
        sa.Column("signed_at", _AT, nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("transition_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", _AT, nullable=True),
        sa.Column("validation", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["cadastre_response.id"],
            name=op.f("fk_cadastre_submission_response_id_cadastre_response"),
        ),
        sa.ForeignKeyConstraint(
            ["transition_id"],
            ["dossier_transition.id"],
            name=op.f("fk_cadastre_submission_transition_id_dossier_transition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadastre_submission")),
    )
    op.create_index(
        "ix_cadastre_submission_response_id", "cadastre_submission", ["response_id", "id"]
    )
    op.create_index(
        op.f("ix_cadastre_submission_transition_id"), "cadastre_submission", ["transition_id"]
    )


def _rules() -> None:
    op.create_table(
        "eligibility_rule_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("body", _JSON, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_rule_set")),
        sa.UniqueConstraint("version", name=op.f("uq_eligibility_rule_set_version")),
    )
    op.create_index(
        op.f("ix_eligibility_rule_set_valid_from"), "eligibility_rule_set", ["valid_from"]
    )
    op.create_table(
        "eligibility_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("rule_set", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("counts", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_run")),
    )
    op.create_table(
        "eligibility_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("verdict_before", sa.String(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("from_status", sa.String(), nullable=False),
        sa.Column("to_status", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reasons", _JSON, nullable=False),
        sa.Column("missing", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["eligibility_run.id"],
            name=op.f("fk_eligibility_outcome_run_id_eligibility_run"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_eligibility_outcome_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_outcome")),
    )
    op.create_index("ix_eligibility_outcome_run_id", "eligibility_outcome", ["run_id", "id"])
    op.create_index(op.f("ix_eligibility_outcome_site_id"), "eligibility_outcome", ["site_id"])


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
