"""Parting: for which reasons, who may say them, and what follows."""

from typing import Any
from uuid import UUID

import pytest

from api.auth.roles import Role
from api.db.tables import AuditRow, Departure, RatingWishes
from api.pairings.schemas import END_REASONS
from matching.reasons import is_fit, is_safety
from tests.factories.clinics import ClinicApi
from tests.factories.pairings import (
    Json,
    active,
    as_own,
    held,
    make_alternative,
    match_of,
    move,
    moved,
    open_tasks,
    roster,
    rows_of,
)

# Of the two people, though neither of fit nor of safety.
OF_THE_TWO = {"conflict", "therapist_advised"}


@pytest.fixture
def pairing(clinic: ClinicApi) -> Json:
    (therapist,) = roster(clinic, 1)
    wishes: Json = {"preferences": {"format": {"any_of": ["video"]}}, "needs": ["grief"]}
    return active(clinic, match_of(clinic, consent={"learning": True}, **wishes), therapist)


def candidates(clinic: ClinicApi) -> list[str]:
    return [one["therapist"]["id"] for one in match_of(clinic)["candidates"]]


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        ({"reason": "goals_met"}, ["goals_met"]),
        ({"reasons": ["cost", "schedule"]}, ["cost", "schedule"]),
        ({"reasons": ["cost", "cost"]}, ["cost"]),
        ({"reasons": []}, []),
        ({}, []),
    ],
)
def test_an_end_frees_the_place_and_keeps_its_reasons(
    clinic: ClinicApi, pairing: Json, body: Json, reasons: list[str]
) -> None:
    ended = moved(clinic, pairing, "end", body)
    assert (ended["status"], ended["reasons"]) == ("ended", reasons)
    assert ended["ended_at"] is not None
    assert ended["next_candidate"] is None
    assert held(clinic, pairing["therapist"]["id"]) == 0
    # Said again, with whatever reasons, nothing changes.
    assert moved(clinic, pairing, "end", {"reason": "moved"}) == ended


@pytest.mark.parametrize(
    "body",
    [
        None,
        {"reason": "bored"},
        {"reasons": "cost"},
        {"reason": "cost", "reasons": ["schedule"]},
        {"reason": "cost", "comment": "x"},
    ],
)
def test_reasons_are_codes(clinic: ClinicApi, pairing: Json, body: Any) -> None:
    assert move(clinic, pairing, "end", body).status_code == 422
    assert held(clinic, pairing["therapist"]["id"]) == 1


def test_who_left_for_fit_or_safety_is_not_shown_the_therapist_again(clinic: ClinicApi) -> None:
    for number, reason in enumerate(END_REASONS):
        (therapist,) = roster(clinic, 1)
        client = f"c-{number}"
        learned = len(rows_of(clinic, Departure))
        moved(
            clinic, active(clinic, match_of(clinic, client), therapist), "end", {"reason": reason}
        )
        apart = is_fit(reason) or is_safety(reason) or reason in OF_THE_TWO
        shown = [one["therapist"]["id"] for one in match_of(clinic, client)["candidates"]]
        assert (therapist in shown) is not apart, reason
        assert len(rows_of(clinic, Departure)) - learned == is_fit(reason), reason


def test_one_reason_of_fit_among_others_is_enough(clinic: ClinicApi, pairing: Json) -> None:
    moved(clinic, pairing, "end", {"reasons": ["cost", "not_heard"]})
    assert candidates(clinic) == []
    assert len(rows_of(clinic, Departure)) == 1


def test_after_an_end_without_a_reason_they_may_meet_again(
    clinic: ClinicApi, pairing: Json
) -> None:
    moved(clinic, pairing, "end", {})
    assert candidates(clinic) == [pairing["therapist"]["id"]]


def test_what_leaving_says_is_kept_with_what_was_asked_for(
    clinic: ClinicApi, pairing: Json
) -> None:
    moved(clinic, pairing, "end", {"reason": "no_click"})
    (departure,) = rows_of(clinic, Departure)
    (wishes,) = rows_of(clinic, RatingWishes)
    assert str(departure["pairing_id"]) == pairing["id"]
    assert str(departure["therapist_id"]) == pairing["therapist"]["id"]
    assert departure["learning"] is True
    assert departure["arrival"] == 1
    assert departure["wishes_digest"] == wishes["digest"]
    assert wishes["document"]["needs"] == ["grief"]
    assert wishes["document"]["preferences"]["format"]["any_of"] == ["video"]


