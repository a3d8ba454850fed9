"""What follows a choice: the therapist answers, the client withdraws, staff approve."""

from datetime import datetime, timedelta

import pytest

from api.auth.roles import Role
from api.store.business_days import after_business_days
from tests.factories.clinics import ClinicApi
from tests.factories.pairings import (
    as_own,
    at,
    choose,
    chosen,
    held,
    match_of,
    move,
    moved,
    open_tasks,
    put_on_hold,
    roster,
    unchanged,
)


def test_an_accepted_choice_keeps_its_place(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = moved(clinic, chosen(clinic, match_of(clinic), therapist), "accept")
    assert pairing["status"] == "active"
    assert pairing["accepted_at"] is not None
    assert pairing["respond_by"] is None
    assert held(clinic, therapist) == 1


@pytest.mark.parametrize(
    ("to", "body", "status"),
    [
        ("accept", None, "active"),
        ("decline", {"reason": "scope"}, "declined"),
        ("withdraw", None, "withdrawn"),
    ],
)
def test_an_answer_given_twice_is_given_once(
    clinic: ClinicApi, to: str, body: dict[str, str] | None, status: str
) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist)
    first, second = (moved(clinic, pairing, to, body) for _ in range(2))
    assert first["status"] == status
    assert first == second
    assert held(clinic, therapist) == (status == "active")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("accept", "decline"),
        ("accept", "withdraw"),
        ("accept", "approve"),
        ("decline", "accept"),
        ("decline", "withdraw"),
        ("decline", "end"),
        ("withdraw", "accept"),
        ("withdraw", "decline"),
        ("withdraw", "approve"),
    ],
)
def test_what_cannot_follow_is_refused_with_the_status_as_it_is(
    clinic: ClinicApi, first: str, second: str
) -> None:
    bodies = {"decline": {"reason": "other"}, "end": {"reason": "moved"}}
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist)
    before = moved(clinic, pairing, first, bodies.get(first))
    response = move(clinic, pairing, second, bodies.get(second))
    assert response.status_code == 409
    assert response.json()["pairing_status"] == before["status"]
    assert before["status"] in response.json()["detail"]
    assert unchanged(clinic, before)


def test_nothing_ends_that_has_not_begun(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist)
    assert move(clinic, pairing, "end", {"reason": "moved"}).status_code == 409
    assert held(clinic, therapist) == 1


def test_a_decline_frees_the_place_and_names_the_next_candidate(clinic: ClinicApi) -> None:
    roster(clinic)
    match = match_of(clinic)
    first = match["candidates"][0]["therapist"]["id"]
    pairing = moved(clinic, chosen(clinic, match, first), "decline", {"reason": "conflict"})
    assert pairing["status"] == "declined"
    assert pairing["next_candidate"]["rank"] == 2
    assert held(clinic, first) == 0
    # Once the client has chosen again there is nobody to name.
    chosen(clinic, match, pairing["next_candidate"]["therapist"]["id"])
    after = clinic.get(f"/v1/pairings/{pairing['id']}").json()
    assert after["next_candidate"] is None


def test_who_said_no_is_not_asked_again_for_this_client(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    match = match_of(clinic)
    moved(clinic, chosen(clinic, match, therapist), "decline", {"reason": "scope"})
    assert choose(clinic, match, therapist).status_code == 409
    assert match_of(clinic)["candidates"] == []
    assert len(match_of(clinic, "c-2")["candidates"]) == 1


def test_a_client_never_sees_why_a_therapist_declined(clinic: ClinicApi) -> None:
    roster(clinic)
    match = match_of(clinic)
    first = match["candidates"][0]["therapist"]["id"]
    pairing = moved(clinic, chosen(clinic, match, first), "decline", {"reason": "conflict"})
    path = f"/v1/pairings/{pairing['id']}"
    as_own(clinic, Role.CLIENT, pairing["client"]["id"])
    as_own(clinic, Role.THERAPIST, first)
    for role in (Role.CLIENT, Role.INTAKE):
        seen = clinic.get(path, role)
        assert "conflict" not in seen.text
        assert seen.json()["decline_reason"] is None
        assert "not able to take" in seen.json()["words"]
        assert seen.json()["next_candidate"]["rank"] == 2
    for role in (Role.STAFF, Role.THERAPIST):
        assert clinic.get(path, role).json()["decline_reason"] == "conflict"
    assert clinic.get(path, Role.THERAPIST).json()["next_candidate"] is None


def test_a_decline_for_lack_of_room_asks_staff_what_holds(clinic: ClinicApi) -> None:
    first, second = roster(clinic, 2)
    moved(clinic, chosen(clinic, match_of(clinic), first), "decline", {"reason": "schedule"})
    assert open_tasks(clinic) == []
    moved(clinic, chosen(clinic, match_of(clinic, "c-2"), second), "decline", {"reason": "full"})
    assert open_tasks(clinic) == [("confirm_availability", None)]


@pytest.mark.parametrize("body", [{}, {"reason": "busy"}, {"reason": "full", "why": "x"}, None])
def test_a_decline_says_why_by_a_code(clinic: ClinicApi, body: dict[str, str] | None) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist)
    assert move(clinic, pairing, "decline", body).status_code == 422
    assert held(clinic, therapist) == 1


