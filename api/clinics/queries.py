"""The SQL of a clinic's settings and vocabulary."""

from typing import Any

from sqlalchemy import delete, func, insert, select, update

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables import Clinic, ClinicSettingsRow, VocabularyAddition
from api.db.tables.base import table_of

_clinics = table_of(Clinic)
_additions = table_of(VocabularyAddition)
_settings = table_of(ClinicSettingsRow)


def bump(scope: ClinicScope, counter: str) -> None:
    """Make every worker read anew with its next request; holds back the clinic's other writers."""
    scope.unit.begin_write().execute(
        update(_clinics)
        .where(_clinics.c.id == scope.clinic_id)
        .values({counter: _clinics.c[counter] + 1})
    )


def stored_settings(scope: ClinicScope) -> dict[str, Any]:
    """What the clinic has set, without what it left at the default."""
    query = select(_settings.c.document).where(_settings.c.clinic_id == scope.clinic_id)
    return dict(scope.connection.execute(query).scalar_one_or_none() or {})


def store_settings(scope: ClinicScope, document: dict[str, Any]) -> None:
    """Keep what the clinic has set, in place of what it had set before."""
    mine = _settings.c.clinic_id == scope.clinic_id
    scope.connection.execute(delete(_settings).where(mine))
    row = {"clinic_id": scope.clinic_id, "document": document, "updated_at": utc_now()}
    scope.connection.execute(insert(_settings), row)


def has_addition(scope: ClinicScope, facet: str, code: str) -> bool:
    """Whether the clinic added that code to that facet."""
    query = select(_additions.c.code).where(
        _additions.c.clinic_id == scope.clinic_id,
        _additions.c.facet == facet,
        _additions.c.code == code,
    )
    return scope.connection.execute(query).one_or_none() is not None


def additions(scope: ClinicScope) -> int:
    """How many codes the clinic has added."""
    query = select(func.count()).where(_additions.c.clinic_id == scope.clinic_id)
    number: int = scope.connection.execute(query).scalar_one()
    return number


def add_code(scope: ClinicScope, facet: str, code: str, label: str) -> None:
    """Add a code to the clinic's vocabulary."""
    row = {
        "clinic_id": scope.clinic_id,
        "facet": facet,
        "code": code,
        "label": label,
        "created_at": utc_now(),
    }
    scope.connection.execute(insert(_additions), row)
