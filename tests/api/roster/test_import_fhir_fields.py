"""A FHIR Bundle: what is read of each field, and what stays unknown."""

from pathlib import Path
from typing import Any

import pytest

from api.importing.outcome import Rejected
from tests.factories.fhir import (
    NPI_SYSTEM,
    NUCC,
    bundle,
    concept,
    delivered,
    extension,
    licensed,
    practitioner,
    read,
    role,
    said,
    service,
    serving,
)


@pytest.mark.parametrize(
    ("changes", "reference"),
    [
        ({}, "fhir-p1"),
        ({"identifier": [{"system": NPI_SYSTEM, "value": "1234567893"}]}, "npi-1234567893"),
        ({"identifier": [{"system": NPI_SYSTEM, "value": "NPI3238"}]}, "fhir-p1"),
        ({"identifier": [{"system": "urn:other", "value": "1234567893"}]}, "fhir-p1"),
        ({"id": "x" * 59}, "fhir-" + "x" * 59),
        ({"id": "x" * 60}, "fhir-09a6f2511d55dee441de3221f47c23ef"),
    ],
)
def test_references(tmp_path: Path, changes: dict[str, Any], reference: str) -> None:
    person = practitioner(**changes)
    of = f"Practitioner/{person['id']}"
    assert said(tmp_path, person, role(of=of))["reference"] == reference


def test_an_entry_without_id_is_named_by_its_address(tmp_path: Path) -> None:
    url = "urn:uuid:0c5c5b1e-0001-4000-8000-000000000001"
    person = practitioner()
    del person["id"]
    entries = [{"fullUrl": url, "resource": person}, {"resource": role(of=url)}]
    document = {"resourceType": "Bundle", "entry": entries}
    assert read(tmp_path, document)[0].row.reference == "fhir-0c5c5b1e-0001-4000-8000-000000000001"
    qualified = person | {"qualification": [{"code": concept("101YM0800X", NUCC)}]}
    entries[:] = [{"resource": qualified}]
    assert read(tmp_path, document) == [Rejected(1, "reference", "is required")]


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ([{"given": ["Tess", "Ada"], "family": "Marlowe", "text": "x"}], "Tess Ada Marlowe"),
        ([{"text": "Tess Marlowe, LPC, PhD"}], "Tess Marlowe"),
        ([{"family": "Marlowe"}], "Marlowe"),
        ([{"use": "nickname", "text": "T"}, {"use": "official", "text": "Tess M"}], "Tess M"),
        ([{"use": "old", "text": "Tess Old"}, {"text": "Tess New"}], "Tess New"),
        ([{}, {"text": "Tess Marlowe"}], "Tess Marlowe"),
        ({"text": "Tess Marlowe"}, "Tess Marlowe"),
        ([{"given": "Tess", "family": "Marlowe"}], "Marlowe"),
        ([{"given": [5, "Tess"], "family": ["x"]}], "Tess"),
    ],
)
def test_names(tmp_path: Path, names: object, name: str) -> None:
    assert said(tmp_path, practitioner(name=names), role())["name"] == name


@pytest.mark.parametrize(
    "names", [[], None, "Tess", [{"use": "old", "text": "x"}], [{"text": ","}]]
)
def test_a_name_is_needed(tmp_path: Path, names: object) -> None:
    found = read(tmp_path, bundle(practitioner(name=names), role()))
    assert found == [Rejected(1, "name", "is required")]


def test_languages_are_those_of_the_person(tmp_path: Path) -> None:
    spoken = [
        concept("ES-mx", "urn:ietf:bcp:47"),
        concept("no tag", "urn:ietf:bcp:47"),
        concept("fr", "urn:other"),
        {"text": "German"},
    ]
    told = said(tmp_path, practitioner(communication=spoken, language="en-US"), role())
    assert told["languages"] == ["es-MX"]


@pytest.mark.parametrize(
    ("qualification", "places"),
    [
        (licensed("IL"), [("US-IL", None)]),
        (licensed("Illinois"), [("US-IL", None)]),
        (licensed("IL", code=concept("101YM0800X", NUCC)), [("US-IL", None)]),
        (licensed("IL", period={"end": "2027-05-01"}), [("US-IL", "2027-05-01")]),
        (licensed("IL", period={"end": "2027-05-01T00:00:00Z"}), [("US-IL", "2027-05-01")]),
        (licensed("IL", period={"end": "2027-05"}), [("US-IL", None)]),
        (licensed("IL", code=concept("207R00000X", NUCC)), None),
        (licensed("IL", status="inactive"), None),
        (licensed("Ontario"), None),
        ({"code": {"text": "LPC"}, "issuer": {"display": "State of Illinois"}}, None),
    ],
)  # fmt: skip
def test_licences_are_where_a_qualification_is_valid(
    tmp_path: Path, qualification: dict[str, Any], places: list[tuple[str, str | None]] | None
) -> None:
    told = said(tmp_path, practitioner(qualification=[qualification]), role())
    assert places == (
        [(x["jurisdiction"], x["expires_on"] and str(x["expires_on"])) for x in told["licences"]]
        if "licences" in told
        else None
    )


