"""What Practitioner, PractitionerRole and HealthcareService say about a therapist.

FHIR R4 with the extensions of Da Vinci PDex Plan-Net 1.1. Gender is not read: a registry's word on
it is unconfirmed. Hours are read of the role only: a service's hours are not one person's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from sys import intern
from typing import Any

from api.limits import REFERENCE_CHARS
from api.roster.importers import nucc
from api.roster.importers.fhir_hours import parts_of_week
from api.roster.importers.fhir_join import target_of
from api.roster.importers.fhir_values import (
    Resource,
    codes,
    extensions,
    objects,
    references,
    text,
    texts,
    truth,
)
from api.roster.importers.npi import valid_npi
from api.roster.importers.us_states import state_jurisdiction
from api.text import language_tag
from matching.shared_codes import SHARED

_PLAN_NET = "http://hl7.org/fhir/us/davinci-pdex-plan-net/StructureDefinition/"
_NPI_SYSTEM = "http://hl7.org/fhir/sid/us-npi"
_LANGUAGES = "urn:ietf:bcp:47"
_LICENCE_NUMBER = "LN"
_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Plan-Net's VirtualModalitiesCS. A text telephone is none of the formats.
_VIRTUAL = {"app": "video", "web": "video", "phone": "phone"}
# Plan-Net's AcceptingPatientsCS: for a new client only the first of them has a place.
_ACCEPTING = {"newpt": True, "nopt": False, "existptonly": False, "existptfam": False}


@dataclass(frozen=True, slots=True)
class Service:
    """What is known of a HealthcareService; empty or None is unknown."""

    formats: frozenset[str]
    accepting: bool | None


@dataclass(frozen=True, slots=True)
class Role:
    """What is known of a PractitionerRole; the references are resolved to targets."""

    practitioner: str
    services: tuple[str, ...]
    taxonomy: tuple[str, ...]
    active: bool | None
    accepting: bool | None
    schedule: frozenset[str]


def read_service(resource: Resource) -> Service:
    """The part of a HealthcareService that says how people meet, and whether there is room."""
    return Service(frozenset(_formats(resource)), _accepting(resource))


def read_role(resource: Resource, url: str) -> Role:
    """The part of a PractitionerRole that says who does what, when, and whether there is room.

    `url` is the `fullUrl` of its entry.
    """
    qualified = extensions(resource, _PLAN_NET + "qualification")
    taxonomy = [*codes(resource, "specialty", nucc.SYSTEM), *codes(resource, "code", nucc.SYSTEM)]
    for extension in qualified:
        for part in extensions(extension, "code"):
            taxonomy += codes(part, "valueCodeableConcept", nucc.SYSTEM)
    return Role(
        practitioner=target_of(next(iter(references(resource, "practitioner")), ""), url),
        services=tuple(target_of(name, url) for name in references(resource, "healthcareService")),
        taxonomy=tuple(map(intern, taxonomy)),
        active=truth(resource, "active"),
        accepting=_accepting(resource),
        schedule=frozenset(parts_of_week(objects(resource, "availableTime"))),
    )


def therapist(
    practitioner: Resource, identity: str, roles: Sequence[tuple[Role, Sequence[Service]]]
) -> dict[str, Any] | None:
    """A therapist's row as far as the resources speak; None without behavioural health in them.

    `identity` names the entry where the resource has no id of its own.
    """
    taxonomy = [code for role, _ in roles for code in role.taxonomy]
    for qualification in objects(practitioner, "qualification"):
        taxonomy += codes(qualification, "code", nucc.SYSTEM)
    discipline = nucc.discipline_of(taxonomy)
    if discipline is None:
        return None
    # A role that has ended says nothing about how and when this person works now.
    current = [(role, services) for role, services in roles if role.active is not False]
    said: dict[str, Any] = {
        "discipline": discipline,
        "languages": list(_languages(practitioner)),
        "licences": list(_licences(practitioner)),
        "formats": _in_order("formats", (s.formats for _, found in current for s in found)),
        "schedule": _in_order("schedule", (role.schedule for role, _ in current)),
        "active": _active(practitioner, [role for role, _ in roles]),
        "accepting": _has_room(current),
    }
    known = {name: value for name, value in said.items() if value not in (None, [])}
    return {"reference": _reference(practitioner, identity), "name": _name(practitioner), **known}


def _reference(practitioner: Resource, identity: str) -> str:
    for identifier in objects(practitioner, "identifier"):
        number = text(identifier, "value")
        if text(identifier, "system") == _NPI_SYSTEM and valid_npi(number):
            return f"npi-{number}"
    own = text(practitioner, "id") or identity
    if not own:
        return ""
    reference = f"fhir-{own}"
    if len(reference) > REFERENCE_CHARS:
        # FHIR allows 64 characters, five more than have room; the digest is as stable as the id.
        return f"fhir-{blake2b(own.encode(), digest_size=16).hexdigest()}"
    return reference


def _name(practitioner: Resource) -> str:
    """The name in use: given and family name, or the text up to its first comma (credentials)."""
    names = [name for name in objects(practitioner, "name") if text(name, "use") != "old"]
    names.sort(key=lambda name: text(name, "use") not in {"official", "usual"})
    for name in names:
        full = " ".join([*texts(name, "given"), text(name, "family")]).strip()
        full = full or text(name, "text").partition(",")[0]
        if full:
            return full
    return ""


def _languages(practitioner: Resource) -> Iterator[str]:
    for code in codes(practitioner, "communication", _LANGUAGES):
        try:
            yield language_tag(code)
        except ValueError:
            continue


def _licences(practitioner: Resource) -> Iterator[dict[str, str | None]]:
    """Where qualifications in force are valid, and the states that assigned licence numbers."""
    for qualification in objects(practitioner, "qualification"):
        ends_on = _day(qualification)
        for extension in extensions(qualification, _PLAN_NET + "practitioner-qualification"):
            status = [text(part, "valueCode") for part in extensions(extension, "status")]
            places = (
                code
                for part in extensions(extension, "whereValid")
                for code in codes(part, "valueCodeableConcept")
            )
            if _counts(qualification) and set(status) <= {"active"}:
                yield from _in_states(places, ends_on)
    for identifier in objects(practitioner, "identifier"):
        if _LICENCE_NUMBER in codes(identifier, "type"):
            assigners = (text(assigner, "display") for assigner in objects(identifier, "assigner"))
            yield from _in_states(assigners, _day(identifier))


def _counts(qualification: Resource) -> bool:
    """Whether it may be a licence for behavioural health: a specialty of another kind is none."""
    taxonomy = list(codes(qualification, "code", nucc.SYSTEM))
    return not taxonomy or nucc.discipline_of(taxonomy) is not None


def _in_states(places: Iterator[str], ends_on: str | None) -> Iterator[dict[str, str | None]]:
    for place in places:
        jurisdiction = state_jurisdiction(place)
        if jurisdiction:
            yield {"jurisdiction": jurisdiction, "expires_on": ends_on}


def _day(owner: Resource) -> str | None:
    ends = [text(period, "end")[:10] for period in objects(owner, "period")]
    return next((end for end in ends if _FULL_DATE.fullmatch(end)), None)


def _formats(service: Resource) -> Iterator[str]:
    for extension in extensions(service, _PLAN_NET + "delivery-method"):
        types = {
            c for part in extensions(extension, "type") for c in codes(part, "valueCodeableConcept")
        }
        if "physical" in types:
            yield "in_person"
        if "virtual" in types:
            ways = [
                _VIRTUAL.get(code)
                for part in extensions(extension, "virtualModalities")
                for code in codes(part, "valueCodeableConcept")
            ]
            yield from (way for way in ways or ["video"] if way)


def _accepting(resource: Resource) -> bool | None:
    """Whether new clients are taken, in any network that the resource speaks of."""
    said = [
        _ACCEPTING[code]
        for extension in extensions(resource, _PLAN_NET + "newpatients")
        for part in extensions(extension, "acceptingPatients")
        for code in codes(part, "valueCodeableConcept")
        if code in _ACCEPTING
    ]
    return any(said) if said else None


def _has_room(roles: Sequence[tuple[Role, Sequence[Service]]]) -> bool | None:
    """What the roles say; what their services say where no role says anything."""
    said = [role.accepting for role, _ in roles if role.accepting is not None]
    if not said:
        said = [s.accepting for _, found in roles for s in found if s.accepting is not None]
    return any(said) if said else None


def _active(practitioner: Resource, roles: Sequence[Role]) -> bool | None:
    """False when the person is not active or every role has ended."""
    own = truth(practitioner, "active")
    said = [role.active for role in roles if role.active is not None]
    if own is False or not said:
        return own
    return any(said) or len(said) < len(roles)


def _in_order(facet: str, found: Iterator[frozenset[str]]) -> list[str]:
    present = frozenset[str]().union(*found)
    return [code for code in SHARED[facet] if code in present]
