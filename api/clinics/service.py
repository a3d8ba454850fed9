"""What an administrator does to a clinic: its settings, its vocabulary."""

from typing import Any

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clinics import queries
from api.clinics.schemas import NewVocabularyEntry
from api.problems import Conflict, FieldProblem, Invalid
from api.store.clinic_settings import ClinicSettings
from api.store.named_reader import may_be_reader
from api.store.waiting import look_again
from matching.shared_codes import SHARED

MAX_ADDITIONS = 500
# One preference takes cultures and communities alike, so a code means one of them only.
_TWINS = {"cultures": "communities", "communities": "cultures"}


def change_settings(scope: ClinicScope, given: dict[str, Any]) -> ClinicSettings:
    """Set what is given, leave the rest.

    Raises:
        Invalid: an availability would be left out before it is shown with a caveat, or the named
            reader's key is not a live one of the clinic's staff.
    """
    queries.bump(scope, "settings_version")
    document = {**queries.stored_settings(scope), **given}
    settings = ClinicSettings.model_validate(document)
    if settings.availability_stale_after_days <= settings.availability_caveat_after_days:
        problem = "must be more than availability_caveat_after_days"
        raise Invalid([FieldProblem("availability_stale_after_days", problem)])
    # A key that is revoked later must not stand in the way of other changes.
    key_id = settings.named_reader_key if "named_reader_key" in given else None
    if key_id is not None and not may_be_reader(scope, key_id):
        problem = "must be the id of a live key of this clinic, of staff or admin"
        raise Invalid([FieldProblem("named_reader_key", problem)])
    queries.store_settings(scope, document)
    # Whose availability counts may be another matter now.
    look_again(scope)
    record(scope, "settings.changed", details=dict.fromkeys(sorted(given), True))
    return settings


def add_code(scope: ClinicScope, entry: NewVocabularyEntry) -> None:
    """Add a code of the clinic's own.

    Raises:
        Conflict: the code is taken, or the clinic has as many as it may have.
    """
    queries.bump(scope, "vocabulary_version")
    if _taken(scope, entry.facet, entry.code):
        raise Conflict("The code stands in the vocabulary already; choose another.")
    if entry.facet in _TWINS and _taken(scope, _TWINS[entry.facet], entry.code):
        raise Conflict("Cultures and communities share their codes; choose another.")
    if queries.additions(scope) >= MAX_ADDITIONS:
        raise Conflict(f"A clinic may add {MAX_ADDITIONS} codes of its own, and has.")
    queries.add_code(scope, entry.facet, entry.code, entry.label)
    record(scope, "vocabulary.added")


def _taken(scope: ClinicScope, facet: str, code: str) -> bool:
    return code in SHARED[facet] or queries.has_addition(scope, facet, code)
