"""A therapist as it is stored: one canonical document for the profile, one for the availability.

Two rows that mean the same give the same documents, byte for byte: names of fields in one order,
defaults written out, licences as objects, times in UTC. Lists keep their order, which says what the
therapist puts first.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from api.profiles.schemas import TherapistPatch, TherapistRow
from matching.profile import Licence, Profile
from matching.vocabulary import STYLE_AXES

Document = dict[str, Any]

LISTS = (
    "cultures", "communities", "languages", "modalities", "needs", "out_of_scope", "formats",
    "schedule", "services", "age_groups", "payers", "access",
)  # fmt: skip
_PLAIN = ("reference", "name", "gender", "pronouns", "discipline", "associate")
PROFILE_FIELDS: tuple[str, ...] = (*_PLAIN, *LISTS, "licences", "style")
AVAILABILITY_FIELDS: tuple[str, ...] = (
    "active",
    "accepting",
    "caseload",
    "caseload_limit",
    "availability_confirmed_at",
    "leaving_on",
)


def to_profile(row: TherapistRow, id: str) -> Profile:  # noqa: A002 - the profile's own name for it
    """The row's profile as the ranking reads it."""
    return profile_from_document(profile_document(row), id)


def profile_document(row: TherapistRow) -> Document:
    """The canonical document of `PROFILE_FIELDS`, in their order."""
    document: Document = {name: getattr(row, name) for name in _PLAIN}
    for name in LISTS:
        document[name] = list(getattr(row, name))
    document["licences"] = [
        {
            "jurisdiction": licence.jurisdiction,
            "kind": licence.kind,
            "expires_on": _day_text(licence.expires_on),
        }
        for licence in row.licences
    ]
    document["style"] = {axis: getattr(row.style, axis) for axis in STYLE_AXES}
    return document


def availability_document(row: TherapistRow) -> Document:
    """The canonical document of `AVAILABILITY_FIELDS`, in their order."""
    confirmed_at = row.availability_confirmed_at
    return {
        "active": row.active,
        "accepting": row.accepting,
        "caseload": row.caseload,
        "caseload_limit": row.caseload_limit,
        "availability_confirmed_at": None if confirmed_at is None else time_text(confirmed_at),
        "leaving_on": _day_text(row.leaving_on),
    }


def whole_document(row: TherapistRow) -> Document:
    """Both documents as one."""
    return profile_document(row) | availability_document(row)


def from_document(document: Mapping[str, Any]) -> TherapistRow:
    """The row of a document, whole or in part: what is left out has its default.

    Raises:
        pydantic.ValidationError: the document is not one that a row could have given.
    """
    return TherapistRow.model_validate(dict(document))


def profile_from_document(document: Mapping[str, Any], id: str) -> Profile:  # noqa: A002 - as above
    """The profile of a stored document. It is trusted: nothing is checked again."""
    fields: dict[str, Any] = {name: document[name] for name in _PLAIN}
    fields |= {name: tuple(document[name]) for name in LISTS}
    licences = tuple(
        Licence(
            licence["jurisdiction"],
            licence["kind"],
            None if licence["expires_on"] is None else date.fromisoformat(licence["expires_on"]),
        )
        for licence in document["licences"]
    )
    style = document["style"]
    warm, directive, intense, past = (style[axis] for axis in STYLE_AXES)
    return Profile(id=id, licences=licences, style=(warm, directive, intense, past), **fields)


def apply(document: Mapping[str, Any], patch: TherapistPatch) -> Document:
    """A whole document after a change: what the patch does not give stays as it was."""
    changed = {**document, **{name: getattr(patch, name) for name in patch.model_fields_set}}
    if "style" in patch.model_fields_set:
        axes = {axis: getattr(patch.style, axis) for axis in patch.style.model_fields_set}
        changed["style"] = {**document["style"], **axes}
    return whole_document(from_document(changed))


def overlaid(
    document: Mapping[str, Any] | None, row: TherapistRow, stated: frozenset[str] | None
) -> Document:
    """The whole document after an import of `row`: only the `stated` fields are the source's.

    `document` is the whole document as it stands, None for a new therapist. `stated` None means
    that the row is the whole truth.
    """
    fresh = whole_document(row)
    if document is None or stated is None:
        return fresh
    return {name: fresh[name] if name in stated else document[name] for name in fresh}


def time_text(moment: datetime) -> str:
    """A time as RFC 3339 in UTC, with `Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
