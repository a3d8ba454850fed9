"""FHIR resources as small as they can be, and Bundles of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.profiles.schemas import TherapistRow
from api.roster.importers import Row
from tests.factories.roster import FHIR, outcomes

NUCC = "http://nucc.org/provider-taxonomy"
NPI_SYSTEM = "http://hl7.org/fhir/sid/us-npi"
PLAN_NET = "http://hl7.org/fhir/us/davinci-pdex-plan-net/StructureDefinition/"


def bundle(*resources: Mapping[str, Any], base: str = "https://example.org/fhir") -> dict[str, Any]:
    """A FHIR Bundle of `resources`, each with an address below `base`."""
    entries = [
        {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}", "resource": resource}
        for resource in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def practitioner(id: str = "p1", **changes: Any) -> dict[str, Any]:  # noqa: A002 - FHIR's name
    """A Practitioner with a name and nothing else."""
    name = [{"family": "Marlowe", "given": ["Tess"]}]
    return {"resourceType": "Practitioner", "id": id, "name": name} | changes


def role(
    id: str = "r1",  # noqa: A002 - FHIR's name
    of: str = "Practitioner/p1",
    taxonomy: str = "101YM0800X",
    **changes: Any,
) -> dict[str, Any]:
    """A PractitionerRole of a counsellor."""
    return {
        "resourceType": "PractitionerRole",
        "id": id,
        "practitioner": {"reference": of},
        "specialty": [concept(taxonomy, NUCC)],
    } | changes


def concept(code: str, system: str = "") -> dict[str, Any]:
    """A CodeableConcept."""
    return {"coding": [{"system": system, "code": code}]}


def extension(name: str, **parts: Any) -> dict[str, Any]:
    """One of Plan-Net's extensions with coded parts."""
    inner = [
        {"url": url, "valueCodeableConcept": concept(code)}
        for url, codes in parts.items()
        for code in ([codes] if isinstance(codes, str) else codes)
    ]
    return {"url": PLAN_NET + name, "extension": inner}


def write_json(path: Path, document: object) -> Path:
    """A document as a file."""
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def service(id: str = "s1", **changes: Any) -> dict[str, Any]:  # noqa: A002 - FHIR's name
    """A HealthcareService that says nothing."""
    return {"resourceType": "HealthcareService", "id": id} | changes


def delivered(kind: str | list[str], **more: Any) -> dict[str, Any]:
    """A HealthcareService with a delivery method."""
    return service(extension=[extension("delivery-method", type=kind, **more)])


def serving(*names: str, **changes: Any) -> dict[str, Any]:
    """A counsellor\'s PractitionerRole in the services of those ids."""
    return role(
        healthcareService=[{"reference": f"HealthcareService/{n}"} for n in names], **changes
    )


def licensed(place: str, status: str = "active", **changes: Any) -> dict[str, Any]:
    """A qualification that is valid in one place."""
    inner = extension("practitioner-qualification", whereValid=place)
    inner["extension"].append({"url": "status", "valueCode": status})
    return {"extension": [inner], "code": {"text": "LPC"}} | changes


def read(tmp_path: Path, document: object) -> list[Any]:
    """What a document comes to."""
    return outcomes(write_json(tmp_path / "bundle.json", document), FHIR)


def said(tmp_path: Path, *resources: dict[str, Any]) -> dict[str, Any]:
    """What the one therapist of a Bundle of `resources` is said to be, as far as it is stated."""
    rows = [item for item in read(tmp_path, bundle(*resources)) if isinstance(item, Row)]
    assert len(rows) == 1
    stated = rows[0].stated
    assert stated is not None
    document = rows[0].row.model_dump(include=set(stated))
    # Of what is not stated, nothing is known.
    assert TherapistRow.model_validate(document) == rows[0].row
    return document
