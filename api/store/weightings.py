"""Weightings as the engine takes them, by id. A version never changes, so it is kept for good."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.auth.scope import ClinicScope
from api.db.tables import WeightingRow
from api.db.tables.base import table_of
from matching.weighting import Weighting

StoredWeighting = tuple[Weighting, int]


def read_weighting(scope: ClinicScope, weighting_id: UUID) -> StoredWeighting:
    """One version of the clinic's weighting, and its version number."""
    key = ("weighting", scope.clinic_id, weighting_id)
    kept: StoredWeighting | None = scope.database.cache.get(key)
    if kept is not None:
        return kept
    table = table_of(WeightingRow)
    query = select(table.c.document, table.c.version).where(
        table.c.clinic_id == scope.clinic_id, table.c.id == weighting_id
    )
    row = scope.connection.execute(query).one()
    stored = (from_document(row.document), row.version)
    scope.database.cache.put(key, stored)
    return stored


def to_document(weighting: Weighting) -> dict[str, Any]:
    """A weighting as it is stored and shown."""
    return {
        name: dict(value) if isinstance(value, Mapping) else value
        for name, value in (
            (name, getattr(weighting, name)) for name in Weighting.__dataclass_fields__
        )
    }


def from_document(document: Mapping[str, Any]) -> Weighting:
    """The weighting that `to_document` wrote."""
    return Weighting(**document)
