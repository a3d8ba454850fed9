"""What one client asks for: stated wishes, needs, and the requirements that are never relaxed."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Literal

from matching.profile import UNKNOWN_STYLE, StyleAxes


class Importance(StrEnum):
    """How much a wish counts. A `must` is a requirement; `none` is the same as not asking."""

    MUST = "must"
    STRONG = "strong"
    SOME = "some"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A wish that any one of `codes` meets in full."""

    codes: tuple[str, ...] = ()
    importance: Importance = Importance.SOME

    @property
    def asked(self) -> bool:
        """Whether the client answered this question at all."""
        return bool(self.codes) and self.importance is not Importance.NONE


@dataclass(frozen=True, slots=True)
class StyleWish:
    """How the client would like a therapist to be: −1..1 on each axis, None for no preference."""

    axes: StyleAxes = UNKNOWN_STYLE
    importance: Importance = Importance.SOME

    @property
    def asked(self) -> bool:
        """Whether the client stated at least one axis."""
        stated = any(axis is not None for axis in self.axes)
        return stated and self.importance is not Importance.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One client's preferences and needs. Codes are those of the clinic's vocabulary.

    `culture` takes codes of cultures and of communities alike. `exclude_therapists` and
    `referred_to` hold therapist references. `limit` is 1..50. `with_now` and `left_before` hold ids
    of therapists: whom the client is with; whom they left for a reason of fit or safety, or who
    said no to them. `emphasis` multiplies weights for this client, as (name, factor), each name
    once: a dimension, or one axis of style as `communication_style.<axis>`. What is not asked
    stays out.

    Raises ValueError where a factor of `emphasis` is not a number above 0.
    """

    style: StyleWish = StyleWish()
    gender: AnyOf = AnyOf()
    culture: AnyOf = AnyOf()
    language: AnyOf = AnyOf()
    modality: AnyOf = AnyOf()
    format: AnyOf = AnyOf()
    schedule: AnyOf = AnyOf()
    needs: tuple[str, ...] = ()
    service: str = "individual"
    age_group: str | None = None
    jurisdiction: str | None = None
    payer: str | None = None
    access: tuple[str, ...] = ()
    accepts_associate: Literal["yes", "no", "not_sure"] | None = None
    referred_to: tuple[str, ...] = ()
    exclude_therapists: tuple[str, ...] = ()
    client_reference: str | None = None
    staff_review: bool = False
    limit: int = 3
    with_now: tuple[str, ...] = ()
    left_before: tuple[str, ...] = ()
    emphasis: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if not all(0 < factor < inf for _, factor in self.emphasis):
            raise ValueError("factors of emphasis must be above 0 and finite")
