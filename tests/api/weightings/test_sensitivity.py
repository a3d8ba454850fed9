"""Sensitivity over HTTP: what is said of a weight is what happens when it is moved so far."""

from typing import Any

import pytest

from api.auth.roles import Role
from tests.factories.clinics import ClinicApi, make_clinic

PATH = "/v1/weightings/sensitivity"
MOST, FEW = 17, 8


def _asking(clinic: ClinicApi, strongly: bool, number: int = 0) -> str:
    """Ask for a woman and for CBT; the reference of who comes first."""
    importance = "strong" if strongly else "some"
    answer = clinic.match(
        client={"reference": f"c-{strongly}-{number}"},
        preferences={
            "gender": {"any_of": ["woman"], "importance": importance},
            "modality": {"any_of": ["cbt"], "importance": "some"},
        },
    )
    first: str = answer["candidates"][0]["therapist"]["reference"]
    return first


@pytest.fixture
def asked(clinic: ClinicApi) -> ClinicApi:
    """Two thirds would see the man first, and a third, who ask for a woman strongly, the woman."""
    clinic.add(reference="t-w", gender="woman", modalities=["act"])
    clinic.add(reference="t-m", gender="man", modalities=["cbt"])
    firsts = [_asking(clinic, False, number) for number in range(MOST)]
    firsts += [_asking(clinic, True, number) for number in range(FEW)]
    assert firsts == ["t-m"] * MOST + ["t-w"] * FEW
    return clinic


def _shown(clinic: ClinicApi, **query: Any) -> dict[str, Any]:
    response = clinic.get(PATH, Role.AUDITOR, params=query)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def _moves(shown: dict[str, Any]) -> dict[str, list[tuple[Any, Any]]]:
    """By dimension the factors down and up, from the smallest share on."""
    return {
        one["dimension"]: [
            tuple(share[way] and share[way]["factor"] for way in ("down", "up"))
            for share in one["shares"]
        ]
        for one in shown["dimensions"]
    }


def _draft(clinic: ClinicApi, **weights: float) -> Any:
    made = clinic.post("/v1/weightings", {"weights": weights, "near_tie": 0.0})
    assert made.status_code == 201, made.text
    return made


def test_the_factors_are_those_at_which_the_first_place_changes(asked: ClinicApi) -> None:
    shown = _shown(asked)
    assert shown["matches"] == MOST + FEW
    assert shown["version"] == 1
    moves = _moves(shown)
    # 0.08 against 0.10, and 0.16 against 0.10 where a woman is strongly wished for.
    assert moves["gender"] == [(pytest.approx(0.625), pytest.approx(1.25))] * 3
    assert moves["modality"] == [(pytest.approx(0.8), pytest.approx(1.6))] * 3
    assert moves["needs"] == [(None, None)] * 3
    (gender,) = [one for one in shown["dimensions"] if one["dimension"] == "gender"]
    assert gender["asked"] == MOST + FEW
    assert gender["shares"][0]["up"]["weight"] == pytest.approx(0.1)
    for weight, first in ((0.0999, "t-m"), (0.1001, "t-w")):
        draft = _draft(asked, gender=weight)
        activated = asked.post(
            f"/v1/weightings/{draft.json()['id']}/activate",
            headers={"If-Match": draft.headers["ETag"]},
        )
        assert activated.status_code == 200
        assert _asking(asked, False) == first


def test_a_draft_can_be_asked_about(asked: ClinicApi) -> None:
    draft = _draft(asked, gender=0.04).json()
    shown = _shown(asked, weighting_id=draft["id"])
    assert (shown["weighting"], shown["version"]) == (draft["id"], 2)
    # Now 0.04 and 0.08 against 0.10: the man comes first for everybody.
    assert _moves(shown)["gender"] == [(None, pytest.approx(1.25))] * 3
    assert shown["dimensions"][1]["weight"] == 0.04


def test_a_share_of_all_matches_counts_also_those_that_did_not_ask(asked: ClinicApi) -> None:
    for number in range(6 * FEW):
        asked.match(client={"reference": f"other-{number}"})
    found = _moves(_shown(asked))["gender"]
    # The third that tips downwards is no longer a fifth of all.
    assert found[0] == found[1] == (pytest.approx(0.625), pytest.approx(1.25))
    assert found[2] == (None, pytest.approx(1.25))
    assert _shown(asked, last=20)["matches"] == 20
    assert _moves(_shown(asked, last=20))["gender"] == [(None, None)] * 3


def test_one_match_more_tells_nothing_of_its_client(asked: ClinicApi) -> None:
    """Five ask for nothing of culture, and then somebody does."""
    before = _shown(asked, last=25)
    asked.match(
        client={"reference": "one"},
        preferences={"culture": {"any_of": ["latine"], "importance": "some"}},
    )
    for last in (25, 26, 29):
        assert _shown(asked, last=last) == before
    for number in range(4):
        asked.match(client={"reference": f"other-{number}"})
    after = _shown(asked, last=30)
    assert after["matches"] == 30
    asked_by = {one["dimension"]: one["asked"] for one in after["dimensions"]}
    assert (asked_by["gender"], asked_by["culture"]) == (25, None)


def test_one_who_comes_again_and_again_is_one(asked: ClinicApi) -> None:
    before = _shown(asked, last=25)
    for _ in range(30):
        asked.match(client={"reference": "one"})
    assert _shown(asked, last=25) == before


def test_with_few_matches_nothing_is_said(clinic: ClinicApi) -> None:
    shown = _shown(clinic)
    assert (shown["matches"], shown["dimensions"]) == (0, [])
    assert "20" in shown["words"]


def test_what_is_asked_is_bounded_and_the_clinics_own(asked: ClinicApi) -> None:
    for last in (19, 1001, "many"):
        assert asked.get(PATH, params={"last": last}).status_code == 422
    assert asked.get(PATH, params={"weighting_id": "x"}).status_code == 422
    other = make_clinic(asked.client, "Other")
    draft = _draft(asked).json()["id"]
    assert other.get(PATH, params={"weighting_id": draft}).status_code == 404
    assert _shown(other)["matches"] == 0
