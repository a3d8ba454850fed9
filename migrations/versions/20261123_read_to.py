"""Trainings keep how far they read, so that the next one knows what has been told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_read_to"
down_revision: str | None = "20261123_drafts_of_clients"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("models", sa.Column("read_to", counter, nullable=True))


def downgrade() -> None:
    op.drop_column("models", "read_to")
