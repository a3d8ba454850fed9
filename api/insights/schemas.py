"""What insights are asked with and what they answer, page by page. Every page has one table."""

from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

R = TypeVar("R", bound=BaseModel)
S = TypeVar("S", bound=BaseModel)

MOST_MATCHES = 10_000

Since = Annotated[AwareDatetime | None, Field(description="Matches from this time on.")]
Until = Annotated[AwareDatetime | None, Field(description="Matches before this time.")]
Last = Annotated[int, Field(ge=1, le=MOST_MATCHES, description="The latest so many of them.")]

_FIVES = "In steps of five, null below five."


class WindowOut(BaseModel):
    """Which matches the figures rest on: whole steps of five clients, within what was asked."""

    since: datetime | None
    until: datetime
    matches: int
    clients: int | None = Field(description=_FIVES)
    replayed: int = Field(description="Of so many clients the latest match was computed again.")


class TherapistNamed(BaseModel):
    """A therapist of the clinic."""

    id: UUID
    reference: str
    name: str


class IntervalOut(BaseModel):
    """A figure and its 95 % interval; null where it is withheld or cannot be told."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


class Page(BaseModel, Generic[R, S]):
    """One page: what it rests on, the figures of all, the table, and how to read it."""

    window: WindowOut
    summary: S
    rows: list[R]
    notes: list[str]


class PageNamed(BaseModel):
    """A page and what it answers."""

    name: str
    path: str
    answers: str


class Index(BaseModel):
    """Every page there is."""

    pages: list[PageNamed]


class ExposureRow(BaseModel):
    """One therapist: how much they are seen, beside what their fit warrants and their room."""

    therapist: TherapistNamed
    attention: float | None = Field(description="Share of all attention, 0 to 1.")
    eligible_clients: int | None = Field(description=_FIVES)
    preference_fit: float | None = Field(description="Mean when eligible, 0 to 1.")
    expected_fit: float | None = Field(description="Mean when eligible, 0 to 10.")
    warranted: float | None = Field(description="Share of attention in proportion to score.")
    ratio: float | None = Field(description="Attention got over attention warranted.")
    chosen_by: int | None = Field(description=f"Clients. {_FIVES}")
    acceptance: float | None = Field(description="Of those answered, in steps of five clients.")
    caseload_limit: int | None = Field(description="Null: unlimited.")
    places_free: int | None = Field(description="Null: unlimited.")


class ExposureSummary(BaseModel):
    """How evenly attention falls."""

    gini: float | None = Field(description="Of attention among the eligible: 0 even, 1 all to one.")
    gini_of_warranted: float | None = Field(description="The same, had it followed score.")
    below_half: float | None = Field(
        description="Share of those eligible for ten requests or more with half of what is"
        " warranted or less."
    )


class UnmetRow(BaseModel):
    """Something asked for, and who could give it now."""

    asked: list[str] = Field(description="One code, or several that one therapist has to have.")
    words: str
    clients: int = Field(description="Who ask for it now, in steps of five.")
    musts: int | None = Field(description=f"Of them, as a must or a requirement. {_FIVES}")
    stuck: int | None = Field(
        description=f"Of them, who named nothing else for the wish that more can give. {_FIVES}"
    )
    offered_by: int = Field(description="Therapists at work who offer it.")
    with_a_place: int = Field(description="Of them, who take new clients now.")
    shortage: Literal["nobody", "no_place", "few"]


class EmptiedBy(BaseModel):
    """A requirement at which the last therapist fell."""

    reason: str
    clients: int = Field(description="In steps of five.")


class UnmetSummary(BaseModel):
    """Who got no answer."""

    clients_with_nobody: int | None = Field(description=_FIVES)
    emptied_by: list[EmptiedBy]


class GapRow(BaseModel):
    """One field of one profile that does not say what clients asked."""

    therapist: TherapistNamed
    field: str
    clients: int = Field(description="Who asked and could have been shown them, in steps of five.")
    score: float | None = Field(description="What the best answer would add to the score, mean.")
    places: float | None = Field(description="Places that it would bring, mean.")
    not_shown: float | None = Field(description="Share of requests that it would show them in.")
    shut_out: int | None = Field(description=f"Clients kept from them by this alone. {_FIVES}")


class GapSummary(BaseModel):
    """How much of the roster does not say."""

    therapists: int = Field(description="With a gap that anybody met.")


class CalibrationRow(BaseModel):
    """Pairs for whom about the same fit was expected."""

    expected_from: float
    expected_to: float
    clients: int = Field(description="In steps of five.")
    expected: float
    found: IntervalOut


class CalibrationSummary(BaseModel):
    """Whether expected fit is what follows; all null where there are too few pairs."""

    clients: int | None = Field(description=f"Whose pairs are compared. {_FIVES}")
    needed: int
    difference: IntervalOut = Field(description="Found less expected, points.")
    slope: IntervalOut = Field(description="Points found for each point expected.")
    coverage: IntervalOut = Field(description="Share found within the 80 % interval.")
    why: str | None


class CongestionRow(BaseModel):
    """One therapist: wanted by whom, and with what room."""

    therapist: TherapistNamed
    requested_by: int | None = Field(description=f"Clients. {_FIVES}")
    declined_full: int | None = Field(description=f"Clients turned away for lack of room. {_FIVES}")
    full_for: int | None = Field(description=f"Clients who would have had them but. {_FIVES}")
    caseload_limit: int | None = Field(description="Null: unlimited.")
    places_free: int | None = Field(description="Null: unlimited.")


class CongestionSummary(BaseModel):
    """How long it takes, and for whom there was nobody."""

    days_to_acceptance: float | None = Field(description="From match to acceptance, median.")
    waiting_now: int | None = Field(description=f"Clients. {_FIVES}")
    days_waited: float | None = Field(description="Until placed, median.")
    with_nobody: float | None = Field(description="Share of matches with nobody eligible.")
    because: list[EmptiedBy]


class BiasRow(BaseModel):
    """One measure of one group of one attribute."""

    of: Literal["therapists", "clients"]
    attribute: str
    group: str
    measure: str
    shown: bool = Field(description="False where the group is withheld.")
    figure: IntervalOut
    difference: IntervalOut = Field(description="From everybody else's.")


class SpreadOut(BaseModel):
    """The lowest group over the highest, for one attribute and measure."""

    of: Literal["therapists", "clients"]
    attribute: str
    measure: str
    lowest: str
    highest: str
    ratio: IntervalOut
    alert: bool = Field(description="Below 0.8, for measures of exposure.")
    certain: bool = Field(description="The whole interval is.")


class BiasSummary(BaseModel):
    """How far apart the lowest and the highest group lie."""

    alerts: int
    spreads: list[SpreadOut]


ExposurePage = Page[ExposureRow, ExposureSummary]
UnmetPage = Page[UnmetRow, UnmetSummary]
GapPage = Page[GapRow, GapSummary]
CalibrationPage = Page[CalibrationRow, CalibrationSummary]
CongestionPage = Page[CongestionRow, CongestionSummary]
BiasPage = Page[BiasRow, BiasSummary]
