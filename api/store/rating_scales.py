"""How a clinic's ratings become points: as the training of the serving model found, or as usual."""

from sqlalchemy import select

from api.auth.scope import ClinicScope
from api.db.tables import ModelRow
from api.db.tables.base import table_of
from matching.learning.observations import Scale
from matching.session_fit import USUAL, scale_of

_models = table_of(ModelRow)


def rating_scale(scope: ClinicScope) -> Scale:
    """Each item's level, and what is usual of growth and of a session's own noise."""
    model_id = scope.clinic.model_id
    if model_id is None:
        return USUAL
    key = ("rating scale", scope.clinic_id, model_id)
    kept: Scale | None = scope.database.cache.get(key)
    if kept is not None:
        return kept
    query = select(_models.c.report).where(
        _models.c.clinic_id == scope.clinic_id, _models.c.id == model_id
    )
    scale = scale_of(scope.connection.execute(query).scalar_one_or_none())
    scope.database.cache.put(key, scale)
    return scale
