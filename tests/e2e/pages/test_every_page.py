"""Every page there is, with something on it, as a browser shows it."""

from urllib.parse import urlsplit

from httpx2 import Response
from playwright.sync_api import Browser, Page, Route

from tests.e2e.pages.hands import context_of
from tests.e2e.pages.looking import Examiner
from tests.factories.backends import ON_SQLITE_ALONE
from tests.factories.browsing import View
from tests.factories.clinics import make_clinic, service
from tests.factories.pages import DOWNLOADS, page_routes, pages_of, world

ADDRESS = "http://127.0.0.1"


@ON_SQLITE_ALONE
def test_nothing_is_wrong_with_any_page(database_url: str, browser: Browser) -> None:
    examiner = Examiner()
    context = context_of(browser)
    page = context.new_page()
    examiner.listen(page)
    with service(database_url) as client:
        views = dict(pages_of(world(make_clinic(client))))

        def answer(route: Route) -> None:
            """What a page fetches of its own, by the service behind it."""
            path = urlsplit(route.request.url).path
            assert path.startswith("/static/"), path
            _give(route, client.get(path))

        page.route("**/static/*", answer)
        for view in views.values():
            _show(page, view)
            examiner.examine(page)
    context.close()
    assert set(views) == set(page_routes("GET")) - DOWNLOADS
    assert examiner.found == []


def _show(page: Page, view: View) -> None:
    address = ADDRESS + urlsplit(view.at).path
    page.route(address, lambda route: _give(route, view.response))
    page.goto(address)
    page.unroute(address)


def _give(route: Route, found: Response) -> None:
    route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.content)
