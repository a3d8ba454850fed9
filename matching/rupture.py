"""A fall in one client's series of ratings that stands out from their own level and noise.

For every session at which a fall could have begun, two shapes of it are fitted to the whole series:
a step down to a new level, and a slope that goes on down. With x the shape, 0 before the fall,

    fit_s = before + growth_s − depth · x_s + noise,

it stands out by depth / (standard error of depth), by least squares, each session weighed by 1 /
its variance; the standard error rests on how much this client's answers vary about the fit. The
most telling shape counts: a change point whose place and levels are unknown (Hawkins, Qiu & Kang
2003, The changepoint model for statistical process control, Journal of Quality Technology 35). The
client is compared with nobody else, so that who always rates low never falls.

A fall is over when it no longer stands out, and at the latest with a session that is back at the
level before it. docs/ratings.md has the false alarms, the power and the delay.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from matching.learning.series import Growth
from matching.session_fit import USUAL, Floats, own_noise

# From here on a fall stands out: chosen so that of a hundred courses of ten rated sessions without
# a fall at most five are ever suspected (bench/rupture.py).
STANDS_OUT = 3.1

# With fewer ratings there is no level of the client's own.
LEAST = 3

# A fall is looked for among so many of the latest ratings: two years of weekly sessions.
MOST = 100

# The line fell where it is so many points below the median of what this client answered before,
# together with the usual line; such a session counts a tenth. Choices.
_LINE_FELL = 3.0
_USUAL_LINE = 7.0
_LINE_DOUBT = 10.0


@dataclass(frozen=True, slots=True)
class Rupture:
    """Whether a fall stands out, since which session, and what else would explain it.

    `cause` is "connection" where a fall stands out only if sessions with a bad line count in full:
    then it is the line, and no rupture is suspected.
    """

    suspected: bool
    since_session: int | None
    cause: Literal["connection"] | None = None


def watch(
    sessions: NDArray[np.integer],
    values: Floats,
    noise: Floats,
    *,
    line: Floats | None = None,
    growth: Growth = USUAL.growth,
) -> Rupture:
    """Look at one pairing's series as it stands.

    Shape (n,) each, in any order: session numbers from 1; fits in points of 0..10, NaN where
    nothing that counts was answered; the variance of each from its items, points²; `line` 0..10,
    NaN where not asked (`session_fit.line_of`). `growth` is the clinic's.
    """
    order = np.argsort(sessions, kind="stable")
    order = order[np.isfinite(values[order])][-MOST:]
    sessions, values = sessions[order], values[order]
    grown = values - growth.carried(values, sessions)
    variance = noise[order] + growth.noise(sessions)
    fell = np.zeros(len(order), np.bool_) if line is None else _line_fell(line[order])
    since = _since(values, grown, np.where(fell, _LINE_DOUBT, 1.0) * variance)
    if since is not None:
        return Rupture(True, int(sessions[since]))
    if _since(values, grown, variance) is not None:
        return Rupture(False, None, "connection")
    return Rupture(False, None)


def _since(values: Floats, grown: Floats, variance: Floats) -> int | None:
    """The place where the most telling fall begins, None where none stands out.

    `grown` is by how much each session's fit is expected to have grown.
    """
    count = len(values)
    if count < LEAST:
        return None
    level, weight = values - grown, 1.0 / variance
    share = weight / weight.sum()
    shapes = _shapes(count)
    apart = shapes - (shapes @ share)[:, None]
    about = level - share @ level
    spread, together = apart**2 @ weight, apart @ (weight * about)
    depth = -together / spread
    squares = np.maximum(weight @ about**2 + depth * together, 0.0)
    told = depth * np.sqrt(spread / own_noise(squares, count - 2))
    told[np.tile(_back(values, weight), 2)] = 0.0
    most = int(np.argmax(told))
    return most % (count - 1) + 1 if told[most] > STANDS_OUT else None


def _back(values: Floats, weight: Floats) -> NDArray[np.bool_]:
    """Whether the latest session is back at the level before each place but the first.

    By what was said: who stays where they were has not fallen, however much others' trust grows.
    """
    before = np.cumsum(weight * values)[:-1] / np.cumsum(weight)[:-1]
    back: NDArray[np.bool_] = values[-1] >= before - 1e-9
    return back


def _shapes(count: int) -> Floats:
    """Steps, then slopes, that begin at each place but the first: (2 (count − 1), count)."""
    place = np.arange(count)
    since = place[1:, None]
    return np.vstack([place >= since, np.maximum(place - since + 1, 0)]).astype(np.float64)


def _line_fell(line: Floats) -> NDArray[np.bool_]:
    """Flags sessions whose line was well below what was usual until then, in order."""
    answered = np.isfinite(line)
    usual = [
        np.median([_USUAL_LINE, *line[:place][answered[:place]]]) for place in range(len(line))
    ]
    fell: NDArray[np.bool_] = line <= np.array(usual) - _LINE_FELL
    return fell
