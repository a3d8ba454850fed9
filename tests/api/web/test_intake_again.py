"""Answers changed after a list was shown: the same client, nothing asked twice, nothing dropped."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auth.roles import Role
from api.db.tables import IntakeDraft, Match
from api.ranking.schemas import MatchRequest
from api.web.areas import INTAKE, MY
from api.web.forms import form_token
from api.web.intake.again import answers_of, request_again
from api.web.intake.answers import codes_of, request_of
from api.web.intake.drafts import Draft
from api.web.intake.questions import AXES, BETWEEN, IMPORTANCE, QUESTIONS, Question
from api.web.intake.sending import send
from matching.vocabulary import Vocabulary
from tests.factories.browsing import Browser, View
from tests.factories.clinics import ClinicApi
from tests.factories.clock import moved_clock
from tests.factories.pages import client_of, intake, set_up
from tests.factories.pairings import (
    Json,
    active,
    in_scope,
    match_of,
    offer,
    open_tasks,
    roster,
    rows_of,
    waiting,
)

SHARED = Vocabulary.shared()
OFFERED = Vocabulary(
    {
        **SHARED.facets,
        "places": {"US-CA": "California", "-other": "Somewhere else"},
        "payers": {"Aetna": "Aetna", "-self": "Myself", "-other": "Another way"},
    }
)
SAVE = "Go on"
# More than our own intake asks, as a clinic's own form may send it.
RICH: Json = {
    "preferences": {
        "communication_style": {
            "therapist_directiveness": 0.55,
            "warm_support": 0.1,
            "past_orientation": None,
            "importance": "strong",
        },
        "gender": {"any_of": ["woman"], "importance": "strong"},
        "language": {"any_of": ["es-MX"], "importance": "some"},
        "modality": {"any_of": ["cbt"], "importance": "none"},
    },
    "needs": ["anxiety"],
    "jurisdiction": "US-TX",
    "payer": "Aetna",
    "accepts_associate": "no",
    "exclude_therapists": ["t-none"],
    "limit": 4,
}


def weighed(codes: list[str]) -> st.SearchStrategy[Any]:
    weight = st.sampled_from([code for code, _, _ in IMPORTANCE])
    chosen = st.lists(st.sampled_from(codes), min_size=1, max_size=4, unique=True)
    return st.fixed_dictionaries({"any_of": chosen, "importance": weight})


def said_to(question: Question) -> st.SearchStrategy[Any]:
    """Any answer that can be given to a question, but those that ask for nothing."""
    codes = sorted(code for code in codes_of(question, OFFERED) if not code.startswith("-"))
    if question.kind == "between":
        return st.sampled_from(sorted(BETWEEN))
    if question.kind == "one":
        return st.sampled_from(codes)
    if question.weighed:
        return weighed(codes)
    return st.lists(st.sampled_from(codes), min_size=1, max_size=4, unique=True)


ASKED = [one for one in QUESTIONS if one.kind not in {"review", "weight", "topics"}]
ANSWERS = st.fixed_dictionaries({}, optional={one.key: said_to(one) for one in ASKED})


def with_weight(answers: Json) -> Json:
    styled = any(axis in answers for axis in AXES)
    return answers | ({"style_weight": "strong"} if styled else {})


def again(before: MatchRequest, answers: Json) -> MatchRequest:
    return request_again(before, answers_of(before, OFFERED), answers, "c-1")


@given(ANSWERS)
def test_a_list_of_our_own_intake_gives_its_answers_back(given_: Json) -> None:
    answers = with_weight(given_)
    request = request_of(answers, "c-1", learning=True)
    back = answers_of(request, OFFERED)
    assert back == {"review": "no"} | answers


@given(ANSWERS, ANSWERS)
def test_changed_answers_ask_for_what_they_would_have_from_the_start(
    first: Json, second: Json
) -> None:
    before = request_of(with_weight(first), "c-1", learning=True)
    then = again(before, with_weight(second))
    whole = request_of(with_weight(second), "c-1", learning=False)
    assert then.model_dump(exclude={"consent"}) == whole.model_dump(exclude={"consent"})
    assert "consent" not in then.model_fields_set
    assert ("service" in then.model_fields_set) == ("service" in second)


def test_what_this_intake_cannot_ask_stays_as_it_was() -> None:
    before = MatchRequest.model_validate(RICH)
    answers = answers_of(before, OFFERED)
    assert answers == {
        "lead": "first_some",
        "style_weight": "strong",
        "gender": {"any_of": ["woman"], "importance": "strong"},
        "needs": ["anxiety"],
        "payment": "Aetna",
        "review": "no",
    }
    same = again(before, answers).model_dump(mode="json")
    kept = before.model_dump(mode="json") | {"client": {"reference": "c-1"}}
    assert same == kept
    answers["warmth"] = "second_much"
    del answers["payment"]
    changed = again(before, answers).model_dump(mode="json")
    style = kept["preferences"]["communication_style"] | {"warm_support": -0.8}
    expected = kept | {"payer": None}
    expected["preferences"] = kept["preferences"] | {"communication_style": style}
    assert changed == expected


def test_the_answers_behind_the_axes_give_way_once_an_axis_is_changed() -> None:
    asked = {"preferences": {"communication_style": {"cnip_items": [3] * 5 + [0] * 13}}}
    before = MatchRequest.model_validate(asked)
    answers = answers_of(before, OFFERED)
    assert answers["lead"] == "first_much"
    same = again(before, answers)
    assert same.preferences == before.preferences
    without = {key: value for key, value in answers.items() if key not in AXES}
    style = again(before, without).preferences.communication_style
    assert style.cnip_items is None
    assert style.therapist_directiveness is None
    # Too little to be an answer of ours, so nobody was asked about it.
    assert style.emotional_intensity == pytest.approx(-1 / 6)
    other = again(before, answers | {"time": "first_some"})
    style = other.preferences.communication_style
    assert style.cnip_items is None
    assert style.past_orientation == 0.4
    assert style.therapist_directiveness == 1


def changing(clinic: ClinicApi, match: Json) -> tuple[Browser, View]:
    """The client of a match at the page with their answers."""
    (client,) = clinic.get("/v1/clients?reference=c-1", Role.STAFF).json()["items"]
    browser = client_of(clinic, client["id"])
    set_up(clinic, intake_page=True)
    view = browser.press(browser.open(f"/my/matches/{match['id']}"), "Change my answers")
    return browser, view


def newest_request(clinic: ClinicApi) -> Json:
    newest = max(rows_of(clinic, Match), key=lambda row: row["created_at"])
    request: Json = MatchRequest.model_validate(newest["request"]).model_dump(mode="json")
    return request


def test_a_client_changes_one_answer_and_sees_another_list(clinic: ClinicApi) -> None:
    roster(clinic, 2)
    match = match_of(clinic, needs=["anxiety"], accepts_associate="no")
    browser, view = changing(clinic, match)
    assert "Anxiety" in view.text
    session = browser.cookies[MY.cookie]
    view = browser.press(browser.open(view.link("Who leads")), SAVE, choice="second_much")
    assert "Change your answers" in view.text
    listed = browser.press(view, "Show me therapists")
    assert listed.code == 200
    assert "2 therapists for you" in listed.text
    assert match["id"] not in listed.at
    asked = newest_request(clinic)
    assert asked["client"] == {"reference": "c-1"}
    assert asked["needs"] == ["anxiety"]
    assert asked["accepts_associate"] == "no"
    assert asked["preferences"]["communication_style"]["therapist_directiveness"] == -0.8
    assert rows_of(clinic, IntakeDraft) == []
    assert browser.cookies[MY.cookie] == session
    assert len(clinic.get("/v1/clients", Role.STAFF).json()["items"]) == 1


def test_who_leaves_their_answers_as_they_were_is_back_at_the_list(clinic: ClinicApi) -> None:
    roster(clinic, 2)
    match = match_of(clinic)
    browser, view = changing(clinic, match)
    back = browser.press(view, "Leave my answers as they were")
    assert match["id"] in back.at
    assert rows_of(clinic, IntakeDraft) == []
    assert len(rows_of(clinic, Match)) == 1


def test_the_draft_of_a_client_opens_none_of_their_pages(clinic: ClinicApi) -> None:
    roster(clinic, 2)
    browser, _ = changing(clinic, match_of(clinic))
    somebody = Browser(clinic.client)
    somebody.cookies[INTAKE.cookie] = browser.cookies[INTAKE.cookie]
    view = somebody.press(somebody.open(f"{intake(clinic)}/check"), "Show me therapists")
    assert MY.cookie not in somebody.cookies
    assert "therapists for you" not in view.text


def test_staff_who_were_asked_to_look_still_do(clinic: ClinicApi) -> None:
    roster(clinic, 2)
    browser, view = changing(clinic, match_of(clinic, staff_review=True))
    assert "Somebody from the clinic looks at this with you. To change that, call" in view.text
    assert not any("somebody at the clinic" in label for _, label in view.links)
    browser.press(view, "Show me therapists")
    assert newest_request(clinic)["staff_review"] is True
    assert open_tasks(clinic) == []


def test_who_does_not_feel_safe_is_seen_to_though_they_send_nothing(clinic: ClinicApi) -> None:
    roster(clinic, 2)
    browser, view = changing(clinic, match_of(clinic))
    asked = browser.open(view.link("somebody at the clinic"))
    told = browser.press(asked, SAVE, choice="unsafe")
    assert "The clinic has been told" in told.text
    check = browser.open(f"{intake(clinic)}/check")
    listed = browser.press(check, "Leave my answers as they were")
    assert "The clinic has been told" in listed.text
    # Nobody sent anything, so the choice is the client's as it was.
    assert "before a therapist is asked" not in listed.text
    assert [one for one, _ in open_tasks(clinic)] == ["at_risk"]


@pytest.mark.parametrize("how", ["signed out", "ended", "over"])
def test_without_the_session_the_answers_are_nobodys(clinic: ClinicApi, how: str) -> None:
    roster(clinic, 2)
    with moved_clock() as clock:
        match = match_of(clinic, needs=["anxiety"])
        browser, view = changing(clinic, match)
        thief = Browser(clinic.client)
        thief.cookies[INTAKE.cookie] = browser.cookies[INTAKE.cookie]
        assert "Anxiety" in thief.open(f"{intake(clinic)}/check").text
        if how == "signed out":
            browser.press(browser.open("/my"), "Sign out")
        elif how == "ended":
            client_id = clinic.get("/v1/clients", Role.STAFF).json()["items"][0]["id"]
            ended = clinic.call(Role.ADMIN, "DELETE", f"/v1/clients/{client_id}/keys")
            assert ended.status_code == 200
        else:
            clock.pass_time(minutes=110)
            browser.press(browser.open(view.link("Who leads")), SAVE, choice="first_much")
            clock.pass_time(minutes=11)
        assert "Anxiety" not in thief.open(f"{intake(clinic)}/check").text
        token = {"form_token": form_token(browser.cookies.get(INTAKE.cookie, ("", ""))[0])}
        thief.post(f"{intake(clinic)}/send", token)
        assert len(rows_of(clinic, Match)) == 1


def test_a_draft_makes_one_list_however_often_it_is_sent(clinic: ClinicApi) -> None:
    roster(clinic, 2)
    browser, _ = changing(clinic, match_of(clinic))
    (row,) = rows_of(clinic, IntakeDraft)
    with in_scope(clinic) as scope:
        draft = Draft(row["id"], row["answers"], row["match_id"], row["begun_with"])
        assert send(scope, draft) is not None
        assert send(scope, draft) is None
    assert len(rows_of(clinic, Match)) == 2
    assert browser.open(f"{intake(clinic)}/check").at.endswith(str(clinic.clinic_id))


def test_what_changes_at_the_clinic_meanwhile_changes_no_answer(clinic: ClinicApi) -> None:
    state = clinic.add(reference="t-ca", licences=["US-CA"], payers=["aetna"])["id"]
    clinic.add(reference="t-ny", licences=["US-NY"])
    match = match_of(clinic, jurisdiction="US-CA", payer="Blue", needs=["anxiety"])
    browser, view = changing(clinic, match)
    assert "California" in view.text
    assert "Blue" in view.text
    changed = clinic.patch(
        f"/v1/therapists/{state}", {"licences": ["US-NY"]}, headers={"If-Match": "*"}
    )
    assert changed.status_code == 200
    clinic.add(reference="t-blue", licences=["US-NY"], payers=["Blue"])
    check = browser.open(f"{intake(clinic)}/check")
    assert "California" in check.text
    browser.press(check, "Show me therapists")
    asked = newest_request(clinic)
    assert (asked["jurisdiction"], asked["payer"]) == ("US-CA", "Blue")


def test_a_place_that_nobody_is_licensed_for_can_be_taken_back(clinic: ClinicApi) -> None:
    clinic.add(reference="t-ny", licences=["US-NY"])
    match = match_of(clinic, jurisdiction="US-CA")
    browser, view = changing(clinic, match)
    place = browser.open(view.link("Where will you be"))
    browser.press(browser.press(place, SAVE, choice="US-NY"), "Show me therapists")
    assert newest_request(clinic)["jurisdiction"] == "US-NY"


def test_codes_of_the_clinics_own_form_stay_beside_those_that_are_chosen() -> None:
    wish = {"any_of": ["es-MX", "fr"], "importance": "some"}
    before = MatchRequest.model_validate({"preferences": {"language": wish}})
    answers = answers_of(before, OFFERED)
    answers["language"] = {"any_of": ["de"], "importance": "strong"}
    language = again(before, answers).preferences.language
    assert (language.any_of, language.importance) == (["de", "es-MX"], "strong")
    del answers["language"]
    assert again(before, answers).preferences.language.any_of == []


@pytest.mark.parametrize(("review", "kind"), [("help", "call_back"), ("unsafe", "at_risk")])
def test_who_asks_for_somebody_now_is_put_before_staff(
    clinic: ClinicApi, review: str, kind: str
) -> None:
    roster(clinic, 2)
    browser, view = changing(clinic, match_of(clinic))
    browser.press(browser.open(view.link("somebody at the clinic")), SAVE, choice=review)
    browser.press(browser.open(f"{intake(clinic)}/check"), "Show me therapists")
    assert [one for one, _ in open_tasks(clinic)] == [kind]


def test_who_signs_out_leaves_no_answers_open(clinic: ClinicApi) -> None:
    roster(clinic, 2)
    browser, _ = changing(clinic, match_of(clinic, needs=["anxiety"]))
    browser.press(browser.open("/my"), "Sign out")
    assert "Anxiety" not in browser.open(f"{intake(clinic)}/check").text


def test_changing_again_begins_from_the_list_that_is_open(clinic: ClinicApi) -> None:
    roster(clinic, 2)
    first, second = match_of(clinic, needs=["anxiety"]), match_of(clinic, needs=["grief"])
    changing(clinic, first)
    _, view = changing(clinic, second)
    assert "Grief" in view.text
    assert len(rows_of(clinic, IntakeDraft)) == 1


@pytest.mark.parametrize("how", ["client", "match"])
def test_who_is_erased_leaves_no_draft(clinic: ClinicApi, how: str) -> None:
    roster(clinic, 2)
    match = match_of(clinic)
    changing(clinic, match)
    (client,) = clinic.get("/v1/clients", Role.STAFF).json()["items"]
    export = clinic.get(f"/v1/clients/{client['id']}/export", Role.STAFF).json()
    (draft,) = export["drafts"]
    assert draft["match_id"] == match["id"]
    assert "secret_hash" not in draft
    path = f"/v1/clients/{client['id']}" if how == "client" else f"/v1/matches/{match['id']}"
    assert clinic.call(Role.ADMIN, "DELETE", path).status_code in {200, 409}
    erased = rows_of(clinic, Match) == []
    assert erased == (how == "client")
    assert (rows_of(clinic, IntakeDraft) == []) == erased


def test_an_alternative_is_changed_by_its_reasons(clinic: ClinicApi) -> None:
    therapists = roster(clinic, 3)
    pairing = active(clinic, match_of(clinic), therapists[0])
    path = f"/v1/pairings/{pairing['id']}/alternatives"
    other = clinic.post(path, {"reasons": ["no_click"]}).json()
    set_up(clinic, intake_page=True)
    browser = client_of(clinic, pairing["client"]["id"])
    view = browser.open(f"/my/matches/{other['id']}")
    assert "Change my answers" not in view.text
    assert browser.open(view.link("Say again what should be different")).code == 200


def test_without_an_intake_page_there_is_nothing_to_change_here(clinic: ClinicApi) -> None:
    roster(clinic, 2)
    match = match_of(clinic)
    browser, _ = changing(clinic, match)
    set_up(clinic, intake_page=False)
    view = browser.open(f"/my/matches/{match['id']}")
    assert "Change my answers" not in view.text
    (token,) = view.form("Wait for somebody").offered("form_token")
    sent = browser.post(f"/my/matches/{match['id']}/answers", {"form_token": token})
    assert sent.status_code == 404


def test_waiting_is_offered_where_it_can_help(clinic: ClinicApi) -> None:
    clinic.add(reference="t-full", caseload_limit=0, languages=["es"])
    must = {"any_of": ["es"], "importance": "must"}
    view = listed(clinic, {"language": must})
    assert "Nobody has room for you right now" in view.text
    assert "Wait for somebody who fits" in view.text
    view = listed(clinic, {"language": {**must, "any_of": ["fr"]}})
    assert "Nobody here does all that you asked for" in view.text
    assert "Wait for somebody who fits" not in view.text
    assert "Change my answers" in view.text
    assert "Ask the clinic to help me choose" in view.text


def test_what_nobody_meets_is_named(clinic: ClinicApi) -> None:
    roster(clinic, 1)
    wish = {"any_of": ["fr"], "importance": "must"}
    view = listed(clinic, {"language": wish, "format": {"any_of": ["video"], "importance": "some"}})
    (line,) = [line for line in view.lines if line.startswith("You need:")]
    assert "French" in line
    assert "Video" not in line


def test_who_waits_is_told_with_which_answers(clinic: ClinicApi) -> None:
    clinic.add(reference="t-full", caseload_limit=0)
    first, second = match_of(clinic), match_of(clinic, needs=["grief"])
    client_id = clinic.get("/v1/clients", Role.STAFF).json()["items"][0]["id"]
    browser = client_of(clinic, client_id)
    browser.press(browser.open(f"/my/matches/{first['id']}"), "Wait for somebody who fits")
    same = browser.open(f"/my/matches/{first['id']}")
    assert "You are on the waiting list with these answers" in same.text
    assert "Wait for" not in same.text
    other = browser.open(f"/my/matches/{second['id']}")
    assert "with your earlier answers" in other.text
    browser.press(other, "Wait with these answers instead")
    (wait,) = clinic.get("/v1/waits", Role.STAFF).json()["items"]
    assert wait["match_id"] == second["id"]


def test_a_place_that_is_held_is_said_first(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1)
    first, second = match_of(clinic), match_of(clinic)
    offer(clinic, waiting(clinic, first), second, therapist_id)
    client_id = clinic.get("/v1/clients", Role.STAFF).json()["items"][0]["id"]
    browser = client_of(clinic, client_id)
    offered = browser.open(f"/my/matches/{second['id']}")
    assert "A place with them is held for you" in offered.text
    for view in (offered, browser.open(f"/my/matches/{first['id']}")):
        assert "Say first if you would like it" in view.text
        assert "Wait " not in view.text


def listed(clinic: ClinicApi, preferences: Json) -> View:
    """The list of a client who asks for that."""
    match = clinic.match(client={"reference": "c-1"}, preferences=preferences)
    set_up(clinic, intake_page=True)
    (client,) = clinic.get("/v1/clients?reference=c-1", Role.STAFF).json()["items"]
    return client_of(clinic, client["id"]).open(f"/my/matches/{match['id']}")
