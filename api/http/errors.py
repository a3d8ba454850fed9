"""Every error as problem+json: ours, FastAPI's, and whatever nobody expected."""

import logging
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.http.middleware import BodyTooLargeError, add_headers
from api.http.openapi import document_problems
from api.http.validation import MAX_PROBLEMS, field_problems, problem_text
from api.problems import (
    MEDIA_TYPE,
    TYPE_PREFIX,
    Conflict,
    FieldProblem,
    Invalid,
    Problem,
    TooLarge,
    Unavailable,
    UnsupportedMediaType,
)

logger = logging.getLogger("rapport.errors")

# A broken foreign key, as PostgreSQL and SQLite name it.
_REFERS_TO_NOTHING = frozenset({"23503", "SQLITE_CONSTRAINT_FOREIGNKEY"})
_HTTP_DETAILS = {
    400: ("bad-request", "The request cannot be read", "Send well-formed HTTP with a JSON body."),
    404: ("not-found", "Not found", "There is no such route; /openapi.json lists them."),
    405: ("method-not-allowed", "Not that method", "Allow lists the methods of this route."),
}


def install_error_handlers(app: FastAPI) -> None:
    """Answer every failure of `app` as a problem."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(BodyTooLargeError, _on_too_large)
    app.add_exception_handler(OperationalError, _on_database)
    app.add_exception_handler(PoolTimeoutError, _on_database)
    app.add_exception_handler(IntegrityError, _on_integrity)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_anything)
    # A redirect would repeat the caller's Host, path and query.
    app.router.redirect_slashes = False
    document_problems(app)


def problem_response(problem: Problem) -> Response:
    """A problem as it goes out."""
    return Response(
        to_json(problem.document()), problem.status, problem.headers, media_type=MEDIA_TYPE
    )


def _on_problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - the handler's registration says so
    return problem_response(error)


def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    if isinstance(error.body, bytes):
        # A body that was not even parsed did not say that it is JSON.
        return problem_response(UnsupportedMediaType("Send Content-Type: application/json."))
    return problem_response(Invalid(list(_request_problems(request, error.errors()))))


def _request_problems(request: Request, errors: Iterable[Any]) -> list[FieldProblem]:
    models = _body_models(request)
    problems: list[FieldProblem] = []
    for error in islice(errors, MAX_PROBLEMS):
        place, *location = error["loc"]
        if place == "body":
            problems += field_problems([{**error, "loc": location}], models)
        else:
            # Names of query, path and header parameters are ours.
            problems.append(FieldProblem(str(location[0]), problem_text(error)))
    return problems


def _body_models(request: Request) -> list[type[BaseModel]]:
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or route.body_field is None:
        return []
    model = route.body_field.field_info.annotation
    return [model] if isinstance(model, type) and issubclass(model, BaseModel) else []


def on_http(request: Request, error: Exception) -> Response:
    """The problem that the framework's own refusal is, such as of a path that no route has."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    if isinstance(error.__cause__, BodyTooLargeError):
        return _on_too_large(request, error.__cause__)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers |= _allow(request)
    return _http_problem(error.status_code, headers)


def _allow(request: Request) -> dict[str, str]:
    """Every method of a path: the router names those of the first of its routes."""
    path = getattr(request.scope.get("route"), "path", "")
    calls = request.app.openapi()["paths"].get(path)
    return {"Allow": ", ".join(sorted(map(str.upper, calls)))} if calls else {}


def _http_problem(status: int, headers: Mapping[str, str] | None = None) -> Response:
    fallback = ("http-error", "The request was refused", "See the status.")
    slug, title, detail = _HTTP_DETAILS.get(status, fallback)
    document = {"type": TYPE_PREFIX + slug, "title": title, "status": status, "detail": detail}
    return Response(to_json(document), status, dict(headers or {}), media_type=MEDIA_TYPE)


def _on_too_large(_request: Request, error: Exception) -> Response:
    assert isinstance(error, BodyTooLargeError)  # noqa: S101 - as above
    return problem_response(TooLarge(f"Send at most {error.max_bytes} bytes."))


def _on_disconnect(_request: Request, _error: Exception) -> Response:
    # Nobody reads it, but the caller's going away is no failure of ours.
    return _http_problem(400)


def _on_database(request: Request, error: Exception) -> Response:
    _log(request, "database", error)
    return problem_response(Unavailable("The database did not answer. Try again shortly."))


def _on_integrity(_request: Request, error: Exception) -> Response:
    """A record that was erased since it was read is no failure of ours; all else is."""
    assert isinstance(error, IntegrityError)  # noqa: S101 - as above
    code = getattr(error.orig, "sqlstate", getattr(error.orig, "sqlite_errorname", None))
    if code in _REFERS_TO_NOTHING:
        return problem_response(Conflict("What this refers to was erased meanwhile."))
    raise error


def _on_anything(request: Request, error: Exception) -> Response:
    _log(request, "unexpected", error)
    document = {
        "type": TYPE_PREFIX + "internal",
        "title": "Something went wrong on our side",
        "status": 500,
        "detail": "Nothing was changed, but for rows of an import that had landed."
        " Tell the operator the X-Request-Id of this answer.",
    }
    response = Response(to_json(document), 500, media_type=MEDIA_TYPE)
    # This handler stands outside the middleware that does so for every other answer.
    add_headers(response.headers, request.state.request_id)
    return response


def _log(request: Request, event: str, error: Exception) -> None:
    request_id = str(request.state.request_id)
    logger.error(event, exc_info=error, extra={"request_id": request_id})
