"""A clinic in the middle of its day, behind its pages.

Pages come of the same rows as the answers of the API, which are tested on both databases every day;
on PostgreSQL the pages are left to the slow suite.
"""

from pathlib import Path

import pytest

from tests.factories.clinics import ClinicApi
from tests.factories.pages import World, world

_HERE = Path(__file__).parent


# Before pytest's own, which leaves out what `-m` does not ask for.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE) and _backend_of(item) == "postgresql":
            item.add_marker(pytest.mark.slow)


def _backend_of(item: pytest.Item) -> str | None:
    found = getattr(item, "callspec", None)
    return None if found is None else found.params.get("backend")


@pytest.fixture
def made(clinic: ClinicApi) -> World:
    return world(clinic, with_model=False)


@pytest.fixture
def whole(clinic: ClinicApi) -> World:
    """With a trained model, which takes its time."""
    return world(clinic)
