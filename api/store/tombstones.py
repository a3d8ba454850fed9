"""What was erased: an id answers 410 and not 404, and nothing else is known of it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from api.auth.scope import ClinicScope
from api.db.tables import Tombstone
from api.db.tables.base import table_of
from api.problems import Gone

_tombstones = table_of(Tombstone)


def refuse_erased(scope: ClinicScope, id_: UUID) -> None:
    """Say that a record is gone for good.

    Raises:
        Gone: the clinic's record of that id was erased.
    """
    query = select(_tombstones.c.erased_at).where(
        _tombstones.c.clinic_id == scope.clinic_id, _tombstones.c.id == id_
    )
    if scope.connection.execute(query).one_or_none() is not None:
        raise Gone("It was erased, as the client may ask, and cannot be brought back.")


def bury(scope: ClinicScope, ids: Iterable[UUID], now: datetime) -> None:
    """Keep of these records that they were erased, each id once."""
    rows = [{"clinic_id": scope.clinic_id, "id": id_, "erased_at": now} for id_ in ids]
    if rows:
        scope.connection.execute(insert(_tombstones), rows)
