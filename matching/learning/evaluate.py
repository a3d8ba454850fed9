"""What a model is worth: its ranking beside content's, on clients that neither had seen.

The latest clients are held out by the time of their first rating. A client mostly rates one
therapist, so rankings are not compared within clients but between them: the further a therapist
stands out in a client's ranking, the better the two should get on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from matching.learning.clinic import Clinic
from matching.learning.features import Floats
from matching.learning.learned import EIGHTY, Learned
from matching.learning.model import FitModel
from matching.learning.observations import Observations, Rows
from matching.learning.report import Decision, Estimate, HeldOut
from matching.learning.steps import STEP, whole_steps
from matching.query import Query
from matching.rows import Rows as View
from matching.scoring import levels_of

# The latest of the clients are for testing.
TEST_SHARE = 0.2

# More pairs than these make a comparison of every two slow, and no clearer.
MOST_PAIRS = 2_000

# The normal quantile of a 90 % interval.
_NINETY = 1.6448536269514722

# With fewer clients an interval from them is too narrow: at 6 it holds 80 of 90 %, at 12 88.
LEAST_TOLD = 12

# Before any data the interval is as wide as the model says, with the weight of so many pairs.
_HELD = 50.0

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Foretold:
    """What one way of ranking said of m held-out pairs: `apart`, how far above the mean of all."""

    apart: Floats
    mean: Floats
    doubt: Floats


def latest_clients(rows: Rows, keys: Sequence[str]) -> NDArray[np.bool_]:
    """Flags the ratings of the latest clients by first rating, ties by a hash of the client."""
    clients, first = np.unique(rows.client, return_inverse=True)
    begun = np.full(len(clients), np.inf)
    np.minimum.at(begun, first, rows.at)
    ties = [blake2b(keys[client].encode(), digest_size=8).digest() for client in clients.tolist()]
    order = sorted(range(len(clients)), key=lambda place: (begun[place], ties[place]))
    tested = max(STEP, whole_steps(int(TEST_SHARE * len(order))) or 0)
    late = np.zeros(len(clients), np.bool_)
    late[order[-tested:]] = True
    flags: NDArray[np.bool_] = late[first]
    return flags


def foretell(clinic: Clinic, pairs: Observations, model: FitModel | None) -> Foretold:
    """What the ranking with a model, or by content alone, says of each pair."""
    roster = clinic.roster
    every = View.every(len(roster))
    learned = Learned.on(model, roster) if model else None
    apart, mean, doubt = (np.zeros(len(pairs)) for _ in range(3))
    for case in np.unique(pairs.case).tolist():
        query = clinic.queries[case]
        if model:
            query = Query.of(
                query.intake, roster, clinic.weighting, clinic.vocabulary, model.reliability
            )
        levels, expected = levels_of(query, roster, every, learned)
        total = np.zeros(len(roster))
        for name, level in levels.items():
            score = np.empty(len(roster))
            level.into(score, None)
            total += query.weights[name] * score
        for pair in np.flatnonzero(pairs.case == case).tolist():
            row = int(pairs.rated[pair])
            # Rounded, so that those whom nothing tells apart are tied.
            apart[pair] = round(total[row] - total.mean(), 12)
            if learned and expected:
                mean[pair] = expected.mean[row]
                doubt[pair] = learned.doubt(query, row, expected.at(row))
    return Foretold(apart, mean, doubt)


def compare(
    clinic: Clinic,
    pairs: Observations,
    model: FitModel,
    serving: FitModel | None,
    leniency: float,
) -> tuple[HeldOut, float]:
    """A model beside content and the one that serves, on pairs that it has not seen.

    And the factor by which its intervals must grow to hold 80 % of them. `leniency` is the variance
    between clients, points².
    """
    pairs = _at_most(pairs)
    ours, content = foretell(clinic, pairs, model), foretell(clinic, pairs, None)
    theirs = foretell(clinic, pairs, serving) if serving else None
    away = _standardised(pairs, ours, model.pair_variance + leniency)
    gain = concordance_gain(pairs.value, pairs.client, ours.apart, content.apart)
    told = ours.mean - ours.mean.mean()
    square = float(told @ told)
    held_out = HeldOut(
        clients=len(np.unique(pairs.client)),
        pairs=len(pairs),
        content=concordance(pairs.value, pairs.client, content.apart),
        model=concordance(pairs.value, pairs.client, ours.apart),
        serving=concordance(pairs.value, pairs.client, theirs.apart) if theirs else None,
        gain=gain,
        slope=float(told @ pairs.value) / square if square > 0 else 0.0,
        coverage=float(np.mean(np.abs(away) <= EIGHTY)),
    )
    return held_out, widening(away)


def widening(away: Floats) -> float:
    """The factor by which intervals must grow to hold 80 % of the pairs, held towards 1.

    `away` (m,) is how far each is from what was expected, in standard deviations of the whole
    doubt.
    """
    if not away.size:
        return 1.0
    found = float(np.quantile(np.abs(away), 0.8)) / EIGHTY
    return float(np.clip((found * away.size + _HELD) / (away.size + _HELD), 0.8, 1.5))


def gate(held_out: HeldOut) -> Decision:
    """Better than content: promoted. Worse beyond doubt: refused. Else promoted, and said so."""
    if held_out.gain.value > 0:
        return Decision(outcome="promote", because="better_than_content")
    if held_out.gain.high < 0:
        return Decision(outcome="refuse", because="worse_than_content")
    return Decision(outcome="promote_uncertain", because="not_told_apart_from_content")


def concordance(value: Floats, client: Codes, told: Floats) -> float:
    """The share of pairs of observations by different clients that `told` puts in their order."""
    ordered, comparable = _order(value, client, told)
    number = int(comparable.sum())
    return float(ordered.sum() / number) if number else 0.5


def concordance_gain(value: Floats, client: Codes, ours: Floats, theirs: Floats) -> Estimate:
    """Our concordance less theirs, with a 90 % interval that counts clients, not ratings.

    The standard error is that of a U-statistic, from each client's own share in it (Hoeffding
    1948).
    """
    mine, comparable = _order(value, client, ours)
    other, _ = _order(value, client, theirs)
    number = int(comparable.sum())
    difference = mine - other
    gain = float(difference.sum() / number) if number else 0.0
    if len(np.unique(client)) < LEAST_TOLD:
        return Estimate(value=gain, low=-1.0, high=1.0)
    about = np.where(comparable, difference - gain, 0.0).sum(1)
    each = np.bincount(np.unique(client, return_inverse=True)[1], about)
    clients = max(int((each != 0).sum()), 2)
    error = 2 * float(np.sqrt((each**2).sum() * clients / (clients - 1))) / number
    return Estimate(value=gain, low=gain - _NINETY * error, high=gain + _NINETY * error)


def _order(value: Floats, client: Codes, told: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """For every two observations 1 where told in order, ½ in a tie; and which can be compared."""
    truly, said = _signs(value), _signs(told)
    comparable = (truly != 0) & (client[:, None] != client[None])
    return np.where(comparable, 0.5 * (1 + truly * said), 0.0), comparable


def _signs(values: Floats) -> NDArray[np.int8]:
    """Of every two values, 1 where the first is the greater, −1 where the second is."""
    return np.greater.outer(values, values).view(np.int8) - np.less.outer(values, values)


def _standardised(pairs: Observations, told: Foretold, unseen: float) -> Floats:
    """How far each pair is from what was expected, in standard deviations of the whole doubt."""
    away = pairs.value - told.mean
    spread: Floats = away / np.sqrt(told.doubt + unseen + pairs.noise)
    return spread


def _at_most(pairs: Observations) -> Observations:
    """The latest of too many."""
    if len(pairs) <= MOST_PAIRS:
        return pairs
    late = np.argsort(pairs.first_at, kind="stable")[-MOST_PAIRS:]
    flags = np.zeros(len(pairs), np.bool_)
    flags[late] = True
    return pairs.where(flags)
