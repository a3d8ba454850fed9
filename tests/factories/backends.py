"""Which databases a test runs on, where that is not every one."""

import pytest

# For what stands on a page, which the pages make of rows that are read alike from both.
ON_SQLITE_ALONE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
