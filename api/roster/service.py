"""What staff do to one therapist: add, read, change, confirm that they are free."""

from collections.abc import Sequence
from uuid import UUID

from api.audit.record import record
from api.auth.own import is_own
from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.http.etags import etag, require_match
from api.http.pages import encode_cursor
from api.problems import Conflict, FieldProblem, Invalid, NotFound
from api.profiles.codes import UNKNOWN_CODE, unknown_codes
from api.profiles.documents import Document, apply, time_text, whole_document
from api.profiles.schemas import TherapistOut, TherapistPatch, TherapistRow
from api.roster import queries
from api.roster.answers import TherapistPage
from api.roster.queries import Stored
from api.roster.versions import Change, write_changes
from api.store.clinics import hold_clinic
from api.store.tasks import settle_tasks_of
from api.store.vocabularies import read_vocabulary

_CONFIRMED = "availability_confirmed_at"
_TAKEN = "Another therapist of the clinic has this reference; choose another or change theirs."


def add_therapist(scope: ClinicScope, row: TherapistRow) -> TherapistOut:
    """Add a therapist to the clinic's roster.

    Raises:
        Invalid: a code is not in the clinic's vocabulary.
        Conflict: the reference is taken.
    """
    _check_codes(scope, row)
    hold_clinic(scope)
    if queries.by_references(scope, [row.reference]):
        raise Conflict(_TAKEN)
    written = write_changes(scope, [Change(None, whole_document(row))])
    therapist_id = written.created[0]
    record(scope, "therapist.created", therapist_id)
    return shown(scope, _existing(scope, therapist_id))


def therapist(scope: ClinicScope, therapist_id: UUID) -> TherapistOut:
    """One therapist.

    Raises:
        NotFound: the clinic has none of that id.
    """
    return shown(scope, _existing(scope, therapist_id))


def therapists_named(scope: ClinicScope, therapist_ids: Sequence[UUID]) -> list[TherapistOut]:
    """The clinic's therapists of those ids, in that order; an id that is nobody's is left out."""
    found = queries.by_ids(scope, therapist_ids)
    return [shown(scope, found[id_]) for id_ in therapist_ids if id_ in found]


def page_of_therapists(scope: ClinicScope, limit: int, after: UUID | None) -> TherapistPage:
    """Up to `limit` therapists after the one named, in the order they were added."""
    rows = queries.page(scope, after, limit + 1)
    items = [shown(scope, row) for row in rows[:limit]]
    more = len(rows) > limit
    return TherapistPage(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)


def change_therapist(
    scope: ClinicScope, therapist_id: UUID, patch: TherapistPatch, if_match: str | None
) -> TherapistOut:
    """Change what the patch names, if the therapist is still as the caller read them.

    Raises:
        NotFound, PreconditionRequired, PreconditionFailed, Invalid, Conflict: as they say.
    """
    _existing(scope, therapist_id)
    _check_codes(scope, patch)
    hold_clinic(scope)
    before = _existing(scope, therapist_id)
    require_match(if_match, etag(before.revision))
    return _changed(scope, before, apply(before.document, patch), "therapist.changed")


def confirm_availability(scope: ClinicScope, therapist_id: UUID) -> TherapistOut:
    """Note that what is known of how free the therapist is holds as of now.

    Raises:
        NotFound: the clinic has none of that id.
    """
    hold_clinic(scope)
    before = _existing(scope, therapist_id)
    document = {**before.document, _CONFIRMED: time_text(utc_now())}
    return _changed(scope, before, document, "therapist.availability_confirmed")


def shown(scope: ClinicScope, stored: Stored) -> TherapistOut:
    """A therapist as it is answered; to themselves without what was reported to staff."""
    reported_to = scope.role is not Role.THERAPIST
    return TherapistOut.model_validate(
        {
            **stored.document,
            "id": stored.id,
            "revision": stored.revision,
            "created_at": stored.created_at,
            "updated_at": stored.updated_at,
            "places_held": stored.held,
            "on_hold": stored.on_hold if reported_to else None,
        }
    )


def _changed(scope: ClinicScope, before: Stored, document: Document, action: str) -> TherapistOut:
    reference = document["reference"]
    # Asked before it is tried: a database's own log would name the reference that collides.
    if reference != before.document["reference"] and queries.by_references(scope, [reference]):
        raise Conflict(_TAKEN)
    write_changes(scope, [Change(before, document)])
    if document[_CONFIRMED] not in {None, before.document[_CONFIRMED]}:
        # What staff were asked to see to has been seen to.
        settle_tasks_of(scope, "confirm_availability", before.id)
    names = [name for name in document if document[name] != before.document[name]]
    record(scope, action, before.id, dict.fromkeys(names, True))
    return shown(scope, _existing(scope, before.id))


def _existing(scope: ClinicScope, therapist_id: UUID) -> Stored:
    stored = queries.by_id(scope, therapist_id)
    if stored is None or not is_own(scope, therapist_id=therapist_id):
        raise NotFound("The clinic has no such therapist.")
    return stored


def _check_codes(scope: ClinicScope, row: TherapistRow | TherapistPatch) -> None:
    unknown = unknown_codes(row, read_vocabulary(scope))
    if unknown:
        raise Invalid([FieldProblem(path, UNKNOWN_CODE) for path, _facet in unknown])
