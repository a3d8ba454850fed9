"""The service on each database."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.factories.clinics import ClinicApi, make_clinic, service


@pytest.fixture
def client(database_url: str) -> Iterator[TestClient]:
    with service(database_url) as made:
        yield made


@pytest.fixture
def clinic(client: TestClient) -> ClinicApi:
    return make_clinic(client)
