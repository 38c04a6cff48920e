"""Lots, contractors and funding sources; dossiers name rows instead of texts.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "contractor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("company_number", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contractor")),
        sa.UniqueConstraint("name", name=op.f("uq_contractor_name")),
    )
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("contractor_id", sa.Integer(), nullable=True),
        sa.Column("sites_per_year", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractor.id"], name=op.f("fk_lot_contractor_id_contractor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("name", name=op.f("uq_lot_name")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_contractor_id"), ["contractor_id"])
    op.create_table(
        "funding_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_source")),
        sa.UniqueConstraint("code", name=op.f("uq_funding_source_code")),
    )
    # Other tables refer to dossiers: the column is added in place, the table is never rebuilt.
    for column, table in (("lot_id", "lot"), ("funding_source_id", "funding_source")):
        key = sa.ForeignKey(f"{table}.id", name=op.f(f"fk_dossier_{column}_{table}"))
        op.add_column("dossier", sa.Column(column, sa.Integer(), key), inline_references=True)
        op.create_index(op.f(f"ix_dossier_{column}"), "dossier", [column])
    _name_rows(op.get_bind())


def _name_rows(connection: sa.Connection) -> None:
    """Make a row of every lot and funding source that a dossier names, and refer to it."""
    lot = sa.table("lot", sa.column("id", sa.Integer), sa.column("name", sa.String))
    source = sa.table(
        "funding_source",
        sa.column("id", sa.Integer),
        sa.column("code", sa.String),
        sa.column("name", sa.String),
    )
    dossier = sa.table(
        "dossier",
        sa.column("id", sa.Integer),
        sa.column("facts", _JSON),
        sa.column("lot_id", sa.Integer),
        sa.column("funding_source_id", sa.Integer),
    )
    found = connection.execute(sa.select(dossier.c.id, dossier.c.facts)).all()
    told = [(each, facts) for each, facts in found if facts.keys() & {"lot", "funding_source"}]
    lots = sorted({str(facts["lot"]) for _, facts in told if facts.get("lot")})
    sources = sorted(
        {str(facts["funding_source"]) for _, facts in told if facts.get("funding_source")}
    )
    for name in lots:
        connection.execute(sa.insert(lot).values(name=name))
    for name in sources:
        connection.execute(sa.insert(source).values(code=name, name=name))
    lot_ids = dict(connection.execute(sa.select(lot.c.name, lot.c.id)).all())
    source_ids = dict(connection.execute(sa.select(source.c.code, source.c.id)).all())
    for dossier_id, facts in told:
        kept = dict(facts)
        values = {
            "lot_id": lot_ids.get(str(kept.pop("lot", ""))),
            "funding_source_id": source_ids.get(str(kept.pop("funding_source", ""))),
            "facts": kept,
        }
        connection.execute(sa.update(dossier).where(dossier.c.id == dossier_id).values(values))


def downgrade() -> None:
    """Take this revision back."""
    raise NotImplementedError("a schema only goes forward: restore the backup of the database")
