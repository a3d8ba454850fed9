"""What a model expects, written one therapist and one effect at a time, to compare with."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, sqrt
from statistics import fmean

import numpy as np

from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.learning import features, learned
from matching.learning.model import FitModel
from matching.profile import Profile
from matching.vocabulary import STYLE_AXES
from tests.factories.matching import World

Scores = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Expected:
    """One therapist's figures, in points, and the place of the mean on the 0..1 scale."""

    mean: float
    half: float
    place: float


def reliability(world: World) -> float:
    """How much of its weight the model has."""
    return world.model.reliability if world.model else 0.0


def expected(world: World, people: Sequence[Profile], scores: Scores) -> list[Expected]:
    """What the model expects of each of the eligible; `scores` are the dimensions' own."""
    model = world.model
    assert model is not None
    importance = {name: _importance(world, name) for name in scores if name != "referral"}
    columns = _columns(world, people, scores, importance)
    out = []
    for place, person in enumerate(people):
        own = {name: values[place] for name, values in columns.items()}
        mean = model.level + sum(_coefficient(model, name) * own[name] for name in own)
        mean += _of_therapist(model, person, world.intake, importance)
        mean += _liking(model, person, world.intake, importance)
        variance = _content_variance(model, own) + _variance(
            model, person, world.intake, importance
        )
        variance = learned.BEYOND_THE_FORM * variance + model.pair_variance
        half = learned.EIGHTY * model.interval * sqrt(variance)
        at = 0.5 + (mean - model.centre) / (2 * learned.REACH * model.spread)
        # A scale of four bytes, like every column that the scores come from.
        out.append(Expected(mean, half, float(np.float32(min(1.0, max(0.0, at))))))
    return out


def _importance(world: World, name: str) -> float:
    """1 for what matters a lot, as the clinic has it for the rest."""
    levels = world.weighting.importance
    strong = False
    if name != "needs":
        field = "style" if name == "communication_style" else name
        wish: AnyOf | StyleWish = getattr(world.intake, field)
        strong = wish.importance in {Importance.STRONG, Importance.MUST}
    return levels["strong" if strong else "some"] / max(levels.values())


def _columns(
    world: World, people: Sequence[Profile], scores: Scores, importance: Mapping[str, float]
) -> dict[str, list[float]]:
    """By name, each content column that is not 0 throughout."""
    columns: dict[str, list[float]] = {}
    for name, weight in importance.items():
        apart = [score - 0.5 for score in scores[name]]
        if name == "communication_style":
            apart = _nearness(world, people)
        columns[name] = [weight * value for value in apart]
        if weight >= 1:
            columns[f"{name}:strong"] = apart
    if "communication_style" in importance:
        matters = importance["communication_style"]
        for name, values in _style_columns(world, people).items():
            columns[name] = [matters * value for value in _filled(values)]
    if "needs" in importance:
        asked = world.intake.needs
        for name, codes in (("all_needs", asked), ("first_need", asked[:1])):
            met = [
                float(set(codes) <= set(person.needs)) - 0.5 if person.needs else None
                for person in people
            ]
            columns[name] = _filled(met)
    return columns


def _nearness(world: World, people: Sequence[Profile]) -> list[float]:
    """½ less the mean distance to the style wished for, by axis as the client emphasises them."""
    assert world.model is not None
    emphasis, own = dict(world.intake.emphasis), [_style(world.model, one) for one in people]
    total, whole = [0.0] * len(people), 0.0
    for axis, wish in _wishes(world):
        factor = emphasis.get(f"communication_style.{STYLE_AXES[axis]}", 1.0)
        met = [one[axis] for one in own]
        near = _filled([None if it is None else 0.5 - abs(it - wish) for it in met])
        total = [sum_ + factor * value for sum_, value in zip(total, near, strict=True)]
        whole += factor
    return [sum_ / whole for sum_ in total]


def _wishes(world: World) -> list[tuple[int, float]]:
    return [
        (axis, round(100 * wish) / 100)
        for axis, wish in enumerate(world.intake.style.axes)
        if wish is not None
    ]


def _style_columns(world: World, people: Sequence[Profile]) -> dict[str, list[float | None]]:
    columns: dict[str, list[float | None]] = {}
    asked = _wishes(world)
    assert world.model is not None
    own = [_style(world.model, person) for person in people]
    for axis, wish in asked:
        name, values = STYLE_AXES[axis], [one[axis] for one in own]
        beyond = features._BEYOND
        columns[f"closeness:{name}"] = [
            None if it is None else 0.5 - abs(it - wish) / (1 + abs(wish)) for it in values
        ]
        columns[f"product:{name}"] = [None if it is None else wish * it for it in values]
        columns[f"beyond:{name}"] = [
            None if it is None else min(1.0, max(-1.0, (it - wish) / beyond)) for it in values
        ]
    columns["near"] = [_near(one, asked) for one in own]
    return columns


def _near(own: Sequence[float | None], asked: Sequence[tuple[int, float]]) -> float | None:
    distance = 0.0
    for axis, wish in asked:
        met = own[axis]
        if met is None:
            return None
        distance += abs(met - wish)
    return float(distance / len(asked) <= features._NEAR) - 0.5


def _style(model: FitModel, person: Profile) -> list[float | None]:
    """As clients met it, else as the profile says and clients mostly meet it."""
    known = _known(model, person)
    out: list[float | None] = []
    for axis, told in enumerate(person.style):
        met = float("nan") if known is None else float(model.evidence.style_met[known, axis])
        if not isnan(met):
            out.append(met)
        elif told is None:
            out.append(None)
        else:
            steps = round((told + 1) * 100)
            out.append(min(1.0, max(-1.0, steps / 100 - 1.0 + float(model.style_shift[axis]))))
    return out


