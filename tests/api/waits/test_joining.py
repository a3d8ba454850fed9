"""Joining the list, being seen on it, and leaving it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from api.auth.roles import Role
from api.db.tables import AuditRow, Client, Match, Wait
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pairings import as_own, chosen, held, match_of, roster, rows_of
from tests.factories.waits import ask_to_wait, joined, look, moment, set_waited, wait_now, waits_for


def test_a_client_whom_nobody_can_take_joins_the_list(clinic: ClinicApi) -> None:
    match = clinic.match(client={"reference": "c-1"})
    assert match["candidates"] == []
    assert match["next_steps"] == ["wait", "change", "staff_call", "referral_out"]
    response = ask_to_wait(clinic, match)
    assert response.status_code == 201
    wait = response.json()
    assert response.headers["Location"] == f"/v1/waits/{wait['id']}"
    assert wait["match_id"] == match["id"]
    assert wait["client"]["reference"] == "c-1"
    assert wait["status"] == "waiting"
    assert wait["urgency"] == "routine"
    assert wait["accept"] == []
    assert wait["position"] == 1
    assert wait["offer"] is None
    assert wait_now(clinic, wait) == wait


def test_nothing_needs_to_be_said_to_wait(clinic: ClinicApi) -> None:
    match = clinic.match()
    assert clinic.call(Role.STAFF, "POST", f"/v1/matches/{match['id']}/wait").status_code == 201


def test_who_waits_without_a_reference_becomes_a_client_of_the_clinic(clinic: ClinicApi) -> None:
    match = clinic.match()
    wait = waits_for(clinic, match)
    (client,) = rows_of(clinic, Client)
    (stored,) = rows_of(clinic, Match)
    assert str(client["id"]) == wait["client"]["id"]
    assert stored["client_id"] == client["id"]


def test_a_wait_lasts_as_long_as_the_clinic_has_set(clinic: ClinicApi) -> None:
    clinic.patch("/v1/settings", {"waiting_days": 10})
    wait = joined(clinic, "c-1")
    assert wait["until"] == (datetime.now(UTC).date() + timedelta(days=10)).isoformat()


def test_the_client_says_until_when(clinic: ClinicApi) -> None:
    today = datetime.now(UTC).date()
    assert joined(clinic, "c-1", until=today.isoformat())["until"] == today.isoformat()
    late, gone = (today + timedelta(days=800), today - timedelta(days=2))
    for refused in (late, gone, date(9999, 12, 31)):
        response = ask_to_wait(clinic, clinic.match(), until=refused.isoformat())
        assert response.status_code == 422
        assert response.json()["errors"][0]["field"] == "until"


def test_the_list_is_in_order_of_urgency_and_time(clinic: ClinicApi) -> None:
    """Urgent is four weeks ahead, soon two; who has waited longer than that is not passed."""
    waits = {
        name: joined(clinic, name, urgency=urgency)
        for name, urgency in (
            ("new-routine", "routine"),
            ("new-soon", "soon"),
            ("new-urgent", "urgent"),
            ("routine-15", "routine"),
            ("routine-29", "routine"),
            ("soon-15", "soon"),
        )
    }
    for name in ("routine-15", "soon-15"):
        set_waited(clinic, waits[name], 15)
    set_waited(clinic, waits["routine-29"], 28.5)
    items = clinic.get("/v1/waits", Role.STAFF).json()["items"]
    order = [one["client"]["reference"] for one in items]
    assert order == ["soon-15", "routine-29", "new-urgent", "routine-15", "new-soon", "new-routine"]
    assert [one["position"] for one in items] == [1, 2, 3, 4, 5, 6]
    assert wait_now(clinic, waits["routine-15"])["position"] == 4


def test_pages_of_the_list_hold_everybody_once_in_order(clinic: ClinicApi) -> None:
    urgencies = ["routine", "urgent", "soon", "routine", "urgent"]
    for number, urgency in enumerate(urgencies):
        joined(clinic, f"c-{number}", urgency=urgency)
    seen: list[tuple[str, int]] = []
    cursor: dict[str, str] = {}
    while True:
        page = clinic.get("/v1/waits", Role.STAFF, params={"limit": 2, **cursor}).json()
        seen += [(one["client"]["reference"], one["position"]) for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [("c-1", 1), ("c-4", 2), ("c-2", 3), ("c-0", 4), ("c-3", 5)]


@pytest.mark.parametrize("cursor", ["!", "AAAA", "x" * 64, "A" * 22, "A" * 21 + "E" + "A" * 10])
def test_a_cursor_that_is_not_ours_is_refused(clinic: ClinicApi, cursor: str) -> None:
    assert clinic.get("/v1/waits", Role.STAFF, params={"cursor": cursor}).status_code == 422


def test_who_asks_again_keeps_the_time_they_waited(clinic: ClinicApi) -> None:
    first = joined(clinic, "c-1")
    set_waited(clinic, first, 9)
    since = wait_now(clinic, first)["since"]
    second = joined(clinic, "c-1", urgency="soon")
    assert second["since"] == since
    assert wait_now(clinic, first)["status"] == "left"
    (listed,) = clinic.get("/v1/waits", Role.STAFF).json()["items"]
    assert listed["id"] == second["id"]


def test_nobody_waits_from_a_match_in_which_they_chose(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1)
    match = match_of(clinic)
    pairing = chosen(clinic, match, therapist)
    refused = ask_to_wait(clinic, match)
    assert refused.status_code == 409
    assert refused.json()["pairing_id"] == pairing["id"]


def test_nobody_joins_anew_while_a_place_is_held_for_them(clinic: ClinicApi) -> None:
    wait = joined(clinic, "c-1")
    roster(clinic, 1)
    look(clinic)
    offer = wait_now(clinic, wait)["offer"]
    refused = ask_to_wait(clinic, clinic.match(client={"reference": "c-1"}))
    assert refused.status_code == 409
    assert refused.json()["pairing_id"] == offer["pairing_id"]


def test_nobody_waits_who_took_their_consent_back(clinic: ClinicApi) -> None:
    match = clinic.match(client={"reference": "c-1"})
    (client,) = rows_of(clinic, Client)
    clinic.call(Role.STAFF, "PUT", f"/v1/clients/{client['id']}/consents", json={"matching": False})
    assert ask_to_wait(clinic, match).status_code == 409


def test_sent_twice_with_one_key_a_client_joins_once(clinic: ClinicApi) -> None:
    match = clinic.match(client={"reference": "c-1"})
    headers = {"Idempotency-Key": "k-1"}
    path = f"/v1/matches/{match['id']}/wait"
    first = clinic.post(path, {"urgency": "soon"}, headers=headers)
    again = clinic.post(path, {"urgency": "soon"}, headers=headers)
    assert first.status_code == 201
    assert again.json() == first.json()
    assert len(rows_of(clinic, Wait)) == 1


def test_leaving_ends_the_wait_and_gives_back_what_is_held(clinic: ClinicApi) -> None:
    wait = joined(clinic, "c-1")
    (therapist,) = roster(clinic, 1)
    look(clinic)
    assert held(clinic, therapist) == 1
    path = f"/v1/waits/{wait['id']}/leave"
    left = clinic.post(path, role=Role.INTAKE)
    assert left.status_code == 200
    assert (left.json()["status"], left.json()["offer"]) == ("left", None)
    assert moment(left.json()["closed_at"]) >= moment(wait["since"])
    assert held(clinic, therapist) == 0
    assert clinic.post(path).json() == left.json()
    look(clinic)
    assert held(clinic, therapist) == 0


def test_who_leaves_after_choosing_still_has_asked_the_therapist(clinic: ClinicApi) -> None:
    wait = joined(clinic, "c-1")
    (therapist,) = roster(clinic, 1)
    look(clinic)
    offer = wait_now(clinic, wait)["offer"]
    chosen(clinic, {"id": offer["match_id"]}, therapist)
    assert clinic.post(f"/v1/waits/{wait['id']}/leave").json()["status"] == "left"
    assert clinic.get(f"/v1/pairings/{offer['pairing_id']}").json()["status"] == "requested"
    clinic.post(f"/v1/pairings/{offer['pairing_id']}/decline", {"reason": "other"})
    assert wait_now(clinic, wait)["status"] == "left"


def test_a_wait_that_is_over_another_way_cannot_be_left(clinic: ClinicApi) -> None:
    wait = joined(clinic, "c-1")
    (therapist,) = roster(clinic, 1)
    look(clinic)
    offer = wait_now(clinic, wait)["offer"]
    chosen(clinic, {"id": offer["match_id"]}, therapist)
    clinic.post(f"/v1/pairings/{offer['pairing_id']}/accept")
    assert wait_now(clinic, wait)["status"] == "placed"
    assert clinic.post(f"/v1/waits/{wait['id']}/leave").status_code == 409


def test_a_clients_key_sees_their_own_wait_only(clinic: ClinicApi) -> None:
    own, other = joined(clinic, "c-1"), joined(clinic, "c-2")
    role = as_own(clinic, Role.CLIENT, own["client"]["id"])
    assert clinic.get(f"/v1/waits/{own['id']}", role).json()["id"] == own["id"]
    assert clinic.get(f"/v1/waits/{other['id']}", role).status_code == 404
    assert clinic.post(f"/v1/waits/{other['id']}/leave", role=role).status_code == 404
    assert ask_to_wait(clinic, {"id": other["match_id"]}, role).status_code == 404
    assert ask_to_wait(clinic, {"id": own["match_id"]}, role).status_code == 201
    assert clinic.post(f"/v1/waits/{own['id']}/leave", role=role).status_code == 200


def test_another_clinics_wait_is_not_found(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    wait = joined(other, "c-1")
    assert clinic.get(f"/v1/waits/{wait['id']}").status_code == 404
    assert clinic.post(f"/v1/waits/{wait['id']}/leave").status_code == 404
    assert ask_to_wait(clinic, {"id": wait["match_id"]}).status_code == 404
    assert clinic.get("/v1/waits", Role.STAFF).json()["items"] == []


def test_what_was_erased_is_gone(clinic: ClinicApi) -> None:
    wait = joined(clinic, "c-1")
    erased = clinic.call(Role.ADMIN, "DELETE", f"/v1/clients/{wait['client']['id']}")
    assert erased.status_code in {200, 204}
    assert clinic.get(f"/v1/waits/{wait['id']}").status_code == 410
    assert clinic.post(f"/v1/waits/{wait['id']}/leave").status_code == 410
    assert ask_to_wait(clinic, {"id": wait["match_id"]}).status_code == 410


def test_every_change_and_every_read_is_recorded(clinic: ClinicApi) -> None:
    wait = joined(clinic, "c-1", urgency="urgent")
    wait_now(clinic, wait)
    clinic.get("/v1/waits", Role.STAFF)
    joined(clinic, "c-1")
    rows: list[dict[str, Any]] = rows_of(clinic, AuditRow)
    about = [row["action"] for row in rows if row["subject_id"] == UUID(wait["id"])]
    assert about == ["wait.joined", "wait.read", "wait.replaced"]
    assert "waits.listed" in {row["action"] for row in rows}
