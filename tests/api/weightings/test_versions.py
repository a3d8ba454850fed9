"""Versions of a weighting: drafted from the active one, kept, activated, gone back to."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.auth.roles import Role
from api.db.tables import AuditRow
from api.db.tables.base import table_of
from matching.weighting import DEFAULT_WEIGHTS
from tests.factories.clinics import ClinicApi, make_clinic, service
from tests.factories.models import database_of, preferring, trained
from tests.factories.weightings import activate, activated, active, drafted, etag_of


def test_what_is_left_out_is_taken_from_the_active_version_key_by_key(clinic: ClinicApi) -> None:
    first = drafted(
        clinic,
        weights={"culture": 0, "needs": 1.5},
        fit_weights={"trust": 5},
        importance={"strong": 3},
        near_tie=0.05,
        exposure=0.1,
        note="Culture is asked in person.",
    )
    assert (first["version"], first["status"], first["activated_at"]) == (2, "draft", None)
    assert first["weights"] == {**DEFAULT_WEIGHTS, "culture": 0, "needs": 1.5}
    assert first["importance"] == {"strong": 3, "some": 1}
    assert (first["near_tie"], first["diversity"], first["exposure"]) == (0.05, 0.02, 0.1)
    assert first["note"] == "Culture is asked in person."
    # A draft that nobody activated is nobody's base.
    assert drafted(clinic)["weights"] == dict(DEFAULT_WEIGHTS)
    activated(clinic, first)
    second = drafted(clinic, weights={"needs": 2})
    assert second["weights"] == {**first["weights"], "needs": 2}
    assert second["fit_weights"] == first["fit_weights"]
    assert second["fit_weights"]["trust"] == 5
    assert (second["version"], second["note"]) == (4, "")


def test_a_draft_says_who_made_it_and_where_it_is(clinic: ClinicApi) -> None:
    response = clinic.post("/v1/weightings", {})
    made = response.json()
    assert response.headers["Location"] == f"/v1/weightings/{made['id']}"
    assert response.headers["ETag"] == etag_of(clinic, made)
    assert made["created_by"] is not None
    assert clinic.get(response.headers["Location"], Role.AUDITOR).json() == made


def test_a_preset_comes_first_and_what_is_said_comes_over_it(clinic: ClinicApi) -> None:
    activated(clinic, drafted(clinic, weights={"gender": 9}))
    shown = clinic.get("/v1/weightings/presets", Role.STAFF).json()["items"]
    presets = {one["name"]: one for one in shown}
    assert list(presets) == ["what_clients_ask_for", "balanced", "track_record"]
    assert presets["what_clients_ask_for"]["weights"]["expected_fit"] == 0
    assert presets["balanced"]["weights"] == dict(DEFAULT_WEIGHTS)
    assert presets["track_record"]["weights"]["expected_fit"] > DEFAULT_WEIGHTS["expected_fit"]
    for name, preset in presets.items():
        assert drafted(clinic, preset=name)["weights"] == preset["weights"]
    over = drafted(clinic, preset="track_record", weights={"gender": 0.5})
    assert over["weights"] == {**presets["track_record"]["weights"], "gender": 0.5}


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"weights": {"needs": -0.1}}, "weights.needs"),
        ({"weights": {"needs": 1000.1}}, "weights.needs"),
        ({"weights": {"needs": 1e-9}}, "weights.needs"),
        ({"weights": {"needs": "0.2"}}, "weights.needs"),
        ({"weights": {"needs": True}}, "weights.needs"),
        ({"weights": {"kindness": 1}}, "weights"),
        ({"weights": dict.fromkeys(DEFAULT_WEIGHTS, 0)}, "weights"),
        ({"fit_weights": {"overall": 1}}, "fit_weights"),
        ({"importance": {"some": 0}}, "importance.some"),
        ({"importance": {"some": 2, "strong": 1}}, "importance.strong"),
        ({"near_tie": 1.01}, "near_tie"),
        ({"diversity": -0.01}, "diversity"),
        ({"exposure": 2}, "exposure"),
        ({"preset": "fair"}, "preset"),
        ({"note": "x" * 2001}, "note"),
        ({"status": "active"}, "body"),
    ],
)
def test_what_does_not_hold_together_is_refused_by_field(
    clinic: ClinicApi, content: dict[str, Any], field: str
) -> None:
    refused = clinic.post("/v1/weightings", content)
    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert len(clinic.get("/v1/weightings").json()["items"]) == 1


def test_all_but_expected_fit_may_be_nothing_though_no_model_serves(clinic: ClinicApi) -> None:
    for number in range(3):
        clinic.add(reference=f"t-{number}", gender="woman")
    only = dict.fromkeys(DEFAULT_WEIGHTS, 0) | {"expected_fit": 1}
    shown = activated(clinic, drafted(clinic, weights=only))
    assert set(shown["normalised"].values()) == {0}
    asked = {"preferences": {"gender": {"any_of": ["man"]}}}
    orders = []
    for client in ("c-1", "c-2"):
        answer = clinic.match(**asked, client={"reference": client})
        assert {candidate["score"] for candidate in answer["candidates"]} == {0}
        orders.append([one["therapist"]["id"] for one in answer["candidates"]])
    assert orders[0] == orders[1]
    assert len(orders[0]) == 3


def test_shares_are_for_reading_and_follow_the_model(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1")
    clinic.add(reference="t-2")
    before = active(clinic)["normalised"]
    assert before["expected_fit"] == 0
    assert sum(before.values()) == pytest.approx(1)
    assert before["needs"] == pytest.approx(0.22 / 0.8)
    trained(clinic, preferring("t-1", outcome="promote", because="better_than_content"))
    after = active(clinic)["normalised"]
    assert sum(after.values()) == pytest.approx(1)
    assert after["expected_fit"] > 0.1
    assert after["needs"] < before["needs"]


def test_activation_holds_with_the_next_request_of_every_worker(
    clinic: ClinicApi, database_url: str
) -> None:
    clinic.add(reference="t-1", gender="woman", formats=["phone"])
    clinic.add(reference="t-2", gender="man", formats=["video"])
    asked = {"gender": {"any_of": ["woman"]}, "format": {"any_of": ["video"]}}
    with service(database_url) as other:
        elsewhere = ClinicApi(other, clinic.clinic_id, clinic.keys)
        first = active(clinic)
        by_gender = drafted(clinic, weights={"gender": 1, "format": 0.1}, near_tie=0)
        by_format = drafted(clinic, weights={"gender": 0.1, "format": 1}, near_tie=0)
        for weighting, reference in ((by_gender, "t-1"), (by_format, "t-2"), (by_gender, "t-1")):
            shown = activated(clinic, weighting)
            assert shown["status"] == "active"
            for worker in (clinic, elsewhere):
                answer = worker.match(preferences=asked)
                assert answer["weighting"] == {
                    "id": weighting["id"],
                    "version": weighting["version"],
                }
                assert answer["candidates"][0]["therapist"]["reference"] == reference
        # The one a clinic began with can be gone back to as well.
        activated(elsewhere, first)
        assert clinic.match()["weighting"]["version"] == 1


def test_the_list_says_which_are_drafts_active_and_retired(clinic: ClinicApi) -> None:
    one, two = drafted(clinic), drafted(clinic)
    activated(clinic, two)

    def versions(status: str) -> list[int]:
        page = clinic.get(f"/v1/weightings?status={status}").json()
        assert {item["status"] for item in page["items"]} == {status}
        return [item["version"] for item in page["items"]]

    assert (versions("draft"), versions("active"), versions("retired")) == ([2], [3], [1])
    page = clinic.get("/v1/weightings?limit=2").json()
    rest = clinic.get(f"/v1/weightings?limit=2&cursor={page['next_cursor']}").json()
    assert [item["id"] for item in page["items"] + rest["items"]][1:] == [one["id"], two["id"]]
    assert clinic.get("/v1/weightings?status=old").status_code == 422


def test_activation_needs_the_etag_of_now(clinic: ClinicApi) -> None:
    one, two = drafted(clinic), drafted(clinic)
    assert clinic.post(f"/v1/weightings/{one['id']}/activate").status_code == 428
    seen = etag_of(clinic, one)
    assert activate(clinic, one, etag_of(clinic, two)).status_code == 412
    done = activate(clinic, two)
    # That another became active is news to whoever read this one before.
    assert activate(clinic, one, seen).status_code == 412
    assert active(clinic)["id"] == two["id"]
    # What is active already stays so, and nothing is recorded.
    again = activate(clinic, two, done.headers["ETag"])
    assert (again.status_code, again.content) == (200, done.content)
    assert activate(clinic, one).status_code == 200


def test_what_was_tried_and_taken_back_meanwhile_is_news_too(clinic: ClinicApi) -> None:
    one, two, before = drafted(clinic), drafted(clinic), active(clinic)
    seen = etag_of(clinic, one)
    activated(clinic, two)
    activated(clinic, before)
    assert activate(clinic, one, seen).status_code == 412


def test_the_trail_says_from_what_to_what(clinic: ClinicApi) -> None:
    first, draft = active(clinic), drafted(clinic, note="Nobody reads this in the trail.")
    shown = activate(clinic, draft)
    activate(clinic, draft, shown.headers["ETag"])
    audit = table_of(AuditRow)
    query = select(audit).where(audit.c.action.like("weighting.%")).order_by(audit.c.id)
    with database_of(clinic).reading() as connection:
        rows = connection.execute(query).all()
    assert [(row.action, str(row.subject_id)) for row in rows] == [
        ("weighting.created", draft["id"]),
        ("weighting.activated", draft["id"]),
    ]
    assert rows[1].details == {"from": first["id"], "to": draft["id"]}
    assert "Nobody" not in repr(rows)


def test_only_an_administrator_changes_what_counts(clinic: ClinicApi) -> None:
    draft = drafted(clinic)
    for role in (Role.INTAKE, Role.STAFF, Role.AUDITOR, Role.CLIENT, Role.THERAPIST):
        assert clinic.post("/v1/weightings", {}, role).status_code == 403
        assert activate(clinic, draft, "*", role).status_code == 403


def test_another_clinics_weighting_is_neither_seen_nor_activated(client: TestClient) -> None:
    clinic, other = make_clinic(client), make_clinic(client, "Other")
    theirs = drafted(other)
    assert clinic.get(f"/v1/weightings/{theirs['id']}").status_code == 404
    assert activate(clinic, theirs, "*").status_code == 404
    assert activate(clinic, {"id": str(uuid4())}, "*").status_code == 404
    assert active(other)["version"] == 1
    assert [item["version"] for item in clinic.get("/v1/weightings").json()["items"]] == [1]


def test_a_draft_sent_twice_is_kept_once(clinic: ClinicApi) -> None:
    headers = {"Idempotency-Key": "once"}
    first, again = (
        clinic.post("/v1/weightings", {"near_tie": 0}, headers=headers) for _ in range(2)
    )
    assert first.content == again.content
    assert drafted(clinic)["version"] == 3
