"""Columns: what a roster and an availability hold, and how they take changes."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.availability import MOST_ROOM, Availability
from matching.facet import Facet
from matching.intake import Intake
from matching.keyed import keyed_integers, lots
from matching.profile import AvailabilityRow, Licence, Profile
from matching.roster import Roster
from matching.rows import Rows
from tests.factories.matching import NOW, dice, profile, random_profile, ranked

CODES = st.lists(st.integers(0, 40).map(str), max_size=9).map(tuple)


@given(lists=st.lists(CODES, min_size=1, max_size=12), asked=st.sets(st.integers(0, 45).map(str)))
def test_a_facet_answers_as_sets_do(lists: list[tuple[str, ...]], asked: set[str]) -> None:
    facet, rows = Facet.of(lists), Rows.every(len(lists))
    assert facet.any_of(asked, rows).tolist() == [bool(asked & set(own)) for own in lists]
    assert facet.count_of(asked, rows).tolist() == [len(asked & set(own)) for own in lists]
    assert facet.all_of(tuple(asked), rows).tolist() == [asked <= set(own) for own in lists]
    assert facet.blank(rows).tolist() == [not own for own in lists]
    for row, own in enumerate(lists):
        assert set(facet.held(row, asked)) == asked & set(own)
        assert facet.is_blank(row) is not bool(own)


@given(lists=st.lists(CODES, min_size=1, max_size=12))
def test_a_facets_matrix_has_a_1_for_each_code_held(lists: list[tuple[str, ...]]) -> None:
    facet = Facet.of(lists)
    matrix = facet.matrix(np.arange(len(lists)))
    assert matrix.sum(axis=0).tolist() == [len(set(own)) for own in lists]
    for code, bit in facet.bits.items():
        assert matrix[bit].tolist() == [code in own for own in lists]


def test_rows_are_sorted_by_id_and_the_last_of_an_id_counts() -> None:
    people = [profile(2), profile(1), replace(profile(2), reference="t-new")]
    roster = Roster.compile(people)
    assert (list(roster.ids), list(roster.references)) == (["id-0001", "id-0002"], ["t-1", "t-new"])
    assert len(roster) == 2
    assert roster.row_of("id-0002") == 1
    assert roster.row_of("id-0003") is None
    assert roster.row_of("id-0000") is None
    assert roster.rows_of_reference("t-new") == [1]
    assert roster.rows_of_reference("t-2") == []


@given(seed=st.integers(0, 2**32), size=st.integers(0, 30), more=st.integers(0, 30))
def test_every_column_of_an_updated_roster_is_that_of_one_compiled_anew(
    seed: int, size: int, more: int
) -> None:
    random = dice(seed)
    people = [random_profile(random, number * 2) for number in range(size)]
    batch = [random_profile(random, random.randint(0, 80)) for _ in range(more)]
    updated = Roster.compile(people).updated(batch)
    anew = Roster.compile([*people, *batch])
    for name in ("ids", "references", "names"):
        assert list(getattr(updated, name)) == list(getattr(anew, name))
    for name in ("style", "style_blank", "associate", "lot", "reference_sums"):
        assert np.array_equal(getattr(updated, name), getattr(anew, name))
    for name in Profile.__dataclass_fields__:
        column = getattr(updated, name, None)
        if isinstance(column, Facet):
            assert _codes(column) == _codes(getattr(anew, name))
    for name in ("licences", "unsupervised"):
        for place in ("US-CA", "US-NY"):
            for day in (-400, -1, 0, 1, 400):
                on = (NOW + timedelta(days=day)).date()
                one, two = getattr(updated, name), getattr(anew, name)
                rows = Rows.every(len(anew))
                expected = two.valid(place, on, rows).tolist()
                assert one.valid(place, on, rows).tolist() == expected
                held = [one.holds(row, place, on) for row in range(len(anew))]
                assert held == expected


def _codes(facet: Facet) -> list[tuple[str, ...]]:
    return [facet.held(row, sorted(facet.bits)) for row in range(facet.planes.shape[1])]


def test_an_update_of_nothing_changes_nothing() -> None:
    roster = Roster.compile([profile(1, licences=(Licence("US-CA", expires_on=NOW.date()),))])
    same = roster.updated([])
    assert list(same.ids) == list(roster.ids)
    assert same.licences.held.bits == roster.licences.held.bits
    assert list(Roster.compile([]).updated([profile(1)]).ids) == ["id-0001"]


def test_a_roster_takes_less_than_100_bytes_a_therapist_beside_its_names() -> None:
    random = dice(1)
    people = [random_profile(random, number) for number in range(500)]
    roster = Roster.compile(people)
    assert 30 * 500 < roster.nbytes < 100 * 500
    free = Availability.compile(roster, [])
    assert free.nbytes == 14 * 500


def test_availability_has_defaults_and_ignores_who_is_not_on_the_roster() -> None:
    roster = Roster.compile([profile(0), profile(1)])
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    rows = [
        AvailabilityRow(id="id-0001", confirmed_at=at, active=False),
        AvailabilityRow(id="nobody", active=False),
    ]
    free = Availability.compile(roster, rows)
    assert ranked(roster, free).excluded == {"inactive": 1}
    assert (free.confirmed_at(0), free.confirmed_at(1)) == (None, at)
    assert free.room.tolist() == [MOST_ROOM, MOST_ROOM]


@pytest.mark.parametrize(
    ("caseload", "limit", "room"), [(0, None, 5), (0, 99, 5), (2, 5, 3), (5, 5, 1), (9, 5, 1)]
)
def test_room_is_the_free_places_between_bounds(
    caseload: int, limit: int | None, room: int
) -> None:
    roster = Roster.compile([profile(0)])
    row = AvailabilityRow(id="id-0000", caseload=caseload, caseload_limit=limit)
    assert Availability.compile(roster, [row]).room.tolist() == [room]


def test_availability_follows_the_roster_when_it_grows() -> None:
    old = Roster.compile([profile(1), profile(3)])
    free = Availability.compile(old, [AvailabilityRow(id="id-0003", accepting=False)])
    new = old.updated([profile(2), profile(4), profile(0)])
    grown = free.updated(new, [AvailabilityRow(id="id-0004", active=False)])
    assert grown.standing.tolist() == [0, 0, 0, 2, 1]
    assert free.standing.tolist() == [0, 2]
    fewer = grown.updated(old, [])
    assert fewer.standing.tolist() == [0, 2]
    assert grown.updated(Roster.compile([profile(9)]), []).standing.tolist() == [0]


def test_availability_of_another_roster_is_refused() -> None:
    roster = Roster.compile([profile(0)])
    free = Availability.compile(roster, [])
    with pytest.raises(ValueError, match="not aligned"):
        ranked(roster.updated([profile(1)]), free, Intake())


def test_keyed_integers_need_the_whole_key_and_the_purpose() -> None:
    long = b"k" * 64
    drawn = {
        keyed_integers(key, purpose, text)
        for key in (b"", b"k", long, long + b"a", long + b"b")
        for purpose in ("one", "two")
        for text in (b"", b"x")
    }
    assert len(drawn) == 20
    assert keyed_integers(b"k", "one", b"x") == keyed_integers(b"k", "one", b"x")
    assert all(0 <= number < 2**64 for numbers in drawn for number in numbers)


def test_lots_are_evenly_spread_and_differ_by_seed() -> None:
    hashes = np.arange(20_000, dtype=np.uint64)
    for seed in (0, sys.maxsize):
        drawn = lots(hashes, seed)
        shares = np.bincount((drawn >> np.uint64(60)).astype(int), minlength=16) / hashes.size
        assert shares == pytest.approx([1 / 16] * 16, abs=0.01)
    both = np.corrcoef(lots(hashes, 1).astype(float), lots(hashes, 2).astype(float))[0, 1]
    assert abs(both) < 0.03
