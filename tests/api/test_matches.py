"""A match: ranked, explained, stored, shown again byte for byte, and computed again."""

from typing import Any

import pytest

from api.auth.roles import Role
from api.auth.system import clinic_scope
from api.store.clinics import hold_clinic
from tests.factories.clinics import ClinicApi, make_clinic, service

DIMENSIONS = [
    "communication_style",
    "gender",
    "culture",
    "language",
    "modality",
    "needs",
    "format",
    "schedule",
    "expected_fit",
]


def small_roster(clinic: ClinicApi) -> None:
    clinic.add(
        reference="t-1",
        name="Ana Ruiz",
        gender="woman",
        languages=["en", "es-MX"],
        modalities=["cbt"],
        needs=["anxiety", "grief"],
        cultures=["latine"],
        formats=["video"],
        schedule=["tue_evening"],
        licences=["US-CA"],
        style={"warm_support": 0.6, "therapist_directiveness": 0.1},
    )
    clinic.add(reference="t-2", name="Bo Lind", gender="man", languages=["en"], needs=["anxiety"])
    clinic.add(reference="t-3", name="Cy Adler", languages=["es"], needs=["grief"], caseload=1)
    clinic.add(reference="t-4", name="Di Costa", accepting=False, languages=["es"])
    clinic.add(reference="t-5", name="Ed Moss", languages=["es"], caseload=4, caseload_limit=4)


ASKED: dict[str, Any] = {
    "client": {"reference": "c-1042"},
    "preferences": {
        "communication_style": {"warm_support": 0.6, "importance": "strong"},
        "gender": {"any_of": ["woman"], "importance": "some"},
        "language": {"any_of": ["es"], "importance": "must"},
    },
    "needs": ["anxiety", "grief"],
}


def test_the_answer_has_every_part_of_the_contract(clinic: ClinicApi) -> None:
    small_roster(clinic)
    answer = clinic.match(**ASKED)
    assert answer["considered"] == 5
    assert answer["eligible"] == 2
    assert answer["excluded"] == {"not_accepting": 1, "full": 1, "must_language": 1}
    assert answer["selection_mode"] == "client"
    assert answer["model"] is None
    assert answer["weighting"]["version"] == 1
    assert answer["next_steps"] == ["wait", "change", "staff_call", "referral_out"]
    assert "988" in answer["safety_notice"]
    first = answer["candidates"][0]
    assert first["therapist"]["reference"] == "t-1"
    assert first["rank"] == 1
    assert first["expected_fit"] is None
    assert [row["dimension"] for row in first["contributions"]] == DIMENSIONS
    assert first["reasons"]
    assert first["caveats"]


def test_points_sum_to_the_score_and_weights_to_one(clinic: ClinicApi) -> None:
    small_roster(clinic)
    for candidate in clinic.match(**ASKED)["candidates"]:
        rows = candidate["contributions"]
        assert sum(row["points"] for row in rows) == pytest.approx(candidate["score"], abs=1e-9)
        assert sum(row["weight"] for row in rows) == pytest.approx(1, abs=1e-9)
        for row in rows:
            assert row["points"] == pytest.approx(row["weight"] * row["score"], abs=1e-12)


def test_a_match_is_shown_again_byte_for_byte(clinic: ClinicApi) -> None:
    small_roster(clinic)
    answered = clinic.post("/v1/matches", ASKED, role=Role.INTAKE)
    path = f"/v1/matches/{answered.json()['id']}"
    assert answered.headers["Location"] == path
    clinic.add(reference="t-6", languages=["es"], gender="woman", needs=["anxiety", "grief"])
    assert clinic.get(path).content == answered.content


def test_replay_is_identical_after_the_roster_changed_and_the_service_restarted(
    clinic: ClinicApi, database_url: str
) -> None:
    small_roster(clinic)
    match_id = clinic.match(**ASKED)["id"]
    therapist = clinic.get("/v1/therapists").json()["items"][0]
    clinic.patch(
        f"/v1/therapists/{therapist['id']}",
        {"needs": [], "name": "Ana Maria Ruiz", "caseload": 9, "caseload_limit": 9},
        headers={"If-Match": '"1"'},
    )
    clinic.add(reference="t-6", languages=["es"], gender="woman", needs=["anxiety", "grief"])
    clinic.patch("/v1/settings", {"availability_stale_after_days": 400})
    assert clinic.match(**ASKED)["candidates"][0]["therapist"]["reference"] == "t-6"
    with service(database_url) as restarted:
        again = ClinicApi(restarted, clinic.clinic_id, clinic.keys)
        replayed = again.post(f"/v1/matches/{match_id}/replay", role=Role.AUDITOR)
    assert replayed.json() == {"identical": True}


