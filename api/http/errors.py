"""Every error as problem+json: ours, FastAPI's, and whatever nobody expected."""

import logging
from collections.abc import Iterable
from itertools import islice
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from api.http.middleware import BodyTooLargeError
from api.http.validation import MAX_PROBLEMS, field_problems, problem_text
from api.problems import (
    MEDIA_TYPE,
    TYPE_PREFIX,
    FieldProblem,
    Invalid,
    Problem,
    TooLarge,
    Unavailable,
)

logger = logging.getLogger("rapport.errors")

_HTTP_DETAILS = {
    400: ("bad-request", "The request cannot be read", "Send well-formed HTTP with a JSON body."),
    404: ("not-found", "Not found", "There is no such route; /openapi.json lists them."),
    405: ("method-not-allowed", "Not that method", "Allow lists the methods of this route."),
}


def install_error_handlers(app: FastAPI) -> None:
    """Answer every failure of `app` as a problem."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(BodyTooLargeError, _on_too_large)
    app.add_exception_handler(OperationalError, _on_database)
    app.add_exception_handler(PoolTimeoutError, _on_database)
    app.add_exception_handler(Exception, _on_anything)


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


def _on_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    if isinstance(error.__cause__, BodyTooLargeError):
        return _on_too_large(_request, error.__cause__)
    fallback = ("http-error", "The request was refused", "See the status.")
    slug, title, detail = _HTTP_DETAILS.get(error.status_code, fallback)
    document = {
        "type": TYPE_PREFIX + slug,
        "title": title,
        "status": error.status_code,
        "detail": detail,
    }
    headers = dict(error.headers or {})
    return Response(to_json(document), error.status_code, headers, media_type=MEDIA_TYPE)


def _on_too_large(_request: Request, error: Exception) -> Response:
    assert isinstance(error, BodyTooLargeError)  # noqa: S101 - as above
    return problem_response(TooLarge(f"Send at most {error.max_bytes} bytes."))


def _on_database(_request: Request, error: Exception) -> Response:
    logger.error("database", exc_info=error)
    return problem_response(Unavailable("The database did not answer. Try again shortly."))


def _on_anything(_request: Request, error: Exception) -> Response:
    logger.error("unexpected", exc_info=error)
    document = {
        "type": TYPE_PREFIX + "internal",
        "title": "Something went wrong on our side",
        "status": 500,
        "detail": "Nothing was changed. Tell the operator the X-Request-Id of this answer.",
    }
    return Response(to_json(document), 500, media_type=MEDIA_TYPE)
