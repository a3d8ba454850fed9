"""A clinic with a key for each role, and the service in front of it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import attach, create_app
from api.auth.keys import create_key, create_narrow_key
from api.auth.roles import CLINIC_ROLES, NARROW_ROLES, Role
from api.auth.system import clinic_scope
from api.clinics.creation import create_clinic
from api.db.database import Database
from api.settings import Settings
from api.store.tasks import open_task


@dataclass
class ClinicApi:
    """Calls the service as one clinic; every call names the role that makes it."""

    client: TestClient
    clinic_id: UUID
    keys: dict[Role, str]

    def call(self, role: Role, method: str, path: str, **more: Any) -> Response:
        headers = {"Authorization": f"Bearer {self.keys[role]}", **more.pop("headers", {})}
        response: Response = self.client.request(method, path, headers=headers, **more)
        return response

    def get(self, path: str, role: Role = Role.ADMIN, **more: Any) -> Response:
        return self.call(role, "GET", path, **more)

    def post(self, path: str, json: Any = None, role: Role = Role.ADMIN, **more: Any) -> Response:
        return self.call(role, "POST", path, json=json, **more)

    def patch(self, path: str, json: Any, role: Role = Role.ADMIN, **more: Any) -> Response:
        return self.call(role, "PATCH", path, json=json, **more)

    def add(self, **row: Any) -> dict[str, Any]:
        """Add a therapist, who must be accepted."""
        response = self.post("/v1/therapists", {"name": "Somebody", **row})
        assert response.status_code == 201, response.text
        added: dict[str, Any] = response.json()
        return added

    def match(self, **body: Any) -> dict[str, Any]:
        """Ask for a match, which must be answered."""
        response = self.post("/v1/matches", {"preferences": {}, **body})
        assert response.status_code == 201, response.text
        answer: dict[str, Any] = response.json()
        return answer


def key_of(clinic: ClinicApi, role: Role, subject_id: str) -> str:
    """A narrow key of one client or therapist of the clinic."""
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    with database.writing() as connection:
        made = create_narrow_key(
            connection, clinic.clinic_id, role, UUID(subject_id), timedelta(days=1)
        )
    return made[1]


def task_of(clinic: ClinicApi, kind: str = "rupture", **about: UUID) -> str:
    """The id of an open task of the clinic's staff, about records such as `client_id`."""
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    with clinic_scope(database, clinic.clinic_id) as scope:
        return str(open_task(scope, kind, **about))


# Services whose test is over, by how large a body they take: at its first request a service finds
# out about its routes, which takes longer than most tests do.
_idle: defaultdict[tuple[int, int], list[FastAPI]] = defaultdict(list)


class Service(TestClient):
    """The service on a database, for a test; what is left of it afterwards serves the next one."""

    def __init__(self, settings: Settings) -> None:
        self._sizes = (settings.max_body_bytes, settings.max_import_bytes)
        idle = _idle[self._sizes]
        if idle:
            app = idle.pop()
            attach(app, settings)
        else:
            app = create_app(settings)
        # Errors are answered as a caller would see them.
        super().__init__(app, raise_server_exceptions=False)

    def __exit__(self, *args: Any) -> None:
        super().__exit__(*args)
        _idle[self._sizes].append(self.app)  # type: ignore[arg-type]


def service(database_url: str, **settings: Any) -> TestClient:
    """The service on a database. Nothing happens in the background unless `settings` say so."""
    quiet: dict[str, Any] = {
        "runs_training": False,
        "runs_duties": False,
        "runs_webhooks": False,
        "webhook_hosts": "hooks.example.org",
    }
    return Service(Settings(database_url=database_url, **{**quiet, **settings}))


def make_clinic(client: TestClient, name: str = "Clinic") -> ClinicApi:
    """A new clinic of the service, with a key for each role."""
    database: Database = client.app.state.database  # type: ignore[attr-defined]
    with database.writing() as connection:
        clinic_id = create_clinic(connection, name)
        keys = {role: create_key(connection, clinic_id, role)[1] for role in CLINIC_ROLES}
        # Of somebody who is not there; `key_of` makes one of somebody who is.
        for role in NARROW_ROLES:
            keys[role] = create_narrow_key(connection, clinic_id, role, uuid4(), timedelta(days=1))[
                1
            ]
    return ClinicApi(client, clinic_id, keys)
