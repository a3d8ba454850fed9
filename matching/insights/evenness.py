"""How evenly something falls on people, in one figure."""

import numpy as np
from numpy.typing import NDArray


def gini(amounts: NDArray[np.float64]) -> float | None:
    """The Gini coefficient of amounts ≥ 0, shape (n,); None where there is nothing.

    0 for the same for all, towards 1 for all to one: Σ (2 i − n − 1) x_i / (n Σ x), x ascending
    (Gini 1912, in the form of Sen 1973).
    """
    total = float(amounts.sum())
    if not total:
        return None
    size = amounts.size
    places = 2 * np.arange(1, size + 1) - size - 1
    return float(places @ np.sort(amounts) / (size * total))
