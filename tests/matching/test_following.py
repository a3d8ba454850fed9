"""The new list follows a reason of style, with as little emphasis as will do."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from matching.alternatives import Alternative, alternative
from matching.emphasis import RAISE
from matching.following import AXIS_SHARES, following
from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.learning.learned import Learned
from matching.leaving import LeavingTherapist, mean_style
from matching.profile import UNKNOWN_STYLE
from matching.ranking import Ranking
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES
from matching.weighting import Weighting
from tests.factories.fit_models import plain_model
from tests.factories.matching import dice, profile, random_profile, ranked

Asks = Callable[[float], Alternative]
LEADS = STYLE_AXES.index("therapist_directiveness")
NAMED = "communication_style.therapist_directiveness"
FORTH = Roster.compile(
    [profile(number, style=(None, number / 10, None, None)) for number in range(10)]
)
OTHERS = mean_style(FORTH, FORTH.ids[4:6])
SAID = Intake(style=StyleWish((0.2, 0.4, None, None)), needs=("grief",))


def _asks(*reasons: str) -> tuple[Asks, list[float]]:
    """What asks for an alternative after these reasons, and the shares it was asked with."""
    shares: list[float] = []

    def ask(share: float) -> Alternative:
        shares.append(share)
        return alternative(
            SAID, reasons, LeavingTherapist(), weighting=Weighting(), axis_share=share
        )

    return ask, shares


def _shows(*lists: Sequence[int]) -> Callable[[Intake], list[str]]:
    """Lists that are shown one after another, by how much their members lead, in tenths."""
    left = iter(lists)
    return lambda _intake: [FORTH.ids[place] for place in next(left)]


@pytest.mark.parametrize(
    ("lists", "share"),
    [
        ([[5], [3, 4]], 0),
        ([[5], [4, 5], [5, 5], [2, 9], [3, 5]], 3),
        # Who would be shown without a reason leads less already.
        ([[3], [4], [3], [2, 3]], 2),
        # Where none follows, the nearest, and of equals the least.
        ([[5], [9], [8], [6], [8], [6], [7]], 2),
        ([[5], *[[9]] * len(AXIS_SHARES)], 0),
        ([[5], []], 0),
    ],
)
def test_more_is_given_only_while_the_list_is_no_different(
    lists: list[list[int]], share: int
) -> None:
    ask, asked = _asks("leads_too_much")
    found = following(ask, _shows(*lists), FORTH, SAID, OTHERS)
    assert tuple(asked) == AXIS_SHARES[: len(lists) - 1]
    assert found == alternative(
        SAID,
        ["leads_too_much"],
        LeavingTherapist(),
        weighting=Weighting(),
        axis_share=AXIS_SHARES[share],
    )
    assert dict(found.intake.emphasis)[NAMED] >= RAISE


def test_the_same_people_in_another_order_are_no_change() -> None:
    orders = list(permutations(FORTH.ids[1:4]))
    ask, asked = _asks("leads_too_much")
    before = mean_style(FORTH, orders[0])
    following(ask, lambda _intake: orders[len(asked) % 6], FORTH, SAID, before)
    assert tuple(asked) == AXIS_SHARES


def test_more_of_an_axis_is_followed_by_more() -> None:
    ask, asked = _asks("leads_too_little")
    following(ask, _shows([5], [3, 4], [6, 7]), FORTH, SAID, OTHERS)
    assert tuple(asked) == AXIS_SHARES[:2]


def _after(asked: Intake, *reasons: str, stated: frozenset[str] = frozenset()) -> Asks:
    """What asks for an alternative to a query after some reasons."""
    return lambda share: alternative(
        asked,
        reasons,
        LeavingTherapist(),
        weighting=Weighting(),
        axis_share=share,
        stated=stated,
    )


def test_every_axis_that_was_named_has_to_follow() -> None:
    styles = [(None, 0.5, 0.5, None), (None, 0.3, 0.6, None), (None, 0.3, 0.3, None)]
    roster = Roster.compile([profile(number, style=one) for number, one in enumerate(styles)])
    asked = Intake(style=StyleWish((None, 0.4, 0.4, None)), needs=("grief",))
    ask, lists = _after(asked, "leads_too_much", "too_intense"), iter([[id_] for id_ in roster.ids])
    before = mean_style(roster, roster.ids[:1])
    found = following(ask, lambda _intake: next(lists), roster, asked, before)
    assert found == ask(AXIS_SHARES[1])


@pytest.mark.parametrize("stated", [set(), {"preferences.communication_style"}])
def test_an_axis_that_cannot_move_any_further_is_lifted_all_the_same(stated: set[str]) -> None:
    asked = Intake(style=StyleWish((None, -1.0, None, None)), needs=("grief",))
    ask = _after(asked, "leads_too_much", stated=frozenset(stated))
    found = following(ask, _shows([5], [5], [3]), FORTH, asked, OTHERS)
    assert found == ask(AXIS_SHARES[1])


@pytest.mark.parametrize(
    "reasons", [(), ("trust",), ("culture", "schedule"), ("leads_too_much", "leads_too_little")]
)
def test_nobody_is_ranked_for_reasons_that_move_no_axis(reasons: tuple[str, ...]) -> None:
    ask, asked = _asks(*reasons)
    following(ask, _shows(), FORTH, SAID, OTHERS)
    assert asked == [0.0]


def test_where_nobody_says_how_they_work_nothing_more_is_given() -> None:
    ask, asked = _asks("leads_too_much")
    following(ask, _shows([], [9]), FORTH, SAID, UNKNOWN_STYLE)
    ask, again = _asks("too_intense", "leads_too_much")
    following(ask, _shows([4], [3]), FORTH, SAID, OTHERS)
    assert asked == again == [0.0]


def _clinic(seed: int) -> tuple[Roster, Learned]:
    """Sixty therapists who all say how they work, and a model to which other things matter more."""
    random = dice(seed)
    people = [
        replace(random_profile(random, number, 0.0), services=("individual",), out_of_scope=())
        for number in range(60)
    ]
    roster = Roster.compile(people)
    levels = {id_: {"level": random.gauss(0, 0.5)} for id_ in roster.ids}
    return roster, Learned.on(plain_model(levels), roster)


ASKED = Intake(
    style=StyleWish((0.2, 0.4, None, 0.0), Importance.SOME),
    modality=AnyOf(("cbt",)),
    needs=("anxiety", "grief"),
)


def _ids(ranking: Ranking) -> list[str]:
    return [one.therapist_id for one in ranking.candidates]


def _directiveness(roster: Roster, ranking: Ranking, *, but: str) -> float:
    others = [one.therapist_id for one in ranking.candidates if one.therapist_id != but]
    mean = mean_style(roster, others)[LEADS]
    assert mean is not None
    return mean


@pytest.mark.parametrize("with_model", [False, True])
def test_after_leading_too_much_nearly_every_next_list_leads_less(with_model: bool) -> None:
    less = [_before_and_after(seed, with_model) for seed in range(60)]
    assert sum(after < before for before, after in less) >= 58


def _before_and_after(seed: int, with_model: bool) -> tuple[float, float]:
    """How much those shown lead on average, without the one who was left."""
    roster, learned = _clinic(seed)
    model = learned if with_model else None
    first = ranked(roster, None, ASKED, Weighting(), learned=model)
    gone = first.candidates[0].therapist_id
    others = mean_style(roster, [one.therapist_id for one in first.candidates[1:]])

    unchanged = replace(ASKED, with_now=(gone,))

    def ask(share: float) -> Alternative:
        return alternative(
            unchanged,
            ("leads_too_much", "trust"),
            LeavingTherapist.on(roster, gone, model),
            weighting=Weighting(),
            reliability=learned.model.reliability if model else 0.0,
            others=others,
            axis_share=share,
        )

    def shown(intake: Intake) -> list[str]:
        return _ids(ranked(roster, None, intake, Weighting(), learned=model))

    asked = following(ask, shown, roster, unchanged, others).intake
    answer = ranked(roster, None, asked, Weighting(), learned=model)
    assert gone not in {one.therapist_id for one in answer.candidates}
    assert answer.excluded == {"current_therapist": 1}
    return _directiveness(roster, first, but=gone), _directiveness(roster, answer, but=gone)
