"""Which tests are left to the slow suite, which CI runs as well.

Those that start the service as a process take long: all but a few. Pages, insights and previews are
worked out from the same rows as the answers of the API, and what is hostile in a request is mostly
refused before any database is asked: on PostgreSQL these are left to the slow suite.
"""

from pathlib import Path

import pytest

_HERE = Path(__file__).parent
_PROCESSES = _HERE / "e2e"
_ONE_DATABASE_A_DAY = tuple(
    _HERE / "api" / one for one in ("web", "insights", "weightings", "test_hostile.py")
)


# Before pytest's own, which leaves out what `-m` does not ask for.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _starts_a_process(item) or _is_tried_on_the_other_database(item):
            item.add_marker(pytest.mark.slow)


def _starts_a_process(item: pytest.Item) -> bool:
    everyday = item.get_closest_marker("everyday") is not None
    return item.path.is_relative_to(_PROCESSES) and not everyday


def _is_tried_on_the_other_database(item: pytest.Item) -> bool:
    found = getattr(item, "callspec", None)
    on_postgresql = found is not None and found.params.get("backend") == "postgresql"
    return on_postgresql and any(item.path.is_relative_to(one) for one in _ONE_DATABASE_A_DAY)
