"""A FHIR R4 Bundle: its behavioural-health Practitioners, joined with their roles and services.

Every entry is accounted for. A Practitioner is a row, rejected or skipped. A PractitionerRole and a
HealthcareService that belong to a Practitioner of the Bundle are part of that outcome and have none
of their own; one that belongs to nobody in it is skipped as `no_practitioner`. Anything else is
skipped as `not_a_therapist_resource`. What must be held to join is a few facts a role and service.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.importing.json_stream import check_elements, elements
from api.importing.outcome import WHOLE_ROW, FileFault, Rejected, Skipped
from api.roster.importers.acceptance import Acceptance, Row
from api.roster.importers.fhir_join import Addresses
from api.roster.importers.fhir_resources import Role, Service, read_role, read_service, therapist
from api.roster.importers.fhir_values import Resource, text
from matching.vocabulary import Vocabulary

Outcome = Row | Skipped | Rejected


def check_fhir(path: Path) -> int:
    """How many entries the Bundle has.

    Raises:
        FileFault: the document is at fault, or is not a Bundle.
    """
    count, members = check_elements(path, "entry")
    if members.get("resourceType") != "Bundle":
        raise FileFault("is not a FHIR Bundle: send one with resourceType Bundle")
    return count


def read_fhir(path: Path, vocabulary: Vocabulary) -> Iterator[Outcome]:
    """The outcomes in the order of the entries; `line` is the entry's 1-based place."""
    joined = _join(path)
    acceptance = Acceptance(vocabulary)
    for line, entry in elements(path, "entry"):
        if not isinstance(entry, dict):
            yield Rejected(line, WHOLE_ROW, "is not a JSON object")
        elif line not in joined.parts:
            yield _outcome(line, entry, joined, acceptance)


def _outcome(line: int, entry: Resource, joined: "_Joined", acceptance: Acceptance) -> Outcome:
    resource = _resource(entry)
    kind = text(resource, "resourceType")
    if kind in {"PractitionerRole", "HealthcareService"}:
        return Skipped(line, "no_practitioner")
    if kind != "Practitioner":
        return Skipped(line, "not_a_therapist_resource")
    row = therapist(resource, _last_part(text(entry, "fullUrl")), joined.roles.get(line, []))
    if row is None:
        return Skipped(line, "not_behavioural_health")
    return acceptance.take(line, row, frozenset(row))


@dataclass(slots=True)
class _Joined:
    """Each Practitioner's roles with their services, by entry; and the entries they stand in."""

    roles: dict[int, list[tuple[Role, list[Service]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    parts: set[int] = field(default_factory=set)


def _join(path: Path) -> _Joined:
    people, places = Addresses(), Addresses()
    roles: list[tuple[int, Role]] = []
    services: dict[int, Service] = {}
    for line, entry in elements(path, "entry"):
        resource, url = _resource(entry), text(entry, "fullUrl") if isinstance(entry, dict) else ""
        kind = text(resource, "resourceType")
        if kind == "Practitioner":
            people.add(line, url, _type_and_id(resource))
        elif kind == "PractitionerRole":
            roles.append((line, read_role(resource, url)))
        elif kind == "HealthcareService":
            places.add(line, url, _type_and_id(resource))
            services[line] = read_service(resource)
    joined = _Joined()
    for line, role in roles:
        person = people.find(role.practitioner)
        if person is None:
            continue
        found = [at for name in role.services if (at := places.find(name)) is not None]
        joined.roles[person].append((role, [services[at] for at in found]))
        joined.parts.update([line, *found])
    return joined


def _resource(entry: Any) -> Resource:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    return resource if isinstance(resource, dict) else {}


def _type_and_id(resource: Resource) -> str:
    own = text(resource, "id")
    return f"{text(resource, 'resourceType')}/{own}" if own else ""


def _last_part(url: str) -> str:
    return url.replace(":", "/").rpartition("/")[2]
