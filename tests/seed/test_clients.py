"""Clients ask in the contract's words, and leave some questions unanswered."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.shared_codes import SHARED
from matching.vocabulary import STYLE_AXES
from seed.clients import LEARNING, STYLE_WISH_MEAN, Client, body, draw_client, preferences
from seed.clinic import Clinic

FACETS = {
    "gender": "genders", "language": "languages", "modality": "modalities", "format": "formats",
    "schedule": "schedule",
}  # fmt: skip
FIELDS = {
    "client", "preferences", "needs", "service", "age_group", "jurisdiction", "payer", "access",
    "accepts_associate",
}  # fmt: skip


@pytest.fixture(scope="module")
def clients() -> list[Client]:
    return [draw_client(3, "c", number) for number in range(2000)]


@given(seed=st.integers(0, 10**6), number=st.integers(1, 10**7))
def test_every_body_keeps_to_the_contract(seed: int, number: int) -> None:
    intake = draw_client(seed, "u", number).intake
    asked = body(intake)
    assert set(asked) <= FIELDS
    assert asked["client"] == {"reference": f"u-{number}"}
    stated = preferences(intake)
    assert set(stated) <= {"communication_style", "culture", *FACETS}
    for dimension, facet in FACETS.items():
        wish = getattr(intake, dimension)
        assert set(wish.codes) <= set(SHARED[facet])
        assert (dimension in stated) == bool(wish.codes)
    assert set(intake.culture.codes) <= {*SHARED["cultures"], *SHARED["communities"]}
    assert set(intake.needs) <= set(SHARED["needs"])
    assert len(set(intake.needs)) == len(intake.needs) <= 4
    assert intake.service in SHARED["services"]
    assert intake.age_group in SHARED["age_groups"]
    assert set(intake.access) <= set(SHARED["access"])
    for axis in intake.style.axes:
        assert axis is None or -1 <= axis <= 1


def test_ancestry_is_never_a_must(clients: list[Client]) -> None:
    musts = [one.intake.culture for one in clients if one.intake.culture.importance == "must"]
    assert musts
    for wish in musts:
        assert set(wish.codes) <= set(SHARED["communities"])


@pytest.mark.parametrize(
    ("dimension", "low", "high"),
    [("style", 0.70, 0.79), ("gender", 0.40, 0.50), ("modality", 0.30, 0.40),
     ("format", 0.50, 0.60), ("schedule", 0.45, 0.55), ("language", 0.05, 0.2),
     ("culture", 0.3, 0.45)],
)  # fmt: skip
def test_questions_are_skipped(
    clients: list[Client], dimension: str, low: float, high: float
) -> None:
    asked = np.mean([getattr(one.intake, dimension).asked for one in clients])
    assert low <= asked <= high


def test_some_needs_are_more_common_and_some_clients_name_none(clients: list[Client]) -> None:
    named = [one.intake.needs for one in clients]
    assert 0.03 <= np.mean([not needs for needs in named]) <= 0.07
    anxiety, gambling = (sum(code in needs for needs in named) for code in ("anxiety", "gambling"))
    assert anxiety > 10 * gambling > 0


def test_learning_is_refused_by_the_documented_share(clients: list[Client]) -> None:
    assert abs(np.mean([one.learning for one in clients]) - LEARNING) < 0.03


def test_clients_wish_for_more_direction_and_less_intensity_than_therapists_tell(
    clients: list[Client], clinic: Clinic
) -> None:
    wished = np.nanmean(
        np.array([one.intake.style.axes for one in clients], dtype=np.float64), axis=0
    )
    told = np.nanmean(
        np.array([one.profile.style for one in clinic.truth.therapists], dtype=np.float64), axis=0
    )
    directive, intense = STYLE_AXES.index("therapist_directiveness"), 2
    assert np.allclose(wished, STYLE_WISH_MEAN, atol=0.05)
    assert wished[directive] > told[directive] + 0.1
    assert wished[intense] < told[intense] - 0.1


def test_children_come_with_a_childs_age(clients: list[Client]) -> None:
    young = [one for one in clients if one.intake.age_group in {"child", "adolescent"}]
    assert 0.04 <= len(young) / len(clients) <= 0.13


def test_a_client_asks_the_same_whoever_else_is_drawn() -> None:
    drawn = [draw_client(5, "u", number) for number in (1, 2, 1)]
    assert drawn[0] == drawn[2]
    assert all(one.intake != other.intake for one, other in pairwise(drawn))
