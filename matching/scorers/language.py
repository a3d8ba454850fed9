"""Language: 1 for at least one of the languages asked for, else 0.

Tags match by basic filtering (RFC 4647, section 3.3.1): `es` is met by `es-MX`, not the other way
round, whatever the case.
"""

from collections.abc import Collection, Iterable

from matching.query import Query
from matching.roster import Roster
from matching.scorers.levels import any_of


def spoken(ranges: Iterable[str], tags: Collection[str]) -> tuple[str, ...]:
    """Those of the lower-case `tags` that at least one of the language `ranges` takes in."""
    found: list[str] = []
    for wide in ranges:
        asked = wide.lower()
        longer = f"{asked}-"
        found += [tag for tag in tags if tag == asked or tag.startswith(longer)]
    return tuple(found)


def _codes(query: Query, roster: Roster) -> tuple[str, ...]:
    return spoken(query.intake.language.codes, roster.languages.bits)


SCORER = any_of(lambda roster: roster.languages, _codes)
