"""An alternative accepted: the therapist who was left is left then, and not before."""

import pytest

from tests.factories.clinics import ClinicApi
from tests.factories.pairings import (
    active,
    chosen,
    held,
    make_alternative,
    match_of,
    moved,
    roster,
    unchanged,
)


def test_whom_a_client_leaves_for_another_they_leave_once_accepted(clinic: ClinicApi) -> None:
    first, second = roster(clinic, 2)
    old = active(clinic, match_of(clinic), first)
    match = match_of(clinic)
    make_alternative(clinic, match, old, ["no_click", "schedule"])
    new = chosen(clinic, match, second)
    assert new["replaces_id"] == old["id"]
    path = f"/v1/pairings/{old['id']}"
    assert clinic.get(path).json()["status"] == "active"
    moved(clinic, new, "accept")
    ended = clinic.get(path).json()
    assert (ended["status"], ended["reasons"]) == ("ended", ["no_click", "schedule"])
    assert (held(clinic, first), held(clinic, second)) == (0, 1)


def test_a_client_whose_alternative_falls_through_keeps_their_therapist(
    clinic: ClinicApi,
) -> None:
    first, second = roster(clinic, 2)
    old = active(clinic, match_of(clinic), first)
    match = match_of(clinic)
    make_alternative(clinic, match, old, ["no_click"])
    moved(clinic, chosen(clinic, match, second), "decline", {"reason": "other"})
    assert clinic.get(f"/v1/pairings/{old['id']}").json()["status"] == "active"
    assert held(clinic, first) == 1


def test_an_alternative_without_a_reason_rules_the_therapist_out_all_the_same(
    clinic: ClinicApi,
) -> None:
    first, second = roster(clinic, 2)
    old = active(clinic, match_of(clinic), first)
    match = match_of(clinic)
    make_alternative(clinic, match, old)
    moved(clinic, chosen(clinic, match, second), "accept")
    assert clinic.get(f"/v1/pairings/{old['id']}").json()["reasons"] == []
    assert match_of(clinic)["excluded"]["left_before"] == 1


def test_a_request_that_an_alternative_leaves_is_withdrawn(clinic: ClinicApi) -> None:
    first, second = roster(clinic, 2)
    old = chosen(clinic, match_of(clinic), first)
    match = match_of(clinic)
    make_alternative(clinic, match, old)
    moved(clinic, chosen(clinic, match, second), "accept")
    assert clinic.get(f"/v1/pairings/{old['id']}").json()["status"] == "withdrawn"
    assert held(clinic, first) == 0


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_ended_by_itself_is_not_ended_again(clinic: ClinicApi, when: str) -> None:
    first, second = roster(clinic, 2)
    old = active(clinic, match_of(clinic), first)
    match = match_of(clinic)
    make_alternative(clinic, match, old, ["no_click"])
    if when == "before":
        ended = moved(clinic, old, "end", {"reason": "moved"})
        new = chosen(clinic, match, second)
        assert new["replaces_id"] is None
    else:
        new = chosen(clinic, match, second)
        ended = moved(clinic, old, "end", {"reason": "moved"})
    moved(clinic, new, "accept")
    assert unchanged(clinic, ended)
