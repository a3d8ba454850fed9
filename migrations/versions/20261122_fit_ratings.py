"""Fit ratings, and what their clients had asked for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261122_fit_ratings"
down_revision: str | None = "20261122_append_only_audit"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
document = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)

ITEMS = (
    "trust", "safe", "heard", "goals", "can_speak_up", "collaboration", "approach", "feedback",
    "cultural_respect", "non_judgement", "consistency", "progress", "carry_over",
    "connection_quality", "privacy", "overall",
)  # fmt: skip
SEEN = (
    "style_seen_warm_support",
    "style_seen_therapist_directiveness",
    "style_seen_emotional_intensity",
    "style_seen_past_orientation",
)


def upgrade() -> None:
    # With a default in the database: the release before still adds clinics while this runs.
    op.add_column(
        "clinics",
        sa.Column("rating_arrivals", counter, nullable=False, server_default=sa.text("0")),
    )
    op.create_table(
        "rating_wishes",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("document", document, nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "client_id"],
            ["clients.clinic_id", "clients.id"],
            name="fk_rating_wishes_clinic_id_client_id",
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name="fk_rating_wishes_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "client_id", "digest", name="pk_rating_wishes"),
    )
    op.create_table(
        "fit_ratings",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("therapist_id", sa.Uuid(), nullable=False),
        sa.Column("session_number", sa.Integer(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("format", sa.String(length=64), nullable=True),
        *(sa.Column(item, sa.Float(), nullable=True) for item in ITEMS),
        *(sa.Column(seen, sa.SmallInteger(), nullable=True) for seen in SEEN),
        sa.Column("wishes_digest", sa.LargeBinary(), nullable=True),
        sa.Column("learning", sa.Boolean(), nullable=False),
        sa.Column("arrival", counter, nullable=False),
        sa.CheckConstraint(
            "session_number BETWEEN 1 AND 10000", name="ck_fit_ratings_session_number"
        ),
        sa.CheckConstraint("arrival >= 1", name="ck_fit_ratings_arrival"),
        *(
            sa.CheckConstraint(f"{item} BETWEEN 0 AND 10", f"ck_fit_ratings_{item}")
            for item in ITEMS
        ),
        *(
            sa.CheckConstraint(f"{seen} BETWEEN -1 AND 1", f"ck_fit_ratings_{seen}")
            for seen in SEEN
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "client_id"],
            ["clients.clinic_id", "clients.id"],
            name="fk_fit_ratings_clinic_id_client_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "therapist_id"],
            ["therapists.clinic_id", "therapists.id"],
            name="fk_fit_ratings_clinic_id_therapist_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "client_id", "wishes_digest"],
            ["rating_wishes.clinic_id", "rating_wishes.client_id", "rating_wishes.digest"],
            name="fk_fit_ratings_clinic_id_client_id_wishes_digest",
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name="fk_fit_ratings_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_fit_ratings"),
        sa.UniqueConstraint(
            "clinic_id",
            "client_id",
            "therapist_id",
            "session_number",
            name="uq_fit_ratings_clinic_id_client_id_therapist_id_session_number",
        ),
        sa.UniqueConstraint("clinic_id", "arrival", name="uq_fit_ratings_clinic_id_arrival"),
    )


def downgrade() -> None:
    op.drop_table("fit_ratings")
    op.drop_table("rating_wishes")
    op.drop_column("clinics", "rating_arrivals")
