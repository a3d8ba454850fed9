"""A FHIR Bundle: who is taken, and what is joined to them."""

from collections import Counter
from pathlib import Path

import pytest

from api.importing.outcome import Rejected, Skipped
from api.roster.importers import THERAPIST_FILES, Row
from tests.factories.fhir import (
    NPI_SYSTEM,
    NUCC,
    PLAN_NET,
    bundle,
    concept,
    practitioner,
    read,
    role,
    said,
    service,
    serving,
)
from tests.factories.roster import FHIR, SHARED_DATA, outcomes

REAL = SHARED_DATA / "fhir" / "plan-net-bundle.json"


@pytest.mark.skipif(not REAL.exists(), reason="the real bundle is not here")
def test_the_real_bundle_gives_its_counsellor() -> None:
    checked = THERAPIST_FILES.check(REAL, FHIR)
    assert (checked.rows, checked.format) == (39, "fhir")
    found = outcomes(REAL, FHIR)
    rows = [item for item in found if isinstance(item, Row)]
    assert [(item.line, item.row.model_dump(include=set(item.stated or ()))) for item in rows] == [
        (
            31,
            {
                "reference": "fhir-Counselor",
                "name": "Susie Smith",
                "discipline": "professional_counsellor",
                "languages": ["ru"],
                "licences": [{"jurisdiction": "US-IL", "kind": "full", "expires_on": None}],
                "formats": ["video", "phone"],
                "active": True,
            },
        )
    ]
    skipped = Counter(item.reason for item in found if isinstance(item, Skipped))
    # Organizations and locations; the two physicians; roles and services that are nobody's here.
    assert skipped == {
        "not_a_therapist_resource": 20,
        "not_behavioural_health": 2,
        "no_practitioner": 10,
    }
    # The six that are not accounted for one by one belong to the three practitioners.
    assert len(found) == 39 - 6


def test_every_entry_is_accounted_for(tmp_path: Path) -> None:
    document = bundle(
        role(),
        service("s1"),
        practitioner("p1"),
        practitioner("p2"),
        role("r2", of="Practitioner/p2", taxonomy="207Q00000X"),
        role("r3", of="Practitioner/elsewhere"),
        {"resourceType": "Location", "id": "l1"},
    )
    document["entry"] += [{}, {"resource": None}, {"resource": []}, 5, None]
    found = read(tmp_path, document)
    assert [item if isinstance(item, Skipped | Rejected) else item.line for item in found] == [
        Skipped(2, "no_practitioner"),
        3,
        Skipped(4, "not_behavioural_health"),
        Skipped(6, "no_practitioner"),
        Skipped(7, "not_a_therapist_resource"),
        Skipped(8, "not_a_therapist_resource"),
        Skipped(9, "not_a_therapist_resource"),
        Skipped(10, "not_a_therapist_resource"),
        Rejected(11, "row", "is not a JSON object"),
        Rejected(12, "row", "is not a JSON object"),
    ]


@pytest.mark.parametrize(
    ("reference", "joined"),
    [
        ("Practitioner/p1", True),
        ("https://example.org/fhir/Practitioner/p1", True),
        ("https://example.org/fhir/Practitioner/p1/_history/3", True),
        ("Practitioner/p1/_history/3", True),
        ("https://elsewhere.example/fhir/Practitioner/p1", False),
        ("Practitioner/p9", False),
        ("#p1", False),
        ("p1", False),
        ("", False),
    ],
)
def test_a_role_is_joined_by_its_reference(tmp_path: Path, reference: str, joined: bool) -> None:
    kinds = [type(item) for item in read(tmp_path, bundle(practitioner(), role(of=reference)))]
    assert kinds == ([Row] if joined else [Skipped, Skipped])


def test_a_relative_reference_stays_on_its_server(tmp_path: Path) -> None:
    here, there = bundle(practitioner()), bundle(role(), base="https://elsewhere.example/fhir")
    document = here | {"entry": here["entry"] + there["entry"]}
    assert [type(item) for item in read(tmp_path, document)] == [Skipped, Skipped]


@pytest.mark.parametrize("url", ["urn:uuid:0c5c5b1e-0001-4000-8000-000000000001", None])
def test_entries_without_an_address_are_joined_by_urn_or_by_id(
    tmp_path: Path, url: str | None
) -> None:
    for of in (url, "Practitioner/p1", "https://example.org/fhir/Practitioner/p1"):
        if of is not None:
            entries = [{"resource": role(of=of)}, {"fullUrl": url, "resource": practitioner()}]
            found = read(tmp_path, {"resourceType": "Bundle", "entry": entries})
            assert [type(item) for item in found] == [Row]


def test_behavioural_health_is_what_the_person_does(tmp_path: Path) -> None:
    counsellor = {"code": concept("101YM0800X", NUCC)}
    assert said(tmp_path, practitioner(qualification=[counsellor]))["discipline"]
    coded = {"url": "code", "valueCodeableConcept": concept("1041C0700X", NUCC)}
    qualified = role(
        taxonomy="", extension=[{"url": PLAN_NET + "qualification", "extension": [coded]}]
    )
    assert said(tmp_path, practitioner(), qualified)["discipline"] == "clinical_social_worker"
    titled = role(taxonomy="", code=[concept("106H00000X", NUCC)])
    assert said(tmp_path, practitioner(), titled)["discipline"] == "marriage_family_therapist"
    for other in (
        # A counselling service does not make a therapist of everybody in it.
        [practitioner(), serving("s1", taxonomy="207Q00000X"),
         service(specialty=[concept("101YM0800X", NUCC)])],
        [practitioner(qualification=[{"code": concept("101YM0800X", "https://other.example")}])],
    ):  # fmt: skip
        found = read(tmp_path, bundle(*other))
        assert found == [Skipped(1, "not_behavioural_health")]


def test_one_person_stands_once(tmp_path: Path) -> None:
    number = [{"system": NPI_SYSTEM, "value": "1234567893"}]
    people = [practitioner(f"p{i}", identifier=number) for i in (1, 2)]
    roles = [role(f"r{i}", of=f"Practitioner/p{i}") for i in (1, 2)]
    found = read(tmp_path, bundle(*people, *roles))
    assert found[1] == Rejected(2, "reference", "stands already on line 1")
