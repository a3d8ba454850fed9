"""What somebody who waits would accept: taken where it applies, used where nothing else does."""

from typing import Any

import pytest

from api.auth.roles import Role
from api.limits import LIST_ITEMS
from tests.factories.clinics import ClinicApi
from tests.factories.waits import ask_to_wait, look, wait_now, waits_for

Json = dict[str, Any]

MUSTS: Json = {
    "language": {"any_of": ["es"], "importance": "must"},
    "format": {"any_of": ["video"], "importance": "must"},
    "schedule": {"any_of": ["tue_evening"], "importance": "must"},
    "modality": {"any_of": ["cbt"], "importance": "must"},
    "communication_style": {"warm_support": 0.9, "importance": "must"},
}


def asking(clinic: ClinicApi, **body: Any) -> Json:
    return clinic.match(
        **{
            "client": {"reference": "c-1"},
            "preferences": MUSTS,
            "payer": "aetna",
            "accepts_associate": "no",
            **body,
        }
    )


# Who meets all of it, and for each change what they have instead.
FITS: Json = {
    "languages": ["es"],
    "formats": ["video"],
    "schedule": ["tue_evening"],
    "modalities": ["cbt"],
    "style": {"warm_support": 0.9},
    "payers": ["aetna"],
}
CHANGES: list[tuple[Json, Json]] = [
    ({"change": "schedule", "add": "thu_evening"}, {"schedule": ["thu_evening"]}),
    ({"change": "schedule", "to": "strong"}, {"schedule": ["mon_morning"]}),
    ({"change": "format", "add": "phone"}, {"formats": ["phone"]}),
    ({"change": "format", "to": "strong"}, {"formats": ["in_person"]}),
    ({"change": "language", "add": "fr"}, {"languages": ["fr-CA"]}),
    ({"change": "language", "to": "strong"}, {"languages": ["de"]}),
    ({"change": "modality", "add": "act"}, {"modalities": ["act"]}),
    ({"change": "modality", "to": "strong"}, {"modalities": ["ifs"]}),
    ({"change": "communication_style", "to": "strong"}, {"style": {"warm_support": -0.9}}),
    ({"change": "payer", "to": None}, {"payers": ["cigna"]}),
    ({"change": "accepts_associate", "to": "yes"}, {"associate": True}),
]


@pytest.mark.parametrize(("change", "instead"), CHANGES, ids=str)
def test_only_who_accepts_a_change_is_offered_somebody_who_needs_it(
    clinic: ClinicApi, change: Json, instead: Json
) -> None:
    clinic.add(reference="t-1", **{**FITS, **instead})
    others = [one for one, _ in CHANGES if one["change"] != change["change"]]
    wait = waits_for(clinic, asking(clinic), accept=others)
    look(clinic)
    assert wait_now(clinic, wait)["status"] == "waiting"
    wait = waits_for(clinic, asking(clinic), accept=[change])
    assert wait["accept"] == [change]
    look(clinic)
    assert wait_now(clinic, wait)["status"] == "offered"


def test_a_suggestion_can_be_accepted_as_the_match_has_it(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", **{**FITS, "schedule": ["thu_evening"]})
    match = asking(clinic)
    assert match["candidates"] == []
    assert match["suggestions"]
    for suggestion in match["suggestions"]:
        accept = {name: suggestion[name] for name in suggestion if name in {"change", "add", "to"}}
        assert ask_to_wait(clinic, match, accept=[accept]).status_code == 201


def test_as_asked_comes_before_what_is_accepted(clinic: ClinicApi) -> None:
    """With somebody who is just what was asked for, nothing is given up for a better score."""
    wait = waits_for(
        clinic,
        asking(clinic, needs=["anxiety"]),
        accept=[{"change": "schedule", "add": "thu_evening"}],
    )
    clinic.add(reference="later", **{**FITS, "schedule": ["thu_evening"], "needs": ["anxiety"]})
    clinic.add(reference="as-asked", **FITS)
    look(clinic)
    offer = wait_now(clinic, wait)["offer"]
    (candidate,) = clinic.get(f"/v1/matches/{offer['match_id']}").json()["candidates"]
    assert candidate["therapist"]["reference"] == "as-asked"


@pytest.mark.parametrize(
    ("accept", "field"),
    [
        ({"change": "gender", "to": "strong"}, "accept[0].change"),
        ({"change": "culture", "to": "strong"}, "accept[0].change"),
        ({"change": "access", "to": "strong"}, "accept[0].change"),
        ({"change": "age_group", "to": "strong"}, "accept[0].change"),
        ({"change": "jurisdiction", "to": None}, "accept[0].change"),
        ({"change": "schedule"}, "accept[0]"),
        ({"change": "schedule", "add": "thu_evening", "to": "strong"}, "accept[0]"),
        ({"change": "schedule", "to": "yes"}, "accept[0]"),
        ({"change": "payer", "to": "strong"}, "accept[0]"),
        ({"change": "payer", "add": "cigna"}, "accept[0]"),
        ({"change": "accepts_associate"}, "accept[0]"),
        ({"change": "schedule", "add": "no such time"}, "accept[0].add"),
        ({"change": "language", "add": "spanish!"}, "accept[0]"),
        ({"change": "schedule", "add": "tue_evening"}, "accept[0].add"),
        ({"change": "schedule", "add": "thu_evening", "gains": 2}, "accept[0]"),
    ],
    ids=str,
)
def test_what_is_no_suggestion_is_refused(clinic: ClinicApi, accept: Json, field: str) -> None:
    refused = ask_to_wait(clinic, asking(clinic), accept=[accept])
    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert "no such" not in refused.text
    assert "spanish" not in refused.text


def test_what_would_let_nobody_more_in_is_refused(clinic: ClinicApi) -> None:
    match = clinic.match()
    changes = [change for change, _ in CHANGES]
    refused = ask_to_wait(clinic, match, accept=changes)
    assert refused.status_code == 422
    fields = [error["field"] for error in refused.json()["errors"]]
    assert fields == [f"accept[{place}]" for place in range(len(changes))]


def test_the_codes_accepted_are_bounded_with_those_asked_for(clinic: ClinicApi) -> None:
    tags = [f"es-x-{number}" for number in range(LIST_ITEMS)]
    match = clinic.match(preferences={"language": {"any_of": tags, "importance": "must"}})
    refused = ask_to_wait(clinic, match, accept=[{"change": "language", "add": "fr"}])
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "accept"


def test_the_therapist_key_may_not_put_anybody_on_the_list(clinic: ClinicApi) -> None:
    assert ask_to_wait(clinic, clinic.match(), Role.THERAPIST).status_code == 403
