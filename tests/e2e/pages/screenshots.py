"""Pictures of the pages for the documents: `python -m tests.e2e.pages.screenshots`.

They show the demo's clinic, which is made up. Run it again when the pages change.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from seed.demo import DEMO_REQUEST
from tests.e2e.pages.conftest import ARGUMENTS, chromium
from tests.factories.servers import RAPPORT, Server, serving

IMAGES = Path(__file__).parents[3] / "docs" / "images"
PHONE, DESKTOP = (390, 800), (1180, 860)
# Sessions of a client who is less and less content.
COURSE = (9, 8, 8, 6, 5)
Json = Any


class Clinic:
    """The demo's clinic, called as its administrator."""

    def __init__(self, server: Server, keys: dict[str, str]) -> None:
        self.server, self.keys = server, keys

    def call(self, method: str, path: str, body: Json = None) -> Json:
        headers = {"Authorization": f"Bearer {self.keys['admin']}"}
        address = f"{self.server.address}{path}"
        answer = httpx.request(method, address, json=body, headers=headers, timeout=60)
        assert answer.is_success, answer.text
        return answer.json()

    def pairing(self, reference: str, status: str) -> Json:
        """A client with a therapist, `requested` or `active`."""
        asked = {**DEMO_REQUEST, "client": {"reference": reference}, "limit": 6}
        match = self.call("POST", "/v1/matches", asked)
        first = match["candidates"][0]["therapist"]["id"]
        made = self.call("POST", f"/v1/matches/{match['id']}/selection", {"therapist_id": first})
        if status == "active":
            made = self.call("POST", f"/v1/pairings/{made['id']}/accept")
        return made

    def open(self, page: Page, kind: str, subject: Json) -> None:
        """The pages of a client or a therapist, by a private link."""
        key = self.call("POST", f"/v1/{kind}/{subject['id']}/keys", {"days": 7})["key"]
        area = {"clients": "my", "therapists": "practice"}[kind]
        page.goto(f"{self.server.address}/{area}/link/{key}")
        page.get_by_role("button", name="Open my page").click()


@contextmanager
def demo() -> Iterator[Clinic]:
    """The demo's clinic: made by the demo itself, and served apart from it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [RAPPORT, "demo", "--directory", folder]
        made = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert made.stdout is not None
        next(line for line in made.stdout if line.startswith("curl"))
        made.terminate()
        made.wait(timeout=30)
        keys = json.loads((Path(folder) / "keys.json").read_text())
        with serving(f"sqlite:///{folder}/rapport.db", Path(folder) / "log") as server:
            yield Clinic(server, keys)


def take(page: Page, name: str, *, height: int | None = None) -> None:
    """One picture, from the top of the page down to `height`."""
    page.evaluate("() => window.scrollTo(0, 0)")
    size = page.viewport_size
    assert size is not None
    clip: Json = {"x": 0, "y": 0, "width": size["width"], "height": height or size["height"]}
    page.screenshot(path=IMAGES / f"{name}.png", clip=clip, full_page=True)


def new_page(browser: Browser, size: tuple[int, int]) -> Page:
    return browser.new_context(viewport={"width": size[0], "height": size[1]}).new_page()


def intake(browser: Browser, clinic: Clinic, clinic_id: str) -> None:
    """A question, and the therapists, on a phone and on a desk."""
    for size, suffix in ((PHONE, "-phone"), (DESKTOP, "")):
        page = new_page(browser, size)
        page.goto(f"{clinic.server.address}/intake/{clinic_id}")
        page.locator("input[name=matching]").check()
        page.get_by_role("button", name="Start").click()
        page.locator("input[value=anxiety]").check()
        page.get_by_role("button", name="Go on").click()
        page.locator("input[value=first_some]").check()
        take(page, f"intake{suffix}", height=size[1] + 200)
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Skip to the end").click()
        page.get_by_role("button", name="Show me therapists").click()
        take(page, f"therapists{suffix}", height=size[1] + 200)


def client(browser: Browser, clinic: Clinic) -> None:
    """A rating, and another choice."""
    pairing = clinic.pairing("demo-client", "active")
    for session, value in enumerate(COURSE, 1):
        said = dict.fromkeys(("trust", "safe", "heard", "goals"), value)
        path = f"/v1/pairings/{pairing['id']}/ratings"
        clinic.call("POST", path, {"session_number": session, **said})
    page = new_page(browser, PHONE)
    clinic.open(page, "clients", pairing["client"])
    page.goto(f"{clinic.server.address}/my/pairings/{pairing['id']}/rate")
    take(page, "rating", height=1250)
    page = new_page(browser, DESKTOP)
    clinic.open(page, "clients", pairing["client"])
    page.goto(f"{clinic.server.address}/my/pairings/{pairing['id']}/change")
    page.locator("input[value=leads_too_much]").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="See other therapists").click()
    take(page, "alternatives")


def staff(browser: Browser, clinic: Clinic) -> None:
    """A therapist's requests, the clinic's day, and a match with its arithmetic."""
    asked = clinic.pairing("demo-request", "requested")
    page = new_page(browser, DESKTOP)
    clinic.open(page, "therapists", asked["therapist"])
    take(page, "practice")
    page = in_console(browser, clinic)
    take(page, "console-today")
    page.goto(f"{clinic.server.address}/console/matches/{asked['match_id']}")
    take(page, "console-match")


def tuning(browser: Browser, clinic: Clinic) -> None:
    """What would happen if style counted double, and who is seen."""
    page = in_console(browser, clinic)
    page.get_by_role("link", name="Weighting").click()
    page.get_by_role("link", name="Way of working: ×2").click()
    page.locator("#live h3").first.wait_for()
    # Beside what is in sight; a picture of the whole page would show it elsewhere.
    page.screenshot(path=IMAGES / "console-weighting.png")
    page.goto(f"{clinic.server.address}/console/insights/exposure")
    take(page, "console-insights", height=DESKTOP[1] + 140)


def in_console(browser: Browser, clinic: Clinic) -> Page:
    """The administrator's first page."""
    page = new_page(browser, DESKTOP)
    page.goto(f"{clinic.server.address}/console/sign-in")
    page.get_by_label("Your access key").fill(clinic.keys["admin"])
    page.get_by_role("button", name="Sign in").click()
    return page


def main() -> None:
    """Take them all."""
    IMAGES.mkdir(exist_ok=True)
    with demo() as clinic, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = in_console(browser, clinic)
        page.goto(f"{clinic.server.address}/console/settings")
        address = page.get_by_role("link", name="open it").get_attribute("href") or ""
        intake(browser, clinic, address.rpartition("/")[2])
        client(browser, clinic)
        staff(browser, clinic)
        tuning(browser, clinic)
        browser.close()


if __name__ == "__main__":
    main()