def test_after_the_deadline_nobody_accepts(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist)
    deadline = datetime.fromisoformat(pairing["respond_by"])
    at(monkeypatch, deadline - timedelta(microseconds=1))
    assert clinic.get(f"/v1/pairings/{pairing['id']}").json()["status"] == "requested"
    at(monkeypatch, deadline)
    response = move(clinic, pairing, "accept")
    assert response.status_code == 409
    assert response.json()["pairing_status"] == "expired"
    assert clinic.get(f"/v1/pairings/{pairing['id']}").json()["status"] == "expired"
    assert held(clinic, therapist) == 0


def test_a_therapist_answers_their_own_requests_only(clinic: ClinicApi) -> None:
    first, second = roster(clinic, 2)
    mine = chosen(clinic, match_of(clinic), first)
    theirs = chosen(clinic, match_of(clinic, "c-2"), second)
    own = as_own(clinic, Role.THERAPIST, first)
    for to, body in (("accept", None), ("decline", {"reason": "full"}), ("end", {})):
        assert move(clinic, theirs, to, body, own).status_code == 404
    assert moved(clinic, mine, "accept", None, own)["status"] == "active"


def test_a_client_withdraws_what_is_theirs_before_it_is_accepted(clinic: ClinicApi) -> None:
    first, second = roster(clinic, 2)
    mine, theirs = match_of(clinic), match_of(clinic, "c-2")
    pairing, other = chosen(clinic, mine, first), chosen(clinic, theirs, second)
    own = as_own(clinic, Role.CLIENT, pairing["client"]["id"])
    assert move(clinic, other, "withdraw", None, own).status_code == 404
    assert moved(clinic, pairing, "withdraw", None, own)["status"] == "withdrawn"
    assert held(clinic, first) == 0
    # Taking a request back rules nobody out.
    chosen(clinic, mine, first)


def test_where_staff_decide_a_clients_choice_waits_for_them(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    match = match_of(clinic, staff_review=True)
    pairing = chosen(clinic, match, therapist)
    assert pairing["status"] == "awaiting_staff"
    assert held(clinic, therapist) == 1
    assert [kind for kind, _ in open_tasks(clinic)] == ["staff_selection"]
    own = as_own(clinic, Role.THERAPIST, therapist)
    assert move(clinic, pairing, "accept", None, own).status_code == 409
    # The therapist has not heard of anybody yet.
    assert clinic.get(f"/v1/pairings/{pairing['id']}", own).status_code == 404
    assert clinic.get("/v1/pairings", own).json()["items"] == []
    first, second = (moved(clinic, pairing, "approve") for _ in range(2))
    assert first == second
    assert first["status"] == "requested"
    assert open_tasks(clinic) == []
    seen = clinic.get(f"/v1/pairings/{pairing['id']}", own).json()
    assert seen["client"]["reference"] == "c-1"


def test_the_therapist_has_their_whole_time_from_the_approval_on(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic, staff_review=True), therapist)
    later = datetime.fromisoformat(pairing["requested_at"]) + timedelta(hours=20)
    at(monkeypatch, later)
    approved = moved(clinic, pairing, "approve")
    assert datetime.fromisoformat(approved["respond_by"]) == after_business_days(later, 2)


def test_staffs_own_choice_needs_no_approval(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    match = match_of(clinic, staff_review=True)
    assert chosen(clinic, match, therapist, Role.STAFF)["status"] == "requested"
    assert open_tasks(clinic) == []


def test_a_choice_that_was_withdrawn_is_not_before_staff_any_more(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic, staff_review=True), therapist)
    moved(clinic, pairing, "withdraw")
    assert open_tasks(clinic) == []


def test_a_choice_that_staff_did_not_get_to_stays_before_them(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic, staff_review=True), therapist)
    at(monkeypatch, datetime.fromisoformat(pairing["respond_by"]))
    assert clinic.get(f"/v1/pairings/{pairing['id']}").json()["status"] == "expired"
    assert [kind for kind, _ in open_tasks(clinic)] == ["staff_selection"]
    assert move(clinic, pairing, "approve").status_code == 409


@pytest.mark.parametrize("to", ["accept", "approve"])
def test_nobody_begins_with_a_therapist_put_on_hold_meanwhile(clinic: ClinicApi, to: str) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic, staff_review=to == "approve"), therapist)
    put_on_hold(clinic, therapist)
    response = move(clinic, pairing, to)
    assert response.status_code == 409
    assert "hold" not in response.text
    assert held(clinic, therapist) == 1
