"""What a caller may say about a therapist: a whole row, a change to one, and what is answered.

A field that is left out, empty (`""`, `[]`) or null is unknown, or has the default that stands at
the field. In a change, a field that is left out stays as it was.
"""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from api.limits import LIST_ITEMS
from api.profiles.values import Axis, Count, Day, PastTime, blank, distinct, licence
from api.text import Code, Jurisdiction, Label, LanguageTag, Name, Reference


def _allow_null(schema: dict[str, Any]) -> None:
    """Say in the JSON schema that an optional field may be null."""
    required = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        if name not in required and {"type": "null"} not in field.get("anyOf", []):
            told = {
                key: field.pop(key) for key in ("title", "description", "default") if key in field
            }
            schema["properties"][name] = {"anyOf": [field, {"type": "null"}], **told}


class _Stated(BaseModel):
    """Refuses unknown fields and other types than JSON's; blank means the field's default."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        json_schema_extra=_allow_null,
    )
    _when_blank: ClassVar[dict[str, Any]]

    @classmethod
    def __pydantic_init_subclass__(cls, **_kwargs: Any) -> None:
        fields = cls.model_fields.items()
        cls._when_blank = {
            name: field.get_default(call_default_factory=True, validated_data={})
            for name, field in fields
            if not field.is_required()
        }

    @model_validator(mode="before")
    @classmethod
    def _blank_is_default(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        when_blank = cls._when_blank
        return {
            name: when_blank[name] if blank(value) and name in when_blank else value
            for name, value in data.items()
            if not (blank(value) and name in cls.model_fields and name not in when_blank)
        }


class LicenceRow(_Stated):
    """A licence to practise in one jurisdiction. It counts until `expires_on`, inclusive."""

    jurisdiction: Jurisdiction
    kind: Literal["full", "associate", "compact"] = "full"
    expires_on: Day | None = None


class StyleRow(_Stated):
    """Where a therapist stands on the four axes, −1 to 1 towards the axis's name; null: unknown."""

    warm_support: Axis | None = None
    therapist_directiveness: Axis | None = None
    emotional_intensity: Axis | None = None
    past_orientation: Axis | None = None


UNKNOWN_STYLE = StyleRow(
    warm_support=None, therapist_directiveness=None, emotional_intensity=None, past_orientation=None
)

Codes = Annotated[list[Code], Field(max_length=LIST_ITEMS), AfterValidator(distinct)]
Labels = Annotated[list[Label], Field(max_length=LIST_ITEMS), AfterValidator(distinct)]
Languages = Annotated[list[LanguageTag], Field(max_length=LIST_ITEMS), AfterValidator(distinct)]
_Licence = Annotated[
    LicenceRow, BeforeValidator(licence, json_schema_input_type=Jurisdiction | LicenceRow)
]
Licences = Annotated[list[_Licence], Field(max_length=LIST_ITEMS), AfterValidator(distinct)]


class _Optional(_Stated):
    """Everything but who it is about."""

    active: bool = Field(True, description="False: no longer with the clinic.")
    gender: Code | None = None
    pronouns: Label | None = None
    cultures: Codes = []
    communities: Codes = []
    languages: Languages = Field([], description="BCP 47 tags; `es` is met by `es-MX`.")
    modalities: Codes = []
    needs: Codes = []
    out_of_scope: Codes = Field([], description="Needs that the therapist does not work with.")
    formats: Codes = []
    schedule: Codes = []
    services: Codes = ["individual"]
    age_groups: Codes = []
    licences: Licences = Field([], description="ISO 3166 codes, or objects with more about each.")
    payers: Labels = []
    access: Codes = []
    style: StyleRow = UNKNOWN_STYLE
    discipline: Label | None = None
    associate: bool = Field(False, description="Works under supervision.")
    caseload_limit: Count | None = Field(None, description="Null: unlimited.")
    caseload: Count = 0
    accepting: bool = True
    availability_confirmed_at: PastTime | None = Field(None, description="Null: never confirmed.")
    leaving_on: Day | None = None


class TherapistRow(_Optional):
    """A whole therapist. Only `reference` and `name` are required."""

    reference: Reference
    name: Name


class TherapistPatch(_Optional):
    """A change to a therapist: what is left out stays. `style` changes the axes that it names."""

    reference: Reference = ""
    name: Name = ""

    @model_validator(mode="before")
    @classmethod
    def _has_a_name(cls, data: Any) -> Any:
        if isinstance(data, dict) and any(
            blank(data.get(key, "-")) for key in ("reference", "name")
        ):
            raise ValueError("reference and name cannot be unknown: leave them out, or state them")
        return data


class _Stored(BaseModel):
    """What the server adds to a row; `revision` is what the ETag names."""

    id: UUID
    revision: int = Field(ge=0)
    created_at: AwareDatetime
    updated_at: AwareDatetime


class TherapistOut(TherapistRow, _Stored):
    """A therapist as it is answered."""
