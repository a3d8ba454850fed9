"""What an intake form sends of a client's preferences, wherever it is sent."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.limits import LIST_ITEMS
from api.text import Code, LanguageTag
from matching.intake import Importance

Axis = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False, strict=True)]
CnipItem = Annotated[int, Field(ge=-3, le=3, strict=True)]
Codes = Annotated[list[Code], Field(max_length=LIST_ITEMS)]
Importances = Annotated[Importance, Field(description="How much it matters to the client.")]


class FormPart(BaseModel):
    """Refuses unknown fields; null is no answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_answered(cls, data: Any) -> Any:
        """A question that a form sends as null was skipped, like one that it leaves out."""
        if not isinstance(data, dict) or None not in data.values():
            return data
        fields = cls.model_fields
        return {
            name: value
            for name, value in data.items()
            if value is not None or name not in fields or fields[name].is_required()
        }

    def __deepcopy__(self, _memo: dict[int, Any] | None = None) -> Self:
        """Itself. Nothing changes what was sent; copying defaults took half of a validation."""
        return self


class _AnyOfIn(FormPart):
    any_of: list[str]
    importance: Importances = Importance.SOME

    @model_validator(mode="after")
    def _a_must_names_something(self) -> Self:
        if self.importance is Importance.MUST and not self.any_of:
            raise ValueError("is a must, so any_of needs at least one choice")
        return self


class AnyOfIn(_AnyOfIn):
    """A wish that any one of the codes meets in full."""

    any_of: Codes = []


class LanguageIn(_AnyOfIn):
    """Languages to meet in, as BCP-47 tags; `es` is met by `es-MX`."""

    any_of: Annotated[list[LanguageTag], Field(max_length=LIST_ITEMS)] = []


class StyleIn(FormPart):
    """How the client would like a therapist to be: four axes, or the 18 items behind them."""

    warm_support: Axis | None = None
    therapist_directiveness: Axis | None = None
    emotional_intensity: Axis | None = None
    past_orientation: Axis | None = None
    cnip_items: Annotated[list[CnipItem], Field(min_length=18, max_length=18)] | None = Field(
        default=None,
        description="The 18 answers of the C-NIP, −3 to 3, positive towards each scale's first"
        " pole, in place of the axes.",
    )
    importance: Importances = Importance.SOME

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        axes = (
            self.warm_support,
            self.therapist_directiveness,
            self.emotional_intensity,
            self.past_orientation,
        )
        if self.cnip_items is not None and any(axis is not None for axis in axes):
            raise ValueError("takes either the axes or cnip_items, not both")
        stated = self.cnip_items is not None or any(axis is not None for axis in axes)
        if self.importance is Importance.MUST and not stated:
            raise ValueError("is a must, so at least one axis is needed")
        return self


class PreferencesIn(FormPart):
    """What the client wishes for. Every question may be left out."""

    communication_style: StyleIn = StyleIn()
    gender: AnyOfIn = AnyOfIn()
    culture: AnyOfIn = AnyOfIn()
    language: LanguageIn = LanguageIn()
    modality: AnyOfIn = AnyOfIn()
    format: AnyOfIn = AnyOfIn()
    schedule: AnyOfIn = AnyOfIn()
