"""Models as the engine takes them, by id. A model never changes, so a worker keeps it for good.

One that is damaged is refused once, with a line in the log, and the ranking goes on without it.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, bindparam, cast, select

from api.auth.scope import ClinicScope
from api.db.tables import ModelArtifact, ModelRow
from api.db.tables.base import table_of
from api.store.rosters import CompiledRoster
from matching.learning.artifact import DamagedArtifact, unpack
from matching.learning.learned import Learned
from matching.learning.model import FitModel
from matching.roster import Roster

logger = logging.getLogger("rapport.models")

# The cache counts in therapists, each of whom takes about so many bytes in a compiled roster.
_BYTES_A_THERAPIST = 80
# Columns of a model on a roster: about fifteen of 8 bytes, and one of 4 for each need.
_LEARNED_COST = 4

_models = table_of(ModelRow)
_artifacts = table_of(ModelArtifact)
# SQLite keeps a value of any type in any column: whatever lies there is compared as bytes.
_DATA = cast(_artifacts.c.data, LargeBinary).label("data")
_MODEL = (
    select(_models.c.trained_at, _models.c.sha256, _DATA)
    .join_from(
        _models,
        _artifacts,
        (_artifacts.c.clinic_id == _models.c.clinic_id) & (_artifacts.c.model_id == _models.c.id),
    )
    .where(_models.c.clinic_id == bindparam("clinic_id"), _models.c.id == bindparam("model_id"))
)


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model, and what an answer says of it."""

    id: UUID
    trained_at: datetime
    fit: FitModel


def current_model(scope: ClinicScope) -> StoredModel | None:
    """The model that serves; None where none does, or where it is damaged."""
    return None if scope.clinic.model_id is None else model_of(scope, scope.clinic.model_id)


def model_of(scope: ClinicScope, model_id: UUID) -> StoredModel | None:
    """The clinic's model of that id; None where it has none, or where it is damaged."""
    key = ("model", scope.clinic_id, model_id)
    kept: StoredModel | None = scope.database.cache.get(key)
    if kept is not None:
        return kept
    if scope.database.cache.get(_verdict(scope, model_id)) is False:
        return None
    found = _read(scope, model_id)
    if found is None:
        return None
    model, size = found
    scope.database.cache.put(key, model, cost=1 + size // _BYTES_A_THERAPIST)
    return model


def learned_on(scope: ClinicScope, model: StoredModel, compiled: CompiledRoster) -> Learned:
    """The model in the order of a roster; kept for the clinic's newest roster and one before."""
    newest = compiled.roster_version >= scope.clinic.roster_version
    key = ("learned", scope.clinic_id, model.id, newest)
    kept: tuple[Roster, Learned] | None = scope.database.cache.get(key)
    if kept is not None and kept[0] is compiled.roster:
        return kept[1]
    learned = Learned.on(model.fit, compiled.roster)
    cost = 1 + _LEARNED_COST * len(compiled.roster)
    scope.database.cache.put(key, (compiled.roster, learned), cost)
    return learned


def is_sound(scope: ClinicScope, model_id: UUID) -> bool:
    """Whether the clinic's model of that id can be used; looked at once by each worker."""
    verdict: bool | None = scope.database.cache.get(_verdict(scope, model_id))
    return _read(scope, model_id) is not None if verdict is None else verdict


def _verdict(scope: ClinicScope, model_id: UUID) -> tuple[str, UUID, UUID]:
    return ("model is sound", scope.clinic_id, model_id)


def _read(scope: ClinicScope, model_id: UUID) -> tuple[StoredModel, int] | None:
    """The model and the bytes it takes, checked against its digest; the verdict is remembered."""
    named = {"clinic_id": scope.clinic_id, "model_id": model_id}
    row = scope.connection.execute(_MODEL, named).one_or_none()
    found = None
    if row is not None:
        with suppress(DamagedArtifact):
            fit = unpack(row.data, row.sha256)
            found = StoredModel(model_id, row.trained_at, fit), len(row.data)
    if found is None:
        ids = {"clinic_id": str(scope.clinic_id), "model_id": str(model_id)}
        logger.error("model is damaged or missing", extra=ids)
    scope.database.cache.put(_verdict(scope, model_id), found is not None)
    return found
