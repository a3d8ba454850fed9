"""What is said about an alternative: plain, and nobody is sent back where it is not safe."""

import re

import pytest

from matching.alternative_wording import (
    EMPHASIS_TEXT,
    IMPORTANCE_TEXT,
    NO_LONGER_COUNTS,
    NOTES,
    OPPOSED,
    TEXTS,
)
from matching.alternatives import alternative
from matching.intake import Intake
from matching.leaving import LeavingTherapist
from matching.reasons import AXES, REASONS, is_safety
from matching.repair import SAYINGS, repair_words
from matching.weighting import Weighting


@pytest.mark.parametrize(
    "reasons",
    [
        ("unsafe",),
        ("leads_too_much", "boundary"),
        ("discrimination", "trust"),
        ("therapist_left",),
        ("conflict", "trust"),
        ("therapist_advised",),
    ],
)
def test_nobody_is_sent_back_to_talk_where_it_is_not_safe_or_not_possible(
    reasons: tuple[str, ...],
) -> None:
    found = alternative(Intake(), reasons, LeavingTherapist(), weighting=Weighting())
    assert found.repair is None
    assert found.safety == any(is_safety(code) for code in reasons)


def test_repair_says_each_reason_up_to_three() -> None:
    words = repair_words(("leads_too_much", "trust", "other", "judged", "goals"))
    assert words is not None
    assert [code for code in SAYINGS if SAYINGS[code] in words] == [
        "leads_too_much", "trust", "judged",
    ]  # fmt: skip
    assert words.startswith("If you like")
    assert words.endswith("Your new list is here either way.")
    assert repair_words(("other",)) == repair_words(()) is not None


TEXT = (
    *TEXTS.values(), NO_LONGER_COUNTS, *IMPORTANCE_TEXT.values(), *EMPHASIS_TEXT.values(),
    OPPOSED, *NOTES.values(), *(str(repair_words([code])) for code in SAYINGS),
    str(repair_words(())),
)  # fmt: skip


@pytest.mark.parametrize("text", TEXT)
def test_words_are_plain(text: str) -> None:
    """The Flesch–Kincaid grade is at most 8, syllables counted as groups of vowels."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = len(re.findall(r"[.?!:](?=\W|$)", text)) or 1
    syllables = sum(len(re.findall(r"[aeiouy]+", word.lower())) or 1 for word in words)
    grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    assert grade <= 8


def test_every_style_reason_and_every_raise_has_words() -> None:
    assert set(TEXTS) == {*AXES, "connection"}
    assert {code for code in REASONS if REASONS[code] != "circumstance"} - set(SAYINGS) == {
        "unsafe", "boundary", "discrimination",
    }  # fmt: skip
