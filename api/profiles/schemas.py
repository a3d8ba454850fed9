"""What a caller may say about a therapist: a whole row, a change to one, and what is answered.

A field that is left out, empty (`""`, `[]`) or null is unknown, or has the default that stands at
the field. In a change, a field that is left out stays as it was.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    model_validator,
)

from api.limits import LIST_ITEMS
from api.profiles.stated import Stated
from api.profiles.values import Axis, Count, Day, PastTime, blank, distinct, licence
from api.text import Code, Jurisdiction, Label, LanguageTag, Name, Reference


class LicenceRow(Stated):
    """A licence to practise in one jurisdiction. It counts until `expires_on`, inclusive."""

    jurisdiction: Jurisdiction
    kind: Literal["full", "associate", "compact"] = "full"
    expires_on: Day | None = None


class StyleRow(Stated):
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


class _Optional(Stated):
    """Everything but who it is about."""

    active: bool = Field(True, description="False: no longer with the clinic.")
    gender: Code | None = None
    pronouns: Label | None = None
    cultures: Codes = Field([])
    communities: Codes = Field([])
    languages: Languages = Field([], description="BCP 47 tags; `es` is met by `es-MX`.")
    modalities: Codes = Field([])
    needs: Codes = Field([])
    out_of_scope: Codes = Field([], description="Needs that the therapist does not work with.")
    formats: Codes = Field([])
    schedule: Codes = Field([])
    services: Codes = Field(["individual"])
    age_groups: Codes = Field([])
    licences: Licences = Field([], description="ISO 3166 codes, or objects with more about each.")
    payers: Labels = Field([])
    access: Codes = Field([])
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
    """A therapist as it is answered.

    `caseload` is as the clinic stated it; `places_held` are those of clients who came through
    Rapport, besides. `on_hold` keeps new clients away until staff have looked into a report; a
    therapist's own key is not told (null).
    """

    places_held: int
    on_hold: bool | None = None
