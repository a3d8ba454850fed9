"""Courses of sessions with one therapist, answered as clients of the synthetic clinic answer.

Fit and answers follow the equations of `seed.truth` and `seed.ratings`. What a course adds is a
fall at a session that is known.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.dataset import Floats
from matching.due import due_items
from matching.learning.ratings import ITEMS as ORDER
from matching.session_fit import USUAL, line_of, session_fits
from matching.weighting import Weighting
from seed.clinic import ClinicSpec, generate
from seed.ratings import ITEMS
from seed.truth import growth
from seed.world import WORLDS, World

_LINE = [ORDER.index(item) for item in ("connection_quality", "privacy")]
_TRUST, _TRUST_GROWTH = ORDER.index("trust"), 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What happens in a course.

    `sessions` held, each rated with the chance `rated`. Fit falls by `fall` points at session
    `since`, in equal steps `over` so many sessions, and is back after `until`. With `line` the line
    falls meanwhile, by so many points, and is asked about. Answers vary `noise` times as much as in
    the world (a standard deviation), items stand `levels` times as far apart, and trust grows
    `growth` times as much.
    """

    world: str = "balanced"
    sessions: int = 10
    rated: float = 1.0
    fall: float = 0.0
    since: int = 6
    over: int = 1
    until: int = 99
    line: float = 0.0
    noise: float = 1.0
    levels: float = 1.0
    growth: float = 1.0


@dataclass(frozen=True, slots=True)
class Series:
    """One client's series: session numbers, fits, their variances from few items, the line."""

    sessions: np.ndarray
    values: Floats
    noise: Floats
    line: Floats

    def until(self, count: int) -> "Series":
        """The series as it stood after so many ratings."""
        return Series(
            self.sessions[:count], self.values[:count], self.noise[:count], self.line[:count]
        )


def draw(course: Course, count: int, seed: int) -> list[Series]:
    """So many clients' series of a course, the same for the same seed."""
    rng = np.random.default_rng([seed, count])
    world = WORLDS[course.world]
    session = np.arange(1, course.sessions + 1)
    fallen = np.clip((session - course.since + 1) / course.over, 0, 1) * (session <= course.until)
    fit = _fits(rng, world, count, course) - course.fall * fallen
    answers = _answers(rng, world, fit, course)
    answers[:, :, _LINE] -= course.line * (fallen > 0)[:, None]
    answers = np.clip(np.rint(answers), 0, 10)
    answers[:, ~_asked(session, course.line > 0, fallen > 0)] = np.nan
    rated = rng.random((count, course.sessions)) < course.rated
    rated[:, 0] = True
    return [
        _series(session[own], one[own].astype(np.float32))
        for own, one in zip(rated, answers, strict=True)
    ]


def of_clinic(seed: int) -> list[Series]:
    """The series of every pairing of a synthetic clinic, of the sessions that were rated."""
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in generate(ClinicSpec(seed=seed)).ratings:
        pair = str(row["client_reference"]), str(row["therapist_reference"])
        told.setdefault(pair, []).append(row)
    return [
        _series(
            np.array([row["session_number"] for row in rows]),
            np.array([[row.get(item, np.nan) for item in ORDER] for row in rows], np.float32),
        )
        for rows in told.values()
    ]


def _fits(rng: np.random.Generator, world: World, count: int, course: Course) -> Floats:
    """(count, sessions): fits of clients with therapists they get on with more or less."""
    parts = ("leniency", "therapist", "therapist_need", "therapist_style", "pair")
    between = float(np.sqrt(sum(world.sd(part) ** 2 for part in parts)))
    shape = (count, course.sessions)
    form = course.noise * world.sd("session") * rng.standard_normal(shape)
    level = world.mean + between * rng.standard_normal((count, 1))
    fits: Floats = level + _grown(course) + form
    return fits


def _answers(rng: np.random.Generator, world: World, fit: Floats, course: Course) -> Floats:
    """(count, sessions, items) before rounding."""
    items = [ITEMS[name] for name in ORDER]
    loading = np.array([item.loading for item in items])
    offset = course.levels * np.array([item.offset for item in items])
    noise = course.noise * np.array([item.noise for item in items])
    answers = world.mean + offset + loading * (fit[:, :, None] - world.mean)
    answers[:, :, _TRUST] += _TRUST_GROWTH * _grown(course)
    drawn: Floats = answers + noise * rng.standard_normal(answers.shape)
    return drawn


def _grown(course: Course) -> Floats:
    return course.growth * growth(np.arange(1.0, course.sessions + 1))


def _asked(session: np.ndarray, remote: bool, fallen: np.ndarray) -> np.ndarray:
    """(sessions, items): which items are asked; of a bad line also while it lasts."""
    due = [due_items(number, remote=remote) for number in session.tolist()]
    asked = np.array([[item in items for item in ORDER] for items in due])
    if remote:
        asked[fallen, min(_LINE) : max(_LINE) + 1] = True
    return asked


def _series(session: np.ndarray, items: np.ndarray) -> Series:
    found = session_fits(items, session, False, Weighting().fit_weights, USUAL.levels)
    return Series(session, found.value, found.noise, line_of(items))
