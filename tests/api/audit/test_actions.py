"""Every route leaves in the trail what it is said to leave, and shows nothing unseen otherwise."""

import pytest
from sqlalchemy import select

from api.audit_trail.actions import OTHERWISE, RECORDED, UNRECORDED, markdown
from api.auth.roles import ROLE_TABLE, Role
from api.db.database import Database
from api.db.tables import AuditRow
from api.db.tables.base import table_of
from tests.architecture.test_docs import text_of
from tests.factories.barrage import ROUTES, Barrage
from tests.factories.clinics import ClinicApi, key_of

# Done once; a second call finds it done, and shows nothing of any client.
ONCE = {
    ("POST", "/v1/comments/{rating_id}/read"),
    ("POST", "/v1/weightings/{weighting_id}/activate"),
    ("POST", "/v1/weightings/{weighting_id}/previews/{preview_id}/cancel"),
}
# Leaves a row for each match that it shows, and shows none before it is done.
BY_ITEM = {("GET", "/v1/weightings/{weighting_id}/previews/{preview_id}")}


class Trail:
    """The actions recorded since it was last asked."""

    def __init__(self, clinic: ClinicApi) -> None:
        self._database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
        self._seen = 0

    def new(self) -> list[str]:
        rows = table_of(AuditRow)
        query = select(rows.c.action).order_by(rows.c.id)
        with self._database.reading() as connection:
            actions = list(connection.execute(query).scalars())
        fresh, self._seen = actions[self._seen :], len(actions)
        return fresh


def test_every_route_is_said_to_leave_something_or_why_not() -> None:
    assert set(RECORDED) | set(UNRECORDED) == set(ROLE_TABLE)
    assert not set(RECORDED) & set(UNRECORDED)
    assert not [route for route in UNRECORDED if route[0] != "GET"]


def test_the_page_of_actions_says_what_the_tables_say() -> None:
    told = text_of("audit-actions.md")
    assert told == markdown(), "run: .venv/bin/rapport docs audit > docs/audit-actions.md"


def test_every_call_leaves_what_its_route_is_said_to_leave(clinic: ClinicApi) -> None:
    barrage, trail = Barrage(clinic), Trail(clinic)
    wrong = []
    for method, path in ROUTES:
        if "/imports/" in path:
            continue
        url, body = barrage.anew(path), barrage.body(method, path)
        # What it took to get there may be recorded too, and what is done by itself.
        trail.new()
        for again in (False, True):
            answer = clinic.call(Role.ADMIN, method, url, json=body, headers={"If-Match": "*"})
            assert again or answer.status_code < 300, (method, path, answer.text)
            left = set(trail.new())
            said = set(RECORDED.get((method, path), ()))
            silent = (again and (method, path) in ONCE) or (method, path) in BY_ITEM
            shown = answer.status_code < 300 and not silent
            if not left <= said or (shown and said and not left):
                wrong.append((method, path, again, left))
    assert wrong == []


@pytest.mark.parametrize("path", ["/v1/pairings", "/v1/pairings/{pairing_id}"])
def test_what_a_therapist_reads_of_their_own_is_recorded_too(clinic: ClinicApi, path: str) -> None:
    barrage, trail = Barrage(clinic), Trail(clinic)
    clinic.keys[Role.THERAPIST] = key_of(clinic, Role.THERAPIST, barrage.partner["id"])
    trail.new()
    assert clinic.get(barrage.path(path), Role.THERAPIST).status_code == 200
    assert trail.new() == list(RECORDED["GET", path])


@pytest.mark.parametrize(
    "path", ["/v1/clients/{client_id}", "/v1/clients/{client_id}/export", "/v1/waits/{wait_id}"]
)
def test_what_a_client_reads_of_their_own_is_recorded_too(clinic: ClinicApi, path: str) -> None:
    barrage, trail = Barrage(clinic), Trail(clinic)
    owner = barrage.case.wait if "wait" in path else barrage.case.pairing
    clinic.keys[Role.CLIENT] = key_of(clinic, Role.CLIENT, owner["client"]["id"])
    trail.new()
    assert clinic.get(barrage.path(path), Role.CLIENT).status_code == 200
    assert trail.new() == list(RECORDED["GET", path])


def test_what_happens_by_itself_is_named_like_what_happens_on_request() -> None:
    names = {name for actions in RECORDED.values() for name in actions} | set(OTHERWISE)
    assert {name for name in names if name.count(".") != 1 or name != name.lower()} == set()
