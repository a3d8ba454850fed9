"""Clinics, keys, rosters by version, weightings, matches, replies and the audit trail."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261122_first_tables"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
document = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)


def upgrade() -> None:
    op.create_table(
        "clinics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ranking_key", sa.LargeBinary(), nullable=False),
        sa.Column("roster_version", counter, nullable=False),
        sa.Column("availability_version", counter, nullable=False),
        sa.Column("vocabulary_version", counter, nullable=False),
        sa.Column("settings_version", counter, nullable=False),
        sa.Column("weighting_id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("availability_version >= 0", name="ck_clinics_availability_version"),
        sa.CheckConstraint("roster_version >= 0", name="ck_clinics_roster_version"),
        sa.PrimaryKeyConstraint("id", name="pk_clinics"),
    )
    op.create_table(
        "access_keys",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('intake', 'staff', 'admin', 'auditor')", name="ck_access_keys_role"
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name="fk_access_keys_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_access_keys"),
        sa.UniqueConstraint("secret_hash", name="uq_access_keys_secret_hash"),
    )
    op.create_table(
        "audit",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("details", document, nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name="fk_audit_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_audit"),
    )
    op.create_index("ix_audit_clinic_id_subject_id", "audit", ["clinic_id", "subject_id"])

    op.create_table(
        "clients",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name="fk_clients_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_clients"),
        sa.UniqueConstraint("clinic_id", "reference", name="uq_clients_clinic_id_reference"),
    )
    op.create_table(
        "clinic_settings",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("document", document, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name="fk_clinic_settings_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", name="pk_clinic_settings"),
    )
    op.create_table(
        "idempotent_replies",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", document, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name="fk_idempotent_replies_clinic_id"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "key_hash", name="pk_idempotent_replies"),
    )
    op.create_index(
        "ix_idempotent_replies_clinic_id_subject_id",
        "idempotent_replies",
        ["clinic_id", "subject_id"],
    )
    op.create_index("ix_idempotent_replies_created_at", "idempotent_replies", ["created_at"])

    op.create_table(
        "therapists",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("revision", counter, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name="fk_therapists_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_therapists"),
        sa.UniqueConstraint("clinic_id", "reference", name="uq_therapists_clinic_id_reference"),
    )
    op.create_table(
        "vocabulary_additions",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("facet", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name="fk_vocabulary_additions_clinic_id"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "facet", "code", name="pk_vocabulary_additions"),
    )
    op.create_table(
        "weightings",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", document, nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("version >= 1", name="ck_weightings_version"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name="fk_weightings_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_weightings"),
        sa.UniqueConstraint("clinic_id", "version", name="uq_weightings_clinic_id_version"),
    )
    op.create_table(
        "matches",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("request", document, nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("roster_version", counter, nullable=False),
        sa.Column("availability_version", counter, nullable=False),
        sa.Column("weighting_id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=True),
        sa.Column("rules", document, nullable=False),
        sa.Column("selection_mode", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "selection_mode IN ('client', 'staff')", name="ck_matches_selection_mode"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "client_id"],
            ["clients.clinic_id", "clients.id"],
            name="fk_matches_clinic_id_client_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "weighting_id"],
            ["weightings.clinic_id", "weightings.id"],
            name="fk_matches_clinic_id_weighting_id",
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name="fk_matches_clinic_id"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name="pk_matches"),
    )
    op.create_index("ix_matches_clinic_id_client_id", "matches", ["clinic_id", "client_id"])

    op.create_table(
        "therapist_availability",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("therapist_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", counter, nullable=False),
        sa.Column("valid_to", counter, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("accepting", sa.Boolean(), nullable=False),
        sa.Column("caseload", sa.Integer(), nullable=False),
        sa.Column("caseload_limit", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leaving_on", sa.Date(), nullable=True),
        sa.CheckConstraint("caseload >= 0", name="ck_therapist_availability_caseload"),
        sa.CheckConstraint(
            "caseload_limit IS NULL OR caseload_limit >= 0",
            name="ck_therapist_availability_caseload_limit",
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name="ck_therapist_availability_validity"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "therapist_id"],
            ["therapists.clinic_id", "therapists.id"],
            name="fk_therapist_availability_clinic_id_therapist_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name="fk_therapist_availability_clinic_id"
        ),
        sa.PrimaryKeyConstraint(
            "clinic_id", "therapist_id", "valid_from", name="pk_therapist_availability"
        ),
    )
    op.create_index(
        "ix_therapist_availability_clinic_id_valid_from",
        "therapist_availability",
        ["clinic_id", "valid_from"],
    )
    op.create_index(
        "uq_therapist_availability_current",
        "therapist_availability",
        ["clinic_id", "therapist_id"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )

    op.create_table(
        "therapist_profiles",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("therapist_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", counter, nullable=False),
        sa.Column("valid_to", counter, nullable=True),
        sa.Column("document", document, nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name="ck_therapist_profiles_validity"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "therapist_id"],
            ["therapists.clinic_id", "therapists.id"],
            name="fk_therapist_profiles_clinic_id_therapist_id",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name="fk_therapist_profiles_clinic_id"
        ),
        sa.PrimaryKeyConstraint(
            "clinic_id", "therapist_id", "valid_from", name="pk_therapist_profiles"
        ),
    )
    op.create_index(
        "ix_therapist_profiles_clinic_id_valid_from",
        "therapist_profiles",
        ["clinic_id", "valid_from"],
    )
    op.create_index(
        "uq_therapist_profiles_current",
        "therapist_profiles",
        ["clinic_id", "therapist_id"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_therapist_profiles_current", table_name="therapist_profiles")
    op.drop_index("ix_therapist_profiles_clinic_id_valid_from", table_name="therapist_profiles")

    op.drop_table("therapist_profiles")
    op.drop_index("uq_therapist_availability_current", table_name="therapist_availability")
    op.drop_index(
        "ix_therapist_availability_clinic_id_valid_from", table_name="therapist_availability"
    )

    op.drop_table("therapist_availability")
    op.drop_index("ix_matches_clinic_id_client_id", table_name="matches")

    op.drop_table("matches")
    op.drop_table("weightings")
    op.drop_table("vocabulary_additions")
    op.drop_table("therapists")
    op.drop_index("ix_idempotent_replies_created_at", table_name="idempotent_replies")
    op.drop_index("ix_idempotent_replies_clinic_id_subject_id", table_name="idempotent_replies")

    op.drop_table("idempotent_replies")
    op.drop_table("clinic_settings")
    op.drop_table("clients")
    op.drop_index("ix_audit_clinic_id_subject_id", table_name="audit")

    op.drop_table("audit")
    op.drop_table("access_keys")
    op.drop_table("clinics")
