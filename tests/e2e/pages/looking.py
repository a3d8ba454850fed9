"""What must hold of every page that a browser shows, and in every state of it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 900}
_TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
_TEXT = "(size) => { document.documentElement.style.fontSize = size; }"


class Examiner:
    """Looks at pages with axe and at two sizes; `found` names what is wrong, page by page."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.seen: list[str] = []

    def listen(self, page: Page) -> None:
        """Note what the browser complains of, a refusal of the content policy included."""
        page.on("console", self._noted)
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))

    def _noted(self, message: ConsoleMessage) -> None:
        # A page that is refused on purpose is answered with its status, which is noted as well.
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            self.found.append(message.text)

    def examine(self, page: Page) -> None:
        """Look at a page as it stands."""
        self.seen.append(page.url)
        for violation in (
            Axe()
            .run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
            .response["violations"]
        ):
            nodes = [node["html"][:120] for node in violation["nodes"]]
            self.found.append(f"{page.url}: {violation['id']} {nodes[:2]}")
        self._widths(page)

    def _widths(self, page: Page) -> None:
        before = page.viewport_size
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        if page.evaluate(_TOO_WIDE):
            self.found.append(f"{page.url}: wider than a phone")
        page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})
        page.evaluate(_TEXT, "200%")
        if page.evaluate(_TOO_WIDE):
            self.found.append(f"{page.url}: too wide at twice the size of text")
        page.evaluate(_TEXT, "")
        if before:
            page.set_viewport_size(before)
