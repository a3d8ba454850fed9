"""`/metrics`: what was answered and what failed, by route, with no word of a caller's."""

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.auth.roles import Role
from api.db.database import Database
from api.steward import Steward
from tests.factories.clinics import ClinicApi


@pytest.fixture
def backend() -> str:
    """Nothing here is read from a database."""
    return "sqlite"


def counted(client: TestClient) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_answers_are_counted_by_route_and_status(clinic: ClinicApi) -> None:
    name = ("rapport_requests_total", "POST", "/v1/matches", "201")
    before = counted(clinic.client).get(name, 0)
    for _ in range(3):
        clinic.match()
    after = counted(clinic.client)
    assert after[name] - before == 3
    assert after[("rapport_request_seconds_count", "POST", "/v1/matches")] >= 3
    assert after[("rapport_request_seconds_sum", "POST", "/v1/matches")] > 0


def test_no_word_of_a_callers_is_a_label(clinic: ClinicApi) -> None:
    canary = "zqcanary7x"
    clinic.get(f"/v1/matches/{canary}", role=Role.STAFF)
    clinic.client.get(f"/{canary}?{canary}=1")
    clinic.client.request(canary.upper(), "/v1/matches")
    clinic.match(client={"reference": canary})
    text = clinic.client.get("/metrics").text
    assert canary not in text.lower()
    assert str(clinic.clinic_id) not in text


def test_what_fails_without_a_request_is_counted(client: TestClient, database: Database) -> None:
    def failing(_database: Database) -> None:
        raise ValueError("zqcanary7x")

    name = ("rapport_background_faults_total", "duty")
    before = counted(client).get(name, 0)
    Steward(database, [failing])._do(failing)
    assert counted(client)[name] - before == 1
