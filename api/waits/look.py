"""Going through the waiting list, in order, after something has appeared: a place, a therapist.

It is done in steps, each a short transaction that offers one place at most. Between steps nothing
is held; how far a worker has come, it remembers. Whether the list has to be gone through at all is
seen from the clinic's versions and from what changed since they were last looked at.
"""

import time
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress
from typing import Any

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.ranking.circumstances import Circumstances
from api.store.availability import something_appeared
from api.store.places import availability_rules
from api.store.rosters import CompiledRoster, current_roster
from api.waits import queries
from api.waits.accepting import widened
from api.waits.offers import Offered, anybody_eligible, offer

# How many of the list are looked at in a step: so long a clinic's other work waits at most.
STEP = 100
_PAUSE_SECONDS = 0.0005

# To begin with: reading everybody's history would take longer than looking.
_NOTHING_KNOWN = Circumstances()


@dataclass(frozen=True, slots=True)
class Look:
    """One time through a clinic's list.

    `seen` are the versions last looked at, when this began; `versions` those that it looks at.
    `free` holds the ids of the therapists who took new clients then: they alone are offered, so
    that who frees up meanwhile is offered from the top. `after` is the place reached.
    """

    seen: tuple[int, int]
    versions: tuple[int, int]
    free: frozenset[str]
    after: queries.Place | None = None


def step(scope: ClinicScope) -> bool:
    """Go on through the clinic's list, up to the first offer; whether there is more to do."""
    now = utc_now()
    look = _resumed(scope) or _begun(scope, now)
    if look is None:
        return False
    waits = queries.to_look_at(scope, look.after, STEP)
    for wait in waits:
        # Requests are served by other threads of this process, which this one's work holds up.
        time.sleep(_PAUSE_SECONDS)
        if not anybody_eligible(scope, widened(wait.request, wait.accepts), _NOTHING_KNOWN, now):
            continue
        outcome = offer(scope, wait, look.free, now)
        if outcome is Offered.YES:
            look = replace(look, after=(wait.turn, wait.id))
        if outcome is not Offered.TO_NOBODY:
            _remember(scope, look)
            return True
        look = replace(look, after=(wait.turn, wait.id))
    if len(waits) == STEP:
        _remember(scope, replace(look, after=(waits[-1].turn, waits[-1].id)))
        return True
    queries.mark_seen(scope, look.seen, look.versions)
    return False


def _resumed(scope: ClinicScope) -> Look | None:
    """The look that this worker is at, unless it has been done or asked for anew meanwhile."""
    look: Look | None = scope.database.cache.get(_key(scope))
    return look if look and look.seen == queries.seen_versions(scope) else None


def _begun(scope: ClinicScope, now: datetime) -> Look | None:
    """A new look, or None where nothing has appeared that anybody could be offered."""
    seen = queries.seen_versions(scope)
    compiled = current_roster(scope)
    look = Look(
        seen,
        (compiled.roster_version, compiled.availability_version),
        _taking_new(scope, compiled, now),
    )
    anew = seen[1] < 0
    if look.free and (anew or something_appeared(scope, *seen, now)):
        return look
    queries.mark_seen(scope, look.seen, look.versions)
    return None


def _taking_new(scope: ClinicScope, compiled: CompiledRoster, now: datetime) -> frozenset[str]:
    taking = compiled.availability.taking_new(availability_rules(scope), now)
    return frozenset(compress(compiled.roster.ids, taking))


def _remember(scope: ClinicScope, look: Look) -> None:
    def put() -> None:
        scope.database.cache.put(_key(scope), look)

    # What was not committed was not done.
    if scope.unit.writing:
        scope.unit.after_commit(put)
    else:
        put()


def _key(scope: ClinicScope) -> tuple[str, Any]:
    return "waits", scope.clinic_id
