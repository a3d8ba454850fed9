"""What appears is offered to the one whose turn it is, once, and what becomes of an offer."""

from typing import Any
from uuid import UUID

import pytest

from api.auth.roles import Role
from api.db.tables import AuditRow, Match
from api.store.business_days import after_business_days
from tests.factories.clinics import ClinicApi
from tests.factories.clock import moved_clock
from tests.factories.duties import do_duties
from tests.factories.pairings import (
    active,
    as_own,
    choose,
    chosen,
    database_of,
    held,
    match_of,
    roster,
    rows_of,
)
from tests.factories.waits import joined, look, moment, offered_to, wait_now, waits_for

Json = dict[str, Any]


def test_an_offer_is_a_match_and_a_place_held_until_the_deadline(clinic: ClinicApi) -> None:
    wait = joined(clinic, "c-1")
    (therapist,) = roster(clinic, 1)
    look(clinic)
    now = wait_now(clinic, wait)
    assert (now["status"], now["position"]) == ("offered", None)
    offer = now["offer"]
    assert offer["therapist_id"] == therapist
    assert held(clinic, therapist) == 1
    pairing = clinic.get(f"/v1/pairings/{offer['pairing_id']}").json()
    assert (pairing["status"], pairing["rank"]) == ("offered", 1)
    asked = moment(pairing["requested_at"])
    assert moment(pairing["respond_by"]) == after_business_days(asked, 2)
    match = clinic.get(f"/v1/matches/{offer['match_id']}").json()
    assert match["candidates"][0]["therapist"]["id"] == therapist
    assert clinic.post(f"/v1/matches/{match['id']}/replay").json() == {"identical": True}
    stored = {row["id"]: row for row in rows_of(clinic, Match)}[UUID(match["id"])]
    assert (stored["origin"], stored["origin_id"]) == ("wait", UUID(wait["id"]))


def test_a_client_takes_an_offer_and_is_placed_when_accepted(clinic: ClinicApi) -> None:
    wait = joined(clinic, "c-1")
    (therapist,) = roster(clinic, 1)
    look(clinic)
    role = as_own(clinic, Role.CLIENT, wait["client"]["id"])
    offer = clinic.get(f"/v1/waits/{wait['id']}", role).json()["offer"]
    pairing = chosen(clinic, {"id": offer["match_id"]}, therapist, role)
    assert (pairing["id"], pairing["status"]) == (offer["pairing_id"], "requested")
    assert held(clinic, therapist) == 1
    clinic.post(f"/v1/pairings/{pairing['id']}/accept")
    placed = wait_now(clinic, wait)
    assert (placed["status"], placed["offer"]) == ("placed", None)


def test_one_place_is_offered_to_one(clinic: ClinicApi) -> None:
    for number in range(4):
        joined(clinic, f"c-{number}")
    (therapist,) = roster(clinic, 1, caseload_limit=2)
    look(clinic)
    assert offered_to(clinic) == ["c-0", "c-1"]
    assert held(clinic, therapist) == 2


def test_who_cannot_have_it_is_passed_over_for_the_next(clinic: ClinicApi) -> None:
    spanish = {"language": {"any_of": ["es"], "importance": "must"}}
    joined_first = clinic.match(client={"reference": "c-es"}, preferences=spanish)
    waits_for(clinic, joined_first, urgency="urgent")
    joined(clinic, "c-any")
    roster(clinic, 1, languages=["en"])
    look(clinic)
    assert offered_to(clinic) == ["c-any"]
    roster(clinic, 1, languages=["es"])
    look(clinic)
    assert offered_to(clinic) == ["c-es", "c-any"]


def test_a_refused_offer_goes_to_the_next_and_not_back_to_the_same(clinic: ClinicApi) -> None:
    first, second = joined(clinic, "c-1", urgency="urgent"), joined(clinic, "c-2")
    (therapist,) = roster(clinic, 1)
    look(clinic)
    offer = wait_now(clinic, first)["offer"]
    clinic.post(f"/v1/pairings/{offer['pairing_id']}/withdraw", role=Role.INTAKE)
    assert (wait_now(clinic, first)["status"], wait_now(clinic, first)["position"]) == (
        "waiting",
        1,
    )
    look(clinic)
    assert offered_to(clinic) == ["c-2"]
    offer = wait_now(clinic, second)["offer"]
    clinic.post(f"/v1/pairings/{offer['pairing_id']}/withdraw", role=Role.INTAKE)
    look(clinic)
    assert offered_to(clinic) == []
    assert held(clinic, therapist) == 0
    roster(clinic, 1)
    look(clinic)
    assert offered_to(clinic) == ["c-1"]


def test_back_on_the_list_somebody_hears_of_what_appeared_meanwhile(clinic: ClinicApi) -> None:
    """Nobody else wanted it while their own offer was open."""
    wait = joined(clinic, "c-1")
    (first,) = roster(clinic, 1)
    look(clinic)
    (other,) = roster(clinic, 1)
    clinic.patch(f"/v1/therapists/{first}", {"accepting": False}, headers={"If-Match": "*"})
    look(clinic)
    offer = wait_now(clinic, wait)["offer"]
    assert offer["therapist_id"] != other
    clinic.post(f"/v1/pairings/{offer['pairing_id']}/withdraw", role=Role.INTAKE)
    look(clinic)
    assert wait_now(clinic, wait)["offer"]["therapist_id"] == other


