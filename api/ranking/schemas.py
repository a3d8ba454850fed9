"""What an intake form sends: `POST /v1/matches`."""

from typing import Annotated, Literal

from pydantic import Field

from api.intake.schemas import Codes, FormPart, PreferencesIn
from api.limits import LIST_ITEMS
from api.text import Code, Jurisdiction, Label, Reference
from matching.ranking import MAX_LIMIT


class ClientIn(FormPart):
    """Who asks, by the clinic's own pseudonymous reference."""

    reference: Reference


class ConsentIn(FormPart):
    """What the client agreed to. Without it, nothing is learned from this client."""

    learning: Annotated[bool, Field(strict=True)] = False


class MatchRequest(FormPart):
    """One client's preferences and needs. Only `preferences` is required, and it may be empty."""

    client: ClientIn | None = None
    preferences: PreferencesIn
    needs: Codes = Field([])
    service: Code = "individual"
    age_group: Code | None = None
    jurisdiction: Jurisdiction | None = None
    payer: Label | None = None
    access: Codes = Field([])
    accepts_associate: Literal["yes", "no", "not_sure"] | None = None
    referred_to: Annotated[list[Reference], Field(max_length=LIST_ITEMS)] = Field([])
    exclude_therapists: Annotated[list[Reference], Field(max_length=1000)] = Field([])
    consent: ConsentIn = ConsentIn()
    staff_review: Annotated[bool, Field(strict=True)] = False
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, strict=True)] = 3
