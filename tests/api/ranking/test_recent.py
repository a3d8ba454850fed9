"""Stored matches once more: each on the roster of then, however often that changed."""

from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import QueuePool, text

from api.auth.system import clinic_scope
from api.ranking import recent
from api.ranking.answering import answer_as, stored_basis
from api.ranking.recent import recent_ids, recent_matches, stored_matches
from api.store.rosters import current_roster
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.matching import CODES, dice
from tests.factories.models import database_of, preferring, trained
from tests.factories.weightings import Json, erase


def changed(clinic: ClinicApi, random: Random, therapists: list[Json]) -> None:
    """Somebody fills up, says something else about themselves, or is new."""
    kind = random.choice(("availability", "availability", "profile", "new"))
    if kind == "new":
        therapists.append(clinic.add(reference=f"t-{len(therapists)}"))
        return
    one = random.choice(therapists)
    patch: dict[str, Any] = {"caseload": random.randint(0, 6), "caseload_limit": 5}
    if kind == "profile":
        patch = {"gender": random.choice(CODES["gender"]), "needs": [random.choice(CODES["needs"])]}
    headers = {"If-Match": "*"}
    response = clinic.patch(f"/v1/therapists/{one['id']}", patch, headers=headers)
    assert response.status_code == 200, response.text


def lived(clinic: ClinicApi, seed: int = 3, count: int = 14) -> list[Json]:
    """Matches with changes of the roster between them; their answers."""
    random = dice(seed)
    therapists = [clinic.add(reference=f"t-{number}") for number in range(6)]
    answers = []
    for number in range(count):
        for _ in range(random.randint(0, 2)):
            changed(clinic, random, therapists)
        wishes = {"gender": {"any_of": ["woman"]}, "format": {"any_of": ["video"]}}
        answers.append(clinic.match(preferences=wishes, client={"reference": f"c-{number % 9}"}))
        if number == count // 2:
            trained(clinic, preferring("t-1", outcome="promote", because="better_than_content"))
    return answers


@pytest.mark.parametrize("at_once", [200, 3])
def test_each_is_on_the_roster_of_then(
    clinic: ClinicApi, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "_AT_ONCE", at_once)
    answers = {answer["id"]: answer for answer in lived(clinic)}
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        kept = current_roster(scope)
        found = list(recent_matches(scope))
        assert [str(match.id) for match in found] == list(answers)
        assert len({match.row.availability_version for match in found}) > len(found) / 2
        for match in found:
            # Compiled anew, as a replay does, and walked to: the same bytes either way.
            anew = answer_as(
                scope, match.request, stored_basis(scope, match.row), match.id, match.at
            )
            walked = answer_as(scope, match.request, match.basis, match.id, match.at)
            assert walked.body == anew.body
            assert match.basis.circumstances.on(match.intake) == match.intake
        # The roster of now has stayed where it was.
        assert current_roster(scope) is kept


def test_the_walked_answer_is_the_stored_one(clinic: ClinicApi) -> None:
    lived(clinic)
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        bodies = {
            match.id: answer_as(scope, match.request, match.basis, match.id, match.at).body
            for match in recent_matches(scope)
        }
    for match_id, body in bodies.items():
        assert clinic.get(f"/v1/matches/{match_id}").content == body


def test_which_are_meant(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1")
    made = [UUID(clinic.match()["id"]) for _ in range(5)]
    make_clinic(clinic.client, "Other").match()
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        at = [match.at for match in recent_matches(scope)]
        assert list(recent_ids(scope)) == made
        assert list(recent_ids(scope, last=2)) == made[3:]
        assert list(recent_ids(scope, since=at[1], until=at[4])) == made[1:4]
        assert list(recent_ids(scope, last=2, until=at[4])) == made[2:4]
        assert list(recent_ids(scope, since=datetime(2100, 1, 1, tzinfo=UTC))) == []
        assert list(stored_matches(scope, [])) == []


def test_one_that_is_erased_while_they_are_read_is_left_out(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "_AT_ONCE", 2)
    clinic.add(reference="t-1")
    made = [clinic.match(client={"reference": f"c-{number}"}) for number in range(6)]
    seen = []
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        for match in recent_matches(scope):
            seen.append(str(match.id))
            if len(seen) == 1:
                for gone in made[2:4]:
                    erase(clinic, gone)
    assert seen == [one["id"] for one in (*made[:2], *made[4:])]


def test_no_transaction_is_open_between_two_of_them(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "_AT_ONCE", 2)
    clinic.add(reference="t-1")
    made = [UUID(clinic.match()["id"]) for _ in range(5)]
    pool = database_of(clinic).engine.pool
    assert isinstance(pool, QueuePool)
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        taken = []
        for _ in stored_matches(scope, made):
            taken.append(pool.checkedout())
            # As a ranking does, that finds nothing kept.
            assert len(recent_ids(scope)) == 5
            assert pool.checkedout() == 1
        assert taken == [0] * 5
        scope.unit.begin_write()
        for _ in stored_matches(scope, made):
            assert scope.unit.writing


def test_the_database_sees_none_either(clinic: ClinicApi) -> None:
    database = database_of(clinic)
    if database.engine.dialect.name != "postgresql":
        return
    query = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND state = 'idle in transaction'"
    )

    def idle() -> int:
        # Each in a transaction of its own: within one, what it says stays the same.
        with database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    clinic.add(reference="t-1")
    clinic.match()
    with clinic_scope(database, clinic.clinic_id) as scope:
        assert recent_ids(scope)
        assert idle() == 1
        for _ in recent_matches(scope):
            assert idle() == 0
