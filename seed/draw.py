"""Repeatable random draws: one independent stream for every name."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar
from zlib import crc32

import numpy as np

T = TypeVar("T")


class Draw:
    """A stream of draws that depends on `seed` and `name` alone.

    Every person has a stream of their own, so the first hundred therapists of a large clinic are
    the therapists of a small one. Seeding with a string does not depend on the hash seed.
    """

    def __init__(self, seed: int, name: str) -> None:
        self._random = random.Random(f"{seed}:{name}")

    def chance(self, probability: float) -> bool:
        """True with this probability, 0..1."""
        return self._random.random() < probability

    def one(self, weights: Mapping[T, float]) -> T:
        """One key, in proportion to its weight."""
        return self._random.choices(list(weights), list(weights.values()))[0]

    def any_of(self, items: Sequence[T]) -> T:
        """One item, all equally likely."""
        return items[self.below(len(items))]

    def some(self, probabilities: Mapping[str, float]) -> tuple[str, ...]:
        """Each key with its own probability, in the order of the mapping; may be empty."""
        return tuple(code for code, chance in probabilities.items() if self.chance(chance))

    def several(self, weights: Mapping[str, float], count: int) -> tuple[str, ...]:
        """`count` different keys (fewer where there are not so many), by weight, as drawn."""
        left = dict(weights)
        drawn: list[str] = []
        while left and len(drawn) < count:
            drawn.append(self.one(left))
            del left[drawn[-1]]
        return tuple(drawn)

    def below(self, end: int) -> int:
        """An integer in 0..end − 1."""
        return int(self._random.random() * end)

    def between(self, low: int, high: int) -> int:
        """An integer in low..high, both included."""
        return low + self.below(high - low + 1)

    def normal(self, mean: float, sd: float) -> float:
        """A draw from the normal distribution."""
        return mean + sd * self._random.gauss(0.0, 1.0)


def generator(seed: int, name: str) -> np.random.Generator:
    """A numpy generator that depends on `seed` (not negative) and `name` alone."""
    return np.random.default_rng([seed, crc32(name.encode())])


def in_order(codes: Iterable[str], vocabulary: Mapping[str, str]) -> tuple[str, ...]:
    """The codes without repetition, in the order of the vocabulary."""
    wanted = frozenset(codes)
    return tuple(code for code in vocabulary if code in wanted)
