"""The fit that would have followed: from rated choices of clients who agreed to learning."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from api.db.tables import Match
from api.db.tables.base import table_of
from tests.factories.clinics import ClinicApi
from tests.factories.pairings import active as paired
from tests.factories.pairings import database_of
from tests.factories.session_ratings import core, rated
from tests.factories.weightings import Json, active, drafted, previewed, seeded

OTHER: Json = {"weights": {"communication_style": 0.3, "needs": 0.2}, "near_tie": 0.1}


def lived(clinic: ClinicApi, clients: int, **more: Any) -> list[UUID]:
    """So many clients choose the first of their list and rate the third session; their matches."""
    made = []
    for number, request in enumerate(seeded(clinic, therapists=16, clients=clients)):
        asked = {**request, "consent": {"learning": number % 5 != 4}, **more}
        match = clinic.match(**asked)
        first = match["candidates"][number % 2]["therapist"]["id"]
        rated(clinic, paired(clinic, match, first), 3, **core(6 + number % 4))
        made.append(UUID(match["id"]))
    return made


def test_a_few_rated_choices_are_counted_and_not_enough(clinic: ClinicApi) -> None:
    lived(clinic, 6)
    estimate = previewed(clinic, drafted(clinic, **OTHER))["estimate"]
    # The fifth did not agree to learning.
    assert estimate["outcomes"] == 5
    assert estimate["value"] is None
    assert estimate["why"]["code"] in {"too_few_outcomes", "no_support"}
    assert previewed(clinic, active(clinic))["estimate"]["effective_sample_size"] == 5


def test_no_two_estimates_differ_by_one_client(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted by one, what the oldest rated would be told by asking for one match fewer."""
    monkeypatch.setattr("matching.off_policy.LEAST_EFFECTIVE", 5.0)
    lived(clinic, 14)
    # Of 14, the fifth and the tenth did not agree: steps end with the sixth and the twelfth.
    told = {}
    for last in range(1, 15):
        estimate = previewed(clinic, active(clinic), last=last, examples=0)["estimate"]
        told[last] = (estimate["outcomes"], estimate["before"])
    counts = [count for count, _ in told.values()]
    assert counts == [0] * 7 + [5] * 6 + [10]
    values = {last: before and before["value"] for last, (_, before) in told.items()}
    # How clients choose by place is told from the matches asked for, and moves them by a hair.
    assert values[8] == pytest.approx(values[13], abs=0.02)
    assert abs(values[8] - values[14]) > 0.1
    assert values[7] is None
    assert all(value == round(value, 2) for value in values.values() if value)


def test_answers_that_were_not_asked_for_are_not_read(clinic: ClinicApi) -> None:
    earlier = lived(clinic, 14)[:-8]
    found = previewed(clinic, active(clinic), last=8)
    assert found["estimate"]["outcomes"] == 5
    matches = table_of(Match)
    with database_of(clinic).writing() as connection:
        connection.execute(
            update(matches).where(matches.c.id.in_(earlier)).values(answer=b"unreadable")
        )
    assert previewed(clinic, active(clinic), last=8) == found


@pytest.mark.slow
def test_with_enough_there_is_an_interval_and_the_same_differs_by_nothing(
    clinic: ClinicApi,
) -> None:
    lived(clinic, 80)
    same = previewed(clinic, active(clinic))["estimate"]
    assert (same["outcomes"], same["effective_sample_size"]) == (60, 60)
    assert same["why"] is None
    assert same["low"] < same["value"] < same["high"]
    assert 6 < same["value"] < 9
    assert same["difference"]["value"] == pytest.approx(0, abs=1e-9)
    assert same["before"]["value"] == pytest.approx(same["value"])
