"""One table of what is asked for and too few can give, alone and together."""

from typing import Any

import numpy as np

from matching.insights.unmet import FEW, Unmet, items_of, unmet
from matching.intake import AnyOf, Importance, Intake
from matching.profile import Licence, Profile
from matching.roster import Roster
from tests.factories.matching import NOW, profile

ES, MUST_ES = AnyOf(("es",)), AnyOf(("es",), Importance.MUST)
# Offers all that is asked below but Spanish and couples at once.
MANY = [profile(n, languages=("en",), services=("couple", "individual")) for n in range(FEW)]


def found(
    intakes: list[Intake], profiles: list[Profile], taking: list[bool] | None = None
) -> dict[Any, Unmet]:
    roster = Roster.compile(profiles)
    working = np.ones(len(roster), np.bool_)
    free = working if taking is None else np.array(taking)
    rows = unmet(intakes, roster, free, working, NOW.date())
    return {one.items: one for one in rows}


def test_a_need_that_nobody_offers() -> None:
    intakes = [Intake(needs=("grief",)) for _ in range(7)] + [Intake(needs=("sleep",))] * 4
    rows = found(intakes, [profile(n, needs=("anxiety",)) for n in range(FEW)])
    # Four ask for sleep, and nothing is said of four.
    assert set(rows) == {(("need", "grief"),)}
    assert rows[(("need", "grief"),)] == Unmet((("need", "grief"),), 5, None, 5, 0, 0, "nobody")


def test_who_offers_it_may_have_no_place() -> None:
    people = [profile(n, needs=("grief",)) for n in range(FEW + 1)]
    asked = [Intake(needs=("grief",))] * 5
    key = (("need", "grief"),)
    assert key not in found(asked, people)
    none = found(asked, people, [False] * 4)[key]
    assert (none.shortage, none.offered_by, none.with_a_place) == ("no_place", 4, 0)
    some = found(asked, people, [True, True, False, False])[key]
    assert (some.shortage, some.with_a_place) == ("few", 2)


def test_two_things_that_no_one_therapist_has_at_once() -> None:
    people = MANY + [profile(10 + n, languages=("es",)) for n in range(FEW)]
    both = [Intake(language=MUST_ES, service="couple") for _ in range(6)]
    both += [Intake(language=ES, service="couple")] * 4
    rows = found(both, people)
    (pair,) = rows.values()
    assert set(pair.items) == {("language", "es"), ("service", "couple")}
    assert (pair.clients, pair.musts, pair.stuck, pair.shortage) == (10, 5, 10, "nobody")
    # One therapist with both is few.
    one = profile(20, languages=("es-MX",), services=("couple",))
    (pair,) = found(both, [*people, one]).values()
    assert (pair.shortage, pair.with_a_place) == ("few", 1)


def test_a_part_that_is_missing_is_named_alone() -> None:
    rows = found([Intake(language=ES, service="couple")] * 5, MANY)
    assert set(rows) == {(("language", "es"),)}


def test_who_named_something_else_that_many_offer_is_not_stuck() -> None:
    either = [Intake(language=AnyOf(("es", "en"))) for _ in range(6)]
    only = [Intake(language=ES) for _ in range(5)]
    row = found(either + only, MANY)[(("language", "es"),)]
    assert (row.clients, row.stuck) == (10, 5)
    assert found(either, MANY)[(("language", "es"),)].stuck is None


def test_every_kind_of_wish_is_looked_for() -> None:
    intake = Intake(
        needs=("grief",), gender=AnyOf(("woman",)), culture=AnyOf(("lgbtq",)),
        language=AnyOf(("ES",)), modality=AnyOf(("cbt",)), format=AnyOf(("video",)),
        schedule=AnyOf(("tue_evening",)), age_group="adult", jurisdiction="US-CA",
        access=("step_free",), payer="somebody's own words",
    )  # fmt: skip
    kinds = {item for item, _ in items_of(intake)}
    assert "somebody's own words" not in {code for _, code in kinds}
    assert set(found([intake] * 5, [])) == {(item,) for item in kinds}
    able = [
        profile(
            number, needs=("grief",), gender="woman", communities=("lgbtq",), languages=("es-MX",),
            modalities=("cbt",), formats=("video",), schedule=("tue_evening",),
            age_groups=("adult",), licences=(Licence("US-CA"),), access=("step_free",),
        )
        for number in range(FEW)
    ]  # fmt: skip
    assert found([intake] * 5, able) == {}


def test_what_does_not_count_is_not_asked() -> None:
    assert found([], MANY) == {}
    skipped = Intake(language=AnyOf(("es",), Importance.NONE))
    assert found([skipped] * 9, MANY) == {}


def test_two_codes_of_one_wish_are_no_combination() -> None:
    people = MANY + [profile(10 + n, languages=("es",)) for n in range(FEW)]
    assert found([Intake(language=AnyOf(("es", "en")))] * 5, people) == {}
