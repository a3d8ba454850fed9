"""Each journey by mouse, by keyboard alone and without scripts, with every page looked at."""

from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Error, FilePayload, Page

from api.web.intake.questions import QUESTIONS
from tests.e2e.pages.hands import Mouse, context_of, nothing, shown
from tests.e2e.pages.looking import Examiner
from tests.e2e.pages.site import Site


def reference() -> str:
    return f"c-{uuid4().hex[:10]}"


def enter(hand: Mouse, link: str) -> None:
    hand.go(link)
    hand.press("Open my page")


def test_from_the_first_question_to_a_choice(harbour: Site, hand: Mouse) -> None:
    hand.go(harbour.intake)
    hand.press("Start")
    assert "we need your permission" in shown(hand)
    hand.tick("matching", "yes")
    hand.press("Start")
    said = {
        "needs": "anxiety",
        "lead": "first_some",
        "warmth": "second_much",
        "style_weight": "strong",
        "topics": "gender",
        "review": "no",
    }
    while "/questions/" in hand.page.url:
        key = hand.page.url.rpartition("/")[2]
        if key == "gender":
            hand.follow("Back")
            assert hand.page.url.endswith("topics")
            hand.press("Go on")
        if key in said:
            hand.tick("choice", said[key])
            hand.press("Go on")
        else:
            hand.press("Skip, or not sure")
    assert "Check your answers" in shown(hand)
    hand.follow("Change the answer to: What would you like help with?")
    hand.tick("choice", "grief")
    hand.press("Go on")
    assert "Grief" in shown(hand)
    hand.press("Show me therapists")
    hand.unfold("Put them side by side")
    hand.press("Compare")
    assert "Side by side" in shown(hand)
    hand.follow("Back to all of them")
    hand.unfold("more therapists")
    hand.press("Choose ")
    assert "We have asked them" in shown(hand)
    hand.follow("My data")
    hand.follow("My private link")


def test_a_must_that_is_not_taken_and_somebody_who_is_not_safe(harbour: Site, hand: Mouse) -> None:
    hand.go(harbour.intake)
    hand.tick("matching", "yes")
    hand.press("Start")
    hand.go(f"{harbour.intake}/questions/culture")
    assert not hand.page.get_by_text("How much does this matter to you?").is_visible()
    hand.unfold("Culture or origin")
    hand.tick("choice", "latine")
    hand.tick("importance", "must")
    hand.press("Go on")
    assert "we cannot leave people out by their origin" in shown(hand)
    hand.go(f"{harbour.intake}/questions/review")
    hand.tick("choice", "unsafe")
    hand.press("Go on")
    assert "Thank you for telling us" in shown(hand)
    hand.follow("Go on to my answers")
    hand.follow("Save for later")
    hand.follow("Back to my answers")
    hand.press("Delete my answers")
    assert "Find a therapist who fits you" in shown(hand)


def test_a_rating_and_another_choice(harbour: Site, hand: Mouse) -> None:
    pairing = harbour.together(reference())
    enter(hand, harbour.link("clients", pairing["client"]))
    hand.follow("How was your last session?")
    hand.press("Send")
    assert "Answer at least one" in shown(hand)
    for item, value in {"trust": "8", "safe": "7", "heard": "9", "goals": "6"}.items():
        hand.tick(item, value)
    hand.write("Anything else?", "It went well.")
    hand.press("Send")
    assert "Your answers are saved" in shown(hand)
    hand.follow("How it has been going")
    assert "Your answers" in shown(hand)
    hand.follow("Where things stand")
    hand.follow("This isn’t working")
    hand.tick("reason", "leads_too_much")
    hand.press("Go on")
    assert "Two ways on" in shown(hand)
    hand.follow("See other therapists")
    assert "What we changed, and why" in shown(hand)


def test_a_therapist_accepts(harbour: Site, hand: Mouse) -> None:
    pairing = harbour.asked(reference())
    enter(hand, harbour.link("therapists", pairing["therapist"]))
    hand.unfold("I cannot take them on")
    hand.press("Yes, this is still right")
    hand.follow("My profile")
    hand.follow("Requests and clients")
    while f"/{pairing['id']}/accept" in hand.page.content():
        hand.press("Accept")
    hand.follow(pairing["client"]["reference"])
    assert "They have shared nothing" in shown(hand)
    hand.press("Sign out")


