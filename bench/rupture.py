"""How well a fall in a client's ratings is noticed: false alarms, power, delay.

Courses of the synthetic clinic, looked at after every rating as the service does. An alarm is a
rupture suspected at any moment of the course; its delay counts the sessions from the fall on, 1 for
the very session. Intervals are Wilson's, 95 %.
"""

import argparse
import json
from collections.abc import Sequence
from statistics import mean
from typing import Any

from bench.courses import Course, Series, draw, of_clinic
from matching.rupture import Rupture, watch
from matching.trend import trend
from seed.world import WORLDS

_COURSES, _QUICK = 4_000, 400
_SOON = 3  # sessions within which a fall ought to be noticed
_LINE_FALL = 4.0  # points by which a bad line is rated lower

# Courses without a fall.
QUIET = {
    **{f"10 sessions, {world}": Course(world=world) for world in WORLDS},
    "20 sessions": Course(sessions=20),
    "20 sessions, half of them rated": Course(sessions=20, rated=0.5),
    "answers vary 1.5 times as much": Course(noise=1.5),
    "answers vary half as much": Course(noise=0.5),
    "items stand level": Course(levels=0.0),
    "items stand twice as far apart": Course(levels=2.0),
}


def run(quick: bool = False) -> dict[str, list[dict[str, Any]]]:
    """Every part of the table."""
    count = _QUICK if quick else _COURSES
    return {
        "false_alarms": [
            *(_alarms(name, draw(course, count, 1)) for name, course in QUIET.items()),
            _alarms("pairings of the synthetic clinic", of_clinic(7)),
        ],
        "falls": [_fall(points, over, count) for over in (1, 4) for points in (1.0, 2.0, 3.0)],
        "bad_days": [_bad_days(days, line, count) for days in (1, 2, 3) for line in (False, True)],
        "trends": [_trends(growing, count) for growing in (False, True)],
    }


def table(found: dict[str, list[dict[str, Any]]]) -> str:
    """What `run` found as text, a part after the other."""
    return "\n\n".join(
        "\n".join([name.replace("_", " "), *(_line(row) for row in rows)])
        for name, rows in found.items()
    )


def main() -> None:
    """Print the table, and its rows as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the courses")
    found = run(quick=parser.parse_args().quick)
    print(table(found))
    print(json.dumps(found))


def seen_over_time(series: Series) -> list[Rupture]:
    """What is said after each rating, from the first on."""
    return [_watch(series.until(number)) for number in range(1, len(series.sessions) + 1)]


def _watch(series: Series) -> Rupture:
    return watch(series.sessions, series.values, series.noise, line=series.line)


def _alarms(name: str, drawn: Sequence[Series]) -> dict[str, Any]:
    """How many of a hundred courses without a fall are ever suspected."""
    alarms = [any(found.suspected for found in seen_over_time(one)) for one in drawn]
    low, high = _wilson(sum(alarms), len(alarms))
    return {
        "course": name, "courses": len(alarms), "per_100": 100 * mean(alarms),
        "low": 100 * low, "high": 100 * high,
    }  # fmt: skip


def _fall(points: float, over: int, count: int) -> dict[str, Any]:
    """How many falls are noticed within the course, how many soon, and after how many sessions."""
    course = Course(fall=points, over=over)
    delays: list[int] = []
    near: list[bool] = []
    for one in draw(course, count // 2, 2):
        found = seen_over_time(one)
        first = next((at for at, now in enumerate(found, 1)
                      if now.suspected and at >= course.since), None)  # fmt: skip
        if first is not None:
            delays.append(first - course.since + 1)
        last = found[-1].since_session
        if last is not None:
            near.append(abs(last - course.since) <= 1)
    courses = count // 2
    return {
        "points": points, "over": over, "courses": courses, "noticed": len(delays) / courses,
        "soon": sum(delay <= _SOON for delay in delays) / courses,
        "delay": mean(delays), "since_within_1": mean(near),
    }  # fmt: skip


def _bad_days(days: int, line: bool, count: int) -> dict[str, Any]:
    """What is said while fit falls by three points for some days, and two sessions later."""
    course = Course(fall=3.0, until=5 + days, line=_LINE_FALL if line else 0.0)
    last, later = course.until - 1, course.until + 1
    found = [seen_over_time(one) for one in draw(course, count // 2, 3)]
    return {
        "days": days, "bad_line": line, "courses": count // 2,
        "suspected": mean(one[last].suspected for one in found),
        "said_to_be_the_line": mean(one[last].cause == "connection" for one in found),
        "suspected_2_later": mean(one[later].suspected for one in found),
    }  # fmt: skip


def _trends(growing: bool, count: int) -> dict[str, Any]:
    """Which trends are told of courses without a fall, where trust grows and where it does not."""
    course = Course(growth=1.0 if growing else 0.0)
    told = [trend(one.sessions, one.values, one.noise).direction for one in draw(course, count, 4)]
    return {
        "growing": growing, "courses": count,
        **{name: told.count(name) / count for name in ("rising", "steady", "falling")},
    }  # fmt: skip


def _wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    z, share = 1.96, hits / count
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * (share * (1 - share) / count + z**2 / (4 * count**2)) ** 0.5
    return middle - half, middle + half


def _line(row: dict[str, Any]) -> str:
    return "  " + " | ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in row.items()
    )


if __name__ == "__main__":
    main()
