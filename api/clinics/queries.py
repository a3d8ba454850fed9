"""The SQL of a clinic's settings and vocabulary."""

from typing import Any

from sqlalchemy import func, select, update

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables import Clinic, ClinicSettingsRow, VocabularyAddition
from api.db.tables.base import table_of

_clinics = table_of(Clinic)
_additions = table_of(VocabularyAddition)


def bump(scope: ClinicScope, counter: str) -> None:
    """Make every worker read anew with its next request; holds back the clinic's other writers."""
    scope.unit.begin_write().connection().execute(
        update(_clinics)
        .where(_clinics.c.id == scope.clinic_id)
        .values({counter: _clinics.c[counter] + 1})
    )


def stored_settings(scope: ClinicScope) -> dict[str, Any]:
    """What the clinic has set, without what it left at the default."""
    row = scope.session.get(ClinicSettingsRow, scope.clinic_id)
    return dict(row.document) if row else {}


def store_settings(scope: ClinicScope, document: dict[str, Any]) -> None:
    """Keep what the clinic has set."""
    row = ClinicSettingsRow(clinic_id=scope.clinic_id, document=document, updated_at=utc_now())
    scope.session.merge(row)
    scope.session.flush()


def has_addition(scope: ClinicScope, facet: str, code: str) -> bool:
    """Whether the clinic added that code to that facet."""
    return scope.session.get(VocabularyAddition, (scope.clinic_id, facet, code)) is not None


def additions(scope: ClinicScope) -> int:
    """How many codes the clinic has added."""
    query = select(func.count()).where(_additions.c.clinic_id == scope.clinic_id)
    number: int = scope.session.connection().execute(query).scalar_one()
    return number


def add_code(scope: ClinicScope, facet: str, code: str, label: str) -> None:
    """Add a code to the clinic's vocabulary."""
    row = VocabularyAddition(
        clinic_id=scope.clinic_id, facet=facet, code=code, label=label, created_at=utc_now()
    )
    scope.session.add(row)
    scope.session.flush()
