"""Tests that start the service as a process take long: all but a few are left to the slow suite."""

from pathlib import Path

import pytest

_HERE = Path(__file__).parent


# Before pytest's own, which leaves out what `-m` does not ask for.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE) and item.get_closest_marker("everyday") is None:
            item.add_marker(pytest.mark.slow)
