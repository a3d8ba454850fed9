"""A roster imported through the API: every format, every row accounted for, nothing half done."""

import csv
import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from tests.factories.clinics import ClinicApi, make_clinic, service

SHARED = Path(__file__).parents[3] / "shared" / "data"
CSV, NDJSON, FHIR = "text/csv", "application/x-ndjson", "application/fhir+json"


def send(clinic: ClinicApi, content: bytes | str, media_type: str = NDJSON) -> Response:
    data = content.encode() if isinstance(content, str) else content
    return clinic.post("/v1/imports/therapists", content=data, headers={"Content-Type": media_type})


def lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def references(clinic: ClinicApi) -> set[str]:
    items = clinic.get("/v1/therapists", params={"limit": 200}).json()["items"]
    return {item["reference"] for item in items}


def test_good_rows_land_and_bad_rows_are_named(clinic: ClinicApi) -> None:
    sent = send(
        clinic,
        lines(
            {"reference": "t-1", "name": "Ana Ruiz", "gender": "woman"},
            {"reference": "t-2"},
            {"reference": "t-3", "name": "Cy", "needs": ["anxiety", "not a need"]},
            {"reference": "t-4", "name": "Di", "caseload": -1},
        ),
    )
    report = sent.json()
    assert (sent.status_code, report["created"], report["rejected_count"]) == (200, 1, 3)
    assert [(row["line"], row["field"]) for row in report["rejected"]] == [
        (2, "name"),
        (3, "needs[1]"),
        (4, "caseload"),
    ]
    assert "not a need" not in sent.text
    assert references(clinic) == {"t-1"}


@pytest.mark.parametrize("media_type", [CSV, NDJSON])
def test_importing_twice_changes_nothing(clinic: ClinicApi, media_type: str) -> None:
    rows = [{"reference": f"t-{n}", "name": f"N {n}", "needs": ["grief"]} for n in range(5)]
    if media_type == CSV:
        out = io.StringIO()
        writer = csv.DictWriter(out, ["reference", "name", "needs"])
        writer.writeheader()
        writer.writerows({**row, "needs": ";".join(row["needs"])} for row in rows)
        content = out.getvalue()
    else:
        content = lines(*rows)
    first = send(clinic, content, media_type).json()
    before = clinic.get("/v1/therapists").json()
    second = send(clinic, content, media_type).json()
    assert (first["created"], first["updated"], first["unchanged"]) == (5, 0, 0)
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 0, 5)
    assert clinic.get("/v1/therapists").json() == before


def test_a_changed_row_updates_its_therapist(clinic: ClinicApi) -> None:
    send(clinic, lines({"reference": "t-1", "name": "Ana", "needs": ["grief"]}))
    report = send(clinic, lines({"reference": "t-1", "name": "Ana Ruiz"})).json()
    assert (report["created"], report["updated"]) == (0, 1)
    (item,) = clinic.get("/v1/therapists").json()["items"]
    assert item["name"] == "Ana Ruiz"
    assert item["needs"] == []


@pytest.mark.skipif(not SHARED.exists(), reason="the real NPPES sample is not beside the project")
def test_the_registrys_sample_gives_its_behavioural_health_providers(clinic: ClinicApi) -> None:
    content = (SHARED / "nppes" / "npidata_sample.csv").read_bytes()
    report = send(clinic, content, CSV).json()
    assert report["created"] + report["rejected_count"] == 48
    skipped = {row["reason"]: row["count"] for row in report["skipped"]}
    assert sum(skipped.values()) == 952
    assert skipped["not_behavioural_health"] == 952
    again = send(clinic, content, CSV).json()
    assert (again["created"], again["updated"]) == (0, 0)
    assert again["unchanged"] == report["created"]


@pytest.mark.skipif(not SHARED.exists(), reason="the real FHIR bundle is not beside the project")
def test_the_fhir_bundle_gives_its_counsellor(clinic: ClinicApi) -> None:
    content = (SHARED / "fhir" / "plan-net-bundle.json").read_bytes()
    report = send(clinic, content, FHIR).json()
    assert report["created"] == 1
    assert sum(row["count"] for row in report["skipped"]) > 0
    (item,) = clinic.get("/v1/therapists").json()["items"]
    assert item["languages"] == ["ru"]
    assert item["formats"] == ["video"] or "video" in item["formats"]
    assert item["licences"][0]["jurisdiction"] == "US-IL"


