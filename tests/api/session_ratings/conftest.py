"""A client and a therapist who work together."""

import pytest

from tests.factories.clinics import ClinicApi
from tests.factories.pairings import Json
from tests.factories.session_ratings import together


@pytest.fixture
def pairing(clinic: ClinicApi) -> Json:
    return together(clinic)
