"""What is asked for, and who offers it: alone, and together with what else the same client asks."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.insights.steps import in_fives
from matching.intake import AnyOf, Importance, Intake
from matching.learning.steps import STEP
from matching.roster import Roster
from matching.rows import Flags, Rows
from matching.scorers.language import spoken

# Fewer to choose from is too few, as for `suggestions.FEW`.
FEW = 3

Shortage = Literal["nobody", "no_place", "few"]
# A kind of wish or requirement, and a code of it.
Item = tuple[str, str]

_HARD = ("service", "age_group", "jurisdiction", "access")

_OFFERS: Mapping[str, Callable[[Roster, str, Rows, date], Flags]] = MappingProxyType(
    {
        "need": lambda roster, code, rows, _: roster.needs.any_of((code,), rows),
        "gender": lambda roster, code, rows, _: roster.gender.any_of((code,), rows),
        "culture": lambda roster, code, rows, _: (
            roster.cultures.any_of((code,), rows) | roster.communities.any_of((code,), rows)
        ),
        "language": lambda roster, code, rows, _: roster.languages.any_of(
            spoken((code,), roster.languages.bits), rows
        ),
        "modality": lambda roster, code, rows, _: roster.modalities.any_of((code,), rows),
        "format": lambda roster, code, rows, _: roster.formats.any_of((code,), rows),
        "schedule": lambda roster, code, rows, _: roster.schedule.any_of((code,), rows),
        "service": lambda roster, code, rows, _: roster.services.any_of((code,), rows),
        "age_group": lambda roster, code, rows, _: roster.age_groups.any_of((code,), rows),
        "jurisdiction": lambda roster, code, rows, on: roster.licences.valid(code, on, rows),
        "access": lambda roster, code, rows, _: roster.access.any_of((code,), rows),
    }
)


@dataclass(frozen=True, slots=True)
class Unmet:
    """Something that too few can give.

    Attributes:
        items: one, or two that one therapist has to have at once.
        clients, musts: how many ask for it, and as a requirement, in steps of five; the second
            None below five.
        stuck: of the clients, who named nothing else for the same wish that more can give, in steps
            of five, None below five. Of two things at once, all of them.
        offered_by, with_a_place: therapists at work, and of them those who take new clients.
    """

    items: tuple[Item, ...]
    clients: int
    musts: int | None
    stuck: int | None
    offered_by: int
    with_a_place: int
    shortage: Shortage


def items_of(intake: Intake) -> Iterator[tuple[Item, bool]]:
    """What one client asks for, each with whether it is a requirement. Codes only, no free text."""
    for need in intake.needs:
        yield ("need", need), False
    for kind in ("gender", "culture", "language", "modality", "format", "schedule"):
        wish: AnyOf = getattr(intake, kind)
        if wish.asked:
            for code in wish.codes:
                folded = code.lower() if kind == "language" else code
                yield (kind, folded), wish.importance is Importance.MUST
    for kind in _HARD:
        said = getattr(intake, kind)
        for code in (said,) if isinstance(said, str) else said or ():
            yield (kind, code), True


def unmet(
    intakes: Sequence[Intake], roster: Roster, taking: Flags, working: Flags, on: date
) -> list[Unmet]:
    """What clients ask for that fewer than FEW can give, where most are stuck first.

    Args:
        intakes: one a client.
        roster: as it is now.
        taking: flags its rows, who takes new clients.
        working: flags its rows, who is at work at all.
        on: the day on which licences have to hold.
    """
    demand = _Demand.of(intakes)
    offers = {
        item: _OFFERS[item[0]](roster, item[1], Rows.every(len(roster)), on)
        for item in demand.places
    }
    supply = {item: _supply(flags, taking, working) for item, flags in offers.items()}
    short = {item for item, (_, with_a_place) in supply.items() if with_a_place < FEW}
    stuck = Counter(item for intake in intakes for item in _stuck(intake, short))
    found = [
        _unmet((item,), demand, supply[item], stuck[item]) for item in demand.often if item in short
    ]
    # Where a part is scarce by itself, the part is what is missing.
    for pair in demand.pairs(leave_out=short):
        both = _supply(offers[pair[0]] & offers[pair[1]], taking, working)
        if both[1] < FEW:
            found.append(_unmet(pair, demand, both, None))
    return sorted(found, key=lambda one: (-(one.stuck or 0), -one.clients, one.items))


def _stuck(intake: Intake, short: set[Item]) -> set[Item]:
    """What one client asks for with nothing else for the same wish that more can give."""
    by_kind: dict[str, set[Item]] = {}
    for item, _ in items_of(intake):
        by_kind.setdefault(item[0], set()).add(item)
    found: set[Item] = set()
    for kind, items in by_kind.items():
        # Any one of a wish's codes meets it; needs and what access takes are wanted each.
        found |= items & short if kind in {"need", "access"} or items <= short else set()
    return found


@dataclass(frozen=True, slots=True)
class _Demand:
    """Who asks for what: `asked` and `must` of shape (clients, items), 1 or 0.

    `places` are the items by place, `often` those that five clients or more ask for.
    """

    asked: csr_array
    must: csr_array
    places: Mapping[Item, int]
    often: Mapping[Item, int]

    @classmethod
    def of(cls, intakes: Sequence[Intake]) -> "_Demand":
        places: dict[Item, int] = {}
        entries: dict[tuple[int, int], bool] = {}
        for client, intake in enumerate(intakes):
            for item, must in items_of(intake):
                at = (client, places.setdefault(item, len(places)))
                entries[at] = entries.get(at, False) or must
        shape = (len(intakes), len(places))
        rows, columns = np.array(list(entries), np.int64).reshape(-1, 2).T
        musts = np.array(list(entries.values()), np.int64)
        asked = csr_array((np.ones(len(entries), np.int64), (rows, columns)), shape=shape)
        must = csr_array((musts, (rows, columns)), shape=shape)
        counts = asked.sum(axis=0)
        often = {item: at for item, at in places.items() if counts[at] >= STEP}
        return cls(asked, must, places, often)

    def clients(self, items: tuple[Item, ...], *, must: bool = False) -> int:
        """How many ask for all of these, `must` for those for whom each is a requirement."""
        together = self.must if must else self.asked
        columns: NDArray[np.int64] = together[:, [self.places[item] for item in items]].toarray()
        return int(columns.all(axis=1).sum())

    def pairs(self, leave_out: set[Item]) -> Iterator[tuple[Item, Item]]:
        """Items of different kinds that five clients or more ask for at once."""
        items = [item for item in self.often if item not in leave_out]
        some = self.asked[:, [self.often[item] for item in items]]
        together = (some.T @ some).toarray()
        for one, other in combinations(range(len(items)), 2):
            if together[one, other] >= STEP and items[one][0] != items[other][0]:
                yield items[one], items[other]


def _supply(offers: Flags, taking: Flags, working: Flags) -> tuple[int, int]:
    return int((offers & working).sum()), int((offers & taking).sum())


def _unmet(
    items: tuple[Item, ...], demand: _Demand, supply: tuple[int, int], stuck: int | None
) -> Unmet:
    """`stuck` None for all who ask."""
    offered_by, with_a_place = supply
    shortage: Shortage = "few"
    if not with_a_place:
        shortage = "no_place" if offered_by else "nobody"
    clients = demand.clients(items)
    musts = in_fives(demand.clients(items, must=True))
    without = in_fives(clients if stuck is None else stuck)
    return Unmet(items, in_fives(clients) or 0, musts, without, offered_by, with_a_place, shortage)
