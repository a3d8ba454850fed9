"""Bounded text: what is taken, in which form, and what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api.limits import LABEL_CHARS, NAME_CHARS, REFERENCE_CHARS
from api.text import (
    Code,
    Jurisdiction,
    Label,
    LanguageTag,
    Name,
    Prose,
    Reference,
    jurisdiction,
    language_tag,
)

ONE_LINE = {"reference": Reference, "name": Name, "code": Code, "label": Label}


def taken(kind: Any, value: object) -> object:
    return TypeAdapter(kind).validate_python(value)


def refused(kind: object, value: object) -> bool:
    try:
        taken(kind, value)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("es", "es"),
        (" ES-mx ", "es-MX"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("ZH-YUE-HANT-hk", "zh-yue-Hant-HK"),
        ("sl-rozaj-biske-1994", "sl-rozaj-biske-1994"),
        ("de-CH-1901", "de-CH-1901"),
        ("es-419", "es-419"),
        # Examples of RFC 5646, section 2.1.1.
        ("MN-cYRL-mn", "mn-Cyrl-MN"),
        ("en-ca-X-CA", "en-CA-x-ca"),
        ("SGN-be-fr", "sgn-BE-FR"),
        ("AZ-LATN-x-LATN", "az-Latn-x-latn"),
        ("en-US-u-CA-gregory", "en-US-u-ca-gregory"),
        ("X-whatever", "x-whatever"),
        ("I-KLINGON", "i-klingon"),
        ("en-GB-oed", "en-GB-oed"),
    ],
)
def test_a_language_tag_has_one_form(written: str, form: str) -> None:
    assert taken(LanguageTag, written) == form


@pytest.mark.parametrize(
    "written",
    ["", "e", "english", "Span", "en_US", "en-", "-en", "en--US", "en-USAA-US-US", "e n", "es;",
     "ф", "en-" + "a" * 9, "en-x", "en-u", "en-" + "-".join(["variant1"] * 8), "١٢", 5, None],
)  # fmt: skip
def test_what_is_no_language_tag_is_refused(written: object) -> None:
    assert refused(LanguageTag, written)


def test_a_language_tag_is_bounded() -> None:
    longest = "en-x" + "-abcdefg" * 7 + "-abc"
    assert language_tag(longest) == longest
    with pytest.raises(ValueError, match="language tag"):
        language_tag(longest + "d")


@given(st.text(max_size=20) | st.from_regex(r"[A-Za-z]{1,4}(-[A-Za-z0-9]{1,8}){0,3}"))
def test_a_language_tag_is_refused_or_its_form_is_stable(text: str) -> None:
    if refused(LanguageTag, text):
        with pytest.raises(ValueError, match=r"^must be a language tag \(BCP 47\)"):
            language_tag(text)
    else:
        form = language_tag(text)
        assert language_tag(form) == form
        assert form.lower() == text.strip().lower()


@pytest.mark.parametrize(
    ("written", "form"),
    [("de", "DE"), (" us-ca ", "US-CA"), ("GB-ENG", "GB-ENG"), ("fr-2a", "FR-2A"), ("PR", "PR")],
)
def test_a_jurisdiction_has_one_form(written: str, form: str) -> None:
    assert taken(Jurisdiction, written) == form
    assert jurisdiction(form) == form


@pytest.mark.parametrize(
    "written", ["", "D", "DEU", "US-", "US-CALI", "US_CA", "US CA", "Ü1", "US-CA-X", 1, None]
)
def test_what_is_no_jurisdiction_is_refused(written: object) -> None:
    assert refused(Jurisdiction, written)


@pytest.mark.parametrize("kind", ONE_LINE.values(), ids=ONE_LINE)
@pytest.mark.parametrize(
    "value",
    ["", " ", "a\0b", "a\nb", "a\tb", "a\x1bb", "a\x7fb", "a\x85b", "a\u2028b", "a\ud800",
     "\u202etxt", "a\u2066b", "\ufeffa", "a\uffff", 5, True, None, ["a"]],
)  # fmt: skip
def test_hostile_text_is_refused(kind: object, value: object) -> None:
    assert refused(kind, value)


@pytest.mark.parametrize(
    ("kind", "longest"), [(Reference, REFERENCE_CHARS), (Name, NAME_CHARS), (Label, LABEL_CHARS)]
)
def test_text_is_bounded_after_it_is_trimmed(kind: object, longest: int) -> None:
    assert taken(kind, f"  {'x' * longest} ") == "x" * longest
    assert refused(kind, "x" * (longest + 1))


def test_two_ways_of_typing_a_letter_are_one_text() -> None:
    assert taken(Name, "Rene\u0301e") == "Ren\u00e9e"
    assert taken(Reference, "e\u0301") == "\u00e9"
    # One character that takes three in normal form C: the bound holds for what is kept.
    assert refused(Reference, "\ufb2c" * (REFERENCE_CHARS // 2))


def test_a_name_may_hold_joiners_and_a_reference_nothing_invisible() -> None:
    assert taken(Name, "نگار\u200cسادات") == "نگار\u200cسادات"
    assert refused(Reference, "t\u200c1")
    assert taken(Reference, "t 1/ä") == "t 1/ä"


def test_prose_keeps_its_lines_and_refuses_control_characters() -> None:
    assert taken(Prose, " one\n\ttwo\r\n") == "one\n\ttwo"
    assert all(refused(Prose, f"a{mark}b") for mark in ("\0", "\x08", "\x1b", "\u202e", "\ud800"))
