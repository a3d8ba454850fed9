"""Pairings and the places they hold, the waiting list, live ratings, narrow keys, erasure."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261123_pairings"
down_revision: str | None = "20261123_events"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
document = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
moment = sa.DateTime(timezone=True)
live = sa.text("status IN ('offered', 'awaiting_staff', 'requested', 'active')")
answer_due = sa.text("status IN ('offered', 'awaiting_staff', 'requested')")

CLINIC_ROLES = "role IN ('intake', 'staff', 'admin', 'auditor')"
ALL_ROLES = "role IN ('intake', 'staff', 'admin', 'auditor', 'client', 'therapist')"


def upgrade() -> None:
    _add_columns()
    _narrow_keys()
    _pairings()
    _waits()
    _of_clients()


def _add_columns() -> None:
    # With defaults in the database: the release before still writes while this runs.
    zero = sa.text("0")
    for name in ("waits_seen_roster", "waits_seen_availability"):
        op.add_column("clinics", sa.Column(name, counter, nullable=False, server_default=zero))
    with op.batch_alter_table("therapist_availability") as table:
        table.add_column(sa.Column("held", sa.Integer(), nullable=False, server_default=zero))
        table.add_column(
            sa.Column("on_hold", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("stated_at", moment, nullable=True))
        table.create_check_constraint("ck_therapist_availability_held", "held >= 0")
    for name in ("consents_to_matching", "consents_to_learning"):
        op.add_column("clients", sa.Column(name, sa.Boolean(), nullable=True))
    op.add_column("clients", sa.Column("consents_changed_at", moment, nullable=True))
    with op.batch_alter_table("matches") as table:
        table.add_column(
            sa.Column("origin", sa.String(length=16), nullable=False, server_default="request")
        )
        table.add_column(sa.Column("origin_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("circumstances", document, nullable=True))
        # An offer to somebody who waits is made by no key.
        table.alter_column("created_by", existing_type=sa.Uuid(), nullable=True)
        table.create_check_constraint(
            "ck_matches_origin", "origin IN ('request', 'alternative', 'wait')"
        )
    op.create_index("ix_matches_clinic_id_created_at", "matches", ["clinic_id", "created_at"])
    op.add_column("fit_ratings", sa.Column("pairing_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_fit_ratings_clinic_id_pairing_id", "fit_ratings", ["clinic_id", "pairing_id"]
    )


def _narrow_keys() -> None:
    with op.batch_alter_table("access_keys") as table:
        table.add_column(sa.Column("subject_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("expires_at", moment, nullable=True))
        table.drop_constraint("ck_access_keys_role", type_="check")
        table.create_check_constraint("ck_access_keys_role", ALL_ROLES)
        table.create_check_constraint(
            "ck_access_keys_subject",
            "(role IN ('client', 'therapist')) = (subject_id IS NOT NULL)",
        )
    op.create_index(
        "ix_access_keys_clinic_id_subject_id", "access_keys", ["clinic_id", "subject_id"]
    )


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _belongs(table: str, *others: tuple[str, str]) -> list[sa.ForeignKeyConstraint]:
    """To the clinic, and with `(column, table)` to a row of the same clinic."""
    keys = [sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], f"fk_{table}_clinic_id")]
    for column, other in others:
        keys.append(
            sa.ForeignKeyConstraint(
                ["clinic_id", column],
                [f"{other}.clinic_id", f"{other}.id"],
                f"fk_{table}_clinic_id_{column}",
            )
        )
    return keys


def _pairings() -> None:
    op.create_table(
        "pairings",
        _id("clinic_id"),
        _id("id"),
        _id("match_id"),
        _id("client_id"),
        _id("therapist_id"),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("override_reason", sa.String(length=2000), nullable=True),
        _id("replaces_id", nullable=True),
        _id("wait_id", nullable=True),
        sa.Column("requested_at", moment, nullable=False),
        _id("requested_by", nullable=True),
        sa.Column("respond_by", moment, nullable=True),
        sa.Column("accepted_at", moment, nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("decline_reason", sa.String(length=16), nullable=True),
        sa.Column("reasons", document, nullable=True),
        sa.Column("rules_out", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "status IN ('offered', 'awaiting_staff', 'requested', 'active', 'declined',"
            " 'expired', 'withdrawn', 'ended')",
            name="ck_pairings_status",
        ),
        sa.CheckConstraint(
            "decline_reason IN ('full', 'scope', 'conflict', 'schedule', 'payer', 'other')",
            name="ck_pairings_decline_reason",
        ),
        *_belongs(
            "pairings",
            ("client_id", "clients"),
            ("therapist_id", "therapists"),
            ("match_id", "matches"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_pairings"),
    )
    op.create_index("ix_pairings_clinic_id_client_id", "pairings", ["clinic_id", "client_id"])
    op.create_index("ix_pairings_clinic_id_therapist_id", "pairings", ["clinic_id", "therapist_id"])
    for name, columns in (
        ("uq_pairings_live_of_match", ["clinic_id", "match_id"]),
        ("uq_pairings_live_of_two", ["clinic_id", "client_id", "therapist_id"]),
    ):
        op.create_index(
            name, "pairings", columns, unique=True, sqlite_where=live, postgresql_where=live
        )
    op.create_index(
        "ix_pairings_answer_due",
        "pairings",
        ["respond_by"],
        sqlite_where=answer_due,
        postgresql_where=answer_due,
    )


def _waits() -> None:
    op.create_table(
        "waits",
        _id("clinic_id"),
        _id("id"),
        _id("match_id"),
        _id("client_id"),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("accepts", document, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("turn", moment, nullable=False),
        _id("offer_match_id", nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'offered', 'placed', 'left', 'expired')", name="ck_waits_status"
        ),
        sa.CheckConstraint("urgency IN ('routine', 'soon', 'urgent')", name="ck_waits_urgency"),
        *_belongs("waits", ("client_id", "clients"), ("match_id", "matches")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_waits"),
    )
    op.create_index("ix_waits_clinic_id_status_turn", "waits", ["clinic_id", "status", "turn"])
    op.create_index("ix_waits_clinic_id_client_id", "waits", ["clinic_id", "client_id"])
    op.create_index("ix_waits_clinic_id_match_id", "waits", ["clinic_id", "match_id"])


def _of_clients() -> None:
    op.create_table(
        "ruled_out",
        _id("clinic_id"),
        _id("client_id"),
        _id("therapist_id"),
        *_belongs("ruled_out", ("client_id", "clients"), ("therapist_id", "therapists")),
        sa.PrimaryKeyConstraint("clinic_id", "client_id", "therapist_id", name="pk_ruled_out"),
    )
    op.create_table(
        "rating_notes",
        _id("clinic_id"),
        _id("rating_id"),
        _id("pairing_id"),
        sa.Column("share", sa.String(length=16), nullable=False),
        sa.Column("comment", sa.String(length=4000), nullable=True),
        sa.Column("read_at", moment, nullable=True),
        sa.CheckConstraint(
            "share IN ('none', 'summary', 'this_rating')", name="ck_rating_notes_share"
        ),
        *_belongs("rating_notes", ("rating_id", "fit_ratings"), ("pairing_id", "pairings")),
        sa.PrimaryKeyConstraint("clinic_id", "rating_id", name="pk_rating_notes"),
    )
    op.create_index(
        "ix_rating_notes_clinic_id_pairing_id", "rating_notes", ["clinic_id", "pairing_id"]
    )
    op.create_table(
        "departures",
        _id("clinic_id"),
        _id("pairing_id"),
        _id("client_id"),
        _id("therapist_id"),
        sa.Column("left_at", moment, nullable=False),
        sa.Column("wishes_digest", sa.LargeBinary(), nullable=True),
        sa.Column("learning", sa.Boolean(), nullable=False),
        sa.Column("arrival", counter, nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "client_id", "wishes_digest"],
            ["rating_wishes.clinic_id", "rating_wishes.client_id", "rating_wishes.digest"],
            name="fk_departures_clinic_id_client_id_wishes_digest",
        ),
        *_belongs(
            "departures",
            ("client_id", "clients"),
            ("therapist_id", "therapists"),
            ("pairing_id", "pairings"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "pairing_id", name="pk_departures"),
    )
    op.create_index("ix_departures_clinic_id_client_id", "departures", ["clinic_id", "client_id"])
    op.create_index(
        "uq_departures_clinic_id_arrival", "departures", ["clinic_id", "arrival"], unique=True
    )
    op.create_table(
        "tombstones",
        _id("clinic_id"),
        _id("id"),
        sa.Column("erased_at", moment, nullable=False),
        *_belongs("tombstones"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_tombstones"),
    )


def downgrade() -> None:
    for name in ("tombstones", "departures", "rating_notes", "ruled_out", "waits", "pairings"):
        op.drop_table(name)
    op.execute("DELETE FROM access_keys WHERE role IN ('client', 'therapist')")
    op.drop_index("ix_access_keys_clinic_id_subject_id", "access_keys")
    with op.batch_alter_table("access_keys") as table:
        table.drop_constraint("ck_access_keys_subject", type_="check")
        table.drop_constraint("ck_access_keys_role", type_="check")
        table.create_check_constraint("ck_access_keys_role", CLINIC_ROLES)
        table.drop_column("expires_at")
        table.drop_column("subject_id")
    op.drop_index("ix_fit_ratings_clinic_id_pairing_id", "fit_ratings")
    op.drop_column("fit_ratings", "pairing_id")
    op.drop_index("ix_matches_clinic_id_created_at", "matches")
    op.execute("DELETE FROM matches WHERE created_by IS NULL")
    with op.batch_alter_table("matches") as table:
        table.drop_constraint("ck_matches_origin", type_="check")
        table.alter_column("created_by", existing_type=sa.Uuid(), nullable=False)
        for name in ("circumstances", "origin_id", "origin"):
            table.drop_column(name)
    for name in ("consents_changed_at", "consents_to_learning", "consents_to_matching"):
        op.drop_column("clients", name)
    with op.batch_alter_table("therapist_availability") as table:
        table.drop_constraint("ck_therapist_availability_held", type_="check")
        for name in ("stated_at", "on_hold", "held"):
            table.drop_column(name)
    for name in ("waits_seen_availability", "waits_seen_roster"):
        op.drop_column("clinics", name)
