"""What clients say of the style they met: less of it, just right, or more, axis by axis.

Said at the sessions that ask everything, by clients who had wished for something on the axis: with
g the wish less the style met and a client's own noise, more where g > NOTICED, less below −NOTICED.
"""

import numpy as np

from matching.vocabulary import STYLE_AXES
from seed.draw import generator
from seed.history import Truth

# On −1..1: how far off a therapist must be to be told so, and the noise of one answer. Choices.
NOTICED = 0.35
_NOISE = 0.2
_ANSWERED = 0.85


def styles_seen(seed: int, truth: Truth, full: np.ndarray) -> list[dict[str, int]]:
    """By rated session the axes told of, −1, 0 or 1; `full` flags sessions that ask everything."""
    rng = generator(seed, "style seen")
    size = (len(truth.sessions.number), len(STYLE_AXES))
    noise, answered = _NOISE * rng.standard_normal(size), rng.random(size) < _ANSWERED
    wishes = np.array([one.intake.style.axes for one in truth.clients], np.float64)
    met = np.array([one.style_met for one in truth.therapists], np.float64)
    client = np.array([one.client for one in truth.pairings], np.intp)[truth.sessions.pairing]
    therapist = np.array([one.therapist for one in truth.pairings], np.intp)[truth.sessions.pairing]
    gap = wishes.reshape(-1, len(STYLE_AXES))[client] - met[therapist] + noise
    told = np.isfinite(gap) & answered & full[:, None]
    seen = np.sign(gap) * (np.abs(gap) > NOTICED)
    return [
        {axis: int(value) for axis, value, said in zip(STYLE_AXES, row, flags, strict=True) if said}
        for row, flags in zip(seen.tolist(), told.tolist(), strict=True)
    ]
