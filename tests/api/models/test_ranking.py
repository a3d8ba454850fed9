"""What serves ranks: said in the answer, kept with the match, and the same when computed again."""

from typing import Any

import pytest

from tests.api.test_leaks import all_that_is_written, lines
from tests.factories.clinics import ClinicApi, service
from tests.factories.models import damage_artifacts, database_of, preferring, trained


def first(clinic: ClinicApi) -> tuple[str, dict[str, Any]]:
    """The first candidate's reference, and the whole answer."""
    answer = clinic.match()
    return answer["candidates"][0]["therapist"]["reference"], answer


def replayed(clinic: ClinicApi, answer: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = clinic.post(f"/v1/matches/{answer['id']}/replay").json()
    return said


def test_who_got_on_best_comes_first_and_the_answer_says_why(staffed: ClinicApi) -> None:
    model = trained(staffed, preferring("t-1"))
    reference, answer = first(staffed)
    assert reference == "t-1"
    assert answer["model"] == {"id": model["id"], "trained_at": model["trained_at"]}
    best = answer["candidates"][0]
    fit = best["expected_fit"]
    assert 0 <= fit["low"] < fit["mean"] < fit["high"] <= 10
    (row,) = [row for row in best["contributions"] if row["dimension"] == "expected_fit"]
    assert row["state"] == "scored"
    assert row["points"] == pytest.approx(best["score"])


def test_a_match_is_replayed_with_the_model_of_then(staffed: ClinicApi, database_url: str) -> None:
    _, by_content = first(staffed)
    trained(staffed, preferring("t-1"))
    _, by_first = first(staffed)
    trained(staffed, preferring("t-2"))
    reference, by_second = first(staffed)
    assert reference == "t-2"
    staffed.add(reference="t-3")
    staffed.post("/v1/models/off")
    with service(database_url) as started:
        again = ClinicApi(started, staffed.clinic_id, staffed.keys)
        for answer in (by_content, by_first, by_second, by_first):
            assert replayed(again, answer) == {"identical": True}


def test_a_therapist_added_since_the_training_is_ranked_with_the_others(
    staffed: ClinicApi,
) -> None:
    trained(staffed, preferring("t-1"))
    assert first(staffed)[1]["eligible"] == 3
    staffed.add(reference="t-9")
    answer = staffed.match(limit=10)
    assert answer["eligible"] == 4
    assert {candidate["therapist"]["reference"] for candidate in answer["candidates"]} == {
        "t-0",
        "t-1",
        "t-2",
        "t-9",
    }
    assert all(candidate["expected_fit"] for candidate in answer["candidates"])


def test_a_damaged_model_is_refused_once_and_the_ranking_goes_on(
    staffed: ClinicApi, database_url: str
) -> None:
    model = trained(staffed, preferring("t-1"))
    _, answer = first(staffed)
    damage_artifacts(staffed)
    with service(database_url) as started, all_that_is_written() as written:
        again = ClinicApi(started, staffed.clinic_id, staffed.keys)
        for _ in range(3):
            ranked = again.match()
            assert ranked["model"] is None
            assert ranked["candidates"][0]["expected_fit"] is None
        said = replayed(again, answer)
        assert replayed(again, ranked) == {"identical": True}
    assert said["identical"] is False
    assert said["differences"][0] == {"at": "model", "then": answer["model"], "now": None}
    (logged,) = [line for line in lines(written) if line["level"] == "error"]
    assert logged["event"] == "model is damaged or missing"
    assert logged["model_id"] == model["id"]
    assert logged["clinic_id"] == str(staffed.clinic_id)


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM model_artifacts",
        "UPDATE model_artifacts SET data = ''",
        "UPDATE model_artifacts SET data = 'not what was stored'",
        "UPDATE model_artifacts SET data = substr(data, 2) || substr(data, 1, 1)",
    ],
    ids=["missing", "empty", "exchanged", "moved"],
)
def test_whatever_became_of_an_artifact_the_ranking_goes_on(
    staffed: ClinicApi, database_url: str, harm: str
) -> None:
    trained(staffed, preferring("t-1"))
    with database_of(staffed).writing() as connection:
        connection.exec_driver_sql(harm)
    with service(database_url) as started:
        again = ClinicApi(started, staffed.clinic_id, staffed.keys)
        assert again.match()["model"] is None
