"""How a pairing goes, as each reader sees it, and the rupture that is put before staff."""

import pytest

from api.auth.roles import Role
from matching.due import CORE, due_items
from tests.factories.clinics import ClinicApi
from tests.factories.pairings import Json, as_own, moved, open_tasks
from tests.factories.session_ratings import (
    FALLING,
    core,
    course,
    path,
    rated,
    series,
    together,
)

NO_RUPTURE = {"suspected": False, "since_session": None, "cause": None, "words": None}
OFFER = "Your last answers were lower than usual. Would you like to talk about it?"


def share(clinic: ClinicApi, pairing: Json, session: int, how: str) -> None:
    changed = clinic.patch(f"{path(pairing)}/{session}", {"share_with_therapist": how})
    assert changed.status_code == 200, changed.text
    assert changed.json()["share_with_therapist"] == how


def as_therapist(clinic: ClinicApi, pairing: Json) -> Role:
    return as_own(clinic, Role.THERAPIST, pairing["therapist"]["id"])


def test_staff_see_the_ratings_over_time(clinic: ClinicApi, pairing: Json) -> None:
    rated(clinic, pairing, 2, **core(6), comment="Between us.")
    rated(clinic, pairing, 1, **core(8), overall=3, format="video")
    shown = course(clinic, pairing)
    assert [one["session_number"] for one in shown["ratings"]] == [1, 2]
    assert shown["ratings"][0]["items"] == {**core(8), "overall": 3}
    # `overall` does not count beside others, and the core four stand little above the index.
    first, second = (one["fit"] for one in shown["ratings"])
    assert first == pytest.approx(8, abs=0.3)
    assert first - second == pytest.approx(2)
    assert shown["trend"]["direction"] == "not_enough"
    assert shown["rupture"] == NO_RUPTURE
    assert shown["ratings"][1]["comment"] is None
    assert "Between us." not in str(shown)


def test_a_fall_is_suspected_and_put_before_staff_once(clinic: ClinicApi, pairing: Json) -> None:
    answers = series(clinic, pairing, FALLING)
    assert [answer["rupture"]["suspected"] for answer in answers[:3]] == [False] * 3
    last = answers[-1]["rupture"]
    assert last["suspected"]
    assert last["since_session"] in {2, 3, 4}
    assert last["words"] == OFFER
    assert course(clinic, pairing)["rupture"] == last
    assert course(clinic, pairing)["trend"]["direction"] == "falling"
    (task,) = open_tasks(clinic)
    assert (task[0], str(task[1])) == ("rupture", pairing["id"])


def test_while_it_lasts_it_is_not_put_before_staff_again(clinic: ClinicApi, pairing: Json) -> None:
    series(clinic, pairing, FALLING)
    (task,) = clinic.get("/v1/tasks").json()["items"]
    resolved = clinic.post(f"/v1/tasks/{task['id']}/resolve", {"resolution": "done"})
    assert resolved.status_code == 200, resolved.text
    assert rated(clinic, pairing, 6, **core(3))["rupture"]["suspected"]
    assert open_tasks(clinic) == []


def test_after_an_end_there_is_nothing_to_mend(clinic: ClinicApi, pairing: Json) -> None:
    series(clinic, pairing, FALLING[:2])
    moved(clinic, pairing, "end", {"reason": "moved"})
    for session, value in enumerate(FALLING[2:], 3):
        answer = rated(clinic, pairing, session, **core(value))
    assert answer["rupture"]["suspected"]
    assert open_tasks(clinic) == []


def test_a_bad_line_is_said_as_that(clinic: ClinicApi, pairing: Json) -> None:
    fit, line = (8, 8, 8, 8, 2), (9, 9, 9, 9, 1)
    for session, (value, quality) in enumerate(zip(fit, line, strict=True), 1):
        rated(clinic, pairing, session, **core(value), connection_quality=quality)
    rupture = course(clinic, pairing)["rupture"]
    assert (rupture["suspected"], rupture["cause"]) == (False, "connection")
    assert open_tasks(clinic) == []


def test_the_line_alone_never_counts_as_fit(clinic: ClinicApi, pairing: Json) -> None:
    for session, quality in enumerate((9, 9, 9, 1, 1), 1):
        rated(clinic, pairing, session, privacy=quality, connection_quality=quality)
    shown = course(clinic, pairing)
    assert [one["fit"] for one in shown["ratings"]] == [None] * 5
    assert shown["rupture"] == NO_RUPTURE


def test_a_client_sees_all_they_said_and_words_for_figures(
    clinic: ClinicApi, pairing: Json
) -> None:
    series(clinic, pairing, FALLING, share_with_therapist="none", comment="Mine.")
    own = as_own(clinic, Role.CLIENT, pairing["client"]["id"])
    shown = course(clinic, pairing, own)
    assert [one["items"] for one in shown["ratings"]] == [core(value) for value in FALLING]
    assert {one["comment"] for one in shown["ratings"]} == {"Mine."}
    assert {one["fit"] for one in shown["ratings"]} == {None}
    assert shown["trend"]["per_session"] is None
    assert shown["trend"]["words"]
    assert (shown["rupture"]["suspected"], shown["rupture"]["words"]) == (True, OFFER)
    clinic.patch("/v1/settings", {"clients_see_figures": True})
    shown = course(clinic, pairing, own)
    assert shown["ratings"][0]["fit"] > shown["ratings"][-1]["fit"]
    assert shown["trend"]["per_session"] < 0


