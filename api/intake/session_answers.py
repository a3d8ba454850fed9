"""What a client answers about one session, wherever it is sent: live, or in a file."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from api.limits import SESSIONS
from api.profiles.stated import Stated
from api.text import Code
from matching.learning.ratings import ITEMS
from matching.vocabulary import STYLE_AXES


def _number(value: object, low: int, high: int) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    return None


def _answer(value: object) -> float:
    answer = _number(value, 0, 10)
    if answer is None:
        raise ValueError("must be a number from 0 to 10")
    # Adding zero makes −0.0 into 0.0, which is written differently and means the same.
    return answer + 0.0


def _seen(value: object) -> int:
    seen = _number(value, -1, 1)
    if seen is None or not seen.is_integer():
        raise ValueError("must be −1 (less), 0 (right) or 1 (more)")
    return int(seen)


def _session(value: object) -> int:
    session = _number(value, 1, SESSIONS)
    if session is None or not session.is_integer():
        raise ValueError(f"must be a whole number from 1 to {SESSIONS}")
    return int(session)


Answer = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False), BeforeValidator(_answer)]
"""A client's answer to one item, 0 to 10."""

Seen = Annotated[int, Field(ge=-1, le=1), BeforeValidator(_seen)]
"""Of a style axis: would like less of it, finds it right, would like more."""

SessionNumber = Annotated[int, Field(ge=1, le=SESSIONS), BeforeValidator(_session)]
"""Which session of the client with the therapist, from 1."""


class StyleSeen(Stated):
    """How the client met the therapist's style, axis by axis: less, right or more; null: unsaid."""

    warm_support: Seen | None = None
    therapist_directiveness: Seen | None = None
    emotional_intensity: Seen | None = None
    past_orientation: Seen | None = None


NOTHING_SEEN = StyleSeen(
    warm_support=None, therapist_directiveness=None, emotional_intensity=None, past_orientation=None
)


class SessionAnswers(BaseModel):
    """How they met, the items, and the style that was met; one item at least is answered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Code | None = Field(None, description="How they met.")
    trust: Answer | None = None
    safe: Answer | None = None
    heard: Answer | None = None
    goals: Answer | None = None
    can_speak_up: Answer | None = None
    collaboration: Answer | None = None
    approach: Answer | None = None
    feedback: Answer | None = None
    cultural_respect: Answer | None = None
    non_judgement: Answer | None = None
    consistency: Answer | None = None
    progress: Answer | None = None
    carry_over: Answer | None = None
    connection_quality: Answer | None = None
    privacy: Answer | None = None
    overall: Answer | None = None
    style_seen: StyleSeen = NOTHING_SEEN

    @model_validator(mode="after")
    def _has_an_answer(self) -> Self:
        if all(answer is None for answer in self.answers()):
            raise ValueError("has no answer: give one item at least, such as trust or overall")
        return self

    def answers(self) -> list[Any]:
        """The answers in the order of `ITEMS`, None where there is none."""
        return [getattr(self, item) for item in ITEMS]

    def columns(self) -> dict[str, Any]:
        """What was answered, by the names of the columns of `fit_ratings`."""
        seen = {f"style_seen_{axis}": getattr(self.style_seen, axis) for axis in STYLE_AXES}
        return {"format": self.format, **dict(zip(ITEMS, self.answers(), strict=True)), **seen}
