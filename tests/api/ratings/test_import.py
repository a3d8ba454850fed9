"""Past ratings through the API: each key once, every row accounted for, nothing half done."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from api.auth.roles import Role
from api.auth.system import clinic_scope
from api.db.database import Database
from api.db.tables import AuditRow, Client, FitRating, RatingWishes
from api.db.tables.base import table_of
from matching.learning.ratings import ITEMS
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.ratings import (
    CSV,
    NDJSON,
    PATH,
    as_ndjson,
    rating_row,
    send,
    short_row,
)


def stored(clinic: ClinicApi, table: type = FitRating) -> list[Mapping[str, Any]]:
    """The clinic's rows of a table, ratings in the order of their arrival."""
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    of = table_of(table)
    query = select(of).where(of.c.clinic_id == clinic.clinic_id)
    if table is FitRating:
        query = query.order_by(of.c.arrival)
    with clinic_scope(database, clinic.clinic_id) as scope:
        return [row._asdict() for row in scope.connection.execute(query)]


def counts(report: Mapping[str, Any]) -> tuple[int, int, int, int]:
    names = ("created", "updated", "unchanged", "rejected_count")
    created, updated, unchanged, rejected = (report[name] for name in names)
    return created, updated, unchanged, rejected


@pytest.mark.parametrize("media_type", [CSV, NDJSON])
def test_a_whole_row_is_kept_and_a_second_import_changes_nothing(
    rated: ClinicApi, media_type: str
) -> None:
    rows = (rating_row(), rating_row(session_number=4, learning=False), short_row())
    assert counts(send(rated, *rows, media_type=media_type)) == (3, 0, 0, 0)
    first, second, third = before = stored(rated)
    assert [first[item] for item in ITEMS] == [place % 11 for place in range(len(ITEMS))]
    assert (first["session_number"], first["format"], first["learning"]) == (3, "video", True)
    assert first["rated_at"].isoformat() == "2026-03-01T09:30:00+00:00"
    assert [first[f"style_seen_{axis}"] for axis in ("warm_support", "emotional_intensity")] == [
        0,
        None,
    ]
    assert (second["learning"], third["session_number"], third["trust"]) == (False, 1, None)
    assert counts(send(rated, *rows, media_type=media_type)) == (0, 0, 3, 0)
    assert stored(rated) == before
    assert len(stored(rated, Client)) == 1


def test_what_was_asked_for_is_kept_once_a_client(rated: ClinicApi) -> None:
    other = rating_row(client_reference="c-2")
    send(rated, rating_row(), rating_row(session_number=4), other, short_row())
    wishes = stored(rated, RatingWishes)
    assert len(wishes) == 2
    assert {row["digest"] for row in wishes} == {stored(rated)[0]["wishes_digest"]}
    document = wishes[0]["document"]
    assert document["needs"] == ["anxiety", "grief"]
    assert document["preferences"]["gender"] == {
        "any_of": ["woman", "non_binary"],
        "importance": "must",
    }
    assert document["preferences"]["language"] == {"any_of": ["es"], "importance": "some"}
    assert stored(rated)[-1]["wishes_digest"] is None


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ({"trust": 1.5}, "trust", 1.5),
        ({"trust": None}, "trust", None),
        ({"style_seen": {"warm_support": 1}}, "style_seen_warm_support", 1),
        ({"format": "chat"}, "format", "chat"),
        ({"learning": False}, "learning", False),
        ({"preferences": {}, "needs": []}, "wishes_digest", None),
        ({"rated_at": "2026-03-01T09:30:01Z"}, "rated_at", None),
    ],
)
def test_a_row_that_says_something_else_updates_and_arrives_anew(
    rated: ClinicApi, change: dict[str, Any], column: str, value: Any
) -> None:
    send(rated, rating_row(), rating_row(session_number=4))
    first, second = stored(rated)
    assert counts(send(rated, rating_row(**change), rating_row(session_number=4))) == (0, 1, 1, 0)
    kept, changed = stored(rated)
    assert kept == second
    assert changed["id"] == first["id"]
    assert changed["arrival"] > second["arrival"] > first["arrival"]
    assert changed[column] == value or column == "rated_at"
    assert changed[column] != first[column]


def test_wishes_that_no_rating_rests_on_any_more_are_forgotten(rated: ClinicApi) -> None:
    send(rated, rating_row(), rating_row(session_number=4), rating_row(client_reference="c-2"))
    send(rated, rating_row(needs=["grief"]))
    assert len(stored(rated, RatingWishes)) == 3
    send(rated, rating_row(session_number=4, needs=["grief"]))
    assert len(stored(rated, RatingWishes)) == 2


def test_a_row_without_a_time_keeps_the_time_it_had(rated: ClinicApi) -> None:
    send(rated, short_row())
    (first,) = stored(rated)
    assert counts(send(rated, short_row())) == (0, 0, 1, 0)
    assert counts(send(rated, short_row(overall=7))) == (0, 1, 0, 0)
    (changed,) = stored(rated)
    assert (changed["rated_at"], changed["overall"]) == (first["rated_at"], 7)


