"""What each reason for leaving changes of a query, and what it leaves alone."""

from dataclasses import replace
from typing import Any

import pytest

from matching.alternative_wording import (
    NO_LONGER_COUNTS,
    NOTES,
    OPPOSED,
)
from matching.alternatives import Alternative, alternative, moved
from matching.emphasis import RAISE, parts
from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.leaving import LeavingTherapist
from matching.reasons import REASONS, is_fit, is_safety
from matching.shared_codes import SHARED
from matching.weighting import Weighting

NONE, SOME, STRONG, MUST = Importance.NONE, Importance.SOME, Importance.STRONG, Importance.MUST
STYLE = "preferences.communication_style"
LEADS = f"{STYLE}.therapist_directiveness"
ALL = (*REASONS, "a_code_of_the_clinics_own")
NOBODY = LeavingTherapist()

FULL = Intake(
    style=StyleWish((0.2, 0.4, -0.1, None)),
    gender=AnyOf(("woman",)),
    culture=AnyOf(("latine",)),
    language=AnyOf(("es",)),
    modality=AnyOf(("cbt",)),
    format=AnyOf(("video", "phone")),
    schedule=AnyOf(("tue_evening",)),
    needs=("grief",),
    payer="aetna",
    access=("step_free",),
)


def _after(*reasons: str, asked: Intake = FULL, **options: Any) -> Alternative:
    leaving = options.pop("leaving", NOBODY)
    return alternative(asked, reasons, leaving, **{"weighting": Weighting(), **options})


def _changes(found: Alternative) -> dict[str, tuple[object, object]]:
    return {change.what: (change.before, change.after) for change in found.changes}


def test_a_whole_wish_that_is_stated_is_left_whole() -> None:
    stated = frozenset({STYLE, "preferences.culture"})
    found = _after("leads_too_much", "culture", stated=stated)
    assert (found.intake.style, found.intake.culture) == (FULL.style, FULL.culture)
    assert set(_changes(found)) == {
        "emphasis.communication_style.therapist_directiveness",
        "emphasis.culture",
    }


SHIFTED = {
    "leads_too_much": (LEADS, 0.4, 0.15),
    "leads_too_little": (LEADS, 0.4, 0.65),
    "too_intense": (f"{STYLE}.emotional_intensity", -0.1, -0.35),
    "too_reserved": (f"{STYLE}.emotional_intensity", -0.1, 0.15),
    "past_too_much": (f"{STYLE}.past_orientation", None, -0.25),
    "past_too_little": (f"{STYLE}.past_orientation", None, 0.25),
    "too_blunt": (f"{STYLE}.warm_support", 0.2, 0.45),
    "too_soft": (f"{STYLE}.warm_support", 0.2, -0.05),
}
RATED = {"emphasis.expected_fit"}
WORK = {"emphasis.needs", "emphasis.modality"}
# By reason the places that it changes of a request that says everything, with a model serving.
CHANGED: dict[str, set[str]] = {
    **{
        code: {place, f"{STYLE}.importance", place.replace("preferences", "emphasis")}
        for code, (place, _, _) in SHIFTED.items()
    },
    **dict.fromkeys(("trust", "not_heard", "judged", "no_click", "cant_speak_up"), RATED),
    **dict.fromkeys(("goals", "modality", "needs", "no_progress", "specialist_advised"), WORK),
    "culture": {"preferences.culture.importance", "emphasis.culture", "emphasis.expected_fit"},
    **{
        code: {f"preferences.{code}.importance"}
        for code in ("gender", "language", "schedule", "format")
    },
    "connection": {"preferences.format.any_of"},
}


@pytest.mark.parametrize("code", ALL)
def test_each_reason_changes_what_is_documented(code: str) -> None:
    found = _after(code, leaving=LeavingTherapist(format="video"), reliability=0.3)
    assert set(_changes(found)) == CHANGED.get(code, set())
    if code in SHIFTED:
        place, before, after = SHIFTED[code]
        assert _changes(found)[place] == (before, after)
    # Where all is answered already, only what no request can say is left open.
    assert found.notes == ((NOTES[code],) if code in {"cost", "location"} else ())


def test_the_reasons_are_those_of_the_vocabulary() -> None:
    assert set(REASONS) == set(SHARED["alternative_reasons"])
    kinds = ("style", "relationship", "work", "identity")
    assert [code for code in ALL if is_fit(code)] == [
        code for code in REASONS if REASONS[code] in kinds
    ]
    assert [code for code in ALL if is_safety(code)] == ["unsafe", "boundary", "discrimination"]
    assert not is_fit("cancellations")


@pytest.mark.parametrize(
    ("wish", "stands", "others", "new"),
    [
        (0.4, 0.4, None, 0.15),
        (0.4, None, None, 0.15),
        (0.4, -0.3, None, -0.55),
        (0.4, 0.9, None, 0.15),
        (None, 0.4, None, 0.15),
        (None, None, None, -0.25),
        (-0.9, 0.0, None, -1.0),
        (0.4, 0.4, -0.6, -0.9),
        (0.4, 0.4, 0.9, 0.15),
    ],
)
def test_a_wish_moves_beyond_all_that_is_known(
    wish: float | None, stands: float | None, others: float | None, new: float
) -> None:
    assert moved(wish, stands, others, -1) == new

    def turned(value: float | None) -> float | None:
        return None if value is None else -value

    assert moved(turned(wish), turned(stands), turned(others), 1) == -new


