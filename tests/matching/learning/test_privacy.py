"""What an attacker can read of one client's rating: everything answered, before and after.

The attacker may ask for any match, as often as they like, before and after each training, and knows
who came to whom and when.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.learning import backbone
from matching.learning.artifact import pack
from matching.learning.learned import Learned
from matching.learning.model import FitModel
from matching.learning.terms import OF_CLIENT, OF_THERAPIST, Term
from matching.learning.train import Trained, train
from matching.profile import Profile
from matching.query import Query
from matching.roster import Roster
from matching.rows import Rows as View
from matching.weighting import Weighting
from tests.factories.learning import Said, ratings_of
from tests.factories.matching import CODES, VOCABULARY, dice, profile, random_style, ranked

RATED, FEW, TWIN = 0, 4, 5
NEEDS = CODES["needs"]


def _therapists() -> tuple[Profile, ...]:
    """Three who are known, one with few clients (FEW), and one like them whom nobody rated."""
    random = dice(2)
    out = [
        profile(
            number,
            style=random_style(random, 0.0),
            needs=tuple(random.sample(NEEDS, 3)),
            modalities=tuple(random.sample(CODES["modalities"], 2)),
            cultures=random.choice(((), ("latine",))),
        )
        for number in range(TWIN)
    ]
    twin = replace(out[FEW], id=f"id-{TWIN:04d}", reference=f"t-{TWIN}", name=f"Name {TWIN}")
    return (*out, twin)


THERAPISTS = _therapists()
ROSTER = Roster.compile(THERAPISTS)


def _intakes(number: int) -> list[Intake]:
    random = dice(3)
    return [
        Intake(
            style=StyleWish(random_style(random, 0.3)),
            needs=tuple(random.sample(NEEDS, random.randint(1, 2))),
            culture=random.choice((AnyOf(), AnyOf(("latine",)))),
        )
        for _ in range(number)
    ]


INTAKES = _intakes(60)


def _history(sizes: Sequence[int]) -> list[Said]:
    """So many clients of each therapist in turn, who answer all that can be asked."""
    draw, said = np.random.default_rng(4), list[Said]()
    for therapist, size in enumerate(sizes):
        for _ in range(size):
            said.append(_of(len(said), therapist, float(draw.normal(5 + therapist % 3, 1))))
    return said


def _of(client: int, therapist: int, fit: float) -> Said:
    items = dict.fromkeys(("trust", "safe", "heard", "goals", "cultural_respect"), fit)
    return Said(
        client=client, therapist=therapist, case=client, items=items, style=(1, -1, 0, 1)
    )  # fmt: skip


# Forty clients, five or more of each therapist: nobody waits.
SETTLED = _history((14, 11, 9, 6))


def _trained(*parts: Sequence[Said]) -> Trained:
    """The last of trainings, one after each part of what was said."""
    said = [replace(one, since=since) for since, part in enumerate(parts) for one in part]
    ratings = ratings_of(said, [person.id for person in THERAPISTS], INTAKES)
    trained = train(ratings, ROSTER, Weighting(), VOCABULARY)
    assert trained.model is not None
    return trained


def _model(trained: Trained) -> FitModel:
    assert trained.model is not None
    return trained.model


def _published(trained: Trained) -> tuple[bytes, Any, list[Any]]:
    """All that can be had: the model, what is said of it, and answers of every kind."""
    learned = Learned.on(_model(trained), ROSTER)
    answers = [ranked(ROSTER, intake=replace(ask, limit=50), learned=learned) for ask in _asked()]
    return pack(_model(trained)), trained.report.document(), answers


def _asked() -> list[Intake]:
    """Questions apart, so that every effect of a therapist shows in some answer."""
    ends = [
        tuple(end if axis == own else None for axis in range(4))
        for own in range(4)
        for end in (-1.0, 1.0)
    ]
    return [
        Intake(),
        *(Intake(needs=(need,)) for need in NEEDS),
        *(Intake(style=StyleWish(axes)) for axes in ends),  # type: ignore[arg-type]
        Intake(culture=AnyOf(("latine",))),
        *INTAKES[:10],
    ]


@pytest.fixture(scope="module")
def settled() -> Trained:
    return _trained(SETTLED)


@pytest.mark.parametrize("fit", [0.0, 10.0])
@pytest.mark.parametrize("therapists", [[RATED], [FEW] * 4, [0, 1, 2, 3]])
def test_fewer_than_five_new_clients_change_nothing_at_all(
    settled: Trained, therapists: list[int], fit: float
) -> None:
    fresh = [_of(40 + number, therapist, fit) for number, therapist in enumerate(therapists)]
    assert _published(_trained(SETTLED, fresh)) == _published(settled)


def test_a_client_who_says_twenty_things_is_still_one(settled: Trained) -> None:
    fresh = [replace(_of(40, RATED, 0.0), session=session) for session in range(1, 21)]
    assert _published(_trained(SETTLED, fresh)) == _published(settled)


def test_known_clients_who_say_more_wait_for_five_too(settled: Trained) -> None:
    again = [replace(one, items={"trust": 0.0}, session=9) for one in SETTLED[:4]]
    assert _published(_trained(SETTLED, again)) == _published(settled)


def test_the_fifth_client_moves_it_by_five(settled: Trained) -> None:
    fresh = [_of(40 + number, RATED, 0.0) for number in range(5)]
    moved = _trained(SETTLED, fresh)
    assert _published(moved) != _published(settled)
    before, after = (_model(each).evidence.clients.tolist() for each in (settled, moved))
    assert after == [before[0] + 5, *before[1:]]


def test_what_few_clients_said_tells_nothing_about_their_therapist() -> None:
    """Four clients of one therapist, told of at the clinic with one of another.

    Whatever they said, the therapist is answered like a double whom nobody rated.
    """
    for fit in (0.0, 10.0):
        fresh = [_of(40 + number, FEW, fit) for number in range(4)]
        trained = _trained(SETTLED, [*fresh, _of(44, RATED, 6.0)])
        assert _model(trained).evidence.ids == tuple(ROSTER.ids[:FEW])
        for answer in _published(trained)[2]:
            told = {one.therapist_id: one for one in answer.candidates}
            own, double = told[ROSTER.ids[FEW]], told[ROSTER.ids[TWIN]]
            assert own.expected_fit == double.expected_fit
            assert own.expected_fit is not None
            assert own.expected_fit.ratings is None
            assert own.contributions == double.contributions


def test_clients_who_wait_move_what_is_said_of_their_therapist_no_more_than_of_others() -> None:
    """Told of at the clinic, but not of the therapist, they teach about everybody alike."""
    levels = []
    for fit in (0.0, 10.0):
        fresh = [_of(40 + number, RATED, fit) for number in range(4)]
        model = _model(_trained(SETTLED, [*fresh, _of(44, FEW, 6.0)]))
        assert model.evidence.clients[RATED] == 10
        levels.append(model.evidence.level)
    moved = np.abs(levels[1] - levels[0])
    assert moved[RATED] < 2 * moved[1:].max() + 0.05


def _expected(said: Sequence[Said], intake: Intake) -> list[float]:
    """What a model of these ratings expects of everybody, unrounded."""
    model = _trained(said).model
    assert model is not None
    query = Query.of(intake, ROSTER, Weighting(), VOCABULARY, 1.0)
    learned = Learned.on(model, ROSTER)
    mean: list[float] = learned.expected(query, ROSTER, View.every(len(ROSTER))).mean.tolist()
    return mean


# What one client alone asked for, of the forty.
RARE = Intake(
    needs=("sleep",), modality=AnyOf(("emdr",)), language=AnyOf(("fr",), Importance.STRONG)
)


@pytest.mark.parametrize("therapist", [0, 3])
def test_asking_with_and_without_what_one_client_asked_tells_nothing_of_them(
    therapist: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    low, high = _differences(therapist, monkeypatch)
    # Nobody who asks as they did is told more than one who asks nothing: only what the profile
    # is worth to everybody moves, for all therapists of like profiles alike, and one client of
    # forty moves it by up to 0.2.
    assert low == pytest.approx(high, abs=0.2)


@pytest.mark.parametrize("therapist", [0, 3])
def test_nor_does_it_where_much_is_put_down_to_what_a_therapist_is_for_such(
    therapist: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backbone, "estimate", _therapists_differ)
    monkeypatch.setattr(backbone, "BASE_SHARE", 0.0)
    low, high = _differences(therapist, monkeypatch)
    assert low == pytest.approx(high, abs=0.001)


def _differences(
    therapist: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[float], list[float]]:
    """What asking as the one client did adds, where they rated 0 and where they rated 10."""
    place = next(at for at, one in enumerate(SETTLED) if one.therapist == therapist)
    intakes = [replace(intake, needs=("anxiety",)) for intake in INTAKES]
    intakes[place] = RARE
    monkeypatch.setitem(globals(), "INTAKES", intakes)

    def difference(fit: float) -> list[float]:
        said = list(SETTLED)
        said[place] = _of(place, therapist, fit)
        found = zip(_expected(said, RARE), _expected(said, Intake()), strict=True)
        return [one - other for one, other in found]

    return difference(0.0), difference(10.0)


def _therapists_differ(terms: Sequence[Term], *_: Any) -> dict[str, float]:
    """Variances with which what a client rates is put down to what the therapist is for such.

    What profiles are worth to everybody, which moves a little with every rating, stays as it is.
    """
    theirs = {*OF_THERAPIST, *OF_CLIENT, "pair"}
    return {name: float(name in theirs) for name in [*(term.name for term in terms), "pair"]}


def test_a_client_who_completes_a_therapists_step_waits_for_the_clinics() -> None:
    four = [_of(40 + number, FEW, 3.0 * number) for number in range(4)]
    others = [_of(44, 0, 6.0)]
    before = _trained(SETTLED, [*four, *others])
    after = _trained(SETTLED, [*four, *others], [_of(45, FEW, 0.0)])
    assert _packed(before) == _packed(after)
    assert before.report == after.report


def test_who_comes_between_trainings_is_told_of_with_four_others_whenever_they_come() -> None:
    """One client a training: nothing moves until the fifth, then by all five."""
    fresh = [_of(40 + number, RATED, 0.0) for number in range(5)]
    models = [_packed(_trained(SETTLED, *([one] for one in fresh[:size]))) for size in range(6)]
    assert len(set(models[:5])) == 1
    assert models[5] not in models[:5]


def _packed(trained: Trained) -> bytes:
    assert trained.model is not None
    return pack(trained.model)
