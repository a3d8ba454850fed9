"""How alike two therapists are to a client who looks at both: what diversity spreads out."""

import numpy as np
from numpy.typing import NDArray

from matching.roster import STYLE_STEPS, Roster

_Matrix = NDArray[np.float32]


def similarity(roster: Roster, rows: NDArray[np.intp]) -> _Matrix:
    """How alike the therapists at these rows are: shape (n, n), 0..1, symmetric, 1 for a twin.

    The mean of four parts: gender; cultures and communities; modalities; style. Each is the cosine
    of the two profiles, for codes |A ∩ B| / √(|A| |B|) (Ochiai 1957). A style axis is a quarter
    turn from one pole to the other, so opposite poles have nothing in common. A part about which
    either profile says nothing counts 0.5, neither alike nor different.
    """
    parts = (
        roster.gender.matrix(rows),
        np.concatenate((roster.cultures.matrix(rows), roster.communities.matrix(rows))),
        roster.modalities.matrix(rows),
        _turned(roster, rows),
    )
    length = np.sqrt([np.einsum("ij,ij->j", part, part) for part in parts], dtype=np.float32)
    known = (length > 0).astype(np.float32)
    length += 1 - known
    vectors = np.concatenate([part / own for part, own in zip(parts, length, strict=True)])
    alike: _Matrix = vectors.T @ vectors
    alike += (len(parts) - known.T @ known) / 2
    alike /= len(parts)
    return alike


def _turned(roster: Roster, rows: NDArray[np.intp]) -> _Matrix:
    """Each known axis as a point on a quarter of a circle: shape (8, n), 0 where unknown."""
    known = np.unpackbits(roster.style_blank[None, rows], axis=0, count=4, bitorder="little") == 0
    angle = (roster.style[:, rows] / np.float32(STYLE_STEPS) + 1) * np.float32(np.pi / 4)
    return np.concatenate((np.cos(angle) * known, np.sin(angle) * known))
