"""What a key is called: what or who holds it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_key_names"
down_revision: str | None = "20261123_shortfalls_used"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("access_keys", sa.Column("name", sa.String(80), nullable=True))


def downgrade() -> None:
    op.drop_column("access_keys", "name")
