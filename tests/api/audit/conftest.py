"""A clinic without a service in front of it."""

from uuid import UUID

import pytest

from api.clinics.creation import create_clinic
from api.db.database import Database


@pytest.fixture
def clinic_id(database: Database) -> UUID:
    with database.writing() as connection:
        return create_clinic(connection, "Clinic")