def test_three_offers_in_a_row_without_an_answer_end_the_wait(clinic: ClinicApi) -> None:
    wait = joined(clinic, "c-1")
    with moved_clock() as clock:
        for number in range(3):
            roster(clinic, 1)
            look(clinic)
            assert wait_now(clinic, wait)["status"] == "offered", number
            clock.pass_time(days=5)
            do_duties(database_of(clinic))
    left = wait_now(clinic, wait)
    assert (left["status"], left["offer"]) == ("left", None)
    assert left["closed_at"] is not None
    roster(clinic, 1)
    look(clinic)
    assert wait_now(clinic, wait)["status"] == "left"


def test_an_answer_begins_the_count_anew(clinic: ClinicApi) -> None:
    wait = joined(clinic, "c-1")
    with moved_clock() as clock:
        for answered in (False, False, True, False, False):
            roster(clinic, 1)
            look(clinic)
            offer = wait_now(clinic, wait)["offer"]
            if answered:
                clinic.post(f"/v1/pairings/{offer['pairing_id']}/withdraw")
            else:
                clock.pass_time(days=5)
                do_duties(database_of(clinic))
            assert wait_now(clinic, wait)["status"] == "waiting"


def test_a_therapists_no_to_an_offer_that_was_taken_leaves_the_client_waiting(
    clinic: ClinicApi,
) -> None:
    wait = joined(clinic, "c-1")
    (therapist,) = roster(clinic, 1)
    look(clinic)
    offer = wait_now(clinic, wait)["offer"]
    pairing = chosen(clinic, {"id": offer["match_id"]}, therapist)
    clinic.post(f"/v1/pairings/{pairing['id']}/decline", {"reason": "scope"})
    assert wait_now(clinic, wait)["status"] == "waiting"
    look(clinic)
    assert offered_to(clinic) == []


def test_when_the_last_day_is_over_the_wait_is(clinic: ClinicApi) -> None:
    clinic.patch("/v1/settings", {"waiting_days": 3})
    wait = joined(clinic, "c-1")
    with moved_clock() as clock:
        clock.pass_time(days=4.5)
        roster(clinic, 1)
        do_duties(database_of(clinic))
        over = wait_now(clinic, wait)
    assert (over["status"], over["offer"]) == ("expired", None)
    actions = [row["action"] for row in rows_of(clinic, AuditRow)]
    assert actions.count("wait.expired") == 1


def test_who_is_with_somebody_waits_for_somebody_else(clinic: ClinicApi) -> None:
    """Accepting what an alternative waited for ends the pairing that it leaves."""
    (before,) = roster(clinic, 1, caseload_limit=5)
    pairing = active(clinic, match_of(clinic, "c-1"), before)
    path = f"/v1/pairings/{pairing['id']}/alternatives"
    match = clinic.post(path, {"reasons": ["trust"]}, Role.INTAKE).json()
    assert match["candidates"] == []
    wait = waits_for(clinic, match)
    look(clinic)
    assert wait_now(clinic, wait)["status"] == "waiting"
    (after,) = roster(clinic, 1)
    look(clinic)
    offer = wait_now(clinic, wait)["offer"]
    assert offer["therapist_id"] == after
    taken = chosen(clinic, {"id": offer["match_id"]}, after)
    assert clinic.get(f"/v1/pairings/{pairing['id']}").json()["status"] == "active"
    clinic.post(f"/v1/pairings/{taken['id']}/accept")
    left = clinic.get(f"/v1/pairings/{pairing['id']}").json()
    assert (left["status"], left["reasons"]) == ("ended", ["trust"])


def test_a_place_held_for_one_is_not_to_be_had_by_another(clinic: ClinicApi) -> None:
    joined(clinic, "c-1")
    match = match_of(clinic, "c-2")
    (therapist,) = roster(clinic, 1)
    match = match_of(clinic, "c-2")
    look(clinic)
    assert choose(clinic, match, therapist).status_code == 409
    assert match_of(clinic, "c-3")["candidates"] == []


def test_an_offer_tells_the_clinics_systems_in_ids_alone(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, UUID, Json]] = []

    def emit(_scope: Any, type_: str, subject_id: UUID, **ids: UUID) -> None:
        told.append((type_, subject_id, {name: str(id_) for name, id_ in ids.items()}))

    monkeypatch.setattr("api.waits.offers.emit", emit)
    wait = joined(clinic, "c-1")
    (therapist,) = roster(clinic, 1)
    look(clinic)
    offer = wait_now(clinic, wait)["offer"]
    ids = {
        "wait_id": wait["id"],
        "match_id": offer["match_id"],
        "pairing_id": offer["pairing_id"],
        "client_id": wait["client"]["id"],
        "therapist_id": therapist,
    }
    assert told == [("wait.offered", UUID(wait["id"]), ids)]
