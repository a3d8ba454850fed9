"""Clinics made once for all tests that only look at them."""

import pytest

from seed.clinic import DEFAULT_TODAY, Clinic, ClinicSpec, generate
from seed.therapists import Skew, Therapist, draw_therapists


@pytest.fixture(scope="session")
def clinic() -> Clinic:
    """The demo clinic: every default."""
    return generate(ClinicSpec())


@pytest.fixture(scope="session")
def many() -> list[Therapist]:
    """Enough therapists for shares and correlations to be near their expectation."""
    return draw_therapists(11, 3000, DEFAULT_TODAY, Skew())
