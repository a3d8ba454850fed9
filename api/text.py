"""Bounded text: what a caller may write in a reference, a name, a code, a label or a paragraph.

Every type refuses NUL and other control characters, lone surrogates, and the invisible characters
that change the direction of a text. Space at the ends is trimmed. The messages hold no input.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from api.limits import (
    CODE_CHARS,
    KEY_NAME_CHARS,
    LABEL_CHARS,
    LANGUAGE_TAG_CHARS,
    NAME_CHARS,
    REFERENCE_CHARS,
)

# Written as ranges, so that the pattern means the same to readers of the OpenAPI document.
_DIRECTION = r"\u202a-\u202e\u2066-\u2069"
_PARAGRAPH = (
    rf"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_DIRECTION}\ufeff\ufff9-\ufffb\ufffe\uffff]*$"
)
_ONE_LINE = rf"^[^\x00-\x1f\x7f-\x9f\u2028\u2029{_DIRECTION}\ufeff\ufff9-\ufffb\ufffe\uffff]*$"
# A reference is compared by eye and typed by hand: nothing in it may be invisible. Names may hold
# joiners, which several scripts need.
_PRINTABLE = (
    r"^[^\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ufffe\uffff]*$"
)

_LANGUAGE_TAG = re.compile(
    r"""
    [a-z]{2,3}(?:-[a-z]{3}){0,3}             # language, extended languages
    (?:-[a-z]{4})?                           # script
    (?:-(?:[a-z]{2}|[0-9]{3}))?              # region
    (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))* # variants
    (?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*     # extensions
    (?:-x(?:-[a-z0-9]{1,8})+)?               # private use
    | x(?:-[a-z0-9]{1,8})+
    """,
    re.VERBOSE,
)
# Tags that RFC 5646 (section 2.1, `irregular`) keeps though they do not fit its grammar.
_IRREGULAR_TAGS = frozenset(
    [
        "en-gb-oed",
        "i-ami",
        "i-bnn",
        "i-default",
        "i-enochian",
        "i-hak",
        "i-klingon",
        "i-lux",
        "i-mingo",
        "i-navajo",
        "i-pwn",
        "i-tao",
        "i-tay",
        "i-tsu",
        "sgn-be-fr",
        "sgn-be-nl",
        "sgn-ch-de",
    ]
)
_JURISDICTION = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
_JURISDICTION_CHARS = 6

# Composing takes the square of a run of marks. No letter is made of more than four characters, so
# what is longer than this is too long afterwards as well.
_COMPOSED_CHARS = 4 * NAME_CHARS


def language_tag(text: str) -> str:
    """A BCP 47 language tag in the case that RFC 5646, section 2.1.1, recommends: `es-MX`.

    The grammar is that of RFC 5646, section 2.1, with one restriction: a primary language of four
    to eight letters is refused. None is registered, and a language's English name has that form.

    Raises:
        ValueError: `text` is not a well-formed tag of at most 64 characters.
    """
    # One character too many is refused like a million, and takes no room in the cache.
    return _cased_tag(text.strip()[: LANGUAGE_TAG_CHARS + 1])


@lru_cache(maxsize=4096)
def _cased_tag(text: str) -> str:
    tag = text.lower()
    form = len(tag) <= LANGUAGE_TAG_CHARS and text.isascii() and _LANGUAGE_TAG.fullmatch(tag)
    if not form and tag not in _IRREGULAR_TAGS:
        raise ValueError("must be a language tag (BCP 47), such as es or es-MX")
    head, *rest = tag.split("-")
    cased = [head]
    after_singleton = len(head) == 1
    for part in rest:
        after_singleton = after_singleton or len(part) == 1
        cased.append(part if after_singleton else _cased(part))
    return "-".join(cased)


def _cased(subtag: str) -> str:
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.capitalize() if len(subtag) == 4 else subtag


def jurisdiction(text: str) -> str:
    """A country or one of its parts in the form of ISO 3166-1 or -2, upper case: `DE`, `US-CA`.

    Only the form is checked: which codes exist changes from year to year.

    Raises:
        ValueError: `text` does not have that form.
    """
    return _jurisdiction_code(text.strip()[: _JURISDICTION_CHARS + 1])


@lru_cache(maxsize=4096)
def _jurisdiction_code(text: str) -> str:
    code = text.upper()
    if not text.isascii() or not _JURISDICTION.fullmatch(code):
        raise ValueError("must be a country or state code (ISO 3166), such as DE or US-CA")
    return code


def _language_tag(value: object) -> str:
    return language_tag(value if isinstance(value, str) else "")


def _jurisdiction(value: object) -> str:
    return jurisdiction(value if isinstance(value, str) else "")


def _composed(value: object) -> object:
    """Text in normal form C, so that two ways of typing one letter are one name."""
    if isinstance(value, str) and not value.isascii():
        value = value.strip()
        return unicodedata.normalize("NFC", value) if len(value) <= _COMPOSED_CHARS else value
    return value


def _one_line(max_chars: int, pattern: str = _ONE_LINE) -> StringConstraints:
    return StringConstraints(
        strict=True, strip_whitespace=True, min_length=1, max_length=max_chars, pattern=pattern
    )


Prose = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, pattern=_PARAGRAPH)]
"""Text of one or more lines; the field sets its bounds."""

Reference = Annotated[str, _one_line(REFERENCE_CHARS, _PRINTABLE), BeforeValidator(_composed)]
"""The clinic's own name for a record: 1 to 64 visible characters."""

Name = Annotated[str, _one_line(NAME_CHARS), BeforeValidator(_composed)]
"""A person's name as they write it: 1 to 200 characters on one line."""

Code = Annotated[str, _one_line(CODE_CHARS, _PRINTABLE)]
"""A code of a vocabulary: 1 to 64 visible characters."""

Label = Annotated[str, _one_line(LABEL_CHARS), BeforeValidator(_composed)]
"""A short text of the clinic's own, such as a payer: 1 to 100 characters on one line."""

KeyName = Annotated[str, _one_line(KEY_NAME_CHARS), BeforeValidator(_composed)]
"""What or who holds a key: 1 to 80 characters on one line."""

LanguageTag = Annotated[
    str, Field(min_length=2, max_length=LANGUAGE_TAG_CHARS), BeforeValidator(_language_tag)
]
"""A BCP 47 tag, as `language_tag` gives it."""

Jurisdiction = Annotated[
    str, Field(min_length=2, max_length=_JURISDICTION_CHARS), BeforeValidator(_jurisdiction)
]
"""An ISO 3166 code, as `jurisdiction` gives it."""
