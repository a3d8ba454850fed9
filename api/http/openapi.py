"""The OpenAPI document, with the problems that each route can answer."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from api.problems import MEDIA_TYPE, TYPE_PREFIX

# The web framework's own shapes of a refusal, which this service never answers.
_FOREIGN = ("HTTPValidationError", "ValidationError")
_EVERY_ROUTE = (500, 503)
# What is about a client can be erased.
_ERASABLE = frozenset({"client_id", "match_id", "pairing_id", "rating_id", "wait_id"})

_PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "What is wrong and what to do about it (RFC 9457). Holds nothing that was sent.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "pattern": f"^{TYPE_PREFIX}[a-z-]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "errors": {
            "description": "With 422: each field that is not valid.",
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "problem"],
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
        "line": {"description": "Of a file that cannot be read.", "type": "integer"},
        "model_id": {
            "description": "Of the training that is under way.",
            "type": "string",
            "format": "uuid",
        },
        "client_id": {
            "description": "Of the client whom the record belongs to.",
            "type": "string",
            "format": "uuid",
        },
        "pairing_id": {
            "description": "Of the pairing that stands in the way.",
            "type": "string",
            "format": "uuid",
        },
        "pairing_status": {"description": "Of the pairing as it is.", "type": "string"},
        "next_candidate": {
            "description": "With no-place: the best-ranked other candidate who takes new clients.",
            "type": ["object", "null"],
            "required": ["rank", "therapist"],
        },
        "next_steps": {
            "description": "With no-place: the ways on.",
            "type": "array",
            "items": {"type": "string"},
        },
    },
}


def document_problems(app: FastAPI) -> None:
    """Have `app` describe its refusals as what they are."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _describe(plain())
        return plain()

    # Replacing the method is the framework's documented way to extend the document.
    app.openapi = openapi  # type: ignore[method-assign]


def _describe(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _FOREIGN:
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    for calls in document["paths"].values():
        for operation in calls.values():
            operation["responses"].pop("422", None)
            declared = {int(status) for status in operation["responses"] if status >= "400"}
            for status in sorted({*_EVERY_ROUTE, *declared, *_statuses(operation)}):
                operation["responses"][str(status)] = _response(status)


def _statuses(operation: dict[str, Any]) -> Iterator[int]:
    """What a route may be refused with, which follows from what it takes."""
    parameters = operation.get("parameters", [])
    names = {parameter["name"] for parameter in parameters}
    if operation.get("security"):
        yield from (401, 403)
    in_path = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
    if in_path:
        yield 404
    if in_path & _ERASABLE:
        yield 410
    if parameters:
        yield 422
    if "Idempotency-Key" in names:
        yield 409
    if "If-Match" in names:
        yield from (409, 412, 428)
    if "requestBody" in operation:
        yield from (400, 413, 422)
        if "application/json" not in operation["requestBody"]["content"]:
            yield 415


def _response(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
