"""The SQL of matches."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select

from api.auth.scope import ClinicScope
from api.db.tables import Match
from api.db.tables.base import table_of

_matches = table_of(Match)
# Built once: putting a statement together costs more than running it.
_MATCH = select(_matches).where(
    _matches.c.clinic_id == bindparam("clinic_id"), _matches.c.id == bindparam("match_id")
)
_INSERT_MATCH = insert(_matches)


def insert_match(scope: ClinicScope, row: dict[str, Any]) -> None:
    """Store a match of the scope's clinic."""
    scope.connection.execute(_INSERT_MATCH, {"clinic_id": scope.clinic_id, **row})


def match_of(scope: ClinicScope, match_id: UUID) -> Row[Any] | None:
    """The clinic's match of that id."""
    named = {"clinic_id": scope.clinic_id, "match_id": match_id}
    return scope.connection.execute(_MATCH, named).one_or_none()
