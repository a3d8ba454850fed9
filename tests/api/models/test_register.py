"""The register: read, promoted, fallen back to, switched off; each act recorded."""

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from api.models import worker
from matching.learning.train import train
from tests.factories.clinics import ClinicApi, make_clinic, service
from tests.factories.hostile import CANARY
from tests.factories.models import (
    LEASE,
    ask,
    claimed,
    damage_artifacts,
    database_of,
    model_of,
    preferring,
    refused,
    trained,
)


def serving(clinic: ClinicApi) -> str | None:
    """The model that a match says it was ranked with."""
    model: dict[str, Any] | None = clinic.match()["model"]
    return model["id"] if model else None


def trail(clinic: ClinicApi) -> list[tuple[str, dict[str, Any]]]:
    with database_of(clinic).reading() as connection:
        query = text("SELECT action, details FROM audit WHERE action LIKE 'model.%' ORDER BY id")
        rows = connection.execute(query).all()
    return [
        (row.action, json.loads(row.details) if isinstance(row.details, str) else row.details)
        for row in rows
    ]


def test_a_model_that_the_gate_refuses_is_kept_and_does_not_serve(staffed: ClinicApi) -> None:
    model = trained(staffed, refused("t-1"))
    assert (model["status"], model["serving"]) == ("refused", False)
    assert model["decision"] == {"outcome": "refuse", "because": "worse_than_content"}
    assert serving(staffed) is None


def test_one_that_cannot_be_told_apart_is_promoted_and_says_so(staffed: ClinicApi) -> None:
    decision = {"outcome": "promote_uncertain", "because": "not_told_apart_from_content"}
    model = trained(staffed, preferring("t-1", **decision))
    assert (model["status"], model["serving"], model["decision"]) == ("ready", True, decision)


def test_without_ratings_nothing_is_learned_and_nothing_serves(staffed: ClinicApi) -> None:
    model_id = ask(staffed)["id"]
    worker.work(database_of(staffed), claimed(staffed), LEASE, train)
    model = model_of(staffed, model_id)
    assert (model["status"], model["serving"], model["sha256"]) == ("refused", False, None)
    assert model["decision"]["because"] == "too_few_clients"
    assert staffed.post(f"/v1/models/{model_id}/promote").status_code == 409
    assert staffed.match()["model"] is None


def test_promote_fall_back_and_off_hold_from_the_next_request_on(staffed: ClinicApi) -> None:
    first = trained(staffed, preferring("t-1"))["id"]
    second = trained(staffed, preferring("t-2"))["id"]
    assert serving(staffed) == second
    back = staffed.post(f"/v1/models/{first}/promote")
    assert (back.status_code, back.json()["serving"]) == (200, True)
    assert serving(staffed) == first
    assert model_of(staffed, second)["serving"] is False
    off = staffed.post("/v1/models/off")
    assert off.json() == {"model": None, "switched_off": first}
    assert serving(staffed) is None
    assert staffed.post("/v1/models/off").json() == {"model": None, "switched_off": None}
    assert staffed.post(f"/v1/models/{second}/promote").status_code == 200
    assert serving(staffed) == second


def test_another_worker_sees_each_of_them_with_its_next_request(
    staffed: ClinicApi, database_url: str
) -> None:
    with service(database_url) as started:
        other = ClinicApi(started, staffed.clinic_id, staffed.keys)
        assert serving(other) is None
        first = trained(staffed, preferring("t-1"))["id"]
        assert serving(other) == first
        second = trained(staffed, preferring("t-2"))["id"]
        assert serving(other) == second
        staffed.post(f"/v1/models/{first}/promote")
        assert serving(other) == first
        staffed.post("/v1/models/off")
        assert serving(other) is None


def test_what_the_gate_refused_serves_only_for_a_reason_that_is_kept(staffed: ClinicApi) -> None:
    model_id = trained(staffed, refused("t-1"))["id"]
    path = f"/v1/models/{model_id}/promote"
    assert staffed.post(path).status_code == 409
    assert staffed.post(path, {}).status_code == 409
    assert serving(staffed) is None
    reason = f"Reviewed by hand with {CANARY}."
    promoted = staffed.post(path, {"override_reason": reason})
    assert promoted.json()["override_reason"] == reason
    assert (promoted.json()["status"], serving(staffed)) == ("refused", model_id)
    assert CANARY not in repr(trail(staffed))


