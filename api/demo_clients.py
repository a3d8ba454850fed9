"""Clients of the demo clinic who came since it opened: they asked, chose, met and rated.

They go through the service as any client does, so that its pages have something to show.
"""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np

from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.auth.system import clinic_scope
from api.db.database import Database
from api.match.service import create_match
from api.pairings.ratings.schemas import RatingIn
from api.pairings.ratings.service import add_rating
from api.pairings.schemas import EndIn, SelectionIn
from api.pairings.selection import select
from api.pairings.service import accept, end
from api.problems import NoPlace
from api.ranking.schemas import MatchRequest
from seed.clinic import Clinic
from seed.tables import Floats

CLIENTS = 300
# One client in so many chooses the first named; the others are still thinking.
_CHOOSING = 2
# Of those who chose, in turn: most have met and ended well, which leaves their place free again.
_COURSES = ("waits", "meets", "fell", *("ended",) * 9)
_SESSIONS = 3
_ITEMS = ("trust", "safe", "heard", "goals")
# How far an answer lies from the pair's true fit, and how far the last one fell, in points.
_NOISE, _FALL = 0.8, 4.5


def bring_clients(database: Database, clinic_id: UUID, clinic: Clinic) -> int:
    """Let the unseen clients of the clinic come, one after the other; returns how many chose."""
    noise = np.random.default_rng(0).normal(0, _NOISE, (len(clinic.unseen), _SESSIONS))
    places = {str(row["reference"]): place for place, row in enumerate(clinic.therapists)}
    chosen = 0
    for number, client in enumerate(clinic.unseen):
        with clinic_scope(database, clinic_id) as scope:
            # A few are looked at by staff before a therapist is asked.
            match = _match(scope, {**client.body, "staff_review": number % 60 == 0})
            if number % _CHOOSING or not match["candidates"]:
                continue
            therapist = match["candidates"][0]["therapist"]
            pairing_id = _choose(scope, match["id"], therapist["id"])
            if pairing_id is not None and match["selection_mode"] == "client":
                fit = client.true_fit[places[therapist["reference"]]] + noise[number]
                _live(scope, pairing_id, _COURSES[chosen % len(_COURSES)], fit)
            chosen += pairing_id is not None
    return chosen


def _match(scope: ClinicScope, body: dict[str, object]) -> dict[str, Any]:
    request = MatchRequest.model_validate({**body, "consent": {"learning": True}})
    answer: dict[str, Any] = json.loads(create_match(scope, request).body)
    return answer


def _choose(scope: ClinicScope, match_id: str, therapist_id: str) -> UUID | None:
    """The pairing; None where the last place went to somebody before them."""
    choice = SelectionIn(therapist_id=UUID(therapist_id))
    try:
        return select(replace(scope, role=Role.INTAKE), UUID(match_id), choice).subject_id
    except NoPlace:
        return None


def _live(scope: ClinicScope, pairing_id: UUID, course: str, fit: Floats) -> None:
    """How it goes on; `fit` (sessions,) is what they say of each, 0..10 and what lies beyond."""
    if course == "waits":
        return
    accept(scope, pairing_id)
    for session, value in enumerate(np.clip(fit, 0, 10), 1):
        fallen = _FALL if course == "fell" and session == _SESSIONS else 0
        said = round(max(0.0, float(value) - fallen), 1)
        items = dict.fromkeys(_ITEMS, said)
        rating = {"session_number": session, "share_with_therapist": "summary", **items}
        add_rating(scope, pairing_id, RatingIn.model_validate(rating))
    if course == "ended":
        end(scope, pairing_id, EndIn(reason="goals_met"))
