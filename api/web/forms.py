"""What a page's form sends, read with limits and checked to come from our own page."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile

from api.problems import FieldProblem, Forbidden, Invalid

MOST_FIELDS = 2_000
MOST_CHARACTERS = 20_000
TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form: every value of each, in order; and its files."""

    values: Mapping[str, Sequence[str]]
    files: Mapping[str, UploadFile]

    def one(self, name: str) -> str:
        """The value of a field that has one, stripped; empty where it is not there."""
        values = self.values.get(name, ())
        return values[0].strip() if values else ""

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
    site = request.headers.get("sec-fetch-site", "same-origin")
    sent = form.one(TOKEN_FIELD)
    if site not in {"same-origin", "none"} or not hmac.compare_digest(
        sent.encode(), form_token(secret).encode()
    ):
        raise Forbidden("This page is no longer valid. Go back, load it again, and try once more.")
