"""The truth about fit: what each therapist adds to a pair, and the fit expected of every pair.

For client i, therapist j and session s, in points of 0..10::

    fit(i, j, s) = mean + growth(s) + leniency_i + therapist_j + need_j · n_i + style_j · w_i
                 + Σ_d scale · accommodation_d · importance_id · (met_ijd − ½) + pair_ij + session

`n_i` weighs the client's needs and `w_i` is the direction of the style wished for, both of length
1; `met` is how far a wish is met by what is true of the therapist, whatever the profile says.
"""

from dataclasses import dataclass

import numpy as np

from seed.draw import generator
from seed.tables import ClientTable, Floats, TherapistTable, met, style_distance
from seed.world import World

# Trust grows with the sessions; how much and how fast are choices.
GROWTH = 0.6
GROWTH_SESSIONS = 4.0
TRUTH_SESSION = 6  # the session that an expected fit is told for
# Sharing a background matters little (d .09), respect as clients meet it much (r .38); how both
# divide the accommodation of culture follows the ratio of those figures.
SHARED_BACKGROUND = 0.1
RESPECT_MEAN, RESPECT_SD = 0.62, 0.2
RELIABILITY_SD = 0.6  # between therapists, in points of the item `consistency`: a choice
STYLE_REACH = 0.4  # mean distance on −1..1 that is near enough, in a world of thresholds


@dataclass(frozen=True, slots=True)
class Effects:
    """What is true of J therapists beyond their profiles.

    `therapist` (J,), `need` (J, needs) and `style` (J, 4) in points; `respect` (J,) is cultural
    respect as clients meet it, 0..1, unrelated to the profile; `reliability` (J,) in points of
    the item `consistency`.
    """

    therapist: Floats
    need: Floats
    style: Floats
    respect: Floats
    reliability: Floats


def draw_effects(seed: int, therapists: int, needs: int, world: World) -> Effects:
    """Independent normal effects; the first therapists' do not depend on how many follow."""

    def normal(name: str, *shape: int) -> Floats:
        return generator(seed, f"effects:{name}").standard_normal((therapists, *shape))

    need = normal("need", needs)
    if world.thresholds:
        need = np.sign(need)
    return Effects(
        therapist=world.sd("therapist") * normal("therapist"),
        need=world.sd("therapist_need") * need,
        style=world.sd("therapist_style") * normal("style", 4),
        respect=np.clip(RESPECT_MEAN + RESPECT_SD * normal("respect"), 0.0, 1.0),
        reliability=RELIABILITY_SD * normal("reliability"),
    )


def growth(session: Floats) -> Floats:
    """Points by which fit has grown at a session (1, 2, …): 0 at the first."""
    grown: Floats = GROWTH * (1.0 - np.exp(-(session - 1.0) / GROWTH_SESSIONS))
    return grown


def expected_fit(
    clients: ClientTable, therapists: TherapistTable, effects: Effects, world: World
) -> Floats:
    """(n, J): fit expected at `TRUTH_SESSION`, 0..10, of a client of ordinary leniency.

    It holds all that is true of the client and the therapist, and nothing of what only shows once
    they have met (the pair's own part, the day's form).
    """
    level = world.mean + float(growth(np.array(float(TRUTH_SESSION))))
    parts = fit_parts(clients, therapists, effects, world)
    return np.clip(level + sum(parts.values(), np.zeros(())), 0.0, 10.0)


def fit_parts(
    clients: ClientTable, therapists: TherapistTable, effects: Effects, world: World
) -> dict[str, Floats]:
    """The parts of an expected fit, each (n, J) in points: three of the therapist, one a wish."""
    parts = {
        "therapist": np.broadcast_to(
            effects.therapist, (len(clients.style), len(effects.therapist))
        ),
        "therapist_need": clients.needs @ effects.need.T,
        "therapist_style": _direction(clients.style) @ effects.style.T,
    }
    for dimension, score in truly_met(clients, therapists, effects, world).items():
        points = world.accommodation_scale * world.accommodation[dimension]
        weight = points * clients.importance[dimension]
        parts[dimension] = weight[:, None] * (score - 0.5)
    return parts


def truly_met(
    clients: ClientTable, therapists: TherapistTable, effects: Effects, world: World
) -> dict[str, Floats]:
    """How far each wish is met in truth, (n, J) in 0..1, by dimension; ½ where it has no meaning.

    Culture is mostly respect as clients meet it. In a world of thresholds a style is near enough
    or not, and needs are all covered or not.
    """
    scores = met(clients, therapists)
    shared = SHARED_BACKGROUND * scores["culture"]
    scores["culture"] = shared + (1.0 - SHARED_BACKGROUND) * effects.respect
    if world.thresholds:
        distance = style_distance(clients, therapists)
        near = (distance <= STYLE_REACH).astype(np.float64)
        scores["communication_style"] = np.where(np.isfinite(distance), near, np.nan)
        scores["needs"] = (scores["needs"] > 0.999).astype(np.float64)
    scores["communication_style"] = np.nan_to_num(scores["communication_style"], nan=0.5)
    return scores


def _direction(style: Floats) -> Floats:
    """Style wishes as vectors of length 1; zeros where nothing is stated."""
    stated: Floats = np.nan_to_num(style, nan=0.0)
    length = np.sqrt((stated**2).sum(1, keepdims=True))
    direction: Floats = np.divide(stated, length, out=np.zeros_like(stated), where=length > 0)
    return direction
