"""What a vocabulary knows, and what a weighting refuses."""

import pytest

from matching.vocabulary import DIMENSIONS, FACETS, Vocabulary
from matching.weighting import DEFAULT_WEIGHTS, Weighting


def test_a_clinic_adds_codes_and_never_changes_a_shared_one() -> None:
    own = Vocabulary.shared().extended(
        {"needs": {"exam_nerves": "Exam nerves", "grief": "Something else"}}
    )
    assert own.knows("needs", "exam_nerves")
    assert not Vocabulary.shared().knows("needs", "exam_nerves")
    assert own.label("needs", "exam_nerves") == "Exam nerves"
    assert own.label("needs", "grief") == Vocabulary.shared().label("needs", "grief")
    assert own.label("languages", "qaa") == "qaa"
    assert tuple(own.facets) == FACETS


def test_what_clients_ask_for_starts_as_the_field_has_it() -> None:
    asked = {name: weight for name, weight in DEFAULT_WEIGHTS.items() if name != "expected_fit"}
    assert sum(asked.values()) == pytest.approx(0.8)
    assert max(asked, key=asked.__getitem__) == "needs"
    assert tuple(DEFAULT_WEIGHTS) == DIMENSIONS


def test_a_model_that_knows_half_of_what_there_is_to_know_has_four_fifths_of_the_score() -> None:
    asked = sum(DEFAULT_WEIGHTS.values()) - DEFAULT_WEIGHTS["expected_fit"]
    learned = 0.5 * DEFAULT_WEIGHTS["expected_fit"]
    assert learned / (learned + asked) >= 0.8


@pytest.mark.parametrize(
    "weights",
    [
        {},
        dict.fromkeys(DIMENSIONS[1:], 1.0),
        {**DEFAULT_WEIGHTS, "age": 1.0},
        {**DEFAULT_WEIGHTS, "needs": -0.1},
    ],
)
def test_a_weighting_of_other_dimensions_or_below_0_is_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="weights must"):
        Weighting(weights=weights)
