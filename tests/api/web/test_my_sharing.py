"""A client takes back what they shared: one session, all of it, or a comment."""

import pytest

from tests.factories.browsing import Browser
from tests.factories.clinics import ClinicApi
from tests.factories.pages import client_of, reads_comments, therapist_of
from tests.factories.pairings import Json, active, match_of, roster
from tests.factories.session_ratings import course, rated

CLIENTS_OWN = "What I would rather not have said."


@pytest.fixture
def pairing(clinic: ClinicApi) -> Json:
    """Two who are together: two sessions shared whole, one in a summary, one kept."""
    (therapist_id,) = roster(clinic, 1)
    made = active(clinic, match_of(clinic), therapist_id)
    for session, share in enumerate(("this_rating", "this_rating", "summary", "none"), 1):
        said: Json = {"trust": session, "share_with_therapist": share}
        rated(clinic, made, session, **said, comment=CLIENTS_OWN if session == 4 else None)
    return made


@pytest.fixture
def browser(clinic: ClinicApi, pairing: Json) -> Browser:
    return client_of(clinic, pairing["client"]["id"])


def page(pairing: Json) -> str:
    return f"/my/pairings/{pairing['id']}/sharing"


def shares(clinic: ClinicApi, pairing: Json) -> list[str]:
    return [one["share_with_therapist"] for one in course(clinic, pairing)["ratings"]]


def seen_by_therapist(clinic: ClinicApi, pairing: Json) -> str:
    theirs = therapist_of(clinic, pairing["therapist"]["id"])
    return theirs.open(f"/practice/pairings/{pairing['id']}").text


def changes(clinic: ClinicApi) -> list[Json]:
    rows = clinic.get("/v1/audit", params={"action": "rating.changed"}).json()["items"]
    return [row["details"] for row in rows]


def test_one_session_is_shared_no_longer(
    clinic: ClinicApi, pairing: Json, browser: Browser
) -> None:
    assert "“I can be honest here, even about hard things”: 2" in seen_by_therapist(clinic, pairing)
    home = browser.open(browser.open("/my").link("How it has been going"))
    view = browser.open(home.link("take back what you share"))
    assert "They may remember what they have read" in view.text
    done = browser.press(view, "Stop sharing this: session 2")
    assert "They no longer see it here" in done.text
    assert shares(clinic, pairing) == ["this_rating", "none", "summary", "none"]
    left = seen_by_therapist(clinic, pairing)
    assert "“I can be honest here, even about hard things”: 1" in left
    assert "“I can be honest here, even about hard things”: 2" not in left
    assert changes(clinic) == [{"share": "none", "comment_removed": False}]


def test_all_of_it_is_taken_back_also_after_an_end(
    clinic: ClinicApi, pairing: Json, browser: Browser
) -> None:
    assert clinic.post(f"/v1/pairings/{pairing['id']}/end", {}).status_code == 200
    view = browser.open(browser.open("/my").link("What you shared with"))
    done = browser.press(view, "Stop sharing all of it")
    assert "You keep your answers from them" in done.text
    assert shares(clinic, pairing) == ["none"] * 4
    assert "They have shared nothing" in seen_by_therapist(clinic, pairing)
    # What was kept all along is not touched.
    assert len(changes(clinic)) == 3


def test_a_comment_is_deleted_and_the_answers_stay(
    clinic: ClinicApi, pairing: Json, browser: Browser
) -> None:
    reads_comments(clinic, named_reader="Dr Reader")
    view = browser.open(page(pairing))
    assert CLIENTS_OWN in view.text
    assert "Only Dr Reader reads them" in view.text
    done = browser.press(view, "Delete my comment on session 4")
    assert "Your comment is deleted" in done.text
    assert CLIENTS_OWN not in done.response.text
    assert CLIENTS_OWN not in browser.request("GET", "/my/data/export").text
    assert len(course(clinic, pairing)["ratings"]) == 4
    assert shares(clinic, pairing) == ["this_rating", "this_rating", "summary", "none"]
    assert changes(clinic) == [{"share": "none", "comment_removed": True}]


@pytest.mark.parametrize("session", ["9", "0", "-1", "²", "x", "9" * 300])
@pytest.mark.parametrize("below", ["", "/comment"])
def test_a_session_that_is_none_changes_nothing(
    clinic: ClinicApi, pairing: Json, browser: Browser, session: str, below: str
) -> None:
    token = browser.open(page(pairing)).form("Stop sharing all").offered("form_token")[0]
    sent = {"form_token": token, "session": session}
    assert browser.post(page(pairing) + below, sent).status_code == 404
    assert changes(clinic) == []


def test_somebody_elses_sharing_is_nowhere(
    clinic: ClinicApi, pairing: Json, browser: Browser
) -> None:
    token = browser.open(page(pairing)).form("Stop sharing all").offered("form_token")[0]
    (other,) = roster(clinic, 1)
    theirs = active(clinic, match_of(clinic, "c-2"), other)
    rated(clinic, theirs, 1, trust=5, share_with_therapist="this_rating")
    assert browser.open(page(theirs)).code == 404
    for below in ("", "/comment"):
        sent = {"form_token": token, "session": "1"}
        assert browser.post(page(theirs) + below, sent).status_code == 404
    assert shares(clinic, theirs) == ["this_rating"]
