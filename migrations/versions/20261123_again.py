"""Ratings that arrive anew without saying anything new, to wait with somebody who went."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_again"
down_revision: str | None = "20261123_read_to"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "fit_ratings",
        sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("fit_ratings", "again")
