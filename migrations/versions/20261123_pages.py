"""Sessions as short-lived keys made from others, and intakes not sent yet."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261123_pages"
down_revision: str | None = "20261123_shortfalls"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

document = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
moment = sa.DateTime(timezone=True)
PARENT = "fk_access_keys_clinic_id_parent_id"
SESSION = "parent_id IS NULL OR expires_at IS NOT NULL"


def upgrade() -> None:
    with op.batch_alter_table("access_keys") as table:
        table.add_column(sa.Column("parent_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            PARENT, "access_keys", ["clinic_id", "parent_id"], ["clinic_id", "id"]
        )
        table.create_check_constraint("ck_access_keys_session", SESSION)
    op.create_index("ix_access_keys_clinic_id_parent_id", "access_keys", ["clinic_id", "parent_id"])
    op.create_table(
        "intake_drafts",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answers", document, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], "fk_intake_drafts_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_intake_drafts"),
        sa.UniqueConstraint("secret_hash", name="uq_intake_drafts_secret_hash"),
    )
    op.create_index("ix_intake_drafts_expires_at", "intake_drafts", ["expires_at"])


def downgrade() -> None:
    op.drop_table("intake_drafts")
    op.execute("DELETE FROM access_keys WHERE parent_id IS NOT NULL")
    op.drop_index("ix_access_keys_clinic_id_parent_id", "access_keys")
    with op.batch_alter_table("access_keys") as table:
        table.drop_constraint("ck_access_keys_session", type_="check")
        table.drop_constraint(PARENT, type_="foreignkey")
        table.drop_column("parent_id")
