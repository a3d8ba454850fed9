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


def test_default_weights_are_shares_of_one() -> None:
    assert sum(DEFAULT_WEIGHTS.values()) == pytest.approx(1)
    assert tuple(DEFAULT_WEIGHTS) == DIMENSIONS


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
