"""Clients and profiles as lists of codes, for the affinity: what was asked, and what is offered.

Of a profile only methods and needs count: who a therapist is says nothing by itself.
"""

from collections.abc import Iterator

import numpy as np

from matching.facet import Facet
from matching.intake import AnyOf
from matching.learning.features import NEEDS, STYLE
from matching.query import WISH_FIELDS, Query, style_steps
from matching.roster import Roster
from matching.vocabulary import STYLE_AXES

# A wish on an axis beyond this many hundredths from the middle leans to one side.
_LEANS = 20


def client_codes(query: Query) -> Iterator[str]:
    """The codes of what a query counts, wishes whatever their case, as the ranking takes them."""
    intake = query.intake
    for dimension in query.importance:
        if dimension == NEEDS:
            yield from (f"need:{need}" for need in dict.fromkeys(intake.needs))
        elif dimension == STYLE:
            for axis, steps in style_steps(intake.style):
                side = "middle" if abs(steps) <= _LEANS else "more" if steps > 0 else "less"
                yield f"style:{STYLE_AXES[axis]}:{side}"
        else:
            wish: AnyOf = getattr(intake, WISH_FIELDS[dimension])
            codes = dict.fromkeys(code.casefold() for code in wish.codes)
            yield from (f"{dimension}:{code}" for code in codes)


def profile_facets(roster: Roster) -> Iterator[tuple[str, Facet]]:
    """The fields of a profile that count, with the prefix of their codes."""
    yield "modality", roster.modalities
    yield "need", roster.needs


def profile_codes(roster: Roster) -> list[str]:
    """Every code that any profile holds, sorted."""
    return sorted(f"{name}:{code}" for name, facet in profile_facets(roster) for code in facet.bits)


def profile_table(
    roster: Roster, codes: list[str]
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """(len(roster), len(codes)): 1 / √n for each of the n codes a profile holds."""
    place = {code: column for column, code in enumerate(codes)}
    table = np.zeros((len(roster), len(codes)), np.float32)
    rows = np.arange(len(roster))
    for name, facet in profile_facets(roster):
        held = facet.matrix(rows)
        for code, bit in facet.bits.items():
            column = place.get(f"{name}:{code}")
            if column is not None:
                table[:, column] = held[bit]
    length = np.sqrt(table.sum(1, keepdims=True))
    table /= np.maximum(length, 1)
    return table