def _filled(values: Sequence[float | None]) -> list[float]:
    known = [value for value in values if value is not None]
    mean = fmean(known) if known else 0.0
    return [mean if value is None else value for value in values]


def _coefficient(model: FitModel, name: str) -> float:
    return float(model.content[features.CONTENT.index(name)])


def _known(model: FitModel, person: Profile) -> int | None:
    ids = model.evidence.ids
    place = bisect_left(ids, person.id)
    return place if place < len(ids) and ids[place] == person.id else None


def _asked_style(ask: Intake, importance: Mapping[str, float]) -> list[float]:
    if "communication_style" not in importance:
        return [0.0] * len(STYLE_AXES)
    return [0.0 if wish is None else round(100 * wish) / 100 for wish in ask.style.axes]


def _asked_needs(ask: Intake, importance: Mapping[str, float]) -> tuple[str, ...]:
    return ask.needs if "needs" in importance else ()


def _of_therapist(
    model: FitModel, person: Profile, ask: Intake, importance: Mapping[str, float]
) -> float:
    """Effects of this therapist: at all, by style, by culture, by need."""
    known, evidence = _known(model, person), model.evidence
    if known is None:
        return 0.0
    total = float(evidence.level[known])
    for axis, wish in enumerate(_asked_style(ask, importance)):
        total += wish * float(evidence.style[known, axis])
    respect = model.respect * float(evidence.respect[known])
    total += importance.get("culture", 0.0) * (float(evidence.culture[known]) + respect)
    needs = _asked_needs(ask, importance)
    for place in range(evidence.need_start[known], evidence.need_start[known + 1]):
        if model.needs[evidence.need[place]] in needs:
            share = np.float32(len(needs) ** -0.5)
            total += float(share * np.float32(evidence.need_effect[place]))
    return total


def _content_variance(model: FitModel, own: Mapping[str, float]) -> float:
    values = {features.CONTENT.index(name): value for name, value in own.items()}
    total = 0.0
    for place, value in values.items():
        row = model.covariance[place].tolist()
        total += value * sum(row[other] * its for other, its in values.items())
    return total


def _variance(
    model: FitModel, person: Profile, ask: Intake, importance: Mapping[str, float]
) -> float:
    """The variance of the therapist's effects for this client."""
    known, prior, evidence = _known(model, person), model.prior, model.evidence
    needs = dict.fromkeys(_asked_needs(ask, importance), prior.need)
    slopes = [1.0, *_asked_style(ask, importance), importance.get("culture", 0.0)]
    if known is None:
        alike = [prior.level, *[prior.style] * len(STYLE_AXES), prior.culture]
        own = sum(slope**2 * one for slope, one in zip(slopes, alike, strict=True))
        return own + sum(needs.values()) / max(len(needs), 1)
    own = sum(
        slope**2 * float(one) for slope, one in zip(slopes, evidence.variance[known], strict=True)
    )
    pairs = zip(slopes[1:], evidence.with_level[known, 1:], strict=True)
    own += sum(2 * slope * float(one) for slope, one in pairs)
    for place in range(evidence.need_start[known], evidence.need_start[known + 1]):
        code = model.needs[evidence.need[place]]
        if code in needs:
            needs[code] = float(evidence.need_variance[place])
            own += 2 * float(evidence.need_with_level[place]) / sqrt(len(needs))
    return max(own + sum(needs.values()) / max(len(needs), 1), 0.0)


def _liking(
    model: FitModel, person: Profile, ask: Intake, importance: Mapping[str, float]
) -> float:
    """What LightFM adds: what was asked × what is offered, shared among the codes of each."""
    affinity = model.affinity
    if affinity is None:
        return 0.0
    says = {*(f"need:{it}" for it in person.needs), *(f"modality:{it}" for it in person.modalities)}
    offered = [row for row, code in enumerate(affinity.profile_codes) if code in says]
    share = float(np.float32(1) / np.sqrt(np.float32(len(offered) or 1)))
    vector, bias = np.zeros(affinity.client.shape[1]), 0.0
    for row in offered:
        vector = vector + share * affinity.profile[row]
        bias += share * float(affinity.profile_bias[row])
    known = _known(model, person)
    if known is not None:
        vector = vector + affinity.therapist[known]
        bias += float(affinity.therapist_bias[known])
    wanted = [
        row
        for row, code in enumerate(affinity.client_codes)
        if code in _client_codes(ask, importance)
    ]
    own = affinity.client[wanted].sum(0) / sqrt(len(wanted) or 1)
    return affinity.weight * (float(own @ vector.astype(np.float32)) + float(np.float32(bias)))


def _client_codes(ask: Intake, importance: Mapping[str, float]) -> set[str]:
    codes = {f"need:{code}" for code in _asked_needs(ask, importance)}
    for axis, wish in enumerate(_asked_style(ask, importance)):
        if "communication_style" in importance and ask.style.axes[axis] is not None:
            side = "middle" if abs(wish) <= 0.2 else "more" if wish > 0 else "less"
            codes.add(f"style:{STYLE_AXES[axis]}:{side}")
    for name in importance:
        if name not in {"communication_style", "needs"}:
            codes |= {f"{name}:{code}" for code in getattr(ask, name).codes}
    return codes
