"""What leaving says of a pair: an end for reasons of fit is kept, to be learned from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select

from api.auth.scope import ClinicScope
from api.db.tables import Departure, Match
from api.db.tables.base import table_of
from api.store.clients import client_of
from api.store.fit_ratings import keep_wishes, next_arrivals

_departures = table_of(Departure)
_matches = table_of(Match)
_REQUEST = select(_matches.c.request).where(
    _matches.c.clinic_id == bindparam("clinic_id"), _matches.c.id == bindparam("match_id")
)


def note_departure(scope: ClinicScope, pairing: Row[Any], now: datetime) -> None:
    """Keep that a client left a therapist for reasons of fit, with what they had asked for.

    It is learned from only where the client agreed to learning.
    """
    named = {"clinic_id": scope.clinic_id, "match_id": pairing.match_id}
    request: Mapping[str, Any] = scope.connection.execute(_REQUEST, named).scalar_one()
    client = client_of(scope, pairing.client_id)
    row = {
        "clinic_id": scope.clinic_id,
        "pairing_id": pairing.id,
        "client_id": pairing.client_id,
        "therapist_id": pairing.therapist_id,
        "left_at": now,
        "wishes_digest": keep_wishes(scope, pairing.client_id, request),
        "learning": client is not None and client.consents_to_learning is True,
        "arrival": next_arrivals(scope, 1)[0],
    }
    scope.connection.execute(insert(_departures), row)
