"""The one use case: from a pairing that does not fit to a new list, and what was changed."""

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Row

from api.alternatives.leaving import leaving_therapist
from api.alternatives.patching import changes_between, patched, put, stated_paths, with_axes
from api.alternatives.schemas import AlternativesIn
from api.audit.record import record
from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.http.replies import Reply
from api.http.validation import field_problems
from api.ids import new_id
from api.intake.codes import unknown_codes
from api.problems import Conflict, Invalid
from api.ranking.answering import (
    Basis,
    Origin,
    answer_as,
    check_codes,
    current_basis,
    engine_arguments,
    store,
)
from api.ranking.circumstances import Circumstances
from api.ranking.client_view import shown_to
from api.ranking.intake import to_intake
from api.ranking.matches import existing_match
from api.ranking.schemas import MatchRequest
from api.store.clients import client_of
from api.store.clinics import hold_clinic
from api.store.history import history_of
from api.store.outbox import emit
from api.store.pairing_moves import put_before_staff
from api.store.pairings import existing_pairing, say_reasons
from api.store.vocabularies import read_vocabulary
from matching.alternatives import Alternative, alternative
from matching.engine import lined_up
from matching.following import following
from matching.intake import Intake
from matching.leaving import mean_style
from matching.reasons import is_safety
from matching.vocabulary import STYLE_AXES

_AXES = frozenset(f"preferences.communication_style.{axis}" for axis in STYLE_AXES)
_EMPHASIS = "emphasis."


def alternatives(scope: ClinicScope, pairing_id: UUID, asked: AlternativesIn) -> Reply:
    """Rank others for the client of a pairing, and keep the answer with what was changed.

    Raises:
        NotFound, Gone: the clinic has no such pairing, or it was erased.
        Conflict: the client took their consent to matching back.
        Invalid: the patch does not fit what was asked before.
    """
    pairing = existing_pairing(scope, pairing_id)
    _check_reasons(scope, asked)
    if any(map(is_safety, asked.reasons)):
        _report(scope, pairing, asked)
    before = existing_match(scope, pairing.match_id)
    request = _patched_request(before.request, asked)
    check_codes(scope, request)
    case = _circumstances(scope, pairing, before.circumstances)
    basis, now = current_basis(scope, case), utc_now()
    found = _alternative(scope, pairing, request, basis, asked, now, _shown(before, pairing))
    request, case = _changed(request, case, found)
    members = _members(before.request, asked, found, pairing)
    case = replace(case, reasons=tuple(asked.reasons), alternative=members)
    # On the very basis on which it was chosen how much an axis counts.
    answered = answer_as(scope, request, replace(basis, circumstances=case), new_id(), now)
    hold_clinic(scope)
    say_reasons(scope, existing_pairing(scope, pairing_id), asked.reasons)
    store(scope, answered, pairing.client_id, Origin("alternative", pairing_id))
    by = "client" if scope.role is Role.CLIENT else asked.initiated_by
    record(scope, "alternative.requested", pairing_id, {"initiated_by": by})
    record(scope, "match.created", answered.id)
    emit(scope, "alternative.requested", pairing_id, pairing_id=pairing_id, match_id=answered.id)
    emit(scope, "match.created", answered.id, match_id=answered.id)
    location = {"Location": f"/v1/matches/{answered.id}"}
    return Reply(shown_to(scope, answered.body), 201, location, subject_id=answered.id)


def _check_reasons(scope: ClinicScope, asked: AlternativesIn) -> None:
    vocabulary = read_vocabulary(scope)
    unknown = list(unknown_codes("reasons", asked.reasons, ("alternative_reasons",), vocabulary))
    if unknown:
        raise Invalid(unknown)


def _patched_request(stored: dict[str, Any], asked: AlternativesIn) -> MatchRequest:
    document = deepcopy(stored)
    document["preferences"] = patched(document["preferences"], asked.preferences)
    document["limit"] = asked.limit
    try:
        return MatchRequest.model_validate(document)
    except ValidationError as error:
        raise Invalid(field_problems(error.errors(), [MatchRequest])) from None


