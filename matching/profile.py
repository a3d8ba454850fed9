"""What a therapist's profile says, and how free they are: what a roster is compiled from."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

LicenceKind = Literal["full", "associate", "compact"]
StyleAxes = tuple[float | None, float | None, float | None, float | None]

UNKNOWN_STYLE: StyleAxes = (None, None, None, None)


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence to practise in a jurisdiction (ISO 3166); counts until `expires_on`, inclusive."""

    jurisdiction: str
    kind: LicenceKind = "full"
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One therapist as described by themselves, the clinic or a registry.

    An empty tuple or None means that the profile does not say, never that the answer is no.
    `style` holds one value in −1..1 for each of `vocabulary.STYLE_AXES`, None where unknown; a
    roster keeps it in hundredths.
    `id` is opaque and unique within the clinic; rows of a compiled roster are sorted by it.
    """

    id: str
    reference: str
    name: str
    gender: str | None = None
    pronouns: str | None = None
    cultures: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    out_of_scope: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    schedule: tuple[str, ...] = ()
    services: tuple[str, ...] = ("individual",)
    age_groups: tuple[str, ...] = ()
    licences: tuple[Licence, ...] = ()
    payers: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    style: StyleAxes = UNKNOWN_STYLE
    discipline: str | None = None
    associate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityRow:
    """How free one therapist is. It changes with every pairing, so it is not part of the profile.

    `caseload_limit` None means unlimited; `confirmed_at` (aware, UTC) None means never confirmed.
    """

    id: str
    active: bool = True
    accepting: bool = True
    caseload: int = 0
    caseload_limit: int | None = None
    confirmed_at: datetime | None = None
    leaving_on: date | None = None
