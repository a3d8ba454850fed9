"""The console as somebody who has signed in sees it."""

import re
from html import unescape
from typing import Any

from httpx2 import Response

from api.auth.roles import Role
from api.web.forms import form_token
from tests.factories.clinics import ClinicApi


class Visitor:
    """Looks at pages and sends their forms; nothing is followed unless asked for."""

    def __init__(self, clinic: ClinicApi, role: Role = Role.ADMIN) -> None:
        self.client = clinic.client
        self.client.cookies.clear()
        entered = self.client.post(
            "/console/sign-in", data={"key": clinic.keys[role]}, follow_redirects=False
        )
        assert entered.status_code == 303, entered.text

    def get(self, path: str, **params: Any) -> Response:
        """A page, whatever is answered."""
        return self.client.get(path, params=params or None, follow_redirects=False)

    def page(self, path: str, **params: Any) -> str:
        """A page that must be answered, as its reader reads it: without what HTML escapes."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def token(self) -> str:
        """What forms send back, also where the visitor has no page with a form."""
        return form_token(self.client.cookies["rapport_console"])

    def send(self, path: str, token: str | None = None, **fields: str) -> Response:
        """A form, with its token unless another is given."""
        sent = {"form_token": self.token() if token is None else token, **fields}
        return self.client.post(path, data=sent, follow_redirects=False)


def fields_of(text: str) -> dict[str, str]:
    """What a browser would send of the form of a draft: each field as it is filled in."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and value:
            found[unescape(name[1])] = unescape(value[1])
    return found
