"""One use case a function: rank for a client, show a match again, compute it again."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.http.replies import Reply
from api.ids import new_id
from api.match import queries
from api.match.answer import Context, answer_bytes
from api.match.differences import differences
from api.match.intake import to_intake, vocabulary_problems
from api.match.schemas import MatchRequest
from api.problems import Invalid, NotFound
from api.store.clients import client_id_of
from api.store.clinic_settings import ClinicSettings, read_settings
from api.store.models import StoredModel, current_model, learned_on, model_of
from api.store.rosters import CompiledRoster, current_roster, roster_at
from api.store.vocabularies import read_vocabulary
from api.store.weightings import read_weighting
from matching.availability import AvailabilityRules
from matching.engine import rank


def create_match(scope: ClinicScope, request: MatchRequest) -> Reply:
    """Rank the clinic's therapists for a client, and store the answer with all it rests on.

    Raises:
        Invalid: a code is not in the clinic's vocabulary, or a must is not taken.
    """
    problems = vocabulary_problems(request, read_vocabulary(scope))
    if problems:
        raise Invalid(problems)
    match_id, now = new_id(), utc_now()
    basis = _Basis(
        current_roster(scope),
        scope.clinic.weighting_id,
        current_model(scope),
        _rules(read_settings(scope)),
    )
    answer = _answer(scope, request, basis, match_id, now)
    scope.unit.begin_write()
    client = request.client
    row = {
        "id": match_id,
        "created_at": now,
        "created_by": scope.key_id,
        "client_id": client_id_of(scope, client.reference, now) if client else None,
        "request": request.model_dump(mode="json", exclude_unset=True),
        "answer": answer,
        "roster_version": basis.compiled.roster_version,
        "availability_version": basis.compiled.availability_version,
        "weighting_id": basis.weighting_id,
        "model_id": basis.model.id if basis.model else None,
        "rules": basis.rules,
        "selection_mode": _selection_mode(request),
    }
    queries.insert_match(scope, row)
    record(scope, "match.created", match_id)
    location = {"Location": f"/v1/matches/{match_id}"}
    return Reply(answer, 201, location, subject_id=match_id)


def show_match(scope: ClinicScope, match_id: UUID) -> Reply:
    """The very bytes that were answered then.

    Raises:
        NotFound: the clinic has no such match.
    """
    row = queries.match_of(scope, match_id)
    if row is None:
        raise NotFound("The clinic has no such match.")
    scope.unit.begin_write()
    record(scope, "match.read", match_id)
    return Reply(row.answer)


def replay_match(scope: ClinicScope, match_id: UUID) -> dict[str, Any]:
    """Compute a match again from what was stored; say whether the answer is identical.

    Raises:
        NotFound: the clinic has no such match.
    """
    row = queries.match_of(scope, match_id)
    if row is None:
        raise NotFound("The clinic has no such match.")
    basis = _Basis(
        roster_at(scope, row.roster_version, row.availability_version),
        row.weighting_id,
        model_of(scope, row.model_id) if row.model_id else None,
        row.rules,
    )
    request = MatchRequest.model_validate(row.request)
    again = _answer(scope, request, basis, match_id, row.created_at)
    scope.unit.begin_write()
    record(scope, "match.replayed", match_id, {"identical": again == row.answer})
    if again == row.answer:
        return {"identical": True}
    return {
        "identical": False,
        "differences": differences(json.loads(row.answer), json.loads(again)),
    }


@dataclass(frozen=True, slots=True)
class _Basis:
    """What of the clinic an answer rests on, as a match stores it."""

    compiled: CompiledRoster
    weighting_id: UUID
    model: StoredModel | None
    rules: dict[str, Any]


def _answer(
    scope: ClinicScope, request: MatchRequest, basis: _Basis, match_id: UUID, now: datetime
) -> bytes:
    """The answer is a function of these alone, so that a replay can prove it."""
    weighting, version = read_weighting(scope, basis.weighting_id)
    ranking = rank(
        to_intake(request),
        basis.compiled.roster,
        basis.compiled.availability,
        weighting,
        vocabulary=read_vocabulary(scope),
        rules=AvailabilityRules(**basis.rules["availability"]),
        clinic_key=scope.clinic.ranking_key,
        now=now,
        learned=learned_on(scope, basis.model, basis.compiled) if basis.model else None,
    )
    context = Context(
        match_id,
        now,
        _selection_mode(request),
        basis.weighting_id,
        version,
        basis.model,
        basis.rules["safety_notice"],
    )
    return answer_bytes(context, ranking)


def _selection_mode(request: MatchRequest) -> Any:
    return "staff" if request.staff_review else "client"


def _rules(settings: ClinicSettings) -> dict[str, Any]:
    """What of the clinic's settings an answer depends on, as it is stored with the match."""
    return {
        "availability": {
            "caveat_after_days": settings.availability_caveat_after_days,
            "stale_after_days": settings.availability_stale_after_days,
            "leaving_notice_days": settings.leaving_notice_days,
        },
        "safety_notice": settings.safety_notice,
    }
