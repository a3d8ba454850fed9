"""The trend of a client's ratings over sessions: a slope, where it is beyond its own doubt."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from matching.learning.series import Growth
from matching.session_fit import USUAL, Floats, own_noise

Direction = Literal["rising", "steady", "falling", "not_enough"]

# With fewer sessions a slope says nothing.
LEAST = 3

# A slope counts from so many of its standard errors on: one steady series in ten is then told as
# rising or falling.
_BEYOND = 1.645


@dataclass(frozen=True, slots=True)
class Trend:
    """Where a series is going; `per_session` in points, None with too few ratings."""

    direction: Direction
    per_session: float | None


def trend(
    sessions: NDArray[np.integer],
    values: Floats,
    noise: Floats,
    *,
    growth: Growth = USUAL.growth,
) -> Trend:
    """The weighted least-squares slope of fits over session numbers.

    Arguments as for `rupture.watch`. What the client said is told as it is: the growth that is
    usual with the sessions is part of the trend.
    """
    known = np.isfinite(values)
    session, value = sessions[known].astype(np.float64), values[known]
    if len(np.unique(session)) < LEAST:
        return Trend("not_enough", None)
    weight = 1.0 / (noise[known] + growth.noise(sessions[known]))
    apart = session - np.average(session, weights=weight)
    about = value - np.average(value, weights=weight)
    spread = float(weight @ apart**2)
    slope = float(weight @ (apart * about)) / spread
    squares = np.asarray(weight @ (about - slope * apart) ** 2)
    doubt = float(np.sqrt(own_noise(squares, len(value) - 2) / spread))
    if abs(slope) <= _BEYOND * doubt:
        return Trend("steady", slope)
    return Trend("rising" if slope > 0 else "falling", slope)
