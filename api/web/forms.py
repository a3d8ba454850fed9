"""What a page's form sends, read with limits and checked to come from our own page."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from api.http.validation import field_problems
from api.problems import FieldProblem, Forbidden, Invalid

Model = TypeVar("Model", bound=BaseModel)

MOST_FIELDS = 2_000
MOST_CHARACTERS = 20_000
TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field
_FOREIGN = "This page is no longer valid. Go back, load it again, and try once more."
# More digits than any number on a page has; longer ones are left for the schema to refuse.
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form: every value of each, in order; and its files."""

    values: Mapping[str, Sequence[str]]
    files: Mapping[str, UploadFile]

    def one(self, name: str) -> str:
        """The value of a field that has one, stripped; empty where it is not there."""
        values = self.values.get(name, ())
        return values[0].strip() if values else ""

    def each(self, name: str) -> list[str]:
        """Every value of a field that stands in several lines of a form, in order, stripped."""
        return [value.strip() for value in self.values.get(name, ())]

    def all(self, name: str) -> list[str]:
        """Every value of a field, without blanks and doubles."""
        return list(dict.fromkeys(value for value in self.values.get(name, ()) if value))


EMPTY = Form({}, {})


async def read_form(request: Request) -> Form:
    """The form that a request carries.

    Raises:
        Invalid: it is too long, or has characters that no form has.
    """
    sent = await request.form(max_fields=MOST_FIELDS, max_files=1)
    values: dict[str, list[str]] = {}
    files = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            files[name] = value
            continue
        if not _is_text(value) or not _is_text(name):
            raise Invalid([FieldProblem("form", "has characters that no form has, or too many")])
        values.setdefault(name, []).append(value)
    return Form(values, files)


def _is_text(value: str) -> bool:
    """Whether a database takes it: no NUL, and no half of a character."""
    whole = not any("\ud800" <= character <= "\udfff" for character in value)
    return len(value) <= MOST_CHARACTERS and "\0" not in value and whole


def form_token(secret: str) -> str:
    """What a form must send back: only our page could read it, and only this browser has it."""
    return hmac.new(secret.encode(), b"rapport form", hashlib.sha256).hexdigest()


def refuse_foreign(request: Request, form: Form, secret: str) -> None:
    """Refuse what another site's page had the browser send.

    Raises:
        Forbidden: the token is missing or another's, or the browser says that it came from
            elsewhere.
    """
    refuse_other_sites(request)
    sent = form.one(TOKEN_FIELD)
    if not hmac.compare_digest(sent.encode(), form_token(secret).encode()):
        raise Forbidden(_FOREIGN)


def refuse_other_sites(request: Request) -> None:
    """Refuse a form of which the browser says that another site's page sent it.

    Raises:
        Forbidden: it came from elsewhere.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden(_FOREIGN)


def checked(model: type[Model], values: Mapping[str, Any]) -> Model:
    """What a form said, as the API takes it.

    Raises:
        Invalid: some of it is not as it must be.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Invalid(field_problems([dict(one) for one in error.errors()], [model])) from None


def whole(text: str) -> int | str:
    """A whole number where `text` is one; otherwise the text itself, for a schema to refuse."""
    number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if number else text
