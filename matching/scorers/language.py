"""Language: 1 for at least one of the languages asked for, else 0.

Tags match by basic filtering (RFC 4647, section 3.3.1): `es` is met by `es-MX`, not the other way
round, whatever the case.
"""

from collections.abc import Iterable

from matching.query import Query
from matching.roster import Roster
from matching.scorers.levels import any_of


def spoken(ranges: Iterable[str], tags: Iterable[str]) -> tuple[str, ...]:
    """Those of the lower-case `tags` that at least one of the language `ranges` takes in."""
    asked = tuple(asked.lower() for asked in ranges)
    return tuple(tag for tag in tags if takes_in(asked, tag))


def takes_in(ranges: tuple[str, ...], tag: str) -> bool:
    """Whether a lower-case tag is one of the lower-case ranges or more exact than one."""
    return any(tag.startswith(wide) and tag[len(wide) : len(wide) + 1] in {"", "-"} for wide in ranges)


def _codes(query: Query, roster: Roster) -> tuple[str, ...]:
    return spoken(query.intake.language.codes, roster.languages.bits)


SCORER = any_of(lambda roster: roster.languages, _codes)
