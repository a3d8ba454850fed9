"""A past rating as a file has it: who rated whom, what they answered, what they had asked for."""

from pydantic import Field

from api.intake.schemas import Codes, PreferencesIn
from api.intake.session_answers import SessionAnswers, SessionNumber
from api.profiles.stated import Stated
from api.profiles.values import PastTime
from api.text import Reference


class RatingRow(SessionAnswers, Stated):
    """One client's rating of one session with one therapist, whole.

    Required are the two references and one item; which item does not matter.
    """

    client_reference: Reference
    therapist_reference: Reference
    session_number: SessionNumber = 1
    rated_at: PastTime | None = Field(None, description="Null: the time of the import.")
    preferences: PreferencesIn = PreferencesIn()
    needs: Codes = Field([])
    learning: bool = Field(True, description="Whether it may be learned from.")
