"""Cultural respect as clients meet it: for those who ask about culture, more telling than profiles.

How clients rate respect for their culture goes with outcome (r .38), how therapists describe
themselves hardly (r .06; docs/evidence.md). So everybody's answers to that one item, over what they
say of the sessions as a whole, tell what to expect for those to whom culture matters.
"""

import numpy as np
from numpy.typing import NDArray

from matching.learning.features import Floats
from matching.learning.observations import Rows
from matching.learning.series import pair_codes
from matching.learning.told import NEVER, first_told

_Codes = NDArray[np.integer]

# Before any data, so many clients are needed to tell a therapist from the others half and half.
_HELD = 8.0


def respect_met(rows: Rows, therapists: int) -> Floats:
    """Points above what is usual, held towards 0, shape (therapists,).

    Of a therapist only answers that may be told of them: five clients' at least at a time.
    """
    known = np.flatnonzero(np.isfinite(rows.respect))
    since = first_told(
        rows.therapist[known], rows.client[known], rows.since[known], rows.again[known]
    )
    known = known[since < NEVER]
    told, therapist = rows.respect[known], rows.therapist[known]
    if not told.size:
        return np.zeros(therapists)
    pair, first = pair_codes(rows.client[known], therapist)
    value = np.bincount(pair, told) / np.bincount(pair)
    own = therapist[first]
    clients = np.bincount(own, minlength=therapists)
    total = np.asarray(np.bincount(own, value - value.mean(), therapists), np.float64)
    return np.asarray(total / (clients + _held(value, own, clients, total)))


def _held(value: Floats, own: _Codes, clients: _Codes, total: Floats) -> float:
    """The variance between clients of one therapist over that between therapists, by moments."""
    means = total / np.maximum(clients, 1)
    freedom = len(value) - int((clients > 0).sum())
    if freedom < 10:
        return _HELD
    within = float(((value - value.mean() - means[own]) ** 2).sum()) / freedom
    rated = clients > 0
    between = float((means[rated] ** 2).mean()) - within * float((1 / clients[rated]).mean())
    return float(np.clip(within / max(between, 1e-6), 1.0, 200.0))
