"""Comments, for the one key that the clinic named. Nobody else gets them from here."""

from uuid import UUID

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.http.pages import encode_cursor
from api.pairings.ratings import queries
from api.pairings.ratings.schemas import CommentOut, CommentPage, CommentRead, Named
from api.problems import NotFound, NotTheReader
from api.store.named_reader import reader_key
from api.store.tombstones import refuse_erased


def page_of_comments(
    scope: ClinicScope, limit: int, after: UUID | None, *, unread: bool
) -> CommentPage:
    """Up to `limit` comments after the one named, in the order in which they came.

    Raises:
        NotTheReader: another key is named, or none.
    """
    _check_reader(scope)
    rows = queries.comments(scope, after, limit + 1, unread=unread)
    shown, more = rows[:limit], len(rows) > limit
    scope.unit.begin_write()
    for row in shown:
        record(scope, "comment.shown", row.rating_id)
    items = [
        CommentOut.model_validate(
            {
                **row._mapping,
                "client": Named(id=row.client_id, reference=row.client_reference),
                "therapist": Named(id=row.therapist_id, reference=row.therapist_reference),
            }
        )
        for row in shown
    ]
    return CommentPage(
        items=items, next_cursor=encode_cursor(items[-1].rating_id) if more else None
    )


def mark_read(scope: ClinicScope, rating_id: UUID) -> CommentRead:
    """Note that a comment was read; it stays as it was first noted.

    Raises:
        NotTheReader: another key is named, or none.
        NotFound, Gone: there is no comment with such a rating, or it was erased.
    """
    _check_reader(scope)
    scope.unit.begin_write()
    note = queries.comment_note(scope, rating_id)
    if note is None:
        refuse_erased(scope, rating_id)
        raise NotFound("The clinic has no comment with such a rating.")
    read_at = note.read_at or utc_now()
    if note.read_at is None:
        queries.change_note(scope, rating_id, read_at=read_at)
        record(scope, "comment.read", rating_id)
    return CommentRead(rating_id=rating_id, read_at=read_at)


def _check_reader(scope: ClinicScope) -> None:
    if scope.key_id is None or scope.key_id != reader_key(scope):
        raise NotTheReader(
            "Comments are for the clinic's named reader. An administrator names their key:"
            " PATCH /v1/settings with named_reader_key."
        )
