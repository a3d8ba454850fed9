"""Seals of the audit trail: its rows in batches, chained by their digests, never changed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_audit_seals"
down_revision: str | None = "20261123_pairings"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

REFUSAL = "the audit trail is append-only"


def upgrade() -> None:
    op.create_table(
        "audit_seals",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latest", sa.Uuid(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number >= 1", name="ck_audit_seals_number"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], "fk_audit_seals_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "number", name="pk_audit_seals"),
    )
    op.create_index(
        "ix_audit_seals_clinic_id_latest_number", "audit_seals", ["clinic_id", "latest", "number"]
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_seals_append_only_{change.lower()} BEFORE {change} "
            f"ON audit_seals BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def downgrade() -> None:
    op.drop_table("audit_seals")
