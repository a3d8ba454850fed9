"""A client's own course as a picture: each session's answers on a line."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.pairings.ratings.schemas import RatingShown

WIDTH, HEIGHT, MARGIN = 640, 220, 36


@dataclass(frozen=True, slots=True)
class Point:
    """One session in the picture; `x` and `y` are its place, `level` the mean of its answers."""

    session: int
    level: float
    x: float
    y: float


def course_chart(ratings: Sequence[RatingShown]) -> list[Point]:
    """A point for each session that was rated, by the mean of what was answered, 0 to 10.

    It is the client's own picture: the plain mean of their answers, not the fit index.
    """
    rated = [one for one in ratings if one.items]
    if not rated:
        return []
    first, last = rated[0].session_number, rated[-1].session_number
    across = (WIDTH - 2 * MARGIN) / max(last - first, 1)
    points = []
    for one in rated:
        level = sum(one.items.values()) / len(one.items)
        x = MARGIN + (one.session_number - first) * across
        y = HEIGHT - MARGIN - level / 10 * (HEIGHT - 2 * MARGIN)
        points.append(Point(one.session_number, round(level, 1), round(x, 1), round(y, 1)))
    return points
