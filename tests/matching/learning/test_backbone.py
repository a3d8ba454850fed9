"""The mixed model: what it finds, and that a sample of a large clinic finds the same."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from matching.learning import backbone as module
from matching.learning.backbone import Backbone, Design, estimate_variances, fit_backbone, predict
from matching.learning.clinic import Clinic
from matching.learning.design import Own, Slopes, content_of_pairs
from matching.learning.features import CONTENT
from matching.learning.fitting import describe, fit
from matching.learning.learned import Learned
from matching.learning.observations import Observations, observe
from matching.learning.respect import respect_met
from matching.learning.style_met import style_met
from matching.learning.terms import EXPECTED
from matching.learning.told import NEVER
from matching.query import Query
from matching.rows import Rows
from matching.weighting import DEFAULT_WEIGHTS, Weighting
from tests.factories.learning import past_clinic
from tests.factories.matching import VOCABULARY

THERAPISTS, CLIENTS, PAIRS = 30, 400, 1_200


def _simulated(level: float, leniency: float) -> tuple[Design, Any]:
    """Clients who ask for nothing meet therapists by chance; the therapists' true effects."""
    draw = np.random.default_rng(3)
    client, therapist = draw.integers(0, CLIENTS, PAIRS), draw.integers(0, THERAPISTS, PAIRS)
    effect = level * draw.standard_normal(THERAPISTS)
    value = 6 + effect[therapist] + (leniency * draw.standard_normal(CLIENTS))[client]
    seen = Observations(
        client=client,
        rated=therapist,
        therapist=therapist,
        case=client,
        value=value + 0.5 * draw.standard_normal(PAIRS),
        noise=np.full(PAIRS, 0.25),
        first_at=np.arange(float(PAIRS)),
        ratings=np.ones(PAIRS, np.intp),
        since=np.zeros(PAIRS, np.intp),
        told=np.zeros(PAIRS, np.intp),
        therapists=THERAPISTS,
    )
    needs, style, culture, asked = (csr_array((PAIRS, width)) for width in (0, 4, 1, 8))
    content, respect = np.zeros((PAIRS, len(CONTENT))), np.zeros((PAIRS, 1))
    slopes = Slopes(needs, style, culture, asked, ())
    own = Own.of(slopes, seen.therapist, seen.told)
    return Design(seen, content, respect, slopes, own, DEFAULT_WEIGHTS), effect


@pytest.mark.parametrize("most", [200, 10_000])
def test_a_sample_of_a_large_clinic_tells_variances_as_the_whole_does(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_PAIRS", most)
    design, _ = _simulated(level=1.0, leniency=0.8)
    found = estimate_variances(design, seed=0).of
    assert found["therapist"] == pytest.approx(1.0, rel=0.6)
    assert found["client"] == pytest.approx(0.64, rel=0.5)
    # The same pairs for the same seed.
    assert estimate_variances(design, seed=0).of == found


@pytest.mark.parametrize("level", [0.2, 1.5])
def test_how_therapists_vary_is_told_from_all_who_were_rated(level: float) -> None:
    """By those too of whom nothing may be told yet, and as if they were told of."""
    design, _ = _simulated(level=level, leniency=0.8)
    untold = replace(
        design.seen, told=np.full(PAIRS, NEVER), therapist=THERAPISTS + np.arange(PAIRS)
    )
    found = estimate_variances(replace(design, seen=untold), seed=0)
    assert found.of["therapist"] == pytest.approx(level**2, rel=0.6)
    assert not fit_backbone(replace(design, seen=untold), found).therapist.any()


def test_of_what_is_told_of_nobody_variances_are_as_expected_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_PAIRS", PAIRS)
    design, _ = _simulated(level=1.0, leniency=0.8)
    draw = np.random.default_rng(1)
    needs = csr_array((draw.random((PAIRS, 4)) < 0.3) * 0.7)
    slopes = replace(design.slopes, needs=needs, codes=("a", "b", "c", "d"))
    untold = replace(design.own, needs=csr_array(needs.shape))
    found = estimate_variances(replace(design, slopes=slopes, own=untold), seed=0)
    # Effects as large as expected of all clients, not of the few who may be told of.
    total = float(np.var(design.seen.value))
    expected = EXPECTED["therapist_need"] * total
    assert found.shares["therapist_need"] == pytest.approx(expected, rel=1e-3)
    each = expected * PAIRS / needs.power(2).sum()
    assert found.of["therapist_need"] == pytest.approx(each, rel=1e-3)


def test_therapists_are_told_from_their_clients_leniency() -> None:
    design, effect = _simulated(level=0.7, leniency=1.0)
    found = fit_backbone(design, estimate_variances(design, seed=0))
    assert np.corrcoef(found.therapist, effect)[0, 1] > 0.93
    told = predict(found, design)
    assert told == pytest.approx(found.level + found.therapist[design.seen.rated])


def _found(seed: int) -> tuple[Clinic, Design, Backbone, Learned]:
    """A clinic, its design and mixed model, and the same as it is served."""
    past, weights = past_clinic(seed, clients=40), Weighting()
    clinic = Clinic.of(past.ratings, past.roster, weights, VOCABULARY)
    rows = clinic.rows_of(past.ratings)
    fitted = fit(clinic, rows, seed=0)
    seen, own = observe(rows, len(clinic.roster))
    met = style_met(rows, own, clinic.wishes, clinic.told)
    design = describe(clinic, seen, met, respect_met(own, len(clinic.roster)))
    found = fit_backbone(design, fitted.variances)
    assert fitted.model.affinity is None
    return clinic, design, found, Learned.on(fitted.model, clinic.roster)


@pytest.mark.parametrize("seed", [3, 5])
def test_what_is_served_is_what_was_learned(seed: int) -> None:
    clinic, design, found, learned = _found(seed)
    every, seen = Rows.every(len(clinic.roster)), design.seen
    # What waits for a step of its column taught nothing, but is served like everybody's.
    rows, style = seen.rated, learned.style_met
    whole = content_of_pairs(clinic.queries, seen.case, rows, clinic.roster, style)
    told = predict(found, replace(design, content=whole))
    assert seen.own.any()
    for pair in np.flatnonzero(seen.own).tolist():
        intake = clinic.queries[seen.case[pair]].intake
        query = Query.of(intake, clinic.roster, clinic.weighting, VOCABULARY, 0.8)
        served = learned.expected(query, clinic.roster, every).mean[seen.rated[pair]]
        # Needs are served in four bytes.
        assert served == pytest.approx(told[pair], abs=1e-5)
