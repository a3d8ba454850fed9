"""Randomness that is a function of a clinic's key and a question, never of a clock or a counter."""

import struct
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

_Words = NDArray[np.uint64]

# Odd constants and shifts of the SplitMix64 finaliser (Steele, Lea and Flood 2014).
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LAST_SHIFT = 31

# The step from one number of a stream to the next: 2^64 over the golden ratio, made odd.
_STRIDE = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0)


def keyed_integers(key: bytes, purpose: str, text: bytes) -> tuple[int, int, int]:
    """Three 64-bit integers that nobody without the key can foresee.

    BLAKE2b takes 64 bytes of key; a longer one is hashed first, so that all of it counts.
    """
    if len(key) > blake2b.MAX_KEY_SIZE:
        key = blake2b(key).digest()
    digest = blake2b(text, digest_size=24, key=key, person=purpose.encode()).digest()
    first, second, third = struct.unpack("<3Q", digest)
    return first, second, third


def lots(hashes: _Words, seed: int, draws: _Words | np.uint64 = _FIRST) -> _Words:
    """For each hash, and each number of a draw, 64 random bits; the same for the same seed.

    `hashes` and `draws` broadcast. The stream of each hash is SplitMix64's.
    """
    mixed = (hashes ^ np.uint64(seed)) + draws * _STRIDE
    for shift, factor in _MIX:
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    mixed ^= mixed >> np.uint64(_LAST_SHIFT)
    return mixed
