"""Land files of past ratings: a row becomes its session's rating, whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables.ratings import SEEN_COLUMNS
from api.ids import new_id
from api.importing.outcome import Rejected
from api.landing.landing import Landed, Landing
from api.ratings import queries
from api.ratings.files import RATING_FILES, Row
from api.ratings.queries import CONTENT, Key, Stored
from api.store.clients import client_ids_of
from api.store.clinics import hold_clinic
from matching.learning.ratings import ITEMS
from matching.vocabulary import STYLE_AXES

_UNKNOWN_THERAPIST = "is not on the clinic's roster: import the therapist first"
_COMPARED = tuple(name for name in CONTENT if name != "rated_at")


@dataclass(frozen=True, slots=True)
class _Change:
    """A row, what it is about, and that rating as stored, None where new."""

    row: Row
    key: Key
    before: Stored | None


def _write(scope: ClinicScope, rows: list[Row]) -> Landed:
    hold_clinic(scope)
    now = utc_now()
    therapists = queries.therapist_ids_of(scope, [row.rating.therapist_reference for row in rows])
    known = [row for row in rows if row.rating.therapist_reference in therapists]
    clients = client_ids_of(scope, [row.rating.client_reference for row in known], now)
    keys = [
        Key(
            clients[row.rating.client_reference],
            therapists[row.rating.therapist_reference],
            row.rating.session_number,
        )
        for row in known
    ]
    stored = queries.by_keys(scope, keys)
    changes = [
        change
        for row, key in zip(known, keys, strict=True)
        if _differs(change := _Change(row, key, stored.get(key)))
    ]
    if changes:
        _write_changes(scope, changes, now)
    created = sum(change.before is None for change in changes)
    unknown = [row for row in rows if row.rating.therapist_reference not in therapists]
    return Landed(
        created,
        len(changes) - created,
        len(known) - len(changes),
        [Rejected(row.line, "therapist_reference", _UNKNOWN_THERAPIST) for row in unknown],
    )


def _differs(change: _Change) -> bool:
    """Whether the row says something else than what is stored; no time said is no other time."""
    before, rated_at = change.before, change.row.rating.rated_at
    if before is None or (rated_at is not None and rated_at != before.rated_at):
        return True
    content = _content(change.row)
    return any(content[name] != getattr(before, name) for name in _COMPARED)


def _write_changes(scope: ClinicScope, changes: Sequence[_Change], now: datetime) -> None:
    queries.add_wishes(scope, list(_wishes_rows(changes)))
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    arrivals = queries.next_arrivals(scope, len(changes))
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
    queries.drop_unused_wishes(scope, left)


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
        **_content(change.row),
        "rated_at": change.row.rating.rated_at or (before.rated_at if before else now),
    }


def _content(row: Row) -> dict[str, Any]:
    """What the row says, but for its time."""
    rating = row.rating
    seen = [getattr(rating.style_seen, axis) for axis in STYLE_AXES]
    return {
        "format": rating.format,
        **dict(zip(ITEMS, rating.answers(), strict=True)),
        **dict(zip(SEEN_COLUMNS, seen, strict=True)),
        "wishes_digest": _digest(row),
        "learning": rating.learning,
    }


def _digest(row: Row) -> bytes | None:
    return row.wishes.digest if row.wishes else None


RATINGS: Landing[Row] = Landing(RATING_FILES, _write, "ratings.imported")
