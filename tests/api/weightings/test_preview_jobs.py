"""A preview that takes long: asked for, polled, cancelled, taken up again, ended."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from api.clock import utc_now
from api.ranking import shortfalls
from api.store.shortfalls import Shortfall
from api.weightings.preview import service, worker
from api.weightings.preview.jobs import PREVIEWS
from matching.exposure import LEAST_MATCHES
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.clinics import service as served
from tests.factories.models import LEASE, database_of
from tests.factories.shortfalls import (
    first_shown,
    go_by_exposure,
    kept_now,
    scope_of,
    three_women,
)
from tests.factories.weightings import Json, active, drafted, erase, preview, previewed, seeded

OTHER: Json = {"weights": {"communication_style": 5, "needs": 0}}
GONE = timedelta(seconds=-1)
PATIENCE = 60


@pytest.fixture
def matched(clinic: ClinicApi) -> ClinicApi:
    for request in seeded(clinic, clients=6):
        clinic.match(**request)
    return clinic


def asked(clinic: ClinicApi, weighting: Json, **more: Any) -> Json:
    """A job, which must be taken; with where to poll it."""
    response = preview(clinic, weighting, background=True, **more)
    assert response.status_code == 202, response.text
    return {**response.json(), "at": response.headers["Location"]}


def polled(clinic: ClinicApi, job: Json) -> Json:
    response = clinic.get(job["at"])
    assert response.status_code == 200, response.text
    shown: Json = response.json()
    return shown


def claimed(clinic: ClinicApi, lease: timedelta = LEASE) -> Any:
    held = PREVIEWS.claim(database_of(clinic), clinic.clinic_id, lease)
    assert held is not None
    return held


def done(clinic: ClinicApi, job: Json) -> Json:
    worker.work(database_of(clinic), claimed(clinic), LEASE)
    return polled(clinic, job)


def test_a_job_comes_to_what_is_answered_at_once(matched: ClinicApi) -> None:
    draft = drafted(matched, **OTHER)
    at_once = previewed(matched, draft, examples=3)
    job = asked(matched, draft, examples=3)
    assert job["at"] == f"/v1/weightings/{draft['id']}/previews/{job['id']}"
    assert (job["status"], job["done"], job["total"], job["result"]) == ("queued", 0, 6, None)
    # What comes after it was asked for is not in it.
    matched.match()
    ended = done(matched, job)
    assert (ended["status"], ended["done"], ended["attempts"]) == ("done", 6, 1)
    assert ended["ended_at"] > ended["requested_at"]
    assert ended["result"] == at_once
    assert len(at_once["examples"]) == 3


def test_what_comes_later_is_not_in_a_range_that_ends_later(matched: ClinicApi) -> None:
    job = asked(matched, active(matched), until="2100-01-01T00:00:00Z")
    matched.match()
    ended = done(matched, job)
    assert (ended["done"], ended["total"], ended["result"]["matches"]) == (6, 6, 6)
    to_come = {"since": "2099-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    ended = done(matched, asked(matched, active(matched), **to_come))
    assert (ended["status"], ended["done"], ended["total"]) == ("done", 0, 0)


def test_reading_a_job_of_few_matches_is_recorded_of_each(matched: ClinicApi) -> None:
    job = asked(matched, active(matched), examples=0)
    done(matched, job)
    read = matched.get("/v1/audit?action=match.previewed").json()["items"]
    assert len({row["subject_id"] for row in read}) == 6


def test_examples_stay_those_of_the_figures(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The women who were not shown fell short; once they have been, they no longer do."""
    monkeypatch.setattr(shortfalls, "CLIENTS", LEAST_MATCHES)
    three_women(clinic)
    first_shown(clinic)
    job = asked(clinic, drafted(clinic, exposure=1, near_tie=0, diversity=0), last=5)
    first = done(clinic, job)["result"]
    assert first["examples"]
    for _ in range(LEAST_MATCHES):
        clinic.match(preferences={"modality": {"any_of": ["act"], "importance": "must"}})
    with scope_of(clinic) as scope:
        assert len(shortfalls.shortfall_now(scope).by_therapist) != 2
    assert polled(clinic, job)["result"] == first


def test_examples_stay_those_of_the_version_that_was_the_newest(clinic: ClinicApi) -> None:
    three_women(clinic)
    first_shown(clinic)
    go_by_exposure(clinic, 1)
    kept_now(clinic, shortfalls.shortfall_now)
    job = asked(clinic, drafted(clinic, exposure=1, near_tie=0, diversity=0), last=5)
    first = done(clinic, job)["result"]
    assert first["examples"]
    kept_now(clinic, lambda _scope: Shortfall(None, utc_now(), {}))
    assert polled(clinic, job)["result"] == first