def test_a_registrys_row_leaves_what_it_does_not_speak_of(clinic: ClinicApi) -> None:
    if not SHARED.exists():
        pytest.skip("the real FHIR bundle is not beside the project")
    content = (SHARED / "fhir" / "plan-net-bundle.json").read_bytes()
    send(clinic, content, FHIR)
    (item,) = clinic.get("/v1/therapists").json()["items"]
    path = f"/v1/therapists/{item['id']}"
    clinic.patch(path, {"needs": ["grief"], "gender": "woman"}, headers={"If-Match": "*"})
    assert send(clinic, content, FHIR).json()["unchanged"] == 1
    kept = clinic.get(path).json()
    assert (kept["needs"], kept["gender"]) == (["grief"], "woman")


WHOLE_FILE_FAULTS = {
    "broken encoding": (NDJSON, b'{"reference": "t-1", "name": "\xff\xfe"}\n'),
    "latin-1": (CSV, "reference,name\nt-1,Jos\u00e9\n".encode("latin-1")),
    "missing column": (CSV, b"reference,gender\nt-1,woman\n"),
    "unknown column": (CSV, b"reference,name,favourite\nt-1,Ana,x\n"),
    "ten-megabyte cell": (CSV, b"reference,name\nt-1," + b"x" * 10_000_000 + b"\n"),
    "ten-megabyte line": (NDJSON, b'{"reference": "' + b"x" * 10_000_000 + b'"}\n'),
    "empty": (CSV, b""),
    "nul": (CSV, b"reference,name\nt-1,A\x00na\n"),
    "deep nesting": (FHIR, b'{"resourceType": "Bundle", "entry": ' + b"[" * 100_000),
    "not a bundle": (FHIR, b'{"resourceType": "Patient"}'),
    "entity bomb": (
        FHIR,
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Bundle>&b;</Bundle>',
    ),
}


@pytest.mark.parametrize("fault", WHOLE_FILE_FAULTS)
def test_a_fault_of_the_whole_file_changes_nothing(clinic: ClinicApi, fault: str) -> None:
    media_type, content = WHOLE_FILE_FAULTS[fault]
    clinic.add(reference="t-9")
    refused = send(clinic, content, media_type)
    assert refused.status_code == 422, refused.text
    assert refused.json()["type"] == "urn:rapport:problem:bad-file"
    assert len(refused.json()["detail"]) < 400
    assert references(clinic) == {"t-9"}


def test_a_file_over_the_limit_is_refused(database_url: str) -> None:
    with service(database_url, max_import_bytes=2000) as client:
        clinic = make_clinic(client)
        content = lines(*({"reference": f"t-{n}", "name": "N"} for n in range(100)))
        assert send(clinic, content).status_code == 413
        assert references(clinic) == set()


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/json", "application/fhir+xml", "x" * 3000]
)
def test_another_media_type_is_refused(clinic: ClinicApi, media_type: str) -> None:
    assert send(clinic, lines({"reference": "t-1", "name": "N"}), media_type).status_code == 415


def test_matches_go_on_while_a_roster_lands(clinic: ClinicApi) -> None:
    clinic.add(reference="t-first", needs=["grief"])
    rows = ({"reference": f"t-{n}", "name": f"N {n}", "needs": ["grief"]} for n in range(3000))
    content = lines(*rows)
    reports: list[dict[str, Any]] = []
    landing = threading.Thread(target=lambda: reports.append(send(clinic, content).json()))
    landing.start()
    considered = [clinic.match(needs=["grief"])["considered"]]
    while landing.is_alive():
        considered.append(clinic.match(needs=["grief"])["considered"])
    landing.join()
    assert reports[0]["created"] == 3000
    assert considered == sorted(considered)
    assert clinic.match(needs=["grief"])["considered"] == 3001


def test_one_clinics_import_is_not_anothers(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    send(clinic, lines({"reference": "t-1", "name": "Ana"}))
    assert references(other) == set()
