"""Pydantic's findings as field problems that never repeat the caller's words.

Pydantic's own messages and locations may hold input: an unknown key, a value in a message. So the
text comes from a table here, and a location keeps only names that stand in our own schemas.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from pydantic import BaseModel

from api.problems import FieldProblem

MAX_PROBLEMS = 50

_TEXTS: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "has a field that is not known here; see /openapi.json for those that are",
    "json_invalid": "is not valid JSON",
    "string_type": "must be a string",
    "string_unicode": "must be valid Unicode text",
    "string_pattern_mismatch": "does not have the form that is needed",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is out of range",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "uuid_type": "must be a UUID",
    "uuid_parsing": "must be a UUID",
    "date_type": "must be a date, as in 2026-03-31",
    "date_parsing": "must be a date, as in 2026-03-31",
    "date_from_datetime_parsing": "must be a date, as in 2026-03-31",
    "date_from_datetime_inexact": "must be a date without a time",
    "datetime_type": "must be a time with a zone, as in 2026-03-31T09:00:00Z",
    "datetime_parsing": "must be a time with a zone, as in 2026-03-31T09:00:00Z",
    "datetime_from_date_parsing": "must be a time with a zone, as in 2026-03-31T09:00:00Z",
    "datetime_object_invalid": "must be a time with a zone, as in 2026-03-31T09:00:00Z",
    "timezone_aware": "must be a time with a zone, as in 2026-03-31T09:00:00Z",
}

# Bounds and choices are ours, so they may be said.
_TEXTS_WITH_BOUND: Mapping[str, str] = {
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have at least {min_length} entries",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
}


def field_problems(
    errors: Iterable[Mapping[str, Any]], models: Sequence[type[BaseModel]]
) -> list[FieldProblem]:
    """What is wrong, by field, for findings about `models` (at most `MAX_PROBLEMS`)."""
    known = known_names(tuple(models))
    return [_field_problem(error, known) for error in islice(errors, MAX_PROBLEMS)]


def problem_text(error: Mapping[str, Any]) -> str:
    """The words for one of Pydantic's findings."""
    kind = str(error["type"])
    if kind in _TEXTS:
        return _TEXTS[kind]
    if kind in _TEXTS_WITH_BOUND:
        return _TEXTS_WITH_BOUND[kind].format(**error.get("ctx", {}))
    if kind == "value_error":
        # Raised by our own validators, whose messages hold none of the input.
        return str(error.get("ctx", {}).get("error", "is not valid"))
    return "is not valid"


def _field_problem(error: Mapping[str, Any], known: frozenset[str]) -> FieldProblem:
    location = [part for part in error["loc"] if isinstance(part, int) or part in known]
    if error["type"] == "json_invalid":
        location = []
    return FieldProblem(field_path(location) or "body", problem_text(error))


def field_path(location: Iterable[str | int]) -> str:
    """`("preferences", "gender", "any_of", 0)` as `preferences.gender.any_of[0]`."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return path


@cache
def known_names(models: tuple[type[BaseModel], ...]) -> frozenset[str]:
    """Every field name in `models` and the models inside them."""
    names: set[str] = set()
    for model in models:
        for schema in _schemas(model.model_json_schema()):
            names.update(schema.get("properties", {}))
    return frozenset(names)


def _schemas(schema: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield schema
    yield from schema.get("$defs", {}).values()
