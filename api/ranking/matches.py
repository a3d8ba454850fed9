"""A stored match, or why there is none."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.auth.own import is_own
from api.auth.scope import ClinicScope
from api.problems import NotFound
from api.ranking import queries
from api.store.tombstones import refuse_erased

_NO_MATCH = "The clinic has no such match."


def existing_match(scope: ClinicScope, match_id: UUID) -> Row[Any]:
    """The clinic's match of that id, which a client's key sees only if it is theirs.

    Raises:
        NotFound: the clinic has no such match.
        Gone: it was erased.
    """
    row = queries.match_of(scope, match_id)
    if row is None:
        refuse_erased(scope, match_id)
        raise NotFound(_NO_MATCH)
    if not is_own(scope, client_id=row.client_id):
        raise NotFound(_NO_MATCH)
    return row