def _circumstances(
    scope: ClinicScope, pairing: Row[Any], before: dict[str, Any] | None
) -> Circumstances:
    """The client's history, without the therapist of this pairing whatever became of it."""
    client = client_of(scope, pairing.client_id)
    if client is not None and client.consents_to_matching is False:
        raise Conflict("The client took their consent to matching back; ask them first.")
    history = history_of(scope, pairing.client_id)
    leaving = str(pairing.therapist_id)
    left = set(history.left_before)
    if leaving not in history.with_now:
        left.add(leaving)
    return Circumstances(
        with_now=history.with_now,
        left_before=tuple(sorted(left)),
        returning=tuple(one for one in history.returning if one != leaving),
        emphasis=Circumstances.of_document(before).emphasis,
    )


def _alternative(
    scope: ClinicScope,
    pairing: Row[Any],
    request: MatchRequest,
    basis: Basis,
    asked: AlternativesIn,
    now: datetime,
    others: Sequence[str],
) -> Alternative:
    arguments = engine_arguments(scope, basis, now)
    roster, intake = basis.compiled.roster, basis.circumstances.on(to_intake(request))
    before = mean_style(roster, others)
    ask = partial(
        alternative,
        intake,
        asked.reasons,
        leaving_therapist(scope, basis, pairing.id, pairing.therapist_id),
        weighting=arguments["weighting"],
        reliability=basis.model.fit.reliability if basis.model else 0.0,
        stated=stated_paths(asked.preferences),
        others=before,
    )
    return following(
        lambda share: ask(axis_share=share),
        lambda asks: _would_show(asks, arguments),
        roster,
        intake,
        before,
    )


def _would_show(intake: Intake, arguments: dict[str, Any]) -> list[str]:
    found = lined_up(intake, **arguments)
    return [arguments["roster"].ids[found.pool.rows[at]] for at, _ in found.arrangement.shown]


def _shown(match: Row[Any], pairing: Row[Any]) -> list[str]:
    """The ids of the others who were on the list that led to the pairing."""
    listed = (one["therapist"]["id"] for one in json.loads(match.answer)["candidates"])
    return [id_ for id_ in listed if id_ != str(pairing.therapist_id)]


def _changed(
    request: MatchRequest, case: Circumstances, found: Alternative
) -> tuple[MatchRequest, Circumstances]:
    """The request and the circumstances with what the reasons changed."""
    document = request.model_dump(mode="json", exclude_unset=True)
    emphasis = dict(case.emphasis)
    if any(change.what in _AXES for change in found.changes):
        # Answers to the 18 items give way to the axes that follow from them.
        style = document["preferences"].get("communication_style") or {}
        axes = to_intake(request).style.axes
        document["preferences"]["communication_style"] = with_axes(style, axes)
    for change in found.changes:
        if change.what.startswith(_EMPHASIS):
            emphasis[change.what.removeprefix(_EMPHASIS)] = cast("float", change.after)
        else:
            put(document, change.what, change.after)
    return MatchRequest.model_validate(document), replace(case, emphasis=emphasis)


def _members(
    before: dict[str, Any], asked: AlternativesIn, found: Alternative, pairing: Row[Any]
) -> dict[str, Any]:
    """What an alternative's answer has besides a match's: in words and values, why it differs."""
    patch = changes_between(
        before["preferences"], patched(before["preferences"], asked.preferences)
    )
    by_reasons = (
        {
            "what": change.what,
            "from": change.before,
            "to": change.after,
            "because": change.because,
            "text": change.text,
        }
        for change in found.changes
    )
    return {
        "changed": [*patch, *by_reasons],
        "repair": found.repair if _may_be_repaired(pairing) else None,
        "notes": list(found.notes),
    }


def _may_be_repaired(pairing: Row[Any]) -> bool:
    """Only what goes on can be talked about, and nobody who was unsafe has to raise it."""
    return pairing.status == "active" and not any(map(is_safety, pairing.reasons or ()))


def _report(scope: ClinicScope, pairing: Row[Any], asked: AlternativesIn) -> None:
    """What was unsafe is kept and put before staff, whatever becomes of the rest of the request."""
    with scope.database.unit(alone=True) as unit:
        own = replace(scope, unit=unit)
        hold_clinic(own)
        say_reasons(own, existing_pairing(own, pairing.id), asked.reasons)
        put_before_staff(own, pairing)
