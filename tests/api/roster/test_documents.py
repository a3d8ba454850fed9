"""Stored documents: canonical, back and forth, changed by patches and overlaid by imports."""

import json
from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from api.profiles.documents import (
    AVAILABILITY_FIELDS,
    PROFILE_FIELDS,
    apply,
    availability_document,
    from_document,
    overlaid,
    profile_document,
    profile_from_document,
    to_profile,
    whole_document,
)
from api.profiles.schemas import TherapistPatch, TherapistRow
from matching.profile import Licence, Profile
from tests.factories.roster import therapist_row, therapist_rows


def row(**changes: Any) -> TherapistRow:
    return TherapistRow.model_validate(therapist_row(**changes))


def least(**changes: Any) -> TherapistRow:
    return TherapistRow.model_validate({"reference": "t-1", "name": "Ana Ruiz"} | changes)


def patched(before: TherapistRow, change: dict[str, Any]) -> TherapistRow:
    return from_document(apply(whole_document(before), TherapistPatch.model_validate(change)))


def test_the_two_documents_share_a_row_between_them() -> None:
    assert set(PROFILE_FIELDS) | set(AVAILABILITY_FIELDS) == set(TherapistRow.model_fields)
    assert not set(PROFILE_FIELDS) & set(AVAILABILITY_FIELDS)
    assert tuple(profile_document(row())) == PROFILE_FIELDS
    assert tuple(availability_document(row())) == AVAILABILITY_FIELDS


def test_a_profile_holds_every_field_of_the_row_that_it_has() -> None:
    told = row(licences=["US-CA", {"jurisdiction": "DE", "kind": "associate"}])
    assert to_profile(told, "7") == Profile(
        id="7",
        reference="t-17",
        name="Ana Ruiz",
        gender="woman",
        pronouns="she/her",
        cultures=("latine",),
        communities=("lgbtq",),
        languages=("en", "es-MX"),
        modalities=("cbt", "act"),
        needs=("anxiety", "grief"),
        out_of_scope=("eating_disorders",),
        formats=("video",),
        schedule=("tue_evening",),
        services=("couple",),
        age_groups=("adult",),
        licences=(Licence("US-CA"), Licence("DE", "associate")),
        payers=("aetna",),
        access=("step_free",),
        style=(0.2, 0.4, -0.1, 1.0),
        discipline="psychologist",
        associate=True,
    )
    assert set(PROFILE_FIELDS) == {field.name for field in fields(Profile)} - {"id"}


def test_an_expiry_reaches_the_profile_as_a_date() -> None:
    told = least(licences=[{"jurisdiction": "DE", "expires_on": "2027-05-01"}])
    assert to_profile(told, "7").licences == (Licence("DE", "full", date(2027, 5, 1)),)


def test_what_is_not_stated_is_as_the_profile_has_it() -> None:
    assert to_profile(least(), "7") == Profile(id="7", reference="t-1", name="Ana Ruiz")


def test_two_rows_that_mean_the_same_give_the_same_document() -> None:
    short = least(
        languages=["ES-mx"],
        licences=["us-ca"],
        style={"warm_support": -0.0},
        caseload=3.0,
        availability_confirmed_at="2026-03-01T11:30:00+02:00",
    )
    long = least(
        availability_confirmed_at="2026-03-01T09:30:00.000Z",
        caseload=3,
        style={"past_orientation": None, "warm_support": 0},
        licences=[{"expires_on": None, "kind": "full", "jurisdiction": "US-CA"}],
        languages=["es-MX", "es-mx"],
        gender="",
        active=None,
        services=["individual"],
    )
    assert whole_document(short) == whole_document(long)


def test_two_rows_that_differ_give_different_documents() -> None:
    full = row(active=False)
    before = whole_document(full)
    for name in TherapistRow.model_fields.keys() - {"reference", "name"}:
        blank = whole_document(row(**{"active": False, name: None}))
        assert blank != before, name


@given(therapist_rows())
def test_a_document_gives_back_its_row(told: dict[str, Any]) -> None:
    first = TherapistRow.model_validate(told)
    document = whole_document(first)
    stored = json.loads(json.dumps(document))
    assert from_document(stored) == first
    assert whole_document(from_document(stored)) == document
    assert profile_from_document(stored, "7") == to_profile(first, "7")


def test_a_part_of_a_document_gives_a_row_with_defaults() -> None:
    assert from_document(profile_document(row())).caseload == 0
    with pytest.raises(ValidationError):
        from_document(availability_document(row()))


def test_a_patch_changes_what_it_gives_and_nothing_else() -> None:
    change = {"gender": "man", "needs": ["panic"], "caseload_limit": 3, "name": " Ana R. "}
    assert patched(row(), change) == row(
        gender="man", needs=["panic"], caseload_limit=3, name="Ana R."
    )
    assert patched(row(), {}) == row()


@pytest.mark.parametrize("name", sorted(TherapistRow.model_fields.keys() - {"reference", "name"}))
@pytest.mark.parametrize("blank", [None, [], ""])
def test_a_blank_in_a_patch_makes_unknown(name: str, blank: object) -> None:
    assert patched(row(), {name: blank}) == row(**{name: None})


def test_a_patch_of_style_changes_the_axes_that_it_names() -> None:
    style = therapist_row()["style"]
    change = {"style": {"warm_support": -1, "past_orientation": None}}
    assert patched(row(), change) == row(
        style=style | {"warm_support": -1.0, "past_orientation": None}
    )
    assert patched(row(), {"style": {}}) == row()


@given(therapist_rows(), therapist_rows())
def test_a_patch_with_every_field_is_a_replacement(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    wanted = TherapistRow.model_validate(after)
    assert patched(TherapistRow.model_validate(before), whole_document(wanted)) == wanted


def test_a_source_changes_only_what_it_speaks_about() -> None:
    known = whole_document(row())
    said = least(reference="t-17", name="A. Ruiz", discipline="psychiatrist")
    stated = frozenset({"reference", "name", "discipline"})
    changed = overlaid(known, said, stated)
    assert changed == known | {"name": "A. Ruiz", "discipline": "psychiatrist"}
    assert overlaid(changed, said, stated) == changed
    assert overlaid(None, said, stated) == whole_document(said)
    assert overlaid(known, said, None) == whole_document(said)
