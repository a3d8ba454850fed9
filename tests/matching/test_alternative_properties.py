"""What holds of every alternative, whatever was asked and whoever is left."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from matching.alternative_wording import EMPHASIS_TEXT
from matching.alternatives import PAST_OTHERS, STEP, alternative
from matching.changes import applied, value_at
from matching.intake import Importance, Intake
from matching.leaving import LeavingTherapist
from matching.query import WISH_FIELDS
from matching.reasons import AXES, REASONS
from matching.vocabulary import STYLE_AXES
from matching.weighting import Weighting
from tests.factories.matching import dice, random_intake, random_weighting

NONE, SOME, STRONG, MUST = Importance.NONE, Importance.SOME, Importance.STRONG, Importance.MUST
STYLE = "preferences.communication_style"
ALL = (*REASONS, "a_code_of_the_clinics_own")
PLACES = (
    *(f"{STYLE}.{axis}" for axis in STYLE_AXES),
    *(f"preferences.{dimension}.importance" for dimension in WISH_FIELDS),
    "preferences.format.any_of",
    *(f"emphasis.{part}" for part in EMPHASIS_TEXT),
)
STEPS = st.integers(-100, 100).map(lambda step: step / 100)
STYLES = st.tuples(*[st.none() | STEPS] * 4)
SEEN = st.tuples(*[st.sampled_from((None, -1.0, 0.0, 1.0))] * 4)
FORMATS = st.sampled_from((None, "video", "in_person", "phone"))
LEAVING = st.builds(LeavingTherapist, described=STYLES, met=STYLES, seen=SEEN, format=FORMATS)
REASON_LISTS = st.lists(st.sampled_from(ALL), max_size=5)
KNOWN = st.sampled_from((0.0, 0.3, 1.0))
INTAKES = st.integers(0, 2**32).map(lambda seed: random_intake(dice(seed), ()))
WEIGHTINGS = st.integers(0, 2**32).map(lambda seed: random_weighting(dice(seed)))


@given(INTAKES, REASON_LISTS, LEAVING, WEIGHTINGS, KNOWN, STYLES)
def test_the_changes_are_exactly_what_differs(
    asked: Intake,
    reasons: list[str],
    leaving: LeavingTherapist,
    weighting: Weighting,
    known: float,
    others: Any,
) -> None:
    found = alternative(
        asked, reasons, leaving, weighting=weighting, reliability=known, others=others
    )
    assert applied(asked, found.changes) == found.intake
    places = [change.what for change in found.changes]
    assert len(set(places)) == len(places)
    for change in found.changes:
        assert change.before == value_at(asked, change.what) != change.after
        assert change.after == value_at(found.intake, change.what)
        assert change.because in reasons
        assert change.text
    for place in set(PLACES) - set(places):
        assert value_at(asked, place) == value_at(found.intake, place)


@given(INTAKES, REASON_LISTS, LEAVING, KNOWN, st.sets(st.sampled_from(PLACES)))
def test_what_the_client_states_wins(
    asked: Intake, reasons: list[str], leaving: LeavingTherapist, known: float, stated: set[str]
) -> None:
    found = alternative(
        asked, reasons, leaving, weighting=Weighting(), reliability=known, stated=frozenset(stated)
    )
    assert not {change.what for change in found.changes} & stated


@given(INTAKES, st.sampled_from(sorted(AXES)), LEAVING, KNOWN, STYLES)
def test_a_reason_of_style_moves_its_own_axis_only_and_away(
    asked: Intake, code: str, leaving: LeavingTherapist, known: float, others: Any
) -> None:
    found = alternative(
        asked, [code], leaving, weighting=Weighting(), reliability=known, others=others
    )
    (name, way), after = AXES[code], found.intake.style
    own = STYLE_AXES.index(name)
    counted = asked.style.axes if asked.style.asked else (None,) * 4
    for axis, (wish, new) in enumerate(zip(counted, after.axes, strict=True)):
        if axis != own:
            assert new == wish
    wish, new = counted[own], after.axes[own]
    assert new is not None
    assert -1 <= new <= 1
    for beyond, by in (
        (wish, STEP),
        (leaving.stands(own, wish), STEP),
        (others[own], PAST_OTHERS),
    ):
        if beyond is not None:
            assert way * (new - beyond) >= by - 0.005 - 1e-9 or new == way
    assert after.importance is (MUST if asked.style.importance is MUST else STRONG)
    unlike = replace(found.intake, style=asked.style, emphasis=())
    assert unlike == asked
    assert all(part == f"communication_style.{name}" for part, _ in found.intake.emphasis)


QUIET = [code for code, kind in REASONS.items() if kind in {"safety", "practical", "circumstance"}]


@given(INTAKES, st.lists(st.sampled_from([*QUIET, "a_code_of_the_clinics_own"])), LEAVING, KNOWN)
def test_what_says_nothing_about_fit_changes_nothing_about_it(
    asked: Intake, reasons: list[str], leaving: LeavingTherapist, known: float
) -> None:
    found = alternative(asked, reasons, leaving, weighting=Weighting(), reliability=known)
    assert replace(found.intake, format=asked.format, schedule=asked.schedule) == asked
    if not {"format", "schedule", "connection"} & set(reasons):
        assert found.intake == asked


@given(INTAKES, REASON_LISTS, LEAVING, WEIGHTINGS, KNOWN)
def test_nothing_comes_to_matter_less(
    asked: Intake,
    reasons: list[str],
    leaving: LeavingTherapist,
    weighting: Weighting,
    known: float,
) -> None:
    order = [NONE, SOME, STRONG, MUST]
    found = alternative(asked, reasons, leaving, weighting=weighting, reliability=known).intake
    for field in WISH_FIELDS.values():
        before, after = getattr(asked, field).importance, getattr(found, field).importance
        assert order.index(after) >= order.index(before)
        assert (after is MUST) == (before is MUST)
    assert all(factor > 1 for _, factor in found.emphasis)


@given(INTAKES, LEAVING, KNOWN)
def test_without_a_reason_the_question_is_the_same(
    asked: Intake, leaving: LeavingTherapist, known: float
) -> None:
    found = alternative(asked, [], leaving, weighting=Weighting(), reliability=known)
    assert (found.intake, found.changes, found.notes, found.safety) == (asked, (), (), False)
    assert found.repair is not None
