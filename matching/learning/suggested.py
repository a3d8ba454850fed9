"""The weights that a clinic's own ratings suggest, how sure they are, and what they would bring.

    model's content effects → one a dimension → weights in the present total → better, or not told

Nothing is fitted anew: the mixed model holds what clients asked for towards the clinic's weights
and takes leniency and therapists out; here its content effects become figures a clinic can set.
`expected_fit` keeps its weight, since its share follows the model's reliability.
"""

from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from matching.learning.backbone import Design, Variances, fit_backbone
from matching.learning.clinic import Clinic
from matching.learning.deciding import (
    Codes,
    Deciding,
    between_therapists,
    content_doubt,
    decisive,
    standing_out,
)
from matching.learning.evaluate import MOST_PAIRS, concordance, concordance_gain
from matching.learning.features import CONTENT_DIMENSIONS, Floats
from matching.learning.posterior import ROUGH
from matching.learning.report import (
    Because,
    Estimate,
    HeldOutWeights,
    SuggestedWeight,
    Suggestion,
    WeightState,
)
from matching.learning.steps import whole_steps

# Fewer clients who asked for a dimension say next to nothing about it: four whole steps.
LEAST_ASKED = 20

# A tenth of each present weight stays, whatever ratings say: at 0 a dimension would leave no trace
# in anything learned, and nothing could ever suggest it again.
MOVES = 0.9

# How sure the clinic's ratings must be that the suggested weights order better. Chosen on simulated
# clinics (docs/suggested-weights.md): at 0.95 a few ranked worse, here none did.
SURE = 0.99

# The variances behind the intervals of weights are so many times the model's, which counts its
# variance components as known and the truth as linear: measured there too, for 90 % to hold 90 %.
_WIDER = 2.0

# Clients by first rating in so many equal parts; each of the later ones is a test of what came
# before it, from the third on.
_PARTS, _FIRST_TESTED = 5, 2

# How sure it is and what it gains are told from so many of the latest pairs: with more it is surer
# than it need be, and the time would grow beyond that of the fit.
MOST_WEIGHED = 10_000

_DRAWS = 2_000
_NINETY = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a suggestion rests on: a clinic's mixed model.

    `content` (p,) are the posterior means of the content columns, `style` (4, therapists) what
    clients meet.
    """

    clinic: Clinic
    design: Design
    variances: Variances
    content: Floats
    style: Floats

    @property
    def present(self) -> Floats:
        """The clinic's weights of the content dimensions, shape (8,)."""
        weights = self.clinic.weighting.weights
        return np.array([weights[name] for name in CONTENT_DIMENSIONS])

    def latest(self, most: int) -> "Basis":
        """The same with no more than so many pairs, those that began last."""
        first_at = self.design.seen.first_at
        if len(first_at) <= most:
            return self
        flags = np.zeros(len(first_at), np.bool_)
        flags[np.argsort(first_at, kind="stable")[-most:]] = True
        return replace(self, design=self.design.where(flags))


def suggest(basis: Basis, seed: int) -> Suggestion:
    """The suggested weights. The same arguments give the same to the last bit."""
    seen, clinic, present = basis.design.seen, basis.clinic, basis.present
    asked = clients_who_asked(basis)
    moments = between_therapists(clinic, basis.style, np.unique(seen.case), seed)
    states = _states(present, asked, decisive(moments))
    places = np.array([at for at, state in enumerate(states) if state == "estimated"], np.intp)
    low, high, weights = present.copy(), present.copy(), present.copy()
    if len(places) < 2:
        nothing = Estimate(value=0.0, low=0.0, high=0.0)
        return _told(basis, asked, (weights, low, high), states, nothing, 0.5, None)
    deciding = Deciding.of(moments, places, present)
    weights[places] = deciding.weights(basis.content, MOVES)
    late = basis.latest(MOST_WEIGHED)
    low[places], high[places], points, certainty = _doubt(late, deciding, weights[places], seed)
    held_out = _held_out(late, deciding)
    return _told(basis, asked, (weights, low, high), states, points, certainty, held_out)


def clients_who_asked(basis: Basis) -> NDArray[np.intp]:
    """How many of the clients learned from asked for each content dimension, shape (8,)."""
    seen, clinic = basis.design.seen, basis.clinic
    wanted = np.array([one.dimensions > 0 for one in clinic.asked]).reshape(-1, len(basis.present))
    clients = np.zeros((int(seen.client.max(initial=-1)) + 1, wanted.shape[1]), np.bool_)
    np.logical_or.at(clients, seen.client, wanted[seen.case])
    counted: NDArray[np.intp] = clients.sum(0)
    return counted


def _states(
    present: Floats, asked: NDArray[np.intp], decides: NDArray[np.bool_]
) -> list[WeightState]:
    found: list[WeightState] = []
    for weight, clients, tells in zip(present, asked, decides, strict=True):
        if weight <= 0:
            found.append("off")
        elif clients < LEAST_ASKED:
            found.append("too_few")
        else:
            found.append("estimated" if tells else "alike")
    return found


def _doubt(
    basis: Basis, deciding: Deciding, weights: Floats, seed: int
) -> tuple[Floats, Floats, Estimate, float]:
    """The 90 % interval of each weight, the points gained, and how sure it is that they are."""
    gains = deciding.better_by(weights)
    known = content_doubt(basis.design, basis.variances, np.vstack([deciding.lift, gains]))
    spread = known[:-1] @ deciding.lift.T
    low, high = _intervals(deciding, deciding.lift @ basis.content, spread, weights, seed)
    value = float(gains @ basis.content)
    error = float(np.sqrt(max(known[-1] @ gains, 0.0)))
    certainty = float(norm.cdf(value / error)) if error > 0 else 0.5
    half = error * float(norm.ppf(_NINETY[1]))
    return low, high, Estimate(value=value, low=value - half, high=value + half), certainty