def test_bad_rows_are_named_and_good_ones_land(rated: ClinicApi) -> None:
    secret = "a word nobody else may see"
    culture = {"culture": {"any_of": ["latine"], "importance": "must"}}
    report = send(
        rated,
        short_row(),
        short_row(session_number=1),
        short_row(session_number=2, overall=11),
        short_row(session_number=2, therapist_reference=secret),
        {"client_reference": "c-1", "therapist_reference": "t-1"},
        short_row(session_number=2, needs=["anxiety", secret]),
        short_row(session_number=2, preferences={"gender": {"any_of": [secret]}}),
        short_row(session_number=2, preferences=culture),
        short_row(session_number=2, format=secret),
        short_row(session_number=0),
        short_row(session_number=2, style_seen={"warm_support": 2}),
        short_row(session_number=2, **{secret: 1}),
        short_row(session_number=2),
    )
    assert counts(report) == (2, 0, 0, 11)
    assert [(row["line"], row["field"]) for row in report["rejected"]] == [
        (2, "session_number"),
        (3, "overall"),
        (4, "therapist_reference"),
        (5, "row"),
        (6, "needs[1]"),
        (7, "preferences.gender.any_of[0]"),
        (8, "preferences.culture.importance"),
        (9, "format"),
        (10, "session_number"),
        (11, "style_seen.warm_support"),
        (12, "row"),
    ]
    assert secret not in str(report)
    assert [row["session_number"] for row in stored(rated)] == [1, 2]


def test_a_therapist_who_is_unknown_adds_no_client(rated: ClinicApi) -> None:
    report = send(rated, short_row(therapist_reference="t-9"))
    assert counts(report) == (0, 0, 0, 1)
    assert report["rejected"][0]["problem"].startswith("is not on the clinic's roster")
    assert stored(rated, Client) == []


def test_any_one_item_is_enough(rated: ClinicApi) -> None:
    pair = {"client_reference": "c-1", "therapist_reference": "t-1"}
    rows = [{**pair, "session_number": n, item: 5} for n, item in enumerate(ITEMS, 1)]
    assert counts(send(rated, *rows)) == (len(ITEMS), 0, 0, 0)


def test_a_client_who_asked_for_a_match_is_the_same_client(rated: ClinicApi) -> None:
    rated.match(client={"reference": "c-1"})
    send(rated, short_row())
    (client,) = stored(rated, Client)
    assert stored(rated)[0]["client_id"] == client["id"]


def test_a_fault_of_the_whole_file_changes_nothing(rated: ClinicApi) -> None:
    good = as_ndjson([short_row()])
    for media_type, content in (
        (NDJSON, good + b'{"client_reference": "\xff"}\n'),
        (NDJSON, good + b"[" * 70),
        (CSV, b"client_reference,therapist_reference,overall,mood\nc-1,t-1,8,1\n"),
        (CSV, b"client_reference,overall\nc-1,8\n"),
        (CSV, b'client_reference,therapist_reference,overall\nc-1,t-1,8\n"c-2,t-1,8\n'),
        (CSV, b""),
    ):
        sent = rated.post(PATH, content=content, headers={"Content-Type": media_type})
        assert (sent.status_code, sent.json()["type"]) == (422, "urn:rapport:problem:bad-file")
    assert stored(rated) == stored(rated, Client) == []


@pytest.mark.parametrize("media_type", ["application/fhir+json", "application/json", ""])
def test_another_type_is_refused(rated: ClinicApi, media_type: str) -> None:
    sent = rated.post(PATH, content=b"{}", headers={"Content-Type": media_type})
    assert sent.status_code == 415
    assert "text/csv, application/x-ndjson." in sent.json()["detail"]


def test_one_clinics_ratings_are_not_anothers(rated: ClinicApi) -> None:
    other = make_clinic(rated.client, "Other")
    assert counts(send(other, short_row())) == (0, 0, 0, 1)
    other.add(reference="t-1")
    send(rated, short_row())
    assert counts(send(other, short_row())) == (1, 0, 0, 0)
    assert counts(send(other, short_row(overall=2))) == (0, 1, 0, 0)
    assert [row["overall"] for row in stored(rated)] == [8]
    assert [row["arrival"] for row in stored(rated)] == [1]
    assert [row["arrival"] for row in stored(other)] == [2]


@pytest.mark.parametrize("role", [Role.INTAKE, Role.STAFF, Role.AUDITOR])
def test_only_an_administrator_imports(rated: ClinicApi, role: Role) -> None:
    headers = {"Content-Type": NDJSON}
    sent = rated.post(PATH, role=role, content=as_ndjson([short_row()]), headers=headers)
    assert (sent.status_code, stored(rated)) == (403, [])


def test_what_landed_is_recorded_in_counts(rated: ClinicApi) -> None:
    send(rated, *(short_row(session_number=n) for n in range(1, 701)))
    send(rated, short_row(overall=2))
    send(rated, short_row(overall=2))
    recorded = [row for row in stored(rated, AuditRow) if row["action"] == "ratings.imported"]
    recorded.sort(key=lambda row: row["id"])
    assert [row["details"] for row in recorded] == [
        {"created": 500, "updated": 0},
        {"created": 200, "updated": 0},
        {"created": 0, "updated": 1},
    ]


def test_a_call_sent_twice_with_one_key_is_done_once(rated: ClinicApi) -> None:
    headers = {"Idempotency-Key": "once", "Content-Type": NDJSON}
    content = as_ndjson([short_row()])
    first = rated.post(PATH, content=content, headers=headers)
    second = rated.post(PATH, content=content, headers=headers)
    assert (first.json()["created"], second.content) == (1, first.content)
    elsewhere = rated.post("/v1/imports/therapists", content=content, headers=headers)
    assert elsewhere.status_code == 409


def test_imports_at_the_same_time_land_each_rating_once(rated: ClinicApi) -> None:
    rows = [short_row(client_reference=f"c-{n}") for n in range(600)]
    # Clients who are there already keep nobody waiting.
    send(rated, *({**row, "session_number": 2} for row in rows))
    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(lambda _: send(rated, *rows), range(3)))
    assert sum(report["created"] for report in reports) == len(rows)
    assert sum(report["unchanged"] for report in reports) == 2 * len(rows)
    assert [row["arrival"] for row in stored(rated)] == list(range(1, 2 * len(rows) + 1))
    assert len(stored(rated, Client)) == len(rows)
