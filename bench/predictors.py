"""Which dimensions predict what clients say of a relationship, item by item.

In the clinics of `seed`, of clients who rated several therapists: the correlation, within clients,
of a pair's mean answer with how far each dimension of the score is met on paper, and with the fit
expected by a model that was trained on the other half of the clients.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.dataset import Codes, Dataset, Floats
from bench.seeded import seeded
from matching.learning.learned import Learned
from matching.learning.ratings import ITEMS, Ratings
from matching.learning.train import train
from matching.query import EXPECTED_FIT, Query
from matching.rows import Rows
from matching.scorers import SCORERS
from matching.vocabulary import DIMENSIONS, Vocabulary
from matching.weighting import Weighting

ASKED = ("trust", "heard", "non_judgement", "can_speak_up", "overall")
WORLDS = ("balanced", "skewed")
SEEDS, RATINGS = 4, 5_000


def run(quick: bool = False) -> list[dict[str, Any]]:
    """A row an item: pairs, and the correlation with each dimension."""
    found: dict[str, list[Floats]] = {item: [] for item in ASKED}
    for world in WORLDS[:1] if quick else WORLDS:
        for seed in range(1 if quick else SEEDS):
            dataset = seeded(world, seed, ratings=RATINGS)
            for half in (0, 1):
                _add(found, dataset, np.flatnonzero(dataset.ratings.client % 2 == half))
    return [row(item, np.concatenate(parts)) for item, parts in found.items()]


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as text."""
    head = f"{'item':<16}{'pairs':>7}" + "".join(f"{name[:12]:>14}" for name in DIMENSIONS)
    lines = [
        f"{one['item']:<16}{one['pairs']:>7}"
        + "".join(f"{one['correlation'][name]:>14.2f}" for name in DIMENSIONS)
        for one in rows
    ]
    return "\n".join([head, *lines])


def row(item: str, values: Floats) -> dict[str, Any]:
    """`values` (pairs, 1 + dimensions): answers and what may predict them, less their means."""
    answers, predictors = values[:, 0], values[:, 1:]
    size = np.sqrt((answers**2).sum() * (predictors**2).sum(0))
    together = answers @ predictors
    # What is the same for everybody, such as a question that nobody was asked, predicts nothing.
    correlation = np.where(size > 0, together / np.where(size > 0, size, 1.0), 0.0).tolist()
    return {
        "item": item,
        "pairs": len(values),
        "correlation": dict(zip(DIMENSIONS, correlation, strict=True)),
    }


def _add(found: dict[str, list[Floats]], dataset: Dataset, taught: Codes) -> None:
    """The pairs of the clients who are not in `taught`, rows of the ratings."""
    weighting, roster = Weighting(), dataset.roster
    model = train(dataset.ratings.part(taught), roster, weighting, Vocabulary.shared()).model
    assert model is not None
    others = np.setdiff1d(np.arange(len(dataset.ratings)), taught)
    ratings = dataset.ratings.part(others)
    predictors = _predictors(ratings, dataset, Learned.on(model, roster))
    for item, parts in found.items():
        answers = ratings.items[:, ITEMS.index(item)].astype(np.float64)
        known = np.flatnonzero(np.isfinite(answers))
        pair = ratings.client[known].astype(np.int64) * len(roster) + ratings.therapist[known]
        pairs, values = _means(pair, np.column_stack([answers[known], predictors[known]]))
        _, client, number = np.unique(pairs // len(roster), return_inverse=True, return_counts=True)
        several = number[client] > 1
        client, values = client[several], values[several]
        parts.append(values - _means(client, values)[1][np.unique(client, return_inverse=True)[1]])


def _predictors(ratings: Ratings, dataset: Dataset, learned: Learned) -> Floats:
    """(ratings, dimensions): importance × (how far met − ½), and the fit expected in points."""
    roster, every = dataset.roster, Rows.every(len(dataset.roster))
    weighting, vocabulary = Weighting(), Vocabulary.shared()
    values = np.zeros((len(ratings), len(DIMENSIONS)))
    for case, intake in enumerate(ratings.intakes):
        query = Query.of(intake, roster, weighting, vocabulary, learned.model.reliability)
        rows = np.flatnonzero(ratings.case == case)
        at = ratings.therapist[rows]
        for place, name in enumerate(DIMENSIONS):
            if name == EXPECTED_FIT:
                values[rows, place] = learned.expected(query, roster, every).mean[at]
            elif name in query.importance:
                score = np.empty(len(roster))
                SCORERS[name].score(query, roster, every).into(score, None)
                values[rows, place] = query.importance[name] * (score[at] - 0.5)
    return values


def _means(codes: Codes, values: Floats) -> tuple[Codes, Floats]:
    """The codes that occur, sorted, and the mean of the rows of each."""
    found, inverse, number = np.unique(codes, return_inverse=True, return_counts=True)
    total = np.zeros((found.size, values.shape[1]))
    np.add.at(total, inverse, values)
    return found, total / number[:, None]
