"""One use case a function: rank for a client, show a match again, compute it again."""

import json
from typing import Any
from uuid import UUID

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.http.replies import Reply
from api.match.differences import differences
from api.problems import Conflict
from api.ranking.answering import answer, answer_as, check_codes, current_basis, store, stored_basis
from api.ranking.circumstances import Circumstances
from api.ranking.client_view import shown_to
from api.ranking.matches import existing_match
from api.ranking.schemas import MatchRequest
from api.store.clients import client_id_of, find_client
from api.store.history import history_of, rule_out
from api.store.learning_consent import agree_to_learning
from api.store.outbox import emit


def create_match(scope: ClinicScope, request: MatchRequest) -> Reply:
    """Rank the clinic's therapists for a client, and store the answer with all it rests on.

    Raises:
        Invalid: a code is not in the clinic's vocabulary, or a must is not taken.
        Conflict: the client took their consent to matching back.
    """
    check_codes(scope, request)
    answered = answer(scope, request, current_basis(scope, _circumstances(scope, request)))
    scope.unit.begin_write()
    client_id = None
    if request.client:
        client_id = client_id_of(scope, request.client.reference, answered.at)
        if "learning" in request.consent.model_fields_set:
            agree_to_learning(scope, client_id, learning=request.consent.learning)
        rule_out(scope, client_id, request.exclude_therapists)
    store(scope, answered, client_id)
    record(scope, "match.created", answered.id)
    emit(scope, "match.created", answered.id, match_id=answered.id)
    location = {"Location": f"/v1/matches/{answered.id}"}
    return Reply(answered.body, 201, location, subject_id=answered.id)


def show_match(scope: ClinicScope, match_id: UUID) -> Reply:
    """The very bytes that were answered then.

    Raises:
        NotFound: the clinic has no such match.
        Gone: it was erased.
    """
    row = existing_match(scope, match_id)
    scope.unit.begin_write()
    record(scope, "match.read", match_id)
    return Reply(shown_to(scope, row.answer))


def replay_match(scope: ClinicScope, match_id: UUID) -> dict[str, Any]:
    """Compute a match again from what was stored; say whether the answer is identical.

    Raises:
        NotFound: the clinic has no such match.
        Gone: it was erased.
    """
    row = existing_match(scope, match_id)
    request = MatchRequest.model_validate(row.request)
    again = answer_as(scope, request, stored_basis(scope, row), match_id, row.created_at).body
    scope.unit.begin_write()
    record(scope, "match.replayed", match_id, {"identical": again == row.answer})
    if again == row.answer:
        return {"identical": True}
    return {
        "identical": False,
        "differences": differences(json.loads(row.answer), json.loads(again)),
    }


def _circumstances(scope: ClinicScope, request: MatchRequest) -> Circumstances:
    """What is known of the client so far; of one who is new, nothing."""
    client = find_client(scope, request.client.reference) if request.client else None
    if client is None:
        return Circumstances()
    if client.consents_to_matching is False:
        raise Conflict("The client took their consent to matching back; ask them first.")
    history = history_of(scope, client.id)
    return Circumstances(history.with_now, history.left_before, history.returning)
