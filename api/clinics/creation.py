"""A new clinic, with the weighting it starts from."""

import secrets
from uuid import UUID

from sqlmodel import Session

from api.clock import utc_now
from api.db.tables import Clinic, WeightingRow
from api.ids import new_id
from api.store.weightings import to_document
from matching.weighting import Weighting

RANKING_KEY_BYTES = 32


def create_clinic(session: Session, name: str) -> UUID:
    """Add a clinic with an active first weighting; returns its id."""
    now = utc_now()
    clinic = Clinic(
        id=new_id(),
        name=name,
        created_at=now,
        ranking_key=secrets.token_bytes(RANKING_KEY_BYTES),
        weighting_id=new_id(),
    )
    session.add(clinic)
    session.flush()
    session.add(
        WeightingRow(
            clinic_id=clinic.id,
            id=clinic.weighting_id,
            version=1,
            document=to_document(Weighting()),
            note="Balanced: the weighting every clinic starts with.",
            created_at=now,
            activated_at=now,
        )
    )
    session.flush()
    return clinic.id
