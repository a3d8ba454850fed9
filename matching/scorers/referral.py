"""Referral: 1 for a therapist whom somebody the client trusts named, else 0."""

import numpy as np

from matching.query import Query
from matching.roster import Roster
from matching.rows import Flags, Rows
from matching.scorers.levels import Levels, Scorer


def _meets(query: Query, roster: Roster, rows: Rows) -> Flags:
    named = np.zeros(len(roster), np.bool_)
    named[list(query.referred)] = True
    return rows.of(named)


def _score(query: Query, roster: Roster, rows: Rows) -> Levels:
    return Levels(((1.0, _meets(query, roster, rows)),))


SCORER = Scorer(_meets, _score)
