"""Labels, lists, language tags and dates as they read in a sentence."""

from datetime import date

import pytest

from matching.words import day, language_label, listed, proper_tag, within
from tests.factories.matching import VOCABULARY


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["grief and loss", "b"], "grief and loss; b"),
        (["a, b", "c"], "a, b; c"),
    ],
)
def test_a_list_reads_as_one(words: list[str], text: str) -> None:
    assert listed(words) == text


def test_a_label_within_a_sentence_keeps_its_capitals_only_as_an_abbreviation() -> None:
    assert [within(label) for label in ("Anxiety", "ADHD", "x")] == ["anxiety", "ADHD", "x"]


@pytest.mark.parametrize(
    ("tag", "proper"),
    [
        ("ES-mx", "es-MX"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("en-x-us-wxyz", "en-x-us-wxyz"),
        ("de-1996", "de-1996"),
        ("sl-ROZAJ", "sl-rozaj"),
    ],
)
def test_a_tag_is_written_in_the_customary_case(tag: str, proper: str) -> None:
    assert proper_tag(tag) == proper


def test_a_language_has_its_label_or_its_tag() -> None:
    names = [language_label(VOCABULARY, tag) for tag in ("es", "ES-mx", "qaa", "qaa-us")]
    assert names == ["Spanish", "Spanish (es-MX)", "qaa", "qaa-US"]


def test_a_day_in_words() -> None:
    assert [day(date(2026, 3, 3)), day(date(1999, 12, 31))] == ["3 March 2026", "31 December 1999"]