def test_replay_says_what_differs_when_the_stored_answer_was_altered(clinic: ClinicApi) -> None:
    small_roster(clinic)
    match_id = clinic.match(**ASKED)["id"]
    database = clinic.client.app.state.database  # type: ignore[attr-defined]
    with database.writing() as connection:
        row = connection.exec_driver_sql("SELECT answer FROM matches").scalar_one()
        altered = bytes(row).replace(b'"eligible":2', b'"eligible":3')
        kind = connection.dialect.name
        mark = "?" if kind == "sqlite" else "%s"
        connection.exec_driver_sql(f"UPDATE matches SET answer = {mark}", (altered,))  # noqa: S608
    replayed = clinic.post(f"/v1/matches/{match_id}/replay").json()
    assert replayed == {
        "identical": False,
        "differences": [{"at": "eligible", "then": 3, "now": 2}],
    }


def test_the_same_client_gets_the_same_order(clinic: ClinicApi) -> None:
    for number in range(12):
        clinic.add(reference=f"t-{number}", gender="woman")
    body = {"preferences": {"gender": {"any_of": ["woman"]}}, "client": {"reference": "c-1"}}
    first, second = clinic.match(**body), clinic.match(**body)
    assert [c["therapist"] for c in first["candidates"]] == [
        c["therapist"] for c in second["candidates"]
    ]
    orders = set()
    for number in range(20):
        answer = clinic.match(**{**body, "client": {"reference": f"c-{number}"}})
        orders.add(tuple(c["therapist"]["reference"] for c in answer["candidates"]))
    assert len(orders) > 1


