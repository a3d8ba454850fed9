"""Settings, vocabulary and weightings of a clinic."""

from uuid import uuid4

import pytest

from matching.shared_codes import SHARED
from tests.factories.clinics import ClinicApi, make_clinic


def test_settings_start_from_the_defaults(clinic: ClinicApi) -> None:
    settings = clinic.get("/v1/settings").json()
    assert settings["response_deadline_business_days"] == 2
    assert settings["availability_stale_after_days"] == 90
    assert settings["intake_retention_days"] == 90
    assert settings["clients_see_figures"] is False
    assert "988" in settings["safety_notice"]


def test_a_change_of_settings_leaves_the_rest_and_holds_with_the_next_call(
    clinic: ClinicApi,
) -> None:
    clinic.get("/v1/settings")
    changed = clinic.patch("/v1/settings", {"named_reader": "Dr Lee"})
    assert changed.status_code == 200
    clinic.patch("/v1/settings", {"intake_retention_days": 30})
    settings = clinic.get("/v1/settings").json()
    assert settings["named_reader"] == "Dr Lee"
    assert settings["intake_retention_days"] == 30
    assert settings["response_deadline_business_days"] == 2


def test_one_clinics_settings_are_not_anothers(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    clinic.patch("/v1/settings", {"intake_retention_days": 30})
    assert other.get("/v1/settings").json()["intake_retention_days"] == 90


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"safety_notice": ""}, "safety_notice"),
        ({"safety_notice": " " * 40}, "safety_notice"),
        ({"safety_notice": None}, "safety_notice"),
        ({"response_deadline_business_days": 0}, "response_deadline_business_days"),
        ({"response_deadline_business_days": "2"}, "response_deadline_business_days"),
        ({"availability_stale_after_days": 10}, "availability_stale_after_days"),
        ({"no_such_setting": 1}, "body"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    clinic: ClinicApi, change: dict[str, object], field: str
) -> None:
    refused = clinic.patch("/v1/settings", change)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert clinic.get("/v1/settings").json()["availability_stale_after_days"] == 90


def test_the_safety_notice_stands_in_the_next_match(clinic: ClinicApi) -> None:
    notice = "This form is not monitored. In danger, call 112."
    clinic.match()
    clinic.patch("/v1/settings", {"safety_notice": notice})
    assert clinic.match()["safety_notice"] == notice


def test_a_stale_availability_follows_the_settings(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", availability_confirmed_at="2020-01-01T00:00:00Z")
    assert clinic.match()["excluded"] == {"availability_stale": 1}
    clinic.patch("/v1/settings", {"availability_stale_after_days": 3650})
    assert clinic.match()["eligible"] == 1


def test_the_vocabulary_has_the_shared_codes(clinic: ClinicApi) -> None:
    vocabulary = clinic.get("/v1/vocabulary").json()
    assert list(vocabulary) == list(SHARED)
    assert {"code": "woman", "label": "Woman"} in vocabulary["genders"]


def test_a_clinic_adds_its_own_codes(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    entry = {"facet": "communities", "code": "sailors", "label": "Sailors"}
    assert clinic.post("/v1/vocabulary", entry).json() == entry
    added = {"code": "sailors", "label": "Sailors"}
    assert added in clinic.get("/v1/vocabulary").json()["communities"]
    assert added not in other.get("/v1/vocabulary").json()["communities"]


@pytest.mark.parametrize(
    "entry",
    [
        {"facet": "needs", "code": "anxiety", "label": "Mine"},
        {"facet": "communities", "code": "latine", "label": "Mine"},
    ],
)
def test_a_taken_code_is_a_conflict(clinic: ClinicApi, entry: dict[str, str]) -> None:
    assert clinic.post("/v1/vocabulary", entry).status_code == 409


@pytest.mark.parametrize(
    "entry",
    [
        {"facet": "languages", "code": "xx", "label": "Languages are any well-formed tag"},
        {"facet": "needs", "code": "Has Spaces", "label": "x"},
        {"facet": "needs", "code": "ok", "label": ""},
        {"facet": "needs", "code": "ok"},
    ],
)
def test_a_malformed_code_is_refused(clinic: ClinicApi, entry: dict[str, str]) -> None:
    assert clinic.post("/v1/vocabulary", entry).status_code == 422


def test_a_new_clinic_has_one_active_weighting_with_the_defaults(clinic: ClinicApi) -> None:
    page = clinic.get("/v1/weightings").json()
    assert page["next_cursor"] is None
    (weighting,) = page["items"]
    assert weighting["status"] == "active"
    assert weighting["version"] == 1
    assert weighting["weights"]["needs"] == 0.22
    assert weighting["fit_weights"]["trust"] == 3
    read = clinic.get(f"/v1/weightings/{weighting['id']}")
    assert read.json() == weighting
    assert read.headers["ETag"]


def test_another_clinics_weighting_is_not_found(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    weighting_id = other.get("/v1/weightings").json()["items"][0]["id"]
    assert clinic.get(f"/v1/weightings/{weighting_id}").status_code == 404
    assert clinic.get(f"/v1/weightings/{uuid4()}").status_code == 404
