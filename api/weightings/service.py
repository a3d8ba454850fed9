"""What is done with weightings: draft one, read them, make one the active one."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.http.etags import etag, require_match
from api.http.pages import encode_cursor
from api.http.replies import Reply, json_reply
from api.ids import new_id
from api.problems import NotFound
from api.ranking.shortfalls import keep, shortfall_now
from api.store.clinics import hold_clinic
from api.store.models import current_model
from api.store.shortfalls import Shortfall
from api.store.weightings import from_document, read_weighting, to_document
from api.weightings import queries
from api.weightings.content import drafted, normalised
from api.weightings.presets import MEANINGS, PRESET_WEIGHTS
from api.weightings.schemas import PresetOut, Presets, Status, WeightingIn, WeightingOut
from api.weightings.schemas import WeightingPage as Page


def draft(scope: ClinicScope, sent: WeightingIn) -> Reply:
    """Keep a new version, which ranks nobody until it is activated.

    Raises:
        Invalid: taken with what it leaves out, it does not hold together.
    """
    # Versions are numbered, and what is left out is read, by one caller at a time.
    hold_clinic(scope)
    active, _ = read_weighting(scope, queries.active_id(scope))
    content = drafted(active, sent)
    weighting_id, version = new_id(), queries.newest_version(scope) + 1
    row = {
        "id": weighting_id,
        "version": version,
        "document": to_document(content),
        "note": sent.note,
        "created_by": scope.key_id,
        "created_at": utc_now(),
    }
    queries.insert_weighting(scope, row)
    record(scope, "weighting.created", weighting_id, {"version": version})
    return _reply(scope, weighting_id, 201)


def weighting(scope: ClinicScope, weighting_id: UUID) -> Reply:
    """One version, with the ETag that activating it needs.

    Raises:
        NotFound: the clinic has none of that id.
    """
    return _reply(scope, weighting_id)


def page_of_weightings(
    scope: ClinicScope, status: Status | None, limit: int, after: UUID | None
) -> Page:
    """Up to `limit` versions after the one named, oldest first."""
    active = queries.active_id(scope)
    rows = queries.page(scope, status, active, after, limit + 1)
    items = [_shown(scope, row, active) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)


def activate(scope: ClinicScope, weighting_id: UUID, if_match: str | None) -> Reply:
    """Rank with a version from the next request on; whichever did before stays as it is.

    Raises:
        NotFound: the clinic has none of that id.
        PreconditionRequired, PreconditionFailed: as they say.
    """
    _check_current(scope, weighting_id, if_match)
    measured = _shortfall_to_begin_with(scope, weighting_id)
    hold_clinic(scope)
    before = _check_current(scope, weighting_id, if_match)
    if weighting_id != before:
        queries.set_active(scope, weighting_id, utc_now())
        if measured is not None:
            keep(scope, measured)
        moved = {"from": str(before), "to": str(weighting_id)}
        record(scope, "weighting.activated", weighting_id, moved)
    return _reply(scope, weighting_id)


def presets() -> Presets:
    """The sets of weights to start from."""
    return Presets(
        items=[
            PresetOut(name=name, meaning=MEANINGS[name], weights=dict(weights))
            for name, weights in PRESET_WEIGHTS.items()
        ]
    )


def _check_current(scope: ClinicScope, weighting_id: UUID, if_match: str | None) -> UUID:
    """Which version is active, if all is still as the caller read it."""
    active = queries.active_id(scope)
    require_match(if_match, _etag(scope, _existing(scope, weighting_id), active))
    return active


def _shortfall_to_begin_with(scope: ClinicScope, weighting_id: UUID) -> Shortfall | None:
    """Whose exposure fell short, where this begins to count: as a preview measures it.

    None where it does not count, or counts as much as it does already.
    """
    active, _ = read_weighting(scope, queries.active_id(scope))
    content, _ = read_weighting(scope, weighting_id)
    begins = content.exposure > 0 and content.exposure != active.exposure
    return shortfall_now(scope) if begins else None


def _existing(scope: ClinicScope, weighting_id: UUID) -> Row[Any]:
    row = queries.by_id(scope, weighting_id)
    if row is None:
        raise NotFound("The clinic has no such weighting.")
    return row


def _etag(scope: ClinicScope, row: Row[Any], active: UUID) -> str:
    """Changes whenever any version is activated, also back to the one that was active before."""
    return etag(f"{row.version}-{active}-{queries.last_activated(scope).isoformat()}")


def _reply(scope: ClinicScope, weighting_id: UUID, status: int = 200) -> Reply:
    active, row = queries.active_id(scope), _existing(scope, weighting_id)
    headers = {"ETag": _etag(scope, row, active)}
    if status == 201:
        headers["Location"] = f"/v1/weightings/{weighting_id}"
    return json_reply(_shown(scope, row, active), status, headers=headers, subject_id=weighting_id)


def _shown(scope: ClinicScope, row: Row[Any], active: UUID) -> WeightingOut:
    content, model = from_document(row.document), current_model(scope)
    status: Status = "retired" if row.activated_at else "draft"
    return WeightingOut.model_validate(
        {
            "id": row.id,
            "version": row.version,
            "status": "active" if row.id == active else status,
            **to_document(content),
            "normalised": normalised(content, model.fit.reliability if model else 0.0),
            "note": row.note,
            "created_by": row.created_by,
            "created_at": row.created_at,
            "activated_at": row.activated_at,
        }
    )
