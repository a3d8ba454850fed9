"""The answer to a match request, exactly as it goes out and is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic_core import to_json

from api.profiles.documents import time_text
from api.store.models import StoredModel
from api.store.rosters import CompiledRoster
from matching.availability import OPEN
from matching.ranking import Candidate, Ranking, Suggestion
from matching.roster import Roster
from matching.suggestions import NO_PAYER

# There is always a way on: wait for a place, change an answer, talk to staff, look elsewhere.
NEXT_STEPS = ("wait", "change", "staff_call", "referral_out")

_CHANGE = ("what", "from", "to", "because", "text")


@dataclass(frozen=True, slots=True)
class Context:
    """What an answer says besides the ranking."""

    match_id: UUID
    created_at: datetime
    selection_mode: Literal["client", "staff"]
    weighting_id: UUID
    weighting_version: int
    model: StoredModel | None
    safety_notice: str
    returning: Sequence[Mapping[str, Any]] = ()
    alternative: Mapping[str, Any] | None = None


def answer_bytes(context: Context, ranking: Ranking) -> bytes:
    """The answer, serialised once."""
    return to_json(answer_document(context, ranking))


def answer_document(context: Context, ranking: Ranking) -> dict[str, Any]:
    """The answer as the contract has it."""
    return {
        "id": str(context.match_id),
        "created_at": time_text(context.created_at),
        "selection_mode": context.selection_mode,
        "weighting": {"id": str(context.weighting_id), "version": context.weighting_version},
        "model": _model(context.model),
        "candidates": [_candidate(candidate) for candidate in ranking.candidates],
        "considered": ranking.considered,
        "eligible": ranking.eligible,
        "excluded": ranking.excluded,
        "suggestions": [_suggestion(suggestion) for suggestion in ranking.suggestions],
        "notices": ranking.notices,
        "next_steps": NEXT_STEPS,
        "safety_notice": context.safety_notice,
        "returning": context.returning,
        **_alternative(context.alternative),
    }


def returning_shown(ids: Sequence[str], compiled: CompiledRoster) -> list[dict[str, Any]]:
    """Those the client may come back to, and whether they have room now."""
    shown = []
    for id_ in ids:
        row = compiled.roster.row_of(id_)
        if row is None:
            continue
        free = bool(compiled.availability.standing[row] == OPEN)
        shown.append({"therapist": _therapist(compiled.roster, row), "has_room": free})
    return shown


def _alternative(members: Mapping[str, Any] | None) -> dict[str, Any]:
    """Names in one order: a database may keep those of a stored document in another."""
    if members is None:
        return {}
    changed = [{name: change[name] for name in _CHANGE} for change in members["changed"]]
    return {"changed": changed, "repair": members["repair"], "notes": members["notes"]}


def _therapist(roster: Roster, row: int) -> dict[str, str]:
    return {"id": roster.ids[row], "reference": roster.references[row], "name": roster.names[row]}


def _model(model: StoredModel | None) -> dict[str, str] | None:
    if model is None:
        return None
    return {"id": str(model.id), "trained_at": time_text(model.trained_at)}


def _candidate(candidate: Candidate) -> dict[str, Any]:
    confirmed = candidate.availability_confirmed_at
    return {
        "rank": candidate.rank,
        "therapist": {
            "id": candidate.therapist_id,
            "reference": candidate.reference,
            "name": candidate.name,
        },
        "score": candidate.score,
        "preference_fit": candidate.preference_fit,
        "expected_fit": candidate.expected_fit,
        "propensity": candidate.propensity,
        "contributions": candidate.contributions,
        "reasons": candidate.reasons,
        "caveats": candidate.caveats,
        "availability_confirmed_at": time_text(confirmed) if confirmed else None,
    }


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    shown: dict[str, Any] = {"change": suggestion.change}
    if suggestion.add is not None:
        shown["add"] = suggestion.add
    if suggestion.to is not None:
        # As the request has it: no payer is null.
        shown["to"] = None if suggestion.to == NO_PAYER else suggestion.to
    return {**shown, "gains": suggestion.gains, "text": suggestion.text}
