"""Ratings as learning takes them: whose, what, when, in the order in which they arrived."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from api.auth.system import clinic_scope
from api.db.database import Database
from api.intake.wishes import intake_of_wishes
from api.ranking.intake import to_intake
from api.ranking.schemas import MatchRequest
from api.store import ratings as loading
from api.store.ratings import LearnableCounts, learnable_counts, learnable_ratings
from api.store.rosters import current_roster
from matching.intake import AnyOf, Importance, Intake
from matching.learning.ratings import ITEMS, NOT_SAID, Ratings
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.ratings import (
    CSV,
    REFERENCES,
    key_of,
    rating_row,
    rating_rows,
    send,
    short_row,
)


def database_of(clinic: ClinicApi) -> Database:
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    return database


def loaded(clinic: ClinicApi) -> Ratings:
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        return learnable_ratings(scope)


def sessions(clinic: ClinicApi) -> list[int]:
    found: list[int] = loaded(clinic).session.tolist()
    return found


def test_a_whole_row_is_loaded_whole(rated: ClinicApi) -> None:
    send(rated, rating_row(trust=7.25, heard=None), short_row(therapist_reference="t-2"))
    ratings = loaded(rated)
    assert (ratings.client.tolist(), ratings.therapist.tolist()) == ([0, 0], [0, 1])
    assert ratings.session.tolist() == [3, 1]
    days = datetime.fromisoformat("2026-03-01T09:30:00Z").timestamp() / 86_400
    assert ratings.at[0] == days
    assert ratings.items[0, ITEMS.index("trust")] == np.float32(7.25)
    assert np.isnan(ratings.items[0, ITEMS.index("heard")])
    assert ratings.items[0, ITEMS.index("overall")] == 15 % 11
    assert np.isnan(ratings.items[1, :-1]).all()
    assert ratings.style_seen.tolist() == [[0, -1, NOT_SAID, 1], [NOT_SAID] * 4]


def test_columns_have_the_types_that_learning_takes(rated: ClinicApi) -> None:
    for ratings in (loaded(rated), (send(rated, rating_row()), loaded(rated))[1]):
        types: list[tuple[NDArray[Any], type]] = [
            (ratings.client, np.int32), (ratings.therapist, np.int32), (ratings.case, np.int32),
            (ratings.session, np.int16), (ratings.at, np.float64), (ratings.items, np.float32),
            (ratings.style_seen, np.int8),
        ]  # fmt: skip
        assert all(column.dtype == kind for column, kind in types)
        assert ratings.items.shape[1:] == (len(ITEMS),)
        assert ratings.style_seen.shape[1:] == (4,)


def test_therapists_are_named_as_in_the_roster(rated: ClinicApi) -> None:
    rows = [short_row(therapist_reference=reference) for reference in reversed(REFERENCES)]
    send(rated, *rows)
    ratings = loaded(rated)
    with clinic_scope(database_of(rated), rated.clinic_id) as scope:
        roster = current_roster(scope).roster
    references = dict(zip(roster.ids, roster.references, strict=True))
    assert [references[one] for one in ratings.therapist_ids] == list(reversed(REFERENCES))


def test_the_intake_is_that_of_a_match_with_the_same_wishes(rated: ClinicApi) -> None:
    row = rating_row()
    send(rated, row, rating_row(client_reference="c-2"), short_row(client_reference="c-3"))
    ratings = loaded(rated)
    asked = MatchRequest(preferences=row["preferences"], needs=row["needs"])
    assert ratings.case.tolist() == [0, 0, 1]
    assert ratings.intakes == [to_intake(asked), Intake()]


def test_what_may_not_be_learned_from_is_left_out(rated: ClinicApi) -> None:
    send(
        rated,
        short_row(session_number=1),
        short_row(session_number=2, learning=False, client_reference="c-2"),
        short_row(session_number=3),
    )
    assert sessions(rated) == [1, 3]
    assert len(loaded(rated).client_keys) == 1
    send(rated, short_row(session_number=1, learning=False))
    assert sessions(rated) == [3]
    send(rated, short_row(session_number=2, client_reference="c-2"))
    assert sessions(rated) == [3, 2]


def test_ratings_are_read_in_the_order_in_which_they_arrived(rated: ClinicApi) -> None:
    times = {3: "2026-01-01T00:00:00Z", 1: "2026-03-01T00:00:00Z", 2: "2026-02-01T00:00:00Z"}
    send(rated, *(short_row(session_number=n, rated_at=at) for n, at in times.items()))
    assert sessions(rated) == [3, 1, 2]
    send(rated, short_row(session_number=1, rated_at=times[1]), short_row(session_number=4))
    assert sessions(rated) == [3, 1, 2, 4]
    send(rated, short_row(session_number=3, overall=1, rated_at=times[3]))
    assert sessions(rated) == [1, 2, 4, 3]


def test_another_clinics_ratings_are_not_loaded(rated: ClinicApi) -> None:
    other = make_clinic(rated.client, "Other")
    other.add(reference="t-1")
    send(other, rating_row())
    assert len(loaded(rated)) == 0
    assert loaded(rated).intakes == []
    assert len(loaded(other)) == 1


def test_how_much_there_is_to_learn_from(rated: ClinicApi) -> None:
    def counted() -> LearnableCounts:
        with clinic_scope(database_of(rated), rated.clinic_id) as scope:
            return learnable_counts(scope)

    assert counted() == LearnableCounts(clients=0, ratings=0)
    send(
        rated,
        *(short_row(session_number=n) for n in (1, 2)),
        short_row(client_reference="c-2"),
        short_row(client_reference="c-3", learning=False),
    )
    assert counted() == LearnableCounts(clients=2, ratings=3)


def test_pieces_are_joined_in_order(rated: ClinicApi, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        rating_row(session_number=n, client_reference=f"c-{n % 5}", needs=["anxiety"][: n % 2])
        for n in range(1, 24)
    ]
    send(rated, *rows)
    whole = loaded(rated)
    monkeypatch.setattr(loading, "_ROWS_AT_ONCE", 4)
    in_pieces = loaded(rated)
    assert whole.session.tolist() == list(range(1, 24))
    assert columns(in_pieces) == columns(whole)
    assert in_pieces.client_keys == whole.client_keys


def columns(ratings: Ratings) -> Mapping[str, Any]:
    """Everything but ids, which differ from clinic to clinic, in a form that can be compared."""
    return {
        "client": ratings.client.tolist(),
        "therapist": ratings.therapist.tolist(),
        "case": ratings.case.tolist(),
        "session": ratings.session.tolist(),
        "at": ratings.at.tolist(),
        "items": ratings.items.tobytes(),
        "style_seen": ratings.style_seen.tolist(),
        "clients": len(ratings.client_keys),
        "therapists": len(ratings.therapist_ids),
        "intakes": ratings.intakes,
    }


@settings(max_examples=15)
@given(rows=st.lists(rating_rows(), min_size=1, max_size=6, unique_by=key_of))
def test_csv_and_ndjson_of_the_same_rows_are_the_same_ratings(
    rated: ClinicApi, rows: list[dict[str, Any]]
) -> None:
    first, second = make_clinic(rated.client), make_clinic(rated.client)
    for clinic in (first, second):
        for reference in REFERENCES:
            clinic.add(reference=reference)
    assert send(first, *rows)["created"] == len(rows)
    assert send(second, *rows, media_type=CSV)["created"] == len(rows)
    assert columns(loaded(first)) == columns(loaded(second))
    assert len(loaded(first)) == sum(row.get("learning", True) for row in rows)
    assert send(first, *rows, media_type=CSV)["unchanged"] == len(rows)


def test_a_stored_wish_is_read_without_being_checked_again() -> None:
    document = {"preferences": {"gender": {"any_of": ["a"], "importance": "must"}}, "needs": ["b"]}
    expected = Intake(gender=AnyOf(("a",), Importance.MUST), needs=("b",))
    assert intake_of_wishes(document) == expected
