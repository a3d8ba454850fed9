"""Matches in an order that goes by exposure: shown, replayed, and as ever where it is off."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from api.db.tables import Match
from api.db.tables.base import table_of
from api.exposure.duty import measure_exposure
from api.ranking.shortfalls import keep, shortfall_now
from matching.engine import LIFTED
from matching.exposure import LEAST_MATCHES
from tests.factories.clinics import ClinicApi
from tests.factories.shortfalls import (
    ASKED,
    database_of,
    first_shown,
    go_by_exposure,
    newest_by_reference,
    scope_of,
    stored_shortfall,
    three_women,
)


def _shown(answer: dict[str, Any]) -> list[str]:
    return [one["therapist"]["reference"] for one in answer["candidates"]]


def _replayed(clinic: ClinicApi, match_id: str) -> Any:
    return clinic.post(f"/v1/matches/{match_id}/replay").json()


def test_who_was_passed_over_stands_higher_with_the_score_they_have(clinic: ClinicApi) -> None:
    three_women(clinic)
    go_by_exposure(clinic, 0.9)
    before = [clinic.match(**ASKED) for _ in range(LEAST_MATCHES)][-1]
    assert _shown(before) == ["t-0"]
    assert LIFTED not in before["notices"]

    measure_exposure(database_of(clinic))
    # Scores of 1 and twice 0.615: ten lists owe t-1 the attention of 2.76 first places.
    assert newest_by_reference(clinic) == {"t-1": 0.55, "t-2": 0.55}
    after = clinic.match(**{**ASKED, "limit": 3})

    assert _shown(after)[2] == "t-0"
    assert LIFTED in after["notices"]
    first = before["candidates"][0]
    last = after["candidates"][2]
    assert (last["score"], last["contributions"]) == (first["score"], first["contributions"])
    assert first["score"] == pytest.approx(1.0)
    for one in after["candidates"]:
        points = sum(row["points"] for row in one["contributions"])
        assert points == pytest.approx(one["score"], abs=1e-9)
        assert one["propensity"] == 1.0


def test_a_match_replays_the_same_after_newer_versions_and_other_weightings(
    clinic: ClinicApi,
) -> None:
    three_women(clinic)
    go_by_exposure(clinic, 0.9)
    early = clinic.match(**ASKED)
    first_shown(clinic, LEAST_MATCHES - 1)
    measure_exposure(database_of(clinic))
    lifted = clinic.match(**ASKED)
    kept = stored_shortfall(clinic, lifted["id"])
    assert _shown(lifted) != ["t-0"]
    assert kept is not None

    with scope_of(clinic) as scope:
        measured = shortfall_now(scope)
        scope.unit.begin_write()
        newer = keep(scope, measured)
    clinic.add(reference="t-3", gender="woman", modalities=["cbt"])
    go_by_exposure(clinic, 0.0)

    assert _replayed(clinic, early["id"]) == {"identical": True}
    assert _replayed(clinic, lifted["id"]) == {"identical": True}
    assert stored_shortfall(clinic, early["id"]) is None
    assert kept != newer.id
    # What it went by does matter: by none, another stands first.
    with scope_of(clinic) as scope:
        scope.unit.begin_write()
        matches = table_of(Match)
        one = (matches.c.clinic_id == clinic.clinic_id) & (matches.c.id == UUID(lifted["id"]))
        scope.connection.execute(update(matches).where(one).values(shortfall_id=None))
    assert _replayed(clinic, lifted["id"])["identical"] is False


def test_without_exposure_no_version_is_looked_at(clinic: ClinicApi) -> None:
    three_women(clinic)
    go_by_exposure(clinic, 0.9)
    first_shown(clinic)
    measure_exposure(database_of(clinic))
    go_by_exposure(clinic, 0.0)

    answer = clinic.match(**ASKED)

    assert _shown(answer) == ["t-0"]
    assert LIFTED not in answer["notices"]
    assert stored_shortfall(clinic, answer["id"]) is None


def test_nobody_is_lifted_for_staff_to_review(clinic: ClinicApi) -> None:
    three_women(clinic)
    go_by_exposure(clinic, 0.9)
    first_shown(clinic)
    measure_exposure(database_of(clinic))

    answer = clinic.match(**ASKED, staff_review=True)

    assert _shown(answer) == ["t-0"]
    assert LIFTED not in answer["notices"]
    assert _replayed(clinic, answer["id"]) == {"identical": True}
