"""What was erased: an id answers 410 and not 404, and nothing else is known of it."""

from uuid import UUID

from sqlalchemy import select

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
