"""Plain words: labels as they read within a sentence, lists of them, and dates."""

from collections.abc import Sequence
from datetime import date

from matching.vocabulary import Vocabulary

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def within(label: str) -> str:
    """A label as it reads in the middle of a sentence; an abbreviation keeps its capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def labels(vocabulary: Vocabulary, facet: str, codes: Sequence[str], *, name: bool) -> str:
    """The labels of some codes as a list; `name` for labels that keep their capital."""
    words = [vocabulary.label(facet, code) for code in codes]
    return listed(words if name else [within(word) for word in words])


def listed(words: Sequence[str]) -> str:
    """A list in words: "a", "a and b", "a, b and c"; with semicolons where a label holds "and"."""
    if len(words) == 1:
        return words[0]
    if any(" and " in word or "," in word for word in words):
        return "; ".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def language_label(vocabulary: Vocabulary, tag: str) -> str:
    """The words for a language tag: its own label, or its language's with the tag after it."""
    proper = proper_tag(tag)
    known = vocabulary.facets["languages"]
    if proper in known:
        return known[proper]
    language = proper.partition("-")[0]
    return f"{known[language]} ({proper})" if language in known else proper


def proper_tag(tag: str) -> str:
    """A language tag in the customary case (RFC 5646, section 2.1.1): `es-MX`, `zh-Hant`."""
    first, *rest = tag.lower().split("-")
    out = [first]
    for part in rest:
        # After a single letter, what follows is an extension and stays in lower case.
        extended = any(len(before) == 1 for before in out)
        if len(part) == 2 and not extended:
            out.append(part.upper())
        else:
            out.append(part.title() if len(part) == 4 and part.isalpha() and not extended else part)
    return "-".join(out)


def day(moment: date) -> str:
    """A date in words, like 3 March 2026, in any locale."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
