"""Who was seen less than their merit: what an exposure-aware arrangement goes by."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel

from api.db.tables.base import clinic_id_field, document_field, own_id_field, time_field


class ExposureShortfall(SQLModel, table=True):
    """How far each therapist's exposure fell short, over the clinic's matches up to `measured_at`.

    `document` is by therapist id, 0..1. Never changed once written: matches that it arranged name
    it, so that they can be computed again.
    """

    __tablename__ = "exposure_shortfalls"

    clinic_id: UUID = clinic_id_field()
    id: UUID = own_id_field()
    measured_at: datetime = time_field()
    document: dict[str, Any] = document_field()
