"""Where the clinic's therapists may practise and who may pay them: what can be answered to both.

They are no vocabulary of the clinic's: what is offered is what the profiles hold today.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables import Therapist, TherapistAvailability, TherapistProfile
from api.db.tables.base import table_of
from api.roster.importers.us_states import NAMES
from api.store.versions import holding_now
from api.store.vocabularies import read_vocabulary
from matching.vocabulary import Vocabulary

PLACES, PAYERS = "places", "payers"
# Answers that ask for nothing. No code of ISO 3166 has this form; a payer of that name gives way.
ELSEWHERE, MYSELF = "-other", "-self"

_therapists = table_of(Therapist)
_profiles = table_of(TherapistProfile)
_availability = table_of(TherapistAvailability)


@dataclass(frozen=True, slots=True)
class Stated:
    """The jurisdictions of valid licences, and the payers, each once and in the order shown."""

    jurisdictions: tuple[str, ...]
    payers: tuple[str, ...]

    @property
    def only_place(self) -> str | None:
        """The one jurisdiction there is: nobody has to be asked about it."""
        return self.jurisdictions[0] if len(self.jurisdictions) == 1 else None


def stated(scope: ClinicScope) -> Stated:
    """What the clinic's active therapists state, today."""
    today, clinic = utc_now().date(), scope.clinic
    key = (
        "stated", scope.clinic_id, clinic.roster_version, clinic.availability_version, today,
    )  # fmt: skip
    kept = scope.database.cache.get(key)
    if isinstance(kept, Stated):
        return kept
    places: set[str] = set()
    payers: dict[str, str] = {}
    for row in _rows(scope):
        places.update(_valid(row.licences, today))
        for payer in filter(_is_insurance, row.payers):
            # Two ways of writing one payer are one payer, as in matching.
            name = payers.setdefault(payer.casefold(), payer)
            payers[payer.casefold()] = min(name, payer)
    fresh = Stated(
        tuple(sorted(places, key=place_name)), tuple(sorted(payers.values(), key=str.casefold))
    )
    scope.database.cache.put(key, fresh)
    return fresh


def asked_vocabulary(
    scope: ClinicScope, holding: Mapping[str, Any] = MappingProxyType({})
) -> Vocabulary:
    """The clinic's vocabulary, with the answers to where and who pays; none where none is asked.

    What a client answered before (`holding`, by question) can be kept, though no profile states it
    any more.
    """
    now = stated(scope)
    places = {code: place_name(code) for code in now.jurisdictions}
    payers = {payer: payer_name(payer) for payer in now.payers}
    place, payer = holding.get("place"), holding.get("payment")
    held_place = bool(place) and place not in places
    if place and held_place:
        places[place] = place_name(place)
    if payer and payer.casefold() not in {one.casefold() for one in payers}:
        payers[payer] = payer_name(payer)
    more = {
        PLACES: {**places, ELSEWHERE: "Somewhere else, or not sure"}
        if len(places) > 1 or held_place
        else {},
        PAYERS: {
            **payers,
            MYSELF: "I pay for it myself",
            ELSEWHERE: "Another way, or not sure",
        }
        if payers
        else {},
    }
    return Vocabulary({**read_vocabulary(scope).facets, **more})


def place_name(code: str) -> str:
    """A jurisdiction in words where it is a state of the US, else its code."""
    country, _, part = code.partition("-")
    return NAMES.get(part, code) if country == "US" else code


def payer_name(payer: str) -> str:
    """A payer as the clinic writes it; one that is written as a code, in words."""
    words = payer.replace("_", " ")
    return words[:1].upper() + words[1:]


def _is_insurance(payer: str) -> bool:
    """Whoever pays for themselves is asked for in words of their own."""
    return payer.casefold().replace("_", " ").replace("-", " ") not in {"self pay", "selfpay"}


def _valid(licences: list[dict[str, Any]], today: date) -> list[str]:
    return [
        str(one["jurisdiction"]).upper()
        for one in licences
        if one["expires_on"] is None or date.fromisoformat(one["expires_on"]) >= today
    ]


def _rows(scope: ClinicScope) -> Sequence[Any]:
    document = _profiles.c.document
    query = (
        select(document["licences"].label("licences"), document["payers"].label("payers"))
        .select_from(_therapists)
        .join(_profiles, holding_now(_profiles, _therapists.c.id))
        .join(_availability, holding_now(_availability, _therapists.c.id))
        .where(_therapists.c.clinic_id == scope.clinic_id, _availability.c.active)
    )
    return scope.connection.execute(query).all()
