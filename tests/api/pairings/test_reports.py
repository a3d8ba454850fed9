"""What a client says of a therapist counts, whatever became of the pairing when they say it."""

from typing import Any

import pytest

from api.auth.roles import Role
from tests.factories.clinics import ClinicApi, key_of
from tests.factories.pairings import chosen, match_of, move, moved, open_tasks, roster

Json = dict[str, Any]


def with_somebody(clinic: ClinicApi, count: int = 3) -> tuple[Json, str]:
    """An active pairing, and its therapist."""
    therapists = roster(clinic, count)
    pairing = chosen(clinic, match_of(clinic), therapists[0])
    return moved(clinic, pairing, "accept"), therapists[0]


def others(clinic: ClinicApi, pairing: Json, role: Role = Role.INTAKE, **body: Any) -> Any:
    return clinic.post(f"/v1/pairings/{pairing['id']}/alternatives", body, role)


def candidates(match: Json) -> set[str]:
    return {one["therapist"]["id"] for one in match["candidates"]}


def on_hold(clinic: ClinicApi, therapist: str) -> bool:
    return bool(clinic.get(f"/v1/therapists/{therapist}").json()["on_hold"])


def test_a_report_counts_after_the_therapist_ended_first(clinic: ClinicApi) -> None:
    pairing, therapist = with_somebody(clinic)
    moved(clinic, pairing, "end", {"reason": "paused"})
    told = moved(clinic, pairing, "end", {"reason": "unsafe"}, Role.STAFF)
    assert told["reasons"] == ["paused", "unsafe"]
    assert on_hold(clinic, therapist)
    assert [kind for kind, _ in open_tasks(clinic)] == ["safety"]
    again = match_of(clinic)
    assert therapist not in candidates(again)
    assert again["returning"] == []


def test_a_report_before_the_two_met_reaches_staff_and_takes_the_request_back(
    clinic: ClinicApi,
) -> None:
    therapists = roster(clinic, 2)
    pairing = chosen(clinic, match_of(clinic), therapists[0])
    told = moved(clinic, pairing, "end", {"reason": "boundary"})
    assert told["status"] == "withdrawn"
    assert [kind for kind, _ in open_tasks(clinic)] == ["safety"]
    # They never met: others are not kept away by it.
    assert not on_hold(clinic, therapists[0])
    assert therapists[0] not in candidates(match_of(clinic))


def test_a_report_is_kept_where_the_rest_of_the_request_is_refused(clinic: ClinicApi) -> None:
    pairing, therapist = with_somebody(clinic)
    refused = others(
        clinic, pairing, reasons=["unsafe"], preferences={"gender": {"any_of": ["nobody"]}}
    )
    assert refused.status_code == 422
    assert on_hold(clinic, therapist)
    assert [kind for kind, _ in open_tasks(clinic)] == ["safety"]


@pytest.mark.parametrize("reason", ["unsafe", "trust"])
def test_reasons_given_for_an_alternative_are_not_forgotten(clinic: ClinicApi, reason: str) -> None:
    pairing, therapist = with_somebody(clinic)
    assert others(clinic, pairing, reasons=[reason]).status_code == 201
    ended = moved(clinic, pairing, "end", {})
    assert ended["reasons"] == [reason]
    again = match_of(clinic)
    assert therapist not in candidates(again)
    assert again["returning"] == []


def test_who_stayed_after_all_may_come_back(clinic: ClinicApi) -> None:
    pairing, therapist = with_somebody(clinic)
    assert others(clinic, pairing, reasons=["trust"]).status_code == 201
    ended = moved(clinic, pairing, "end", {"reason": "goals_met"})
    assert ended["reasons"] == ["goals_met"]
    returning = match_of(clinic)["returning"]
    assert [one["therapist"]["id"] for one in returning] == [therapist]


def test_nobody_is_asked_to_repair_what_was_unsafe(clinic: ClinicApi) -> None:
    pairing, _ = with_somebody(clinic)
    assert others(clinic, pairing, reasons=["trust"]).json()["repair"] is not None
    assert others(clinic, pairing, reasons=["unsafe"]).json()["repair"] is None
    assert others(clinic, pairing, reasons=["trust"]).json()["repair"] is None


def test_one_replacement_is_asked_at_a_time(clinic: ClinicApi) -> None:
    pairing, _ = with_somebody(clinic, 4)
    asked = []
    for _ in range(3):
        other = others(clinic, pairing).json()
        asked.append(chosen(clinic, other, other["candidates"][0]["therapist"]["id"]))
    statuses = [clinic.get(f"/v1/pairings/{one['id']}").json()["status"] for one in asked]
    assert statuses == ["withdrawn", "withdrawn", "requested"]
    moved(clinic, asked[-1], "accept")
    # Whoever is chosen from an older list takes the place of the one who is there now.
    latest = others(clinic, asked[-1]).json()
    last = chosen(clinic, latest, latest["candidates"][0]["therapist"]["id"])
    assert last["replaces_id"] == asked[-1]["id"]
    assert clinic.get(f"/v1/pairings/{pairing['id']}").json()["status"] == "ended"


def test_one_client_asks_three_at_most(clinic: ClinicApi) -> None:
    therapists = roster(clinic, 5)
    for therapist in therapists[:3]:
        chosen(clinic, match_of(clinic), therapist)
    path = f"/v1/matches/{match_of(clinic)['id']}/selection"
    refused = clinic.post(path, {"therapist_id": therapists[3]}, Role.INTAKE)
    assert refused.status_code == 409
    assert "withdraw" in refused.json()["detail"]
    assert clinic.post(path, {"therapist_id": therapists[3]}, Role.STAFF).status_code == 201


def test_a_key_used_by_somebody_else_says_nothing_of_their_call(clinic: ClinicApi) -> None:
    pairing, _ = with_somebody(clinic)
    path = f"/v1/pairings/{pairing['id']}/ratings"
    body, headers = {"session_number": 1, "trust": 3}, {"Idempotency-Key": "rating-1"}
    own = key_of(clinic, Role.CLIENT, pairing["client"]["id"])
    clinic.keys[Role.CLIENT] = own
    assert clinic.post(path, body, Role.CLIENT, headers=headers).status_code == 201
    (free,) = roster(clinic, 1)
    other = chosen(clinic, match_of(clinic, "c-2"), free)
    clinic.keys[Role.CLIENT] = key_of(clinic, Role.CLIENT, other["client"]["id"])
    assert clinic.post(path, body, Role.CLIENT, headers=headers).status_code == 404


def test_a_therapist_does_not_learn_that_somebody_is_left_for_them(clinic: ClinicApi) -> None:
    pairing, _ = with_somebody(clinic)
    other = others(clinic, pairing).json()
    therapist = other["candidates"][0]["therapist"]["id"]
    asked = chosen(clinic, other, therapist)
    assert asked["replaces_id"] == pairing["id"]
    clinic.keys[Role.THERAPIST] = key_of(clinic, Role.THERAPIST, therapist)
    seen = clinic.get(f"/v1/pairings/{asked['id']}", Role.THERAPIST).json()
    assert seen["replaces_id"] is None
    assert move(clinic, asked, "accept", None, Role.THERAPIST).status_code == 200
