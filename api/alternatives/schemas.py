"""What asks for an alternative: reasons, if any, and what the client would change."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.intake.schemas import Axis, CnipItem, Codes, FormPart
from api.limits import LIST_ITEMS
from api.ranking.answer_schema import MatchAnswer
from api.text import Code, LanguageTag
from matching.intake import Importance
from matching.ranking import MAX_LIMIT
from matching.reasons import REASONS


class _Patch(BaseModel):
    """What is sent is changed, null takes it away, what is left out stays as it was."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StylePatch(_Patch):
    """Changes of the style wished for. Answers to the 18 items take the axes' place, and back."""

    warm_support: Axis | None = None
    therapist_directiveness: Axis | None = None
    emotional_intensity: Axis | None = None
    past_orientation: Axis | None = None
    cnip_items: Annotated[list[CnipItem], Field(min_length=18, max_length=18)] | None = None
    importance: Importance | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        axes = self.model_fields_set - {"cnip_items", "importance"}
        if self.cnip_items is not None and axes:
            raise ValueError("takes either the axes or cnip_items, not both")
        return self


class AnyOfPatch(_Patch):
    """Changes of a wish for any one of some codes."""

    any_of: Codes | None = None
    importance: Importance | None = None


class LanguagePatch(_Patch):
    """Changes of the languages to meet in."""

    any_of: Annotated[list[LanguageTag], Field(max_length=LIST_ITEMS)] | None = None
    importance: Importance | None = None


class PreferencesPatch(_Patch):
    """Changes of preferences, dimension by dimension; null takes a wish away."""

    communication_style: StylePatch | None = None
    gender: AnyOfPatch | None = None
    culture: AnyOfPatch | None = None
    language: LanguagePatch | None = None
    modality: AnyOfPatch | None = None
    format: AnyOfPatch | None = None
    schedule: AnyOfPatch | None = None


class AlternativesIn(FormPart):
    """Why, if the client says, and what they would have otherwise. All of it may be left out."""

    reasons: Annotated[list[Code], Field(max_length=len(REASONS))] = Field(
        [], description="Codes of the vocabulary's alternative_reasons."
    )
    preferences: PreferencesPatch = PreferencesPatch()
    initiated_by: Literal["client", "therapist", "staff"] = "client"
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, strict=True)] = 3


class ChangeShown(BaseModel):
    """One change of the query: by a reason, or by what the client sent (`because` is `you`)."""

    what: str
    from_: Any = Field(alias="from")
    to: Any
    because: str
    text: str


class AlternativeAnswer(MatchAnswer):
    """A match, what was changed for it, and words for raising the matter instead."""

    changed: list[ChangeShown]
    repair: str | None = Field(description="Offered, never required. Null for safety reasons.")
    notes: list[str]