def test_nobody_eligible_is_an_answer_with_a_way_on(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", gender="man", modalities=["cbt"])
    answer = clinic.match(
        preferences={"modality": {"any_of": ["emdr"], "importance": "must"}}, needs=["grief"]
    )
    assert answer["candidates"] == []
    assert answer["eligible"] == 0
    assert answer["suggestions"][0]["change"] == "modality"
    assert answer["suggestions"][0]["gains"] == 1
    assert "wait" in answer["next_steps"]


def test_staff_review_randomises_nothing(clinic: ClinicApi) -> None:
    for number in range(8):
        clinic.add(reference=f"t-{number}", gender="woman")
    body = {"preferences": {"gender": {"any_of": ["woman"]}}, "staff_review": True, "limit": 8}
    answer = clinic.match(**body)
    assert answer["selection_mode"] == "staff"
    assert {c["propensity"] for c in answer["candidates"]} == {1.0}


def test_a_must_on_ancestry_is_refused_and_on_a_community_taken(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", communities=["lgbtq"])
    wish = {"importance": "must"}
    refused = clinic.post(
        "/v1/matches", {"preferences": {"culture": {"any_of": ["latine"], **wish}}}
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "preferences.culture.importance"
    taken = clinic.match(preferences={"culture": {"any_of": ["lgbtq"], **wish}})
    assert taken["eligible"] == 1


def test_cnip_items_stand_in_for_the_axes(clinic: ClinicApi) -> None:
    clinic.add(reference="lead", style={"therapist_directiveness": 0.9})
    clinic.add(reference="follow", style={"therapist_directiveness": -0.9})
    items = [3] * 5 + [0] * 13
    answer = clinic.match(preferences={"communication_style": {"cnip_items": items}})
    assert answer["candidates"][0]["therapist"]["reference"] == "lead"
    items = [-3] * 5 + [0] * 13
    answer = clinic.match(preferences={"communication_style": {"cnip_items": items}})
    assert answer["candidates"][0]["therapist"]["reference"] == "follow"


def test_therapists_who_are_not_on_the_roster_are_said_and_not_repeated(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1")
    answer = clinic.post(
        "/v1/matches", {"preferences": {}, "referred_to": ["nobody-here"], "needs": []}
    )
    assert answer.status_code == 201
    assert answer.json()["notices"]
    assert "nobody-here" not in answer.text


def test_another_clinics_match_is_not_found(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    match_id = other.match()["id"]
    assert clinic.get(f"/v1/matches/{match_id}").status_code == 404
    assert clinic.post(f"/v1/matches/{match_id}/replay").status_code == 404


def test_a_clinics_own_code_counts(clinic: ClinicApi) -> None:
    entry = {"facet": "needs", "code": "stage_fright", "label": "Stage fright"}
    assert clinic.post("/v1/vocabulary", entry).status_code == 201
    clinic.add(reference="t-1", needs=["stage_fright"])
    clinic.add(reference="t-2", needs=["anxiety"])
    answer = clinic.match(needs=["stage_fright"])
    assert answer["candidates"][0]["therapist"]["reference"] == "t-1"
    other = make_clinic(clinic.client, "Other")
    refused = other.post("/v1/matches", {"preferences": {}, "needs": ["stage_fright"]})
    assert refused.status_code == 422


def apply_suggestion(body: dict[str, Any], suggestion: dict[str, Any]) -> dict[str, Any]:
    """The request with a suggestion taken up, as the one who reads the answer would."""
    field = suggestion["change"]
    if field in {"payer", "accepts_associate"}:
        return {**body, field: suggestion["to"]}
    wish = dict(body["preferences"][field])
    if "add" in suggestion:
        wish["any_of"] = [*wish["any_of"], suggestion["add"]]
    else:
        wish["importance"] = suggestion["to"]
    return {**body, "preferences": {**body["preferences"], field: wish}}


def test_a_suggestion_taken_up_brings_what_it_says(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", payers=["kaiser"], languages=["es"])
    clinic.add(reference="t-2", associate=True, languages=["es"])
    clinic.add(reference="t-3", languages=["fr"])
    clinic.add(reference="t-4", languages=["fr"], schedule=["mon_evening"])
    body: dict[str, Any] = {
        "preferences": {"language": {"any_of": ["es"], "importance": "must"}},
        "payer": "aetna",
        "accepts_associate": "no",
    }
    answer = clinic.match(**body)
    changes = {suggestion["change"] for suggestion in answer["suggestions"]}
    assert {"payer", "accepts_associate"} & changes
    for suggestion in answer["suggestions"]:
        again = clinic.match(**apply_suggestion(body, suggestion))
        assert again["eligible"] == answer["eligible"] + suggestion["gains"], suggestion


def test_a_suggestion_to_pay_without_insurance_is_a_null_payer(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", payers=["kaiser"])
    answer = clinic.match(payer="aetna")
    (suggestion,) = answer["suggestions"]
    assert (suggestion["change"], suggestion["to"], suggestion["gains"]) == ("payer", None, 1)


def test_a_must_that_names_nothing_is_refused(clinic: ClinicApi) -> None:
    for wish in ("gender", "language", "communication_style"):
        refused = clinic.post("/v1/matches", {"preferences": {wish: {"importance": "must"}}})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == f"preferences.{wish}"


def test_a_body_that_does_not_say_it_is_json_is_refused(clinic: ClinicApi) -> None:
    refused = clinic.post("/v1/matches", content=b'{"preferences": {}}')
    assert refused.status_code == 415
    assert "application/json" in refused.json()["detail"]


def test_a_question_sent_as_null_was_skipped(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", gender="woman")
    nulls = {"gender": None, "culture": {"any_of": None, "importance": None}}
    answer = clinic.match(preferences=nulls, needs=None, consent=None, limit=None, client=None)
    assert answer["candidates"][0]["score"] == 0
    refused = clinic.post("/v1/matches", {"preferences": None})
    assert refused.status_code == 422
    assert clinic.post("/v1/matches", {"preferences": {"hair": None}}).status_code == 422


def test_every_need_of_the_vocabulary_can_be_named(clinic: ClinicApi) -> None:
    needs = [entry["code"] for entry in clinic.get("/v1/vocabulary").json()["needs"]]
    clinic.add(reference="t-1", needs=needs)
    assert clinic.match(needs=needs)["candidates"][0]["score"] == 1


@pytest.mark.parametrize("backend", ["postgresql"])
def test_a_match_goes_on_while_the_roster_is_held(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1")
    database = clinic.client.app.state.database  # type: ignore[attr-defined]
    with clinic_scope(database, clinic.clinic_id) as scope:
        hold_clinic(scope)
        assert clinic.match()["eligible"] == 1


def test_whom_a_client_rules_out_makes_no_other_question_of_it(clinic: ClinicApi) -> None:
    for number in range(12):
        clinic.add(reference=f"t-{number}", gender="woman")
    wish = {"preferences": {"gender": {"any_of": ["woman"]}}, "limit": 8}
    for number in range(12):
        body = {"client": {"reference": f"c-{number}"}, "exclude_therapists": ["t-5"], **wish}
        first, again = clinic.match(**body), clinic.match(**body)
        assert first["candidates"] == again["candidates"]
