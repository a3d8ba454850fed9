"""What a request asks for, in words: as much as a therapist needs to say yes or no."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.db.tables import Match
from api.db.tables.base import table_of
from api.pairings.schemas import PairingListed
from api.store.vocabularies import read_vocabulary
from api.web.intake.stated import payer_name
from matching.vocabulary import Vocabulary

# By field of the preferences: how it is called, and the vocabulary of its codes.
_WISHES: Mapping[str, tuple[str, str]] = {
    "language": ("Languages they could talk in", "languages"),
    "format": ("How they would like to meet", "formats"),
    "schedule": ("When they could meet", "schedule"),
}
_MATTERS = {"strong": "it matters a lot to them", "must": "they need it"}

_matches = table_of(Match)


def asked_for(
    scope: ClinicScope, requests: Sequence[PairingListed]
) -> dict[UUID, list[tuple[str, str]]]:
    """What each of these pairings' clients asked for, by the pairing's id: a name and words.

    Every one that is shown is recorded as read. The rest of what a client answered is not shown:
    a therapist decides by this, and the client is told of this.
    """
    wanted = {one.match_id for one in requests}
    query = select(_matches.c.id, _matches.c.request).where(
        _matches.c.clinic_id == scope.clinic_id, _matches.c.id.in_(wanted)
    )
    asked = {row.id: row.request for row in scope.connection.execute(query)}
    vocabulary = read_vocabulary(scope)
    scope.unit.begin_write()
    for match_id in asked:
        record(scope, "match.read", match_id)
    return {one.id: list(_lines(asked[one.match_id], vocabulary)) for one in requests}


def _lines(request: Mapping[str, Any], vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    needs = request.get("needs") or []
    yield "What they want help with", _words(needs, "needs", vocabulary) or "They did not say"
    preferences = request.get("preferences") or {}
    for field, (name, facet) in _WISHES.items():
        wish = preferences.get(field) or {}
        said = _words(wish.get("any_of") or [], facet, vocabulary)
        matters = _MATTERS.get(wish.get("importance", ""))
        if said and matters:
            said = f"{said} ({matters})"
        yield name, said or "They did not say"
    payer = request.get("payer")
    yield "How they pay", payer_name(payer) if payer else "No insurance named"


def _words(codes: Sequence[str], facet: str, vocabulary: Vocabulary) -> str:
    return ", ".join(vocabulary.label(facet, code) for code in codes)
