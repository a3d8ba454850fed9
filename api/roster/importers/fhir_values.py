"""Careful ways into a FHIR resource of unknown quality: what has another shape is not there."""

from collections.abc import Iterator
from typing import Any

Resource = dict[str, Any]


def text(resource: Resource, name: str) -> str:
    """A string member, trimmed; empty where there is none."""
    value = resource.get(name)
    return value.strip() if isinstance(value, str) else ""


def truth(resource: Resource, name: str) -> bool | None:
    """A boolean member."""
    value = resource.get(name)
    return value if isinstance(value, bool) else None


def objects(resource: Resource, name: str) -> list[Resource]:
    """The objects of a list member; one object stands for a list of one."""
    value = resource.get(name)
    values = value if isinstance(value, list) else [value]
    return [value for value in values if isinstance(value, dict)]


def texts(resource: Resource, name: str) -> list[str]:
    """The strings of a list member."""
    value = resource.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def codes(resource: Resource, name: str, system: str | None = None) -> Iterator[str]:
    """The codes of the CodeableConcepts under `name`, those of one code system if it is given."""
    for concept in objects(resource, name):
        for coding in objects(concept, "coding"):
            code = text(coding, "code")
            if code and system in {None, text(coding, "system")}:
                yield code


def extensions(resource: Resource, url: str) -> list[Resource]:
    """The extensions with that URL."""
    return [found for found in objects(resource, "extension") if text(found, "url") == url]


def references(resource: Resource, name: str) -> list[str]:
    """Where the References under `name` point."""
    found = (text(reference, "reference") for reference in objects(resource, name))
    return [reference for reference in found if reference]
