"""Models learned from fit ratings: trainings, and the artifacts that came of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261122_models"
down_revision: str | None = "20261122_fit_ratings"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

document = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
under_way = sa.text("status IN ('queued', 'training')")


def upgrade() -> None:
    op.create_table(
        "models",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=True),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("promotes", sa.Boolean(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", document, nullable=True),
        sa.Column("failure", sa.String(length=32), nullable=True),
        sa.Column("override_reason", sa.String(length=2000), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'training', 'ready', 'refused', 'failed')",
            name="ck_models_status",
        ),
        sa.CheckConstraint("progress >= 0 AND progress <= 1", name="ck_models_progress"),
        sa.CheckConstraint("attempts >= 0", name="ck_models_attempts"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name="fk_models_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_models"),
    )
    op.create_index(
        "uq_models_under_way",
        "models",
        ["clinic_id"],
        unique=True,
        sqlite_where=under_way,
        postgresql_where=under_way,
    )
    op.create_table(
        "model_artifacts",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "model_id"],
            ["models.clinic_id", "models.id"],
            name="fk_model_artifacts_clinic_id_model_id",
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name="fk_model_artifacts_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "model_id", name="pk_model_artifacts"),
    )


def downgrade() -> None:
    op.drop_table("model_artifacts")
    op.drop_index("uq_models_under_way", table_name="models")
    op.drop_table("models")
