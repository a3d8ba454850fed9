"""The audit trail as it goes out, and what of it is asked for."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from api.http.pages import DEFAULT_PAGE, PageCursor, PageLimit

_FIRST_YEAR, _LAST_YEAR = 1970, 9000


def _of_our_age(moment: datetime) -> datetime:
    """Far from the ends of the calendar, where no time can be added."""
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"must be a time between the years {_FIRST_YEAR} and {_LAST_YEAR}")
    return moment


_Moment = Annotated[AwareDatetime, AfterValidator(_of_our_age)]


class AuditFilter(BaseModel):
    """Which rows are wanted, and in which order."""

    since: _Moment | None = Field(default=None, description="Rows from this time on.")
    until: _Moment | None = Field(default=None, description="Rows before this time.")
    action: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=64)] | None = Field(
        default=None, description="What was done, such as `match.created`."
    )
    subject_id: UUID | None = Field(default=None, description="What it was done to.")
    key_id: UUID | None = Field(default=None, description="The key that did it.")
    order: Literal["newest", "oldest"] = Field(default="newest", description="Which come first.")
    limit: PageLimit = DEFAULT_PAGE
    cursor: PageCursor = None


class AuditRowOut(BaseModel):
    """One row of the trail."""

    id: UUID
    at: datetime
    action: str
    subject_id: UUID | None = Field(description="What it was done to; null for a list.")
    key_id: UUID | None = Field(description="Null for the command line and the service itself.")
    key_name: str | None = Field(description="What that key is called now; null where it is not.")
    request_id: UUID | None = Field(description="The X-Request-Id of the answer.")
    details: dict[str, Any] = Field(description="Ids, codes, counts and digests.")
    seal: int | None = Field(description="The number of the seal it is in; null: it waits for one.")


class AuditPage(BaseModel):
    """A page of the trail."""

    items: list[AuditRowOut]
    next_cursor: str | None


class HeadOut(BaseModel):
    """The newest seal: note it elsewhere, and verify against it later."""

    number: int = Field(description="0 where nothing is sealed yet.")
    digest: str | None = Field(description="SHA-256, 64 hexadecimal digits.")
    sealed_at: datetime | None
