"""Suggested weights over HTTP: from the clinic's own ratings, for a draft, never by themselves."""

from typing import Any

import numpy as np
import pytest

from api.auth.roles import Role
from matching.learning.train import train
from matching.vocabulary import DIMENSIONS
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.models import database_of, trained
from tests.factories.ratings import send

PATH = "/v1/weightings/suggestion"
MODALITIES, NEEDS = ("cbt", "act"), ("anxiety", "grief")
CLIENTS = 200


@pytest.fixture
def staffed(clinic: ClinicApi) -> ClinicApi:
    """Every pair of a modality and a need, three times."""
    for number in range(12):
        clinic.add(
            reference=f"t-{number}",
            modalities=[MODALITIES[number % 2]],
            needs=[NEEDS[number // 2 % 2]],
        )
    return clinic


def _ratings(worth: float, **more: Any) -> list[dict[str, Any]]:
    """Clients whom the modality asked for gives so many points, and a need met none."""
    draw, rows = np.random.default_rng(4), []
    for client in range(CLIENTS):
        modality, need = (str(draw.choice(codes)) for codes in (MODALITIES, NEEDS))
        therapist = int(draw.integers(12))
        met = modality == MODALITIES[therapist % 2]
        fit = float(np.clip(5 + worth * met + draw.normal(0, 0.7), 0, 10))
        rows.append(
            {
                "client_reference": f"c-{client}",
                "therapist_reference": f"t-{therapist}",
                "session_number": 3,
                "rated_at": f"2026-{client // 20 + 1:02}-{client % 20 + 1:02}T10:00:00Z",
                **{name: round(fit, 2) for name in ("trust", "safe", "heard", "goals")},
                "preferences": {"modality": {"any_of": [modality], "importance": "strong"}},
                "needs": [need],
                **more,
            }
        )
    return rows


def _suggested(clinic: ClinicApi) -> dict[str, Any]:
    response = clinic.get(PATH, Role.STAFF)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def _active(clinic: ClinicApi) -> dict[str, float]:
    (active,) = [
        one for one in clinic.get("/v1/weightings").json()["items"] if one["status"] == "active"
    ]
    weights: dict[str, float] = active["weights"]
    return weights


def test_ratings_suggest_weights_that_can_be_sent_as_a_draft(staffed: ClinicApi) -> None:
    send(staffed, *_ratings(2.5))
    model = trained(staffed, train)
    before = _active(staffed)
    found = _suggested(staffed)
    assert (found["verdict"], found["because"]) == ("better", "better_ranking")
    assert found["training"] == {"id": model["id"], "trained_at": model["trained_at"]}
    assert found["clients"] == CLIENTS
    assert found["held_out"]["gain"]["value"] > 0
    weights = found["weights"]
    assert weights["modality"] > before["modality"]
    assert weights["needs"] < before["needs"]
    assert weights["expected_fit"] == before["expected_fit"]
    assert sum(weights.values()) == pytest.approx(sum(before.values()), rel=1e-2)
    by_name = {one["dimension"]: one for one in found["dimensions"]}
    assert tuple(by_name) == tuple(weights) == DIMENSIONS
    assert by_name["needs"]["state"] == "estimated"
    assert by_name["needs"]["low"] <= by_name["needs"]["estimate"] <= by_name["needs"]["high"]
    assert by_name["culture"] == {
        "dimension": "culture", "state": "too_few", "clients": None, "present": 0.1,
        "words": "Too few clients with ratings asked for it.",
        "estimate": 0.1, "low": 0.1, "high": 0.1,
    }  # fmt: skip
    assert by_name["expected_fit"]["state"] == "kept"
    assert _active(staffed) == before
    draft = staffed.post("/v1/weightings", {"weights": weights})
    assert draft.status_code == 201, draft.text
    assert draft.json()["weights"] == weights


def test_where_ratings_tell_nothing_the_present_weights_are_given(staffed: ClinicApi) -> None:
    send(staffed, *_ratings(0.0))
    trained(staffed, train)
    found = _suggested(staffed)
    assert found["verdict"] == "cannot_tell"
    assert found["because"] in {"too_uncertain", "not_confirmed"}
    assert "cannot tell" in found["words"]
    assert found["weights"] == _active(staffed)


def test_only_clients_who_agreed_to_it_are_learned_from(staffed: ClinicApi) -> None:
    send(staffed, *_ratings(2.5, learning=False))
    trained(staffed, train)
    found = _suggested(staffed)
    assert (found["verdict"], found["because"]) == ("cannot_tell", "too_few_clients")
    assert found["clients"] is None
    assert found["weights"] == _active(staffed)


def test_before_the_first_training_there_is_nothing_to_suggest(staffed: ClinicApi) -> None:
    found = _suggested(staffed)
    assert (found["verdict"], found["because"]) == ("cannot_tell", "not_trained")
    assert found["training"] is None
    assert found["weights"] == _active(staffed)
    assert found["dimensions"] == []


def test_a_suggestion_is_for_the_weights_it_was_learned_with(staffed: ClinicApi) -> None:
    send(staffed, *_ratings(2.5))
    trained(staffed, train)
    draft = staffed.post("/v1/weightings", {"weights": _suggested(staffed)["weights"]})
    path = f"/v1/weightings/{draft.json()['id']}"
    headers = {"If-Match": draft.headers["ETag"]}
    assert staffed.post(f"{path}/activate", headers=headers).status_code == 200
    found = _suggested(staffed)
    assert (found["verdict"], found["because"]) == ("cannot_tell", "weights_changed")
    assert found["weights"] == _active(staffed)
    trained(staffed, train)
    again = _suggested(staffed)
    assert again["because"] != "weights_changed"
    assert {one["dimension"]: one["present"] for one in again["dimensions"]} == _active(staffed)


def test_weights_are_within_what_a_draft_takes(staffed: ClinicApi) -> None:
    weights = {"needs": 1000.0, "modality": 400.0, "expected_fit": 500.0, "schedule": 0.000001}
    others = {name: 0.0 for name in _active(staffed) if name not in weights}
    draft = staffed.post("/v1/weightings", {"weights": {**weights, **others}})
    assert draft.status_code == 201, draft.text
    staffed.post(
        f"/v1/weightings/{draft.json()['id']}/activate", headers={"If-Match": draft.headers["ETag"]}
    )
    send(staffed, *_ratings(2.5))
    trained(staffed, train)
    found = _suggested(staffed)
    assert found["verdict"] == "better"
    assert found["weights"]["modality"] == 1000.0
    assert found["weights"]["expected_fit"] < 500.0
    assert found["weights"]["culture"] == 0.0
    assert staffed.post("/v1/weightings", {"weights": found["weights"]}).status_code == 201


def test_a_training_of_an_earlier_release_suggests_nothing(staffed: ClinicApi) -> None:
    send(staffed, *_ratings(2.5))
    trained(staffed, train)
    with database_of(staffed).writing() as connection:
        connection.exec_driver_sql("UPDATE models SET report = '{}'")
    assert _suggested(staffed)["because"] == "not_trained"


def test_another_clinic_has_suggestions_of_its_own(staffed: ClinicApi) -> None:
    send(staffed, *_ratings(2.5))
    trained(staffed, train)
    assert _suggested(make_clinic(staffed.client, "Other"))["because"] == "not_trained"
