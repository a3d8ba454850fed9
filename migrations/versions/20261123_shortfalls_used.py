"""Finds the matches that a version of shortfalls arranged, so that unused ones can be deleted."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_shortfalls_used"
down_revision: str | None = "20261123_pages"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "ix_matches_shortfall"
ARRANGED = sa.text("shortfall_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        NAME,
        "matches",
        ["clinic_id", "shortfall_id"],
        sqlite_where=ARRANGED,
        postgresql_where=ARRANGED,
    )


def downgrade() -> None:
    op.drop_index(NAME, "matches")
