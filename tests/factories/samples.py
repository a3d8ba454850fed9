"""Whole request bodies made from the OpenAPI document, and every place in them."""

import copy
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from api.clock import utc_now

Place = tuple[str | int, ...]

# What the schema alone does not say: codes that the vocabulary holds, and forms with a meaning.
_SAMPLES: Mapping[str, Any] = {
    "accept": [
        {"change": "schedule", "add": "tue_evening"},
        {"change": "language", "to": "strong"},
    ],
    "access": ["step_free"],
    "accepts_associate": "yes",
    "age_group": "adult",
    "age_groups": ["adult"],
    "availability_confirmed_at": "2026-03-01T09:30:00Z",
    "cnip_items": None,
    "code": "sample_code",
    "communities": ["lgbtq"],
    "cultures": ["latine"],
    "events": ["match.created"],
    "exclude_therapists": ["t-4"],
    "facet": "needs",
    "format": "video",
    "formats": ["video"],
    "gender": "woman",
    "importance": "some",
    "jurisdiction": "US-CA",
    "languages": ["en", "es-MX"],
    "leaving_on": "2036-12-31",
    "licences": ["US-CA", {"jurisdiction": "US-NY", "kind": "full", "expires_on": "2036-12-31"}],
    "limit": 3,
    "modalities": ["cbt"],
    "needs": ["anxiety"],
    "override_reason": "Looked through by hand.",
    "out_of_scope": ["eating_disorders"],
    "name": "Ana Ruiz",
    "reference": "t-17",
    "reasons": ["trust"],
    "referred_to": ["t-17"],
    "resolution": "done",
    "safety_notice": "In danger, call your local emergency number.",
    "schedule": ["tue_evening"],
    "service": "individual",
    "services": ["individual"],
    "until": (utc_now() + timedelta(days=30)).date().isoformat(),
    "url": "https://hooks.example.org/rapport",
}
# A client may rate thousands of sessions, each once.
_SESSIONS = 9_000
# Where two fields stand for each other, the one that is left out.
_INSTEAD: Mapping[str, Mapping[str, Any]] = {
    "/v1/pairings/{pairing_id}/end": {"reason": None},
    "/v1/weightings/{weighting_id}/preview": {
        "since": "2026-01-01T00:00:00Z",
        "until": "2036-01-01T00:00:00Z",
        "background": False,
    },
}
# Of lists that several questions have in common; the field above them says which codes.
_ANY_OF: Mapping[str, list[str]] = {
    "culture": ["lgbtq"],
    "format": ["video"],
    "gender": ["woman"],
    "language": ["es"],
    "modality": ["cbt"],
    "schedule": ["tue_evening"],
}


def body_sample(document: Mapping[str, Any], method: str, path: str) -> Any:
    """A body with every field, as the route takes it."""
    body = document["paths"][path][method.lower()]["requestBody"]
    whole = sample(document, body["content"]["application/json"]["schema"])
    return whole | _INSTEAD.get(path, {})


def sample(document: Mapping[str, Any], schema: Mapping[str, Any], name: str = "") -> Any:
    """A value of `schema` with every property, from the OpenAPI `document` that holds it."""
    schema = resolved(document, schema)
    if schema.get("type") == "object":
        properties: Mapping[str, Any] = schema.get("properties", {})
        return {
            key: {"any_of": _ANY_OF[key], "importance": "some"}
            if key in _ANY_OF and "any_of" in resolved(document, part).get("properties", {})
            else sample(document, part, key)
            for key, part in properties.items()
        }
    # A weight has the name of what it weighs.
    if name in _SAMPLES and schema.get("type") != "number":
        return copy.deepcopy(_SAMPLES[name])
    return _plain(schema)


def _plain(schema: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "boolean":
            return True
        case "integer":
            return int(schema.get("default") or schema.get("minimum", 1))
        case "number":
            return schema.get("default") or schema.get("minimum") or 1
        case "array":
            return []
        case "null":
            return None
        case _:
            return schema.get("enum", ["sample"])[0]


def resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """`schema` behind its reference, without the choice of null."""
    choices = [part for part in schema.get("anyOf", []) if part.get("type") != "null"]
    if choices:
        return resolved(document, choices[0])
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        found: Mapping[str, Any] = document["components"]["schemas"][name]
        return found
    return schema


def fresh(body: Any, changed: Place, number: int) -> Any:
    """`body` with a name of its own, where a second one of the same would be refused for that."""
    if not isinstance(body, dict):
        return body
    own: dict[str, Any] = dict.fromkeys(("reference", "client_reference"), f"h-{number}")
    own |= {"code": f"h_{number}", "session_number": 2 + number % _SESSIONS}
    return {**body, **{k: v for k, v in own.items() if k in body and changed[:1] != (k,)}}


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Every container and every leaf of `value`, itself first."""
    yield above
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*above, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from places(part, (*above, index))


def placed(value: Any, place: Place, new: Any) -> Any:
    """`value` with `new` at `place`, which may be one that it does not have yet."""
    if not place:
        return new
    changed = copy.copy(value)
    first, rest = place[0], place[1:]
    changed[first] = placed(changed[first], rest, new) if rest else new
    return changed


def at(value: Any, place: Place) -> Any:
    """What stands at `place`."""
    for step in place:
        value = value[step]
    return value
