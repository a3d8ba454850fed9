"""What a page reads of the window's matches: their answers, and those that are computed again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json

from api.auth.scope import ClinicScope
from api.insights import queries
from api.insights.window import Window
from api.ranking.answering import engine_arguments
from api.ranking.recent import StoredMatch, recent_ids, stored_matches
from matching.insights.assessed import Assessed, assess
from matching.insights.tally import Tally

_Floats = NDArray[np.float64]

# What `assess` takes of the arguments of a ranking: nothing that only the order depends on.
_ARGUMENTS = (
    "roster", "availability", "weighting", "vocabulary", "rules", "now", "learned",
)  # fmt: skip
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Staff:
    """The clinic's therapists in order of id: ids as text, and the profile of each."""

    ids: list[str]
    profiles: list[dict[str, Any]]
    place: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", {id_: at for at, id_ in enumerate(self.ids)})

    def __len__(self) -> int:
        return len(self.ids)


def staff_of(scope: ClinicScope) -> Staff:
    """Everybody who ever was on the clinic's roster."""
    rows = queries.profiles_now(scope)
    return Staff([str(row.therapist_id) for row in rows], [row.document for row in rows])


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered to the window's n matches, in its order.

    Attributes:
        shown: places in the staff of who was shown, best first.
        preference_fit, expected_fit: of the first, 0..1 and 0..10, shape (n,); NaN for nobody, and
            without a model.
        eligible: how many could be shown, shape (n,).
        emptied_by: the requirement at which the last one fell; None where somebody was left.
        expected: mean, low and high by therapist's place, of whom expected fit was shown.
    """

    shown: list[NDArray[np.intp]]
    preference_fit: _Floats
    expected_fit: _Floats
    eligible: NDArray[np.intp]
    emptied_by: list[str | None]
    expected: list[dict[int, tuple[float, float, float]]]


def read_answers(scope: ClinicScope, window: Window, staff: Staff) -> Answers:
    """The answers of the window's matches, each parsed once and then let go."""
    size = len(window.ids)
    at = {id_: number for number, id_ in enumerate(window.ids)}
    read = Answers(
        [np.zeros(0, np.intp)] * size,
        np.full(size, np.nan),
        np.full(size, np.nan),
        np.zeros(size, np.intp),
        [None] * size,
        [{} for _ in range(size)],
    )
    for row in queries.answers_of(scope, window.ids):
        _take(read, at[row.id], from_json(bytes(row.answer)), staff)
    return read


def _take(read: Answers, at: int, answer: dict[str, Any], staff: Staff) -> None:
    candidates = answer["candidates"]
    read.eligible[at] = answer["eligible"]
    if not answer["eligible"]:
        read.emptied_by[at] = next(reversed(answer["excluded"]), None)
    places = [staff.place[one["therapist"]["id"]] for one in candidates]
    read.shown[at] = np.array(places, np.intp)
    for place, one in zip(places, candidates, strict=True):
        fit = one["expected_fit"]
        if fit is not None:
            read.expected[at][place] = (fit["mean"], fit["low"], fit["high"])
    if candidates:
        first = candidates[0]
        asked = any(
            row["weight"] > 0 and row["dimension"] != "expected_fit"
            for row in first["contributions"]
        )
        read.preference_fit[at] = first["preference_fit"] if asked else np.nan
        read.expected_fit[at] = read.expected[at].get(places[0], (np.nan,))[0]


def read_again(scope: ClinicScope, window: Window, staff: Staff, answers: Answers) -> Tally:
    """The matches to be computed again, on the rosters of then, added up."""
    tally = Tally(staff.ids)
    at = {window.ids[number]: number for number in window.replayed}
    if not at:
        return tally
    times = [window.times[number] for number in window.replayed]
    between = recent_ids(scope, since=times[0], until=times[-1] + _MOMENT)
    for match in stored_matches(scope, [id_ for id_ in between if id_ in at]):
        number = at[match.id]
        shown = [staff.ids[place] for place in answers.shown[number]]
        client = int(window.clients[number])
        assessed = _assessed(scope, match)
        tally.add(assessed, match.basis.compiled.roster, client, shown, match.intake.limit)
    return tally


def _assessed(scope: ClinicScope, match: StoredMatch) -> Assessed:
    given = engine_arguments(scope, match.basis, match.at)
    return assess(match.intake, **{name: given[name] for name in _ARGUMENTS})


def named(staff: Staff, place: int) -> dict[str, Any]:
    """A therapist as they are named in a row."""
    profile = staff.profiles[place]
    return {
        "id": UUID(staff.ids[place]),
        "reference": profile["reference"],
        "name": profile["name"],
    }


def rounded(value: float, digits: int = 4) -> float | None:
    """A figure as it is shown, None where there is none."""
    return round(float(value), digits) if np.isfinite(value) else None


def behind(clients: Sequence[int] | NDArray[np.intp], places: Sequence[int], size: int) -> _Floats:
    """How many different clients stand behind each place, shape (size,)."""
    pairs = {(int(place), int(client)) for place, client in zip(places, clients, strict=True)}
    return np.bincount([place for place, _ in pairs], minlength=size).astype(np.float64)
