"""The SQL of suggested weights: what the newest training found."""

from typing import Any

from sqlalchemy import Row, select

from api.auth.scope import ClinicScope
from api.db.tables import ModelRow
from api.db.tables.base import table_of

_models = table_of(ModelRow)
_COLUMNS = tuple(_models.c[name] for name in ("id", "trained_at", "report"))


def newest_training(scope: ClinicScope) -> Row[Any] | None:
    """The clinic's training that came to its end last, whether its model serves or not."""
    query = (
        select(*_COLUMNS)
        .where(_models.c.clinic_id == scope.clinic_id, _models.c.trained_at.is_not(None))
        .where(_models.c.status.in_(("ready", "refused")))
        .order_by(_models.c.trained_at.desc(), _models.c.id.desc())
        .limit(1)
    )
    return scope.connection.execute(query).one_or_none()
