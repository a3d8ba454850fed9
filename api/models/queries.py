"""The SQL of models, of their artifacts, and of which of them serves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text, update

from api.auth.scope import ClinicScope
from api.db.tables import AuditRow, Clinic, FitRating, ModelArtifact, ModelRow
from api.db.tables.base import table_of

_models = table_of(ModelRow)
_artifacts = table_of(ModelArtifact)
_clinics = table_of(Clinic)
_audit = table_of(AuditRow)
_ratings = table_of(FitRating)
# Word for word as the index has it, so that both databases use the index.
_UNDER_WAY = text("status IN ('queued', 'training')")


def serving_id(scope: ClinicScope) -> UUID | None:
    """The model that serves, read anew: the scope's own may be out of date."""
    query = select(_clinics.c.model_id).where(_clinics.c.id == scope.clinic_id)
    serving: UUID | None = scope.connection.execute(query).scalar_one()
    return serving


def set_serving(scope: ClinicScope, model_id: UUID | None) -> None:
    """Rank with that model, or with none, from the next request on."""
    scope.connection.execute(
        update(_clinics).where(_clinics.c.id == scope.clinic_id).values(model_id=model_id)
    )


def insert_model(scope: ClinicScope, row: Mapping[str, Any]) -> None:
    """Add a training of the scope's clinic."""
    scope.connection.execute(insert(_models), {"clinic_id": scope.clinic_id, **row})


def insert_artifact(scope: ClinicScope, model_id: UUID, data: bytes) -> None:
    """Keep what was packed of a model."""
    row = {"clinic_id": scope.clinic_id, "model_id": model_id, "data": data}
    scope.connection.execute(insert(_artifacts), row)


def by_id(scope: ClinicScope, model_id: UUID) -> Row[Any] | None:
    """The clinic's model of that id."""
    query = select(_models).where(_models.c.clinic_id == scope.clinic_id, _models.c.id == model_id)
    return scope.connection.execute(query).one_or_none()


def last_promotion(scope: ClinicScope, model_id: UUID) -> tuple[datetime, str] | None:
    """When a model was last put to use, and by whom, as the audit trail has it."""
    query = select(_audit.c.at, _audit.c.details).where(
        _audit.c.clinic_id == scope.clinic_id,
        _audit.c.subject_id == model_id,
        _audit.c.action == "model.promoted",
    )
    last = query.order_by(_audit.c.id.desc()).limit(1)
    row = scope.connection.execute(last).one_or_none()
    return (row.at, row.details["by"]) if row else None


def ratings_since(scope: ClinicScope, moment: datetime) -> int:
    """How many ratings that may be learned from were added from a time on."""
    # Ids are made in the order of time.
    first = UUID(int=int(moment.timestamp() * 1000) << 80)
    query = select(func.count()).where(
        _ratings.c.clinic_id == scope.clinic_id, _ratings.c.learning, _ratings.c.id >= first
    )
    count: int = scope.connection.execute(query).scalar_one()
    return count


def page(scope: ClinicScope, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` models before the one named, newest first."""
    query = select(_models).where(_models.c.clinic_id == scope.clinic_id)
    if before is not None:
        query = query.where(_models.c.id < before)
    return scope.connection.execute(query.order_by(_models.c.id.desc()).limit(limit)).all()


def change(scope: ClinicScope, model_id: UUID, **values: Any) -> None:
    """Set columns of the clinic's model of that id."""
    scope.connection.execute(
        update(_models)
        .where(_models.c.clinic_id == scope.clinic_id, _models.c.id == model_id)
        .values(values)
    )


def keep_from_promoting(scope: ClinicScope) -> None:
    """Let what is under way end without being put to use."""
    scope.connection.execute(
        update(_models)
        .where(_models.c.clinic_id == scope.clinic_id, _UNDER_WAY)
        .values(promotes=False)
    )
