"""A client chooses: one place is held, or the next candidate is named."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables.pairings import ANSWER_DUE, LIVE
from api.http.replies import Reply, json_reply
from api.pairings import queries
from api.pairings.answers import shown
from api.pairings.asking import ask_staff, ask_therapist, deadline
from api.pairings.candidates import Named, next_candidate
from api.pairings.schemas import SelectionIn
from api.problems import Conflict, FieldProblem, Forbidden, Invalid, NoPlace, NotFound
from api.ranking.answer import NEXT_STEPS
from api.ranking.matches import existing_match
from api.store.clients import add_unnamed_client, client_of
from api.store.clinics import hold_clinic
from api.store.history import history_of
from api.store.pairing_moves import expire_overdue, set_wait, withdraw
from api.store.pairings import begin_pairing, existing_pairing, live_pairings, move_on, pairing_of
from api.store.places import standing_of

_STAFF = frozenset({Role.STAFF, Role.ADMIN})
# How many therapists one client may have asked at a time.
MOST_ASKED = 3
_NOT_A_CANDIDATE = "is needed: the therapist was not among the candidates of this match"


@dataclass(frozen=True, slots=True)
class _Choice:
    """What was chosen, and what was held for the client before they chose.

    `wait_id` is the wait that the choice may end, `offers` the places held for it; `replaces_id`
    the live pairing that the choice is to end, `others` those asked before to take its place.
    """

    match: Row[Any]
    named: Named
    therapist_id: UUID
    override_reason: str | None
    now: datetime
    wait_id: UUID | None = None
    offers: tuple[Row[Any], ...] = ()
    replaces_id: UUID | None = None
    others: tuple[Row[Any], ...] = ()

    @property
    def offer(self) -> Row[Any] | None:
        """The place that is held for this client with this very therapist."""
        return next((one for one in self.offers if one.therapist_id == self.therapist_id), None)

    @property
    def kept(self) -> Row[Any] | None:
        """The offer that becomes the pairing; one of another match is made anew."""
        return self.offer if self.offer and self.offer.match_id == self.match.id else None

    @property
    def let_go(self) -> list[Row[Any]]:
        """What the choice takes the place of, each once: an offer may replace a pairing too."""
        found = {one.id: one for one in (*self.offers, *self.others)}
        return [one for one in found.values() if self.kept is None or one.id != self.kept.id]


def select(scope: ClinicScope, match_id: UUID, body: SelectionIn) -> Reply:
    """Hold a place with the therapist a client chose, and ask the therapist, or staff first.

    Raises:
        NotFound, Gone: there is no such match or therapist, or it was erased.
        Forbidden, Invalid: the therapist was not a candidate, and the role or a reason is missing.
        Conflict: somebody was chosen already, or the two do not go together.
        NoPlace: the therapist takes nobody new now; it names the next candidate.
    """
    hold_clinic(scope)
    now = utc_now()
    match = existing_match(scope, match_id)
    named = Named.of(match.answer)
    _check_may_choose(scope, match, named, body)
    # What has lapsed holds no place, whether or not it has been tidied up yet.
    expire_overdue(scope, now, therapist_id=body.therapist_id)
    expire_overdue(scope, now, match_id=match_id)
    wait, offers = _waited_for(scope, match, body.therapist_id)
    replaces_id = _replaced(scope, match, wait)
    choice = _Choice(
        match,
        named,
        body.therapist_id,
        body.override_reason,
        now,
        wait_id=wait.id if wait is not None else None,
        offers=offers,
        replaces_id=replaces_id,
        others=_asked_instead(scope, replaces_id),
    )
    # Every refusal comes before the first write, so that nothing is half done.
    _check_nobody_chosen(scope, choice)
    _check_not_too_many(scope, choice)
    _check_takes_client(scope, choice)
    pairing_id = _hold_place(scope, choice)
    pairing = shown(scope, queries.shown_row(scope, pairing_id), now)
    location = {"Location": f"/v1/pairings/{pairing_id}"}
    return json_reply(pairing, 201, headers=location, subject_id=pairing_id)


def _check_may_choose(scope: ClinicScope, match: Row[Any], named: Named, body: SelectionIn) -> None:
    if not queries.has_therapist(scope, body.therapist_id):
        raise NotFound("The clinic has no such therapist.")
    if scope.role not in _STAFF and (
        body.override_reason is not None or not named.names(body.therapist_id)
    ):
        raise Forbidden("Only staff may choose past the candidates of a match.")
    if not named.names(body.therapist_id) and body.override_reason is None:
        raise Invalid([FieldProblem("override_reason", _NOT_A_CANDIDATE)])
    client = client_of(scope, match.client_id) if match.client_id else None
    if client is not None and client.consents_to_matching is False:
        raise Conflict("The client took their consent to matching back; ask them first.")


def _waited_for(
    scope: ClinicScope, match: Row[Any], therapist_id: UUID
) -> tuple[Row[Any] | None, tuple[Row[Any], ...]]:
    """The wait that this choice may end, and the places held for it; none if it is not that."""
    for wait in queries.live_waits(scope, match.client_id) if match.client_id else ():
        held = live_pairings(scope, wait_id=wait.id)
        about_it = match.id == wait.match_id or match.origin_id == wait.id
        offered = any(one.therapist_id == therapist_id for one in held)
        # Where somebody was asked already, that answer decides about the wait.
        if (about_it or offered) and all(one.status == "offered" for one in held):
            return wait, tuple(held)
    return None, ()


def _check_nobody_chosen(scope: ClinicScope, choice: _Choice) -> None:
    of_match = live_pairings(scope, match_id=choice.match.id)
    of_two = (
        live_pairings(scope, client_id=choice.match.client_id, therapist_id=choice.therapist_id)
        if choice.match.client_id
        else []
    )
    offered = {one.id for one in choice.offers}
    for text, rows in (
        ("Somebody was chosen from this match; see the pairing.", of_match),
        ("The client is with this therapist, or has asked them; see the pairing.", of_two),
    ):
        standing = [row for row in rows if row.id not in offered]
        if standing:
            raise Conflict(text, pairing_id=str(standing[0].id))


def _check_not_too_many(scope: ClinicScope, choice: _Choice) -> None:
    """One client does not keep the places of a whole clinic while they make up their mind."""
    if scope.role in _STAFF or choice.match.client_id is None:
        return
    asked = live_pairings(scope, client_id=choice.match.client_id)
    freed = {one.id for one in (*choice.offers, *choice.others)}
    waiting = [one for one in asked if one.status in ANSWER_DUE and one.id not in freed]
    if len(waiting) >= MOST_ASKED:
        raise Conflict(
            f"The client has asked {MOST_ASKED} therapists who have not answered yet; withdraw one,"
            " or let staff choose.",
            pairing_id=str(waiting[0].id),
        )


def _check_takes_client(scope: ClinicScope, choice: _Choice) -> None:
    client_id, overridden = choice.match.client_id, choice.override_reason is not None
    left = history_of(scope, client_id).left_before if client_id else ()
    standing = standing_of(scope, choice.therapist_id, choice.now)
    if choice.offer is not None:
        free = standing.at_work
    elif overridden:
        free = standing.at_work and standing.has_room
    else:
        free = standing.takes_new
    if free and (overridden or str(choice.therapist_id) not in left):
        return
    coming = next_candidate(scope, choice.match.id, client_id, choice.named, choice.now)
    raise NoPlace(
        "Choose the next candidate, or take one of the next steps.",
        next_candidate=coming,
        next_steps=NEXT_STEPS,
    )


def _hold_place(scope: ClinicScope, choice: _Choice) -> UUID:
    """All of the writing: what was held for the client, the pairing, whom it is put before."""
    client_id = choice.match.client_id or add_unnamed_client(scope, choice.match.id, choice.now)
    staff_first = choice.match.selection_mode == "staff" and scope.role not in _STAFF
    values: dict[str, Any] = {
        "status": "awaiting_staff" if staff_first else "requested",
        "rank": choice.named.rank_of(choice.therapist_id),
        "override_reason": choice.override_reason,
        "requested_at": choice.now,
        "requested_by": scope.key_id,
        "respond_by": deadline(scope, choice.now),
    }
    kept = choice.kept
    for pairing in choice.let_go:
        withdraw(scope, pairing, choice.now)
    set_wait(scope, choice.wait_id, "waiting", "offered")
    if kept is not None:
        move_on(scope, kept, **values)
    pairing_id: UUID = (
        kept.id if kept is not None else begin_pairing(scope, {**values, **_of(choice, client_id)})
    )
    details = {"match_id": str(choice.match.id), "rank": values["rank"]}
    overridden = choice.override_reason is not None
    record(scope, "pairing.selected", pairing_id, {**details, "overridden": overridden})
    ask = ask_staff if staff_first else ask_therapist
    ask(scope, existing_pairing(scope, pairing_id))
    return pairing_id


def _replaced(scope: ClinicScope, match: Row[Any], wait: Row[Any] | None) -> UUID | None:
    """The live pairing that a choice from an alternative, or after waiting for one, is to end.

    It is the one that the alternative was asked of, or the one that took its place since.
    """
    asked = next((one for one in (match, wait) if one and one.origin == "alternative"), None)
    before = pairing_of(scope, asked.origin_id) if asked is not None else None
    while before is not None and before.status not in LIVE:
        before = next(iter(live_pairings(scope, replaces_id=before.id)), None)
    return before.id if before is not None else None


def _asked_instead(scope: ClinicScope, replaces_id: UUID | None) -> tuple[Row[Any], ...]:
    """Those asked before to take the place of the same pairing, who did not answer yet."""
    others = live_pairings(scope, replaces_id=replaces_id) if replaces_id else ()
    return tuple(one for one in others if one.status in ANSWER_DUE)


def _of(choice: _Choice, client_id: UUID) -> dict[str, Any]:
    """Whose pairing it is, and what it is to end."""
    match = choice.match
    return {
        "match_id": match.id,
        "client_id": client_id,
        "therapist_id": choice.therapist_id,
        "replaces_id": choice.replaces_id,
        "wait_id": choice.wait_id,
    }