def test_a_state_that_assigned_a_licence_number_licenses(tmp_path: Path) -> None:
    number = {"type": concept("LN"), "assigner": {"display": "State of Nevada"}, "value": "X1"}
    other = {"type": concept("MR"), "assigner": {"display": "State of Ohio"}}
    told = said(tmp_path, practitioner(identifier=[number, other]), role())
    assert [x["jurisdiction"] for x in told["licences"]] == ["US-NV"]


@pytest.mark.parametrize(
    ("found", "formats"),
    [
        (delivered("physical"), ["in_person"]),
        (delivered("virtual"), ["video"]),
        (delivered("virtual", virtualModalities=["phone", "app", "tdd"]), ["video", "phone"]),
        (delivered("virtual", virtualModalities="phone"), ["phone"]),
        (delivered("virtual", virtualModalities="tdd"), None),
        (delivered(["virtual", "physical"]), ["in_person", "video"]),
        (delivered("pigeon"), None),
        (service(), None),
    ],
)  # fmt: skip
def test_formats_are_those_of_the_services(
    tmp_path: Path, found: dict[str, Any], formats: list[str] | None
) -> None:
    assert said(tmp_path, practitioner(), serving("s1"), found).get("formats") == formats
    assert "formats" not in said(tmp_path, practitioner(), role(), found)


def test_formats_of_several_roles_and_services_are_put_together(tmp_path: Path) -> None:
    phone = delivered("virtual", virtualModalities="phone") | {"id": "s2"}
    ended = delivered("virtual") | {"id": "s3"}
    told = said(
        tmp_path,
        practitioner(),
        serving("s1", "s2"),
        serving("s3", id="r2", active=False),
        delivered("physical"),
        phone,
        ended,
    )
    assert told["formats"] == ["in_person", "phone"]


@pytest.mark.parametrize(
    ("of_role", "of_service", "accepting"),
    [
        (["newpt"], [], True),
        (["nopt"], [], False),
        (["existptonly"], [], False),
        (["existptfam"], ["newpt"], False),
        (["nopt", "newpt"], [], True),
        ([], ["nopt"], False),
        ([], ["newpt"], True),
        ([], [], None),
        (["perhaps"], [], None),
    ],
)
def test_who_has_room_says_so(
    tmp_path: Path, of_role: list[str], of_service: list[str], accepting: bool | None
) -> None:
    def room(codes: list[str]) -> list[dict[str, Any]]:
        return [extension("newpatients", acceptingPatients=code) for code in codes]

    resources = (
        practitioner(),
        serving("s1", extension=room(of_role)),
        service(extension=room(of_service)),
    )
    assert said(tmp_path, *resources).get("accepting") == accepting


@pytest.mark.parametrize(
    ("person", "roles", "active"),
    [
        ({}, [None], None),
        ({"active": True}, [None], True),
        ({"active": False}, [True], False),
        ({"active": True}, [False], False),
        ({"active": True}, [False, True], True),
        ({"active": True}, [False, None], True),
        ({}, [False, False], False),
        ({"active": "no"}, [None], None),
    ],
)
def test_the_inactive_are_imported_as_inactive(
    tmp_path: Path, person: dict[str, Any], roles: list[bool | None], active: bool | None
) -> None:
    held = [
        role(f"r{number}") | ({} if is_active is None else {"active": is_active})
        for number, is_active in enumerate(roles)
    ]
    assert said(tmp_path, practitioner(**person), *held).get("active") == active


@pytest.mark.parametrize(
    ("hours", "schedule"),
    [
        ({"availableStartTime": "09:00:00", "availableEndTime": "12:00:00"}, ["tue_morning"]),
        ({"availableStartTime": "11:30", "availableEndTime": "17:30"}, ["tue_afternoon"]),
        ({"availableStartTime": "11:00:00", "availableEndTime": "18:00:00"},
         ["tue_morning", "tue_afternoon", "tue_evening"]),
        ({"availableStartTime": "18:00:00.5", "availableEndTime": "24:00:00"}, ["tue_evening"]),
        ({"allDay": True}, ["tue_morning", "tue_afternoon", "tue_evening"]),
        ({"availableStartTime": "18:00:00", "availableEndTime": "09:00:00"}, None),
        ({"availableStartTime": "9", "availableEndTime": "12:00:00"}, None),
        ({"availableStartTime": "09:00:00"}, None),
        ({"allDay": False}, None),
        ({"allDay": True, "daysOfWeek": ["someday", 5]}, None),
        ({"allDay": True, "daysOfWeek": "tue"}, None),
    ],
)  # fmt: skip
def test_hours_become_parts_of_the_week(
    tmp_path: Path, hours: dict[str, Any], schedule: list[str] | None
) -> None:
    held = role(availableTime=[{"daysOfWeek": ["tue"]} | hours])
    assert said(tmp_path, practitioner(), held).get("schedule") == schedule


def test_hours_of_several_days_are_in_the_order_of_the_week(tmp_path: Path) -> None:
    held = role(availableTime=[{"daysOfWeek": ["sun", "mon"], "allDay": True}])
    assert said(tmp_path, practitioner(), held)["schedule"] == [
        f"{day}_{part}" for day in ("mon", "sun") for part in ("morning", "afternoon", "evening")
    ]


def test_gender_is_never_taken(tmp_path: Path) -> None:
    told = said(tmp_path, practitioner(gender="female"), role())
    assert set(told) == {"reference", "name", "discipline"}
