"""What clients and staff do with the waiting list: join it, look at it, leave it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.own import is_own
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables.pairings import WAITING
from api.http.pages import encode_place
from api.http.replies import Reply, json_reply
from api.ids import new_id
from api.problems import Conflict, FieldProblem, Invalid, NotFound
from api.ranking.matches import existing_match
from api.store.clients import add_unnamed_client, client_of
from api.store.clinic_settings import read_settings
from api.store.clinics import hold_clinic
from api.store.pairing_moves import withdraw
from api.store.pairings import live_pairings
from api.store.tombstones import refuse_erased
from api.store.vocabularies import read_vocabulary
from api.store.waiting import look_again
from api.waits import queries
from api.waits.accepting import accepted_problems
from api.waits.order import turn
from api.waits.schemas import WaitIn, WaitOut, WaitPage

# Nobody knows what a client will want in two years.
_LONGEST = timedelta(days=730)
_DAY = timedelta(days=1)


def join(scope: ClinicScope, match_id: UUID, body: WaitIn) -> Reply:
    """Put the client of a match on the list; who is on it already keeps the time they waited.

    Raises:
        NotFound, Gone: there is no such match, or it was erased.
        Invalid: what would be accepted does not apply to the match, or the last day is too late.
        Conflict: something is on offer already, or the client took their consent back.
    """
    hold_clinic(scope)
    now = utc_now()
    match = existing_match(scope, match_id)
    until = _until(scope, body.until, now)
    problems = accepted_problems(match.request, body.accept, read_vocabulary(scope))
    if problems:
        raise Invalid(problems)
    _check_nothing_on_offer(scope, match)
    client_id = match.client_id or add_unnamed_client(scope, match_id, now)
    since = _left_for_this(scope, client_id, now)
    row = {
        "id": new_id(),
        "match_id": match_id,
        "client_id": client_id,
        "status": "waiting",
        "urgency": body.urgency,
        "accepts": [change.document() for change in body.accept],
        "since": since,
        "until": until,
        "turn": turn(since, body.urgency),
    }
    queries.insert_wait(scope, row)
    look_again(scope)
    record(scope, "wait.joined", row["id"], {"match_id": str(match_id)})
    (wait,) = _shown(scope, [_existing(scope, row["id"])])
    location = {"Location": f"/v1/waits/{wait.id}"}
    return json_reply(wait, 201, headers=location, subject_id=wait.id)


def show_wait(scope: ClinicScope, wait_id: UUID) -> WaitOut:
    """One wait.

    Raises:
        NotFound, Gone: the clinic has none of that id, or it was erased.
    """
    (wait,) = _shown(scope, [_existing(scope, wait_id)])
    scope.unit.begin_write()
    record(scope, "wait.read", wait_id)
    return wait


def page_of_waits(
    scope: ClinicScope, status: str | None, limit: int, after: queries.Place | None
) -> WaitPage:
    """Up to `limit` waits after the place named, in the order of the list."""
    statuses = WAITING if status is None else (status,)
    rows = queries.page(scope, statuses, after, limit + 1)
    items = _shown(scope, rows[:limit])
    scope.unit.begin_write()
    record(scope, "waits.listed", details={"items": len(items)})
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return WaitPage(items=items, next_cursor=encode_place(last.turn, last.id) if last else None)


def leave(scope: ClinicScope, wait_id: UUID) -> WaitOut:
    """Take a client off the list. What is held for them is given back; what they asked for is not.

    Raises:
        NotFound, Gone: the clinic has none of that id, or it was erased.
        Conflict: the wait has ended another way.
    """
    hold_clinic(scope)
    now = utc_now()
    wait = _existing(scope, wait_id)
    if wait.status not in {*WAITING, "left"}:
        raise Conflict(f"This wait is over: {wait.status}.")
    if wait.status in WAITING:
        for pairing in live_pairings(scope, client_id=wait.client_id, wait_id=wait_id):
            if pairing.status == "offered":
                withdraw(scope, pairing, now)
        queries.change_wait(scope, wait_id, status="left", closed_at=now)
        record(scope, "wait.left", wait_id)
    else:
        # Nothing changes, and yet the wait is shown.
        record(scope, "wait.read", wait_id)
    (after,) = _shown(scope, [_existing(scope, wait_id)])
    return after


def _check_nothing_on_offer(scope: ClinicScope, match: Row[Any]) -> None:
    for chosen in live_pairings(scope, match_id=match.id):
        raise Conflict("Somebody was chosen from this match.", pairing_id=str(chosen.id))
    client = client_of(scope, match.client_id) if match.client_id else None
    if client is None:
        return
    if client.consents_to_matching is False:
        raise Conflict("The client took their consent to matching back; ask them first.")
    wait = queries.live_wait_of(scope, client.id)
    held = live_pairings(scope, client_id=client.id, wait_id=wait.id) if wait else []
    for pairing in held:
        text = "A place is held for the client, or asked for; take that back first."
        raise Conflict(text, pairing_id=str(pairing.id))


def _left_for_this(scope: ClinicScope, client_id: UUID, now: datetime) -> datetime:
    """End the wait that this one takes the place of; since when the client has waited."""
    before = queries.live_wait_of(scope, client_id)
    if before is None:
        return now
    queries.change_wait(scope, before.id, status="left", closed_at=now)
    record(scope, "wait.replaced", before.id)
    since: datetime = before.since
    return since


def _until(scope: ClinicScope, last_day: date | None, now: datetime) -> datetime:
    """The midnight (UTC) that ends the last day."""
    if last_day is None:
        last_day = (now + timedelta(days=read_settings(scope).waiting_days)).date()
    elif not now.date() <= last_day <= (now + _LONGEST).date():
        raise Invalid([FieldProblem("until", "must be a day from today to two years from now")])
    return datetime.combine(last_day, time(), UTC) + _DAY


def _existing(scope: ClinicScope, wait_id: UUID) -> Row[Any]:
    row = queries.wait_of(scope, wait_id)
    if row is None:
        refuse_erased(scope, wait_id)
    if row is None or not is_own(scope, client_id=row.client_id):
        raise NotFound("The clinic has no such wait.")
    return row


def _shown(scope: ClinicScope, rows: Sequence[Row[Any]]) -> list[WaitOut]:
    """Waits in the order of the list, each with its place in it and what is on offer."""
    offers = queries.offers_of(scope, [row for row in rows if row.status == "offered"])
    place: int | None = None
    shown = []
    for row in rows:
        waits = row.status == "waiting"
        if waits:
            before = queries.waiting_before(scope, (row.turn, row.id)) if place is None else place
            place = before + 1
        shown.append(_wait(row, place if waits else None, offers.get(row.id)))
    return shown


def _wait(row: Row[Any], position: int | None, offer: Row[Any] | None) -> WaitOut:
    return WaitOut.model_validate(
        {
            **row._mapping,
            "client": {"id": row.client_id, "reference": row.client_reference},
            "accept": row.accepts,
            "until": (row.until - _DAY).date(),
            "position": position,
            "offer": {**offer._mapping, "pairing_id": offer.id} if offer else None,
        }
    )
