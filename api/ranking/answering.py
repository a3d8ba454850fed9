"""The answer to a request, and the match that keeps it: a function of what is stored with it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.ids import new_id
from api.problems import Invalid
from api.ranking import queries
from api.ranking.answer import Context, answer_bytes, returning_shown
from api.ranking.circumstances import Circumstances
from api.ranking.intake import to_intake, vocabulary_problems
from api.ranking.schemas import MatchRequest
from api.store.clinic_settings import ClinicSettings, read_settings
from api.store.models import StoredModel, current_model, learned_on, model_of
from api.store.rosters import CompiledRoster, current_roster, roster_at
from api.store.shortfalls import Shortfall, newest_shortfall, shortfall_of, shortfall_on
from api.store.vocabularies import read_vocabulary
from api.store.weightings import read_weighting
from matching.availability import AvailabilityRules
from matching.engine import rank
from matching.intake import Intake
from matching.ranking import Ranking


@dataclass(frozen=True, slots=True)
class Basis:
    """What of the clinic and the client an answer rests on, as a match stores it."""

    compiled: CompiledRoster
    weighting_id: UUID
    model: StoredModel | None
    rules: dict[str, Any]
    circumstances: Circumstances = field(default_factory=Circumstances)
    shortfall: Shortfall | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a match comes from: a request, the alternative to a pairing, an offer to who waits."""

    kind: Literal["request", "alternative", "wait"] = "request"
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer not yet stored, with all it rests on."""

    id: UUID
    at: datetime
    request: MatchRequest
    basis: Basis
    ranking: Ranking
    body: bytes


def current_basis(scope: ClinicScope, circumstances: Circumstances) -> Basis:
    """The clinic as it is now."""
    weighting, _ = read_weighting(scope, scope.clinic.weighting_id)
    return Basis(
        current_roster(scope),
        scope.clinic.weighting_id,
        current_model(scope),
        _rules(read_settings(scope)),
        circumstances,
        newest_shortfall(scope) if weighting.exposure else None,
    )


def stored_basis(scope: ClinicScope, row: Any) -> Basis:
    """The clinic as it was when a match was answered."""
    return basis_on(scope, roster_at(scope, row.roster_version, row.availability_version), row)


def basis_on(scope: ClinicScope, compiled: CompiledRoster, row: Any) -> Basis:
    """The same on the roster of then, for who has it already."""
    return Basis(
        compiled,
        row.weighting_id,
        model_of(scope, row.model_id) if row.model_id else None,
        row.rules,
        Circumstances.of_document(row.circumstances),
        shortfall_of(scope, row.shortfall_id) if row.shortfall_id else None,
    )


def check_codes(scope: ClinicScope, request: MatchRequest) -> None:
    """Refuse what the clinic's vocabulary does not hold.

    Raises:
        Invalid: a code is not in the clinic's vocabulary, or a must is not taken.
    """
    problems = vocabulary_problems(request, read_vocabulary(scope))
    if problems:
        raise Invalid(problems)


def answer(scope: ClinicScope, request: MatchRequest, basis: Basis) -> Answered:
    """Rank for a request as things stand, without storing anything."""
    return answer_as(scope, request, basis, new_id(), utc_now())


def answer_as(
    scope: ClinicScope, request: MatchRequest, basis: Basis, match_id: UUID, now: datetime
) -> Answered:
    """The answer is a function of these alone, so that a replay can prove it."""
    ranking = ranked(scope, basis.circumstances.on(to_intake(request)), basis, now)
    _, version = read_weighting(scope, basis.weighting_id)
    context = Context(
        match_id,
        now,
        selection_mode(request),
        basis.weighting_id,
        version,
        basis.model,
        basis.rules["safety_notice"],
        returning_shown(basis.circumstances.returning, basis.compiled),
        basis.circumstances.alternative,
    )
    body = answer_bytes(context, ranking)
    return Answered(match_id, now, request, basis, ranking, body)


def ranked(scope: ClinicScope, intake: Intake, basis: Basis, now: datetime) -> Ranking:
    """The ranking of an intake on a basis."""
    return rank(intake, **engine_arguments(scope, basis, now))


def engine_arguments(scope: ClinicScope, basis: Basis, now: datetime) -> dict[str, Any]:
    """What `rank` and `lined_up` take besides the intake, for a basis."""
    weighting, _ = read_weighting(scope, basis.weighting_id)
    compiled, shortfall = basis.compiled, basis.shortfall
    return {
        "roster": compiled.roster,
        "availability": compiled.availability,
        "weighting": weighting,
        "vocabulary": read_vocabulary(scope),
        "rules": AvailabilityRules(**basis.rules["availability"]),
        "clinic_key": scope.clinic.ranking_key,
        "now": now,
        "learned": learned_on(scope, basis.model, compiled) if basis.model else None,
        "shortfall": shortfall_on(scope, shortfall, compiled) if shortfall else None,
    }


def store(
    scope: ClinicScope, answered: Answered, client_id: UUID | None, origin: Origin = Origin()
) -> None:
    """Keep an answer with all it rests on; the unit of work must be writing."""
    basis = answered.basis
    row = {
        "id": answered.id,
        "created_at": answered.at,
        "created_by": scope.key_id,
        "client_id": client_id,
        "request": answered.request.model_dump(mode="json", exclude_unset=True),
        "answer": answered.body,
        "roster_version": basis.compiled.roster_version,
        "availability_version": basis.compiled.availability_version,
        "weighting_id": basis.weighting_id,
        "model_id": basis.model.id if basis.model else None,
        "rules": basis.rules,
        "selection_mode": selection_mode(answered.request),
        "origin": origin.kind,
        "origin_id": origin.id,
        "circumstances": basis.circumstances.document(),
        "shortfall_id": basis.shortfall.id if basis.shortfall else None,
    }
    queries.insert_match(scope, row)


def selection_mode(request: MatchRequest) -> Literal["client", "staff"]:
    """Who decides on the request's match."""
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
