"""Previews of a weighting over many matches: jobs with progress."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261123_previews"
down_revision: str | None = "20261123_audit_seals"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

document = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
moment = sa.DateTime(timezone=True)
under_way = sa.text("status IN ('queued', 'running')")


def upgrade() -> None:
    op.create_table(
        "weighting_previews",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("weighting_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("asked", document, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("requested_at", moment, nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("result", document, nullable=True),
        sa.Column("failure", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'done', 'failed', 'cancelled')",
            name="ck_weighting_previews_status",
        ),
        sa.CheckConstraint("done >= 0 AND total >= 0", name="ck_weighting_previews_counts"),
        sa.CheckConstraint("attempts >= 0", name="ck_weighting_previews_attempts"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], "fk_weighting_previews_clinic_id"),
        sa.ForeignKeyConstraint(
            ["clinic_id", "weighting_id"],
            ["weightings.clinic_id", "weightings.id"],
            "fk_weighting_previews_clinic_id_weighting_id",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_weighting_previews"),
    )
    op.create_index(
        "uq_weighting_previews_under_way",
        "weighting_previews",
        ["clinic_id"],
        unique=True,
        sqlite_where=under_way,
        postgresql_where=under_way,
    )


def downgrade() -> None:
    op.drop_table("weighting_previews")
