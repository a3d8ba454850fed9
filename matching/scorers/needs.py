"""Needs: the share of what the client wants help with that the therapist works with."""

from matching.query import Query
from matching.roster import Roster
from matching.rows import Flags, Rows
from matching.scorers.levels import Levels, Scorer, mean


def _asked(query: Query) -> tuple[str, ...]:
    return tuple(dict.fromkeys(query.intake.needs))


def _meets(query: Query, roster: Roster, rows: Rows) -> Flags:
    return roster.needs.all_of(_asked(query), rows)


def _score(query: Query, roster: Roster, rows: Rows) -> Levels:
    asked = _asked(query)
    covered, blank = roster.needs.count_of(asked, rows), roster.needs.blank(rows)
    unknown = rows.count(blank)
    if not unknown:
        return Levels(((1 / len(asked), covered),))
    share = mean(rows.total(covered) / len(asked), rows.eligible - unknown)
    return Levels(((1 / len(asked), covered), (share, blank)), 0.0, blank)


SCORER = Scorer(_meets, _score)
