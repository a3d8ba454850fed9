"""A real browser in front of a real server; where there is no browser, a loud word about it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.pages.hands import WAYS, Keyboard, Mouse, context_of, nothing
from tests.e2e.pages.looking import Examiner
from tests.e2e.pages.site import Site, site

NEEDED = "RAPPORT_TESTS_NEED_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# It finds no host but this one, whatever a page or the browser itself would like to load.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def chromium() -> str | None:
    """Where a Chromium is, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        words = "NO BROWSER: the pages were NOT tested in one. Install Debian's chromium."
        if os.environ.get(NEEDED) == "1":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(Path(tmp_path_factory.mktemp("pages"))) as made:
        yield made


@pytest.fixture(params=WAYS)
def hand(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Mouse]:
    examiner = Examiner()
    context = context_of(browser, script=request.param != "no script")
    page = context.new_page()
    examiner.listen(page)
    look: Callable[[Page], None] = examiner.examine if request.param == "mouse" else nothing
    yield Keyboard(page, look) if request.param == "keyboard" else Mouse(page, look)
    context.close()
    assert examiner.found == []
