"""A pairing as the caller may see it: a therapist sees no ranking, a client no decline's reason."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.pairings import queries
from api.pairings.candidates import Named, next_candidate
from api.pairings.schemas import PairingListed, PairingOut
from api.store.pairings import live_pairings

_STAFF = frozenset({Role.STAFF, Role.ADMIN})
# Before these a therapist has not been asked; what lapsed or was taken back is not theirs to keep.
THERAPIST_KNOWS = frozenset({"requested", "active", "declined", "ended"})
_WORDS = {
    "offered": "A place is held for the client until the time named.",
    "awaiting_staff": "Staff look at the choice before the therapist is asked.",
    "requested": "The therapist has been asked and has not answered yet.",
    "active": "The therapist has taken the client on.",
    "declined": "The therapist is not able to take the client on.",
    "expired": "There was no answer in time.",
    "withdrawn": "The request was taken back.",
    "ended": "The two no longer work together.",
}


def listed(scope: ClinicScope, row: Row[Any]) -> PairingListed:
    """One of several pairings."""
    return PairingListed.model_validate(_members(scope, row))


def shown(scope: ClinicScope, row: Row[Any], now: datetime) -> PairingOut:
    """A pairing by itself, with who comes next where nobody came of it."""
    coming = None
    if row.status in {"declined", "expired"} and scope.role is not Role.THERAPIST:
        coming = _coming(scope, row, now)
    return PairingOut.model_validate({**_members(scope, row), "next_candidate": coming})


def _coming(scope: ClinicScope, row: Row[Any], now: datetime) -> dict[str, Any] | None:
    if live_pairings(scope, match_id=row.match_id):
        return None
    named = Named.of(queries.answer_of(scope, row.match_id))
    return next_candidate(scope, row.match_id, row.client_id, named, now)


def _members(scope: ClinicScope, row: Row[Any]) -> dict[str, Any]:
    role = scope.role
    knows_client = role is not Role.THERAPIST or row.status in THERAPIST_KNOWS
    return {
        **row._mapping,
        "replaces_id": None if role is Role.THERAPIST else row.replaces_id,
        "client": {
            "id": row.client_id if knows_client else None,
            "reference": row.client_reference if knows_client else None,
        },
        "therapist": {
            "id": row.therapist_id,
            "reference": row.therapist_reference,
            "name": row.therapist_name,
        },
        "words": _WORDS[row.status],
        "rank": None if role is Role.THERAPIST else row.rank,
        "override_reason": row.override_reason if role in _STAFF else None,
        "ended_at": row.closed_at,
        "decline_reason": row.decline_reason if role in {*_STAFF, Role.THERAPIST} else None,
        "reasons": row.reasons if role in {*_STAFF, Role.CLIENT} else None,
    }
