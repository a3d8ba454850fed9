"""A simple clinic's past: who saw whom, and what they answered.

Nobody met at random: a client picks among the three who look best on paper of those with a place.
"""

from dataclasses import dataclass

import numpy as np

from bench.dataset import Codes, Floats
from bench.worlds import (
    TRUTH_SESSION,
    Clients,
    Effects,
    Therapists,
    World,
    expected_fit,
    growth,
    on_paper,
)

# Noise of one item in points, and its level above the fit; the clinic asks the first four always.
ITEM_LEVELS = {
    "trust": 0.0, "safe": 0.4, "heard": 0.2, "goals": -0.1, "collaboration": 0.0,
    "approach": -0.2, "feedback": -0.1, "non_judgement": 0.6, "overall": 0.3,
}  # fmt: skip
ITEM_NOISE = 1.0
CORE = 4
_ALL_ITEMS, _ANSWERED = 0.15, 0.95  # of ratings that ask all, of items that are answered

_JOINED = 0.97  # how much of the history was over when the new therapists came
_RATINGS_A_CLIENT = 2.82
_OPEN = 0.4  # share of therapists with a place at a given time
_LOOKS = 0.06  # sd of what moves a choice besides the three best on paper, in score
_CHOSEN = (0.55, 0.27, 0.18)
_THERAPISTS = (0.6, 0.27, 0.13)  # share of clients who rate one, two and three
_SESSIONS = 0.45  # chance of one more rated session with the same therapist
_MOST_SESSIONS = 12
_DAYS = 700


@dataclass(frozen=True, slots=True)
class History:
    """Ratings in the order in which they were given, (rows,) each; `day` from the first."""

    client: Codes
    therapist: Codes
    session: Codes
    day: Floats

    def part(self, rows: Codes) -> "History":
        """Some of the ratings."""
        return History(self.client[rows], self.therapist[rows], self.session[rows], self.day[rows])


def draw_history(
    rng: np.random.Generator,
    therapists: Therapists,
    clients: Clients,
    ratings: int,
    new: float,
) -> History:
    """The first so many ratings of clients who each pick among the three best on paper."""
    count, size = len(clients.style), len(therapists.told)
    arrival = np.sort(rng.random(count)) * _DAYS
    joined = np.where(rng.random(size) < new, _JOINED * _arrival_of_last(arrival, ratings), 0.0)
    looks = on_paper(clients, therapists) + _LOOKS * rng.standard_normal((count, size))
    rows: list[tuple[float, int, int, int]] = []
    for client in range(count):
        if len(rows) >= ratings:
            break
        offered = (joined <= arrival[client]) & (rng.random(size) < _OPEN)
        rows += _met(rng, client, arrival[client], np.where(offered, looks[client], -np.inf))
    rows = sorted(rows[:ratings])
    day, client_, therapist, session = np.array(rows).reshape(-1, 4).T
    return History(client_.astype(int), therapist.astype(int), session.astype(int), day)


def _arrival_of_last(arrival: Floats, ratings: int) -> float:
    """About when the last client who counts arrives."""
    return float(arrival[min(len(arrival) - 1, int(ratings / _RATINGS_A_CLIENT))])


def _met(
    rng: np.random.Generator, client: int, day: float, looks: Floats
) -> list[tuple[float, int, int, int]]:
    """The ratings of one client: (day, client, therapist, session)."""
    looks, rows = looks.copy(), []
    for _ in range(int(rng.choice(3, p=_THERAPISTS)) + 1):
        shown = np.argsort(-looks)[: len(_CHOSEN)]
        therapist = int(rng.choice(shown, p=_CHOSEN))
        if np.isinf(looks[therapist]):
            break
        looks[therapist] = -np.inf
        sessions = min(int(rng.geometric(1 - _SESSIONS)), _MOST_SESSIONS)
        numbers = np.sort(rng.choice(np.arange(2, 16), sessions - 1, replace=False))
        held = [1, *numbers.tolist()]
        rows += [(day + 7.0 * session, client, therapist, session) for session in held]
        day += 7.0 * (held[-1] + 2)
    return rows


def draw_answers(
    rng: np.random.Generator,
    clients: Clients,
    therapists: Therapists,
    effects: Effects,
    world: World,
    history: History,
) -> Floats:
    """(rows, items): integers 0..10, NaN where not answered."""
    who = clients.part(history.client)
    rows = np.arange(len(history.client))
    fit = np.zeros(rows.size)
    for chunk in np.array_split(rows, max(1, rows.size // 2000)):
        fits = expected_fit(who.part(chunk), therapists, effects, world)
        fit[chunk] = fits[np.arange(chunk.size), history.therapist[chunk]]
    pair = history.client * len(therapists.told) + history.therapist
    _, pair = np.unique(pair, return_inverse=True)
    fit += world.leniency * rng.standard_normal(len(clients.style))[history.client]
    fit += world.pair * rng.standard_normal(rows.size)[pair]
    fit += world.session * rng.standard_normal(rows.size)
    fit += growth(history.session) - growth(np.array([TRUTH_SESSION]))
    levels = np.array(list(ITEM_LEVELS.values()))
    items = fit[:, None] + levels + ITEM_NOISE * rng.standard_normal((rows.size, levels.size))
    items = np.clip(np.rint(items), 0, 10)
    asked = rng.random(items.shape) < _ANSWERED
    asked[:, CORE:] &= (rng.random(rows.size) < _ALL_ITEMS)[:, None]
    asked[~asked.any(1), 0] = True
    return np.where(asked, items, np.nan)
