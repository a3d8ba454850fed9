"""Many requests added up by therapist: what each was owed, what a gap cost, who had no room."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matching.attention import attention
from matching.insights.assessed import Assessed
from matching.roster import Roster
from matching.scoring import ROUNDING

_Floats = NDArray[np.float64]
_Places = NDArray[np.intp]

# The fields of a profile that say something of a dimension.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "communication_style": "style",
        "gender": "gender",
        "culture": "cultures, communities",
        "language": "languages",
        "modality": "modalities",
        "needs": "needs",
        "format": "formats",
        "schedule": "schedule",
    }
)


class Distinct:
    """Sums by therapist that know how many different clients stand behind each."""

    def __init__(self, therapists: int) -> None:
        self._size = therapists
        self._therapist: list[_Places] = []
        self._client: list[_Places] = []
        self._values: list[_Floats] = []

    def add(self, therapists: _Places, client: int, *values: _Floats) -> None:
        """Note one client's request for some therapists, each once, with values of shape (n,)."""
        self._therapist.append(therapists)
        self._client.append(np.full(therapists.size, client))
        self._values.append(np.array(values).reshape(len(values), therapists.size))

    def clients(self) -> _Floats:
        """How many different clients, shape (therapists,)."""
        if not self._therapist:
            return np.zeros(self._size)
        pairs = np.stack((np.concatenate(self._therapist), np.concatenate(self._client)))
        return _counted(np.unique(pairs, axis=1)[0], self._size)

    def matches(self) -> _Floats:
        """How many requests, shape (therapists,)."""
        if not self._therapist:
            return np.zeros(self._size)
        return _counted(np.concatenate(self._therapist), self._size)

    def sums(self) -> Iterator[_Floats]:
        """Each value added up, shape (therapists,)."""
        at = np.concatenate(self._therapist) if self._therapist else np.zeros(0, np.intp)
        for values in np.concatenate(self._values, axis=1) if self._values else ():
            yield np.bincount(at, values, self._size).astype(np.float64)


class Tally:
    """What was assessed so far, by therapist in the order of `ids`.

    Attributes:
        eligible: for which requests they were eligible: the sums are the attention that their
            score warrants (below), the attention they got, preference fit, expected fit, and for
            how many requests these two are known.
        full: for which they would have been but for a place.
        gaps: by field, for which the profile did not say what was asked: the sums are places and
            score that the best answer would have brought, and whether it would have shown them.
        shut: by field, for which it alone kept them out by being blank.

    A list's attention is warranted by the eligible in proportion to their scores: equity of
    attention (Biega, Gummadi and Weikum 2018), as `matching/exposure.py` has it.
    """

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = ids
        self._place = {id_: place for place, id_ in enumerate(ids)}
        self._roster: Roster | None = None
        self._codes: _Places = np.zeros(0, np.intp)
        self.requests = 0
        self.eligible = Distinct(len(ids))
        self.full = Distinct(len(ids))
        self.gaps = {name: Distinct(len(ids)) for name in FIELDS}
        self.shut: dict[str, Distinct] = {}

    def add(
        self, assessed: Assessed, roster: Roster, client: int, shown: Sequence[str], limit: int
    ) -> None:
        """Add a request of `client` (a number) that showed those ids, best first, of `limit`."""
        codes = self._codes_of(roster)
        here = codes.take(assessed.rows)
        self.requests += 1
        got = np.zeros(len(self.ids))
        places = [self._place[id_] for id_ in shown if id_ in self._place]
        got[places] = attention(len(places))
        self.eligible.add(
            here,
            client,
            _warranted(assessed.total, len(places)),
            got.take(here),
            *_known(assessed.preference_fit, here.size),
            *_known(assessed.expected, here.size),
        )
        self.full.add(codes.take(assessed.full_alone), client)
        for name, rows in assessed.blank_alone.items():
            self.shut.setdefault(name, Distinct(len(self.ids))).add(codes.take(rows), client)
        self._add_gaps(assessed, here, client, limit)

    def _add_gaps(self, assessed: Assessed, here: _Places, client: int, limit: int) -> None:
        ranked = np.sort(assessed.total)
        above = ranked.size - np.searchsorted(ranked, assessed.total + ROUNDING, "right")
        for place, (name, weight) in enumerate(assessed.query.weights.items()):
            blank = assessed.unknown[place]
            if name not in FIELDS or not blank.any():
                continue
            gain = weight * (1 - assessed.scores[place, blank])
            better = assessed.total[blank] + gain
            still = ranked.size - np.searchsorted(ranked, better + ROUNDING, "right")
            rise = (above[blank] - still).astype(np.float64)
            into = ((above[blank] >= limit) & (still < limit)).astype(np.float64)
            self.gaps[name].add(here[blank], client, rise, gain, into)

    def _codes_of(self, roster: Roster) -> _Places:
        if roster is not self._roster:
            self._roster = roster
            self._codes = np.array([self._place[id_] for id_ in roster.ids], np.intp)
        return self._codes


def _warranted(total: _Floats, shown: int) -> _Floats:
    looks = float(attention(shown).sum())
    together = float(total.sum())
    if not together:
        # Nothing tells them apart. `Exposure.of` leaves out such a list and the attention it gave;
        # here that attention counts, and would stand against nothing.
        return np.full(total.size, looks / max(total.size, 1))
    return looks * total / together


def _known(values: _Floats | None, size: int) -> tuple[_Floats, _Floats]:
    return (np.zeros(size), np.zeros(size)) if values is None else (values, np.ones(size))


def _counted(places: _Places, size: int) -> _Floats:
    return np.bincount(places, minlength=size).astype(np.float64)
