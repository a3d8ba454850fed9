"""A task as it goes out, and how staff resolve it."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.store.tasks import TaskKind
from api.text import Prose

MAX_NOTE = 2000

Resolution = Literal["done", "dismissed", "cleared", "kept"]
_PLAIN = frozenset({"done", "dismissed"})
# Of what was reported about a therapist, staff say what becomes of the hold.
RESOLUTIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "safety": frozenset({"cleared", "kept"}),
        "staff_selection": _PLAIN,
        "confirm_availability": _PLAIN,
        "rupture": _PLAIN,
        "at_risk": _PLAIN,
        "call_back": _PLAIN,
        "webhook_failing": _PLAIN,
        "name_reader": _PLAIN,
    }
)


class ResolveIn(BaseModel):
    """How a task was resolved."""

    model_config = ConfigDict(extra="forbid")

    resolution: Resolution = Field(
        description="Of a `safety` task: `cleared`, which lets new clients come to the therapist"
        " again, or `kept`. Of every other: `done` or `dismissed`."
    )
    note: Annotated[Prose, Field(min_length=1, max_length=MAX_NOTE)] | None = Field(
        default=None, description="Staff's own words."
    )


class TaskOut(BaseModel):
    """Something that staff are asked to see to."""

    id: UUID
    kind: TaskKind
    status: Literal["open", "done"]
    therapist_id: UUID | None
    client_id: UUID | None
    pairing_id: UUID | None
    match_id: UUID | None
    opened_at: datetime
    resolved_at: datetime | None
    resolved_by: UUID | None = Field(description="The key.")
    resolution: Resolution | None
    note: str | None


class TaskPage(BaseModel):
    """A page of tasks, newest first."""

    items: list[TaskOut]
    next_cursor: str | None


class TaskInTurn(TaskOut):
    """An open task with whom it is about, for the pages."""

    client_reference: str | None
    therapist_name: str | None
    about_match_id: UUID | None


class TasksInTurn(BaseModel):
    """Open tasks in the order in which staff look at them.

    `first` are all of the urgent ones; `then` a page of the others, which goes on after
    `next_cursor`. `count` says for each kind how many there are in all.
    """

    first: list[TaskInTurn]
    then: list[TaskInTurn]
    count: dict[str, int]
    next_cursor: str | None
