"""What a client is told of their series: an offer, no verdict, no figure."""

import pytest

from matching.rupture import Rupture
from matching.series_wording import rupture_words, trend_words
from matching.trend import Direction, Trend

DIRECTIONS: tuple[Direction, ...] = ("rising", "steady", "falling", "not_enough")
VERDICTS = ("rupture", "problem", "fault", "wrong", "bad", "therapist", "score", "rating")


def test_a_fall_is_put_as_an_offer_to_talk() -> None:
    said = rupture_words(Rupture(suspected=True, since_session=4))
    assert said == "Your last answers were lower than usual. Would you like to talk about it?"


def test_a_bad_line_is_put_as_another_way_to_meet() -> None:
    said = rupture_words(Rupture(False, None, "connection"))
    assert said is not None
    assert "connect" in said
    assert said.endswith("?")


def test_nothing_is_said_where_nothing_stands_out() -> None:
    assert rupture_words(Rupture(suspected=False, since_session=None)) is None


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_trend_has_a_sentence_of_its_own(direction: Direction) -> None:
    said = trend_words(Trend(direction, 0.5))
    others = {trend_words(Trend(other, 0.5)) for other in DIRECTIONS if other != direction}
    assert said not in others
    assert not any(character.isdigit() for character in said)


def test_no_sentence_is_a_verdict() -> None:
    said = [trend_words(Trend(direction, None)) for direction in DIRECTIONS]
    said += [
        rupture_words(Rupture(suspected=True, since_session=4)) or "",
        rupture_words(Rupture(False, None, "connection")) or "",
    ]
    assert not [word for word in VERDICTS for one in said if word in one.lower()]
