"""A preview: what it counts, what it shows, what it leaves alone."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from api.auth.roles import Role
from api.db.tables import AuditRow
from api.db.tables.base import table_of
from api.weightings.preview import readings
from matching.choosing import uptake
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pairings import chosen, match_of, offer, roster, waiting
from tests.factories.weightings import (
    Json,
    activated,
    active,
    drafted,
    erase,
    preview,
    previewed,
    seeded,
)

OTHER: Json = {"weights": {"communication_style": 5, "needs": 0}}


def matched(clinic: ClinicApi, clients: int = 8) -> list[Json]:
    return [clinic.match(**request) for request in seeded(clinic, clients=clients)]


def everything(clinic: ClinicApi) -> dict[str, list[Any]]:
    """All rows of all tables but the trail."""
    database = clinic.client.app.state.database  # type: ignore[attr-defined]
    with database.reading() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table)).all()))
            for name, table in SQLModel.metadata.tables.items()
            if name != "audit"
        }


def trail(clinic: ClinicApi, action: str) -> list[Any]:
    audit = table_of(AuditRow)
    query = select(audit).where(audit.c.action == action).order_by(audit.c.id)
    database = clinic.client.app.state.database  # type: ignore[attr-defined]
    with database.reading() as connection:
        return list(connection.execute(query).all())


def test_the_active_weighting_changes_nothing(clinic: ClinicApi) -> None:
    matched(clinic)
    found = previewed(clinic, active(clinic), examples=50)
    assert (found["matches"], found["top1_changed"], found["top3_changed"]) == (8, 0, 0)
    assert (found["rank_correlation"], found["overlap"]) == (1, 1)
    assert found["examples"] == []
    assert sum(one["before"] for one in found["exposure"]) == pytest.approx(1)
    for one in (*found["exposure"], *found["exposure_by_group"]):
        assert (one["before"], one["change"]) == (one["after"], 0)
    for figure in ("preference_fit", "overflow"):
        assert found[figure]["before"] == found[figure]["after"]


def test_it_counts_who_gains_and_who_loses(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", gender="woman", formats=["phone"], languages=["en"])
    clinic.add(reference="t-2", gender="man", formats=["video"])
    activated(clinic, drafted(clinic, weights={"gender": 1, "format": 0.1}, near_tie=0))
    wishes = {"gender": {"any_of": ["woman"]}, "format": {"any_of": ["video"]}}
    for number in range(4):
        clinic.match(preferences=wishes, client={"reference": f"c-{number}"}, limit=1)
    draft = drafted(clinic, weights={"gender": 0.1, "format": 1}, near_tie=0)
    found = previewed(clinic, draft)
    assert (found["top1_changed"], found["top3_changed"]) == (1, 1)
    shares = [
        (one["therapist"]["reference"], one["before"], one["after"]) for one in found["exposure"]
    ]
    assert shares == [("t-2", 0, 1), ("t-1", 1, 0)]
    groups = {
        (one["facet"], one["code"]): (one["therapists"], one["before"], one["after"])
        for one in found["exposure_by_group"]
    }
    assert groups["gender", "woman"] == (1, 1, 0)
    assert groups["gender", "man"] == (1, 0, 1)
    assert groups["languages", None] == (1, 0, 1)
    # By the weights of before, which is what clients of then were asked to be content with.
    assert found["preference_fit"]["before"] > found["preference_fit"]["after"]
    assert found["expected_fit"] is None
    assert found["estimate"]["value"] is None
    assert found["estimate"]["why"]["code"] == "no_outcomes"
    (example, *_) = found["examples"]
    grew = {cause["dimension"]: cause["points"] for cause in example["because"]}
    assert grew == pytest.approx({"format": 0.9 / 1.1, "gender": 0.9 / 1.1})


def test_both_lists_stand_side_by_side_with_their_points(clinic: ClinicApi) -> None:
    answers = {answer["id"]: answer for answer in matched(clinic)}
    found = previewed(clinic, drafted(clinic, **OTHER), examples=3)
    assert len(found["examples"]) == 3
    assert found["examples"] == sorted(found["examples"], key=lambda one: one["overlap"])
    for example in found["examples"]:
        shown = {
            one["therapist"]["id"]: {
                part["dimension"]: part["points"]
                for part in one["contributions"]
                if part["state"] != "not_asked"
            }
            for one in answers[example["match_id"]]["candidates"]
        }
        for one in example["therapists"]:
            for place in (one["before"], one["after"]):
                if place is not None:
                    assert sum(place["points"].values()) == pytest.approx(place["score"])
            if one["before"] and one["before"]["rank"]:
                assert one["before"]["points"] == shown[one["therapist"]["id"]]


def test_nothing_is_stored_and_looking_is_recorded(clinic: ClinicApi) -> None:
    matches = matched(clinic)
    draft = drafted(clinic, **OTHER)
    before = everything(clinic)
    found = previewed(clinic, draft, examples=2)
    assert everything(clinic) == before
    (row,) = trail(clinic, "weighting.previewed")
    assert (str(row.subject_id), row.details) == (draft["id"], {"matches": 8, "examples": 2})
    read = [str(row.subject_id) for row in trail(clinic, "match.previewed")]
    # So few that the figures say what was in each.
    assert (
        set(read)
        == {made["id"] for made in matches}
        > {example["match_id"] for example in found["examples"]}
    )
    assert len(read) == len(matches)


def test_of_many_matches_only_the_examples_are_recorded(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    matched(clinic)
    monkeypatch.setattr(readings, "FEW_MATCHES", 8)
    found = previewed(clinic, drafted(clinic, **OTHER), examples=2)
    read = [str(row.subject_id) for row in trail(clinic, "match.previewed")]
    assert read == [example["match_id"] for example in found["examples"]]
    previewed(clinic, active(clinic), last=7, examples=0)
    assert len(trail(clinic, "match.previewed")) == len(read) + 7


def overflowing(clinic: ClinicApi) -> float:
    """How many would choose somebody who is full, the same before as after."""
    overflow = previewed(clinic, active(clinic))["overflow"]
    assert overflow["before"] == overflow["after"]
    return float(overflow["before"])


def test_more_than_there_are_places_shows_before_anybody_has_chosen(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, caseload_limit=1, count=1)
    matches = [match_of(clinic, f"c-{number}") for number in range(20)]
    held = uptake(0, 20)
    assert overflowing(clinic) == pytest.approx(20 * held - 1)
    # From a list of nobody, nobody could choose: it says nothing of how often anybody does.
    for number in range(5):
        empty = match_of(clinic, f"e-{number}", service="couple")
        assert empty["candidates"] == []
    assert overflowing(clinic) == pytest.approx(20 * held - 1)
    chosen(clinic, matches[0], therapist)
    assert overflowing(clinic) == pytest.approx(20 * uptake(1, 20) - 1)


def test_what_staff_decide_on_says_nothing_of_how_often_clients_choose(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, caseload_limit=1, count=1)
    matches = [match_of(clinic, f"c-{number}", staff_review=True) for number in range(6)]
    assert overflowing(clinic) == pytest.approx(6 - 1)
    chosen(clinic, matches[0], therapist, Role.STAFF)
    assert overflowing(clinic) == pytest.approx(6 - 1)


def test_what_was_offered_says_nothing_of_it_either(clinic: ClinicApi) -> None:
    (therapist,) = roster(clinic, caseload_limit=1, count=1)
    offered, *_ = [match_of(clinic, f"c-{number}") for number in range(6)]
    offer(clinic, waiting(clinic, offered), offered, therapist)
    assert overflowing(clinic) == pytest.approx(6 * uptake(0, 5) - 1)


def test_who_the_client_is_is_not_shown(clinic: ClinicApi) -> None:
    requests = seeded(clinic, clients=8)
    for number, request in enumerate(requests):
        clinic.match(**{**request, "client": {"reference": f"secret-{number}"}})
    answer = preview(clinic, drafted(clinic, **OTHER), examples=50)
    assert answer.json()["examples"]
    assert "secret" not in answer.text


def test_which_matches_can_be_said(clinic: ClinicApi) -> None:
    made = matched(clinic, 6)
    draft = drafted(clinic, **OTHER)
    times = sorted(one["created_at"] for one in made)
    assert previewed(clinic, draft)["matches"] == 6
    assert previewed(clinic, draft, last=4)["matches"] == 4
    assert previewed(clinic, draft, since=times[2])["matches"] == 4
    assert previewed(clinic, draft, until=times[2])["matches"] == 2
    assert previewed(clinic, draft, since=times[1], until=times[4])["matches"] == 3
    assert previewed(clinic, draft, since=times[1], last=2)["matches"] == 2
    assert preview(clinic, draft, last=None).json()["matches"] == 6


def test_of_nothing_there_are_no_shares(clinic: ClinicApi) -> None:
    found = previewed(clinic, drafted(clinic, **OTHER))
    assert (found["matches"], found["top1_changed"], found["preference_fit"]) == (0, None, None)
    assert (found["exposure"], found["examples"]) == ([], [])


def test_an_erased_match_is_not_in_it(clinic: ClinicApi) -> None:
    made = matched(clinic, 4)
    draft = drafted(clinic, **OTHER)
    erase(clinic, made[0])
    found = previewed(clinic, draft, examples=50)
    assert found["matches"] == 3
    assert made[0]["id"] not in {example["match_id"] for example in found["examples"]}


def test_a_client_keeps_the_circumstances_of_then(clinic: ClinicApi) -> None:
    (request,) = seeded(clinic, clients=1)
    first = clinic.match(**request)
    draft = drafted(clinic, **OTHER)
    before = previewed(clinic, draft)
    chosen(clinic, first, first["candidates"][0]["therapist"]["id"])
    # With whom the client is now changes their next list, not the one they were shown.
    after = previewed(clinic, draft)
    assert {**after, "estimate": None, "overflow": None} == {
        **before, "estimate": None, "overflow": None
    }  # fmt: skip
    second = clinic.match(**request)
    with_now = first["candidates"][0]["therapist"]["id"]
    assert with_now not in [one["therapist"]["id"] for one in second["candidates"]]
    found = previewed(clinic, draft, last=1, examples=1)
    shown = [one for example in found["examples"] for one in example["therapists"]]
    assert with_now not in [one["therapist"]["id"] for one in shown]


def test_it_says_what_it_cannot_know(clinic: ClinicApi) -> None:
    matched(clinic, 3)
    plain = previewed(clinic, active(clinic))["notes"]
    draft = drafted(clinic, fit_weights={"trust": 9}, exposure=0.1)
    told = [note for note in previewed(clinic, draft)["notes"] if note not in plain]
    assert [note.split()[0] for note in told] == ["The", "Who"]
    activated(clinic, drafted(clinic))
    superseded = previewed(clinic, draft)["notes"]
    assert any(note.startswith("3 of the matches") for note in superseded)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"last": 0}, "last"),
        ({"last": 10_001}, "last"),
        ({"last": 2.5}, "last"),
        ({"examples": 51}, "examples"),
        ({"since": "2026-03-31"}, "since"),
        ({"since": "2026-03-31T09:00:00"}, "since"),
        ({"until": "0001-01-01T00:00:00+14:00"}, "until"),
        ({"since": "2026-03-31T09:00:00Z", "until": "2026-03-31T09:00:00Z"}, "body"),
        ({"background": "yes"}, "background"),
        ({"clients": ["c-1"]}, "body"),
    ],
)
def test_what_is_not_a_preview_is_refused_by_field(
    clinic: ClinicApi, asked: Json, field: str
) -> None:
    refused = preview(clinic, active(clinic), **asked)
    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_it_is_an_administrators_and_the_clinics_own(clinic: ClinicApi) -> None:
    path = f"/v1/weightings/{active(clinic)['id']}/preview"
    for role in (Role.INTAKE, Role.STAFF, Role.AUDITOR, Role.CLIENT, Role.THERAPIST):
        assert clinic.post(path, {}, role).status_code == 403
    other = make_clinic(clinic.client, "Other")
    assert preview(clinic, active(other)).status_code == 404
    assert clinic.post(path).status_code == 200
