"""How sure the model is: exact where it says so, against the dense formula."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import block_diag
from scipy.sparse import csr_array

from matching.learning.backbone import Design, Variances
from matching.learning.design import Own, Slopes
from matching.learning.features import CONTENT, KINDS
from matching.learning.observations import Observations
from matching.learning.terms import OF_THERAPIST, by_therapist
from matching.learning.told import NEVER
from matching.learning.uncertainty import (
    FIRST,
    STYLES,
    content_covariance,
    prior_covariance,
    therapist_blocks,
)
from matching.weighting import DEFAULT_WEIGHTS

NEEDS = ("anxiety", "grief", "sleep")
SEEDS = st.integers(0, 2**32)


def _variances(draw: np.random.Generator, **fixed: float) -> Variances:
    names = ("client", "pair", *OF_THERAPIST, *(kind for kind, _ in KINDS), "base")
    of = {name: float(draw.uniform(0.05, 1.0)) for name in names} | fixed
    return Variances(of, 0.1, of)


def _design(
    draw: np.random.Generator, therapist: Any, noise: Any, therapists: int, asked: float = 0.5
) -> Design:
    """Each observation is of another client, who asked for each thing with a chance of `asked`."""
    rows = len(therapist)
    own = np.arange(rows)
    seen = Observations(
        client=own,
        rated=np.minimum(therapist, therapists - 1),
        therapist=therapist,
        case=own,
        value=np.zeros(rows),
        noise=noise,
        first_at=np.zeros(rows),
        ratings=np.ones(rows, np.intp),
        since=np.zeros(rows, np.intp),
        told=np.where(therapist < therapists, 0, NEVER),
        therapists=therapists,
    )

    def some(width: int) -> Any:
        values = draw.normal(size=(rows, width)) * (draw.random((rows, width)) < asked)
        return csr_array(values)

    slopes = Slopes(abs(some(len(NEEDS))), some(STYLES), abs(some(1)), some(8), NEEDS)
    content = draw.normal(size=(rows, len(CONTENT)))
    told = Own.of(slopes, seen.therapist, seen.told)
    return Design(seen, content, np.zeros((rows, 1)), slopes, told, DEFAULT_WEIGHTS)


def _posterior(prior: Any, design: Any, covariance: Any) -> Any:
    """The covariance of effects given the data: D − D X' V⁻¹ X D, V = X D X' + the rest."""
    seen = prior @ design.T
    return prior - seen @ np.linalg.solve(design @ prior @ design.T + covariance, seen.T)


@given(seed=SEEDS, rows=st.integers(1, 25))
def test_for_one_therapist_whose_clients_saw_nobody_else_it_is_exact(seed: int, rows: int) -> None:
    draw = np.random.default_rng(seed)
    noise, variances = draw.uniform(0.05, 1, rows), _variances(draw)
    design = _design(draw, np.zeros(rows, np.intp), noise, 1)

    block = therapist_blocks(design, variances)[0]

    of, own = variances.of, design.own
    every = np.hstack(
        [
            np.ones((rows, 1)),
            *(
                by_therapist(design.seen.therapist, part).toarray()
                for part in (own.style, own.culture, own.needs)
            ),
        ]
    )
    prior = np.diag(
        [of["therapist"]]
        + [of["therapist_style"]] * STYLES
        + [of["therapist_culture"]]
        + [of["therapist_need"]] * len(NEEDS)
    )
    exact = _posterior(prior, every, np.diag(noise + of["pair"] + of["client"]))
    kept = [*range(FIRST), *(FIRST + block.needs)]
    assert block.variance == pytest.approx(np.diag(exact)[kept], abs=1e-9)
    assert block.with_level == pytest.approx(exact[0, kept], abs=1e-9)
    # A need that no client had is as unsure as before.
    unseen = [place for place in range(len(NEEDS)) if place not in block.needs]
    assert np.diag(exact)[[FIRST + it for it in unseen]] == pytest.approx(of["therapist_need"])


def test_each_therapist_has_a_block_of_their_own_ratings() -> None:
    draw = np.random.default_rng(0)
    therapist = np.array([2, 0, 2, 2, 0, 5, 6] * 7)
    noise, variances = np.full(49, 0.3), _variances(draw)
    design = _design(draw, therapist, noise, 5)

    blocks = therapist_blocks(design, variances)

    # Codes from 5 on are pairs that teach about the clinic alone.
    assert sorted(blocks) == [0, 2]
    for code, block in blocks.items():
        alone = therapist_blocks(design.where(therapist == code), variances)[code]
        assert np.array_equal(block.variance, alone.variance)
        needed = design.slopes.needs.toarray()[therapist == code]
        # A need is told apart of five clients who had it, and leaves nobody or five without.
        had = (needed > 0).sum(0)
        clients = np.where(had == len(needed), had, np.minimum(had, len(needed) - 5))
        clients = np.where(clients >= 5, clients, 0)
        assert block.needs.tolist() == np.flatnonzero(clients).tolist()
        assert block.clients.tolist() == clients[block.needs].tolist()


def test_nobody_rated_is_no_block() -> None:
    draw = np.random.default_rng(1)
    assert therapist_blocks(_design(draw, np.array([3, 4]), np.ones(2), 3), _variances(draw)) == {}


@given(seed=SEEDS, rows=st.integers(2, 40))
def test_of_content_it_is_exact_where_nobody_was_met_twice(seed: int, rows: int) -> None:
    draw = np.random.default_rng(seed)
    variances = _variances(draw, therapist_need=0.0, therapist_style=0.0, therapist_culture=0.0)
    design = _design(draw, np.arange(rows), np.full(rows, 0.4), rows)

    found = content_covariance(design, variances)

    of = variances.of
    rest = 0.4 + of["pair"] + of["client"] + of["therapist"]
    prior = prior_covariance(DEFAULT_WEIGHTS, variances)
    # A level of which nothing is known before: an effect of 1 with a variance beyond measure.
    every = np.hstack([np.ones((rows, 1)), design.content])
    exact = _posterior(block_diag(1e6, prior), every, rest * np.eye(rows))[1:, 1:]
    assert found == pytest.approx(exact, abs=1e-5)


def test_before_any_rating_content_is_as_unsure_as_its_kinds_and_the_clinics_weights() -> None:
    variances = _variances(np.random.default_rng(2))
    prior = prior_covariance(DEFAULT_WEIGHTS, variances)
    needs, first = CONTENT.index("needs"), CONTENT.index("first_need")
    base, weight = variances.of["base"], DEFAULT_WEIGHTS["needs"]
    assert prior[needs, needs] == pytest.approx(variances.of["dimension"] + base * weight**2)
    assert prior[first, first] == pytest.approx(variances.of["needs"])
    style = CONTENT.index("communication_style")
    together = base * weight * DEFAULT_WEIGHTS["communication_style"]
    assert prior[needs, style] == pytest.approx(together)


@given(seed=SEEDS)
def test_more_ratings_never_leave_it_less_sure(seed: int) -> None:
    draw = np.random.default_rng(seed)
    variances = _variances(draw)
    design = _design(draw, np.zeros(20, np.intp), draw.uniform(0.05, 1, 20), 1, asked=1.0)
    fewer = therapist_blocks(design.where(np.arange(20) < 10), variances)[0]
    more = therapist_blocks(design, variances)[0]
    assert (more.variance[:FIRST] <= fewer.variance[:FIRST] + 1e-12).all()