def test_several_reasons_of_style_move_each_its_own_axis() -> None:
    found = _after("leads_too_much", "too_soft", "leads_too_much")
    assert found.intake.style.axes == (-0.05, 0.15, -0.1, None)
    assert len(found.changes) == 5


def test_reasons_that_contradict_each_other_move_nothing_and_say_so() -> None:
    found = _after("leads_too_much", "too_soft", "leads_too_little")
    assert found.intake.style.axes == (-0.05, 0.4, -0.1, None)
    assert found.notes == (OPPOSED,)
    assert _after("leads_too_much", "leads_too_little").intake == FULL


def test_style_that_did_not_matter_comes_to_matter_on_the_axis_named_alone() -> None:
    asked = Intake(style=StyleWish((0.2, 0.4, None, None), NONE))
    found = _after("leads_too_much", asked=asked)
    assert found.intake.style == StyleWish((None, -0.25, None, None), STRONG)
    texts = [change.text for change in found.changes if change.what == f"{STYLE}.warm_support"]
    assert texts == [NO_LONGER_COUNTS]


def test_style_that_the_client_now_says_does_not_matter_stays_so() -> None:
    asked = Intake(style=StyleWish((0.2, 0.4, None, None), NONE))
    stated = frozenset({f"{STYLE}.importance"})
    assert _after("leads_too_much", asked=asked, stated=stated).intake == asked


def test_an_axis_that_the_client_now_leaves_open_makes_no_other_matter_more() -> None:
    asked = Intake(style=StyleWish((0.2, None, None, None)), needs=("grief",))
    assert _after("leads_too_much", asked=asked, stated=frozenset({LEADS})).intake == asked


@pytest.mark.parametrize("code", ["culture", "gender", "language", "schedule", "format"])
def test_what_was_not_asked_is_never_guessed(code: str) -> None:
    found = _after(code, asked=Intake(needs=("grief",)))
    assert found.intake == Intake(needs=("grief",))
    assert found.notes == (NOTES[code],)


@pytest.mark.parametrize("importance", [STRONG, MUST])
def test_what_matters_already_is_not_said_to_change(importance: Importance) -> None:
    asked = replace(FULL, gender=AnyOf(("woman",), importance))
    assert _after("gender", asked=asked).changes == ()


@pytest.mark.parametrize(
    ("codes", "used", "left"),
    [
        (("video", "phone"), "video", ("phone",)),
        (("video",), "video", ("video",)),
        (("video", "phone"), None, ("video", "phone")),
        ((), "video", ()),
    ],
)
def test_a_poor_connection_leaves_the_other_ways_to_meet(
    codes: tuple[str, ...], used: str | None, left: tuple[str, ...]
) -> None:
    asked = replace(FULL, format=AnyOf(codes))
    found = _after("connection", asked=asked, leaving=LeavingTherapist(format=used))
    assert found.intake.format.codes == left
    assert bool(found.notes) == (left == codes)


@pytest.mark.parametrize("share", [0.2, 0.4])
@pytest.mark.parametrize("reliability", [0.0, 0.2, 0.9])
def test_the_axis_named_gets_its_share_whatever_a_model_takes(
    share: float, reliability: float
) -> None:
    found = _after("leads_too_much", "trust", reliability=reliability, axis_share=share)
    named = "communication_style.therapist_directiveness"
    before, after = (parts(asked, Weighting(), reliability) for asked in (FULL, found.intake))
    assert before[named] < 0.2
    assert after[named] == pytest.approx(share, abs=0.01)
    if reliability:
        assert after["expected_fit"] == pytest.approx(max(0.5, after["expected_fit"]), abs=0.01)


def test_an_axis_that_is_given_no_share_is_raised_all_the_same() -> None:
    found = _after("leads_too_much", reliability=0.3)
    assert dict(found.intake.emphasis) == {"communication_style.therapist_directiveness": RAISE}


def test_trust_raises_what_predicts_it_and_says_so_once() -> None:
    rated = _after("trust", "not_heard", reliability=0.3)
    assert _changes(rated) == {"emphasis.expected_fit": (1.0, RAISE)}
    assert rated.changes[0].because == "trust"
    # Without a model, or in a clinic that gives it no weight, stated wishes have to do.
    weightless = Weighting(weights={**Weighting().weights, "expected_fit": 0.0})
    for options in ({"reliability": 0.0}, {"reliability": 0.3, "weighting": weightless}):
        stated = _after("trust", **options)
        assert _changes(stated) == {
            "emphasis.communication_style": (1.0, RAISE),
            "emphasis.needs": (1.0, RAISE),
        }


def test_a_second_alternative_builds_on_the_first() -> None:
    first = _after("trust", reliability=0.3).intake
    again = _after("trust", asked=first, reliability=0.3)
    assert _changes(again) == {"emphasis.expected_fit": (RAISE, RAISE**2)}


def test_what_counts_alone_or_not_at_all_cannot_be_raised() -> None:
    assert _after("needs", asked=Intake(needs=("grief",))).changes == ()
    assert _after("trust", asked=Intake(), reliability=0.3).changes == ()