def test_what_is_not_shared_does_not_show_at_all(clinic: ClinicApi, pairing: Json) -> None:
    therapist = as_therapist(clinic, pairing)
    before = course(clinic, pairing, therapist)
    series(clinic, pairing, FALLING)
    assert course(clinic, pairing, therapist) == before
    assert before["ratings"] == []
    assert (before["trend"], before["next"], before["rupture"]) == (None, None, NO_RUPTURE)


def test_a_rating_shared_is_seen_without_its_comment(clinic: ClinicApi, pairing: Json) -> None:
    therapist = as_therapist(clinic, pairing)
    rated(clinic, pairing, 1, **core(4))
    rated(clinic, pairing, 2, **core(6), comment="Mine.", share_with_therapist="this_rating")
    (one,) = course(clinic, pairing, therapist)["ratings"]
    assert (one["session_number"], one["items"]) == (2, core(6))
    assert (one["fit"], one["comment"]) == (None, None)
    share(clinic, pairing, 2, "none")
    assert course(clinic, pairing, therapist)["ratings"] == []


def test_a_rupture_shows_to_the_therapist_only_from_what_was_shared_whole(
    clinic: ClinicApi, pairing: Json
) -> None:
    therapist = as_therapist(clinic, pairing)
    series(clinic, pairing, FALLING, share_with_therapist="summary")
    assert course(clinic, pairing, therapist)["rupture"] == NO_RUPTURE
    for session in range(1, len(FALLING) + 1):
        share(clinic, pairing, session, "this_rating")
    rupture = course(clinic, pairing, therapist)["rupture"]
    # The offer to talk is for the client.
    assert (rupture["suspected"], rupture["words"]) == (True, None)


def test_a_summary_moves_three_at_a_time_and_has_no_figures(
    clinic: ClinicApi, pairing: Json
) -> None:
    therapist = as_therapist(clinic, pairing)
    seen = []
    for session, value in enumerate((9, 6, 3, 9, 9, 9), 1):
        rated(clinic, pairing, session, **core(value), share_with_therapist="summary")
        shown = course(clinic, pairing, therapist)
        assert shown["ratings"] == []
        seen.append(shown["trend"])
    assert seen[:2] == [None, None]
    assert seen[2]["direction"] == "falling"
    assert seen[2]["per_session"] is None
    assert seen[2] == seen[3] == seen[4]
    assert seen[5]["direction"] != "falling"
    assert "Your answers" not in seen[2]["words"]


def test_a_summary_ends_where_sharing_is_taken_back(clinic: ClinicApi, pairing: Json) -> None:
    therapist = as_therapist(clinic, pairing)
    series(clinic, pairing, (3, 6, 9), share_with_therapist="summary")
    assert course(clinic, pairing, therapist)["trend"]["direction"] == "rising"
    share(clinic, pairing, 2, "this_rating")
    assert course(clinic, pairing, therapist)["trend"] is None


def test_another_therapist_sees_nothing(clinic: ClinicApi, pairing: Json) -> None:
    rated(clinic, pairing, 1, share_with_therapist="this_rating")
    other = as_therapist(clinic, together(clinic, "c-2"))
    assert clinic.get(f"/v1/pairings/{pairing['id']}", other).status_code == 404


def test_a_comment_is_taken_away_and_nothing_else(clinic: ClinicApi, pairing: Json) -> None:
    rated(clinic, pairing, 1, comment="Mine.", share_with_therapist="summary")
    own = as_own(clinic, Role.CLIENT, pairing["client"]["id"])
    assert course(clinic, pairing, own)["ratings"][0]["comment"] == "Mine."
    changed = clinic.patch(f"{path(pairing)}/1", {"comment": None}, own).json()
    assert (changed["comment"], changed["share_with_therapist"]) == (None, "summary")
    assert course(clinic, pairing, own)["ratings"][0]["comment"] is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"comment": "other words"}, 422),
        ({"share_with_therapist": None}, 422),
        ({"share_with_therapist": "some"}, 422),
        ({"trust": 3}, 422),
        ({"share_with_therapist": "none"}, 200),
    ],
)
def test_nothing_else_of_a_rating_can_be_changed(
    clinic: ClinicApi, pairing: Json, body: Json, status: int
) -> None:
    rated(clinic, pairing, 1)
    assert clinic.patch(f"{path(pairing)}/1", body).status_code == status
    assert clinic.patch(f"{path(pairing)}/2", {"comment": None}).status_code == 404


def test_what_is_asked_next_follows_how_they_meet(clinic: ClinicApi) -> None:
    room = together(clinic, preferences={"format": {"any_of": ["in_person", "outdoors"]}})
    assert course(clinic, room)["next"]["items"] == list(CORE)
    assert rated(clinic, room, 2)["next"]["items"] == list(due_items(3, remote=False))
    assert rated(clinic, room, 7, format="video")["next"]["items"] == list(
        due_items(8, remote=True)
    )
    unsaid = together(clinic, "c-2")
    assert rated(clinic, unsaid, 2)["next"]["items"] == list(due_items(3, remote=True))
