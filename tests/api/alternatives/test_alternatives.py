"""Another therapist, with nothing asked again: what changes, who is left out, what is said."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from api.alternatives import service
from api.auth.roles import Role
from api.db.tables import Event, Match, StaffTask
from api.db.tables.base import table_of
from tests.factories.clinics import ClinicApi, key_of
from tests.factories.pairings import chosen, database_of, moved

Json = dict[str, Any]

WISHES: Json = {
    "communication_style": {"therapist_directiveness": 0.4, "warm_support": 0.2},
    "gender": {"any_of": ["woman"], "importance": "some"},
    "schedule": {"any_of": ["tue_evening"]},
}
DIRECT = "preferences.communication_style.therapist_directiveness"


@pytest.fixture
def paired(clinic: ClinicApi) -> tuple[ClinicApi, Json, Json]:
    """A client with somebody who leads much, among others who lead less and less."""
    for step in range(6):
        style = {"therapist_directiveness": 0.8 - 0.3 * step, "warm_support": 0.2}
        clinic.add(reference=f"t-{step}", style=style, gender="woman", schedule=["tue_evening"])
    match = clinic.match(client={"reference": "c-1"}, preferences=WISHES, needs=[], limit=6)
    leads = next(
        one["therapist"]["id"]
        for one in match["candidates"]
        if one["therapist"]["reference"] == "t-0"
    )
    pairing = chosen(clinic, match, leads)
    return clinic, match, moved(clinic, pairing, "accept")


def others(clinic: ClinicApi, pairing: Json, role: Role = Role.INTAKE, **body: Any) -> Json:
    answer = clinic.post(f"/v1/pairings/{pairing['id']}/alternatives", {"limit": 6, **body}, role)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


def stored(clinic: ClinicApi, match_id: str) -> Any:
    table = table_of(Match)
    with database_of(clinic).reading() as connection:
        return connection.execute(select(table).where(table.c.id == UUID(match_id))).one()


def shown(match: Json) -> list[str]:
    return [one["therapist"]["reference"] for one in match["candidates"]]


def test_the_list_that_is_shown_is_the_one_that_was_tried(
    paired: tuple[ClinicApi, Json, Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic, _, pairing = paired
    tried: list[list[str]] = []

    def noted(*given: Any) -> list[str]:
        tried.append(would_show(*given))
        return tried[-1]

    would_show = service._would_show
    monkeypatch.setattr(service, "_would_show", noted)
    other = others(clinic, pairing, reasons=["leads_too_much"], limit=2)
    assert [one["therapist"]["id"] for one in other["candidates"]] == tried[-1]
    unchanged = others(clinic, pairing, limit=2)
    assert [one["therapist"]["id"] for one in unchanged["candidates"]] == tried[0]


def test_a_reason_of_style_moves_its_axis_and_the_list(
    paired: tuple[ClinicApi, Json, Json],
) -> None:
    clinic, match, pairing = paired
    other = others(clinic, pairing, reasons=["leads_too_much"])
    (moved_axis,) = [one for one in other["changed"] if one["what"] == DIRECT]
    request = stored(clinic, other["id"]).request["preferences"]["communication_style"]
    assert moved_axis["from"] == 0.4
    assert moved_axis["to"] == request["therapist_directiveness"] < 0.4
    assert moved_axis["because"] == "leads_too_much"
    assert request["warm_support"] == 0.2
    assert shown(other).index("t-5") < shown(match).index("t-5")


def test_nothing_is_asked_again(paired: tuple[ClinicApi, Json, Json]) -> None:
    clinic, match, pairing = paired
    other = others(clinic, pairing, reasons=[])
    first, second = stored(clinic, match["id"]).request, stored(clinic, other["id"]).request
    assert second == first
    assert other["changed"] == []


@pytest.mark.parametrize(
    "reasons", [[], ["leads_too_much", "trust"], ["culture", "goals"], ["unsafe"], ["schedule"]]
)
def test_an_alternative_replays_to_the_same_bytes(
    paired: tuple[ClinicApi, Json, Json], reasons: list[str]
) -> None:
    clinic, _, pairing = paired
    other = others(clinic, pairing, reasons=reasons)
    again = clinic.post(f"/v1/matches/{other['id']}/replay")
    assert again.json() == {"identical": True}
    assert clinic.get(f"/v1/matches/{other['id']}").json() == other


@pytest.mark.parametrize("ended", [False, True])
def test_the_therapist_who_is_left_is_not_on_the_list(
    paired: tuple[ClinicApi, Json, Json], *, ended: bool
) -> None:
    clinic, match, pairing = paired
    if ended:
        moved(clinic, pairing, "end", {"reason": "goals_met"})
    other = others(clinic, pairing)
    assert sorted(shown(other)) == sorted(set(shown(match)) - {"t-0"})


def test_alternatives_to_an_alternative_keep_what_was_learned(
    paired: tuple[ClinicApi, Json, Json],
) -> None:
    clinic, _, pairing = paired
    other = others(clinic, pairing, reasons=["leads_too_much"])
    second = chosen(clinic, other, other["candidates"][0]["therapist"]["id"])
    second = moved(clinic, second, "accept")
    third = others(clinic, second, reasons=["too_soft"])
    style = stored(clinic, third["id"]).request["preferences"]["communication_style"]
    wished = next(one["to"] for one in other["changed"] if one["what"] == DIRECT)
    assert style["therapist_directiveness"] == wished
    assert style["warm_support"] < 0.2
    assert not {"t-0", second["therapist"]["reference"]} & set(shown(third))


def test_a_patch_wins_over_reasons_and_is_said(paired: tuple[ClinicApi, Json, Json]) -> None:
    clinic, _, pairing = paired
    patch = {
        "communication_style": {"therapist_directiveness": 0.9},
        "gender": None,
        "modality": {"any_of": ["act"]},
    }
    other = others(clinic, pairing, reasons=["leads_too_much"], preferences=patch)
    preferences = stored(clinic, other["id"]).request["preferences"]
    assert preferences["communication_style"]["therapist_directiveness"] == 0.9
    assert preferences["communication_style"]["warm_support"] == 0.2
    assert "gender" not in preferences
    said = {one["what"]: (one["from"], one["to"], one["because"]) for one in other["changed"]}
    assert said[DIRECT] == (0.4, 0.9, "you")
    assert said["preferences.gender.any_of"] == (["woman"], None, "you")
    assert said["preferences.modality.any_of"] == (None, ["act"], "you")


def test_eighteen_answers_take_the_place_of_the_axes(
    paired: tuple[ClinicApi, Json, Json],
) -> None:
    clinic, _, pairing = paired
    patch = {"communication_style": {"cnip_items": [0] * 18}}
    other = others(clinic, pairing, preferences=patch)
    style = stored(clinic, other["id"]).request["preferences"]["communication_style"]
    assert style == {"cnip_items": [0] * 18}
    moved_on = others(clinic, pairing, preferences=patch, reasons=["leads_too_much"])
    style = stored(clinic, moved_on["id"]).request["preferences"]["communication_style"]
    assert style["cnip_items"] == [0] * 18


def test_a_must_without_a_choice_is_refused_by_its_field(
    paired: tuple[ClinicApi, Json, Json],
) -> None:
    clinic, _, pairing = paired
    body = {"preferences": {"modality": {"importance": "must"}}}
    refused = clinic.post(f"/v1/pairings/{pairing['id']}/alternatives", body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "preferences.modality"


def test_a_code_that_is_none_is_refused(paired: tuple[ClinicApi, Json, Json]) -> None:
    clinic, _, pairing = paired
    refused = clinic.post(
        f"/v1/pairings/{pairing['id']}/alternatives", {"reasons": ["trust", "astrology"]}
    )
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["reasons[1]"]


@pytest.mark.parametrize("reason", ["unsafe", "boundary", "discrimination"])
def test_after_something_unsafe_staff_look_at_once(
    paired: tuple[ClinicApi, Json, Json], reason: str
) -> None:
    clinic, _, pairing = paired
    other = others(clinic, pairing, reasons=[reason, "trust"])
    assert other["repair"] is None
    tasks = table_of(StaffTask)
    with database_of(clinic).reading() as connection:
        (task,) = connection.execute(select(tasks)).all()
    assert (task.kind, task.status) == ("safety", "open")
    assert str(task.pairing_id) == pairing["id"]
    # Nobody new comes to the therapist until somebody has looked.
    assert "t-0" not in shown(clinic.match(client={"reference": "c-2"}, limit=6))
    assert clinic.get(f"/v1/therapists/{pairing['therapist']['id']}").json()["on_hold"]


def test_repair_is_offered_beside_the_list(paired: tuple[ClinicApi, Json, Json]) -> None:
    clinic, _, pairing = paired
    other = others(clinic, pairing, reasons=["trust"])
    assert isinstance(other["repair"], str)
    assert other["candidates"]


def test_a_client_sees_no_figures_and_only_their_own(
    paired: tuple[ClinicApi, Json, Json],
) -> None:
    clinic, _, pairing = paired
    clinic.keys[Role.CLIENT] = key_of(clinic, Role.CLIENT, pairing["client"]["id"])
    other = others(clinic, pairing, role=Role.CLIENT, reasons=["no_click"])
    assert "propensity" not in other["candidates"][0]
    clinic.keys[Role.CLIENT] = key_of(clinic, Role.CLIENT, str(uuid4()))
    path = f"/v1/pairings/{pairing['id']}/alternatives"
    assert clinic.post(path, {}, Role.CLIENT).status_code == 404


def test_asking_twice_with_one_key_is_done_once(
    paired: tuple[ClinicApi, Json, Json],
) -> None:
    clinic, _, pairing = paired
    path = f"/v1/pairings/{pairing['id']}/alternatives"
    headers = {"Idempotency-Key": "again"}
    first, second = (clinic.post(path, {"reasons": ["trust"]}, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.content == second.content


def test_who_took_consent_back_is_not_matched(paired: tuple[ClinicApi, Json, Json]) -> None:
    clinic, _, pairing = paired
    path = f"/v1/clients/{pairing['client']['id']}/consents"
    answer = clinic.call(Role.STAFF, "PUT", path, json={"matching": False})
    assert answer.status_code == 200, answer.text
    refused = clinic.post(f"/v1/pairings/{pairing['id']}/alternatives", {})
    assert refused.status_code == 409


def test_another_clinics_pairing_is_not_found(paired: tuple[ClinicApi, Json, Json]) -> None:
    clinic, _, _ = paired
    assert clinic.post(f"/v1/pairings/{uuid4()}/alternatives", {}).status_code == 404


def test_reasons_are_kept_out_of_the_trail(paired: tuple[ClinicApi, Json, Json]) -> None:
    clinic, _, pairing = paired
    others(clinic, pairing, reasons=["discrimination"])
    with database_of(clinic).reading() as connection:
        trail = connection.exec_driver_sql("SELECT action, details FROM audit").all()
        events = connection.execute(select(table_of(Event))).all()
    assert "alternative.requested" in {row[0] for row in trail}
    assert "discrimination" not in repr(trail) + repr(events)
