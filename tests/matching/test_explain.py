"""What a client reads: plain words, true of the profile, nothing that mattered passed over."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.availability import Availability
from matching.explain import MOST_REASONS
from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.profile import AvailabilityRow, Licence
from matching.ranking import Candidate
from matching.roster import Roster
from matching.wording import NOT_MET, PASSED_OVER, UNSAID
from tests.factories.matching import NOW, VOCABULARY, profile, random_world, ranked, weighting

STRONG = Importance.STRONG
UNCHECKED = "We have not checked yet if they have a free place."


def _candidate(ask: dict[str, Any], state: dict[str, Any] | None = None, **own: Any) -> Candidate:
    roster = Roster.compile([profile(0, **own)])
    rows = [AvailabilityRow(id=roster.ids[0], **{"confirmed_at": NOW, **(state or {})})]
    free = Availability.compile(roster, rows)
    (candidate,) = ranked(roster, free, Intake(**ask), weighting()).candidates
    return candidate


SENTENCES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"needs": ("anxiety",)}, {"needs": ("anxiety",)}, "Works with what you named: anxiety."),
    (
        {"needs": ("anxiety", "sleep")},
        {"needs": ("sleep", "anxiety")},
        "Works with both things you named: anxiety and sleep.",
    ),
    (
        {"needs": ("stress", "work", "grief")},
        {"needs": ("grief", "work", "stress")},
        "Works with all 3 things you named: stress; work and career; grief and loss.",
    ),
    (
        {"needs": ("adhd", "sleep", "ptsd")},
        {"needs": ("adhd", "sleep")},
        "Works with 2 of the 3 things you named: ADHD and sleep.",
    ),
    ({"needs": ("anxiety",)}, {"needs": ("work",)}, NOT_MET["needs"]),
    ({"needs": ("anxiety",)}, {}, UNSAID["needs"]),
    (
        {"gender": AnyOf(("man", "woman", "man", "woman"))},
        {"gender": "woman"},
        "Of a gender you asked for: woman.",
    ),
    (
        {"culture": AnyOf(("latine", "lgbtq"))},
        {"cultures": ("latine",), "communities": ("lgbtq",)},
        "Shares or works with what you named: Latina, Latino or Latine; LGBTQ+ communities.",
    ),
    ({"language": AnyOf(("es",))}, {"languages": ("es-MX",)}, "Speaks Spanish."),
    ({"language": AnyOf(("es-mx",))}, {"languages": ("es-MX",)}, "Speaks Spanish (es-MX)."),
    ({"language": AnyOf(("xx",))}, {"languages": ("xx",)}, "Speaks xx."),
    (
        {"language": AnyOf(("es", "fr", "en"))},
        {"languages": ("en-GB", "es")},
        "Speaks Spanish and English.",
    ),
    (
        {"modality": AnyOf(("cbt", "emdr", "act"))},
        {"modalities": ("emdr", "cbt")},
        "Works in a way you asked for: Cognitive behavioural therapy (CBT) and EMDR.",
    ),
    (
        {"format": AnyOf(("video", "phone"))},
        {"formats": ("phone",)},
        "Meets in a way you asked for: by phone.",
    ),
    (
        {"schedule": AnyOf(("tue_evening",))},
        {"schedule": ("tue_evening",)},
        "Works at a time you asked for: Tuesday evening.",
    ),
    ({"schedule": AnyOf(("tue_evening",))}, {"schedule": ("x",)}, NOT_MET["schedule"]),
    ({"referred_to": ("t-0",)}, {}, "Someone you trust named them."),
    (
        {"style": StyleWish((0.0, -0.5, None, None))},
        {"style": (0.1, -0.6, None, None)},
        "Like the style you asked for: both warm and challenging; lets you lead.",
    ),
    (
        {"style": StyleWish((-0.8, 0.5, None, 0.4))},
        {"style": (-0.7, -0.6, None, None)},
        (
            "Like the style you asked for: focused and ready to challenge you. Other parts of "
            "their style differ. Their profile does not say all you asked about."
        ),
    ),
    (
        {"style": StyleWish((None, None, 0.8, -0.9))},
        {"style": (None, None, -0.7, 0.9)},
        "Differs from the style you asked for: goes deep into feelings; looks at the here and now.",
    ),
    (
        {"style": StyleWish((None, None, 0.0, None))},
        {"style": (None, None, -0.4, None)},
        "Their style is partly like what you asked for.",
    ),
    ({"style": StyleWish((None, None, 0.0, None))}, {}, UNSAID["communication_style"]),
]


@pytest.mark.parametrize(("ask", "own", "expected"), SENTENCES, ids=lambda value: str(value)[:40])
def test_each_dimension_says_what_the_profile_says(
    ask: dict[str, Any], own: dict[str, Any], expected: str
) -> None:
    rows = [row for row in _candidate(ask, **own).contributions if row.state != "not_asked"]
    assert [row.reason for row in rows] == [expected]


def test_the_strongest_reasons_come_first_and_none_is_a_shortcoming() -> None:
    candidate = _candidate(
        {
            "needs": ("anxiety",),
            "gender": AnyOf(("man",)),
            "modality": AnyOf(("cbt",), STRONG),
            "format": AnyOf(("video",)),
            "schedule": AnyOf(("tue_evening",)),
        },
        needs=("anxiety",),
        gender="woman",
        formats=("video",),
        schedule=("tue_evening",),
    )
    assert candidate.reasons == (
        "Works with what you named: anxiety.",
        "Meets in a way you asked for: by video.",
        "Works at a time you asked for: Tuesday evening.",
    )
    assert len(candidate.reasons) == MOST_REASONS
    assert candidate.caveats == (UNSAID["modality"],)


WISHES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "communication_style": (
        {"style": StyleWish((1.0, None, None, None), STRONG)},
        {"style": (-0.5, 0.0, 0.0, 0.0)},
        {"style": (0.5, None, None, None)},
    ),
    "gender": ({"gender": AnyOf(("man",), STRONG)}, {"gender": "woman"}, {"gender": "man"}),
    "culture": (
        {"culture": AnyOf(("latine",), STRONG)},
        {"cultures": ("jewish",)},
        {"cultures": ("latine",)},
    ),
    "language": (
        {"language": AnyOf(("es",), STRONG)},
        {"languages": ("en",)},
        {"languages": ("es",)},
    ),
    "modality": (
        {"modality": AnyOf(("cbt",), STRONG)},
        {"modalities": ("act",)},
        {"modalities": ("cbt",)},
    ),
    "format": ({"format": AnyOf(("video",), STRONG)}, {"formats": ("x",)}, {"formats": ("video",)}),
    "schedule": (
        {"schedule": AnyOf(("tue_evening",), STRONG)},
        {"schedule": ("x",)},
        {"schedule": ("tue_evening",)},
    ),
}


@pytest.mark.parametrize("name", WISHES)
def test_a_strong_wish_is_never_passed_over_in_silence(name: str) -> None:
    ask, unmet, met = WISHES[name]
    assert _candidate(ask, **unmet).caveats == (PASSED_OVER[name],)
    assert _candidate(ask, **met).caveats == ()
    assert _candidate(ask).caveats == (UNSAID[name],)
    soft = {field: type(wish)(*_values(wish)) for field, wish in ask.items()}
    assert _candidate(soft, **unmet).caveats == ()


def _values(wish: Any) -> tuple[Any, ...]:
    return (wish.axes if isinstance(wish, StyleWish) else wish.codes, Importance.SOME)


def test_a_strong_wish_for_every_dimension_is_tested() -> None:
    assert set(WISHES) == set(PASSED_OVER)


CAVEATS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], list[str]]] = [
    ({}, {"confirmed_at": None}, {}, [UNCHECKED]),
    ({}, {"confirmed_at": NOW - timedelta(days=30)}, {}, []),
    (
        {},
        {"confirmed_at": datetime(2026, 2, 3, tzinfo=UTC)},
        {},
        ["They last told us of a free place on 3 February 2026. That may have changed."],
    ),
    (
        {"payer": "aetna"},
        {},
        {},
        ["Their profile does not say if they take your insurance. Please ask."],
    ),
    ({"payer": "aetna"}, {}, {"payers": ("aetna",)}, []),
    (
        {},
        {},
        {"associate": True},
        ["Still in training, or new to the work: a supervisor works with them."],
    ),
    (
        {"jurisdiction": "US-CA"},
        {},
        {"licences": (Licence("US-CA", "associate"), Licence("US-NY"))},
        ["Still in training, or new to the work: a supervisor works with them."],
    ),
    (
        {"jurisdiction": "US-CA"},
        {},
        {
            "licences": (
                Licence("US-CA", "associate"),
                Licence("US-CA", "full", (NOW - timedelta(days=1)).date()),
            )
        },
        ["Still in training, or new to the work: a supervisor works with them."],
    ),
    ({"jurisdiction": "US-CA"}, {}, {"licences": (Licence("US-CA"),)}, []),
]


@pytest.mark.parametrize(("ask", "state", "own", "expected"), CAVEATS)
def test_what_a_client_should_know_before_choosing(
    ask: dict[str, Any], state: dict[str, Any], own: dict[str, Any], expected: list[str]
) -> None:
    candidate = _candidate(ask, state, **own)
    assert list(candidate.caveats) == expected
    assert candidate.availability_confirmed_at == state.get("confirmed_at", NOW)


def test_references_that_are_not_on_the_roster_are_said_without_being_repeated() -> None:
    roster = Roster.compile([profile(0)])

    def notices(**named: Any) -> tuple[str, ...]:
        return ranked(roster, intake=Intake(**named)).notices

    assert notices(referred_to=("t-0",)) == ()
    assert notices(exclude_therapists=("x", "t-0"), referred_to=("x",))[0].startswith("One ")
    assert notices(exclude_therapists=("x",), referred_to=("y",))[0].startswith("Some ")


def test_a_varied_order_is_said_and_a_fixed_one_is_not() -> None:
    alike = Roster.compile([profile(at, gender="woman") for at in range(3)])
    asked = Intake(gender=AnyOf(("woman",)), client_reference="c-1")

    def notices(intake: Intake) -> tuple[str, ...]:
        return ranked(alike, intake=intake).notices

    assert notices(asked) == ("Therapists who match about equally well are shown in varied order.",)
    assert notices(replace(asked, staff_review=True)) == ()
    assert notices(Intake()) == ()


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32), size=st.integers(1, 30))
def test_every_sentence_is_plain_and_shows_no_figure_of_fit(seed: int, size: int) -> None:
    ranking = random_world(seed, size).ranked()
    said = [text for candidate in ranking.candidates for text in _texts(candidate)]
    said += [change.text for change in ranking.suggestions] + list(ranking.notices)
    for text in said:
        assert text.endswith(".")
        assert text[0].isupper()
        assert not re.search(r"\d\.\d|%|None|_|score|points", text)
    for candidate in ranking.candidates:
        assert len(set(candidate.caveats)) == len(candidate.caveats)
        assert set(candidate.reasons) <= {row.reason for row in candidate.contributions}


def _texts(candidate: Candidate) -> list[str]:
    rows = [row.reason for row in candidate.contributions if row.state != "not_asked"]
    return [*rows, *candidate.reasons, *candidate.caveats]


def test_the_sentences_read_at_grade_8_or_below() -> None:
    labels = {word for facet in VOCABULARY.facets.values() for word in facet.values()}
    ours = [*NOT_MET.values(), *UNSAID.values(), *PASSED_OVER.values()]
    ours += [expected for *_, expected in SENTENCES]
    ours += [text for *_, texts in CAVEATS for text in texts]
    for text in ours:
        # The clinic's own labels are not ours to simplify.
        for label in sorted(labels, key=len, reverse=True):
            text = re.sub(re.escape(label), "it", text, flags=re.IGNORECASE)  # noqa: PLW2901
        assert _grade(text) <= 8, text


def _grade(text: str) -> float:
    """The grade at which a text reads (Kincaid et al. 1975), syllables counted as vowel groups."""
    sentences = [part for part in re.split(r"[.;]", text) if part.strip()]
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in words
    )
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
