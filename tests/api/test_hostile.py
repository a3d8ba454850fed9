"""Hostile input on every route: never a failure, never an echo, and nothing is harmed by it."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.auth.roles import PUBLIC_ROUTES, ROLE_TABLE
from tests.factories.backends import POSTGRESQL_WITH_THE_SLOW
from tests.factories.barrage import ID_NAMES, ROUTES, Barrage, Headers
from tests.factories.clinics import ClinicApi
from tests.factories.hostile import (
    BODIES,
    BUNDLES,
    CANARY,
    CONTENT_TYPES,
    HEADER_NAMES,
    HEADER_VALUES,
    METHODS,
    NAMES,
    PATH_VALUES,
    PATHS,
    QUERY_VALUES,
    VALUES,
    to_json,
)
from tests.factories.ratings import rating_row
from tests.factories.samples import Place, at, fresh, placed, places

IMPORT, RATINGS = IMPORTS = ("/v1/imports/therapists", "/v1/imports/ratings")
NDJSON = [("Content-Type", "application/x-ndjson")]
FILES = [
    *((IMPORT, kind) for kind in ("text/csv", "application/x-ndjson", "application/fhir+json")),
    *((RATINGS, kind) for kind in ("text/csv", "application/x-ndjson")),
]
BODY_ROUTES = [
    ("POST", "/v1/matches"),
    ("POST", "/v1/matches/{match_id}/selection"),
    ("POST", "/v1/matches/{match_id}/wait"),
    ("POST", "/v1/pairings/{pairing_id}/decline"),
    ("POST", "/v1/pairings/{pairing_id}/end"),
    ("POST", "/v1/pairings/{pairing_id}/ratings"),
    ("PATCH", "/v1/pairings/{pairing_id}/ratings/{session_number}"),
    ("POST", "/v1/pairings/{pairing_id}/alternatives"),
    ("PUT", "/v1/clients/{client_id}/consents"),
    ("POST", "/v1/clients/{client_id}/keys"),
    ("POST", "/v1/therapists/{therapist_id}/keys"),
    ("POST", "/v1/therapists"),
    ("PATCH", "/v1/therapists/{therapist_id}"),
    ("POST", "/v1/vocabulary"),
    ("PATCH", "/v1/settings"),
    ("POST", "/v1/weightings"),
    ("POST", "/v1/weightings/{weighting_id}/preview"),
    ("POST", "/v1/models/{model_id}/promote"),
    ("POST", "/v1/tasks/{task_id}/resolve"),
    ("POST", "/v1/webhooks"),
    ("PATCH", "/v1/webhooks/{webhook_id}"),
]
# What can only be one of a few things: nothing hostile is ever taken for one of them.
CLOSED = {
    "/v1/pairings/{pairing_id}/decline",
    "/v1/pairings/{pairing_id}/ratings/{session_number}",
    "/v1/clients/{client_id}/keys",
    "/v1/therapists/{therapist_id}/keys",
}
# Nothing at all says that nothing is meant, and a limit alone may be all there is to say.
MAY_BE_TAKEN = {
    ("/v1/weightings/{weighting_id}/preview", "empty"),
    ("/v1/weightings/{weighting_id}/preview", "null"),
    ("/v1/models/{model_id}/promote", "empty"),
    ("/v1/models/{model_id}/promote", "null"),
    ("/v1/matches/{match_id}/wait", "empty"),
    ("/v1/matches/{match_id}/wait", "null"),
    ("/v1/pairings/{pairing_id}/alternatives", "repeated names"),
}
# What a route answers, whatever is sent, where that is not always 200: one training is under way at
# a time, and what was deleted is gone.
STATUSES = {
    ("DELETE", "/v1/clients/{client_id}"): {200, 410},
    ("DELETE", "/v1/matches/{match_id}"): {200, 410},
    ("POST", "/v1/models"): {202, 409},
    ("POST", "/v1/webhooks/{webhook_id}/test"): {202},
    ("POST", "/v1/webhooks/{webhook_id}/deliveries/{event_id}/retry"): {202},
    ("DELETE", "/v1/webhooks/{webhook_id}"): {204, 404},
}
# Its last part reads as an id.
ALSO_A_RECORD = ("GET", "/v1/models/off")
# Each place gets every fifth value, and each value every fifth place; `slow` sends all of them.
STRIDE = 5
STRIDES = (STRIDE, pytest.param(1, marks=pytest.mark.slow))
EXAMPLES = (10, pytest.param(60, marks=pytest.mark.slow))
# A clinic to attack takes longer to make than most attacks.
PARTS = 6


@pytest.fixture
def barrage(clinic: ClinicApi) -> Barrage:
    return Barrage(clinic)


def attacks(good: Any, stride: int) -> Iterator[tuple[Place, str, Any]]:
    for row, place in enumerate(places(good)):
        for column, (name, value) in enumerate(VALUES.items()):
            if (row + column) % stride == 0:
                yield place, name, placed(good, place, value)
        if isinstance(at(good, place), dict):
            for name in NAMES:
                yield (*place, name), "unknown field", placed(good, (*place, name), CANARY)


def test_every_route_with_a_json_body_is_attacked(clinic: ClinicApi) -> None:
    document = clinic.client.app.openapi()  # type: ignore[attr-defined]
    with_body = {
        (method.upper(), path)
        for path, calls in document["paths"].items()
        for method, call in calls.items()
        if "application/json" in call.get("requestBody", {}).get("content", {})
    }
    assert with_body == set(BODY_ROUTES)


def attack_every_place(barrage: Barrage, method: str, path: str, stride: int) -> None:
    good = barrage.body(method, path)
    # What attacks start from is taken, so that they fail for what is wrong in them.
    sent = barrage.send("sample", method, barrage.anew(path), to_json(fresh(good, (), 0)))
    assert sent.status_code in {200, 201}, sent.text
    url = barrage.anew(path)
    taken, refused = barrage.taken, barrage.refused
    for number, (place, name, body) in enumerate(attacks(good, stride)):
        sent = barrage.send((place, name), method, url, to_json(fresh(body, place, number)))
        if sent.status_code < 400:
            url = barrage.anew(path)
    taken, refused = barrage.taken - taken, barrage.refused - refused
    assert refused > taken, path
    assert taken or path in CLOSED, path
    barrage.check()


@pytest.mark.parametrize("part", range(PARTS))
def test_hostile_values_in_a_body(barrage: Barrage, part: int) -> None:
    for method, path in BODY_ROUTES[part::PARTS]:
        attack_every_place(barrage, method, path, STRIDE)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), BODY_ROUTES)
def test_every_hostile_value_in_every_place(barrage: Barrage, method: str, path: str) -> None:
    attack_every_place(barrage, method, path, stride=1)


@pytest.mark.parametrize("stride", STRIDES)
def test_hostile_bodies(barrage: Barrage, stride: int) -> None:
    for number, (method, path) in enumerate(BODY_ROUTES):
        for name, body in list(BODIES.items())[number % stride :: stride]:
            sent = barrage.send((path, name), method, barrage.path(path), body)
            if (path, name) not in MAY_BE_TAKEN:
                assert sent.status_code in {400, 422}, (path, name)
    barrage.check()


@POSTGRESQL_WITH_THE_SLOW
def test_a_body_on_a_route_that_takes_none_changes_nothing(barrage: Barrage) -> None:
    for method, path in ROUTES:
        if (method, path) not in BODY_ROUTES and path not in IMPORTS:
            for name in ("deep list", "not utf-8", "gzip"):
                sent = barrage.send((path, name), method, barrage.anew(path), BODIES[name])
                assert sent.status_code in STATUSES.get((method, path), {200}), (path, name)
    assert barrage.found == []


def test_hostile_content_types(barrage: Barrage) -> None:
    body = to_json({CANARY: CANARY})
    for method, path in (*BODY_ROUTES, *(("POST", path) for path in IMPORTS)):
        for content_type in CONTENT_TYPES:
            headers: Headers = [("Content-Type", content_type), ("If-Match", "*")]
            sent = barrage.send((path, content_type), method, barrage.path(path), body, headers)
            assert sent.status_code in {400, 415, 422}, (path, content_type)
    barrage.check()


@pytest.mark.parametrize(("path", "media_type"), FILES)
def test_hostile_files(barrage: Barrage, path: str, media_type: str) -> None:
    headers = [("Content-Type", media_type)]
    for name, body in (*BODIES.items(), *BUNDLES.items()):
        sent = barrage.send(name, "POST", path, body, headers)
        assert sent.status_code == 422 or sent.json()["created"] == 0, name
        assert CANARY not in sent.text, name
    barrage.check()


def test_hostile_rows_of_a_file(barrage: Barrage) -> None:
    good = barrage.body("POST", "/v1/therapists")
    rows = [
        to_json(fresh(body, place, number))
        for number, (place, name, body) in enumerate(attacks(good, stride=1))
        if name != "nested"  # a fault of the whole file
    ]
    sent = barrage.send("rows", "POST", IMPORT, b"\n".join(rows), NDJSON)
    report = sent.json()
    assert report["created"] + report["updated"] + report["rejected_count"] == len(rows)
    assert report["rejected_count"] > report["created"] > 0
    assert CANARY not in sent.text
    assert barrage.found == []
    assert barrage.clinic.match()["considered"] == report["created"] + 4


def test_hostile_rows_of_ratings(barrage: Barrage) -> None:
    good = rating_row(therapist_reference="t-17")
    rows = [
        to_json(fresh(body, place, number))
        for number, (place, name, body) in enumerate(attacks(good, stride=1))
        if name != "nested"  # a fault of the whole file
    ]
    sent = barrage.send("rows", "POST", RATINGS, b"\n".join(rows), NDJSON)
    report = sent.json()
    assert report["created"] + report["updated"] + report["rejected_count"] == len(rows)
    assert report["rejected_count"] > report["created"] > 0
    assert CANARY not in sent.text
    barrage.check()


@POSTGRESQL_WITH_THE_SLOW
def test_hostile_headers(barrage: Barrage) -> None:
    imports = (("POST", path) for path in IMPORTS)
    for method, path in (*BODY_ROUTES, *imports, ("GET", "/v1/matches/{match_id}")):
        for column, name in enumerate(HEADER_NAMES):
            for row, value in enumerate(HEADER_VALUES):
                if (row + column) % STRIDE == 0:
                    headers: Headers = [("Content-Type", "application/json"), (name, value)]
                    barrage.send((path, name, value), method, barrage.path(path), b"{}", headers)
    barrage.check()


@POSTGRESQL_WITH_THE_SLOW
def test_hostile_ids_in_a_path(barrage: Barrage) -> None:
    for method, path in ROLE_TABLE:
        for value in PATH_VALUES if "{" in path else ():
            hostile = dict.fromkeys(ID_NAMES, value)
            sent = barrage.send((path, value), method, barrage.path(path, **hostile), b"{}")
            assert sent.status_code in {404, 422}, (path, value)
    barrage.check()


@pytest.mark.parametrize("stride", STRIDES)
def test_hostile_queries(barrage: Barrage, stride: int) -> None:
    document = barrage.clinic.client.app.openapi()  # type: ignore[attr-defined]
    asked, number = 0, 0
    for path, calls in document["paths"].items():
        parameters = calls.get("get", {}).get("parameters", [])
        names = [one["name"] for one in parameters if one["in"] == "query"]
        asked += len(names)
        for name in (*names, CANARY) if names or path == "/v1/settings" else ():
            number += 1
            for value in QUERY_VALUES[number % stride :: stride]:
                url = f"{barrage.path(path)}?{name}={value}"
                barrage.send((path, name, value), "GET", url)
    assert asked > 20
    assert barrage.refused > barrage.taken / 2 > 0
    barrage.check()


def test_methods_and_paths_that_are_not_there(barrage: Barrage) -> None:
    known = set(ROLE_TABLE) | PUBLIC_ROUTES
    for path in (*(path for _, path in sorted(known)), *PATHS):
        for method in METHODS:
            if (method, path) not in {*known, ("HEAD", "/openapi.json"), ALSO_A_RECORD}:
                url = barrage.path(path)
                sent = barrage.send((path,), method, url, b"", ())
                assert sent.status_code == (404 if path in PATHS else 405), (method, path)
                there = {known for known, at_path in ROLE_TABLE if at_path == path}
                allowed = set(sent.headers.get("Allow", "").split(", "))
                assert allowed == there or not there, (method, path)
    barrage.check()


def json_values() -> st.SearchStrategy[Any]:
    text = st.text(st.characters(), max_size=30).map(CANARY.__add__)
    text |= st.sampled_from(["", "\0", "\ud800"])
    plain = st.none() | st.booleans() | st.integers() | st.floats() | text
    return st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
        max_leaves=8,
    )


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize(("method", "path"), BODY_ROUTES)
def test_generated_json_in_any_place(
    barrage: Barrage, method: str, path: str, examples: int
) -> None:
    good = barrage.body(method, path)
    url = barrage.anew(path)
    every_place = list(places(good))

    @settings(max_examples=examples)
    @given(st.sampled_from(every_place), json_values(), st.integers(0, 10**9))
    def attack(place: Place, value: Any, number: int) -> None:
        body = to_json(fresh(placed(good, place, value), place, number))
        nonlocal url
        if barrage.send((place, value), method, url, body).status_code < 400:
            url = barrage.anew(path)
        assert barrage.found == []

    attack()
    barrage.check()
