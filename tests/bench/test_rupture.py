"""Simulated courses, and what is claimed of noticing falls in them."""

import numpy as np
import pytest

from bench.courses import Course, draw, of_clinic
from bench.rupture import run, seen_over_time, table

COUNT = 300


def _means(course: Course) -> list[float]:
    """The mean fit of each session."""
    found: list[float] = np.mean([one.values for one in draw(course, COUNT, 5)], axis=0).tolist()
    return found


def _alarms(course: Course) -> float:
    drawn = draw(course, COUNT, 6)
    return float(np.mean([any(now.suspected for now in seen_over_time(one)) for one in drawn]))


def test_the_same_seed_draws_the_same_courses() -> None:
    for one, other in zip(draw(Course(), 5, 1), draw(Course(), 5, 1), strict=True):
        assert np.array_equal(one.values, other.values)
    assert not np.array_equal(draw(Course(), 5, 1)[0].values, draw(Course(), 5, 2)[0].values)


def test_fit_falls_by_the_points_and_at_the_session_that_are_stated() -> None:
    quiet = _means(Course(growth=0.0))
    fallen = _means(Course(growth=0.0, fall=2.0, since=6, until=8))
    apart = np.subtract(quiet, fallen)
    assert apart[:5] == pytest.approx(0.0)
    assert apart[5:8] == pytest.approx(2.0, abs=0.3)
    assert apart[8:] == pytest.approx(0.0)


def test_sessions_that_were_not_rated_are_not_in_the_series() -> None:
    held = [len(one.sessions) for one in draw(Course(sessions=20, rated=0.5), COUNT, 1)]
    assert np.mean(held) == pytest.approx(10.5, abs=0.5)


def test_a_bad_line_is_answered_for_while_it_lasts() -> None:
    one = draw(Course(fall=3.0, until=7, line=4.0), 1, 1)[0]
    assert one.sessions[np.isfinite(one.line)].tolist() == [3, 6, 7, 8]
    assert np.isnan(draw(Course(fall=3.0), 1, 1)[0].line).all()


def test_few_courses_without_a_fall_are_suspected_and_nearly_all_deep_falls() -> None:
    assert _alarms(Course()) < 0.08
    assert _alarms(Course(fall=3.0)) > 0.9


def test_every_pairing_of_a_clinic_is_a_series() -> None:
    found = of_clinic(3)
    assert min(len(one.sessions) for one in found) == 1
    assert all((np.diff(one.sessions) > 0).all() for one in found)


@pytest.mark.slow
def test_the_table_has_every_part() -> None:
    found = run(quick=True)
    assert [len(rows) for rows in found.values()] == [13, 6, 6, 2]
    text = table(found)
    assert all(name.replace("_", " ") in text for name in found)
