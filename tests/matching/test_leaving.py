"""Where the therapist who is left stands, and that the next list leads away from there."""

import numpy as np
import pytest

from matching.learning.learned import Learned
from matching.leaving import DISTANCE, LeavingTherapist, mean_style
from matching.profile import UNKNOWN_STYLE, StyleAxes
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES
from tests.factories.fit_models import plain_model
from tests.factories.matching import profile

LEADS = STYLE_AXES.index("therapist_directiveness")


def _styled(*styles: StyleAxes) -> Roster:
    return Roster.compile([profile(number, style=style) for number, style in enumerate(styles)])


def test_a_profile_tells_what_is_described_and_a_model_what_is_met() -> None:
    roster = _styled((0.2, -0.4, None, None), (0.6, 0.1, None, 0.5))
    shift = np.array([0.1, 0.3, 0.2, -0.2])
    learned = Learned.on(plain_model({}, style_shift=shift), roster)

    plain = LeavingTherapist.on(roster, roster.ids[0])
    taught = LeavingTherapist.on(roster, roster.ids[0], learned, format="video")

    assert plain.described == pytest.approx((0.2, -0.4, None, None))
    assert plain.met == UNKNOWN_STYLE
    assert taught.described == plain.described
    assert taught.met == pytest.approx((0.3, -0.1, None, None))
    assert taught.format == "video"


def test_of_somebody_who_is_not_there_only_what_the_client_said_is_known() -> None:
    seen = (None, -1.0, None, None)
    found = LeavingTherapist.on(_styled(), "nobody", seen=seen, format="phone")
    assert found == LeavingTherapist(seen=seen, format="phone")


@pytest.mark.parametrize(
    ("described", "met", "seen", "wish", "stands"),
    [
        (None, None, None, 0.4, None),
        (0.2, None, None, 0.4, 0.2),
        (0.2, 0.6, None, 0.4, 0.4),
        (None, None, -1.0, 0.4, 0.4 + DISTANCE),
        (None, None, 1.0, 0.4, 0.4 - DISTANCE),
        (0.2, 0.6, 0.0, 0.7, 0.5),
        (0.2, 0.6, -1.0, None, 0.4),
    ],
)
def test_where_they_stand_is_the_mean_of_what_is_known(
    described: float | None,
    met: float | None,
    seen: float | None,
    wish: float | None,
    stands: float | None,
) -> None:
    def axis(value: float | None) -> StyleAxes:
        return (None, value, None, None)

    leaving = LeavingTherapist(described=axis(described), met=axis(met), seen=axis(seen))
    assert leaving.stands(LEADS, wish) == pytest.approx(stands)


def test_a_mean_style_is_over_those_who_say() -> None:
    roster = _styled((0.2, None, None, 1.0), (0.6, -0.4, None, 0.0), (None, None, None, -1.0))
    first, second, third = roster.ids
    assert mean_style(roster, (first, second, "nobody")) == pytest.approx((0.4, -0.4, None, 0.5))
    assert mean_style(roster, (third,)) == pytest.approx((None, None, None, -1.0))
    assert mean_style(roster, ()) == UNKNOWN_STYLE
