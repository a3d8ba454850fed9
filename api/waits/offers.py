"""A place that appeared is offered to one who waits: ranked first, then held under the lock."""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.ranking.answering import Answered, Origin, answer, current_basis, store
from api.ranking.circumstances import Circumstances
from api.ranking.intake import to_intake
from api.ranking.schemas import MatchRequest
from api.store.business_days import after_business_days
from api.store.clinic_settings import read_settings
from api.store.clinics import hold_clinic
from api.store.history import History, history_of
from api.store.outbox import emit
from api.store.pairings import begin_pairing, pairing_of
from api.store.places import availability_rules, standing_of
from api.store.rosters import current_roster
from api.store.vocabularies import read_vocabulary
from api.store.waiting import came_to_nothing
from api.store.weightings import read_weighting
from api.waits import queries
from api.waits.accepting import widened
from matching.eligibility import eligible
from matching.query import Query
from matching.ranking import Candidate


class Offered(Enum):
    """What came of looking for somebody: an offer, nobody, or a change while it was made."""

    YES = "yes"
    TO_NOBODY = "to nobody"
    CHANGED = "changed"


def offer(scope: ClinicScope, wait: Row[Any], free: frozenset[str], now: datetime) -> Offered:
    """Offer somebody who waits the best of the therapists in `free` whom they can have.

    Ranked as they asked at first, then with what they would accept. `wait` has its match's request
    and circumstances. Unless it is TO_NOBODY, the clinic's lock is held afterwards.
    """
    history = history_of(scope, wait.client_id)
    case = _circumstances(wait, history, came_to_nothing(scope, wait))
    if not anybody_eligible(scope, widened(wait.request, wait.accepts), case, now):
        return Offered.TO_NOBODY
    for request in _requests(wait):
        answered = answer(scope, request, current_basis(scope, case))
        for candidate in answered.ranking.candidates:
            if candidate.therapist_id in free:
                return _held(scope, wait, history, answered, candidate)
    return Offered.TO_NOBODY


def anybody_eligible(
    scope: ClinicScope, request: MatchRequest, case: Circumstances, now: datetime
) -> bool:
    """Whether a match would have a candidate: the part of a ranking that costs least."""
    compiled = current_roster(scope)
    weighting, _ = read_weighting(scope, scope.clinic.weighting_id)
    intake = case.on(to_intake(request))
    query = Query.of(intake, compiled.roster, weighting, read_vocabulary(scope))
    rules = availability_rules(scope)
    return eligible(query, compiled.roster, compiled.availability, rules, now).rows.eligible > 0


def _requests(wait: Row[Any]) -> Iterator[MatchRequest]:
    yield MatchRequest.model_validate(wait.request)
    if wait.accepts:
        yield widened(wait.request, wait.accepts)


def _circumstances(wait: Row[Any], history: History, in_vain: frozenset[UUID]) -> Circumstances:
    """Those of the match that the client waits from, with all that happened since."""
    stored = Circumstances.of_document(wait.circumstances)
    passed_over = {str(one) for one in in_vain} - set(history.with_now)
    return Circumstances(
        with_now=history.with_now,
        left_before=tuple(sorted({*history.left_before, *passed_over})),
        returning=tuple(one for one in history.returning if one not in passed_over),
        emphasis=stored.emphasis,
        reasons=stored.reasons,
    )


def _held(
    scope: ClinicScope, wait: Row[Any], history: History, answered: Answered, candidate: Candidate
) -> Offered:
    """Hold the place, if everything is still as it was when it was ranked."""
    hold_clinic(scope)
    now = utc_now()
    therapist_id = UUID(candidate.therapist_id)
    if not (
        _still_waits(scope, wait)
        and history_of(scope, wait.client_id) == history
        and standing_of(scope, therapist_id, now).takes_new
    ):
        return Offered.CHANGED
    store(scope, answered, wait.client_id, Origin("wait", wait.id))
    record(scope, "match.created", answered.id)
    pairing_id = begin_pairing(
        scope,
        {
            "match_id": answered.id,
            "client_id": wait.client_id,
            "therapist_id": therapist_id,
            "status": "offered",
            "rank": candidate.rank,
            "replaces_id": _replaces(scope, wait),
            "wait_id": wait.id,
            "requested_at": now,
            "respond_by": _deadline(scope, now),
        },
    )
    queries.change_wait(scope, wait.id, status="offered", offer_match_id=answered.id)
    _tell(scope, wait, pairing_id, answered.id, therapist_id)
    return Offered.YES


def _still_waits(scope: ClinicScope, wait: Row[Any]) -> bool:
    fresh = queries.wait_of(scope, wait.id)
    return fresh is not None and fresh.status == "waiting"


def _replaces(scope: ClinicScope, wait: Row[Any]) -> UUID | None:
    """The pairing that the client waits to leave, if they still have it."""
    if wait.origin != "alternative":
        return None
    before = pairing_of(scope, wait.origin_id)
    return before.id if before is not None and before.closed_at is None else None


def _deadline(scope: ClinicScope, now: datetime) -> datetime:
    return after_business_days(now, read_settings(scope).response_deadline_business_days)


def _tell(
    scope: ClinicScope, wait: Row[Any], pairing_id: UUID, match_id: UUID, therapist_id: UUID
) -> None:
    record(scope, "wait.offered", wait.id, {"pairing_id": str(pairing_id)})
    emit(
        scope,
        "wait.offered",
        wait.id,
        wait_id=wait.id,
        match_id=match_id,
        pairing_id=pairing_id,
        client_id=wait.client_id,
        therapist_id=therapist_id,
    )
