"""A therapist's row and patch: what they take, in which form, and what they refuse."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from pydantic import BaseModel, ValidationError

from api.http.validation import field_problems
from api.limits import CASELOAD, LIST_ITEMS
from api.profiles.codes import CODE_FIELDS, unknown_codes
from api.profiles.schemas import LicenceRow, StyleRow, TherapistOut, TherapistPatch, TherapistRow
from matching.vocabulary import STYLE_AXES, Vocabulary
from tests.factories.roster import therapist_row, therapist_rows

LEAST = {"reference": "t-1", "name": "Ana Ruiz"}
DEFAULTS = {
    "active": True,
    "accepting": True,
    "associate": False,
    "services": ["individual"],
    "caseload": 0,
    "caseload_limit": None,
}
WHEN = "must be a time with a zone, as in 2026-03-31T09:00:00Z"
DAY = "must be a date, as in 2026-03-31"
COUNT = f"must be a whole number from 0 to {CASELOAD}"
AXIS = "must be a number from −1 to 1"


def row(**fields: Any) -> TherapistRow:
    return TherapistRow.model_validate(LEAST | fields)


def problems(model: type[BaseModel], data: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    found = field_problems(caught.value.errors(), [model])
    return {problem.field: problem.problem for problem in found}


def test_every_field_of_the_contract_is_taken() -> None:
    full = TherapistRow.model_validate(therapist_row())
    assert set(therapist_row()) == set(TherapistRow.model_fields)
    assert full.model_fields_set == set(TherapistRow.model_fields)
    assert full.licences == [LicenceRow(jurisdiction="US-CA")]
    assert full.style.past_orientation == 1.0
    assert full.availability_confirmed_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert full.leaving_on == date(2026, 12, 31)


def test_left_out_means_unknown_or_the_documented_default() -> None:
    least = row()
    for name in TherapistRow.model_fields.keys() - LEAST.keys() - DEFAULTS.keys() - {"style"}:
        assert getattr(least, name) in (None, []), name
    assert {name: getattr(least, name) for name in DEFAULTS} == DEFAULTS
    assert [getattr(least.style, axis) for axis in STYLE_AXES] == [None] * 4


@pytest.mark.parametrize("name", sorted(TherapistRow.model_fields.keys() - LEAST.keys()))
@pytest.mark.parametrize("blank", [None, "", "  ", []], ids=["null", "empty", "space", "list"])
def test_blank_means_the_same_as_left_out(name: str, blank: object) -> None:
    assert row(**{name: blank}) == row()


@pytest.mark.parametrize("name", ["reference", "name"])
@pytest.mark.parametrize("blank", [None, "", " \t", []])
def test_reference_and_name_are_required(name: str, blank: object) -> None:
    assert problems(TherapistRow, LEAST | {name: blank}) == {name: "is required"}


def test_values_have_one_form() -> None:
    told = row(
        reference=" t-1 ",
        languages=["EN", "es-mx", "en", "es-MX"],
        modalities=["act", "cbt", "act"],
        payers=[" aetna ", "aetna", "Aetna"],
        licences=["us-ca", {"jurisdiction": "US-CA"}, {"jurisdiction": "us-ny", "kind": None}],
        style={"warm_support": -0.0, "past_orientation": 1},
        caseload=19.0,
        availability_confirmed_at="2026-03-01t10:30:00.5+01:00",
    )
    assert told.reference == "t-1"
    assert told.languages == ["en", "es-MX"]
    assert told.modalities == ["act", "cbt"]
    assert told.payers == ["aetna", "Aetna"]
    assert told.licences == [LicenceRow(jurisdiction="US-CA"), LicenceRow(jurisdiction="US-NY")]
    assert str(told.style.warm_support) == "0.0"
    assert (told.caseload, type(told.caseload)) == (19, int)
    assert told.availability_confirmed_at == datetime(2026, 3, 1, 9, 30, 0, 500_000, tzinfo=UTC)
    assert told.availability_confirmed_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("fields", "field", "text"),
    [
        ({"active": "true"}, "active", "must be true or false"),
        ({"accepting": 1}, "accepting", "must be true or false"),
        ({"associate": "no"}, "associate", "must be true or false"),
        ({"needs": "anxiety"}, "needs", "must be a list"),
        ({"needs": ["anxiety", 5]}, "needs[1]", "must be a string"),
        ({"gender": ["woman"]}, "gender", "must be a string"),
        ({"languages": ["en", "English"]}, "languages[1]",
         "must be a language tag (BCP 47), such as es or es-MX"),
        ({"licences": ["US-CA", "California"]}, "licences[1].jurisdiction",
         "must be a country or state code (ISO 3166), such as DE or US-CA"),
        ({"licences": [{"jurisdiction": "DE", "kind": "half"}]}, "licences[0].kind",
         "must be one of 'full', 'associate' or 'compact'"),
        ({"licences": [{"kind": "full"}]}, "licences[0].jurisdiction", "is required"),
        ({"licences": [{"jurisdiction": "DE", "expires_on": "1.2.2026"}]},
         "licences[0].expires_on", DAY),
        ({"licences": [7]}, "licences[0]", "must be an object"),
        ({"style": [0.1]}, "style", "must be an object"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_field_and_says_what_to_do(
    fields: dict[str, Any], field: str, text: str
) -> None:
    assert problems(TherapistRow, LEAST | fields) == {field: text}


@pytest.mark.parametrize("value", [-1.01, 2, 1e400, float("nan"), True, "0.2", [0.1], 2**70])
def test_an_axis_is_a_number_from_minus_one_to_one(value: object) -> None:
    found = problems(TherapistRow, LEAST | {"style": {"warm_support": value}})
    assert found == {"style.warm_support": AXIS}


@pytest.mark.parametrize("field", ["caseload", "caseload_limit"])
@pytest.mark.parametrize(
    "value", [-1, 1.5, CASELOAD + 1, 2**31, 2**63, 1e300, float("inf"), True, "3", [1]]
)
def test_a_count_is_a_whole_number_within_bounds(field: str, value: object) -> None:
    assert problems(TherapistRow, LEAST | {field: value}) == {field: COUNT}


@pytest.mark.parametrize(
    "value",
    ["2026-03-01T09:30:00", "2026-03-01", "2026-03-01T09:30Z", "20260301T093000Z", "yesterday",
     "2026-02-30T00:00:00Z", "2026-03-01T24:01:00Z", "2026-03-01T00:00:60Z", "1899-12-31T00:00:00Z",
     "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-W10-1T00:00:00Z", 1772357400,
     datetime(2026, 3, 1)],  # noqa: DTZ001 - a naive time is what is tried
)  # fmt: skip
def test_a_time_has_a_zone(value: object) -> None:
    assert problems(TherapistRow, LEAST | {"availability_confirmed_at": value}) == {
        "availability_confirmed_at": WHEN
    }


@pytest.mark.parametrize(
    "value", ["2026-13-01", "31.12.2026", "2026-12-31T00:00:00Z", "1899-12-31", 20261231]
)
def test_a_date_is_a_calendar_day(value: object) -> None:
    assert problems(TherapistRow, LEAST | {"leaving_on": value}) == {"leaving_on": DAY}


def test_a_time_is_no_date() -> None:
    moment = datetime(2026, 12, 31, tzinfo=UTC)
    assert problems(TherapistRow, LEAST | {"leaving_on": moment}) == {"leaving_on": DAY}


@pytest.mark.parametrize("name", [*CODE_FIELDS, "payers"])
def test_lists_are_bounded(name: str) -> None:
    longest = [f"c{number}" for number in range(LIST_ITEMS)]
    assert len(getattr(row(**{name: longest}), name)) == LIST_ITEMS
    assert set(problems(TherapistRow, LEAST | {name: [*longest, "one more"]})) == {name}


def test_unknown_fields_are_refused_even_when_blank() -> None:
    unknown: list[dict[str, Any]] = [
        {"secret-word": None},
        {"style": {"secret-word": 1}},
        {"sex": ""},
    ]
    for fields in unknown:
        found = problems(TherapistRow, LEAST | fields)
        assert "secret-word" not in str(found)
        assert all("not known" in text for text in found.values())
    others: list[object] = [[], "row", 5, None]
    for data in others:
        assert problems(TherapistRow, data) == {"body": "must be an object"}


def test_an_error_never_shows_the_input() -> None:
    with pytest.raises(ValidationError) as caught:
        row(gender=["SECRET"], languages=["SECRET word"], leaving_on="SECRET", pronouns="SECRET\0")
    assert caught.value.error_count() == 4
    assert "SECRET" not in str(caught.value)


def test_codes_are_those_of_the_clinic() -> None:
    shared = Vocabulary.shared()
    told = row(
        gender="alien", out_of_scope=["grief", "sailing"], needs=["sailing"], access=["lift"]
    )
    assert unknown_codes(told, shared) == [
        ("gender", "genders"),
        ("needs[0]", "needs"),
        ("out_of_scope[1]", "needs"),
        ("access[0]", "access"),
    ]
    added = {"genders": {"alien": "…"}, "needs": {"sailing": "…"}, "access": {"lift": "…"}}
    assert unknown_codes(told, shared.extended(added)) == []
    assert unknown_codes(TherapistPatch(modalities=["tea"]), shared) == [
        ("modalities[0]", "modalities")
    ]


def test_a_patch_knows_what_it_was_given() -> None:
    patch = TherapistPatch.model_validate({"gender": None, "needs": [], "active": False})
    assert patch.model_fields_set == {"gender", "needs", "active"}
    assert TherapistPatch.model_validate({}).model_fields_set == set()


@pytest.mark.parametrize("name", ["reference", "name"])
@pytest.mark.parametrize("blank", [None, "", " ", []])
def test_a_patch_cannot_take_a_name_away(name: str, blank: object) -> None:
    assert problems(TherapistPatch, {name: blank}) == {
        "body": "reference and name cannot be unknown: leave them out, or state them"
    }
    assert problems(TherapistPatch, [blank]) == {"body": "must be an object"}


def test_an_answer_begins_with_what_the_server_adds() -> None:
    out = TherapistOut.model_validate(
        therapist_row(
            id=UUID(int=7),
            revision=3,
            created_at=datetime(2026, 3, 1, tzinfo=UTC),
            updated_at=datetime(2026, 3, 2, tzinfo=UTC),
            places_held=2,
            on_hold=False,
        )
    )
    answer = json.loads(out.model_dump_json())
    assert list(answer)[:4] == ["id", "revision", "created_at", "updated_at"]
    assert answer["availability_confirmed_at"] == "2026-03-01T09:30:00Z"
    assert answer["licences"] == [{"jurisdiction": "US-CA", "kind": "full", "expires_on": None}]


@given(therapist_rows())
def test_what_was_taken_is_taken_again_as_it_stands(told: dict[str, Any]) -> None:
    first = TherapistRow.model_validate(told)
    assert TherapistRow.model_validate(json.loads(first.model_dump_json())) == first


def test_the_json_schema_says_what_may_be_null() -> None:
    schema = TherapistRow.model_json_schema()
    assert sorted(schema["required"]) == ["name", "reference"]
    for name, field in schema["properties"].items():
        null_is_taken = {"type": "null"} in field.get("anyOf", [])
        assert null_is_taken == (name not in LEAST), name
    assert {"type": "string", "minLength": 2, "maxLength": 6} in (
        schema["properties"]["licences"]["anyOf"][0]["items"]["anyOf"]
    )
    assert StyleRow.model_json_schema()["properties"]["warm_support"]["default"] is None