def test_from_signing_in_to_a_saved_change(harbour: Site, hand: Mouse) -> None:
    therapist = harbour.call("GET", "/v1/therapists")["items"][-1]
    hand.go(f"{harbour.server.address}/console")
    hand.write("Your access key", "rapport_wrong")
    hand.press("Sign in")
    assert "That key does not open the console" in shown(hand)
    hand.write("Your access key", harbour.admin)
    hand.press("Sign in")
    hand.follow("Therapists")
    hand.write("Name or reference", therapist["reference"])
    hand.press("Search")
    hand.follow(therapist["name"])
    hand.write("Clients from elsewhere", "7")
    hand.press("Save changes")
    assert hand.page.get_by_label("Clients from elsewhere").input_value() == "7"
    for part in ("Matches", "Models", "Keys", "Settings", "Today"):
        hand.follow(part)
    hand.press("Sign out")


def test_the_rest_of_the_console_is_looked_at(harbour: Site, browser: Browser) -> None:
    examiner = Examiner()
    harbour.asked(reference())
    context = context_of(browser)
    page = context.new_page()
    examiner.listen(page)
    hand = Mouse(page, examiner.examine)
    hand.go(f"{harbour.server.address}/console")
    hand.write("Your access key", harbour.admin)
    hand.press("Sign in")
    hand.follow("Matches")
    page.locator("tbody a").first.click()
    hand.press("Compute it again")
    hand.go(f"{harbour.server.address}/console/therapists/import")
    file = FilePayload(name="a.csv", mimeType="text/csv", buffer=b"reference,name\nz-1,\n")
    page.get_by_label("File").set_input_files(file)
    hand.press("Import")
    hand.follow("Keys")
    hand.tick("role", "auditor")
    hand.press("Make a key")
    hand.go(f"{harbour.server.address}/console/matches/{uuid4()}")
    context.close()
    assert examiner.found == []


def test_a_question_is_answered_on_a_phone(harbour: Site, browser: Browser) -> None:
    examiner = Examiner()
    context = context_of(browser, phone=True)
    page = context.new_page()
    examiner.listen(page)
    hand = Mouse(page, examiner.examine)
    hand.go(harbour.intake)
    hand.tick("matching", "yes")
    hand.press("Start")
    hand.tick("choice", "anxiety")
    hand.press("Go on")
    assert "Who should lead the session?" in shown(hand)
    context.close()
    assert examiner.found == []


# What a reader sees of a page, without what is folded away or for screen readers alone.
SEEN = """() => {
  const words = (one) => one.innerText.split(/\\s+/).filter(Boolean).length;
  const main = document.querySelector('main');
  return words(main) - [...main.querySelectorAll('.unseen')].map(words).reduce((a, b) => a + b, 0);
}"""
# A third of a minute, at 238 words a minute (Brysbaert, 2019, silent reading in English).
AT_MOST = 80


def test_no_question_takes_long_to_read_or_is_wrong_with_all_unfolded(
    harbour: Site, browser: Browser
) -> None:
    examiner = Examiner()
    context = context_of(browser, phone=True)
    page = context.new_page()
    examiner.listen(page)
    hand = Mouse(page, nothing)
    hand.go(harbour.intake)
    read = {}
    hand.tick("matching", "yes")
    hand.press("Start")
    for question in QUESTIONS:
        page.goto(f"{harbour.intake}/questions/{question.key}")
        if page.get_by_role("heading", name=question.title).count():
            read[question.key] = page.evaluate(SEEN)
            for fold in page.locator("summary").all():
                fold.click()
            page.locator("label.choice").first.click()
            examiner.examine(page)
    context.close()
    assert len(read) >= len(QUESTIONS) - 2
    assert {key: words for key, words in read.items() if not 20 < words <= AT_MOST} == {}
    assert examiner.found == []


def go_back(page: Page) -> None:
    """Press Back, as soon as the browser has exchanged one page for the other and takes it."""
    for _ in range(100):
        try:
            page.go_back()
        except Error as error:
            if "Not attached to an active page" not in str(error):
                raise
            page.wait_for_timeout(100)
        else:
            return
    raise AssertionError("the browser never stood at a page")


@pytest.mark.parametrize("way", ["click", "escape twice", "no script"])
def test_a_quick_exit_leaves_nothing_to_go_back_to(
    harbour: Site, browser: Browser, way: str
) -> None:
    context = context_of(browser, script=way != "no script")
    page = context.new_page()
    hand = Mouse(page, nothing)
    hand.go(harbour.intake)
    hand.tick("matching", "yes")
    hand.press("Start")
    for _ in range(2):
        hand.tick("choice", "anxiety" if page.url.endswith("needs") else "first_much")
        hand.press("Go on")
    # It cannot be reached from here. That it was asked for is enough, once the browser says so in
    # the place of the page: until then there is nothing to go back from.
    with page.expect_event("framenavigated", lambda frame: "127.0.0.1" not in frame.url):
        if way == "escape twice":
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")
        else:
            page.get_by_role("link", name="Leave this page quickly").click()
    for _ in range(5):
        go_back(page)
        assert "/questions/" not in page.url
        assert "Question" not in page.title()
    assert context.cookies() == []
    context.close()
