"""A clinic in the middle of its day, behind its pages."""

import pytest

from tests.factories.clinics import ClinicApi
from tests.factories.pages import World, world


@pytest.fixture
def made(clinic: ClinicApi) -> World:
    return world(clinic, with_model=False)


@pytest.fixture
def whole(clinic: ClinicApi) -> World:
    """With a trained model, which takes its time."""
    return world(clinic)
