"""How much attention each rank of a list gets: what exposure is counted in."""

import numpy as np
from numpy.typing import NDArray


def attention(ranks: int) -> NDArray[np.float64]:
    """By rank from the first on, shape (ranks,), the first being 1.

    1 / log2(1 + rank), the discount of DCG (Järvelin and Kekäläinen 2002), by which exposure is
    usually counted (Singh and Joachims 2018). What people in fact choose by rank is the clinic's to
    measure; the discount is only for counting who is seen.
    """
    discounts: NDArray[np.float64] = 1 / np.log2(np.arange(2, ranks + 2))
    return discounts
