"""An administrator asks what other weights would do, reads insights, and reads the trail."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from seed.clinic import ClinicSpec, generate
from tests.e2e.pages.hands import Mouse, context_of, nothing, shown, sign_in
from tests.e2e.pages.site import THERAPISTS, Site

STYLE = "communication_style"
ANSWER = re.compile(
    r"^In (none|fewer than 1|\d+) of \d+ past matches somebody else would have come"
)
LIVE = "**/console/weighting/draft/live"
INSIGHTS = {
    "Who is seen": "exposure",
    "Unmet needs": "unmet-needs",
    "Gaps in profiles": "profiles",
    "Does expected fit hold?": "calibration",
    "Room and waiting": "congestion",
    "Groups compared": "bias",
}


@pytest.fixture(scope="module")
def clinic(harbour: Site) -> Site:
    """With enough past matches to try weights on."""
    spec = ClinicSpec(therapists=THERAPISTS, past_clients=0, unseen_clients=30)
    for number, client in enumerate(generate(spec).unseen):
        said = {"preferences": client.body["preferences"], "needs": client.body["needs"]}
        harbour.call("POST", "/v1/matches", {**said, "client": {"reference": f"past-{number}"}})
    return harbour


def active(clinic: Site) -> Any:
    (found,) = clinic.call("GET", "/v1/weightings?status=active")["items"]
    return found


def told(page: Page) -> str:
    """What the page says once it has worked it out."""
    line = page.locator("#live").get_by_role("status")
    expect(line).to_have_text(ANSWER, timeout=30_000)
    return line.inner_text()


def test_what_happens_if_style_counts_double(clinic: Site, hand: Mouse) -> None:
    before = active(clinic)
    sign_in(hand, clinic.server.address, clinic.admin)
    hand.follow("Weighting")
    hand.follow("Way of working: ×2")
    field = hand.page.locator(f"input[type=number][name={STYLE}]")
    assert float(field.input_value()) == pytest.approx(2 * before["weights"][STYLE])
    live = hand.page.locator("#live")
    if live.is_visible():
        answer = told(hand.page)
        hand.examine(hand.page)
        hand.use("Way of working: as now")
        assert float(field.input_value()) == before["weights"][STYLE]
        expect(live.get_by_role("status")).to_contain_text("In none of", timeout=30_000)
        hand.use("Way of working: ×2")
        assert told(hand.page) == answer
        assert live.get_by_text("How well would clients have got on?").is_visible()
    else:
        answer = ""
        hand.press("Way of working: as now")
        assert float(field.input_value()) == before["weights"][STYLE]
        hand.press("Way of working: ×2")
    hand.press("See what would change")
    assert "What would have changed in" in shown(hand)
    assert answer in shown(hand)
    hand.press("Activate this version")
    assert active(clinic)["weights"][STYLE] == pytest.approx(2 * before["weights"][STYLE])
    hand.follow(f"Version {before['version']}")
    hand.press("Go back to this version")
    assert f"Version {before['version']} is active." in shown(hand)
    assert active(clinic)["id"] == before["id"]


def test_insights_are_read_and_taken_along(clinic: Site, hand: Mouse) -> None:
    sign_in(hand, clinic.server.address, clinic.admin)
    hand.follow("Insights")
    charts = 0
    for title, name in INSIGHTS.items():
        hand.follow(title)
        for picture in hand.page.locator("main svg").all():
            expect(picture).to_have_role("img")
            expect(picture).to_have_accessible_name(re.compile(r"\w"))
            charts += 1
        kept = hand.save("Download the table (CSV)")
        assert kept.suggested_filename == f"{name}.csv"
        with Path(kept.path()).open(newline="", encoding="utf-8") as file:
            assert len(next(csv.reader(file))) > 1
        hand.page.goto(f"{clinic.server.address}/console/insights")
    assert charts > 1
    hand.follow("Who is seen")
    hand.write("From", "2999-01-01")
    hand.press("Show")
    assert "This range cannot be shown." in shown(hand)


def test_the_trail_is_searched_and_taken_along(clinic: Site, hand: Mouse) -> None:
    sign_in(hand, clinic.server.address, clinic.admin)
    hand.follow("Audit")
    assert "A match" in shown(hand)
    hand.write("To which record (id)", "nobody")
    hand.press("Find")
    assert "Nothing was looked for." in shown(hand)
    hand.follow("Show everything")
    kept = hand.save("Download the whole trail")
    lines = Path(kept.path()).read_text().splitlines()
    assert json.loads(lines[0])


@pytest.fixture
def trying(clinic: Site, browser: Browser) -> Iterator[Page]:
    """The form of a draft, in which nothing is changed yet."""
    context = context_of(browser)
    page = context.new_page()
    sign_in(Mouse(page, nothing), clinic.server.address, clinic.admin)
    page.goto(f"{clinic.server.address}/console/weighting/draft")
    yield page
    context.close()


def test_it_is_asked_once_when_a_slider_comes_to_rest(trying: Page) -> None:
    asked: list[str] = []
    trying.on("request", lambda request: asked.append(request.url))
    for value in ("0.3", "0.5", "0.7", "0.9"):
        trying.locator(f"#slider-{STYLE}").fill(value)
        assert trying.locator(f"#{STYLE}").input_value() == value
    told(trying)
    # The browser looks for the icon of the clinic when it likes.
    assert len([url for url in asked if "/static/" not in url]) == 1


def test_a_later_change_ends_what_was_asked_before(trying: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    trying.route(LIVE, hold, times=1)
    with trying.expect_request(LIVE):
        trying.locator(f"#{STYLE}").fill("0.5")
    with trying.expect_event("requestfailed", lambda request: request.url.endswith("/live")):
        trying.locator(f"#{STYLE}").fill("0.9")
    told(trying)
    assert len(held) == 1


def test_where_the_service_is_busy_it_is_asked_again(trying: Page) -> None:
    trying.route(LIVE, lambda route: route.fulfill(status=503, body="busy"), times=1)
    with trying.expect_response(LIVE) as first:
        trying.locator(f"#{STYLE}").fill("0.9")
    assert first.value.status == 503
    told(trying)


def test_what_was_typed_stays_where_nothing_is_answered(trying: Page) -> None:
    trying.route(LIVE, lambda route: route.abort())
    trying.locator(f"#{STYLE}").fill("0.9")
    line = trying.locator("#live").get_by_role("status")
    expect(line).to_contain_text("This could not be worked out just now.")
    assert trying.locator(f"#{STYLE}").input_value() == "0.9"
    trying.unroute(LIVE)
    trying.context.clear_cookies()
    trying.locator(f"#{STYLE}").fill("0.8")
    expect(line).to_have_text("Working it out…")
    expect(line).to_contain_text("sign in again in another window")
    assert trying.locator(f"#{STYLE}").input_value() == "0.8"
