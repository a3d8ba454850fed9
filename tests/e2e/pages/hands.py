"""Three ways to use a page: with a mouse, with the keyboard alone, and without scripts."""

from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Download, Locator, Page

from tests.e2e.pages.looking import DESKTOP, PHONE

WAYS = ("mouse", "keyboard", "no script")
# More than any page has to stop at.
_STOPS = 150


class Mouse:
    """Points and clicks, at what is on the page by its words."""

    def __init__(self, page: Page, examine: Callable[[Page], None]) -> None:
        self.page = page
        self.examine = examine

    def go(self, address: str) -> None:
        self.page.goto(address)
        self.examine(self.page)

    def press(self, words: str) -> None:
        """Press a button, and look at the page that follows."""
        self._arrive(self.page.get_by_role("button", name=words).first)

    def follow(self, words: str) -> None:
        """Follow a link, and look at where it leads."""
        self._arrive(self.page.get_by_role("link", name=words).first)

    def use(self, words: str) -> None:
        """Press a button that works within the page."""
        self._press(self.page.get_by_role("button", name=words).first)

    def save(self, words: str) -> Download:
        """Follow a link that leads to a file."""
        with self.page.expect_download() as kept:
            self._press(self.page.get_by_role("link", name=words).first)
        return kept.value

    def unfold(self, words: str) -> None:
        """Open what is folded away."""
        self._press(self.page.locator("summary", has_text=words).first)
        self.examine(self.page)

    def _arrive(self, target: Locator) -> None:
        with self.page.expect_navigation(wait_until="load"):
            self._press(target)
        self.examine(self.page)

    def tick(self, name: str, value: str) -> None:
        """Choose one of several."""
        self._tick(self.page.locator(f"input[name='{name}'][value='{value}']").first)

    def write(self, label: str, words: str) -> None:
        """Fill in a field."""
        self._write(self.page.get_by_label(label).first, words)

    def _press(self, target: Locator) -> None:
        target.click()

    def _tick(self, target: Locator) -> None:
        # A person clicks the words; the box itself may be drawn by its label.
        target.locator("xpath=ancestor::label[1]").click()
        assert target.is_checked()

    def _write(self, target: Locator, words: str) -> None:
        target.click()
        target.fill(words)


class Keyboard(Mouse):
    """Tab, Space, Enter and the arrows; nothing is clicked."""

    def _reach(self, target: Locator) -> None:
        """Tab until the target has the focus, which must be seen."""
        for _ in range(_STOPS):
            if target.evaluate("one => one === document.activeElement"):
                self._is_seen()
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {target}")

    def _is_seen(self) -> None:
        """The focus has an outline, or a shadow, on itself or on what is drawn for it."""
        seen = self.page.evaluate(
            """() => {
              const drawn = (one) => { const style = getComputedStyle(one);
                return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
                  || style.boxShadow !== 'none'; };
              const one = document.activeElement;
              const beside = one.nextElementSibling, around = one.closest('label');
              return [one, beside, around].some((each) => each && drawn(each)); }"""
        )
        assert seen, "the focus is not to be seen"

    def _press(self, target: Locator) -> None:
        self._reach(target)
        self.page.keyboard.press("Enter")

    def _tick(self, target: Locator) -> None:
        if target.get_attribute("type") == "checkbox":
            self._reach(target)
            if not target.is_checked():
                self.page.keyboard.press("Space")
        else:
            self._choose(target)
        assert target.is_checked()

    def _choose(self, target: Locator) -> None:
        """Tab to the group, then the arrows."""
        name = target.get_attribute("name")
        for _ in range(_STOPS):
            if self.page.evaluate("() => document.activeElement.name") == name:
                break
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Space")
        for _ in range(_STOPS):
            if target.is_checked():
                return
            self.page.keyboard.press("ArrowDown")

    def _write(self, target: Locator, words: str) -> None:
        self._reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)


def nothing(_page: Page) -> None:
    """Pages are examined on the way of the mouse; the other ways lead over the same ones."""


def context_of(browser: Browser, *, script: bool = True, phone: bool = False) -> BrowserContext:
    size = PHONE if phone else DESKTOP
    return browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, java_script_enabled=script
    )


def shown(hand: Mouse) -> str:
    """The words on the page."""
    return hand.page.locator("body").inner_text()


def sign_in(hand: Mouse, address: str, key: str) -> None:
    """Into the console."""
    hand.go(f"{address}/console")
    hand.write("Your access key", key)
    hand.press("Sign in")
