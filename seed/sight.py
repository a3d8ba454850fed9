"""What a roster is to its clients: as it is, as its profiles say, and who may see whom."""

from collections.abc import Callable, Sequence

import numpy as np

from matching.intake import Intake
from matching.profile import Profile
from matching.weighting import DEFAULT_WEIGHTS
from seed.tables import WISHES, Bools, ClientTable, Floats, TherapistTable, indicators, met
from seed.therapists import Therapist, seen
from seed.truth import Effects, expected_fit, fit_parts
from seed.world import World

_CHUNK = 4096  # clients at a time, so that memory stays bounded in large clinics
_UNKNOWN = 0.5  # how a dimension looks that a profile does not say


def true_table(therapists: Sequence[Therapist]) -> TherapistTable:
    """Therapists as they are, with the style that clients meet."""
    return TherapistTable.of(
        [one.profile for one in therapists], np.array([one.style_met for one in therapists])
    )


def visible_table(therapists: Sequence[Therapist]) -> TherapistTable:
    """Therapists as their rows describe them."""
    profiles = [seen(one) for one in therapists]
    style = np.array([profile.style for profile in profiles], dtype=np.float64)
    return TherapistTable.of(profiles, style)


def expected_fits(
    therapists: Sequence[Therapist], intakes: Sequence[Intake], effects: Effects, world: World
) -> Floats:
    """(n, J): `truth.expected_fit` of every pair."""
    true = true_table(therapists)
    return _by_chunks(intakes, lambda clients: expected_fit(clients, true, effects, world))


def pair_effects(
    therapists: Sequence[Therapist], intakes: Sequence[Intake], effects: Effects, world: World
) -> Floats:
    """(n, J): the sum of `truth.fit_parts` of every pair, in points."""
    true = true_table(therapists)

    def total(clients: ClientTable) -> Floats:
        parts = fit_parts(clients, true, effects, world)
        return sum(parts.values(), np.zeros(()))

    return _by_chunks(intakes, total)


def look(therapists: Sequence[Therapist], intakes: Sequence[Intake]) -> Floats:
    """(n, J), 0..1: how well each therapist looks on paper, by a plain weighted mean.

    This is the policy that clients were shown therapists by; it knows profiles only.
    """
    table = visible_table(therapists)
    return _by_chunks(intakes, lambda clients: _weighted_mean(clients, table))


def possible(therapists: Sequence[Therapist], intakes: Sequence[Intake]) -> Bools:
    """(n, J): who may see whom, by all that staff know: requirements, scope and licences.

    Where that leaves nobody, staff found a way: anybody who offers the service, else anybody.
    """
    true = true_table(therapists)
    allowed = _by_chunks(intakes, lambda clients: _musts_met(clients, true)) > 0

    def listed(
        has: Callable[[Profile], tuple[str, ...]], asked: Callable[[Intake], tuple[str, ...]]
    ) -> Bools:
        return _listed(therapists, intakes, has, asked)

    services = listed(lambda profile: profile.services, lambda intake: (intake.service,))
    allowed &= services
    allowed &= listed(lambda profile: profile.age_groups, lambda one: (one.age_group or "",))
    allowed &= listed(_states, lambda intake: (intake.jurisdiction or "",))
    allowed &= ~listed(lambda profile: profile.out_of_scope, lambda intake: intake.needs)
    allowed |= services & ~allowed.any(1, keepdims=True)
    return allowed | ~allowed.any(1, keepdims=True)


def _by_chunks(intakes: Sequence[Intake], compute: Callable[[ClientTable], Floats]) -> Floats:
    chunks = [intakes[start : start + _CHUNK] for start in range(0, max(1, len(intakes)), _CHUNK)]
    return np.concatenate([compute(ClientTable.of(chunk)) for chunk in chunks])


def _weighted_mean(clients: ClientTable, therapists: TherapistTable) -> Floats:
    total, weights = np.zeros(()), np.full(len(clients.style), 1e-9)
    for dimension, score in met(clients, therapists).items():
        if dimension == "communication_style":
            shown = np.nan_to_num(score, nan=_UNKNOWN)
        else:
            unknown = therapists.has[dimension].sum(1) == 0
            shown = np.where(unknown[None, :], _UNKNOWN, score)
        weight = DEFAULT_WEIGHTS[dimension] * clients.importance[dimension]
        total = total + weight[:, None] * shown
        weights = weights + weight
    mean: Floats = total / weights[:, None]
    return mean


def _musts_met(clients: ClientTable, therapists: TherapistTable) -> Floats:
    scores = met(clients, therapists)
    allowed = np.ones((len(clients.style), len(therapists.style)))
    for dimension in WISHES:
        allowed *= ~clients.must[dimension][:, None] | (scores[dimension] > 0)
    return allowed


def _listed(
    therapists: Sequence[Therapist],
    intakes: Sequence[Intake],
    listed: Callable[[Profile], tuple[str, ...]],
    asked: Callable[[Intake], tuple[str, ...]],
) -> Bools:
    """(n, J): whether the therapist's list has any of the codes asked."""
    lists = [listed(therapist.profile) for therapist in therapists]
    codes = sorted({code for codes in lists for code in codes})
    wants = indicators([asked(intake) for intake in intakes], codes)
    any_of: Bools = wants @ indicators(lists, codes).T > 0
    return any_of


def _states(profile: Profile) -> tuple[str, ...]:
    return tuple(licence.jurisdiction for licence in profile.licences)
