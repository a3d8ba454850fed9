"""A clinic with three therapists to rate."""

import pytest

from tests.factories.clinics import ClinicApi
from tests.factories.ratings import REFERENCES


@pytest.fixture
def rated(clinic: ClinicApi) -> ClinicApi:
    for reference in REFERENCES:
        clinic.add(reference=reference)
    return clinic
