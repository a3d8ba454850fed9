"""Where the therapist who is left stands, and that the next list leads away from there."""

from dataclasses import replace

import numpy as np
import pytest

from matching.alternatives import alternative
from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.learning.learned import Learned
from matching.leaving import DISTANCE, LeavingTherapist, mean_style
from matching.profile import UNKNOWN_STYLE, StyleAxes
from matching.ranking import Ranking
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES
from matching.weighting import Weighting
from tests.factories.fit_models import plain_model
from tests.factories.matching import dice, profile, random_profile, ranked

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


def _directiveness(roster: Roster, ranking: Ranking, *, but: str) -> float:
    others = [one.therapist_id for one in ranking.candidates if one.therapist_id != but]
    mean = mean_style(roster, others)[LEADS]
    assert mean is not None
    return mean


@pytest.mark.parametrize("with_model", [False, True])
def test_after_leading_too_much_nearly_every_next_list_leads_less(with_model: bool) -> None:
    less = [_before_and_after(seed, with_model) for seed in range(60)]
    assert sum(after < before for before, after in less) >= 54


def _before_and_after(seed: int, with_model: bool) -> tuple[float, float]:
    """How much those shown lead on average, without the one who was left."""
    roster, learned = _clinic(seed)
    model = learned if with_model else None
    first = ranked(roster, None, ASKED, Weighting(), learned=model)
    gone = first.candidates[0].therapist_id
    found = alternative(
        ASKED,
        ("leads_too_much", "trust"),
        LeavingTherapist.on(roster, gone, model),
        weighting=Weighting(),
        reliability=learned.model.reliability if model else 0.0,
        others=mean_style(roster, [one.therapist_id for one in first.candidates[1:]]),
    )
    asked = replace(found.intake, with_now=(gone,))
    answer = ranked(roster, None, asked, Weighting(), learned=model)
    assert gone not in {one.therapist_id for one in answer.candidates}
    assert answer.excluded == {"current_therapist": 1}
    return _directiveness(roster, first, but=gone), _directiveness(roster, answer, but=gone)