@pytest.mark.parametrize("consent", [{}, {"consent": {"learning": False}}])
def test_without_consent_nothing_is_to_be_learned_from_it(clinic: ClinicApi, consent: Json) -> None:
    (therapist,) = roster(clinic, 1)
    moved(
        clinic, active(clinic, match_of(clinic, **consent), therapist), "end", {"reason": "trust"}
    )
    (departure,) = rows_of(clinic, Departure)
    assert departure["learning"] is False
    # Who asked for nothing has no wishes to keep.
    assert departure["wishes_digest"] is None


def test_wishes_that_a_departure_rests_on_stay_when_a_rating_changes(
    clinic: ClinicApi, pairing: Json
) -> None:
    moved(clinic, pairing, "end", {"reason": "no_click"})
    reference = clinic.get(f"/v1/therapists/{pairing['therapist']['id']}").json()["reference"]
    said = '"preferences": {"format": {"any_of": ["video"]}}, "needs": ["grief"]'
    for wishes in (said, '"needs": ["anxiety"]'):
        row = (
            f'{{"client_reference": "c-1", "therapist_reference": "{reference}",'
            f' "session_number": 1, "trust": 5, {wishes}}}\n'
        )
        imported = clinic.call(
            Role.ADMIN,
            "POST",
            "/v1/imports/ratings",
            content=row,
            headers={"Content-Type": "application/x-ndjson"},
        )
        assert imported.status_code == 200, imported.text
        assert imported.json()["rejected_count"] == 0
    (departure,) = rows_of(clinic, Departure)
    assert departure["wishes_digest"] in {row["digest"] for row in rows_of(clinic, RatingWishes)}
    assert len(rows_of(clinic, RatingWishes)) == 2


@pytest.mark.parametrize("reason", ["unsafe", "boundary", "discrimination"])
def test_what_was_unsafe_is_before_staff_at_once_and_nobody_new_comes(
    clinic: ClinicApi, pairing: Json, reason: str
) -> None:
    other = match_of(clinic, "c-2")
    moved(clinic, pairing, "end", {"reasons": ["schedule", reason]})
    assert open_tasks(clinic) == [("safety", UUID(pairing["id"]))]
    assert clinic.get(f"/v1/therapists/{pairing['therapist']['id']}").json()["on_hold"] is True
    assert other["candidates"] == []
    assert match_of(clinic, "c-3")["candidates"] == []


def test_what_an_alternative_put_before_staff_is_not_put_there_again(clinic: ClinicApi) -> None:
    first, second = roster(clinic, 2)
    old = active(clinic, match_of(clinic), first)
    match = match_of(clinic)
    make_alternative(clinic, match, old, ["unsafe"])
    active(clinic, match, second)
    assert clinic.get(f"/v1/pairings/{old['id']}").json()["status"] == "ended"
    # Staff may have looked and cleared it since.
    assert open_tasks(clinic) == []
    assert clinic.get(f"/v1/therapists/{first}").json()["on_hold"] is False


def test_a_therapist_does_not_say_whether_it_fitted_or_was_safe(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, 1, caseload_limit=None)
    own = as_own(clinic, Role.THERAPIST, therapist)
    for number, reason in enumerate(END_REASONS):
        pairing = active(clinic, match_of(clinic, f"c-{number}"), therapist)
        for field, body in (("reason", {"reason": reason}), ("reasons", {"reasons": [reason]})):
            response = move(clinic, pairing, "end", body, own)
            if is_fit(reason) or is_safety(reason):
                assert response.status_code == 422, reason
                assert response.json()["errors"][0]["field"] == field
            else:
                assert response.status_code == 200, reason


def test_a_therapist_is_not_told_the_reasons(clinic: ClinicApi, pairing: Json) -> None:
    path = f"/v1/pairings/{pairing['id']}"
    client = as_own(clinic, Role.CLIENT, pairing["client"]["id"])
    therapist = as_own(clinic, Role.THERAPIST, pairing["therapist"]["id"])
    moved(clinic, pairing, "end", {"reason": "judged"}, client)
    assert clinic.get(path, client).json()["reasons"] == ["judged"]
    assert clinic.get(path, Role.STAFF).json()["reasons"] == ["judged"]
    for role in (therapist, Role.INTAKE):
        assert "judged" not in clinic.get(path, role).text
    assert "judged" not in clinic.get("/v1/pairings", therapist).text


def test_reasons_are_not_in_the_trail(clinic: ClinicApi, pairing: Json) -> None:
    moved(clinic, pairing, "end", {"reasons": ["judged", "cost"]})
    (row,) = (row for row in rows_of(clinic, AuditRow) if row["action"] == "pairing.ended")
    assert row["details"] == {"reasons": 2}