@pytest.mark.parametrize("act", ["off", "promote"])
def test_a_training_does_not_overrule_what_was_decided_meanwhile(
    staffed: ClinicApi, act: str
) -> None:
    before = trained(staffed, preferring("t-1"))["id"]
    if act == "promote":
        staffed.post("/v1/models/off")
    model_id = ask(staffed)["id"]
    held = claimed(staffed)
    staffed.post("/v1/models/off" if act == "off" else f"/v1/models/{before}/promote")
    worker.work(database_of(staffed), held, LEASE, preferring("t-2"))
    ended = model_of(staffed, model_id)
    assert (ended["status"], ended["serving"]) == ("ready", False)
    assert serving(staffed) == (None if act == "off" else before)


def test_asking_again_after_off_serves_what_passes(staffed: ClinicApi) -> None:
    trained(staffed, preferring("t-1"))
    staffed.post("/v1/models/off")
    assert trained(staffed, preferring("t-2"))["serving"] is True


def test_the_same_ratings_and_seed_give_the_same_artifact(staffed: ClinicApi) -> None:
    once, again = (trained(staffed, preferring("t-1")) for _ in range(2))
    assert once["sha256"] == again["sha256"]
    assert trained(staffed, preferring("t-2"))["sha256"] != once["sha256"]


def test_the_card_has_words_and_figures_and_comes_with_the_end(staffed: ClinicApi) -> None:
    waiting = ask(staffed)["id"]
    assert staffed.get(f"/v1/models/{waiting}/card").status_code == 409
    worker.work(database_of(staffed), claimed(staffed), LEASE, preferring("t-1"))
    card = staffed.get(f"/v1/models/{waiting}/card").json()
    words = ("purpose", "inputs", "not_inputs", "out_of_scope", "limits", "fairness", "updates")
    assert all(card[name] for name in words)
    assert card["model"]["id"] == waiting
    assert card["window"]["clients"] == 60
    assert card["variances"]["therapist"] > 0
    assert 0 <= card["held_out"]["coverage"] <= 1


def test_models_are_listed_newest_first_in_pages(staffed: ClinicApi) -> None:
    made = [trained(staffed, preferring("t-1"))["id"] for _ in range(3)]
    page = staffed.get("/v1/models", params={"limit": 2}).json()
    assert [item["id"] for item in page["items"]] == [made[2], made[1]]
    rest = staffed.get("/v1/models", params={"cursor": page["next_cursor"]}).json()
    assert ([item["id"] for item in rest["items"]], rest["next_cursor"]) == ([made[0]], None)
    assert [item["serving"] for item in page["items"]] == [True, False]


def test_another_clinics_models_are_not_there(staffed: ClinicApi) -> None:
    model_id = trained(staffed, preferring("t-1"))["id"]
    other = make_clinic(staffed.client, "Other")
    for path in ("", "/card"):
        assert other.get(f"/v1/models/{model_id}{path}").status_code == 404
    theirs = other.post(f"/v1/models/{model_id}/promote")
    assert theirs.content == other.post(f"/v1/models/{uuid4()}/promote").content
    assert theirs.status_code == 404
    assert other.get("/v1/models").json()["items"] == []
    other.post("/v1/models/off")
    assert (serving(staffed), serving(other)) == (model_id, None)


def test_every_act_leaves_a_row(staffed: ClinicApi) -> None:
    model_id = trained(staffed, preferring("t-1"))["id"]
    staffed.post("/v1/models/off")
    staffed.post(f"/v1/models/{model_id}/promote", {"override_reason": "Looked at again."})
    recorded = trail(staffed)
    assert [action for action, _ in recorded] == [
        "model.requested",
        "model.trained",
        "model.promoted",
        "model.switched_off",
        "model.promoted",
    ]
    assert recorded[1][1] == {"outcome": "promote", "because": "better_than_content"}
    assert recorded[2][1] == {"by": "gate"}
    assert len(recorded[4][1]["reason_sha256"]) == 64


def test_a_damaged_model_is_said_and_not_promoted(staffed: ClinicApi, database_url: str) -> None:
    model_id = trained(staffed, preferring("t-1"))["id"]
    assert model_of(staffed, model_id)["damaged"] is False
    damage_artifacts(staffed)
    with service(database_url) as restarted:
        again = ClinicApi(restarted, staffed.clinic_id, staffed.keys)
        assert model_of(again, model_id)["damaged"] is True
        assert again.get("/v1/models").json()["items"][0]["damaged"] is True
        assert again.post(f"/v1/models/{model_id}/promote").status_code == 409
