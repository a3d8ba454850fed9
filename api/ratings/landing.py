"""Land files of past ratings: a row becomes its session's rating, whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.ids import new_id
from api.importing.outcome import Rejected
from api.landing.landing import Landed, Landing
from api.ratings import queries
from api.ratings.files import RATING_FILES, Row
from api.ratings.queries import CONTENT, Key, Stored
from api.store.clients import client_ids_of
from api.store.clinics import hold_clinic
from api.store.fit_ratings import add_wishes, drop_unused_wishes, next_arrivals
from api.store.going import let_others_wait

_UNKNOWN_THERAPIST = "is not on the clinic's roster: import the therapist first"
_RATED_LIVE = "was rated by the client in this service, which an import does not replace"
_COMPARED = tuple(name for name in CONTENT if name != "rated_at")


@dataclass(frozen=True, slots=True)
class _Change:
    """A row, what it is about, and that rating as stored, None where new.

    `refused`: the client has said that nothing of theirs may be learned from.
    """

    row: Row
    key: Key
    before: Stored | None
    refused: bool

    @property
    def is_live(self) -> bool:
        """Whether the client rated the session here, themselves."""
        return self.before is not None and self.before.pairing_id is not None


def _write(scope: ClinicScope, rows: list[Row]) -> Landed:
    hold_clinic(scope)
    now = utc_now()
    therapists = queries.therapist_ids_of(scope, [row.rating.therapist_reference for row in rows])
    known = [row for row in rows if row.rating.therapist_reference in therapists]
    met = _met(scope, known, therapists, now)
    changes = [change for change in met if not change.is_live and _differs(change)]
    if changes:
        _write_changes(scope, changes, now)
    created = sum(change.before is None for change in changes)
    live = [change.row for change in met if change.is_live]
    unknown = [row for row in rows if row.rating.therapist_reference not in therapists]
    return Landed(
        created,
        len(changes) - created,
        len(met) - len(changes) - len(live),
        [
            *(Rejected(row.line, "therapist_reference", _UNKNOWN_THERAPIST) for row in unknown),
            *(Rejected(row.line, "session_number", _RATED_LIVE) for row in live),
        ],
    )


def _met(
    scope: ClinicScope, rows: Sequence[Row], therapists: Mapping[str, UUID], now: datetime
) -> list[_Change]:
    """Rows about therapists of the clinic, each with what is stored of it."""
    clients = client_ids_of(scope, [row.rating.client_reference for row in rows], now)
    refusing = queries.refusing_learning(scope, clients.values())
    keys = [
        Key(
            clients[row.rating.client_reference],
            therapists[row.rating.therapist_reference],
            row.rating.session_number,
        )
        for row in rows
    ]
    stored = queries.by_keys(scope, keys)
    return [
        _Change(row, key, stored.get(key), key.client_id in refusing)
        for row, key in zip(rows, keys, strict=True)
    ]


def _differs(change: _Change) -> bool:
    """Whether the row says something else than what is stored; no time said is no other time."""
    before, rated_at = change.before, change.row.rating.rated_at
    if before is None or (rated_at is not None and rated_at != before.rated_at):
        return True
    content = _content(change)
    return any(content[name] != getattr(before, name) for name in _COMPARED)


def _write_changes(scope: ClinicScope, changes: Sequence[_Change], now: datetime) -> None:
    add_wishes(scope, list(_wishes_rows(changes)))
    corrected = [one.key for one in changes if one.before and one.before.learning]
    let_others_wait(scope, [(key.client_id, key.therapist_id) for key in corrected])
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    arrivals = next_arrivals(scope, len(changes))
    for change, arrival in zip(changes, arrivals, strict=True):
        row = {**_rating_row(change, now), "arrival": arrival}
        (new if change.before is None else changed).append(row)
    queries.add_ratings(scope, new)
    queries.change_ratings(scope, changed)
    left = {
        change.key.client_id
        for change in changes
        if change.before and change.before.wishes_digest not in {None, _digest(change.row)}
    }
    drop_unused_wishes(scope, left)


def _wishes_rows(changes: Sequence[_Change]) -> Iterator[Mapping[str, Any]]:
    """What the clients of the changes had asked for, each once."""
    seen = set()
    for change in changes:
        client_id, wishes = change.key.client_id, change.row.wishes
        if wishes is not None and (client_id, wishes.digest) not in seen:
            seen.add((client_id, wishes.digest))
            yield {"client_id": client_id, "digest": wishes.digest, "document": wishes.document}


def _rating_row(change: _Change, now: datetime) -> dict[str, Any]:
    before = change.before
    return {
        "id": before.id if before else new_id(),
        **change.key._asdict(),
        **_content(change),
        "rated_at": change.row.rating.rated_at or (before.rated_at if before else now),
    }


def _content(change: _Change) -> dict[str, Any]:
    """What the row says, but for its time. Who took their consent back is not learned from."""
    row = change.row
    return {
        **row.rating.columns(),
        "wishes_digest": _digest(row),
        "learning": row.rating.learning and not change.refused,
    }


def _digest(row: Row) -> bytes | None:
    return row.wishes.digest if row.wishes else None


RATINGS: Landing[Row] = Landing(RATING_FILES, _write, "ratings.imported")
