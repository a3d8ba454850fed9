"""Culture: 1 for at least one of the backgrounds or communities asked for, else 0.

Shared background and experience with a community count alike, so codes of both kinds may be asked
for together and are looked for in both fields of a profile.
"""

from matching.facet import Facet
from matching.query import Query
from matching.roster import Roster
from matching.rows import Flags, Rows
from matching.scorers.levels import Levels, Scorer, met_or_mean


def facets_asked(query: Query, roster: Roster) -> list[Facet]:
    """The fields that the codes asked for belong to; both, for a code that is in neither."""
    known = query.vocabulary.facets
    fields = (("cultures", roster.cultures), ("communities", roster.communities))
    kinds = {name for name, _ in fields}
    asked: set[str] = set()
    for code in query.intake.culture.codes:
        asked |= {kind for kind in kinds if code in known.get(kind, {})} or kinds
    return [facet for name, facet in fields if name in asked]


def _meets(query: Query, roster: Roster, rows: Rows) -> Flags:
    codes = query.intake.culture.codes
    return roster.cultures.any_of(codes, rows) | roster.communities.any_of(codes, rows)


def _score(query: Query, roster: Roster, rows: Rows) -> Levels:
    met = _meets(query, roster, rows)
    blank = rows.none()
    for facet in facets_asked(query, roster):
        blank |= facet.blank(rows)
    return met_or_mean(met, blank & ~met, rows)


SCORER = Scorer(_meets, _score)
