"""What is known of a client besides what they ask: whom they are with or left, what changed.

A match stores it, so that its answer can be computed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from matching.intake import Intake


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Beside the request, all that an answer depends on about its client.

    Attributes:
        with_now: ids of the therapists the client is with, or has asked.
        left_before: ids of those left for a reason of fit or safety, who said no, or whom the
            client ruled out in an earlier intake.
        returning: ids of those the client may come back to, latest first.
        emphasis: by dimension, what the clinic's weight is multiplied by for this client.
        reasons: codes of why the client asked for an alternative.
        alternative: the members that the answer of an alternative has besides; None for others.
    """

    with_now: tuple[str, ...] = ()
    left_before: tuple[str, ...] = ()
    returning: tuple[str, ...] = ()
    emphasis: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    alternative: Mapping[str, Any] | None = None

    def on(self, intake: Intake) -> Intake:
        """The intake of a client in these circumstances."""
        return replace(
            intake,
            with_now=self.with_now,
            left_before=self.left_before,
            emphasis=tuple(sorted(self.emphasis.items())),
        )

    def document(self) -> dict[str, Any] | None:
        """As it is stored, None where nothing is known."""
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        kept = {name: value for name, value in said.items() if value}
        return {
            name: list(value) if isinstance(value, tuple) else dict(value)
            for name, value in kept.items()
        } or None

    @classmethod
    def of_document(cls, document: Mapping[str, Any] | None) -> Self:
        """What `document` wrote."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in (document or {}).items()
        }
        return cls(**fields)
