"""Fit ratings: what clients answered, item by item, about the sessions they had.

An item of client i with therapist j at session s, before rounding to an integer in 0..10::

    item = mean + offset + loading · (fit(i, j, s) − mean) + extra + noise

`extra` is what an item says besides fit: growth of trust, cultural respect, reliability.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

import numpy as np

from seed.clients import Client, preferences
from seed.draw import generator
from seed.history import Integers, Truth
from seed.pairings import WINDOW_DAYS
from seed.style_seen import styles_seen
from seed.tables import Bools
from seed.therapists import Row, timestamp
from seed.truth import RESPECT_MEAN, growth


@dataclass(frozen=True, slots=True)
class Item:
    """How an item follows fit: `offset` and `noise` (sd) in points; `since` its first session."""

    loading: float
    offset: float
    noise: float = 0.8
    since: int = 1


# Loadings, offsets and noise are choices: items of one questionnaire hang together, reliability
# and respect are rated higher than progress, and liking is told with little differentiation.
ITEMS: Mapping[str, Item] = MappingProxyType(
    {
        "trust": Item(1.1, 0.0),
        "safe": Item(1.0, 0.4),
        "heard": Item(1.1, 0.1),
        "goals": Item(1.0, 0.0),
        "can_speak_up": Item(0.9, -0.4, 1.0),
        "collaboration": Item(1.0, 0.0),
        "approach": Item(1.0, -0.1),
        "feedback": Item(0.95, 0.0),
        "cultural_respect": Item(0.75, 0.9),
        "non_judgement": Item(0.85, 0.7),
        "consistency": Item(0.45, 0.9),
        "progress": Item(0.95, -0.9, 1.0, since=3),
        "carry_over": Item(0.8, -1.1, 1.1, since=6),
        "connection_quality": Item(0.1, 0.8, 1.6),
        "privacy": Item(0.1, 1.2, 1.3),
        "overall": Item(0.8, 0.5, 0.9),
    }
)
CORE = ("trust", "safe", "heard", "goals")
FULL_SESSIONS = frozenset({3, 8, 14, 20})  # the third, the eighth and every sixth after it
_REMOTE = {"in_person": 0.1, "video": 0.95, "chat": 0.95}  # by the first format asked for
_REMOTE_UNASKED = 0.55
REMOTE_ONLY = ("connection_quality", "privacy")
_CORE_ITEM, _OTHER_ITEM = 0.97, 0.85  # share of the items asked that are answered
_ONLY_OVERALL = 0.04  # share of ratings that say nothing but how it went overall
_TRUST_GROWTH = 0.5  # of the common growth, on top of it
_RESPECT = 2.5  # points between no respect and full respect, besides what is in the fit


def rating_rows(seed: int, today: date, truth: Truth) -> list[Row]:
    """One row of the ratings import for every rated session, in the order of `truth.sessions`."""
    rng = generator(seed, "items")
    scores = _scores(truth, rng)
    answered = _answered(truth, rng)
    minutes = rng.integers(0, 11 * 60, len(truth.sessions.number)).tolist()
    said = [_said(client) for client in truth.clients]
    seen = styles_seen(seed, truth, np.isin(truth.sessions.number, sorted(FULL_SESSIONS)))
    sessions = zip(truth.sessions.pairing.tolist(), truth.sessions.number.tolist(), strict=True)
    rows: list[Row] = []
    for index, (at, number) in enumerate(sessions):
        pairing = truth.pairings[at]
        day = today - timedelta(WINDOW_DAYS - pairing.day - 7 * (number - 1))
        rated_at = datetime.combine(day, time(9), UTC) + timedelta(minutes=minutes[index])
        items = {name: int(scores[name][index]) for name in ITEMS if answered[name][index]}
        rows.append(
            {
                "client_reference": truth.clients[pairing.client].intake.client_reference,
                "therapist_reference": truth.therapists[pairing.therapist].profile.reference,
                "session_number": number,
                "rated_at": timestamp(rated_at),
                **items,
                **({"style_seen": seen[index]} if seen[index] else {}),
                **said[pairing.client],
            }
        )
    return rows


def _said(client: Client) -> Row:
    return {
        "preferences": preferences(client.intake),
        "needs": list(client.intake.needs),
        "learning": client.learning,
    }


def _scores(truth: Truth, rng: np.random.Generator) -> dict[str, Integers]:
    """Integers 0..10, (rows,) by item, whether the item was answered or not."""
    world, sessions = truth.world, truth.sessions
    therapist = np.array([one.therapist for one in truth.pairings], dtype=np.int64)[
        sessions.pairing
    ]
    extra = {
        "trust": _TRUST_GROWTH * growth(sessions.number.astype(np.float64)),
        "cultural_respect": _RESPECT * (truth.effects.respect[therapist] - RESPECT_MEAN),
        "consistency": truth.effects.reliability[therapist],
    }
    scores = {}
    for name, item in ITEMS.items():
        value = world.mean + item.offset + item.loading * (sessions.fit - world.mean)
        value = value + extra.get(name, 0.0) + item.noise * rng.standard_normal(len(value))
        scores[name] = np.clip(np.rint(value), 0, 10).astype(np.int64)
    return scores


def _answered(truth: Truth, rng: np.random.Generator) -> dict[str, Bools]:
    """Which items were answered, (rows,) by item; at least one in every row."""
    number = truth.sessions.number
    remote = _remote(truth, rng)[truth.sessions.pairing]
    full = np.isin(number, sorted(FULL_SESSIONS))
    only_overall = rng.random(len(number)) < _ONLY_OVERALL
    answered: dict[str, Bools] = {}
    for name, item in ITEMS.items():
        core = name in CORE
        answers = rng.random(len(number)) < (_CORE_ITEM if core else _OTHER_ITEM)
        asked = answers & (core | full) & (number >= item.since) & ~only_overall
        answered[name] = asked & remote if name in REMOTE_ONLY else asked
    nothing: Bools = ~np.any(list(answered.values()), axis=0)
    answered["overall"] = answered["overall"] | nothing
    return answered


def _remote(truth: Truth, rng: np.random.Generator) -> Bools:
    """(pairings,): whether they met from afar; who asked for a format mostly got it."""
    wishes = [truth.clients[one.client].intake.format.codes for one in truth.pairings]
    chances = [_REMOTE[codes[0]] if codes else _REMOTE_UNASKED for codes in wishes]
    drawn: Bools = rng.random(len(chances)) < np.array(chances, dtype=np.float64)
    return drawn
