"""What a clinic sets for itself, with the defaults it starts from."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import select

from api.auth.scope import ClinicScope
from api.db.tables import ClinicSettingsRow
from api.db.tables.base import table_of
from api.text import Prose

# The US numbers stand in the field review; a clinic elsewhere puts its own, and never none.
SAFETY_NOTICE = (
    "This form is not watched around the clock. If you or somebody else is in danger, call your"
    " local emergency number now. In the US you can call or text 988 at any time, or chat at"
    " 988lifeline.org."
)

Days = Annotated[int, Field(ge=1, le=3650, strict=True)]


def _said(notice: str) -> str:
    """Some characters show nothing; a notice must have words."""
    if sum(character.isalnum() for character in notice) < 20:
        raise ValueError("must have at least 20 letters or digits")
    return notice


class ClinicSettings(BaseModel):
    """A clinic's settings, all of them."""

    model_config = ConfigDict(extra="forbid")

    response_deadline_business_days: Annotated[int, Field(ge=1, le=60, strict=True)] = Field(
        default=2, description="How long a therapist has to answer a request, in business days."
    )
    availability_caveat_after_days: Days = Field(
        default=30,
        description="From this age on, an availability is shown with a caveat.",
    )
    availability_stale_after_days: Days = Field(
        default=90,
        description="From this age on, an availability no longer counts: the therapist is left out"
        " until it is confirmed.",
    )
    leaving_notice_days: Annotated[int, Field(ge=0, le=3650, strict=True)] = Field(
        default=60, description="No new matches in the last days before a therapist leaves."
    )
    intake_retention_days: Days = Field(
        default=90,
        description="Intakes that led to nothing, and previews that have ended, are deleted after"
        " so many days.",
    )
    waiting_days: Days = Field(
        default=90,
        description="How long somebody stays on the waiting list unless they say until when.",
    )
    safety_notice: Annotated[Prose, Field(max_length=2000), AfterValidator(_said)] = Field(
        default=SAFETY_NOTICE,
        description="Shown before any question and with every answer. Never blank.",
    )
    named_reader: Annotated[Prose, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="Who reads the comments that clients leave with a rating."
    )
    named_reader_key: UUID | None = Field(
        default=None,
        description="The id of that person's access key, of staff or admin: no other key reads"
        " comments. Null: nobody does.",
    )
    session_every_days: Days = Field(
        default=7,
        description="How far apart sessions are: so long after a rating, or after the start, the"
        " next one is due.",
    )
    intake_page: Annotated[bool, Field(strict=True)] = Field(
        default=False,
        description="Whether everybody who has its address may fill in the intake at"
        " /intake/{clinic}.",
    )
    contact: Annotated[Prose, Field(min_length=1, max_length=500)] | None = Field(
        default=None,
        description="How clients reach the clinic, such as a telephone number; shown on their"
        " pages.",
    )
    clients_see_figures: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="Whether clients see expected fit as figures, not only in words."
    )


def read_settings(scope: ClinicScope) -> ClinicSettings:
    """The clinic's settings as they are now."""
    key = ("settings", scope.clinic_id, scope.clinic.settings_version)
    kept = scope.database.cache.get(key)
    if isinstance(kept, ClinicSettings):
        return kept
    table = table_of(ClinicSettingsRow)
    query = select(table.c.document).where(table.c.clinic_id == scope.clinic_id)
    document = scope.connection.execute(query).scalar_one_or_none() or {}
    settings = ClinicSettings.model_validate(document)
    scope.database.cache.put(key, settings)
    return settings
