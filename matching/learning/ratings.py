"""Past fit ratings of one clinic as columns, and who left: what the learned half learns from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.intake import Intake

# The questions of a fit rating, each answered 0..10.
ITEMS: tuple[str, ...] = (
    "trust", "safe", "heard", "goals", "can_speak_up", "collaboration", "approach", "feedback",
    "cultural_respect", "non_judgement", "consistency", "progress", "carry_over",
    "connection_quality", "privacy", "overall",
)  # fmt: skip

# Of an axis of style, where a client did not say whether they would like less or more of it.
NOT_SAID = -128


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """n ratings and departures, in the order in which they arrived.

    A departure is an end of a pairing for reasons of fit, never a practical one. It is a row of the
    pair like a rating, with a session and a time of its own and no answer.

    Attributes:
        client, therapist, case: places in `client_keys`, `therapist_ids` and `intakes`, (n,).
        session: from 1, shape (n,).
        at: when the rating was given, days since 1970-01-01 UTC, shape (n,).
        items: 0..10 in the order of ITEMS, NaN where not answered, shape (n, len(ITEMS)).
        style_seen: by style axis whether the client would like less (−1) or more (1) of it or
            finds it right (0), NOT_SAID where they did not say, shape (n, 4).
        client_keys: opaque and lasting names of the clients.
        therapist_ids: as in rosters.
        intakes: what was asked for by the time of a rating.
        left: which rows are departures, shape (n,); none where it is left out.
        since: how many trainings had begun to read before a row arrived, those that read equally
            far as one, never falling, shape (n,); 0 where it is left out.
        again: which rows say nothing new: they arrived before, and wait with somebody who went,
            shape (n,); none where it is left out.
    """

    client: NDArray[np.int32]
    therapist: NDArray[np.int32]
    case: NDArray[np.int32]
    session: NDArray[np.int16]
    at: NDArray[np.float64]
    items: NDArray[np.float32]
    style_seen: NDArray[np.int8]
    client_keys: Sequence[str]
    therapist_ids: Sequence[str]
    intakes: Sequence[Intake]
    left: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    since: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    again: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    def __post_init__(self) -> None:
        for name in ("left", "since", "again"):
            column = getattr(self, name)
            if not column.size:
                object.__setattr__(self, name, np.zeros(len(self.client), column.dtype))
        sizes = {
            len(column)
            for column in (
                self.client, self.therapist, self.case, self.session, self.at, self.items,
                self.style_seen, self.left, self.since, self.again,
            )
        }  # fmt: skip
        if len(sizes) > 1:
            raise ValueError("the columns of ratings must be of one length")
        if (np.diff(self.since) < 0).any():
            raise ValueError("ratings must stand in the order in which they arrived")
        said = np.isfinite(self.items).any(1) | (self.style_seen != NOT_SAID).any(1)
        if (said & self.left).any():
            raise ValueError("a departure holds no answer")

    def __len__(self) -> int:
        return len(self.client)

    def part(self, rows: NDArray[np.intp]) -> "Ratings":
        """Some of the ratings, with only the clients and intakes that they name."""
        clients, client = _renumbered(self.client[rows])
        cases, case = _renumbered(self.case[rows])
        return Ratings(
            client=client,
            therapist=self.therapist[rows],
            case=case,
            session=self.session[rows],
            at=self.at[rows],
            items=self.items[rows],
            style_seen=self.style_seen[rows],
            client_keys=[self.client_keys[code] for code in clients],
            therapist_ids=self.therapist_ids,
            intakes=[self.intakes[code] for code in cases],
            left=self.left[rows],
            since=self.since[rows],
            again=self.again[rows],
        )


def _renumbered(codes: NDArray[np.int32]) -> tuple[list[int], NDArray[np.int32]]:
    """The codes that occur, in the order in which they first do, and each one's place there."""
    used, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(used), np.int32)
    place[order] = np.arange(len(used), dtype=np.int32)
    return used[order].tolist(), place[inverse]