def _intervals(
    deciding: Deciding, effects: Floats, spread: Floats, weights: Floats, seed: int
) -> tuple[Floats, Floats]:
    """From draws of the dimensions' effects, each scaled as the weights are."""
    values, vectors = np.linalg.eigh((spread + spread.T) / 2)
    root = vectors * np.sqrt(_WIDER * np.maximum(values, 0))
    draws = np.random.default_rng(seed).standard_normal((_DRAWS, len(effects)))
    drawn = np.maximum(effects + draws @ root.T, 0)
    total = deciding.present.sum()
    scaled = drawn * total / np.maximum(drawn.sum(1, keepdims=True), 1e-12)
    low, high = np.quantile(scaled, _NINETY, axis=0)
    return np.minimum(low, weights), np.maximum(high, weights)


def _held_out(basis: Basis, deciding: Deciding) -> HeldOutWeights:
    """The ranking by content on clients who came later, with weights suggested by those before.

    Variance components are those of all.
    """
    seen = basis.design.seen
    part = _parts(seen.client, seen.first_at)
    late = np.flatnonzero(part >= _FIRST_TESTED)
    late = late[np.argsort(seen.first_at[late], kind="stable")][-MOST_PAIRS:]
    apart, importance = standing_out(basis.clinic, seen.case[late], seen.rated[late])
    tests = []
    for number in range(_FIRST_TESTED, _PARTS):
        inside = part[late] == number
        if not inside.any():
            continue
        earlier = fit_backbone(basis.design.where(part < number), basis.variances, ROUGH)
        weights = basis.present.copy()
        weights[deciding.places] = deciding.weights(earlier.content, MOVES)
        pairs, told = late[inside], []
        for tried in (basis.present, weights):
            whole = np.maximum(importance[inside] @ tried, 1e-12)
            # Rounded, so that those whom nothing tells apart are tied.
            told.append(np.round(apart[inside] @ tried / whole, 12))
        tests.append(_Test.of(seen.value[pairs], seen.client[pairs], *told))
    return _pooled(tests)


@dataclass(frozen=True, slots=True)
class _Test:
    """One part of the later clients under the present weights and the suggested ones."""

    pairs: int
    clients: int
    present: float
    gain: Estimate

    @classmethod
    def of(cls, value: Floats, client: Codes, before: Floats, after: Floats) -> "_Test":
        gain = concordance_gain(value, client, after, before)
        return cls(len(value), len(np.unique(client)), concordance(value, client, before), gain)


def _pooled(tests: list[_Test]) -> HeldOutWeights:
    """The mean over parts by their pairs; the parts' clients are different, so errors add up."""
    share = np.array([test.pairs for test in tests], np.float64)
    share /= share.sum()
    gains = [test.gain for test in tests]
    value = float(share @ [gain.value for gain in gains])
    half = float(np.sqrt((share**2) @ [((gain.high - gain.low) / 2) ** 2 for gain in gains]))
    present = float(share @ [test.present for test in tests])
    return HeldOutWeights(
        clients=whole_steps(sum(test.clients for test in tests)) or 0,
        pairs=sum(test.pairs for test in tests),
        present=present,
        suggested=present + value,
        gain=Estimate(value=value, low=value - half, high=value + half),
    )


def _parts(client: Codes, first_at: Floats) -> Codes:
    """Each pair's part of the clients by first rating, 0 to _PARTS − 1, ties by arrival."""
    begun = np.full(int(client.max(initial=-1)) + 1, inf)
    np.minimum.at(begun, client, first_at)
    rank = np.argsort(np.argsort(begun, kind="stable"), kind="stable")
    # Codes that no pair has stand last, beyond every part's end.
    known = int(np.isfinite(begun).sum())
    parts: Codes = np.minimum(rank * _PARTS // max(known, 1), _PARTS - 1)[client]
    return parts


def _told(
    basis: Basis,
    asked: NDArray[np.intp],
    weights: tuple[Floats, Floats, Floats],
    states: list[WeightState],
    points: Estimate,
    certainty: float,
    held_out: HeldOutWeights | None,
) -> Suggestion:
    estimate, low, high = weights
    because = _because(states, certainty, held_out)
    dimensions = tuple(
        SuggestedWeight(
            dimension=name,
            state=states[at],
            clients=whole_steps(int(asked[at])) or 0,
            present=float(basis.present[at]),
            estimate=float(estimate[at]),
            low=float(low[at]),
            high=float(high[at]),
        )
        for at, name in enumerate(CONTENT_DIMENSIONS)
    )
    return Suggestion(
        because=because,
        dimensions=dimensions,
        clients=whole_steps(len(np.unique(basis.design.seen.client))) or 0,
        points=points,
        certainty=certainty,
        held_out=held_out,
    )


def _because(
    states: list[WeightState], certainty: float, held_out: HeldOutWeights | None
) -> Because:
    if states.count("estimated") < 2:
        return "too_few_clients"
    if certainty < SURE:
        return "too_uncertain"
    if held_out is None or held_out.gain.value <= 0:
        return "not_confirmed"
    return "better_ranking"
