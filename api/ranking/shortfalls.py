"""Whose exposure fell short over the clinic's recent matches: measured, and kept as a version.

`shortfall_now` is what a version made now would hold. A preview of a weighting that goes by
exposure ranks on it, and activating such a weighting keeps it (`keep`), so that what was previewed
is what happens.
"""

from datetime import datetime

import numpy as np
from sqlalchemy import func, select

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables import Match
from api.db.tables.base import table_of
from api.ranking.answering import engine_arguments
from api.ranking.recent import latest_of_clients, stored_matches
from api.store.clinics import hold_clinic
from api.store.rosters import current_roster
from api.store.shortfalls import Shortfall, keep_shortfall, newest_shortfall
from matching.engine import lined_up
from matching.exposure import Exposure, places

# How many clients' latest matches are looked at: enough that each of a hundred therapists is owed
# the attention of several first places, few enough to be gone through in less than a second.
CLIENTS = 500

# A version holds for so many matches, so that what one client changed cannot be told from it.
MATCHES_A_VERSION = 50

_matches = table_of(Match)


def shortfall_now(scope: ClinicScope) -> Shortfall:
    """Measured over the clinic's last CLIENTS, each on the roster and under the weighting of then.

    A client who came several times counts once, with the latest match; matches that staff review,
    in which nobody is lifted, do not count. It has no id and nothing is stored.
    """
    now = utc_now()
    roster = current_roster(scope).roster
    then, at = roster, places(roster.ids, roster.ids)
    total = Exposure.none(len(roster))
    for match in stored_matches(scope, latest_of_clients(scope, CLIENTS, now)):
        arguments = engine_arguments(scope, match.basis, match.at)
        if arguments["roster"] is not then:
            then = arguments["roster"]
            at = places(then.ids, roster.ids)
        line_up = lined_up(match.intake, **arguments)
        total.add(Exposure.of(line_up, then, arguments["learned"]), at)
    short = total.shortfall()
    named = {roster.ids[row]: float(short[row]) for row in np.flatnonzero(short).tolist()}
    return Shortfall(None, now, named)


def keep(scope: ClinicScope, measured: Shortfall) -> Shortfall:
    """Make what was measured the version of following matches; the unit must be writing."""
    kept = keep_shortfall(scope, measured)
    record(scope, "exposure.measured", kept.id, {"therapists": len(kept.by_therapist)})
    return kept


def renew_if_due(scope: ClinicScope) -> None:
    """Keep a new version where there is none yet, or MATCHES_A_VERSION have come since."""
    newest = newest_shortfall(scope)
    if newest is not None and _matches_since(scope, newest.measured_at) < MATCHES_A_VERSION:
        return
    measured = shortfall_now(scope)
    hold_clinic(scope)
    # Another worker may have been quicker.
    if newest_shortfall(scope) == newest:
        keep(scope, measured)


def _matches_since(scope: ClinicScope, time: datetime) -> int:
    """How many matches came since, counted up to MATCHES_A_VERSION."""
    since = (
        select(_matches.c.id)
        .where(_matches.c.clinic_id == scope.clinic_id, _matches.c.created_at >= time)
        .limit(MATCHES_A_VERSION)
    )
    counted = select(func.count()).select_from(since.subquery())
    return int(scope.connection.execute(counted).scalar_one())
