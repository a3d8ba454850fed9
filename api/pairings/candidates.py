"""Whom a match named: who stands where, who may come back, and who comes next."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api.auth.scope import ClinicScope
from api.pairings import queries
from api.store.history import history_of
from api.store.places import standings_of


@dataclass(frozen=True, slots=True)
class Named:
    """What a stored answer says of its therapists."""

    candidates: list[dict[str, Any]]
    returning: frozenset[UUID]

    @classmethod
    def of(cls, answer: bytes) -> "Named":
        """Read the bytes that were answered."""
        document = json.loads(answer)
        back = (UUID(one["therapist"]["id"]) for one in document.get("returning", ()))
        return cls(document["candidates"], frozenset(back))

    def rank_of(self, therapist_id: UUID) -> int | None:
        """Where the therapist stood, from 1; None for one who was not a candidate."""
        return next((c["rank"] for c in self.candidates if _id(c) == therapist_id), None)

    def names(self, therapist_id: UUID) -> bool:
        """Whether the client was told of the therapist: a candidate, or one to come back to."""
        return therapist_id in self.returning or self.rank_of(therapist_id) is not None


def next_candidate(
    scope: ClinicScope, match_id: UUID, client_id: UUID | None, named: Named, now: datetime
) -> dict[str, Any] | None:
    """The best-ranked candidate who takes new clients and was not chosen in this match yet.

    Those the client is with, left, or who said no to them are passed over, as is who is full.
    """
    passed_over = {row.therapist_id for row in queries.pairings_of_match(scope, match_id)}
    if client_id is not None:
        history = history_of(scope, client_id)
        passed_over |= {UUID(one) for one in (*history.with_now, *history.left_before)}
    standings = standings_of(scope, [_id(one) for one in named.candidates], now)
    for one in named.candidates:
        if _id(one) not in passed_over and standings[_id(one)].takes_new:
            return {"rank": one["rank"], "therapist": one["therapist"]}
    return None


def _id(candidate: dict[str, Any]) -> UUID:
    return UUID(candidate["therapist"]["id"])
