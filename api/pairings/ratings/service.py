"""A client rates a session, and decides with whom it is shared."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import Detail, record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.http.replies import Reply, json_reply
from api.ids import new_id
from api.intake.codes import unknown_code
from api.pairings.ratings import queries
from api.pairings.ratings.schemas import RatingAdded, RatingChange, RatingIn, RatingOut
from api.pairings.ratings.view import asked_next, series_of, shown
from api.problems import Conflict, Invalid, NotFound
from api.store.clients import client_of
from api.store.clinics import hold_clinic
from api.store.fit_ratings import keep_wishes, next_arrivals
from api.store.named_reader import reader_key
from api.store.pairings import existing_pairing
from api.store.tasks import open_task
from api.store.vocabularies import read_vocabulary

# For so long after an end its sessions can still be rated.
RATED_AFTER_END = timedelta(days=30)

_RATED_ALREADY = (
    "This session of the two was rated already, and is rated once. With whom a rating is shared can"
    " be changed: PATCH /v1/pairings/{id}/ratings/{session_number}."
)


def add_rating(scope: ClinicScope, pairing_id: UUID, body: RatingIn) -> Reply:
    """Keep what a client says of a session, and look at the series as it stands with it.

    Raises:
        NotFound, Gone: the clinic has no such pairing, or it was erased.
        Invalid: the format is not in the clinic's vocabulary.
        Conflict: the two were never together, parted too long ago, or the session was rated.
    """
    problems = list(unknown_code("format", body.format, "formats", read_vocabulary(scope)))
    if problems:
        raise Invalid(problems)
    hold_clinic(scope)
    now = utc_now()
    pairing = existing_pairing(scope, pairing_id)
    _check_ratable(pairing, now)
    if queries.is_rated(scope, pairing, body.session_number):
        raise Conflict(_RATED_ALREADY)
    rating_id = _store(scope, pairing, body, now)
    if body.comment is not None and reader_key(scope) is None:
        open_task(scope, "name_reader")
    added = _added(scope, pairing, _rating(scope, pairing, body.session_number))
    location = {"Location": f"/v1/pairings/{pairing_id}"}
    return json_reply(added, 201, headers=location, subject_id=rating_id)


def change_rating(
    scope: ClinicScope, pairing_id: UUID, session_number: int, body: RatingChange
) -> RatingOut:
    """Share a rating otherwise, or take its comment away; both count at once.

    Raises:
        NotFound, Gone: there is no such pairing or rating, or it was erased.
    """
    hold_clinic(scope)
    pairing = existing_pairing(scope, pairing_id)
    row = _rating(scope, pairing, session_number)
    queries.change_note(scope, row.id, **body.columns())
    changed = _rating(scope, pairing, session_number)
    details = {"share": changed.share, "comment_removed": changed.comment != row.comment}
    record(scope, "rating.changed", row.id, details)
    return _shown(scope, pairing, changed)


def _rating(scope: ClinicScope, pairing: Row[Any], session_number: int) -> Row[Any]:
    row = queries.rating_of(scope, pairing.id, session_number)
    if row is None:
        raise NotFound("No rating of this session was given in this pairing.")
    return row


def _shown(scope: ClinicScope, pairing: Row[Any], row: Row[Any]) -> RatingOut:
    request = queries.request_of(scope, pairing.match_id)
    return shown(scope, row, series_of(scope, [row], request), 0)


def _check_ratable(pairing: Row[Any], now: datetime) -> None:
    if pairing.status == "active":
        return
    if pairing.status != "ended":
        raise Conflict(
            f"This pairing is {pairing.status}; sessions of one that is active can be rated.",
            pairing_status=pairing.status,
        )
    if now - pairing.closed_at > RATED_AFTER_END:
        raise Conflict(
            f"The two parted more than {RATED_AFTER_END.days} days ago; until then sessions can be"
            " rated.",
            pairing_status=pairing.status,
        )


def _store(scope: ClinicScope, pairing: Row[Any], body: RatingIn, now: datetime) -> UUID:
    rating_id = new_id()
    client = client_of(scope, pairing.client_id)
    request = queries.request_of(scope, pairing.match_id)
    rating = {
        "id": rating_id,
        "client_id": pairing.client_id,
        "therapist_id": pairing.therapist_id,
        "pairing_id": pairing.id,
        "session_number": body.session_number,
        "rated_at": now,
        **body.columns(),
        "wishes_digest": keep_wishes(scope, pairing.client_id, request),
        "learning": client is not None and client.consents_to_learning is True,
        "arrival": next_arrivals(scope, 1)[0],
    }
    note = {
        "rating_id": rating_id,
        "pairing_id": pairing.id,
        "share": body.share_with_therapist,
        "comment": body.comment,
    }
    queries.add_rating(scope, rating, note)
    details: dict[str, Detail] = {
        "pairing_id": str(pairing.id),
        "session_number": body.session_number,
    }
    record(scope, "rating.added", rating_id, {**details, "share": body.share_with_therapist})
    return rating_id


def _added(scope: ClinicScope, pairing: Row[Any], added: Row[Any]) -> RatingAdded:
    """The rating as it stands in its series; a rupture that it brings up is put before staff."""
    rows = queries.ratings_of(scope, pairing.id)
    request = queries.request_of(scope, pairing.match_id)
    rupture = series_of(scope, rows, request).rupture()
    before = series_of(scope, [row for row in rows if row.id != added.id], request).rupture()
    # Once each time it comes up, not again with every rating while it lasts.
    if pairing.status == "active" and rupture.suspected and not before.suspected:
        open_task(
            scope,
            "rupture",
            therapist_id=pairing.therapist_id,
            client_id=pairing.client_id,
            pairing_id=pairing.id,
        )
    return RatingAdded(
        **_shown(scope, pairing, added).model_dump(),
        pairing_id=pairing.id,
        rupture=rupture,
        next=asked_next(scope, pairing, rows, request),
    )
