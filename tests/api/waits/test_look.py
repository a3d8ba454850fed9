"""Going through the list: what it is gone through for, and what happens beside it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update

from api.clock import utc_now
from api.db.database import Database
from api.db.tables import Match
from api.db.tables.base import table_of
from api.ranking.answering import answer
from api.store.availability import something_appeared
from api.store.clinics import hold_clinic
from api.store.waiting import look_again
from api.waits import queries
from api.waits.duty import see_to_waits
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pairings import (
    chosen,
    database_of,
    held,
    in_scope,
    match_of,
    roster,
)
from tests.factories.waits import joined, look, offered_to, wait_now, waits_for

Json = dict[str, Any]

SPANISH = {"language": {"any_of": ["es"], "importance": "must"}}


@pytest.fixture
def _one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look goes no further than the next on the list."""
    monkeypatch.setattr("api.waits.look.STEP", 1)
    monkeypatch.setattr("api.waits.duty._STEPS", 1)


def test_other_clinics_are_not_kept_waiting_by_one_that_fails(clinic: ClinicApi) -> None:
    broken, sound = make_clinic(clinic.client, "Broken"), make_clinic(clinic.client, "Sound")
    for each in (broken, sound):
        joined(each, "c-1")
        roster(each, 1)
    matches = table_of(Match)
    with database_of(clinic).writing() as connection:
        connection.execute(
            update(matches)
            .where(matches.c.clinic_id == broken.clinic_id)
            .values(request={"preferences": {}, "of an unknown form": True})
        )
    look(clinic)
    assert offered_to(sound) == ["c-1"]
    assert offered_to(broken) == []


def test_two_who_look_at_once_offer_a_place_once(clinic: ClinicApi) -> None:
    """As by another worker, the place is taken after it was ranked."""
    wait = joined(clinic, "c-1")
    (therapist,) = roster(clinic, 1)
    taken: list[Json] = []

    def answer_and_lose(*given: Any) -> Any:
        answered = answer(*given)
        if not taken:
            taken.append(chosen(clinic, match_of(clinic, "c-2"), therapist))
        return answered

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("api.waits.offers.answer", answer_and_lose)
        look(clinic)
    assert held(clinic, therapist) == 1
    assert wait_now(clinic, wait)["status"] == "waiting"
    clinic.post(f"/v1/pairings/{taken[0]['id']}/withdraw")
    look(clinic)
    assert wait_now(clinic, wait)["status"] == "offered"


def test_a_place_held_more_or_less_is_no_news(clinic: ClinicApi) -> None:
    """Whoever waits could not have this therapist before, and cannot now."""
    waits_for(clinic, clinic.match(client={"reference": "c-1"}, preferences=SPANISH))
    (therapist,) = roster(clinic, 1, caseload_limit=9)
    look(clinic)
    screened: list[Any] = []

    def screen(*given: Any) -> bool:
        screened.append(given)
        return False

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("api.waits.look.anybody_eligible", screen)
        chosen(clinic, match_of(clinic, "c-2"), therapist)
        look(clinic)
        assert not screened
        clinic.post(f"/v1/therapists/{therapist}/confirm-availability")
        look(clinic)
        assert screened


def test_several_workers_offer_each_place_once_and_in_order(
    clinic: ClinicApi, database_url: str
) -> None:
    for number in range(6):
        joined(clinic, f"c-{number}")
    therapists = roster(clinic, 4)
    workers = [Database(database_url) for _ in range(3)]
    with ThreadPoolExecutor(len(workers)) as pool:
        for _ in range(2):
            list(pool.map(see_to_waits, workers))
    for worker in workers:
        worker.dispose()
    assert offered_to(clinic) == ["c-0", "c-1", "c-2", "c-3"]
    assert [held(clinic, one) for one in therapists] == [1, 1, 1, 1]


def test_a_long_list_is_gone_through_in_steps_to_its_end(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each worker remembers how far it came, and begins anew when something else appears."""
    monkeypatch.setattr("api.waits.look.STEP", 2)
    monkeypatch.setattr("api.waits.duty._STEPS", 1)
    for number in range(5):
        waits_for(clinic, clinic.match(client={"reference": f"c-{number}"}, preferences=SPANISH))
    joined(clinic, "last")
    roster(clinic, 1, languages=["en"])
    for came_to in ([], [], ["last"]):
        see_to_waits(database_of(clinic))
        assert offered_to(clinic) == came_to
    roster(clinic, 1, languages=["es"])
    look(clinic)
    assert offered_to(clinic) == ["c-0", "last"]


@pytest.mark.usefixtures("_one_at_a_time")
def test_who_frees_up_meanwhile_is_offered_from_the_top(clinic: ClinicApi) -> None:
    """The first on the list has been passed already when the one they can have appears."""
    waits_for(clinic, clinic.match(client={"reference": "first"}, preferences=SPANISH))
    joined(clinic, "second")
    (english,) = roster(clinic, 1, languages=["en"])
    see_to_waits(database_of(clinic))
    set_accepting(clinic, english, accepting=False)
    roster(clinic, 1, languages=["es"])
    for _ in range(6):
        see_to_waits(database_of(clinic))
    assert offered_to(clinic) == ["first"]


@pytest.mark.usefixtures("_one_at_a_time")
def test_who_joins_while_the_list_is_gone_through_is_looked_at(clinic: ClinicApi) -> None:
    """They come before the place that has been reached."""
    for number in range(3):
        waits_for(clinic, clinic.match(client={"reference": f"c-{number}"}, preferences=SPANISH))
    roster(clinic, 1, languages=["en"])
    see_to_waits(database_of(clinic))
    joined(clinic, "urgent", urgency="urgent")
    for _ in range(8):
        see_to_waits(database_of(clinic))
    assert offered_to(clinic) == ["urgent"]


def test_after_a_large_import_the_list_is_gone_through(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.store.availability._MOST_COMPARED", 1)
    roster(clinic, 3, accepting=False)
    with in_scope(clinic) as scope:
        assert something_appeared(scope, scope.clinic.roster_version, 0, utc_now())
        seen = scope.clinic.roster_version, scope.clinic.availability_version - 1
        assert not something_appeared(scope, *seen, utc_now())


def test_a_look_that_is_asked_for_while_another_ends_is_not_taken_for_done(
    clinic: ClinicApi,
) -> None:
    with in_scope(clinic) as scope:
        hold_clinic(scope)
        look_again(scope)
        before = queries.seen_versions(scope)
        look_again(scope)
        asked_for = queries.seen_versions(scope)
        queries.mark_seen(scope, before, (7, 7))
        assert queries.seen_versions(scope) == asked_for
        queries.mark_seen(scope, asked_for, (7, 7))
        assert queries.seen_versions(scope) == (7, 7)


def set_accepting(clinic: ClinicApi, therapist: str, *, accepting: bool) -> None:
    path = f"/v1/therapists/{therapist}"
    clinic.patch(path, {"accepting": accepting}, headers={"If-Match": "*"})
