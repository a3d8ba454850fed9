"""Whose draft of an intake it is, and which match's answers it changes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261123_drafts_of_clients"
down_revision: str | None = "20261123_key_names"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

document = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
NAMED = {"client_id": "clients", "match_id": "matches"}


def upgrade() -> None:
    with op.batch_alter_table("intake_drafts") as drafts:
        for column, table in NAMED.items():
            drafts.add_column(sa.Column(column, sa.Uuid(), nullable=True))
            drafts.create_foreign_key(
                _key(column), table, ["clinic_id", column], ["clinic_id", "id"]
            )
        drafts.add_column(sa.Column("begun_with", document, nullable=True))
        drafts.add_column(sa.Column("session_hash", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("intake_drafts") as drafts:
        drafts.drop_column("session_hash")
        drafts.drop_column("begun_with")
        for column in NAMED:
            drafts.drop_constraint(_key(column), type_="foreignkey")
            drafts.drop_column(column)


def _key(column: str) -> str:
    return f"fk_intake_drafts_clinic_id_{column}"
