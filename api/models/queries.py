"""The SQL of models, of their artifacts, and of which of them serves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, or_, select, text, update

from api.auth.scope import ClinicScope
from api.db.tables import Clinic, ModelArtifact, ModelRow
from api.db.tables.base import table_of

_models = table_of(ModelRow)
_artifacts = table_of(ModelArtifact)
_clinics = table_of(Clinic)
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


def page(scope: ClinicScope, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` models before the one named, newest first."""
    query = select(_models).where(_models.c.clinic_id == scope.clinic_id)
    if before is not None:
        query = query.where(_models.c.id < before)
    return scope.connection.execute(query.order_by(_models.c.id.desc()).limit(limit)).all()


def under_way(scope: ClinicScope) -> Row[Any] | None:
    """The clinic's training that is queued or at work; there is one at most."""
    query = select(_models).where(_models.c.clinic_id == scope.clinic_id, _UNDER_WAY)
    return scope.connection.execute(query).one_or_none()


def change(scope: ClinicScope, model_id: UUID, **values: Any) -> None:
    """Set columns of the clinic's model of that id."""
    scope.connection.execute(
        update(_models)
        .where(_models.c.clinic_id == scope.clinic_id, _models.c.id == model_id)
        .values(values)
    )


def change_attempt(
    scope: ClinicScope, model_id: UUID, attempt: int, **values: Any
) -> Row[Any] | None:
    """Set columns of a training that is still at work in that attempt; None where it is not."""
    return scope.connection.execute(
        update(_models)
        .where(
            _models.c.clinic_id == scope.clinic_id,
            _models.c.id == model_id,
            _models.c.status == "training",
            _models.c.attempts == attempt,
        )
        .values(values)
        .returning(_models)
    ).one_or_none()


def keep_from_promoting(scope: ClinicScope) -> None:
    """Let what is under way end without being put to use."""
    scope.connection.execute(
        update(_models)
        .where(_models.c.clinic_id == scope.clinic_id, _UNDER_WAY)
        .values(promotes=False)
    )


def clinics_that_wait(connection: Connection, now: datetime) -> Sequence[UUID]:
    """The clinics of the installation with a training that nobody works on, oldest first.

    The one query over all clinics: who looks for work cannot know whose it is. It reads ids only.
    """
    query = (
        select(_models.c.clinic_id)
        .where(_UNDER_WAY, or_(_models.c.status == "queued", _models.c.lease_until < now))
        .order_by(_models.c.requested_at)
    )
    return connection.execute(query).scalars().all()
