"""Which databases a test runs on, where that is not every one."""

import pytest

# For what stands on a page, which the pages make of rows that are read alike from both.
ON_SQLITE_ALONE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

# For what takes long and goes through the same code on both: every day on one, with the slow tests
# on the other too.
POSTGRESQL_WITH_THE_SLOW = pytest.mark.parametrize(
    "backend", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)
