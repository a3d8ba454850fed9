"""Who was seen less than their merit, by version, and which version arranged a match."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261123_shortfalls"
down_revision: str | None = "20261123_previews"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

document = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
KEY = "fk_matches_clinic_id_shortfall_id"


def upgrade() -> None:
    op.create_table(
        "exposure_shortfalls",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", document, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], "fk_exposure_shortfalls_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_exposure_shortfalls"),
    )
    with op.batch_alter_table("matches") as table:
        table.add_column(sa.Column("shortfall_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            KEY, "exposure_shortfalls", ["clinic_id", "shortfall_id"], ["clinic_id", "id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("matches") as table:
        table.drop_constraint(KEY, type_="foreignkey")
        table.drop_column("shortfall_id")
    op.drop_table("exposure_shortfalls")
