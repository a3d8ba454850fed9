"""Where an expected fit stands among the clinic's pairs, and how much a model knows of them."""

from dataclasses import replace

import numpy as np

from matching.learning.clinic import Clinic
from matching.learning.learned import Learned
from matching.learning.model import FitModel
from matching.rows import Rows

# So many of the clinic's clients stand for all, and so many therapists for each of them.
_CLIENTS, _THERAPISTS = 150, 8

_LEAST_SPREAD = 0.01


def scaled(model: FitModel, clinic: Clinic, seed: int) -> FitModel:
    """The model with `centre`, `spread` and `reliability` from the clinic's own pairs.

    Spread is the standard deviation between the therapists of one client. Reliability is the share
    of what differs between them that the model tells: the variance of posterior means over itself
    and the mean posterior variance, what only meeting can show left out.
    """
    roster, rng = clinic.roster, np.random.default_rng(seed)
    learned, every = Learned.on(model, roster), Rows.every(len(roster))
    chosen = rng.permutation(len(clinic.queries))[:_CLIENTS]
    means, within, unsure = [], [], []
    for case in np.sort(chosen).tolist():
        query = clinic.queries[case]
        expected = learned.expected(query, roster, every)
        means.append(float(expected.mean.mean()))
        within.append(float(expected.mean.var()))
        rows = rng.permutation(len(roster))[:_THERAPISTS].tolist()
        usual = [float(column.mean()) for column in expected.columns]
        for row in rows:
            apart = [
                (place, value - mean)
                for (place, value), mean in zip(expected.at(row), usual, strict=True)
            ]
            unsure.append(learned.posterior_variance(query, row, apart))
    known = float(np.mean(within))
    return replace(
        model,
        centre=float(np.mean(means)),
        spread=max(known**0.5, _LEAST_SPREAD),
        reliability=known / max(known + float(np.mean(unsure)), 1e-9),
    )
