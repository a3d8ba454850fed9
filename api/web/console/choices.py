"""What became of a match: who was chosen, and what staff need where a choice waits for them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.db.tables.pairings import LIVE
from api.match.service import show_match
from api.pairings.reading import page_of_pairings
from api.pairings.schemas import PairingListed
from api.web.page import Page

WAITS_FOR_STAFF = "awaiting_staff"

_MOST = 50
# Each is shown with what the match says of the therapist, which is a read of the match.
_MOST_IN_FULL = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """A pairing of a match; `candidate` is what the match says of the therapist.

    None there: staff chose past the list, or the client was with the therapist before.
    """

    pairing: PairingListed
    candidate: Mapping[str, Any] | None

    @property
    def waits(self) -> bool:
        """Whether staff have to decide."""
        return bool(self.pairing.status == WAITS_FOR_STAFF)

    @property
    def stands(self) -> bool:
        """Whether it holds a place, so that nobody else can be chosen from the match."""
        return self.pairing.status in LIVE


def of_match(page: Page, answer: Mapping[str, Any]) -> list[Choice]:
    """All that were chosen from a match, oldest first."""
    found = page_of_pairings(page.scope, _MOST, None, {"match_id": UUID(answer["id"])}).items
    return [Choice(one, _candidate(answer, one)) for one in found]


def waiting_for_staff(page: Page) -> list[Choice]:
    """The clients' choices that staff have to decide on, the first to lapse first.

    At most twenty; the others move up as these are decided.
    """
    found = page_of_pairings(page.scope, _MOST, None, {"status": WAITS_FOR_STAFF}).items
    found.sort(key=lambda one: str(one.respond_by))
    return [Choice(one, _candidate(_answer(page, one), one)) for one in found[:_MOST_IN_FULL]]


def _answer(page: Page, pairing: PairingListed) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(show_match(page.scope, pairing.match_id).body)
    return answer


def _candidate(answer: Mapping[str, Any], pairing: PairingListed) -> Mapping[str, Any] | None:
    chosen = str(pairing.therapist.id)
    return next((one for one in answer["candidates"] if one["therapist"]["id"] == chosen), None)
