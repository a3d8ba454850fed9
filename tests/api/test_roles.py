"""The role table, route by route: what is in it is enforced, and nothing is outside it."""

from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth.roles import PUBLIC_ROUTES, ROLE_TABLE, Role
from api.settings import Settings
from tests.factories.barrage import ID_NAMES
from tests.factories.clinics import ClinicApi


def test_every_route_is_in_the_table_and_every_row_is_a_route(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'a.db'}"))
    app.state.database.dispose()
    paths = app.openapi()["paths"]
    routes = {(method.upper(), path) for path, calls in paths.items() for method in calls}
    assert routes | {("GET", "/openapi.json")} == set(ROLE_TABLE) | PUBLIC_ROUTES


def filled(path: str) -> str:
    for name in ID_NAMES:
        path = path.replace(f"{{{name}}}", str(uuid4()))
    return path


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_in_where_the_table_says_so(clinic: ClinicApi, role: Role) -> None:
    turned_away = set()
    for method, path in ROLE_TABLE:
        # A body that fails validation: what matters is whether the role is turned away before that.
        answer = clinic.call(role, method, filled(path), json={"no_such_field": 1})
        assert answer.status_code != 401
        # Comments are for one key of those whom the role lets in.
        if answer.status_code == 403 and not answer.json()["type"].endswith(":not-the-reader"):
            turned_away.add((method, path))
    assert turned_away == {route for route, roles in ROLE_TABLE.items() if role not in roles}


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Basic YTpi",
        "Bearer " + "x" * 5000,
        "Bearer rapport_" + "A" * 43,
    ],
)
def test_without_a_known_key_nobody_gets_in(client: TestClient, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for method, path in ROLE_TABLE:
        refused = client.request(method, filled(path), headers=headers, json={"no_such_field": 1})
        assert refused.status_code == 401, (method, path)
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        assert refused.headers["content-type"] == "application/problem+json"


def test_a_revoked_key_is_not_known(clinic: ClinicApi) -> None:
    database = clinic.client.app.state.database  # type: ignore[attr-defined]
    assert clinic.get("/v1/settings").status_code == 200
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE access_keys SET revoked_at = created_at")
    assert clinic.get("/v1/settings").status_code == 401
