"""The intake: from the first page to the request that is sent, and everything in between."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auth.roles import Role
from api.db.tables import IntakeDraft
from api.db.tables import Match as MatchRow
from api.ranking.schemas import MatchRequest
from api.web.areas import INTAKE
from api.web.forms import Form
from api.web.intake.answers import answer_of, codes_of, request_of
from api.web.intake.drafts import DraftDuty
from api.web.intake.questions import AXES, BY_KEY, IMPORTANCE, QUESTIONS, REVIEW, after, before
from matching.vocabulary import Vocabulary
from tests.factories.browsing import Browser, View
from tests.factories.clinics import ClinicApi
from tests.factories.clock import moved_clock
from tests.factories.models import database_of
from tests.factories.pages import begun, in_two_states, intake, set_up
from tests.factories.pairings import open_tasks, rows_of

SHARED = Vocabulary.shared()
OFFERED = Vocabulary(
    {
        **SHARED.facets,
        "places": {"US-CA": "California", "-other": "Somewhere else"},
        "payers": {"Aetna": "Aetna", "-self": "Myself", "-other": "Another way"},
    }
)
FOLD = ("details", "fold")
SAVE, SKIP = "Go on", "Skip, or not sure"


def path_of(view: View) -> str:
    return view.at.partition("://")[2].partition("/")[2].partition("?")[0]


def question_of(view: View) -> str:
    """The key of the question on a page; its last part where it is another page."""
    return path_of(view).rpartition("/")[2]


def to_question(browser: Browser, clinic: ClinicApi, key: str) -> View:
    return browser.open(f"{intake(clinic)}/questions/{key}")


def check_page(browser: Browser, clinic: ClinicApi) -> View:
    return browser.open(f"{intake(clinic)}/check")


def request_sent(clinic: ClinicApi) -> dict[str, Any]:
    """What the one match of the clinic asked for."""
    (row,) = rows_of(clinic, MatchRow)
    asked: dict[str, Any] = MatchRequest.model_validate(row["request"]).model_dump(mode="json")
    return asked


def test_what_is_answered_is_what_is_asked_for(clinic: ClinicApi) -> None:
    in_two_states(clinic)
    browser, view = begun(clinic, learning=True)
    answers: dict[str, dict[str, Any]] = {
        "needs": {"choice": ["anxiety", "grief"]},
        "lead": {"choice": "second_some"},
        "warmth": {"choice": "first_much"},
        "style_weight": {"choice": "strong"},
        "topics": {"choice": [one.key for one in QUESTIONS if one.optional]},
        "gender": {"choice": ["woman", "non_binary"], "importance": "must"},
        "language": {"choice": ["es"], "importance": "some"},
        "format": {"choice": ["video"], "importance": "strong"},
        "access": {"choice": ["step_free"]},
        "service": {"choice": "individual"},
        "age_group": {"choice": "adult"},
        "place": {"choice": "US-NY"},
        "payment": {"choice": "Cigna"},
        "review": {"choice": "no"},
    }
    for question in QUESTIONS:
        assert question_of(view) == question.key
        assert question.title in view.text
        assert question.why in view.text
        said = answers.get(question.key)
        view = browser.press(view, SAVE if said else SKIP, **(said or {}))
    assert question_of(view) == "check"
    assert "New York" in view.text
    view = browser.press(view, "Show me therapists")
    assert path_of(view).startswith("my/matches/")
    asked = request_sent(clinic)
    reference = asked["client"]["reference"]
    expected = {
        "client": {"reference": reference},
        "preferences": {
            "communication_style": {
                "therapist_directiveness": -0.4,
                "warm_support": 0.8,
                "importance": "strong",
            },
            "gender": {"any_of": ["woman", "non_binary"], "importance": "must"},
            "language": {"any_of": ["es"], "importance": "some"},
            "format": {"any_of": ["video"], "importance": "strong"},
        },
        "needs": ["anxiety", "grief"],
        "access": ["step_free"],
        "service": "individual",
        "age_group": "adult",
        "jurisdiction": "US-NY",
        "payer": "Cigna",
        "consent": {"learning": True},
        "staff_review": False,
        "limit": 6,
    }
    assert asked == MatchRequest.model_validate(expected).model_dump(mode="json")


def test_nothing_answered_asks_for_nothing(clinic: ClinicApi) -> None:
    in_two_states(clinic)
    browser, view = begun(clinic)
    asked_of = []
    while question_of(view) != "check":
        asked_of.append(question_of(view))
        view = browser.press(view, SKIP if asked_of[-1] != "review" else SAVE)
    # How much the way of working matters is nothing to who said nothing of it.
    core = [one for one in QUESTIONS if not one.optional and one.key != "style_weight"]
    assert asked_of == [one.key for one in core]
    unsaid = [one.name for one in QUESTIONS if one.key not in {"style_weight", "topics", "review"}]
    links = [label for href, label in view.links if "/questions/" in href]
    assert links == ["Change the answer to: " + core[-1].title, *unsaid, "Back"]
    browser.press(view, "Show me therapists")
    reference = request_sent(clinic)["client"]["reference"]
    bare = {"client": {"reference": reference}, "preferences": {}, "limit": 6}
    assert request_sent(clinic) == MatchRequest.model_validate(bare).model_dump(mode="json")


WISHES = ("gender", "culture", "language", "modality", "format", "schedule")


@st.composite
def said(draw: st.DrawFn) -> dict[str, dict[str, list[str]]]:
    """What is sent for each question, as a browser sends it."""
    sent: dict[str, dict[str, list[str]]] = {}
    for question in QUESTIONS:
        if question.kind == "topics":
            continue
        if draw(st.booleans()):
            sent[question.key] = {"skip": ["yes"], "choice": ["nonsense"]}
        elif question.kind == "some":
            facet = draw(st.sampled_from(question.facets))
            codes = st.sampled_from(sorted(SHARED.facets[facet]))
            sent[question.key] = {"choice": draw(st.lists(codes, max_size=4, unique=True))}
            if question.weighed:
                levels = [code for code, _, _ in IMPORTANCE]
                cultures = question.key == "culture" and facet == "cultures"
                level = draw(st.sampled_from(levels[:2] if cultures else levels))
                sent[question.key]["importance"] = [level]
        elif question.kind == "one":
            codes = st.sampled_from(sorted(OFFERED.facets[question.facets[0]]))
            sent[question.key] = {"choice": [draw(codes)]}
        else:
            choices = {
                "between": ["first_much", "first_some", "", "second_some", "second_much"],
                "weight": [code for code, _, _ in IMPORTANCE],
                "review": [code for code, _ in REVIEW],
            }[question.kind]
            sent[question.key] = {"choice": [draw(st.sampled_from(choices))]}
    return sent


STEPS = {"first_much": 0.8, "first_some": 0.4, "second_some": -0.4, "second_much": -0.8}


@given(said(), st.booleans())
def test_any_answers_make_the_request_that_they_mean(
    sent: dict[str, dict[str, list[str]]], learning: bool
) -> None:
    answers = {}
    for key, fields in sent.items():
        answer = answer_of(BY_KEY[key], Form(fields, {}), OFFERED)
        if answer is not None:
            answers[key] = answer
    request = request_of(answers, "AAAA-2222", learning=learning).model_dump(mode="json")
    chosen = {
        key: [code for code in fields["choice"] if code]
        for key, fields in sent.items()
        if "skip" not in fields and any(fields["choice"])
    }
    for name in WISHES:
        wish = request["preferences"][name]
        if name in chosen:
            assert wish == {"any_of": chosen[name], "importance": sent[name]["importance"][0]}
        else:
            assert wish is None or wish["any_of"] == []
    style = request["preferences"]["communication_style"] or {}
    for key, axis in AXES.items():
        assert style.get(axis) == (STEPS[chosen[key][0]] if key in chosen else None)
    if any(key in chosen for key in AXES):
        assert style["importance"] == chosen.get("style_weight", ["some"])[0]
    assert request["needs"] == chosen.get("needs", [])
    assert request["access"] == chosen.get("access", [])
    assert request["service"] == chosen.get("service", ["individual"])[0]
    assert request["age_group"] == chosen.get("age_group", [None])[0]
    assert request["staff_review"] == (chosen.get("review", ["no"])[0] != "no")
    assert request["consent"] == {"learning": learning}
    payer, place = (chosen.get(key, [None])[0] for key in ("payment", "place"))
    assert request["payer"] == (None if payer in {"-self", "-other"} else payer)
    assert request["jurisdiction"] == (None if place == "-other" else place)


@given(st.sets(st.sampled_from(sorted(BY_KEY))))
def test_back_is_the_way_one_came(answered: set[str]) -> None:
    answers = dict.fromkeys(answered, "x")
    key: str | None = QUESTIONS[0].key
    while key is not None:
        following = after(key, answers)
        assert following is None or before(following, answers) == key
        key = following


def test_what_matters_to_nobody_is_not_asked(clinic: ClinicApi) -> None:
    browser, _ = begun(clinic)
    topics = to_question(browser, clinic, "topics")
    assert "Question 6 of 7" in topics.text
    view = browser.press(topics, SAVE, choice=["gender", "access"])
    assert (question_of(view), "Question 7 of 9" in view.text) == ("gender", True)
    view = browser.press(view, SAVE, choice=["woman"], importance="must")
    assert question_of(view) == "access"
    view = browser.press(view, SKIP)
    assert question_of(view) == "review"
    assert "Question 9 of 9" in view.text
    view = browser.open(browser.open(view.link("Back")).link("Back"))
    assert question_of(view) == "gender"


def test_a_topic_that_matters_no_more_takes_its_answer_away(clinic: ClinicApi) -> None:
    browser, view = begun(clinic)
    browser.press(view, SAVE, choice=["anxiety"])
    for key, choice in {"gender": ["woman"], "access": ["step_free"]}.items():
        browser.press(to_question(browser, clinic, key), SAVE, choice=choice)
    topics = to_question(browser, clinic, "topics")
    kept = [pair for pair in topics.form(SAVE).sent(SAVE) if pair[0] == "choice"]
    assert kept == [("choice", "gender"), ("choice", "access")]
    browser.press(topics, SKIP)
    (draft,) = rows_of(clinic, IntakeDraft)
    assert {"needs", "gender", "access"} <= set(draft["answers"])
    browser.press(topics, SAVE, choice=["access", "format"])
    (draft,) = rows_of(clinic, IntakeDraft)
    assert set(draft["answers"]) == {"learning", "needs", "access", "topics"}
    # What was answered after the page was loaded did not stand on it to be taken away.
    later = to_question(browser, clinic, "topics")
    browser.press(to_question(browser, clinic, "gender"), SAVE, choice=["man"])
    browser.press(later, SAVE, choice=["format"])
    (draft,) = rows_of(clinic, IntakeDraft)
    assert {"gender", "access"} & set(draft["answers"]) == {"gender"}
    refused = dict(topics.form(SAVE).sent(SAVE)) | {"choice": "needs"}
    answer = browser.post(f"{intake(clinic)}/questions/topics", refused)
    assert answer.status_code == 422


def test_what_is_chosen_behind_a_fold_stands_open(clinic: ClinicApi) -> None:
    def folds(view: View) -> list[bool]:
        return ["open" in attrs for tag, attrs in view.tags if (tag, attrs.get("class")) == FOLD]

    browser, view = begun(clinic)
    assert folds(view) == [False]
    browser.press(view, SAVE, choice=["anxiety"])
    assert folds(to_question(browser, clinic, "needs")) == [False]
    browser.press(view, SAVE, choice=["anxiety", "decision"])
    assert folds(to_question(browser, clinic, "needs")) == [True]
    browser.press(to_question(browser, clinic, "culture"), SAVE, choice=["latine"])
    assert folds(to_question(browser, clinic, "culture")) == [False, True]


def test_the_week_is_a_table_and_times_of_the_clinics_own_stand_below(clinic: ClinicApi) -> None:
    own = {"facet": "schedule", "code": "lunch", "label": "At lunch"}
    assert clinic.post("/v1/vocabulary", own).status_code < 300
    browser, _ = begun(clinic)
    view = to_question(browser, clinic, "schedule")
    cells = [tag for tag, _ in view.tags if tag in {"th", "td"}]
    assert (cells.count("th"), cells.count("td")) == (10, 22)
    times = [*SHARED.facets["schedule"], "lunch"]
    assert view.form(SAVE).offered("choice") == times
    browser.press(view, SAVE, choice=["tue_evening", "lunch"], importance="strong")
    assert "Tuesday evening, At lunch" in check_page(browser, clinic).text


def test_each_choice_of_a_question_has_its_words(clinic: ClinicApi) -> None:
    browser, _ = begun(clinic)
    for question in QUESTIONS:
        view = to_question(browser, clinic, question.key)
        for label in codes_of(question, SHARED).values():
            assert label in view.lines
        for way in filter(None, question.ways):
            assert way in view.text
        if question.kind == "topics":
            assert all(one.name in view.lines for one in QUESTIONS if one.optional and one.facets)


def test_nothing_is_asked_of_who_does_not_agree(clinic: ClinicApi) -> None:
    browser = Browser(clinic.client)
    view = browser.press(browser.open(intake(clinic)), "Start", learning="yes")
    assert view.code == 422
    assert ("learning", "yes") in view.form("Start").sent("Start")
    assert "we need your permission" in view.text
    assert not browser.cookies
    assert rows_of(clinic, IntakeDraft) == []


def test_an_answer_is_shown_again_and_changed_from_the_check_page(clinic: ClinicApi) -> None:
    browser, view = begun(clinic)
    browser.press(view, SAVE, choice=["anxiety"])
    gender = to_question(browser, clinic, "gender")
    browser.press(gender, SAVE, choice=["woman"], importance="strong")
    checked = check_page(browser, clinic)
    assert "It matters a lot" in checked.text
    again = browser.open(checked.link("Is there a gender"))
    form = again.form(SAVE)
    assert [(one.name, one.value) for one in form.controls if one.on and one.kind != "hidden"] == [
        ("choice", "woman"),
        ("importance", "strong"),
    ]
    back = browser.press(again, SAVE, choice=["man"])
    assert question_of(back) == "check"
    assert "Man" in back.text.splitlines()[-40:][0] or "Man" in back.text
    assert "Woman" not in back.text
    skipped = browser.press(browser.open(back.link("What would you like help")), SKIP)
    assert question_of(skipped) == "check"
    assert "Anxiety" not in skipped.text


def test_back_from_a_change_leads_to_the_check_page(clinic: ClinicApi) -> None:
    browser, _ = begun(clinic)
    gender = browser.open(check_page(browser, clinic).link("Gender"))
    assert question_of(browser.open(gender.link("Back"))) == "check"


def test_back_goes_back_and_keeps_what_was_said(clinic: ClinicApi) -> None:
    browser, view = begun(clinic)
    view = browser.press(view, SAVE, choice=["anxiety"])
    back = browser.open(view.link("Back"))
    assert question_of(back) == "needs"
    assert ("choice", "anxiety") in back.form(SAVE).sent(SAVE)


def test_saying_nothing_of_the_style_any_more_takes_its_weight_away(clinic: ClinicApi) -> None:
    browser, _ = begun(clinic)
    browser.press(to_question(browser, clinic, "lead"), SAVE, choice="first_much")
    browser.press(to_question(browser, clinic, "style_weight"), SAVE, choice="must")
    browser.press(to_question(browser, clinic, "lead"), SKIP)
    (draft,) = rows_of(clinic, IntakeDraft)
    assert draft["answers"] == {"learning": False}


def test_a_must_on_origin_is_refused_in_plain_words_and_nothing_is_lost(clinic: ClinicApi) -> None:
    browser, view = begun(clinic)
    browser.press(view, SAVE, choice=["anxiety"])
    asked = to_question(browser, clinic, "culture")
    refused = browser.press(asked, SAVE, choice=["latine", "veterans"], importance="must")
    assert refused.code == 422
    assert "we cannot leave people out by their origin" in refused.text
    kept = refused.form(SAVE).sent(SAVE)
    assert {("choice", "latine"), ("choice", "veterans"), ("importance", "must")} <= set(kept)
    (draft,) = rows_of(clinic, IntakeDraft)
    assert draft["answers"]["needs"] == ["anxiety"]
    taken = browser.press(refused, SAVE, choice=["latine"], importance="strong")
    assert taken.code == 200
    only = to_question(browser, clinic, "culture")
    assert browser.press(only, SAVE, choice=["veterans"], importance="must").code == 200


def test_who_is_not_safe_sees_help_at_once_and_staff_look_first(clinic: ClinicApi) -> None:
    set_up(clinic, contact="555 0100")
    clinic.add(reference="t-1")
    browser, _ = begun(clinic)
    view = browser.press(to_question(browser, clinic, "review"), SAVE, choice="unsafe")
    assert question_of(view) == "not-safe"
    assert "988" in view.text
    assert "555 0100" in view.text
    assert open_tasks(clinic) == []
    listed = browser.press(check_page(browser, clinic), "Show me therapists")
    for view in (listed, browser.open("/my")):
        assert "You told us that you do not feel safe." in view.text
        assert view.text.count("call or text 988") == 2
    assert [kind for kind, _ in open_tasks(clinic)] == ["at_risk"]
    assert request_sent(clinic)["staff_review"]


def test_who_asks_for_help_is_called_back(clinic: ClinicApi) -> None:
    browser, _ = begun(clinic)
    view = browser.press(to_question(browser, clinic, "review"), SAVE, choice="help")
    browser.press(view, "Show me therapists")
    assert [kind for kind, _ in open_tasks(clinic)] == ["call_back"]
    assert request_sent(clinic)["staff_review"]


def kept_link(browser: Browser, clinic: ClinicApi) -> str:
    view = browser.open(f"{intake(clinic)}/keep")
    (field,) = [attrs for tag, attrs in view.tags if tag == "input" and attrs.get("id") == "link"]
    return "/" + field["value"].partition("://")[2].partition("/")[2]


def test_the_private_link_brings_somebody_back_elsewhere(clinic: ClinicApi) -> None:
    browser, view = begun(clinic)
    browser.press(view, SAVE, choice=["anxiety"])
    elsewhere = Browser(clinic.client)
    view = elsewhere.press(elsewhere.open(kept_link(browser, clinic)), "Open my answers")
    assert question_of(view) == "check"
    assert "Anxiety" in view.text


@pytest.mark.parametrize(
    ("press", "where"), [("Save for later", "keep"), ("Skip to the end", "check")]
)
def test_what_is_chosen_is_kept_wherever_somebody_goes_on(
    clinic: ClinicApi, press: str, where: str
) -> None:
    browser, view = begun(clinic)
    there = browser.press(view, press, choice=["anxiety"])
    assert question_of(there) == where
    checked = check_page(browser, clinic)
    assert "Anxiety" in checked.text
    # Whoever skips the last question can still say that they are not safe.
    assert question_of(browser.open(checked.link("Tell us"))) == "review"
    browser.press(to_question(browser, clinic, "review"), SAVE, choice="no")
    assert "Tell us" not in check_page(browser, clinic).text


def test_the_consent_that_an_intake_asks_for_is_on_record(clinic: ClinicApi) -> None:
    browser, _ = begun(clinic)
    browser.press(check_page(browser, clinic), "Show me therapists")
    (client,) = clinic.get("/v1/clients", Role.STAFF).json()["items"]
    shown = clinic.get(f"/v1/clients/{client['id']}", Role.STAFF).json()["consents"]
    assert (shown["matching"], shown["learning"]) == (True, False)


@pytest.mark.parametrize("how", ["forgotten", "sent", "over", "wrong"])
def test_a_draft_that_is_gone_opens_nothing(clinic: ClinicApi, how: str) -> None:
    with moved_clock() as clock:
        browser, view = begun(clinic)
        browser.press(view, SAVE, choice=["anxiety"])
        link = kept_link(browser, clinic)
        if how == "forgotten":
            browser.press(check_page(browser, clinic), "Delete my answers")
        elif how == "sent":
            browser.press(check_page(browser, clinic), "Show me therapists")
        elif how == "over":
            clock.pass_time(days=INTAKE.lasting.days, hours=1)
        else:
            link = link.rpartition("/")[0] + "/" + "A" * 43
        if how in {"forgotten", "sent"}:
            assert INTAKE.cookie not in browser.cookies
            assert rows_of(clinic, IntakeDraft) == []
        elsewhere = Browser(clinic.client)
        view = elsewhere.press(elsewhere.open(link), "Open my answers")
        assert view.code == 404
        assert "Anxiety" not in view.text
        assert INTAKE.cookie not in elsewhere.cookies


def test_what_is_over_is_deleted(clinic: ClinicApi) -> None:
    with moved_clock() as clock:
        begun(clinic)
        clock.pass_time(days=INTAKE.lasting.days, hours=1)
        begun(clinic)
        tidy = DraftDuty()
        tidy(database_of(clinic))
        assert len(rows_of(clinic, IntakeDraft)) == 1
        clock.pass_time(days=INTAKE.lasting.days, hours=1)
        # It looks about once an hour, whatever the clinic's clock says.
        tidy(database_of(clinic))
        assert len(rows_of(clinic, IntakeDraft)) == 1


def test_each_answer_gives_a_draft_its_full_time_again(clinic: ClinicApi) -> None:
    with moved_clock() as clock:
        browser, view = begun(clinic)
        for _ in range(3):
            clock.pass_time(days=INTAKE.lasting.days - 1)
            view = browser.press(view, SAVE)
            assert view.code == 200
        assert question_of(view) not in {"check", str(clinic.clinic_id)}


def test_what_is_sent_is_the_clients_own_from_then_on(clinic: ClinicApi) -> None:
    browser, _ = begun(clinic)
    listed = browser.press(check_page(browser, clinic), "Show me therapists")
    assert listed.code == 200
    (client,) = clinic.get("/v1/clients", Role.STAFF).json()["items"]
    home = browser.open("/my")
    assert client["reference"] in home.text


def test_an_answer_that_is_not_offered_is_refused(clinic: ClinicApi) -> None:
    browser, _ = begun(clinic)
    for key in ("needs", "lead", "style_weight", "gender", "service", "review"):
        view = to_question(browser, clinic, key)
        (token,) = view.form(SAVE).offered("form_token")
        sent = {"form_token": token, "choice": "no_such_thing", "importance": "some"}
        answer = browser.post(f"{intake(clinic)}/questions/{key}", sent)
        assert answer.status_code == 422
        assert "Choose from what is on the page" in answer.text
    (draft,) = rows_of(clinic, IntakeDraft)
    assert draft["answers"] == {"learning": False}
