"""What the roster's routes answer: a page of therapists."""

from pydantic import BaseModel

from api.profiles.schemas import TherapistOut


class TherapistPage(BaseModel):
    """A page of therapists, in the order they were added."""

    items: list[TherapistOut]
    next_cursor: str | None
