"""A new clinic, with the weighting it starts from."""

import secrets
from uuid import UUID

from sqlalchemy import Connection, insert, select

from api.clock import utc_now
from api.db.tables import Clinic, WeightingRow
from api.db.tables.base import table_of
from api.ids import new_id
from api.store.weightings import to_document
from matching.weighting import Weighting

RANKING_KEY_BYTES = 32
_COUNTERS = ("roster_version", "availability_version", "vocabulary_version", "settings_version")

CLINICS = select(table_of(Clinic).c.id, table_of(Clinic).c.name).order_by(table_of(Clinic).c.id)


def create_clinic(connection: Connection, name: str) -> UUID:
    """Add a clinic with an active first weighting; returns its id."""
    now = utc_now()
    clinic_id, weighting_id = new_id(), new_id()
    clinic = {
        "id": clinic_id,
        "name": name,
        "created_at": now,
        "ranking_key": secrets.token_bytes(RANKING_KEY_BYTES),
        "weighting_id": weighting_id,
        **dict.fromkeys(_COUNTERS, 0),
    }
    weighting = {
        "clinic_id": clinic_id,
        "id": weighting_id,
        "version": 1,
        "document": to_document(Weighting()),
        "note": "Balanced: the weighting every clinic starts with.",
        "created_at": now,
        "activated_at": now,
    }
    connection.execute(insert(table_of(Clinic)), clinic)
    connection.execute(insert(table_of(WeightingRow)), weighting)
    return clinic_id
