"""A clinic with three therapists, whom ratings can tell apart."""

import pytest

from tests.factories.clinics import ClinicApi


@pytest.fixture
def staffed(clinic: ClinicApi) -> ClinicApi:
    for number in range(3):
        clinic.add(reference=f"t-{number}")
    return clinic
