"""A browser's session is a key made from another, and ends with it."""

from datetime import timedelta

from sqlalchemy import update

from api.auth.keys import create_session, end_session, hash_key, revoke_key
from api.auth.roles import Role
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import AccessKey
from api.db.tables.base import table_of
from tests.factories.clinics import ClinicApi, key_of

STAFF = frozenset({Role.STAFF, Role.ADMIN})
_keys = table_of(AccessKey)


def database_of(clinic: ClinicApi) -> Database:
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    return database


def session_of(clinic: ClinicApi, role: Role, lasting: timedelta = timedelta(hours=1)) -> str:
    """The secret of a session made from the clinic's key of a role."""
    with database_of(clinic).writing() as connection:
        made = create_session(connection, hash_key(clinic.keys[role]), STAFF, lasting)
    assert made is not None
    return made[1]


def status(clinic: ClinicApi, secret: str) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return clinic.client.get("/v1/settings", headers=headers).status_code


def test_a_session_does_what_its_key_may_and_is_that_key_to_the_trail(clinic: ClinicApi) -> None:
    secret = session_of(clinic, Role.ADMIN)
    assert status(clinic, secret) == 200
    headers = {"Authorization": f"Bearer {secret}"}
    clinic.client.patch("/v1/settings", json={"waiting_days": 9}, headers=headers)
    clinic.patch("/v1/settings", {"waiting_days": 8})
    changes = clinic.get("/v1/audit?action=settings.changed").json()["items"]
    assert len({change["key_id"] for change in changes}) == 1


def test_a_session_ends_with_its_key_whenever_it_was_begun(clinic: ClinicApi) -> None:
    secret = session_of(clinic, Role.ADMIN)
    database = database_of(clinic)
    with database.writing() as connection:
        # As when somebody signs in at the very moment in which the key is ended.
        of_key = _keys.c.secret_hash == hash_key(clinic.keys[Role.ADMIN])
        connection.execute(update(_keys).where(of_key).values(revoked_at=utc_now()))
    assert status(clinic, secret) == 401


def test_ending_a_key_removes_its_sessions_and_no_others(clinic: ClinicApi) -> None:
    mine, other = session_of(clinic, Role.STAFF), session_of(clinic, Role.ADMIN)
    database = database_of(clinic)
    with database.writing() as connection:
        of_key = _keys.c.secret_hash == hash_key(clinic.keys[Role.STAFF])
        key_id = connection.execute(_keys.select().where(of_key)).one().id
        assert revoke_key(connection, clinic.clinic_id, key_id)
    assert (status(clinic, mine), status(clinic, other)) == (401, 200)


def test_a_session_ends_by_itself_and_when_left(clinic: ClinicApi) -> None:
    assert status(clinic, session_of(clinic, Role.STAFF, timedelta(0))) == 401
    secret = session_of(clinic, Role.STAFF)
    with database_of(clinic).writing() as connection:
        end_session(connection, hash_key(secret))
        # A key is no session, and is left alone.
        end_session(connection, hash_key(clinic.keys[Role.STAFF]))
    assert status(clinic, secret) == 401
    assert status(clinic, clinic.keys[Role.STAFF]) == 200


def test_only_a_live_key_of_the_right_role_makes_one_and_a_session_makes_none(
    clinic: ClinicApi,
) -> None:
    client = clinic.match(client={"reference": "c-1"})
    assert client
    found = clinic.get("/v1/clients?reference=c-1").json()["items"][0]["id"]
    narrow = key_of(clinic, Role.CLIENT, found)
    session = session_of(clinic, Role.STAFF)
    with database_of(clinic).writing() as connection:
        for key in (clinic.keys[Role.INTAKE], narrow, session, "rapport_nothing"):
            assert create_session(connection, hash_key(key), STAFF, timedelta(hours=1)) is None
        made = create_session(
            connection, hash_key(narrow), frozenset({Role.CLIENT}), timedelta(days=9)
        )
    # It never outlives the key that it was made from, which lasts a day.
    assert made is not None
    assert made[2] <= utc_now() + timedelta(days=1)
