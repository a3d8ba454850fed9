"""What is done with models: ask for one, read them, put one to use, use none."""

import hashlib
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.http.pages import encode_cursor
from api.http.replies import Reply, json_reply
from api.models import jobs, queries
from api.models.card import card_document
from api.models.schemas import ModelOut, ModelPage, SwitchedOff
from api.problems import Conflict, NotFound
from api.profiles.documents import time_text
from api.store.clinics import hold_clinic
from api.store.models import is_sound
from matching.learning.steps import STEP


def ask_for_training(scope: ClinicScope) -> Reply:
    """Queue a training of the clinic's.

    Raises:
        Conflict: one is under way.
    """
    model_id = jobs.ask(scope)
    location = {"Location": f"/v1/models/{model_id}"}
    return json_reply(model(scope, model_id), 202, headers=location, subject_id=model_id)


def model(scope: ClinicScope, model_id: UUID) -> ModelOut:
    """One training and what came of it.

    Raises:
        NotFound: the clinic has none of that id.
    """
    return _shown(scope, _existing(scope, model_id), queries.serving_id(scope))


def page_of_models(scope: ClinicScope, limit: int, before: UUID | None) -> ModelPage:
    """Up to `limit` models before the one named, newest first."""
    rows, serving = queries.page(scope, before, limit + 1), queries.serving_id(scope)
    items = [_shown(scope, row, serving) for row in rows[:limit]]
    more = len(rows) > limit
    return ModelPage(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)


def card(scope: ClinicScope, model_id: UUID) -> dict[str, Any]:
    """The card of a model whose training came to an end.

    Raises:
        NotFound: the clinic has none of that id.
        Conflict: it has not been trained.
    """
    row = _existing(scope, model_id)
    if row.report is None:
        raise Conflict("There is a card once the training has come to an end.")
    shown = _shown(scope, row, queries.serving_id(scope))
    return card_document(shown.model_dump(mode="json"), row.report, _history(scope, row))


def _history(scope: ClinicScope, row: Row[Any]) -> dict[str, Any]:
    """What became of a model: trained, put to use, and the ratings that came since, in fives."""
    promoted_at, promoted_by = queries.last_promotion(scope, row.id) or (None, None)
    since = queries.ratings_since(scope, row.started_at or row.requested_at)
    return {
        "trained_at": time_text(row.trained_at),
        "promoted_at": time_text(promoted_at) if promoted_at else None,
        "promoted_by": promoted_by,
        "ratings_since": since // STEP * STEP,
    }


def promote(scope: ClinicScope, model_id: UUID, override_reason: str | None) -> ModelOut:
    """Rank with a model from the next request on, whichever served before.

    Raises:
        NotFound: the clinic has none of that id.
        Conflict: there is nothing to rank with, or the gate refused it and no reason is given.
    """
    hold_clinic(scope)
    row = _existing(scope, model_id)
    if row.sha256 is None:
        raise Conflict("This training has no model to promote; its status says why.")
    if not is_sound(scope, model_id):
        raise Conflict("What was stored of this model is damaged; train again.")
    if row.status == "refused" and override_reason is None:
        raise Conflict("The gate refused this model; send override_reason to promote it.")
    queries.keep_from_promoting(scope)
    queries.set_serving(scope, model_id)
    details: dict[str, str] = {"by": "administrator"}
    if override_reason is not None:
        queries.change(scope, model_id, override_reason=override_reason)
        # The trail holds no words; this shows that those kept with the model are the ones given.
        details["reason_sha256"] = hashlib.sha256(override_reason.encode()).hexdigest()
    record(scope, "model.promoted", model_id, details)
    return model(scope, model_id)


def switch_off(scope: ClinicScope) -> SwitchedOff:
    """Rank without a model from the next request on; what is under way will not change that."""
    hold_clinic(scope)
    served = queries.serving_id(scope)
    queries.keep_from_promoting(scope)
    queries.set_serving(scope, None)
    record(scope, "model.switched_off", served)
    return SwitchedOff(switched_off=served)


def _existing(scope: ClinicScope, model_id: UUID) -> Row[Any]:
    row = queries.by_id(scope, model_id)
    if row is None:
        raise NotFound("The clinic has no such model.")
    return row


def _shown(scope: ClinicScope, row: Row[Any], serving: UUID | None) -> ModelOut:
    report = row.report or {}
    held_out = report.get("held_out")
    return ModelOut.model_validate(
        {
            **row._mapping,
            "serving": row.id == serving,
            "damaged": row.sha256 is not None and not is_sound(scope, row.id),
            "decision": report.get("decision"),
            "metrics": {**held_out, "reliability": report["reliability"]} if held_out else None,
        }
    )
