"""A place held for somebody from the waiting list: taken, passed over, or let go."""

from datetime import datetime

import pytest

from tests.factories.clinics import ClinicApi
from tests.factories.pairings import (
    Json,
    active,
    at,
    choose,
    chosen,
    held,
    make_alternative,
    match_of,
    move,
    moved,
    offer,
    put_on_hold,
    roster,
    wait_status,
    waiting,
)


class Waiting:
    """A client who waits, and is offered a place by another match."""

    def __init__(self, clinic: ClinicApi) -> None:
        self.first, self.second = roster(clinic, 2)
        self.asked, self.offered = match_of(clinic), match_of(clinic)
        self.wait_id = waiting(clinic, self.asked)
        self.pairing: Json = {"id": str(offer(clinic, self.wait_id, self.offered, self.first))}


@pytest.fixture
def case(clinic: ClinicApi) -> Waiting:
    return Waiting(clinic)


def status_of(clinic: ClinicApi, pairing: Json) -> str:
    status: str = clinic.get(f"/v1/pairings/{pairing['id']}").json()["status"]
    return status


def test_who_takes_an_offer_has_the_place_that_was_held(clinic: ClinicApi, case: Waiting) -> None:
    assert held(clinic, case.first) == 1
    pairing = chosen(clinic, case.offered, case.first)
    assert pairing["id"] == case.pairing["id"]
    assert pairing["status"] == "requested"
    assert held(clinic, case.first) == 1
    assert wait_status(clinic, case.wait_id) == "offered"
    moved(clinic, pairing, "accept")
    assert wait_status(clinic, case.wait_id) == "placed"


def test_an_offer_stands_though_the_therapist_takes_nobody_else(
    clinic: ClinicApi, case: Waiting
) -> None:
    clinic.patch(f"/v1/therapists/{case.first}", {"accepting": False}, headers={"If-Match": "*"})
    assert chosen(clinic, case.offered, case.first)["status"] == "requested"


def test_an_offer_falls_where_the_therapist_was_put_on_hold(
    clinic: ClinicApi, case: Waiting
) -> None:
    put_on_hold(clinic, case.first)
    response = choose(clinic, case.offered, case.first)
    assert response.status_code == 409
    assert response.json()["next_candidate"]["therapist"]["id"] == case.second
    assert held(clinic, case.first) == 1


def test_who_chooses_another_lets_the_offer_go(clinic: ClinicApi, case: Waiting) -> None:
    pairing = chosen(clinic, case.offered, case.second)
    assert status_of(clinic, case.pairing) == "withdrawn"
    assert (held(clinic, case.first), held(clinic, case.second)) == (0, 1)
    assert wait_status(clinic, case.wait_id) == "offered"
    moved(clinic, pairing, "accept")
    assert wait_status(clinic, case.wait_id) == "placed"


def test_a_choice_that_is_refused_leaves_the_offer_as_it_was(
    clinic: ClinicApi, case: Waiting
) -> None:
    active(clinic, match_of(clinic, "c-2"), case.second)
    refused = choose(clinic, case.offered, case.second)
    assert refused.status_code == 409
    assert status_of(clinic, case.pairing) == "offered"
    assert held(clinic, case.first) == 1


@pytest.mark.parametrize("chosen_again", ["offered", "other"])
def test_the_match_that_was_waited_with_is_as_good(
    clinic: ClinicApi, case: Waiting, chosen_again: str
) -> None:
    therapist = case.first if chosen_again == "offered" else case.second
    pairing = chosen(clinic, case.asked, therapist)
    assert status_of(clinic, case.pairing) == "withdrawn"
    assert held(clinic, case.first) + held(clinic, case.second) == 1
    assert held(clinic, therapist) == 1
    moved(clinic, pairing, "accept")
    assert wait_status(clinic, case.wait_id) == "placed"


def test_the_offered_therapist_may_be_chosen_from_any_match(clinic: ClinicApi) -> None:
    first, _second = roster(clinic, 2)
    asked, offered, earlier = match_of(clinic), match_of(clinic), match_of(clinic)
    wait_id = waiting(clinic, asked)
    offer(clinic, wait_id, offered, first)
    # Full for everybody else; but the place is the client's own.
    assert choose(clinic, match_of(clinic, "c-2"), first).status_code == 403
    moved(clinic, chosen(clinic, earlier, first), "accept")
    assert held(clinic, first) == 1
    assert wait_status(clinic, wait_id) == "placed"


