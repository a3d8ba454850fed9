"""Suggested weights: what ratings say that counts, how sure they are, and when they say nothing."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from matching.intake import AnyOf, Importance, Intake
from matching.learning import suggested
from matching.learning.backbone import Backbone, Design, Variances, fit_backbone
from matching.learning.clinic import Clinic, learnable
from matching.learning.deciding import content_doubt, standing_out
from matching.learning.evaluate import concordance_gain, foretell
from matching.learning.features import CONTENT, CONTENT_DIMENSIONS
from matching.learning.fitting import Fit, fit
from matching.learning.learned import Learned
from matching.learning.observations import observe_all
from matching.learning.ratings import Ratings
from matching.learning.report import SuggestedWeight, Suggestion
from matching.learning.suggested import LEAST_ASKED, Basis, suggest
from matching.learning.train import train
from matching.learning.uncertainty import prior_covariance
from matching.profile import Profile
from matching.roster import Roster
from matching.weighting import DEFAULT_WEIGHTS, Weighting
from tests.factories.learning import Said, ratings_of
from tests.factories.matching import VOCABULARY, profile

NEEDS, MODALITIES = ("anxiety", "grief", "sleep"), ("cbt", "act", "emdr")
# Points for what was asked for: modality hardly any, needs many.
WORTH = {"modality": 0.1, "needs": 3.0, "gender": 0.5}


@cache
def _profiles() -> tuple[Profile, ...]:
    draw = np.random.default_rng(1)
    return tuple(
        profile(
            number,
            modalities=(str(draw.choice(MODALITIES)),),
            needs=tuple(draw.choice(NEEDS, 2, replace=False).tolist()),
            gender=str(draw.choice(["woman", "man"])),
            languages=("en",),
        )
        for number in range(16)
    )


def _past(clients: int, seed: int = 0, **worth: float) -> tuple[Roster, Ratings]:
    """Clients who each met somebody by chance and ask for one modality, need and gender."""
    draw, roster, said, intakes = np.random.default_rng(seed), Roster.compile(_profiles()), [], []
    points = {**WORTH, **worth}
    offered = [_offers(one) for one in _profiles()]
    for client in range(clients):
        wants = {
            "modality": str(draw.choice(MODALITIES)),
            "needs": str(draw.choice(NEEDS)),
            "gender": str(draw.choice(["woman", "man"])),
        }
        therapist = int(draw.integers(len(roster)))
        met = sum(points[name] * (code in offered[therapist]) for name, code in wants.items())
        fit_ = float(np.clip(4 + met + draw.normal(0, 0.8), 0, 10))
        said.append(Said(client=client, therapist=therapist, case=client, fit=fit_))
        intakes.append(
            Intake(
                modality=AnyOf((wants["modality"],), Importance.STRONG),
                needs=(wants["needs"],),
                gender=AnyOf((wants["gender"],), Importance.STRONG) if client % 2 else AnyOf(),
                language=AnyOf(("en",), Importance.STRONG),
            )
        )
    return roster, ratings_of(said, list(roster.ids), intakes)


def _offers(one: Profile) -> set[str]:
    return {*one.modalities, *one.needs, str(one.gender)}


def _fitted(clients: int, seed: int = 0, **worth: float) -> tuple[Clinic, Fit]:
    roster, ratings = _past(clients, seed, **worth)
    weighting = Weighting()
    ratings = learnable(ratings, roster, weighting)
    clinic = Clinic.of(ratings, roster, weighting, VOCABULARY)
    return clinic, fit(clinic, clinic.rows_of(ratings), seed=3)


def _basis(clinic: Clinic, fitted: Fit) -> Basis:
    style = Learned.on(fitted.model, clinic.roster).style_met
    return Basis(clinic, fitted.design, fitted.variances, fitted.model.content, style)


@cache
def _many() -> tuple[Clinic, Fit]:
    return _fitted(500)


def _by_name(found: Suggestion) -> dict[str, SuggestedWeight]:
    return {one.dimension: one for one in found.dimensions}


def test_what_clients_rate_well_gets_more_weight_and_the_total_stays() -> None:
    found = suggest(_basis(*_many()), 0)
    weights = _by_name(found)
    assert found.verdict == "better"
    assert found.because == "better_ranking"
    assert weights["needs"].low > weights["needs"].present
    assert weights["modality"].high < weights["modality"].present
    for one in found.dimensions:
        assert one.low <= one.estimate <= one.high
    total = sum(one.estimate for one in found.dimensions)
    assert total == pytest.approx(sum(one.present for one in found.dimensions))
    assert found.clients == 500
    assert found.held_out is not None
    assert 0 < found.held_out.gain.low <= found.held_out.gain.value <= found.held_out.gain.high
    rise = found.held_out.suggested - found.held_out.present
    assert rise == pytest.approx(found.held_out.gain.value)
    assert 0 < found.points.low < found.points.value < found.points.high
    assert found.certainty > 0.975


def test_what_cannot_be_told_keeps_its_weight_and_says_why() -> None:
    weights = _by_name(suggest(_basis(*_many()), 0))
    states = {name: one.state for name, one in weights.items()}
    assert states.pop("language") == "alike"
    assert {states.pop(name) for name in ("needs", "modality", "gender")} == {"estimated"}
    assert set(states.values()) == {"too_few"}
    for one in weights.values():
        if one.state != "estimated":
            assert one.present == one.estimate == one.low == one.high
    assert weights["gender"].clients == 250
    assert weights["culture"].clients == 0


def test_a_dimension_that_the_clinic_gives_no_weight_is_left_alone() -> None:
    roster, ratings = _past(60)
    weighting = Weighting(weights={**DEFAULT_WEIGHTS, "needs": 0.0})
    found = train(ratings, roster, weighting, VOCABULARY).report.suggestion
    assert found is not None
    assert _by_name(found)["needs"].state == "off"
    assert _by_name(found)["needs"].estimate == 0


@pytest.mark.parametrize("seed", range(3))
def test_where_nothing_that_was_asked_matters_the_data_cannot_tell(seed: int) -> None:
    clinic, fitted = _fitted(60, seed, modality=0.0, needs=0.0, gender=0.0)
    found = suggest(_basis(clinic, fitted), 0)
    assert found.verdict == "cannot_tell"
    assert found.because in {"too_uncertain", "not_confirmed"}


def test_with_too_few_who_asked_there_is_nothing_to_weigh() -> None:
    roster, ratings = _past(400)
    few = ratings.part(np.arange(LEAST_ASKED))
    assert train(few, roster, Weighting(), VOCABULARY).report.suggestion is not None
    only = Weighting(weights={**dict.fromkeys(DEFAULT_WEIGHTS, 0.0), "needs": 1.0})
    found = train(ratings, roster, only, VOCABULARY).report.suggestion
    assert found is not None
    assert (found.because, found.verdict) == ("too_few_clients", "cannot_tell")
    assert found.held_out is None
    assert found.certainty == 0.5


def test_a_gain_that_later_clients_do_not_show_is_no_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    real = concordance_gain
    monkeypatch.setattr(
        suggested, "concordance_gain",
        lambda value, client, after, before: real(-value, client, after, before),
    )  # fmt: skip
    assert suggest(_basis(*_many()), 0).because == "not_confirmed"


def test_weights_are_tested_on_clients_who_came_later_than_all_they_rest_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rested_on: list[float] = []

    def remembered(design: Design, *more: Any) -> Backbone:
        rested_on.append(float(design.seen.first_at.max()))
        return fit_backbone(design, *more)

    monkeypatch.setattr(suggested, "fit_backbone", remembered)
    clinic, fitted = _many()
    suggest(_basis(clinic, fitted), 0)
    days = np.sort(fitted.design.seen.first_at)
    assert rested_on == [days[count - 1] for count in (200, 300, 400)]


def test_only_the_latest_pairs_are_tested_where_there_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suggested, "MOST_PAIRS", 60)
    found = suggest(_basis(*_many()), 0).held_out
    assert found is not None
    assert found.pairs == found.clients == 60


def test_of_very_many_pairs_the_latest_say_how_sure_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = suggest(_basis(*_many()), 0)
    monkeypatch.setattr(suggested, "MOST_WEIGHED", 250)
    part = suggest(_basis(*_many()), 0)
    assert [one.estimate for one in part.dimensions] == [one.estimate for one in whole.dimensions]
    assert part.points.value == pytest.approx(whole.points.value)
    assert part.points.low < whole.points.low
    assert part.held_out is not None
    assert part.held_out.clients == 150
    assert part.clients == whole.clients == 500


def test_parts_are_by_first_rating_and_a_client_is_in_one() -> None:
    client = np.array([0, 1, 2, 3, 4, 0, 6])
    first_at = np.array([50.0, 40.0, 30.0, 20.0, 10.0, 60.0, 70.0])
    # Six clients in five parts, by age 4, 3, 2, 1, 0, 6; nobody has the code 5.
    assert suggested._parts(client, first_at).tolist() == [3, 2, 1, 0, 0, 3, 4]


def test_the_same_ratings_suggest_the_same_to_the_last_bit() -> None:
    basis = _basis(*_many())
    assert suggest(basis, 5) == suggest(basis, 5)


def test_a_report_holds_the_present_weights_as_they_are_and_others_to_three_digits() -> None:
    small = {name: weight / 7_000 for name, weight in DEFAULT_WEIGHTS.items()}
    roster, ratings = _past(100)
    report = train(ratings, roster, Weighting(weights=small), VOCABULARY).report
    document = report.document()["suggestion"]
    assert report.suggestion is not None
    exact = _by_name(report.suggestion)
    assert document["verdict"] in {"better", "cannot_tell"}
    for one in document["dimensions"]:
        assert one["present"] == small[one["dimension"]]
        assert one["estimate"] == pytest.approx(exact[one["dimension"]].estimate, rel=5e-3)
        assert one["estimate"] > 0


def test_doubt_is_that_of_the_whole_model() -> None:
    """Against the textbook's formula, with the covariance of all observations written out."""
    design, variances = _small_design()
    directions = np.random.default_rng(2).standard_normal((3, len(CONTENT)))
    prior, content = prior_covariance(design.weights, variances), design.content
    whole = np.diag(design.seen.noise + variances.of["pair"])
    for term in design.terms():
        matrix = np.asarray(
            term.matrix if isinstance(term.matrix, np.ndarray) else term.matrix.toarray()
        )
        whole += variances.of[term.name] * matrix @ matrix.T
    inverse = np.linalg.inv(whole)
    ones = inverse.sum(1)
    known = inverse - np.outer(ones, ones) / ones.sum()
    exact = prior - prior @ content.T @ known @ content @ prior
    assert np.allclose(content_doubt(design, variances, directions), directions @ exact, atol=1e-4)


def _small_design() -> tuple[Design, Variances]:
    _, fitted = _fitted(60)
    return fitted.design, fitted.variances


def test_standing_out_is_what_a_ranking_by_content_says() -> None:
    roster, ratings = _past(40)
    clinic = Clinic.of(ratings, roster, Weighting(), VOCABULARY)
    pairs = observe_all(clinic.rows_of(ratings), len(roster))
    apart, importance = standing_out(clinic, pairs.case, pairs.rated)
    weights = np.array([DEFAULT_WEIGHTS[name] for name in CONTENT_DIMENSIONS])
    ours = apart @ weights / (importance @ weights)
    assert np.allclose(ours, foretell(clinic, pairs, None).apart)
