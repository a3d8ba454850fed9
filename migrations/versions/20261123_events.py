"""Webhooks, the events they are told of, how each got there, and tasks for staff."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261123_events"
down_revision: str | None = "20261122_models"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
document = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
moment = sa.DateTime(timezone=True)
waiting = sa.text("status = 'waiting'")
still_open = sa.text("status = 'open'")


def upgrade() -> None:
    # With a default in the database: the release before still writes while this runs.
    op.add_column(
        "clinics",
        sa.Column("webhooks_version", counter, nullable=False, server_default=sa.text("0")),
    )
    _webhooks()
    _deliveries()
    _staff_tasks()


def _clinic(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], f"fk_{table}_clinic_id")


def _of_clinic(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column],
        [f"{other}.clinic_id", f"{other}.id"],
        f"fk_{table}_clinic_id_{column}",
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("events", document, nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("delivered_at", moment, nullable=True),
        sa.Column("busy_until", moment, nullable=True),
        sa.CheckConstraint("status IN ('active', 'paused', 'deleted')", name="ck_webhooks_status"),
        _clinic("webhooks"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_webhooks"),
    )
    op.create_table(
        "events",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("data", document, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        _clinic("events"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_events"),
    )
    op.create_index("ix_events_clinic_id_subject_id", "events", ["clinic_id", "subject_id"])
    op.create_index("ix_events_created_at", "events", ["created_at"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", moment, nullable=True),
        sa.Column("last_try_at", moment, nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_failure", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'delivered', 'given_up')", name="ck_deliveries_status"
        ),
        sa.CheckConstraint("attempts >= 0", name="ck_deliveries_attempts"),
        _clinic("deliveries"),
        _of_clinic("deliveries", "webhook_id", "webhooks"),
        _of_clinic("deliveries", "event_id", "events"),
        sa.PrimaryKeyConstraint("clinic_id", "webhook_id", "event_id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_clinic_id_event_id", "deliveries", ["clinic_id", "event_id"])
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["clinic_id", "webhook_id", "next_try_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _staff_tasks() -> None:
    op.create_table(
        "staff_tasks",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("subjects", sa.LargeBinary(), nullable=False),
        sa.Column("therapist_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("pairing_id", sa.Uuid(), nullable=True),
        sa.Column("match_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("resolved_at", moment, nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolution", sa.String(length=32), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.CheckConstraint("status IN ('open', 'done')", name="ck_staff_tasks_status"),
        sa.CheckConstraint(
            "(status = 'done') = (resolution IS NOT NULL)", name="ck_staff_tasks_resolution"
        ),
        _clinic("staff_tasks"),
        _of_clinic("staff_tasks", "therapist_id", "therapists"),
        _of_clinic("staff_tasks", "client_id", "clients"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_staff_tasks"),
    )
    for column in ("therapist_id", "client_id"):
        op.create_index(f"ix_staff_tasks_clinic_id_{column}", "staff_tasks", ["clinic_id", column])
    op.create_index(
        "uq_staff_tasks_open",
        "staff_tasks",
        ["clinic_id", "kind", "subjects"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def downgrade() -> None:
    for table in ("staff_tasks", "deliveries", "events", "webhooks"):
        op.drop_table(table)
    op.drop_column("clinics", "webhooks_version")
