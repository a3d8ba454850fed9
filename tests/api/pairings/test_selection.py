"""Choosing: who may choose whom, when, and what becomes of the place."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, update

from api.auth.roles import Role
from api.clock import utc_now
from api.db.tables import AuditRow, Client, Pairing, Tombstone
from api.db.tables.base import table_of
from api.store.business_days import after_business_days
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pairings import (
    active,
    as_own,
    choose,
    chosen,
    database_of,
    held,
    match_of,
    moved,
    roster,
    rows_of,
)

NO_PLACE = "urn:rapport:problem:no-place"


def therapist_at(match: dict[str, Any], rank: int) -> str:
    therapist_id: str = match["candidates"][rank - 1]["therapist"]["id"]
    return therapist_id


def test_a_choice_holds_one_place_and_the_therapists_answer_is_due(clinic: ClinicApi) -> None:
    roster(clinic)
    match = match_of(clinic)
    pairing = chosen(clinic, match, therapist_at(match, 2))
    assert pairing["status"] == "requested"
    assert pairing["rank"] == 2
    assert pairing["client"]["reference"] == "c-1"
    assert pairing["therapist"] == match["candidates"][1]["therapist"]
    asked = datetime.fromisoformat(pairing["requested_at"])
    assert datetime.fromisoformat(pairing["respond_by"]) == after_business_days(asked, 2)
    assert held(clinic, therapist_at(match, 2)) == 1
    assert held(clinic, therapist_at(match, 1)) == 0


def test_the_clinic_sets_how_long_a_therapist_has(clinic: ClinicApi) -> None:
    clinic.patch("/v1/settings", {"response_deadline_business_days": 5})
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist)
    asked = datetime.fromisoformat(pairing["requested_at"])
    assert datetime.fromisoformat(pairing["respond_by"]) == after_business_days(asked, 5)


def test_where_no_place_is_left_the_next_candidate_is_named(clinic: ClinicApi) -> None:
    roster(clinic)
    first, second = match_of(clinic), match_of(clinic, "c-2")
    best = therapist_at(second, 1)
    chosen(clinic, first, best)
    response = choose(clinic, second, best)
    assert response.status_code == 409
    problem = response.json()
    assert problem["type"] == NO_PLACE
    assert problem["next_candidate"] == {
        "rank": 2,
        "therapist": second["candidates"][1]["therapist"],
    }
    assert {"wait", "change", "staff_call", "referral_out"} <= set(problem["next_steps"])
    assert held(clinic, best) == 1
    taken = chosen(clinic, second, problem["next_candidate"]["therapist"]["id"])
    assert taken["rank"] == 2


def test_where_nobody_is_left_there_are_ways_on_all_the_same(clinic: ClinicApi) -> None:
    (only,) = roster(clinic, 1)
    first, second = match_of(clinic), match_of(clinic, "c-2")
    chosen(clinic, first, only)
    problem = choose(clinic, second, only).json()
    assert problem["next_candidate"] is None
    assert "wait" in problem["next_steps"]


def test_the_next_candidate_is_nobody_who_said_no_is_full_or_was_left(clinic: ClinicApi) -> None:
    roster(clinic, 5)
    match, other = match_of(clinic), match_of(clinic, "c-2")
    order = [therapist_at(match, rank) for rank in range(1, 6)]
    # Left before, in a match of their own; full by somebody else; said no in this very match.
    before = match_of(clinic)
    moved(clinic, active(clinic, before, order[1]), "end", {"reason": "no_click"})
    chosen(clinic, other, order[2])
    moved(clinic, chosen(clinic, match, order[0]), "decline", {"reason": "other"})
    stopped = clinic.get(f"/v1/therapists/{order[3]}")
    clinic.patch(
        f"/v1/therapists/{order[3]}",
        {"accepting": False},
        headers={"If-Match": stopped.headers["ETag"]},
    )
    problem = choose(clinic, match, order[3]).json()
    assert problem["next_candidate"]["rank"] == 5


def test_one_choice_of_a_match_lives_at_a_time(clinic: ClinicApi) -> None:
    roster(clinic)
    match = match_of(clinic)
    pairing = chosen(clinic, match, therapist_at(match, 1))
    response = choose(clinic, match, therapist_at(match, 2))
    assert response.status_code == 409
    assert response.json()["pairing_id"] == pairing["id"]
    assert held(clinic, therapist_at(match, 2)) == 0


def test_a_client_asks_one_therapist_once_at_a_time(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1, caseload_limit=5)
    first, second = match_of(clinic), match_of(clinic)
    pairing = chosen(clinic, first, therapist)
    response = choose(clinic, second, therapist)
    assert response.status_code == 409
    assert response.json()["pairing_id"] == pairing["id"]
    assert held(clinic, therapist) == 1


@pytest.mark.parametrize("role", [Role.INTAKE, Role.CLIENT])
def test_only_staff_choose_past_the_candidates(clinic: ClinicApi, role: Role) -> None:
    roster(clinic, 1)
    match = match_of(clinic)
    later = clinic.add(reference="later")["id"]
    if role is Role.CLIENT:
        as_own(clinic, role, str(rows_of(clinic, Client)[0]["id"]))
    assert choose(clinic, match, later, role).status_code == 403
    assert choose(clinic, match, later, role, override_reason="Known well").status_code == 403
    # With a reason they may not even choose a candidate: the reason is not theirs to keep.
    candidate = therapist_at(match, 1)
    assert choose(clinic, match, candidate, role, override_reason="x").status_code == 403
    assert choose(clinic, match, candidate, role).status_code == 201


def test_staff_choose_past_the_candidates_with_a_reason(clinic: ClinicApi) -> None:
    roster(clinic, 1)
    match = match_of(clinic)
    later = clinic.add(reference="later")["id"]
    without = choose(clinic, match, later, Role.STAFF)
    assert without.status_code == 422
    assert without.json()["errors"][0]["field"] == "override_reason"
    pairing = chosen(clinic, match, later, Role.STAFF, override_reason="They worked together.")
    assert pairing["rank"] is None
    assert pairing["override_reason"] == "They worked together."
    # The ranking is kept as it was answered.
    assert clinic.get(f"/v1/matches/{match['id']}").json() == match


def test_whom_a_client_left_is_not_chosen_from_an_older_match(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    older, match = match_of(clinic), match_of(clinic)
    moved(clinic, active(clinic, match, therapist), "end", {"reason": "trust"})
    assert choose(clinic, older, therapist).status_code == 409
    # Unless staff say why.
    assert choose(clinic, older, therapist, Role.STAFF, override_reason="x").status_code == 201


def test_whom_a_client_may_come_back_to_can_be_chosen(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1, languages=["en"])
    moved(clinic, active(clinic, match_of(clinic), therapist), "end", {"reason": "goals_met"})
    must = {"language": {"any_of": ["es"], "importance": "must"}}
    match = clinic.match(client={"reference": "c-1"}, preferences=must)
    assert match["candidates"] == []
    assert [one["therapist"]["id"] for one in match["returning"]] == [therapist]
    assert chosen(clinic, match, therapist)["rank"] is None


def test_a_match_without_a_client_gets_one(clinic: ClinicApi) -> None:
    roster(clinic)
    match = match_of(clinic, None)
    pairing = chosen(clinic, match, therapist_at(match, 1))
    assert pairing["client"]["reference"].startswith("unnamed-")
    as_own(clinic, Role.CLIENT, pairing["client"]["id"])
    assert clinic.get(f"/v1/matches/{match['id']}", Role.CLIENT).status_code == 200
    again = clinic.post(f"/v1/matches/{match['id']}/replay")
    assert again.json() == {"identical": True}


def test_a_client_chooses_from_their_own_matches_only(clinic: ClinicApi) -> None:
    roster(clinic)
    mine, theirs, nobodys = match_of(clinic), match_of(clinic, "c-2"), match_of(clinic, None)
    own = next(row for row in rows_of(clinic, Client) if row["reference"] == "c-1")
    as_own(clinic, Role.CLIENT, str(own["id"]))
    for match in (theirs, nobodys):
        assert choose(clinic, match, therapist_at(match, 1), Role.CLIENT).status_code == 404
    assert choose(clinic, mine, therapist_at(mine, 1), Role.CLIENT).status_code == 201


def test_what_is_another_clinics_is_not_there(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    mine, theirs = roster(clinic, 1)[0], roster(other, 1)[0]
    match = match_of(clinic)
    assert choose(other, match, theirs, Role.STAFF).status_code == 404
    for unknown in (theirs, str(uuid4())):
        response = choose(clinic, match, unknown, Role.STAFF, override_reason="x")
        assert response.status_code == 404
    assert held(clinic, mine) == held(other, theirs) == 0


def test_from_an_erased_match_nobody_is_chosen(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    erased = uuid4()
    with database_of(clinic).writing() as connection:
        connection.execute(
            insert(table_of(Tombstone)),
            {"clinic_id": clinic.clinic_id, "id": erased, "erased_at": utc_now()},
        )
    assert choose(clinic, {"id": str(erased)}, therapist).status_code == 410


def test_who_took_their_consent_back_is_not_matched(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    match = match_of(clinic)
    clients = table_of(Client)
    with database_of(clinic).writing() as connection:
        connection.execute(update(clients).values(consents_to_matching=False))
    response = choose(clinic, match, therapist)
    assert response.status_code == 409
    assert "consent" in response.json()["detail"]


def test_the_same_choice_sent_twice_is_made_once(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    match = match_of(clinic)
    more = {"headers": {"Idempotency-Key": "once"}}
    path, body = f"/v1/matches/{match['id']}/selection", {"therapist_id": therapist}
    first, second = (clinic.post(path, body, Role.INTAKE, **more) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert len(rows_of(clinic, Pairing)) == held(clinic, therapist) == 1


def test_nothing_that_was_said_is_in_the_trail(clinic: ClinicApi) -> None:
    roster(clinic, 1)
    match = match_of(clinic)
    later = clinic.add(reference="later")["id"]
    pairing = chosen(clinic, match, later, Role.STAFF, override_reason="a word of ours")
    (row,) = (row for row in rows_of(clinic, AuditRow) if row["action"] == "pairing.selected")
    assert str(row["subject_id"]) == pairing["id"]
    assert row["details"] == {"match_id": match["id"], "rank": None, "overridden": True}
