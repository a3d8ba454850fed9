"""Clients and therapists as arrays, and how far each wish is met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.intake import AnyOf, Importance, Intake
from matching.profile import Profile
from matching.shared_codes import SHARED

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Codes that each dimension's wish is made of; culture takes cultures and communities alike.
CODES: Mapping[str, tuple[str, ...]] = {
    "gender": tuple(SHARED["genders"]),
    "culture": (*SHARED["cultures"], *SHARED["communities"]),
    "language": tuple(SHARED["languages"]),
    "modality": tuple(SHARED["modalities"]),
    "format": tuple(SHARED["formats"]),
    "schedule": tuple(SHARED["schedule"]),
    "needs": tuple(SHARED["needs"]),
}
WISHES = tuple(dimension for dimension in CODES if dimension != "needs")
# How much a wish counts in the truth, by what the client said of it: a choice.
IMPORTANCE = {Importance.MUST: 1.5, Importance.STRONG: 1.0, Importance.SOME: 0.6}


@dataclass(frozen=True, slots=True)
class TherapistTable:
    """`style` (J, 4), NaN where unknown; `has[dimension]` (J, codes), a row of zeros if unknown."""

    style: Floats
    has: Mapping[str, Floats]

    @classmethod
    def of(cls, profiles: Sequence[Profile], style: Floats) -> "TherapistTable":
        """Profiles as arrays, with the styles to go by (those met, or those told)."""
        listed: dict[str, list[tuple[str, ...]]] = {
            "gender": [(profile.gender or "",) for profile in profiles],
            "culture": [profile.cultures + profile.communities for profile in profiles],
            "language": [profile.languages for profile in profiles],
            "modality": [profile.modalities for profile in profiles],
            "format": [profile.formats for profile in profiles],
            "schedule": [profile.schedule for profile in profiles],
            "needs": [profile.needs for profile in profiles],
        }
        return cls(style, {name: indicators(rows, CODES[name]) for name, rows in listed.items()})


@dataclass(frozen=True, slots=True)
class ClientTable:
    """Clients' wishes and needs as arrays.

    `style` (n, 4), NaN where not stated; `wants[dimension]` (n, codes); `importance[dimension]`
    (n,) is 0 where not asked, and `must[dimension]` (n,) says where a wish is a requirement;
    `needs` (n, needs) weighs the main need like all the others together.
    """

    style: Floats
    wants: Mapping[str, Floats]
    importance: Mapping[str, Floats]
    must: Mapping[str, Bools]
    needs: Floats

    @classmethod
    def of(cls, intakes: Sequence[Intake]) -> "ClientTable":
        """Intakes as arrays."""
        style = np.array([one.style.axes for one in intakes], dtype=np.float64).reshape(-1, 4)
        asked: dict[str, list[AnyOf]] = {
            name: [getattr(one, name) for one in intakes] for name in WISHES
        }
        importance = {
            name: np.array(
                [IMPORTANCE[wish.importance] * wish.asked for wish in wishes], dtype=np.float64
            )
            for name, wishes in asked.items()
        }
        importance["communication_style"] = np.array(
            [IMPORTANCE[one.style.importance] * one.style.asked for one in intakes],
            dtype=np.float64,
        )
        importance["needs"] = np.array([bool(one.needs) for one in intakes], dtype=np.float64)
        wants = {
            name: indicators([wish.codes for wish in wishes], CODES[name])
            for name, wishes in asked.items()
        }
        wants["needs"] = indicators([one.needs for one in intakes], CODES["needs"])
        must = {
            name: np.array(
                [one.asked and one.importance is Importance.MUST for one in wishes], dtype=np.bool_
            )
            for name, wishes in asked.items()
        }
        return cls(style, wants, importance, must, _need_weights(intakes))


def indicators(rows: Sequence[Sequence[str]], codes: Sequence[str]) -> Floats:
    """(rows, codes): 1 where the row has the code, else 0."""
    position = {code: column for column, code in enumerate(codes)}
    table = np.zeros((len(rows), len(codes)))
    for index, row in enumerate(rows):
        table[index, [position[code] for code in row if code in position]] = 1.0
    return table


def met(clients: ClientTable, therapists: TherapistTable) -> dict[str, Floats]:
    """How far each therapist meets each client's wish, (n, J) in 0..1, by dimension.

    A wish of codes is met in full by any one of them, `needs` by the share covered, the style by
    1 − the mean distance over the axes stated, not below 0. Where nothing is asked the value has
    no meaning. Unknown profile fields count as not met, an unknown style as NaN.
    """
    scores = {
        name: (clients.wants[name] @ therapists.has[name].T > 0).astype(np.float64)
        for name in WISHES
    }
    number = np.maximum(clients.wants["needs"].sum(1, keepdims=True), 1.0)
    scores["needs"] = clients.wants["needs"] @ therapists.has["needs"].T / number
    scores["communication_style"] = np.maximum(0.0, 1.0 - style_distance(clients, therapists))
    return scores


def style_distance(clients: ClientTable, therapists: TherapistTable) -> Floats:
    """(n, J): the mean |wish − style| over the axes that both state; NaN where there is none."""
    total = np.zeros((len(clients.style), len(therapists.style)))
    stated = np.zeros_like(total)
    for axis in range(clients.style.shape[1]):
        gap = np.abs(clients.style[:, axis, None] - therapists.style[None, :, axis])
        known = np.isfinite(gap)
        total[known] += gap[known]
        stated += known
    return np.where(stated > 0, total / np.maximum(stated, 1.0), np.nan)


def _need_weights(intakes: Sequence[Intake]) -> Floats:
    """(n, needs): weights whose squares sum to 1 in every row, or a row of zeros without needs.

    So every client's therapist × need effect has the same variance. The main need weighs as much
    as all the others together.
    """
    weights = indicators([one.needs for one in intakes], CODES["needs"])
    for row, one in zip(weights, intakes, strict=True):
        if len(one.needs) > 1:
            row[CODES["needs"].index(one.needs[0])] = len(one.needs) - 1.0
    length: Floats = np.maximum(np.sqrt((weights**2).sum(1, keepdims=True)), 1.0)
    return weights / length
