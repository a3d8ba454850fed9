"""Models for tests, made without training: any figures that one might have, or plain ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matching.learning.features import CONTENT
from matching.learning.model import Affinity, Evidence, FitModel, Prior
from matching.learning.uncertainty import FIRST
from matching.profile import Profile
from matching.vocabulary import STYLE_AXES
from tests.factories.matching import CODES, World, dice, random_world


def random_model(seed: int, profiles: Sequence[Profile]) -> FitModel:
    """A model of some of these therapists and of some who have left; any figures it might have."""
    random, draw = dice(seed), np.random.default_rng(seed)
    ids = sorted({person.id for person in profiles if random.random() < 0.6} | {"gone-1", "gone-2"})
    needs = tuple(sorted({*random.sample(CODES["needs"], 3), "a need of before"}))
    root = draw.normal(0, 0.2, (len(CONTENT), len(CONTENT)))
    return FitModel(
        level=6.5,
        content=draw.normal(0, 0.5, len(CONTENT)),
        covariance=root @ root.T / len(CONTENT),
        respect=float(draw.normal(0, 0.5)),
        needs=needs,
        evidence=_evidence(draw, ids, needs),
        prior=Prior(level=0.5, need=0.2, style=0.1, culture=0.1),
        style_shift=draw.uniform(-0.2, 0.2, len(STYLE_AXES)),
        pair_variance=float(draw.uniform(0.1, 1.0)),
        centre=6.5 + float(draw.normal(0, 0.3)),
        spread=float(draw.uniform(0.05, 1.0)),
        interval=float(draw.uniform(0.8, 1.5)),
        reliability=float(random.choice((0.0, 0.3, 0.9, 1.0))),
        affinity=_affinity(draw, ids) if random.random() < 0.5 else None,
    )


def taught_world(seed: int, size: int, *, varied: bool = True, musts: bool = True) -> World:
    """A random world that ranks with a random model."""
    world = random_world(seed, size, varied=varied, musts=musts)
    return replace(world, model=random_model(seed, world.profiles))


# What must hold of every ranking holds with a model too.
Made = Callable[..., World]
MADE = pytest.mark.parametrize("made", [random_world, taught_world], ids=("content", "learned"))


def _evidence(draw: np.random.Generator, ids: Sequence[str], needs: Sequence[str]) -> Evidence:
    count = len(ids)
    held = [np.flatnonzero(draw.random(len(needs)) < 0.7) for _ in ids]
    starts = np.cumsum([0, *(len(one) for one in held)])
    every = int(starts[-1])
    variance = draw.uniform(0.05, 0.3, (count, FIRST))
    # Covariances within what the variances allow.
    with_level = 0.3 * variance[:, :1] ** 0.5 * variance**0.5 * draw.uniform(-1, 1, (count, FIRST))
    with_level[:, 0] = variance[:, 0]
    met = draw.uniform(-1, 1, (count, len(STYLE_AXES)))
    met[draw.random(met.shape) < 0.4] = np.nan
    return Evidence(
        ids=tuple(ids),
        clients=(5 * draw.integers(1, 9, count)).astype(np.int32),
        level=draw.normal(0, 0.7, count),
        style=draw.normal(0, 0.3, (count, len(STYLE_AXES))),
        culture=draw.normal(0, 0.3, count),
        respect=draw.normal(0, 0.5, count),
        variance=variance,
        with_level=with_level,
        need_start=starts.astype(np.int32),
        need=np.concatenate([np.empty(0, np.int32), *held]).astype(np.int32),
        need_effect=draw.normal(0, 0.5, every),
        need_clients=(5 * draw.integers(0, 4, every)).astype(np.int32),
        need_variance=draw.uniform(0.02, 0.2, every),
        need_with_level=draw.uniform(-0.01, 0.01, every),
        style_met=met,
    )


def _affinity(draw: np.random.Generator, ids: Sequence[str]) -> Affinity:
    asked = ("gender:woman", "need:anxiety", "need:grief", "style:warm_support:more")
    offered = ("modality:cbt", "modality:of before", "need:anxiety", "need:sleep")
    return Affinity(
        client_codes=asked,
        client=draw.normal(0, 0.3, (len(asked), 3)),
        profile_codes=offered,
        profile=draw.normal(0, 0.3, (len(offered), 3)),
        profile_bias=draw.normal(0, 0.3, len(offered)),
        therapist=draw.normal(0, 0.3, (len(ids), 3)),
        therapist_bias=draw.normal(0, 0.3, len(ids)),
        weight=0.7,
    )


def plain_model(evidence: Mapping[str, Mapping[str, Any]], **figures: Any) -> FitModel:
    """A model without doubt about anything but what is said here.

    `evidence` gives by therapist's id `clients`, `level`, the `doubt` in it (sd), and `needs`: by
    code the effect, its variance and the clients behind it. Where figures lie on the scale is said
    by a `level` of 6.5 points and a `spread` of 0.5.
    """
    ids = sorted(evidence)
    own = [dict(evidence[id_].get("needs", {})) for id_ in ids]
    codes = tuple(sorted({code for one in own for code in one}))
    held = [one[code] for one in own for code in sorted(one)]
    effect, variance, clients = np.array(held, np.float64).reshape(-1, 3).T
    rows = len(ids)
    values: dict[str, Any] = {
        "level": 6.5, "content": np.zeros(len(CONTENT)), "respect": 0.0, "needs": codes,
        "covariance": np.zeros((len(CONTENT), len(CONTENT))),
        "prior": Prior(level=0.25, need=0.04, style=0.0, culture=0.0),
        "style_shift": np.zeros(len(STYLE_AXES)), "pair_variance": 0.0,
        "centre": 6.5, "spread": 0.5, "interval": 1.0, "reliability": 0.5,
    }  # fmt: skip
    return FitModel(
        **{**values, **figures},
        evidence=Evidence(
            ids=tuple(ids),
            clients=np.array([evidence[id_].get("clients", 5) for id_ in ids], np.int32),
            level=np.array([evidence[id_].get("level", 0.0) for id_ in ids], np.float64),
            style=np.zeros((rows, len(STYLE_AXES))),
            culture=np.zeros(rows),
            respect=np.zeros(rows),
            variance=np.array(
                [[evidence[id_].get("doubt", 0.0) ** 2] * FIRST for id_ in ids]
            ).reshape(rows, FIRST),
            with_level=np.zeros((rows, FIRST)),
            need_start=np.cumsum([0, *(len(one) for one in own)]).astype(np.int32),
            need=np.array([codes.index(code) for one in own for code in sorted(one)], np.int32),
            need_effect=effect,
            need_clients=clients.astype(np.int32),
            need_variance=variance,
            need_with_level=np.zeros(len(held)),
            style_met=np.full((rows, len(STYLE_AXES)), np.nan),
        ),
    )
