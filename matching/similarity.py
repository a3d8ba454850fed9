"""How alike two therapists are to a client who looks at both: what diversity spreads out."""

from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from matching.roster import STYLE_STEPS, Roster

_Matrix = NDArray[np.float32]

# Cosine and sine of every place on an axis, from pole to pole a quarter turn: shape (2, places).
_ANGLES = np.linspace(0, np.pi / 2, 2 * STYLE_STEPS + 1, dtype=np.float32)
_QUARTER = np.stack((np.cos(_ANGLES), np.sin(_ANGLES)))


def similarity(roster: Roster, rows: NDArray[np.intp]) -> _Matrix:
    """How alike the therapists at these rows are: shape (n, n), 0..1, symmetric.

    The mean of four parts: gender; cultures and communities; modalities; style. Each is the cosine
    of the two profiles, for codes |A ∩ B| / √(|A| |B|) (Ochiai 1957). A style axis is a quarter
    turn from one pole to the other, so opposite poles have nothing in common. A part about which
    either profile says nothing counts 0.5, neither alike nor different.
    """
    gender, modalities = roster.gender.matrix(rows), roster.modalities.matrix(rows)
    cultures, communities = roster.cultures.matrix(rows), roster.communities.matrix(rows)
    style = _turned(roster, rows)
    sizes = [len(gender), len(cultures) + len(communities), len(modalities), len(style)]
    vectors = np.concatenate((gender, cultures, communities, modalities, style))
    starts = [0, *accumulate(sizes[:-1])]
    length = np.sqrt(np.add.reduceat(vectors * vectors, starts, axis=0))
    known = length > 0
    length[~known] = 1
    vectors /= length.repeat(sizes, axis=0)
    said = known.astype(np.float32)
    alike: _Matrix = vectors.T @ vectors
    alike += (len(sizes) - said.T @ said) / 2
    alike /= len(sizes)
    return alike


def _turned(roster: Roster, rows: NDArray[np.intp]) -> _Matrix:
    """Each known axis as a point on a quarter of a circle: shape (8, n), 0 where unknown."""
    blank = np.unpackbits(roster.style_blank.take(rows)[None], axis=0, bitorder="little")
    places = roster.style.take(rows, axis=1)
    turned = _QUARTER.take(places, axis=1).reshape(8, -1)
    turned[:4] *= blank[:4] == 0
    turned[4:] *= blank[:4] == 0
    return turned
