"""A client's own pages: choosing, rating, another choice, and what is theirs."""

import json
from typing import Any

import pytest

from api.auth.roles import Role
from api.db.tables import Client, FitRating, Pairing, RatingNote, Wait
from api.web.my.words import ITEMS
from tests.factories.browsing import Browser, View
from tests.factories.clinics import ClinicApi
from tests.factories.pages import client_of, reads_comments, set_up, therapist_of
from tests.factories.pairings import (
    Json,
    active,
    chosen,
    match_of,
    moved,
    offer,
    open_tasks,
    roster,
    rows_of,
    waiting,
)
from tests.factories.session_ratings import FALLING, core, course, rated, series


def somebody(clinic: ClinicApi, reference: str = "c-1", **body: Any) -> tuple[Browser, Json]:
    """A client in front of their therapists, and the match."""
    match = match_of(clinic, reference, **body)
    (client_id,) = [row["id"] for row in rows_of(clinic, Client) if row["reference"] == reference]
    return client_of(clinic, str(client_id)), match


def therapists(browser: Browser, match: Json) -> View:
    return browser.open(f"/my/matches/{match['id']}")


def together(clinic: ClinicApi, **row: Any) -> tuple[Browser, Json]:
    """A client who works with somebody, and two others they could see."""
    ids = roster(clinic, 3, **row)
    browser, match = somebody(clinic)
    return browser, active(clinic, match, ids[0])


