"""Which groups may be published, so that nobody can work out the others.

Withholding a small group is not enough: with a total and all the other groups, its figure is a
subtraction away. So groups are withheld until no withheld group is a combination of what is shown
(complementary suppression; Cox 1980), and no difference of two shown ones is a small group either.
"""

import numpy as np
from numpy.typing import NDArray

from matching.learning.steps import STEP

# Below this share of a group's own size a residual is rounding.
_ROUNDING = 1e-9

_Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def publishable(
    members: Flags, *weights: _Floats, least: int = STEP, with_total: bool = False
) -> Flags:
    """The groups that may be shown, shape (groups,), beside the figure of all who are in them.

    Whoever is in none of these groups must be in no figure, unless the figure of everybody is
    shown, `with_total`, and so has to be reckoned with.

    Args:
        members: shape (groups, units), who belongs to which group; units may be in several.
        weights: each of shape (units,), what has to reach `least` in a group; without any, the
            number of its units. Several must each reach it: therapists, and the clients behind.
        least: what a group, and everything that follows from the groups shown, has to reach.
        with_total: whether the figure of everybody is shown too.
    """
    sized = np.vstack(weights or (np.ones(members.shape[1]),)).T
    # Who counts for nothing adds nothing to any figure.
    counting = sized.any(axis=1)
    members, sized = members[:, counting], sized[counting]
    sizes = (members @ sized).min(axis=1)
    shown: Flags = sizes >= least
    while shown.any() and _tells(members, sized, shown, least, with_total=with_total):
        shown[int(np.where(shown, sizes, np.inf).argmin())] = False
    return shown


def _tells(members: Flags, sized: _Floats, shown: Flags, least: int, *, with_total: bool) -> bool:
    """Whether what is shown gives away a withheld group, or the figure of too few."""
    within = members[shown].any(axis=0)
    everybody = np.ones_like(within) if with_total else within
    if not _enough_or_none((everybody & ~within) @ sized, least).all():
        return True
    withheld = members[~shown & members.any(axis=1)]
    seen = np.vstack((everybody, members[shown]))
    if (members.sum(axis=0) <= 1).all():
        # Nobody is in two groups: all that can be told is what is left of everybody.
        left = everybody & ~within
        others = everybody & ~members[shown]
        return bool((withheld == left).all(axis=1).any()) or not bool(
            _enough_or_none(others @ sized, least).all()
        )
    with_others = np.vstack((seen, everybody & ~members[shown]))
    return _small_differences(with_others, sized, least) or _spanned(withheld, seen)


def _enough_or_none(sizes: _Floats, least: int) -> Flags:
    """Large enough, or nothing at all, of which nothing can be told."""
    return np.asarray((sizes >= least).all(axis=-1) | (sizes == 0).all(axis=-1))


def _small_differences(seen: Flags, sized: _Floats, least: int) -> bool:
    """Whether one group lies within another but for a few."""
    counts = seen.astype(np.float64)
    outside = counts @ (1 - counts).T
    return any(
        not _enough_or_none((seen[outer] & ~seen[inner]) @ sized, least)
        for inner, outer in np.argwhere(outside == 0)
    )


def _spanned(withheld: Flags, seen: Flags) -> bool:
    """Whether a withheld group is a sum or difference of those seen."""
    basis, wanted = seen.astype(np.float64), withheld.astype(np.float64)
    # Of as many rows as there are groups, however many people: normal equations.
    together = basis @ wanted.T
    near = np.linalg.lstsq(basis @ basis.T, together, rcond=None)[0]
    left = wanted - near.T @ basis
    small = (left**2).sum(axis=1) <= _ROUNDING * (wanted**2).sum(axis=1)
    return bool(small.any())
