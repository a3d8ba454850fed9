"""How far parts of the score must be emphasised to count more, and to hold at least some share."""

from collections.abc import Mapping
from dataclasses import replace

from matching.intake import Intake
from matching.query import STYLE, axis_factors, effective_weights, style_steps
from matching.vocabulary import STYLE_AXES
from matching.weighting import Weighting

# What a part that is emphasised is multiplied by at least.
RAISE = 1.5

# Parts that are lifted take at most so much of the whole together: the other wishes still count.
MOST = 0.9


def emphasis_for(
    shares: Mapping[str, float], intake: Intake, weighting: Weighting, reliability: float
) -> dict[str, float]:
    """By name, as in `Intake.emphasis`, the factors that make these parts count more.

    `shares` are 0..0.8. Each part that counts at all, but not alone, is multiplied by RAISE. With w
    the weights of all parts after that, in this weighting and with a model of this
    `reliability` (0..1, 0 without one), those that fall short of their share s are multiplied
    further, so that

        factor · w = s · Σ_other w / (1 − Σ s),

    where the sums run over the parts that are not lifted and those that are. Style as a whole is
    raised only; a share can be asked for one axis of it. Factors are in hundredths, and whole: with
    what the intake emphasises already.
    """
    before, own = parts(intake, weighting, reliability), dict(intake.emphasis)
    whole = {STYLE: sum(part for name, part in before.items() if name.startswith(STYLE))}
    raised = {
        name: own.get(name, 1.0) * RAISE
        for name in shares
        if 0 < {**whole, **before}.get(name, 0.0) < 1
    }
    intake = replace(intake, emphasis=tuple({**own, **raised}.items()))
    lifted = _lifted(shares, parts(intake, weighting, reliability))
    return {name: round(factor * lifted.get(name, 1.0), 2) for name, factor in raised.items()}


def _lifted(shares: Mapping[str, float], weights: Mapping[str, float]) -> dict[str, float]:
    """By name, what each part that falls short of its share is multiplied by."""
    short = {name: share for name, share in shares.items() if name in weights}
    wanted = sum(short.values())
    if wanted > MOST:
        short = {name: share * MOST / wanted for name, share in short.items()}
    while short:
        rest = sum(weight for name, weight in weights.items() if name not in short)
        whole = rest / (1 - sum(short.values()))
        factors = {name: share * whole / weights[name] for name, share in short.items()}
        least = min(factors, key=lambda name: factors[name])
        if factors[least] > 1:
            return factors
        # It holds its share as it is, and what is lifted beside it needs more for that.
        del short[least]
    return {}


def parts(intake: Intake, weighting: Weighting, reliability: float) -> dict[str, float]:
    """The share of the whole score by dimension, style by its axes; they sum to 1."""
    weights = dict(effective_weights(intake, weighting, referred=False, reliability=reliability))
    style = weights.pop(STYLE, 0.0)
    if style:
        factors = axis_factors(intake)
        for (axis, _), factor in zip(style_steps(intake.style), factors, strict=True):
            weights[f"{STYLE}.{STYLE_AXES[axis]}"] = style * factor / sum(factors)
    return weights
