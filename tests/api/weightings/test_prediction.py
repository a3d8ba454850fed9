"""What a preview says would be shown is what is shown once the draft is activated."""

from typing import Any

import pytest

from tests.factories.clinics import ClinicApi
from tests.factories.models import preferring, trained
from tests.factories.weightings import Json, activated, drafted, previewed, seeded

List = list[tuple[str, float]]

DRAFTS: dict[str, Json] = {
    "other weights": {"weights": {"communication_style": 5, "needs": 0, "schedule": 1}},
    "track record": {"preset": "track_record", "near_tie": 0.2},
    "closer": {"near_tie": 0.3, "diversity": 0.3, "importance": {"strong": 1}},
    "exposure": {"exposure": 0.2, "near_tie": 0},
}


def shown(answer: Json) -> List:
    return [(one["therapist"]["id"], one["score"]) for one in answer["candidates"]]


def listed(example: Json, when: str) -> List:
    """One side of an example: those who were or would be shown, in order."""
    places = [(one["therapist"]["id"], one[when]) for one in example["therapists"] if one[when]]
    ranked = sorted((place["rank"], id_, place["score"]) for id_, place in places if place["rank"])
    return [(id_, score) for _, id_, score in ranked]


@pytest.mark.parametrize("learned", [False, True], ids=("content", "learned"))
@pytest.mark.parametrize("content", DRAFTS.values(), ids=DRAFTS)
def test_a_preview_predicts_what_then_happens(
    clinic: ClinicApi, content: dict[str, Any], *, learned: bool
) -> None:
    requests = seeded(clinic)
    if learned:
        one = clinic.get("/v1/therapists?limit=1").json()["items"][0]["reference"]
        trained(clinic, preferring(one, outcome="promote", because="better_than_content"))
    before = [clinic.match(**request, limit=5) for request in requests]
    draft = drafted(clinic, **content)
    predicted = previewed(clinic, draft, examples=len(requests))
    assert predicted["matches"] == len(requests)
    examples = {example["match_id"]: example for example in predicted["examples"]}
    assert examples
    activated(clinic, draft)
    first, third = 0, 0
    for request, was in zip(requests, before, strict=True):
        now = shown(clinic.match(**request, limit=5))
        order = [id_ for id_, _ in now]
        then = [id_ for id_, _ in shown(was)]
        if was["id"] in examples:
            assert listed(examples[was["id"]], "before") == shown(was)
            assert listed(examples[was["id"]], "after") == now
        else:
            assert order == then
        first += order[:1] != then[:1]
        third += order[:3] != then[:3]
    answered = len(requests) - predicted["empty"]
    assert predicted["top1_changed"] == pytest.approx(first / answered)
    assert predicted["top3_changed"] == pytest.approx(third / answered)
    # What is active now, seen from now: the matches that were made under it change nothing.
    again = previewed(clinic, draft, last=len(requests))
    assert (again["top1_changed"], again["top3_changed"], again["examples"]) == (0, 0, [])


@pytest.mark.parametrize(
    "content", [{"weights": {"needs": 3}}, {"exposure": 0.15}, {"exposure": 0}], ids=str
)
def test_where_exposure_counts_already_a_preview_predicts_too(
    clinic: ClinicApi, content: dict[str, Any]
) -> None:
    """Matches of before exposure counted, and of since, are asked for again once it is active."""
    requests = seeded(clinic)
    matches = [clinic.match(**request, limit=5) for request in requests]
    activated(clinic, drafted(clinic, exposure=0.3))
    matches += [clinic.match(**request, limit=5) for request in requests]
    draft = drafted(clinic, **content)
    predicted = previewed(clinic, draft, examples=50)
    examples = {example["match_id"]: example for example in predicted["examples"]}
    activated(clinic, draft)
    for request, was in zip(requests + requests, matches, strict=True):
        now = shown(clinic.match(**request, limit=5))
        example = examples.get(was["id"])
        foretold = listed(example, "after") if example else shown(was)
        assert [id_ for id_, _ in foretold] == [id_ for id_, _ in now]
