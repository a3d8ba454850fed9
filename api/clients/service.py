"""One use case a function: show a client, follow their consents, erase them, make their keys."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.keys import create_narrow_key
from api.auth.own import is_own
from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.clients import queries
from api.clients.schemas import (
    ClientOut,
    ClientPage,
    ClientSummary,
    ConsentsIn,
    ConsentsOut,
    Erased,
    KeyOut,
    KeysEnded,
    MatchOfClient,
    PairingOfClient,
    TherapistLeftOut,
    WaitOfClient,
)
from api.clock import utc_now
from api.db.scrubbing import scrub_small
from api.http.pages import encode_cursor
from api.problems import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from api.ranking.matches import existing_match
from api.store.clients import client_of, is_unnamed
from api.store.clinics import hold_clinic
from api.store.consents import note_consent
from api.store.erasure import erase_client, erase_intakes
from api.store.history import history_of
from api.store.learning_consent import follow_consent
from api.store.pairing_moves import withdraw
from api.store.pairings import live_pairings
from api.store.tombstones import refuse_erased

# An intake form makes keys only for those whom it has just matched.
_INTAKE_KEYS_FOR = timedelta(hours=24)


def page_of_clients(
    scope: ClinicScope, reference: str | None, limit: int, after: UUID | None
) -> ClientPage:
    """The clinic's clients in the order they were added; an intake form finds one by reference.

    Raises:
        Invalid: an intake key named no reference.
    """
    if scope.role is Role.INTAKE and reference is None:
        raise Invalid([FieldProblem("reference", "is needed with an intake key")])
    rows = queries.page(scope, reference, after, limit + 1)
    more = len(rows) > limit
    items = [ClientSummary(**_summary(row)) for row in rows[:limit]]
    scope.unit.begin_write()
    record(scope, "clients.listed", None, {"count": len(items)})
    return ClientPage(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)


def show_client(scope: ClinicScope, client_id: UUID) -> ClientOut:
    """A client with what there is of them.

    Raises:
        NotFound, Gone: the clinic has no such client, or they were erased.
    """
    client = existing_client(scope, client_id)
    left_out = history_of(scope, client_id).left_before
    shown = ClientOut(
        **_summary(client),
        matches=[MatchOfClient(**row._mapping) for row in queries.matches_of(scope, client_id)],
        pairings=[PairingOfClient(**row._mapping) for row in queries.pairings_of(scope, client_id)],
        waits=[WaitOfClient(**row._mapping) for row in queries.waits_of(scope, client_id)],
        left_out=[
            TherapistLeftOut(**row._mapping) for row in queries.therapists_by_id(scope, left_out)
        ],
    )
    scope.unit.begin_write()
    record(scope, "client.read", client_id)
    return shown


def change_consents(scope: ClinicScope, client_id: UUID, said: ConsentsIn) -> ConsentsOut:
    """Keep what the client agrees to now, and do at once what follows from it.

    Without consent to matching nothing is looked for any more: they leave the waiting list, and
    requests that no therapist accepted are withdrawn. An active pairing goes on.

    Raises:
        NotFound, Gone: the clinic has no such client, or they were erased.
    """
    hold_clinic(scope)
    before = _consents(existing_client(scope, client_id))
    if note_consent(scope, client_id, matching=said.matching, learning=said.learning):
        follow_consent(scope, client_id)
    if said.matching is False:
        _stop_looking(scope, client_id)
    after = _consents(existing_client(scope, client_id))
    if after == before:
        # Nothing changed, and yet they are shown.
        record(scope, "client.read", client_id)
    return after


def erase(scope: ClinicScope, client_id: UUID) -> Erased:
    """Erase a client and everything about them, down to tombstones.

    Raises:
        NotFound, Gone: the clinic has no such client, or they were erased.
    """
    hold_clinic(scope)
    existing_client(scope, client_id)
    erased = erase_client(scope, client_id, utc_now())
    record(scope, "client.erased", client_id, erased)
    return _erased(scope, erased)


def erase_match(scope: ClinicScope, match_id: UUID) -> Erased:
    """Erase a match whose client the clinic gave no reference, with all that followed from it.

    Raises:
        NotFound, Gone: the clinic has no such match, or it was erased.
        Conflict: the client has a reference, and is erased as a client.
    """
    hold_clinic(scope)
    match = existing_match(scope, match_id)
    if match.client_id is None:
        erased = erase_intakes(scope, [match_id], utc_now())
        record(scope, "match.erased", match_id, erased)
        return _erased(scope, erased)
    if not is_unnamed(existing_client(scope, match.client_id)):
        raise Conflict(
            "The match is a client's: erase the client, and it goes too.",
            client_id=str(match.client_id),
        )
    return erase(scope, match.client_id)


def make_key(scope: ClinicScope, client_id: UUID, days: int) -> KeyOut:
    """A key with which the client sees their own, and nothing else.

    Raises:
        NotFound, Gone: the clinic has no such client, or they were erased.
        Forbidden: an intake key that made no match for the client within the last day.
    """
    hold_clinic(scope)
    existing_client(scope, client_id)
    since = utc_now() - _INTAKE_KEYS_FOR
    if scope.role is Role.INTAKE and not queries.is_known_from_key(scope, client_id, since):
        raise Forbidden("An intake key makes keys for whom it brought within the last 24 hours.")
    key_id, key, expires_at = create_narrow_key(
        scope.connection, scope.clinic_id, Role.CLIENT, client_id, timedelta(days=days)
    )
    record(scope, "client.key_created", client_id, {"key_id": str(key_id), "days": days})
    return KeyOut(id=key_id, key=key, expires_at=expires_at)


def can_come_back(scope: ClinicScope, client_id: UUID, after: timedelta) -> bool:
    """Whether the client has a private link that still opens their pages after so long."""
    return queries.has_key_until(scope, client_id, utc_now() + after)


def end_keys(scope: ClinicScope, client_id: UUID) -> KeysEnded:
    """End every key of the client.

    Raises:
        NotFound, Gone: the clinic has no such client, or they were erased.
    """
    hold_clinic(scope)
    existing_client(scope, client_id)
    ended = queries.end_keys(scope, client_id, utc_now())
    record(scope, "client.keys_ended", client_id, {"ended": ended})
    return KeysEnded(ended=ended)


def existing_client(scope: ClinicScope, client_id: UUID) -> Row[Any]:
    """The clinic's client of that id, whom a client's key sees only if it is theirs.

    Raises:
        NotFound: the clinic has no such client.
        Gone: they were erased.
    """
    client = client_of(scope, client_id)
    if client is None:
        refuse_erased(scope, client_id)
    if client is None or not is_own(scope, client_id=client_id):
        raise NotFound("The clinic has no such client.")
    return client


def _erased(scope: ClinicScope, counts: dict[str, int]) -> Erased:
    scope.unit.after_commit(lambda: scrub_small(scope.database))
    return Erased(**counts)


def _stop_looking(scope: ClinicScope, client_id: UUID) -> None:
    now = utc_now()
    for pairing in live_pairings(scope, client_id=client_id):
        if pairing.status != "active":
            withdraw(scope, pairing, now)
    for wait_id in queries.leave_waits(scope, client_id, now):
        record(scope, "wait.left", wait_id)


def _summary(client: Row[Any]) -> dict[str, Any]:
    return {
        "id": client.id,
        "reference": client.reference,
        "created_at": client.created_at,
        "consents": _consents(client),
    }


def _consents(client: Row[Any]) -> ConsentsOut:
    return ConsentsOut(
        matching=client.consents_to_matching,
        learning=client.consents_to_learning,
        changed_at=client.consents_changed_at,
    )
