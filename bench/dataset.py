"""One simulated clinic as every method of the tables sees it: roster, past ratings, new clients.

What is read here are the contract's own rows, by the service's own schemas, so a method is given
exactly what the service would have.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from api.profiles.documents import to_profile
from api.profiles.schemas import TherapistRow
from api.ranking.intake import to_intake
from api.ranking.schemas import MatchRequest
from matching.intake import Intake
from matching.learning.ratings import ITEMS, NOT_SAID, Ratings
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES

Row = dict[str, Any]
Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What somebody believes of every pair of n clients and J therapists, in points of fit.

    `mean` has shape (n, J); `sd()`, which takes longer, gives the doubt in it, of the same shape.
    Both are of the pair's expected fit, not of one rating.
    """

    mean: Floats
    sd: Callable[[], Floats]


class Scorer(Protocol):
    """Scores of new clients with every therapist, (clients, therapists), best highest."""

    def __call__(self, unseen: Sequence[Intake]) -> Floats:
        """The scores of these clients."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A clinic's past and its new clients.

    Attributes:
        world, seed: which clinic, for tables.
        roster: everybody in it is eligible for every new client.
        ratings: in the order in which they arrived.
        unseen: clients nobody has rated for yet.
        true_fit: (clients, therapists) in the roster's order; methods never look at it.
        pair_sd: of what only meeting can show, in points; `true_fit` is without it.
        reference: the Bayes-optimal beliefs about the unseen, from all ratings (None) or from some
            of them, by place.
    """

    world: str
    seed: int
    roster: Roster
    ratings: Ratings
    unseen: tuple[Intake, ...]
    true_fit: Floats
    pair_sd: float
    reference: Callable[[Codes | None], Beliefs]


Method = Callable[[Dataset], Scorer]


def read_roster(rows: Sequence[Mapping[str, Any]]) -> Roster:
    """The roster of therapist rows, each one's reference being the id."""
    read = [TherapistRow.model_validate(row) for row in rows]
    return Roster.compile(to_profile(row, row.reference) for row in read)


def read_intake(body: Mapping[str, Any]) -> Intake:
    """The intake of a body of `POST /v1/matches`."""
    return to_intake(MatchRequest.model_validate(body))


def read_ratings(rows: Sequence[Mapping[str, Any]], roster: Roster) -> Ratings:
    """Rows of the ratings import as columns, in the order of `rated_at`.

    Those that may not be learned from are left out. Every therapist must be on the roster.
    """
    rows = sorted(
        (row for row in rows if row.get("learning", True)), key=lambda row: str(row["rated_at"])
    )
    clients, cases = _Codes(), _Codes()
    client = [clients.of(str(row["client_reference"])) for row in rows]
    case = [cases.of(_asked(row)) for row in rows]
    therapist = [roster.row_of(str(row["therapist_reference"])) for row in rows]
    return Ratings(
        client=np.array(client, np.int32),
        therapist=np.array(therapist, np.int32),
        case=np.array(case, np.int32),
        session=np.array([row["session_number"] for row in rows], np.int16),
        at=np.array([_days(str(row["rated_at"])) for row in rows], np.float64),
        items=_items(rows),
        style_seen=_style_seen(rows),
        client_keys=tuple(clients.keys),
        therapist_ids=roster.ids,
        intakes=tuple(read_intake(json.loads(asked)) for asked in cases.keys),
    )


class _Codes:
    """Numbers from 0 for keys, in the order in which they are first seen."""

    def __init__(self) -> None:
        self.keys: dict[str, int] = {}

    def of(self, key: str) -> int:
        return self.keys.setdefault(key, len(self.keys))


def _asked(row: Mapping[str, Any]) -> str:
    """What was asked for when rating, as the body of a match."""
    stated = {"preferences": row.get("preferences", {}), "needs": row.get("needs", [])}
    return json.dumps(stated, sort_keys=True)


def _days(moment: str) -> float:
    return (datetime.fromisoformat(moment) - _EPOCH).total_seconds() / 86_400


def _items(rows: Sequence[Mapping[str, Any]]) -> NDArray[np.float32]:
    answers = [[row.get(item, np.nan) for item in ITEMS] for row in rows]
    return np.array(answers, np.float32).reshape(-1, len(ITEMS))


def _style_seen(rows: Sequence[Mapping[str, Any]]) -> NDArray[np.int8]:
    said = [row.get("style_seen", {}) for row in rows]
    answers = [[one.get(axis, NOT_SAID) for axis in STYLE_AXES] for one in said]
    return np.array(answers, np.int8).reshape(-1, len(STYLE_AXES))