def test_a_choice_about_something_else_leaves_the_wait_alone(
    clinic: ClinicApi, case: Waiting
) -> None:
    third = clinic.add(reference="third", caseload_limit=1)["id"]
    pairing = chosen(clinic, match_of(clinic), third)
    moved(clinic, pairing, "accept")
    assert status_of(clinic, case.pairing) == "offered"
    assert wait_status(clinic, case.wait_id) == "offered"


def test_an_answer_that_is_due_decides_about_the_wait(clinic: ClinicApi, case: Waiting) -> None:
    asked = chosen(clinic, case.offered, case.first)
    besides = chosen(clinic, case.asked, case.second)
    moved(clinic, besides, "accept")
    assert wait_status(clinic, case.wait_id) == "offered"
    assert status_of(clinic, asked) == "requested"


@pytest.mark.parametrize(("to", "body"), [("decline", {"reason": "schedule"}), ("withdraw", None)])
def test_who_gets_no_place_after_all_waits_on(
    clinic: ClinicApi, case: Waiting, to: str, body: Json | None
) -> None:
    pairing = chosen(clinic, case.offered, case.first)
    moved(clinic, pairing, to, body)
    assert wait_status(clinic, case.wait_id) == "waiting"
    assert held(clinic, case.first) == 0


def test_an_offer_can_be_turned_down(clinic: ClinicApi, case: Waiting) -> None:
    moved(clinic, case.pairing, "withdraw")
    assert wait_status(clinic, case.wait_id) == "waiting"


@pytest.mark.parametrize("to", ["accept", "approve"])
def test_an_offer_is_the_clients_to_take(clinic: ClinicApi, case: Waiting, to: str) -> None:
    assert move(clinic, case.pairing, to).status_code == 409


def test_an_offer_that_nobody_took_lapses(
    clinic: ClinicApi, case: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = clinic.get(f"/v1/pairings/{case.pairing['id']}").json()
    at(monkeypatch, datetime.fromisoformat(shown["respond_by"]))
    assert status_of(clinic, case.pairing) == "expired"
    assert wait_status(clinic, case.wait_id) == "waiting"
    # Their match stands: what is still free in it can be chosen, and the wait goes with it.
    pairing = chosen(clinic, case.offered, case.first)
    assert wait_status(clinic, case.wait_id) == "offered"
    moved(clinic, pairing, "accept")
    assert wait_status(clinic, case.wait_id) == "placed"


def test_who_left_the_list_is_not_put_back_on_it(clinic: ClinicApi) -> None:
    first, _second = roster(clinic, 2)
    match = match_of(clinic)
    wait_id = waiting(clinic, match, "left")
    moved(clinic, chosen(clinic, match, first), "decline", {"reason": "scope"})
    assert wait_status(clinic, wait_id) == "left"


def test_a_wait_whose_request_is_left_for_an_alternative_is_over(
    clinic: ClinicApi, case: Waiting
) -> None:
    old = chosen(clinic, case.offered, case.first)
    match = match_of(clinic)
    make_alternative(clinic, match, old)
    moved(clinic, chosen(clinic, match, case.second), "accept")
    assert status_of(clinic, old) == "withdrawn"
    assert wait_status(clinic, case.wait_id) == "placed"


@pytest.mark.parametrize("choice", ["offered", "other"])
@pytest.mark.parametrize("chosen_from", ["offer", "asked"])
def test_a_place_offered_instead_of_another_is_given_back_once(
    clinic: ClinicApi, choice: str, chosen_from: str
) -> None:
    left, first, second = roster(clinic, 3, caseload_limit=2)
    old = active(clinic, match_of(clinic), left)
    # Somebody else's place with the same therapist must still be held afterwards.
    active(clinic, match_of(clinic, "c-2"), first)
    asked, offered = match_of(clinic), match_of(clinic)
    make_alternative(clinic, asked, old)
    wait_id = waiting(clinic, asked)
    offer(clinic, wait_id, offered, first, replaces_id=old["id"])
    therapist = first if choice == "offered" else second
    pairing = chosen(clinic, offered if chosen_from == "offer" else asked, therapist)
    both = (held(clinic, first), held(clinic, second))
    assert both == ((2, 0) if choice == "offered" else (1, 1))
    assert held(clinic, left) == 1
    moved(clinic, pairing, "accept")
    assert status_of(clinic, old) == "ended"
    assert wait_status(clinic, wait_id) == "placed"
    assert held(clinic, left) == 0
    assert (held(clinic, first), held(clinic, second)) == both
