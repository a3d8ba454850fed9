"""The OpenAPI document says what callers may rely on: keys, bounds and every kind of refusal."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.auth.roles import PUBLIC_ROUTES, ROLE_TABLE
from api.problems import MEDIA_TYPE

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
# Sharing and the comment are set whole, and only by the one whose they are.
WITHOUT_REVISION = {"/v1/pairings/{pairing_id}/ratings/{session_number}"}
# Of a client; what is about a therapist or the clinic is kept.
ERASABLE = ("{match_id}", "{pairing_id}", "{rating_id}", "{wait_id}", "{client_id}")
PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}


@pytest.fixture
def backend() -> str:
    """The document is made without a database."""
    return "sqlite"


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def calls(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, call in item.items():
            yield method, path, call


def inside(part: Any, where: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a document with its place."""
    if isinstance(part, dict):
        yield where, part
        for key, value in part.items():
            yield from inside(value, f"{where}/{key.replace('/', '~1')}")
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from inside(value, f"{where}/{index}")


def found(document: Any, pointer: str) -> Any:
    for step in pointer.removeprefix("#/").split("/"):
        document = document[step.replace("~1", "/")]
    return document


def test_the_document_has_the_form_of_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert {"title", "version"} <= document["info"].keys()
    names = []
    for method, path, call in calls(document):
        assert method in METHODS
        assert path.startswith("/")
        names.append(call["operationId"])
        assert call["responses"]
        assert all("description" in response for response in call["responses"].values())
        declared = {p["name"] for p in call.get("parameters", []) if p["in"] == "path"}
        assert declared == {part[1:-1] for part in path.split("/") if part.startswith("{")}
        assert all("schema" in parameter for parameter in call.get("parameters", []))
    assert len(names) == len(set(names))


def test_every_reference_and_type_is_known(document: dict[str, Any]) -> None:
    pointers = [part["$ref"] for _, part in inside(document) if isinstance(part.get("$ref"), str)]
    assert len(pointers) > 50
    for pointer in pointers:
        assert found(document, pointer)
    for where, part in inside(document["components"]["schemas"], "#/components/schemas"):
        if "/properties" not in where or where.count("/") > where.rindex("/properties"):
            continue
        kind = part.get("type")
        assert kind is None or not isinstance(kind, str) or kind in TYPES, where


def test_each_route_that_needs_a_key_says_so_and_no_other(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    for method, path, call in calls(document):
        route = (method.upper(), path)
        assert ("security" in call) == (route in ROLE_TABLE), route
        assert route in ROLE_TABLE or route in PUBLIC_ROUTES
        if route in ROLE_TABLE:
            assert call["security"] == [{"HTTPBearer": []}]


def test_each_route_says_how_it_refuses(document: dict[str, Any]) -> None:
    for method, path, call in calls(document):
        refusals = {int(s): r for s, r in call["responses"].items() if int(s) >= 400}
        assert all(refusal["content"] == {MEDIA_TYPE: PROBLEM} for refusal in refusals.values())
        expected = {500, 503}
        if (method.upper(), path) in ROLE_TABLE:
            expected |= {401, 403}
        if "{" in path:
            expected |= {404, 422}
        if "requestBody" in call:
            expected |= {400, 413, 422}
        if any(name in path for name in ERASABLE):
            expected.add(410)
        if method == "patch" and "{" in path and path not in WITHOUT_REVISION:
            expected |= {409, 412, 428}
        assert refusals.keys() >= expected, (method, path)
    schemas = document["components"]["schemas"]
    assert "HTTPValidationError" not in schemas
    assert set(schemas["Problem"]["required"]) == {"type", "title", "status", "detail"}


def taken_in(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of a parameter or a JSON body, and those that it is made of."""
    seen: set[str] = set()
    waiting: list[tuple[str, Any]] = []
    for method, path, call in calls(document):
        waiting += [
            (f"{method} {path} {p['name']}", p["schema"]) for p in call.get("parameters", [])
        ]
        content = call.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            waiting.append((f"{method} {path}", content["application/json"]["schema"]))
    while waiting:
        for where, part in inside(*reversed(waiting.pop())):
            pointer = part.get("$ref")
            if isinstance(pointer, str) and pointer not in seen:
                seen.add(pointer)
                waiting.append((pointer, found(document, pointer)))
            if isinstance(part.get("type"), str):
                yield where, part


def test_everything_that_is_taken_in_has_bounds(document: dict[str, Any]) -> None:
    kinds = set()
    for where, schema in taken_in(document):
        kinds.add(schema["type"])
        if schema["type"] == "string":
            bounded = {"maxLength", "enum", "const", "format"} & schema.keys()
            # A pattern with a count bounds a string too.
            assert bounded or "}$" in schema.get("pattern", ""), where
        if schema["type"] == "array":
            assert "maxItems" in schema, where
        if schema["type"] in {"integer", "number"}:
            assert {"minimum", "maximum"} <= schema.keys(), where
        if schema["type"] == "object":
            assert schema["additionalProperties"] is False, where
    assert kinds >= {"string", "array", "integer", "number", "object", "boolean"}
