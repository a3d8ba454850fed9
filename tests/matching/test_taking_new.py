"""Whether a therapist takes new clients: alike for one and for a whole roster."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from matching.availability import Availability, takes_new_clients
from matching.profile import AvailabilityRow
from matching.roster import Roster
from tests.factories.matching import NOW, RULES, dice, profile, random_availability


@given(st.integers(0, 10**6))
def test_the_columns_say_what_each_row_says(seed: int) -> None:
    random = dice(seed)
    profiles = [profile(number) for number in range(12)]
    rows = [random_availability(random, one.id) for one in profiles]
    taking = Availability.compile(Roster.compile(profiles), rows).taking_new(RULES, NOW)
    assert taking.tolist() == [takes_new_clients(row, RULES, NOW) for row in rows]


def test_they_agree_to_the_microsecond_and_to_the_day() -> None:
    tick, last = timedelta(microseconds=1), NOW.date() + timedelta(days=60)
    oldest = NOW - timedelta(days=90)
    profiles = [profile(number) for number in range(4)]
    rows = [
        AvailabilityRow(id=profiles[0].id, confirmed_at=oldest),
        AvailabilityRow(id=profiles[1].id, confirmed_at=oldest - tick),
        AvailabilityRow(id=profiles[2].id, leaving_on=last),
        AvailabilityRow(id=profiles[3].id, leaving_on=last + timedelta(days=1)),
    ]
    expected = [True, False, False, True]
    assert [takes_new_clients(row, RULES, NOW) for row in rows] == expected
    taking = Availability.compile(Roster.compile(profiles), rows).taking_new(RULES, NOW)
    assert taking.tolist() == expected
