"""What is said of expected fit: nothing without clients behind it, praise only where it is due."""

from typing import Any

import pytest

from matching.intake import Intake
from matching.learning.learned import Learned
from matching.ranking import Candidate, Contribution, ExpectedFit
from matching.roster import Roster
from matching.vocabulary import DIMENSIONS
from tests.factories.fit_models import plain_model
from tests.factories.matching import profile, ranked, weighting

UNRATED = "Too few clients have rated them yet to say how well clients get on with them."
NOTHING_YET = (
    "Nothing can be told yet from 5 clients who rated them, so this rests on their profile and on "
    "what clients here rate well."
)
# By code: points, variance and clients.
Effects = dict[str, tuple[float, float, int]]


def _candidate(
    evidence: dict[str, Any] | None, needs: tuple[str, ...] = (), **figures: Any
) -> Candidate:
    roster = Roster.compile([profile(0, needs=("anxiety",))])
    model = plain_model({} if evidence is None else {roster.ids[0]: evidence}, **figures)
    (candidate,) = ranked(
        roster, None, Intake(needs=needs), weighting(), learned=Learned.on(model, roster)
    ).candidates
    return candidate


def _row(candidate: Candidate) -> Contribution:
    return candidate.contributions[DIMENSIONS.index("expected_fit")]


def _fit(candidate: Candidate) -> ExpectedFit:
    assert candidate.expected_fit is not None
    return candidate.expected_fit


def _said(effects: Effects, needs: tuple[str, ...] = ("grief",)) -> str:
    return _row(_candidate({"clients": 40, "needs": effects}, needs)).reason


def test_it_says_how_many_clients_it_rests_on() -> None:
    candidate = _candidate({"clients": 40})
    assert _row(candidate).reason == "Some good signs, from at least 40 clients who rated them."
    assert _fit(candidate).ratings == 40


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (
            0.9,
            (
                "Good signs, from at least 40 clients, who rate them higher than their profile "
                "suggests."
            ),
        ),
        (
            -0.9,
            (
                "Mixed signs, from at least 40 clients, who rate them lower than their profile "
                "suggests."
            ),
        ),
        (0.2, "Some good signs, from at least 40 clients who rated them."),
    ],
)
def test_it_says_how_they_rate_them_where_that_stands_out(level: float, said: str) -> None:
    candidate = _candidate({"clients": 40, "level": level, "doubt": 0.3})
    assert _row(candidate).reason == said


def test_good_signs_are_not_followed_by_a_warning() -> None:
    candidate = _candidate(
        {"clients": 40, "level": -0.5, "doubt": 0.1, "needs": {"grief": (2.4, 0.04, 10)}},
        ("grief",),
    )
    assert _row(candidate).reason == (
        "Good signs, from at least 40 clients who rated them; those who wanted help with grief and "
        "loss rate them higher than their average."
    )


@pytest.mark.parametrize("evidence", [None, {"clients": 0, "level": 3.0}])
def test_without_clients_it_says_so_and_promises_nothing(evidence: dict[str, Any] | None) -> None:
    candidate = _candidate(evidence)
    assert _row(candidate).reason == NOTHING_YET
    assert _fit(candidate).ratings is None
    assert _fit(candidate).words == "not enough known yet"
    assert UNRATED in candidate.caveats
    assert NOTHING_YET not in candidate.reasons


def test_a_need_is_named_as_it_stands_out() -> None:
    higher = _said({"grief": (0.8, 0.04, 10)})
    assert higher == (
        "Good signs, from at least 40 clients who rated them; those who wanted help with grief and "
        "loss rate them higher than their average."
    )
    assert "rate them lower than" in _said({"grief": (-0.8, 0.04, 10)})


@pytest.mark.parametrize(
    ("effect", "why"),
    [
        ((0.8, 0.04, 0), "fewer than five clients with it"),
        ((0.8, 4.0, 10), "could be chance"),
        ((0.0, 0.04, 10), "no different from the others"),
    ],
)
def test_a_need_is_not_named_without_data_behind_it(
    effect: tuple[float, float, int], why: str
) -> None:
    assert _said({"grief": effect}).endswith("igns, from at least 40 clients who rated them."), why


def test_a_need_that_was_not_asked_about_is_not_named() -> None:
    assert "grief" not in _said({"grief": (0.8, 0.04, 10)}, needs=("anxiety",))
    assert "grief" not in _said({"grief": (0.8, 0.04, 10)}, needs=())


def test_needs_on_both_sides_are_kept_apart() -> None:
    effects: Effects = {
        "anxiety": (0.8, 0.04, 10),
        "grief": (0.9, 0.04, 5),
        "sleep": (-0.7, 0.04, 15),
    }
    said = _said(effects, needs=("anxiety", "grief", "sleep"))
    assert "those who wanted help with anxiety or with grief and loss rate them higher" in said
    assert "those who wanted help with sleep rate them lower" in said


WORDS = [(0.6, "good signs"), (0.1, "some good signs"), (-0.1, "some good signs")]
WORDS += [(-0.6, "mixed signs")]


@pytest.mark.parametrize(("level", "words"), WORDS)
def test_clients_read_words_for_where_a_therapist_stands(level: float, words: str) -> None:
    assert _fit(_candidate({"level": level})).words == words


@pytest.mark.parametrize(("level", "words"), WORDS)
def test_ratings_are_a_reason_only_where_they_are_good(level: float, words: str) -> None:
    candidate = _candidate({"clients": 40, "level": level})
    given = _row(candidate).reason in candidate.reasons
    assert given == (words == "good signs")


def test_a_good_profile_without_clients_is_no_reason_from_ratings() -> None:
    """A therapist whom nobody rated may be expected to do well; that is no evidence of theirs."""
    candidate = _candidate(None, level=8.0, centre=6.5)
    assert _row(candidate).score > 0.5
    assert candidate.reasons == ()


def test_figures_are_told_to_a_tenth_with_an_interval_of_eighty_percent() -> None:
    fit = _fit(_candidate({"level": 0.33}, pair_variance=0.25))
    # 1.2816 standard deviations of 0.5 to either side of 6.83.
    assert (fit.low, fit.mean, fit.high) == (6.2, 6.8, 7.5)
    wider = _fit(_candidate({"level": 0.33}, pair_variance=0.25, interval=2.0))
    assert (wider.low, wider.mean, wider.high) == (5.5, 6.8, 8.1)


def test_whoever_nobody_rated_is_told_less_exactly() -> None:
    known, unknown = _fit(_candidate({})), _fit(_candidate(None))
    assert known.low == known.high == 6.5
    # A standard deviation of 0.5 between therapists, its variance taken 1.4 times.
    assert (unknown.low, unknown.high) == (5.7, 7.3)