def test_many_matches_are_a_job(matched: ClinicApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_AT_ONCE", 5)
    draft = drafted(matched, **OTHER)
    assert preview(matched, draft, last=5).status_code == 200
    assert preview(matched, draft, last=6).status_code == 202


def test_a_clinic_has_one_under_way(matched: ClinicApi) -> None:
    draft = drafted(matched, **OTHER)
    job = asked(matched, draft)
    refused = preview(matched, active(matched), background=True)
    assert refused.status_code == 409
    assert (refused.json()["preview_id"], refused.json()["weighting_id"]) == (
        job["id"],
        draft["id"],
    )
    assert "cancel" in refused.json()["detail"]
    # At once is not in its way, and another clinic is not either.
    assert preview(matched, draft).status_code == 200
    other = make_clinic(matched.client, "Other")
    asked(other, active(other))
    done(matched, job)
    asked(matched, draft)


def test_one_idempotency_key_asks_once(matched: ClinicApi) -> None:
    path = f"/v1/weightings/{active(matched)['id']}/preview"
    body, headers = {"background": True}, {"Idempotency-Key": "once"}
    first, again = (matched.post(path, body, headers=headers) for _ in range(2))
    assert (first.status_code, first.content) == (202, again.content)


def test_what_is_cancelled_is_not_taken_up(matched: ClinicApi) -> None:
    job = asked(matched, drafted(matched, **OTHER))
    cancelled = matched.post(f"{job['at']}/cancel").json()
    assert (cancelled["status"], cancelled["result"]) == ("cancelled", None)
    assert PREVIEWS.claim_any(database_of(matched), LEASE) is None
    assert matched.post(f"{job['at']}/cancel").json() == cancelled
    again = asked(matched, active(matched))
    assert done(matched, again)["status"] == "done"
    assert matched.post(f"{again['at']}/cancel").status_code == 409


def test_what_is_cancelled_at_work_stops_and_keeps_nothing(
    matched: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = asked(matched, drafted(matched, **OTHER))
    held, lease = claimed(matched), timedelta(seconds=1)

    def endless(*given: Any) -> None:
        told = given[-1]
        while True:
            told(3)
            time.sleep(0.02)

    monkeypatch.setattr(worker, "previewed", endless)
    thread = threading.Thread(
        target=worker.work, args=(database_of(matched), held, lease), daemon=True
    )
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while polled(matched, job)["done"] != 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert polled(matched, job)["status"] == "running"
    assert matched.post(f"{job['at']}/cancel").status_code == 200
    thread.join(PATIENCE)
    assert not thread.is_alive()
    ended = polled(matched, job)
    assert (ended["status"], ended["result"]) == ("cancelled", None)


def test_a_result_that_comes_after_the_end_is_not_kept(matched: ClinicApi) -> None:
    job = asked(matched, drafted(matched, **OTHER))
    held = claimed(matched)
    matched.post(f"{job['at']}/cancel")
    worker.work(database_of(matched), held, LEASE)
    assert polled(matched, job)["status"] == "cancelled"


def test_a_restart_takes_it_up_again_and_three_times_is_enough(matched: ClinicApi) -> None:
    job = asked(matched, drafted(matched, **OTHER))
    lost = claimed(matched, GONE)
    second = claimed(matched)
    worker.work(database_of(matched), lost, LEASE)
    assert polled(matched, job)["status"] == "running"
    worker.work(database_of(matched), second, LEASE)
    ended = polled(matched, job)
    assert (ended["status"], ended["attempts"]) == ("done", 2)
    hopeless = asked(matched, active(matched))
    for _ in range(3):
        claimed(matched, GONE)
    assert PREVIEWS.claim_any(database_of(matched), LEASE) is None
    assert (polled(matched, hopeless)["status"], polled(matched, hopeless)["failure"]) == (
        "failed",
        "broken_off",
    )


def test_a_fault_is_a_code(matched: ClinicApi, monkeypatch: pytest.MonkeyPatch) -> None:
    job = asked(matched, drafted(matched, **OTHER))

    def fault(*_given: Any) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(worker, "previewed", fault)
    ended = done(matched, job)
    assert (ended["status"], ended["failure"]) == ("failed", "error")
    assert ended["ended_at"] is not None


def test_of_what_was_erased_meanwhile_nothing_is_left(matched: ClinicApi) -> None:
    job = asked(matched, drafted(matched, **OTHER), examples=6)
    shown = done(matched, job)["result"]["examples"]
    erase(matched, {"id": shown[0]["match_id"]})
    assert polled(matched, job)["result"]["examples"] == shown[1:]


@pytest.mark.slow
def test_a_served_application_does_it_in_a_process_of_its_own(
    matched: ClinicApi, database_url: str
) -> None:
    job = asked(matched, drafted(matched, **OTHER))
    with served(database_url, runs_training=True) as started:
        again = ClinicApi(started, matched.clinic_id, matched.keys)
        deadline = time.monotonic() + PATIENCE
        while polled(again, job)["status"] in {"queued", "running"}:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    ended = polled(matched, job)
    assert (ended["status"], ended["done"], ended["result"]["matches"]) == ("done", 6, 6)


def test_another_clinics_job_is_not_found(matched: ClinicApi) -> None:
    job = asked(matched, drafted(matched, **OTHER))
    other = make_clinic(matched.client, "Other")
    assert other.get(job["at"]).status_code == 404
    assert other.post(f"{job['at']}/cancel").status_code == 404
    elsewhere = f"/v1/weightings/{active(matched)['id']}/previews/{job['id']}"
    assert matched.get(elsewhere).status_code == 404
