"""A session is rated once, by who may, while the two work together or have just parted."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.auth.roles import Role
from api.db.tables import AuditRow, IdempotentReply, RatingNote, RatingWishes, StaffTask
from api.pairings.ratings.service import RATED_AFTER_END
from api.store.ratings import learnable_counts
from matching.due import due_items
from matching.learning.ratings import ITEMS
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.clock import moved_clock
from tests.factories.pairings import Json, active, as_own, chosen, in_scope, match_of, moved, roster
from tests.factories.ratings import send, short_row
from tests.factories.session_ratings import core, course, path, rate, rated, stored, together

WHOLE: dict[str, Any] = {item: place % 11 for place, item in enumerate(ITEMS)}
SEEN = {"warm_support": 0, "therapist_directiveness": -1}


def test_what_is_said_is_kept_whole(clinic: ClinicApi, pairing: Json) -> None:
    answer = rated(
        clinic, pairing, 3, format="video", style_seen=SEEN, comment="Thank you.", **WHOLE
    )
    (row,) = stored(clinic)
    (note,) = stored(clinic, RatingNote)
    assert {item: row[item] for item in ITEMS} == WHOLE
    assert (row["session_number"], row["format"], row["learning"]) == (3, "video", False)
    assert (row["style_seen_warm_support"], row["style_seen_therapist_directiveness"]) == (0, -1)
    assert row["style_seen_past_orientation"] is None
    assert str(row["pairing_id"]) == pairing["id"]
    assert (note["share"], note["comment"]) == ("none", "Thank you.")
    assert answer["id"] == str(row["id"]) == str(note["rating_id"])
    assert answer["items"] == WHOLE
    assert answer["style_seen"] == SEEN
    assert answer["next"]["session_number"] == 4
    assert answer["next"]["items"] == list(due_items(4, remote=True))


def test_the_comment_goes_nowhere_but_to_its_place(clinic: ClinicApi, pairing: Json) -> None:
    own = as_own(clinic, Role.CLIENT, pairing["client"]["id"])
    body = {"session_number": 1, "trust": 8, "comment": "kanarienvogel"}
    sent = clinic.post(path(pairing), body, own, headers={"Idempotency-Key": "k"})
    assert sent.status_code == 201
    assert "kanarienvogel" not in sent.text
    assert "kanarienvogel" not in clinic.get(f"/v1/pairings/{pairing['id']}").text
    for table in (AuditRow, StaffTask, IdempotentReply):
        rows = stored(clinic, table)
        assert rows
        assert "kanarienvogel" not in str(rows)


def test_a_rating_rests_on_what_was_asked_for(clinic: ClinicApi) -> None:
    pairing = together(clinic, needs=["grief"], preferences={"culture": {"any_of": ["latine"]}})
    rated(clinic, pairing, 1)
    rated(clinic, pairing, 2)
    (wishes,) = stored(clinic, RatingWishes)
    assert wishes["document"] == {
        "preferences": {"culture": {"any_of": ["latine"], "importance": "some"}},
        "needs": ["grief"],
    }
    assert {row["wishes_digest"] for row in stored(clinic)} == {wishes["digest"]}


@pytest.mark.parametrize(("consent", "learnable"), [({"learning": True}, 1), ({}, 0)])
def test_it_is_learned_from_only_where_the_client_agreed(
    clinic: ClinicApi, consent: dict[str, bool], learnable: int
) -> None:
    rated(clinic, together(clinic, consent=consent), 1)
    with in_scope(clinic) as scope:
        assert learnable_counts(scope).ratings == learnable


def test_a_session_is_rated_once(clinic: ClinicApi, pairing: Json) -> None:
    rated(clinic, pairing, 1)
    again = rate(clinic, pairing, 1, trust=2)
    assert again.status_code == 409
    assert "PATCH" in again.json()["detail"]
    assert [row["trust"] for row in stored(clinic)] == [8]


def test_of_many_at_once_one_is_taken(clinic: ClinicApi, pairing: Json) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _n: rate(clinic, pairing, 1).status_code, range(6)))
    assert sorted(answers) == [201, *[409] * 5]
    assert len(stored(clinic)) == len(stored(clinic, RatingNote)) == 1


def test_sent_twice_with_one_key_it_is_done_once(clinic: ClinicApi, pairing: Json) -> None:
    body = {"session_number": 1, **core(8)}
    headers = {"Idempotency-Key": "one"}
    first, again = (clinic.post(path(pairing), body, headers=headers) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert len(stored(clinic)) == 1


def test_sessions_count_on_where_the_two_begin_again(clinic: ClinicApi, pairing: Json) -> None:
    rated(clinic, pairing, 4)
    moved(clinic, pairing, "end", {"reason": "goals_met"})
    later = chosen(clinic, match_of(clinic), pairing["therapist"]["id"])
    moved(clinic, later, "accept")
    assert rate(clinic, later, 4).status_code == 409
    assert rated(clinic, later, 5)["next"]["session_number"] == 6
    shown = clinic.get(f"/v1/pairings/{later['id']}").json()
    assert [one["session_number"] for one in shown["ratings"]] == [5]


def test_each_two_people_count_their_own_sessions(clinic: ClinicApi) -> None:
    first, second = roster(clinic, 2, caseload_limit=2)
    mine = active(clinic, match_of(clinic, "c-1"), first)
    others = active(clinic, match_of(clinic, "c-2"), first)
    elsewhere = active(clinic, match_of(clinic, "c-1"), second)
    rated(clinic, mine, 6)
    for pairing in (others, elsewhere):
        assert course(clinic, pairing)["next"]["session_number"] == 1
        assert rated(clinic, pairing, 6)["next"]["session_number"] == 7


def test_who_has_not_been_accepted_has_no_sessions(clinic: ClinicApi) -> None:
    (therapist_id,) = roster(clinic, 1)
    requested = chosen(clinic, match_of(clinic), therapist_id)
    refused = rate(clinic, requested, 1)
    assert (refused.status_code, refused.json()["pairing_status"]) == (409, "requested")
    moved(clinic, requested, "decline", {"reason": "full"})
    assert rate(clinic, requested, 1).json()["pairing_status"] == "declined"
    assert not stored(clinic)


def test_after_an_end_the_last_sessions_can_be_rated_for_a_while(
    clinic: ClinicApi, pairing: Json
) -> None:
    with moved_clock() as clock:
        moved(clinic, pairing, "end", {"reason": "moved"})
        clock.pass_time(days=RATED_AFTER_END.days - 1)
        assert rated(clinic, pairing, 1)["next"] is None
        clock.pass_time(days=1, minutes=1)
        assert rate(clinic, pairing, 2).status_code == 409


def test_a_client_rates_their_own_sessions_only(clinic: ClinicApi, pairing: Json) -> None:
    other = together(clinic, "c-2")
    own = as_own(clinic, Role.CLIENT, pairing["client"]["id"])
    assert rate(clinic, pairing, 1, own).status_code == 201
    assert rate(clinic, other, 1, own).status_code == 404
    change = {"share_with_therapist": "summary"}
    rated(clinic, other, 1)
    assert clinic.patch(f"{path(other)}/1", change, own).status_code == 404
    assert clinic.patch(f"{path(pairing)}/1", change, own).status_code == 200


def test_another_clinics_pairing_is_not_there(clinic: ClinicApi, pairing: Json) -> None:
    other = make_clinic(clinic.client, "Other")
    assert rate(other, pairing, 1).status_code == 404
    assert rate(clinic, {"id": str(uuid4())}, 1).status_code == 404
    assert not stored(clinic)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"trust": None}, "body"),
        ({"trust": 10.5}, "trust"),
        ({"trust": -0.1}, "trust"),
        ({"trust": "8"}, "trust"),
        ({"trust": True}, "trust"),
        ({"trust": 8, "session_number": 0}, "session_number"),
        ({"trust": 8, "session_number": 10_001}, "session_number"),
        ({"trust": 8, "session_number": 1.5}, "session_number"),
        ({"trust": 8, "session_number": None}, "session_number"),
        ({"trust": 8, "format": "smoke_signals"}, "format"),
        ({"trust": 8, "style_seen": {"warm_support": 2}}, "style_seen.warm_support"),
        ({"trust": 8, "share_with_therapist": "all"}, "share_with_therapist"),
        ({"trust": 8, "comment": ""}, "comment"),
        ({"trust": 8, "comment": "a" * 4001}, "comment"),
        ({"trust": 8, "comment": "\u0000"}, "comment"),
        ({"trust": 8, "rated_at": "2026-01-01T00:00:00Z"}, "body"),
    ],
)
def test_what_is_not_a_rating_is_refused_by_field(
    clinic: ClinicApi, pairing: Json, body: dict[str, Any], field: str
) -> None:
    refused = clinic.post(path(pairing), {"session_number": 1, **body})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert not stored(clinic)


def test_each_change_is_in_the_trail_in_codes(clinic: ClinicApi, pairing: Json) -> None:
    rating = rated(clinic, pairing, 2, comment="words of mine")
    clinic.patch(f"{path(pairing)}/2", {"share_with_therapist": "summary", "comment": None})
    rows = [
        (row["action"], row["details"])
        for row in stored(clinic, AuditRow)
        if row["subject_id"] == UUID(rating["id"])
    ]
    assert rows == [
        ("rating.added", {"pairing_id": pairing["id"], "session_number": 2, "share": "none"}),
        ("rating.changed", {"share": "summary", "comment_removed": True}),
    ]


def test_an_import_does_not_replace_what_the_client_said(clinic: ClinicApi, pairing: Json) -> None:
    rated(clinic, pairing, 1)
    reference = pairing["therapist"]["reference"]
    before = stored(clinic)
    live = short_row(therapist_reference=reference, session_number=1, overall=2)
    other = short_row(therapist_reference=reference, session_number=2, overall=3)
    report = send(clinic, live, other)
    assert (report["created"], report["updated"], report["rejected_count"]) == (1, 0, 1)
    assert (report["rejected"][0]["line"], report["rejected"][0]["field"]) == (1, "session_number")
    assert stored(clinic)[0] == before[0]
    assert rate(clinic, pairing, 2).status_code == 409