def test_each_therapist_is_shown_with_why_and_what_to_know(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", name="Ana Reyes", needs=["anxiety"], caseload_limit=1)
    clinic.add(reference="t-2", name="Bo Lind", caseload_limit=1)
    browser, match = somebody(clinic, needs=["anxiety"])
    view = therapists(browser, match)
    for one in match["candidates"]:
        for line in [one["therapist"]["name"], *one["reasons"], *one["caveats"]]:
            assert line in view.text
    names = [one["therapist"]["name"] for one in match["candidates"]]
    assert sorted(names, key=view.text.index) == names
    compared = browser.press(view, "Compare")
    assert "Side by side" in compared.text
    assert "What you want help with" in compared.text
    asked = browser.press(compared, "Choose Bo Lind")
    assert "We have asked them" in asked.text


def test_choosing_asks_the_therapist_and_can_be_taken_back(clinic: ClinicApi) -> None:
    roster(clinic, 2)
    browser, match = somebody(clinic)
    home = browser.press(therapists(browser, match), "Choose ")
    (pairing,) = rows_of(clinic, Pairing)
    assert pairing["status"] == "requested"
    assert str(pairing["therapist_id"]) == match["candidates"][0]["therapist"]["id"]
    assert "We have asked them" in home.text
    back = browser.press(home, "Take my request back")
    assert "The place was given back" in back.text
    assert rows_of(clinic, Pairing)[0]["status"] == "withdrawn"


def test_who_has_just_been_taken_is_named_and_the_others_are_there(clinic: ClinicApi) -> None:
    first = clinic.add(reference="t-1", name="Ana Reyes", caseload_limit=1)["id"]
    other = clinic.add(reference="t-2", name="Bo Lind", caseload_limit=1)["id"]
    browser, match = somebody(clinic)
    view = therapists(browser, match)
    chosen(clinic, match_of(clinic, "c-2"), first)
    full = browser.press(view, "Choose Ana Reyes")
    assert full.code == 409
    assert "Ana Reyes has no room any more" in full.text
    asked = browser.press(full, "Choose Bo Lind")
    assert "We have asked them" in asked.text
    assert {str(row["therapist_id"]) for row in rows_of(clinic, Pairing)} >= {other}


def test_nobody_left_is_said_kindly_and_waiting_is_offered(clinic: ClinicApi) -> None:
    roster(clinic, 1, caseload_limit=0)
    browser, match = somebody(clinic)
    view = therapists(browser, match)
    assert "Nobody has room for you right now" in view.text
    home = browser.press(view, "Wait for somebody who fits")
    assert "You are on the waiting list" in home.text
    assert [row["status"] for row in rows_of(clinic, Wait)] == ["waiting"]
    left = browser.press(home, "Leave the list")
    assert "You are on the waiting list" not in left.text
    assert [row["status"] for row in rows_of(clinic, Wait)] != ["waiting"]


def test_asking_for_help_gives_a_code_and_a_task(clinic: ClinicApi) -> None:
    set_up(clinic, contact="555 0100")
    browser, match = somebody(clinic, "ABCD-2345")
    view = browser.press(therapists(browser, match), "Ask the clinic to help")
    assert "ABCD-2345" in view.text
    assert "555 0100" in view.text
    assert [kind for kind, _ in open_tasks(clinic)] == ["call_back"]


def test_an_offer_from_the_waiting_list_can_be_taken(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1)
    browser, match = somebody(clinic)
    offer(clinic, waiting(clinic, match), match, therapist_id)
    home = browser.open("/my")
    assert "A place is held for you" in home.text
    listed = browser.open(home.link("See and choose"))
    assert "We have asked them" in browser.press(listed, "Choose ").text


@pytest.mark.parametrize("share", ["none", "summary", "this_rating"])
def test_a_rating_is_kept_as_it_was_given(clinic: ClinicApi, share: str) -> None:
    reads_comments(clinic, named_reader="Dr Reader")
    browser, pairing = together(clinic)
    view = browser.open(browser.open("/my").link("How was your last session?"))
    assert "Only Dr Reader reads this" in view.text
    answers = {"trust": "0", "safe": "10", "heard": "7"}
    said = {"seen_warm_support": "1", "format": "video", "share": share, "comment": "One\r\ntwo"}
    done = browser.press(view, "Send", **answers, **said)
    assert "Your answers are saved" in done.text
    (rating,) = rows_of(clinic, FitRating)
    kept = {name: rating[name] for name in ("trust", "safe", "heard", "goals")}
    assert kept == {"trust": 0, "safe": 10, "heard": 7, "goals": None}
    (note,) = rows_of(clinic, RatingNote)
    assert note["share"] == share
    assert note["comment"].split() == ["One", "two"]
    shown = course(clinic, pairing)["ratings"][0]
    assert shown["format"] == "video"
    theirs = therapist_of(clinic, pairing["therapist"]["id"])
    seen = theirs.open(f"/practice/pairings/{pairing['id']}")
    assert ("“I can be honest here, even about hard things”: 0" in seen.text) == (
        share == "this_rating"
    )
    assert "One" not in seen.text
    history = browser.open(f"/my/pairings/{pairing['id']}")
    assert f"{ITEMS['trust']}: 0" in history.text


def test_a_rating_without_an_answer_is_not_taken_and_nothing_is_lost(clinic: ClinicApi) -> None:
    reads_comments(clinic)
    browser, pairing = together(clinic)
    view = browser.open(f"/my/pairings/{pairing['id']}/rate")
    refused = browser.press(view, "Send", comment="What I wrote", share="summary")
    assert refused.code == 422
    assert "Answer at least one" in refused.text
    kept = refused.form("Send").sent("Send")
    assert {("comment", "What I wrote"), ("share", "summary")} <= set(kept)
    assert rows_of(clinic, FitRating) == []


@pytest.mark.parametrize("value", ["11", "-1", "7.5.1", "²", "9" * 5000, "nan"])
def test_an_answer_that_is_no_answer_is_refused(clinic: ClinicApi, value: str) -> None:
    browser, pairing = together(clinic)
    path = f"/my/pairings/{pairing['id']}/rate"
    (token,) = browser.open(path).form("Send").offered("form_token")
    refused = browser.post(path, {"form_token": token, "trust": value, "safe": "5"})
    assert refused.status_code == 422
    assert rows_of(clinic, FitRating) == []


def test_a_fall_is_put_to_the_client_with_two_ways(clinic: ClinicApi) -> None:
    browser, pairing = together(clinic)
    series(clinic, pairing, FALLING[:-1])
    view = browser.open(f"/my/pairings/{pairing['id']}/rate")
    low = {name: str(int(value)) for name, value in core(3).items()}
    done = browser.press(view, "Send", **low)
    assert "Talk about it" in done.text
    assert "See others" in done.text
    chart = browser.open(f"/my/pairings/{pairing['id']}")
    assert chart.text.count("Session") >= 1
    for session, value in enumerate(FALLING[:-1], 1):
        assert f"Session {session}: {float(value)} of 10." in chart.response.text


def test_another_choice_asks_nothing_again_and_says_what_changed(clinic: ClinicApi) -> None:
    ids = roster(clinic, 3)
    style = {"therapist_directiveness": 0.4, "importance": "strong"}
    browser, match = somebody(clinic, preferences={"communication_style": style})
    pairing = active(clinic, match, ids[0])
    view = browser.open(browser.open("/my").link("This isn’t working"))
    assert "Talk about it" in view.text
    two = browser.press(view, "Go on", reason=["leads_too_much"])
    assert "Words you could use" in two.text
    listed = browser.open(two.link("See other therapists"))
    api = clinic.get(two.link("See other therapists").replace("/my/", "/v1/")).json()
    assert api["changed"]
    for line in api["changed"]:
        assert line["text"] in listed.text
    assert pairing["therapist"]["id"] not in listed.response.text
    assert {one["therapist"]["id"] for one in api["candidates"]} == set(ids[1:])


def test_another_choice_needs_no_reason(clinic: ClinicApi) -> None:
    browser, pairing = together(clinic)
    view = browser.open(f"/my/pairings/{pairing['id']}/change")
    two = browser.press(view, "Go on")
    listed = browser.open(two.link("See other therapists"))
    assert "We kept your answers as they were" in listed.text
    assert course(clinic, pairing)["status"] == "active"


@pytest.mark.parametrize("reason", ["unsafe", "boundary", "discrimination"])
def test_after_something_unsafe_nobody_is_asked_to_talk_about_it(
    clinic: ClinicApi, reason: str
) -> None:
    set_up(clinic, contact="555 0100")
    browser, pairing = together(clinic)
    view = browser.open(f"/my/pairings/{pairing['id']}/change")
    after = browser.press(view, "Go on", reason=[reason, "trust"])
    assert "We are sorry that this happened" in after.text
    assert "Talk about it" not in after.text
    assert "555 0100" in after.text
    assert "safety" in [kind for kind, _ in open_tasks(clinic)]
    assert browser.open(after.link("See other therapists")).code == 200


def test_it_can_be_ended(clinic: ClinicApi) -> None:
    browser, pairing = together(clinic)
    view = browser.open(f"/my/pairings/{pairing['id']}/change")
    asked = browser.open(view.link("End it"))
    assert course(clinic, pairing)["status"] == "active"
    home = browser.press(asked, "Yes, end it")
    assert course(clinic, pairing)["status"] == "ended"
    assert "This has ended" in home.text


def test_a_decline_says_nothing_of_its_reason(clinic: ClinicApi) -> None:
    ids = roster(clinic, 2)
    browser, match = somebody(clinic)
    pairing = chosen(clinic, match, ids[0])
    moved(clinic, pairing, "decline", {"reason": "conflict"})
    home = browser.open("/my")
    assert "They cannot take you on now" in home.text
    assert "conflict" not in home.response.text.lower()


def test_a_private_link_is_shown_once_and_opens_the_same_pages(clinic: ClinicApi) -> None:
    browser, _ = somebody(clinic, "ABCD-2345")
    view = browser.press(browser.open("/my/link-to-keep"), "Make my link")
    (field,) = [attrs for tag, attrs in view.tags if tag == "input" and attrs.get("id") == "link"]
    path = "/" + field["value"].partition("://")[2].partition("/")[2]
    assert field["value"] not in browser.open("/my/link-to-keep").response.text
    elsewhere = Browser(clinic.client)
    assert "ABCD-2345" in elsewhere.press(elsewhere.open(path), "Open my page").text
    again = browser.open("/my/link-to-keep/made")
    assert field["value"] not in again.response.text
    assert "shown once" in again.text


def test_consents_are_given_and_taken_back(clinic: ClinicApi) -> None:
    browser, _ = somebody(clinic)
    (client,) = clinic.get("/v1/clients", Role.STAFF).json()["items"]

    def consents() -> Any:
        return clinic.get(f"/v1/clients/{client['id']}", Role.STAFF).json()["consents"]

    view = browser.press(browser.open("/my/data"), "Save", learning="yes", matching="yes")
    assert (consents()["matching"], consents()["learning"]) == (True, True)
    browser.press(view, "Save", learning=[], matching="yes")
    assert (consents()["matching"], consents()["learning"]) == (True, False)


def test_everything_that_is_kept_can_be_read(clinic: ClinicApi) -> None:
    browser, pairing = together(clinic)
    rated(clinic, pairing, 1, comment="My own words.")
    answer = browser.request("GET", browser.open("/my/data").link("Download my data"))
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    document = json.dumps(answer.json())
    for what in ("c-1", pairing["id"], "My own words."):
        assert what in document


def test_everything_is_deleted_once_it_was_said_twice(clinic: ClinicApi) -> None:
    browser, pairing = together(clinic)
    rated(clinic, pairing, 1, comment="My own words.")
    sure = browser.press(browser.open("/my/data"), "Delete my data")
    assert "This cannot be undone" in sure.text
    assert rows_of(clinic, RatingNote) != []
    gone = browser.press(sure, "Yes, delete everything")
    assert "Everything about you is deleted" in gone.text
    assert not browser.cookies
    assert rows_of(clinic, RatingNote) == []
    client_path = f"/v1/clients/{pairing['client']['id']}"
    assert clinic.get(client_path, Role.STAFF).status_code == 410
