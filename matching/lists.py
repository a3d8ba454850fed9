"""How alike two short lists are, in whom they hold and in what order.

Both are of one request: as long as each other, not empty and without repeats.
"""

from collections.abc import Sequence

import numpy as np

from matching.attention import attention


def rank_correlation(first: Sequence[int], second: Sequence[int]) -> float:
    """Kendall's rank correlation of two lists, −1..1.

    Over all pairs of whom either list holds; those off a list share the place after its last, and a
    pair tied on one list alone counts half a disagreement (Fagin, Kumar and Sivakumar 2003,
    "Comparing top k lists", with p = ½). So a list turned round has −1; two lists with nobody in
    common stand below 0; the same list has 1, however short.
    """
    if list(first) == list(second):
        return 1.0
    either = list(dict.fromkeys([*first, *second]))
    signs = []
    for ranked in (first, second):
        place = {one: rank for rank, one in enumerate(ranked)}
        at = np.array([place.get(one, len(ranked)) for one in either])
        signs.append(np.sign(at[:, None] - at)[np.triu_indices(len(either), 1)])
    one, other = signs
    return float(1 - np.abs(one - other).mean())


def overlap(first: Sequence[int], second: Sequence[int]) -> float:
    """How much of the lists is common, depth by depth, 0..1; 1 for the same list.

    The share held in common by the first d of both, averaged over the depths d with the attention
    that the rank d gets: rank-biased overlap (Webber, Moffat and Zobel 2010) with the discount that
    exposure is counted in rather than a geometric one.
    """
    if list(first) == list(second):
        return 1.0
    depth = len(first)
    common = [len(set(first[:d]) & set(second[:d])) / d for d in range(1, depth + 1)]
    weights = attention(depth)
    return float(weights @ common / weights.sum())
